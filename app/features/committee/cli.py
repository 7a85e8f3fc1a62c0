"""`flask voting retention`: what the nightly task does, on the command line, or what it would do."""

from uuid import UUID

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.extensions import db
from app.features.committee import nightly
from app.features.committee.queries import objection_deadline, retention_of
from app.features.committee.use_cases import forget_after
from app.features.committee.use_cases.ending import why_not
from app.features.spaces.queries import process
from app.features.voting.queries import votes_to_end
from app.kernel.one_by_one import SomeFailed

cli = AppGroup("voting")


@cli.command("retention")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
def retention(dry_run: bool) -> None:
    """Announce and destroy keys that nobody needs any more, and forget voters whose days are over.

    The worker does the same every night.
    """
    failed = None
    if not dry_run:
        try:
            nightly.run()
        except SomeFailed as some:
            failed = some
    with db.transaction() as session:
        found = [_told(session, process_id) for process_id in votes_to_end(session)]
        session.rollback()
    click.echo("\n".join(found) if found else "There is no vote with keys.")
    if failed is not None:
        raise click.ClickException(str(failed))


def _told(session: Session, process_id: UUID) -> str:
    space = process(session, process_id)
    name = f"/processes/{space.slug}" if space else str(process_id)
    kept = retention_of(session, process_id)
    until = objection_deadline(session, process_id)
    if kept.forgotten_at:
        return f"{name}: keys destroyed on {kept.destroyed_at:%Y-%m-%d}, voters forgotten on {kept.forgotten_at:%Y-%m-%d}"
    if kept.destroyed_at:
        due = forget_after(session, process_id, dry_run=True)
        rows = ", ".join(f"{number} rows of {table}" for table, number in (due or {}).items())
        return f"{name}: keys destroyed on {kept.destroyed_at:%Y-%m-%d}; " + (
            f"now due: {rows}" if rows else "voters are kept for now"
        )
    reason = why_not(session, process_id)
    if reason is not None:
        return f"{name}: nothing is due. {reason}" + (f" (objections until {until:%Y-%m-%d %H:%M} UTC)" if until else "")
    said = f"announced on {kept.announced_at:%Y-%m-%d}" if kept.announced_at else "to be announced"
    return f"{name}: the keys are to be destroyed ({said})"
