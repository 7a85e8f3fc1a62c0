"""Pots people vote on, and ballots, for tests."""

import json
from datetime import timedelta
from os import urandom
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from app.extensions import db as database
from app.features.budgets.models import Pot, PotState, Project
from app.features.budgets.rules import ballot_digest
from app.features.budgets.use_cases import CertifyPot, certify_pot
from app.features.spaces.models import Process
from app.features.voting.box import custody, opening
from app.features.voting.box.ceremony import REHEARSAL_FORMAT
from app.features.voting.box.contents import unpack
from app.features.voting.box.custody import private_key
from app.features.voting.box.envelopes import open_envelope, receipt_of
from app.features.voting.commands import DecidePublication, EnterDraw, PrepareBox
from app.features.voting.exporting import form_of
from app.features.voting.keys.keyring import Keyring
from app.features.voting.letters.code import grouped, new_code
from app.features.voting.letters.spool import Letter, Spool
from app.features.voting.models import (
    Ballot,
    BoardBlock,
    BoardEntry,
    BoxState,
    CodePrint,
    Contest,
    ContestState,
    Envelope,
    PublicationChoice,
    RollEntry,
    VoterIdentity,
    VotingParticipation,
)
from app.features.voting.publication import read_as
from app.features.voting.rules import birth_hash, voter_key
from app.features.voting.sealing import seal_waiting
from app.features.voting.use_cases import (
    compare_rules,
    confirm_draw,
    confirm_publication,
    count_pot,
    decide_publication,
    enter_draw,
    mark_of,
)
from app.features.voting.use_cases.casting import ready_box
from app.kernel import clock
from app.kernel.permissions import SYSTEM, Actor, Channel, Role
from app.kernel.references import new_reference
from tests.factories import accounts, spaces
from tests.factories.tools import add, number


def pot(process: Any = None, *, costs: tuple[int, ...] = (300_00, 500_00, 400_00), **attributes: Any) -> Pot:
    """A fixed pot of 1,000 euros; its projects are numbered from 1 and cost what `costs` says."""
    process = process or spaces.process("Vote on your street", open_for=["vote"])
    found = add(
        Pot(
            **{
                "process_id": process.id,
                "title": {"en": "Streets and squares"},
                "amount": 1_000_00,
                "currency": "EUR",
                "limit_by_cost": True,
                "state": PotState.READY,
                "options": {"tie_rules": ["listed_first"]},
                "projects": [],
                **attributes,
            }
        )
    )
    for position, cost in enumerate(costs, start=1):
        found.projects.append(
            Project(
                number=str(position),
                reference=new_reference("B"),
                title={"en": f"Project number {position}"},
                cost=cost,
                position=position,
            )
        )
    add(found)  # so that everything that the digest is made of is there
    found.options = {**found.options, "digest": ballot_digest(found)}
    return add(found)


def voters(pot: Pot, number: int = 1) -> list[Any]:
    """People whose accounts stand for an entry of the register each."""
    people = [accounts.person() for _ in range(number)]
    for person in people:
        add(VoterIdentity(process_id=pot.process_id, person_id=person.id, voter_key=uuid4().hex * 2))
    return people


def closed_pot(**attributes: Any) -> Pot:
    """A pot whose vote ended yesterday."""
    process = spaces.process("Last year's vote", open_for=None)
    now = clock.now()
    spaces.phase(process, "Vote", actions=["vote"], starts_at=now - timedelta(days=20), ends_at=now - timedelta(days=1))
    return pot(process, **attributes)


def ballots(pot: Pot, choices: list[str], channel: Channel = Channel.WEB) -> None:
    """Ballots with a participation each; every string is the numbers on one ballot."""
    for one in choices:
        add(
            VotingParticipation(
                process_id=pot.process_id,
                pot_id=pot.id,
                slot=str(pot.id),
                voter_key=f"{number():064x}",
                channel=channel,
                day=clock.now().date(),
            )
        )
        add(Ballot(pot_id=pot.id, choices=one))


def opened_pot(keyring: Keyring, number: int = 36, **attributes: Any) -> Pot:
    """A pot whose vote is over and whose box is open, with so many ballots of a few kinds."""
    found = closed_pot(**attributes)
    ballots(found, [("1", "1,2", "2", "3", "2,3", "")[at % 5] for at in range(number)])
    session = database.session()
    box = ready_box(session, found.process_id, keyring)
    for _ in range(number):  # sealed with no key, as nobody opens them any more
        content = urandom(60)
        add(Envelope(id=uuid4(), pot_id=found.id, ciphertext=content, receipt=receipt_of(found.id, content)))
    seal_waiting(session, found.id, everything=True)
    box.state = BoxState.OPENED
    add(box)
    return found


def published_pot(keyring: Keyring, **attributes: Any) -> Pot:
    """The same, counted, certified and published ballot by ballot, compared with other rules."""
    found, session = opened_pot(keyring, **attributes), database.session()
    count_pot(session, SYSTEM, found.id)
    to_publish(found, "rows")
    certify_pot(session, SYSTEM, CertifyPot(found.id, (uuid4(), uuid4())))
    compare_rules(session, found.id)
    return found


