"""`flask receipts …`: the keys that sign receipts, and verifying one on the command line."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from app.extensions import db
from app.features.receipts import queries, use_cases
from app.features.receipts.commands import RevokeKey, RotateKey
from app.features.receipts.documents.canonical import NotADocument
from app.features.receipts.nightly import keep_up
from app.features.receipts.reading import said
from app.features.receipts.verifying import TOO_LARGE, Outcome, keys_of, verify
from app.features.receipts.words import OUTCOMES
from app.kernel.errors import Refused
from app.kernel.permissions import SYSTEM

cli = AppGroup("receipts", help="Receipts: list, replace and revoke the keys that sign them; verify one.")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path, allow_dash=True)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except Refused as refusal:
        raise click.ClickException(str(refusal.message)) from None


def _say(found: Any, lines: list[str]) -> None:
    """Lines for people at a terminal, JSON for programs."""
    click.echo("\n".join(lines) if sys.stdout.isatty() else json.dumps(found, ensure_ascii=False, indent=2))


@cli.command("keys")
def keys() -> None:
    """List every key, the newest first: name, state, from when to when it signs. JSON where no terminal reads.

    \b
    Example:
      flask --app wsgi receipts keys
    """
    with db.transaction() as session:
        found = [
            {
                "kid": key.kid,
                "state": key.state.value,
                "begins_at": key.begins_at.isoformat(),
                "ends_at": key.ends_at.isoformat() if key.ends_at else None,
                "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
                "reason": key.reason,
            }
            for key in queries.keys(session)
        ]
    lines = [f"{key['kid']}\t{key['state']}\t{key['begins_at']}\t{key['ends_at'] or ''}\t{key['reason']}" for key in found]
    _say(found, lines or ["There is no key yet: the first one is made with the first receipt."])


@cli.command("rotate-key")
@click.option("--reason", default="", help="Why, for the audit log.")
def rotate_key(reason: str) -> None:
    """Sign with a new key from now on. The old private key is forgotten; what it signed stays valid.

    Keys are replaced by themselves after a year. Do it by hand when PLAZA_SECRET_KEY was changed.

    \b
    Example:
      flask --app wsgi receipts rotate-key --reason "new secret key"
    """
    with _told(), db.transaction() as session:
        key = use_cases.rotate_key(session, SYSTEM, RotateKey(reason))
        kid = key.kid
    click.echo(kid)


@cli.command("revoke-key")
@click.argument("kid", metavar="KEY")
@click.option("--reason", required=True, help="Why; published on the page of keys.")
def revoke_key(kid: str, reason: str) -> None:
    """Trust KEY no more, because somebody else may have it. The receipts it signed are signed again in the next night.

    \b
    Example:
      flask --app wsgi receipts revoke-key wlbNTjqHiLHAXBViWs4OHtb9CoWUVOct7eSI1lt3bYA --reason "a backup was stolen"
    """
    with _told(), db.transaction() as session:
        use_cases.revoke_key(session, SYSTEM, RevokeKey(kid, reason))
    click.echo(f"{kid} is revoked. Sign its receipts again now: flask receipts keep")


@cli.command("keep")
def keep() -> None:
    """Do the nightly work now: replace an old key, sign what has no signature or a revoked one.

    \b
    Example:
      flask --app wsgi receipts keep
    """
    with _told():
        done = keep_up(db.transaction)
    click.echo(f"{done} signed.")


@cli.command("verify", no_args_is_help=True)
@click.argument("file", type=_FILE)
@click.option("--jwks", type=_FILE, help="Keys from a copy of /.well-known/jwks.json instead of this installation's.")
def verify_file(file: Path, jwks: Path | None) -> None:
    """Verify the receipt in FILE (- for standard input). Ends with 0 when it is valid, else with 1.

    Lines for people at a terminal, JSON where none reads. With --jwks no database is asked.

    \b
    Examples:
      flask --app wsgi receipts verify receipt-signed.jws
      flask --app wsgi receipts verify - --jwks jwks.json < receipt-signed.jws
    """
    with click.open_file(str(file), "rb") as source:
        content = source.read(TOO_LARGE + 1)
    held = None
    if jwks is not None:
        try:
            verdict = verify(content, keys_of(jwks.read_bytes()))
        except NotADocument:
            raise click.BadParameter("this is no key set", param_hint="--jwks") from None
    else:
        with db.transaction() as session:
            verdict = verify(content, queries.published_keys(session))
            held = queries.on_record(session, verdict)
    words = OUTCOMES[verdict.outcome]
    found = {
        "outcome": verdict.outcome.value,
        "kid": verdict.kid,
        "algorithm": verdict.algorithm,
        "signed_at": verdict.signed_at.isoformat() if verdict.signed_at else None,
        "held": held,
        "receipt": dict(verdict.document),
    }
    _say(found, [f"{words.title}: {words.text}", *_lines(verdict.document)])
    good = verdict.outcome is Outcome.VALID or (verdict.outcome is Outcome.UNSIGNED and held is True)
    sys.exit(0 if good else 1)


def _lines(document: Any) -> list[str]:
    if not document:
        return []
    return [
        f"  {row.key}: {', '.join(row.values) or row.message or (row.moment.isoformat() if row.moment else '')}"
        for row in said(document).rows
    ]
