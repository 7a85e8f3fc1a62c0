"""Somebody opens the box a second time and finds something else: it is kept, nothing counts, and two members open it anew."""

import io
import json
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.budgets.choices import Choices
from app.features.budgets.commands import AnnulPot
from app.features.budgets.models import Pot, PotState
from app.features.budgets.use_cases import annul_pot
from app.features.committee.models import DecisionKind
from app.features.committee.protocol import record_of
from app.features.committee.use_cases import sign
from app.features.committee.use_cases.ending import why_not
from app.features.spaces.models import Process, ProcessState
from app.features.voting.box import custody, opening
from app.features.voting.commands import CastBallot
from app.features.voting.exporting import board_file
from app.features.voting.models import Ballot, BoxState, Custody, PublicationChoice, Published
from app.features.voting.package import archive
from app.features.voting.queries import box_of
from app.features.voting.use_cases import (
    cast_ballot,
    close_box,
    count_pot,
    import_opened,
    open_with_the_servers_key,
)
from app.features.voting.use_cases.casting import ready_box
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Refused
from app.kernel.outbox import OutboxRow
from app.kernel.permissions import SYSTEM, Actor, Role
from tests.factories import accounts, committee, spaces, voting
from tests.factories.tools import add

SEED = bytes(range(16))
REASON = {"en": "One of the computers was not clean."}


@pytest.fixture
def pot(session, keyring, clock):
    """A pot with three ballots for project 1; its box is closed, and the committee holds the key."""
    found = voting.pot()
    box = ready_box(session, found.process_id, keyring)
    box.custody, box.key = Custody.COMMITTEE, custody.key_sheet(SEED, str(found.process_id)).as_json()
    box.rehearsed_on = "2026-05-01"
    session.flush()
    for person in voting.voters(found, 3):
        cast_ballot(session, Actor(person_id=person.id), CastBallot(found.id, Choices(("1",))), keyring)
    clock.advance(days=400)
    close_box(session, SYSTEM, found.process_id, keyring)
    return found


def opened(pot, by, *, seed=SEED, spoil=None):
    """The file that `by` makes of the board; `spoil` changes what they say that they found."""
    found = opening.open_board(board_file(database.session(), box_of(database.session(), pot.process_id)), seed)
    if spoil is not None:
        spoil(found.pots[str(pot.id)])
    statement = found.statement(by, "2026-05-11")
    return list(found.file(statement, opening.sign_statement(statement, seed, str(pot.process_id))))


def for_another(inside):
    """Three ballots for project 2 instead of 1."""
    inside.ballots.clear()
    inside.ballots[("2",), None] = 3


def bring(pot, lines):
    """Somebody of the committee brings a file; returns the box."""
    return import_opened(database.session(), voting.committee(pot), pot.process_id, lines)


def disputed(pot):
    """A liar opened first, an honest member second."""
    bring(pot, opened(pot, "Olga", spoil=for_another))
    return bring(pot, opened(pot, "Arto"))


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


def test_nothing_is_counted_certified_or_corrected_while_openings_differ(session, pot):
    bring(pot, opened(pot, "Olga", spoil=for_another))
    count_pot(session, voting.committee(pot), pot.id)
    bring(pot, opened(pot, "Arto"))

    with pytest.raises(Conflict, match="the openings differ"):
        count_pot(session, voting.committee(pot), pot.id)
    for kind in (DecisionKind.CERTIFICATION, DecisionKind.RECOUNT):
        with pytest.raises(Conflict, match="the openings differ"):
            committee.proposed(kind, pot.process_id, committee.member(pot.process_id), pot_id=pot.id)


def test_a_certification_that_waits_for_its_second_signature_stops_too(session, pot):
    bring(pot, opened(pot, "Olga", spoil=for_another))
    bring(pot, opened(pot, "Zoe", spoil=for_another))
    count_pot(session, voting.committee(pot), pot.id)
    first, second = committee.two(pot.process_id)
    waits = committee.proposed(DecisionKind.CERTIFICATION, pot.process_id, first, pot_id=pot.id)
    bring(pot, opened(pot, "Arto"))

    with pytest.raises(Conflict, match="the openings differ"):
        sign(session, second, waits.id)
    assert pot.state is PotState.COUNTED


