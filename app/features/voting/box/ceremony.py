"""The ceremonies around the key, as commands for a computer without network: make it, rehearse, open the box.

They read and write files only and need no configuration of Plaza: `python -m app.features.voting.box keygen …` does the same as
`flask voting keygen …`.
"""

import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click
from nacl.public import SealedBox

from app.features.voting.box import custody, opening
from app.features.voting.box.board import canonical
from app.features.voting.box.custody import KeySheet, Share, WrongShare

T = TypeVar("T")
REHEARSAL_FORMAT = "plaza-rehearsal-1"
BOARD = "the file board.jsonl that the page of the ballot box gives out once the box is closed"
SHEET = """PLAZA: ONE SHARE OF THE KEY OF A VOTE

Election      {election}
Share         {number} of {shares}; {needed} different ones open the box
Made on       {day}

{text}

Keep this sheet sealed and to yourself until the box is opened. Do not copy it into an e-mail, a chat or a photo.
Who has {needed} of these sheets and the envelopes can read every ballot, but not who cast it.
If you lose it, say so at once: with {shares} sheets, {spare} may be lost.

Commitment (public, no secret): {commitment}
"""


@click.command(
    help="""Make the key of a vote and split it into shares, each on a sheet of its own. Run it on a computer without network.

    ELECTION is the number of the process, as its committee page shows it. FOLDER gets key.json, which is public and goes to the
    committee page, and share-1.txt and so on, one for each person: print each, give it away, delete the file.

    \b
    Examples:
      flask voting keygen 0b0f6c1e-… --shares 3 --needed 2 --out /media/stick
      python -m app.features.voting.box keygen 0b0f6c1e-… --shares 5 --needed 3 --out /media/stick
    """
)
@click.argument("election")
@click.option(
    "--shares", type=click.IntRange(3, custody.MOST_SHARES), default=3, show_default=True, help="How many people get one."
)
@click.option("--needed", type=click.IntRange(2), default=2, show_default=True, help="How many of them open the box.")
@click.option("--out", "folder", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where the files go.")
def keygen(election: str, shares: int, needed: int, folder: Path) -> None:
    """Nothing is overwritten: a second key for the same vote must not replace the first by accident."""
    seed = custody.new_seed()
    try:
        parts = custody.split(seed, shares, needed)
    except ValueError as error:
        raise click.ClickException(f"{str(error)[0].upper()}{str(error)[1:]}.") from None
    sheet = custody.key_sheet(seed, election, parts, needed)
    folder.mkdir(parents=True, exist_ok=True)
    files = {folder / "key.json": json.dumps(sheet.as_json(), indent=2) + "\n"}
    for part in parts:
        files[folder / f"share-{part.number}.txt"] = SHEET.format(
            election=election,
            number=part.number,
            shares=shares,
            needed=needed,
            spare=shares - needed,
            day=_today(),
            text=part.text,
            commitment=part.commitment(election),
        )
    for path, text in files.items():
        _write_new(path, text.encode())
    for path in files:
        click.echo(path)
    click.echo(
        f"Any {needed} of {shares} shares open the box. Print each share, give it away, then delete the files share-*.txt."
    )


@click.command(
    help="""Prove before the vote that the shares open an envelope, and write down that they did.

    The shares are typed, or read from files. RESULT is a signed note without any secret for the committee page.

    \b
    Examples:
      flask voting rehearse key.json --out rehearsal.json
      flask voting rehearse key.json --share share-1.txt --share share-3.txt --out rehearsal.json
    """
)
@click.argument("key_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--share", "share_files", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", "result", type=click.Path(dir_okay=False, path_type=Path), required=True)
def rehearse(key_file: Path, share_files: Sequence[Path], result: Path) -> None:
    """Seal something random with the public key, open it with the shares."""
    sheet = _key_sheet(key_file)
    seed = _seed(sheet, share_files)
    key = custody.private_key(seed, sheet.election)
    secret = custody.new_seed()
    if (
        bytes(key.public_key).hex() != sheet.public_key
        or SealedBox(key).decrypt(SealedBox(key.public_key).encrypt(secret)) != secret
    ):
        raise click.ClickException("These shares fit together, but they do not open what is sealed with this key.")
    note = {"format": REHEARSAL_FORMAT, "election": sheet.election, "public_key": sheet.public_key, "day": _today()}
    _write_new(result, canonical({**note, "signature": opening.sign_statement(note, seed, sheet.election)}) + b"\n")
    click.echo(f"The shares open the box. {result} says so; bring it to the committee page.")


@click.command(
    "open",
    help="""Open the box: decrypt an exported board and write the anonymous ballots, sorted, with a signed statement.

    Run it on a computer without network. An auditor repeats it: both must sign the same digest.

    \b
    Examples:
      flask voting open board.jsonl --by "Ann Opener" --out opened.jsonl
      flask voting open board.jsonl --share share-1.txt --share share-3.txt --by "Ann Opener" --out opened.jsonl
    """,
)
@click.argument("board_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--share", "share_files", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", required=True, help="Who opens it; the name is published.")
@click.option("--out", "result", type=click.Path(dir_okay=False, path_type=Path), required=True)
def open_box(board_file: Path, share_files: Sequence[Path], by: str, result: Path) -> None:
    """Nothing is written unless the whole board is as it must be."""
    sheet, envelopes = _head_of(board_file)
    seed = _seed(sheet, share_files)
    with (
        board_file.open("rb") as lines,
        click.progressbar(length=envelopes, label="Opening", file=sys.stderr) as bar,
    ):
        try:
            opened = opening.open_board(lines, seed, bar.update)
        except opening.BrokenBoard as error:
            raise click.ClickException(f"{board_file}, {error}.") from None
    statement = opened.statement(by, _today())
    _write_new(result, b"".join(opened.file(statement, opening.sign_statement(statement, seed, sheet.election))))
    for pot, found in sorted(opened.pots.items()):
        click.echo(f"{pot}: {found.envelopes} envelopes, {found.ballots.total()} ballots, {len(found.unreadable)} unreadable")
    click.echo(f"Digest of the ballots: {opened.ballots_sha256}")
    click.echo(result)


def read_shares(sheet: KeySheet, texts: Sequence[str]) -> bytes:
    """The seed from shares as they are typed or printed. Raises WrongShare."""
    return custody.combine([custody.read_share(text) for text in texts], sheet.needed, sheet.commitments, sheet.election)


def _seed(sheet: KeySheet, share_files: Sequence[Path]) -> bytes:
    if share_files:
        try:
            return read_shares(sheet, [_share_in(path) for path in share_files])
        except WrongShare as error:
            raise click.ClickException(f"{error}.") from None
    shares: list[Share] = []
    while len(shares) < sheet.needed:
        shares.append(_asked(f"Share {len(shares) + 1} of {sheet.needed}", sheet, shares))
    return custody.combine(shares, sheet.needed, sheet.commitments, sheet.election)


def _asked(words: str, sheet: KeySheet, before: Sequence[Share]) -> Share:
    """One share from the keyboard; a wrong one is named and asked for again."""

    def read(text: str) -> Share:
        try:
            share = custody.read_share(text)
            custody.combine([share], 1, sheet.commitments, sheet.election)
        except WrongShare as error:
            raise click.BadParameter(f"{error}.") from None
        if any(share.number == other.number for other in before):
            raise click.BadParameter(f"share {share.number} is here already; another one is needed.")
        return share

    found: Share = click.prompt(words, hide_input=True, value_proc=read, err=True)
    return found


def _share_in(path: Path) -> str:
    """The share in a printed sheet's file, or the file's only line."""
    text = path.read_text(encoding="utf-8", errors="replace")
    return next((line for line in text.splitlines() if _looks_like_a_share(line)), text)


def _looks_like_a_share(line: str) -> bool:
    try:
        custody.read_share(line)
    except WrongShare as error:
        return "mistyped" in error.reason
    return True


def _key_sheet(path: Path) -> KeySheet:
    what = "is no key. Choose the file key.json that keygen has written"
    return _read(path, what, lambda: KeySheet.from_json(json.loads(path.read_text(encoding="utf-8"))))


def _head_of(path: Path) -> tuple[KeySheet, int]:
    def read() -> tuple[KeySheet, int]:
        with path.open("rb") as file:
            head = json.loads(file.readline())
        if head.get("format") == opening.OPENED_FORMAT:
            raise click.ClickException(
                f"{path} is what came out of a box, not its board. {BOARD[0].upper()}{BOARD[1:]} is needed here."
            )
        if head["format"] != opening.BOARD_FORMAT:
            raise ValueError(head["format"])
        return KeySheet.from_json(head["key"]), sum(int(pot.get("envelopes", 0)) for pot in head["pots"])

    return _read(path, f"is no board. Choose {BOARD}", read)


def _read(path: Path, what: str, read: Callable[[], T]) -> T:
    """What is in a file; a file of another kind is called that in one sentence, whatever is wrong with it."""
    try:
        return read()
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise click.ClickException(f"{path} {what}.") from None


def _write_new(path: Path, content: bytes) -> None:
    """For the owner's eyes alone, and never over a file that is there."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except FileExistsError:
        raise click.ClickException(f"{path} is there already; nothing is overwritten.") from None


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


COMMANDS = (keygen, rehearse, open_box)