def inside(pot: Pot, keyring: Keyring) -> list[str]:
    """What is in the envelopes of a pot, opened with the server's key: the numbers on each, with points as `3:5`."""
    session = database.session()
    key = private_key(keyring.key(pot.process_id, "box", make=True), str(pot.process_id))
    sealed = list(session.scalars(select(Envelope.ciphertext).where(Envelope.pot_id == pot.id)))
    sealed += session.scalars(
        select(BoardEntry.ciphertext).join(BoardBlock, BoardBlock.id == BoardEntry.block_id).where(BoardBlock.pot_id == pot.id)
    )
    return sorted(_on_paper(*unpack(form_of(pot), open_envelope(key, one))) for one in sealed)


def _on_paper(numbers: tuple[str, ...], points: tuple[int, ...] | None) -> str:
    if points is None:
        return ",".join(numbers)
    return ",".join(f"{number}:{given}" for number, given in zip(numbers, points, strict=True))


SECRET = b"the key of a test"
BORN = "1951-06-30"


def process_with_roll(
    *numbers: str,
    without_born: tuple[str, ...] = (),
    areas: dict[str, Any] | None = None,
    opens_in: int = 0,
    secret: bytes = SECRET,
    **attributes: Any,
) -> Any:
    """A process whose roll lists these numbers, born on `BORN`; people vote now, or in so many days.

    `areas`: the area of a number on the list, if it says so.
    """
    process = spaces.process("Vote on your street", open_for=None if opens_in else ["vote"], **attributes)
    if opens_in:
        spaces.phase(process, "Vote", actions=["vote"], starts_at=clock.now() + timedelta(days=opens_in))
    for one in (*numbers, *without_born):
        listed(process, one, "" if one in without_born else BORN, area=(areas or {}).get(one), secret=secret)
    return process


def listed(
    process: Any, one: str, born: str = BORN, *, area: Any = None, secret: bytes = SECRET, **attributes: Any
) -> RollEntry:
    """One entry of a roll."""
    return add(
        RollEntry(
            process_id=process.id,
            voter_key=voter_key(secret, process.id, one),
            birth_hash=birth_hash(secret, process.id, one, born) if born else "",
            area_id=area.id if area is not None else None,
            **attributes,
        )
    )


def clerk(pot: Any) -> Actor:
    """Somebody who enters ballots at the desk."""
    return Actor(person_id=accounts.person().id, roles=frozenset({(Role.CLERK, pot.process_id)}))


def committee(pot: Any) -> Actor:
    """A member of the election committee."""
    person = accounts.staff(Role.COMMITTEE, database.session.get_one(Process, pot.process_id))
    return Actor(person_id=person.id, roles=frozenset({(Role.COMMITTEE, pot.process_id)}))


def to_publish(pot: Any, what: str, reason: str = "Most ballots have equals.") -> PublicationChoice:
    """What two members have decided to publish."""
    session, first, second = database.session(), committee(pot), committee(pot)
    choice = decide_publication(session, first, DecidePublication(pot.id, what, reason))
    return confirm_publication(session, second, pot.id, read_as(choice))


def drawn(pot: Any, orders: tuple[tuple[str, ...], ...], note: str = "In the town hall, before everybody") -> Pot:
    """What one member entered of a draw and another confirmed."""
    session, first, second = database.session(), committee(pot), committee(pot)
    entry = enter_draw(session, first, EnterDraw(pot.id, orders, note))
    return confirm_draw(session, second, pot.id, mark_of(entry))


ANSWER = {"outcome": "You were right.", "reason": "The letter was stolen."}


def contest(pot: Any, **attributes: Any) -> Contest:
    """Somebody's word that another person voted in their name; decided ones with words and a day."""
    decided = attributes.get("state", ContestState.OPEN) is not ContestState.OPEN
    words = {**ANSWER, "decided_on": clock.now().date()} if decided else {}
    return add(
        Contest(
            process_id=pot.process_id,
            pot_id=pot.id,
            reference=new_reference("K"),
            **{"voter_key": f"{number():064x}", "said": "I was at sea all week.", **words, **attributes},
        )
    )


def print_file(process: Any, spool: Spool, letters: int = 2) -> CodePrint:
    """A print file with letters."""
    found = add(CodePrint(process_id=process.id, letters=letters))
    spool.write(found.id, (Letter(f"AB{one:05}", grouped(new_code())) for one in range(letters)))
    return found


def committee_key(process_id: Any) -> tuple[PrepareBox, custody.KeySheet]:
    """A key of a committee and the note of its rehearsal, as `PrepareBox` takes them."""
    seed, election = custody.new_seed(), str(process_id)
    sheet = custody.key_sheet(seed, election, custody.split(seed, 3, 2), 2)
    note = {"format": REHEARSAL_FORMAT, "election": election, "public_key": sheet.public_key, "day": "2027-05-01"}
    note["signature"] = opening.sign_statement(note, seed, election)
    return PrepareBox(process_id, json.dumps(sheet.as_json()), json.dumps(note)), sheet