def test_two_members_discard_all_openings_and_the_box_is_opened_anew(session, pot):
    bring(pot, opened(pot, "Olga", spoil=for_another))
    count_pot(session, voting.committee(pot), pot.id)
    add(PublicationChoice(pot_id=pot.id, published=Published.ROWS, reason="So.", ballots=3, unique_ballots=0))
    bring(pot, opened(pot, "Arto"))

    decision = committee.decided(DecisionKind.OPENING_ANEW, pot.process_id, reason=REASON)

    box = box_of(session, pot.process_id)
    session.refresh(pot)
    assert (box.state, box.statements, box.brought, box.opened_by, box.salts) == (BoxState.CLOSED, [], [], None, {})
    assert (pot.state, pot.result, pot.counted_at) == (PotState.READY, None, None)
    assert session.scalars(select(Ballot)).all() == []
    assert session.scalars(select(PublicationChoice)).all() == []
    assert decision.outcome == {"discarded": 2}
    (discarded,) = record_of(session, session.get_one(Process, pot.process_id))["box"]["discarded"]
    assert discarded["decision"] == str(decision.id)
    assert [one["by"] for one in discarded["openings"]] == ["Olga", "Arto"]
    assert "pot.uncounted" in session.scalars(select(AuditEntry.action)).all()

    bring(pot, opened(pot, "Arto"))
    assert bring(pot, opened(pot, "Olga")).state is BoxState.CONFIRMED
    count_pot(session, voting.committee(pot), pot.id)
    committee.decided(DecisionKind.CERTIFICATION, pot.process_id, pot_id=pot.id)
    assert pot.result["winners"] == ["1"]


def test_what_the_first_member_discards_is_what_the_second_discards(session, pot):
    disputed(pot)
    first, second = committee.two(pot.process_id)
    waits = committee.proposed(DecisionKind.OPENING_ANEW, pot.process_id, first, reason=REASON)
    bring(pot, opened(pot, "Ben"))

    with pytest.raises(Conflict, match="changed since"):
        sign(session, second, waits.id)


def test_openings_that_agree_cannot_be_discarded(session, pot):
    bring(pot, opened(pot, "Olga"))
    bring(pot, opened(pot, "Arto"))

    with pytest.raises(Conflict, match="No two openings"):
        committee.proposed(DecisionKind.OPENING_ANEW, pot.process_id, committee.member(pot.process_id), reason=REASON)


def certified_lie(session, pot):
    """Two colluded, the result is certified, then an honest opening comes."""
    bring(pot, opened(pot, "Olga", spoil=for_another))
    bring(pot, opened(pot, "Zoe", spoil=for_another))
    count_pot(session, voting.committee(pot), pot.id)
    committee.decided(DecisionKind.CERTIFICATION, pot.process_id, pot_id=pot.id)
    bring(pot, opened(pot, "Arto"))


def test_a_certified_result_is_in_doubt_until_the_new_openings_correct_it(session, pot, client, clock):
    certified_lie(session, pot)
    process_id, pot_id = pot.process_id, pot.id
    assert archive.has_package(session, pot)  # with all three statements, so that `verify.py` says what is wrong
    clock.advance(days=100)
    assert "opened anew" in str(why_not(session, process_id).template)
    session.commit()
    assert "The result on this page is in doubt" in client.get(f"/budgets/{pot_id}/result").text

    committee.decided(DecisionKind.OPENING_ANEW, process_id, reason=REASON)
    pot = database.session.get_one(Pot, pot_id)
    assert pot.state is PotState.CERTIFIED
    assert not archive.has_package(database.session(), pot)
    assert "opened anew" in str(why_not(database.session(), process_id).template)
    with pytest.raises(Conflict, match="not been opened"):
        committee.proposed(DecisionKind.CORRECTION, process_id, committee.member(process_id), pot_id=pot_id)
    bring(pot, opened(pot, "Arto"))
    with pytest.raises(Conflict, match="opened once"):
        committee.proposed(DecisionKind.CORRECTION, process_id, committee.member(process_id), pot_id=pot_id)
    bring(pot, opened(pot, "Ida"))
    committee.decided(DecisionKind.CORRECTION, process_id, pot_id=pot_id)

    assert pot.result["winners"] == ["1"]
    assert archive.has_package(database.session(), pot)


