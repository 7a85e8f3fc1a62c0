"""`flask erasure …` and `flask retention …`: what the worker does by itself, on the command line."""

from pathlib import Path

import click
from flask.cli import AppGroup

from app.extensions import db, ledger
from app.features.erasure import nightly
from app.features.erasure.tasks import take_up
from app.features.erasure.use_cases import after_restore
from app.kernel import retention as rules
from app.kernel.one_by_one import SomeFailed

erasure = AppGroup("erasure", help="Go on with erasures, and erase again after a backup was restored.")
retention = AppGroup("retention", help="What is removed by itself.")
clis = [erasure, retention]


@erasure.command("go-on")
def go_on() -> None:
    """Begin erasures whose day has come, and end those that were interrupted. The worker does the same every few minutes."""
    try:
        click.echo(f"{take_up(stalled_only=False)} taken up and ended.")
    except SomeFailed as failed:
        raise click.ClickException(str(failed)) from failed


@erasure.command("after-restore")
@click.argument("book", type=click.Path(path_type=Path), required=False)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
def restored(book: Path | None, dry_run: bool) -> None:
    """Erase again everybody who is in the ledger BOOK and has come back with a backup, before the city is opened again.

    BOOK is the ledger as it was before the backup was restored; without it, the one this installation keeps.
    """
    book = book or ledger.path
    try:
        with db.transaction() as session:
            found = after_restore(session, book, dry_run=dry_run)
            if dry_run:
                session.rollback()
    except FileNotFoundError:
        raise click.ClickException(f"There is no ledger at {book}. Name the one that was kept beside the backups.") from None
    click.echo(f"{found.found} people and {found.files} files of the ledger have come back.")
    if dry_run:
        return
    take_up(stalled_only=False)
    click.echo(f"{len(found.begun)} people erased again.")
    if found.refused:
        raise click.ClickException(
            f"{found.refused} could not be erased: something stands in the way, such as being the last administrator."
        )


@retention.command("list")
def listed() -> None:
    """Every rule: what goes, after how many days, and why."""
    for rule in rules.rules():
        days = rules.days_of(rule)
        kept = "for ever" if days is None else f"{days} days {rule.since}"
        click.echo(f"{rule.name}: {rule.what}\n  kept {kept}. {rule.why}")


@retention.command("run")
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and change nothing.")
@click.option("--rule", "only", multiple=True, help="Only this rule; can be given several times.")
def run(dry_run: bool, only: tuple[str, ...]) -> None:
    """Remove what the rules say. The worker does the same every night."""
    known = {rule.name for rule in rules.rules()}
    if unknown := set(only) - known:
        raise click.ClickException(f"There is no rule {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}.")
    if dry_run:
        for one in nightly.would():
            if not only or one.rule.name in only:
                click.echo(f"{one.rule.name}: would remove {one.removes}, would tell {one.tells}")
        return
    try:
        done = nightly.run(frozenset(only) if only else None)
    except SomeFailed as failed:
        raise click.ClickException(str(failed)) from failed
    for name, (removed, told) in done.items():
        click.echo(f"{name}: removed {removed}, told {told}")
