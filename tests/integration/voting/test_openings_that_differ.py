"""Somebody opens the box a second time and finds something else: it is kept, whoever brings it and whatever differs."""

import json
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.budgets.commands import AnnulPot
from app.features.budgets.models import Pot
from app.features.budgets.use_cases import annul_pot
from app.features.committee.protocol import record_of
from app.features.spaces.models import Process
from app.features.voting.box import opening
from app.features.voting.exporting import board_file
from app.features.voting.models import Ballot, BoxState
from app.features.voting.queries import box_of
from app.features.voting.use_cases import (
    import_opened,
)
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Refused
from app.kernel.permissions import SYSTEM
from tests.factories import committee, voting
from tests.support.openings import a_closed_pot, bring, disputed, for_another, opened


@pytest.fixture
def pot(session, keyring, clock):
    return a_closed_pot(session, keyring, clock)


def test_a_second_opening_that_differs_is_kept_with_who_brought_it(session, pot):
    first, second = committee.two(pot.process_id)
    import_opened(session, first, pot.process_id, opened(pot, "Olga", spoil=for_another))

    box = import_opened(session, second, pot.process_id, opened(pot, "Arto"))

    assert box.state is BoxState.DISPUTED
    assert [one["by"] for one in box.statements] == ["Olga", "Arto"]
    assert [one["name"] for one in box.brought] == ["Maija Member", "Matti Member"]
    session.flush()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "box.disputed")).one()
    assert entry.actor_id == second.person_id
    assert entry.details["by"] == "Arto"
    assert entry.details["ballots_sha256"] != entry.details["first_sha256"]
    kept = record_of(session, session.get_one(Process, pot.process_id))["box"]
    assert kept["state"] == "disputed"
    assert [one["signature"] for one in kept["openings"]] == [one["signature"] for one in box.statements]
    assert [one["name"] for one in kept["brought"]] == ["Maija Member", "Matti Member"]


def test_neither_the_same_lie_by_another_name_nor_the_truth_once_more_ends_the_dispute(session, pot):
    disputed(pot)

    assert bring(pot, opened(pot, "Zoe", spoil=for_another)).state is BoxState.DISPUTED
    assert bring(pot, opened(pot, "Ben")).state is BoxState.DISPUTED
    with pytest.raises(Refused, match="brought already"):
        bring(pot, opened(pot, "Ben"))
    assert [one["by"] for one in box_of(session, pot.process_id).statements] == ["Olga", "Arto", "Zoe", "Ben"]


def test_the_name_that_was_typed_hides_no_difference_and_neither_does_the_account(session, pot):
    member = voting.committee(pot)
    import_opened(session, member, pot.process_id, opened(pot, "Olga", spoil=for_another))

    assert import_opened(session, member, pot.process_id, opened(pot, "Olga")).state is BoxState.DISPUTED


def test_an_opening_that_differs_is_kept_also_after_two_have_agreed(session, pot):
    bring(pot, opened(pot, "Olga", spoil=for_another))
    assert bring(pot, opened(pot, "Zoe", spoil=for_another)).state is BoxState.CONFIRMED
    with pytest.raises(Conflict, match="confirmed already"):
        bring(pot, opened(pot, "Ida", spoil=for_another))

    assert bring(pot, opened(pot, "Arto")).state is BoxState.DISPUTED


def _one_unreadable(inside):
    inside.ballots[("1",), None] -= 1
    receipt = next(iter(_receipts(inside)))
    inside.unreadable[receipt] = "broken"


def _receipts(inside):
    box = box_of(database.session(), database.session.scalars(select(Pot.process_id)).first())
    for line in map(json.loads, board_file(database.session(), box)):
        yield from line.get("receipts", [])


def _invalid(inside):
    inside.ballots.clear()
    inside.ballots[("1", "2", "3"), None] = 3


def _one_less(inside):
    inside.ballots[("1",), None] -= 1
    inside.envelopes -= 1


DIFFERENT = {
    "an envelope called unreadable": _one_unreadable,
    "a ballot that nobody can have cast": _invalid,
    "an envelope less": _one_less,
    "another last block": lambda inside: setattr(inside, "last", "ab" * 32),
}


@pytest.mark.parametrize("what", DIFFERENT)
def test_whatever_differs_and_is_signed_with_the_key_of_the_box_is_kept(session, pot, what):
    bring(pot, opened(pot, "Olga"))

    assert bring(pot, opened(pot, "Arto", spoil=DIFFERENT[what])).state is BoxState.DISPUTED
    assert session.scalars(select(Ballot.choices)).all() == ["1"] * 3  # what was taken in first stays to be looked at


@pytest.mark.parametrize("how", ["cut off", "another key", "another statement"])
def test_what_is_not_signed_or_was_changed_makes_no_dispute(session, pot, how):
    bring(pot, opened(pot, "Olga"))
    lines = opened(pot, "Arto", spoil=for_another)
    match how:
        case "cut off":
            lines = lines[:-1]
        case "another statement":
            lines[0] = lines[0].replace(b"Arto", b"Aino")
        case "another key":
            head = json.loads(lines[0])
            head["signature"] = opening.sign_statement(head["statement"], bytes(16), str(pot.process_id))
            lines[0] = json.dumps(head).encode()
    session.commit()

    with pytest.raises(Refused, match="does not belong to this box"):
        bring(pot, lines)
    session.rollback()
    assert box_of(session, pot.process_id).state is BoxState.OPENED


def test_an_invalid_ballot_in_an_annulled_pot_keeps_the_box_shut_no_longer(session, pot):
    lines = opened(pot, "Olga", spoil=_invalid)
    session.commit()
    with pytest.raises(Refused, match="not valid in this vote"):
        bring(pot, lines)
    session.rollback()
    annul_pot(session, SYSTEM, AnnulPot(pot.id, (uuid4(), uuid4())))

    assert bring(pot, lines).state is BoxState.OPENED