def in_doubt(client, pot_id):
    """On which of the public pages of a pot its result is called in doubt because its box was opened anew."""
    pages = (f"/budgets/{pot_id}", f"/budgets/{pot_id}/result", f"/committee/certificate/{pot_id}")
    return [page for page in pages if "was counted from an opening that no longer counts" in client.get(page).text]


def test_pot_result_and_certificate_say_calmly_that_they_are_in_doubt_until_it_is_certified_again(
    session, pot, client, as_role, clock
):
    certified_lie(session, pot)
    process_id, pot_id = pot.process_id, pot.id
    session.commit()
    assert in_doubt(client, pot_id) == []  # while openings differ, every page says so itself
    clock.advance(minutes=5)
    committee.decided(DecisionKind.OPENING_ANEW, process_id, reason=REASON)
    database.session.commit()
    assert len(in_doubt(client, pot_id)) == 3
    member = as_role(Role.COMMITTEE, database.session.get_one(Process, process_id))
    assert "propose to correct the certificate" in member.get(f"/staff/committee/{pot_id}").text
    found = database.session.get_one(Pot, pot_id)
    for who in ("Arto", "Ida"):
        bring(found, opened(found, who))
    database.session.commit()
    assert len(in_doubt(client, pot_id)) == 3  # opened anew, and not certified again
    clock.advance(minutes=5)
    committee.decided(DecisionKind.CORRECTION, process_id, pot_id=pot_id)
    database.session.commit()
    assert in_doubt(client, pot_id) == []


def test_an_annulled_vote_is_not_called_in_doubt(session, pot, client):
    certified_lie(session, pot)
    pot_id = pot.id
    committee.decided(DecisionKind.OPENING_ANEW, pot.process_id, reason=REASON)
    committee.decided(DecisionKind.ANNULMENT, pot.process_id, pot_id=pot_id)
    session.commit()
    assert in_doubt(client, pot_id) == []


def test_committee_and_auditors_get_one_letter_when_openings_differ(session, pot, mailbox):
    space = session.get_one(Process, pot.process_id)
    accounts.staff(Role.COMMITTEE, space, email="clara@example.org")
    accounts.staff(Role.AUDITOR, space, email="audrey@example.org")
    accounts.staff(Role.CLERK, space, email="carl@example.org")
    accounts.staff(Role.COMMITTEE, spaces.process(), email="elsewhere@example.org")
    first, second = committee.two(pot.process_id)
    import_opened(session, first, pot.process_id, opened(pot, "Olga", spoil=for_another))
    assert not session.scalars(select(OutboxRow).where(OutboxRow.kind == "mail")).all()
    import_opened(session, second, pot.process_id, opened(pot, "Arto"))
    bring(pot, opened(pot, "Ben", spoil=for_another))  # one more does not write again

    (letter,) = mailbox.to("clara@example.org")
    assert letter["Subject"] == "The openings of a ballot box differ"
    text = letter.get_content()
    assert "the ballot box of “Vote on your street” was opened more than once" in text
    assert "brought from the account of Matti Member" in text
    assert f"/staff/box/{pot.process_id}" in text
    assert len(mailbox.to("audrey@example.org")) == 1
    assert mailbox.to("carl@example.org") == mailbox.to("elsewhere@example.org") == []


def test_a_rehearsed_dispute_alarms_nobody(session, pot):
    copy = session.get_one(Process, pot.process_id)
    copy.rehearsal_of, copy.state = spaces.process().id, ProcessState.DRAFT
    session.flush()
    assert disputed(pot).state is BoxState.DISPUTED
    assert not session.scalars(select(OutboxRow).where(OutboxRow.kind == "mail")).all()


