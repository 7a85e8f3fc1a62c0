"""While openings of a box differ nothing counts, every page says so, and two members have it opened anew."""

import io
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
from app.features.spaces.models import Process
from app.features.voting.commands import CastBallot
from app.features.voting.models import Ballot, BoxState, PublicationChoice, Published
from app.features.voting.package import archive
from app.features.voting.queries import box_of
from app.features.voting.use_cases import (
    cast_ballot,
    close_box,
    count_pot,
    open_with_the_servers_key,
)
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict
from app.kernel.permissions import SYSTEM, Actor, Role
from tests.factories import committee, voting
from tests.factories.tools import add
from tests.support.openings import REASON, a_closed_pot, bring, certified_lie, disputed, for_another, opened


@pytest.fixture
def pot(session, keyring, clock):
    return a_closed_pot(session, keyring, clock)


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