def test_a_dispute_about_a_vote_that_is_annulled_as_a_whole_keeps_no_keys(session, pot, clock):
    disputed(pot)
    annul_pot(session, SYSTEM, AnnulPot(pot.id, (uuid4(), uuid4())))
    clock.advance(days=100)

    assert why_not(session, pot.process_id) is None


def test_with_the_servers_key_the_platform_opens_again_what_somebody_disputes(session, keyring, clock):
    pot = voting.pot()
    for person in voting.voters(pot, 3):
        cast_ballot(session, Actor(person_id=person.id), CastBallot(pot.id, Choices(("1",))), keyring)
    clock.advance(days=400)
    close_box(session, SYSTEM, pot.process_id, keyring)
    open_with_the_servers_key(session, SYSTEM, pot.process_id, keyring)
    seed = keyring.key(pot.process_id, "box", make=True)

    assert bring(pot, opened(pot, "Somebody with the key", seed=seed, spoil=for_another)).state is BoxState.DISPUTED
    committee.decided(DecisionKind.OPENING_ANEW, pot.process_id, reason=REASON)
    box = open_with_the_servers_key(session, SYSTEM, pot.process_id, keyring)

    assert box.state is BoxState.OPENED
    assert session.scalars(select(Ballot.choices)).all() == ["1"] * 3


def test_an_invalid_ballot_in_an_annulled_pot_keeps_the_box_shut_no_longer(session, pot):
    lines = opened(pot, "Olga", spoil=_invalid)
    session.commit()
    with pytest.raises(Refused, match="not valid in this vote"):
        bring(pot, lines)
    session.rollback()
    annul_pot(session, SYSTEM, AnnulPot(pot.id, (uuid4(), uuid4())))

    assert bring(pot, lines).state is BoxState.OPENED


def test_the_pages_say_it_to_committee_auditors_and_everybody_and_lead_out_of_it(session, pot, as_role, client):
    process = session.get_one(Process, pot.process_id)
    process_id, pot_id, slug = process.id, pot.id, process.slug
    lie, truth = opened(pot, "Olga", spoil=for_another), opened(pot, "Arto")
    session.commit()
    address = f"/staff/box/{process_id}"

    def member(role=Role.COMMITTEE):
        return as_role(role, database.session.get_one(Process, process_id))

    def sent(who, lines):
        data = {"file": (io.BytesIO(b"".join(lines)), "opened.jsonl")}
        return who.post(f"{address}/opened", data=data, content_type="multipart/form-data", follow_redirects=True)

    first, second = member(), member()
    assert "The ballots are here" in sent(first, lie).text
    page = sent(second, truth)
    assert page.status_code == 200
    assert "This opening differs from the first. It is kept" in page.text
    assert "It differs from the first." in page.text
    assert second.person.display_name in page.text

    auditor = member(Role.AUDITOR)
    assert "The openings of the box differ" in auditor.get(address).text
    assert "opening_anew" not in auditor.get(address).text
    assert "The openings of the box differ" in auditor.get("/staff/committee").text
    counting = first.get(f"/staff/committee/{pot_id}").text
    assert "The openings of the box differ" in counting
    assert f"/staff/committee/{pot_id}/count" not in counting
    for public in (f"/budgets/{pot_id}", f"/voting/{pot_id}/board", f"/processes/{slug}"):
        assert "Nothing is counted or certified until that is cleared up." in client.get(public).text, public

    way = f"/staff/decisions/{process_id}/propose/opening_anew"
    assert way in first.get(address).text
    assert "All of them stay in the protocol" in first.get(way).text
    proposed = first.post(way, data={"reason_en": "A computer was not clean."}).headers["Location"]
    second.post(f"{proposed}/sign")

    page = first.get(address).text
    assert "Openings that the committee has discarded" in page
    assert "Take in the ballots" in page
    decided = client.get(f"/committee/{process_id}").text
    assert "All openings of the box were discarded" in decided
    assert "2 openings were discarded." in decided
    assert "A computer was not clean." in decided
    assert auditor.get(f"/committee/{process_id}/protocol.pdf").status_code == 200
    assert "cleared up" not in client.get(f"/budgets/{pot_id}").text
