"""What was agreed can be wrong: two members reopen totals of a station or a draw; what stood there is kept beside the new."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.budgets.models import Pot, PotState
from app.features.committee import packaged, printing, protocol
from app.features.committee.commands import EnterTotals
from app.features.committee.models import Decision, DecisionKind, PaperEntry
from app.features.committee.queries import being_corrected, certificates_of, entries_of, totals_on_paper
from app.features.committee.use_cases import enter_totals, sign
from app.features.spaces.models import Phase, Process
from app.features.voting.commands import EnterDraw
from app.features.voting.models import DrawEntry
from app.features.voting.use_cases import enter_draw, waiting_for_hand
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Refused
from app.kernel.permissions import Role
from tests.factories import committee, voting
from tests.support.pdf import words_of_pdf

KINDS = DecisionKind
MANY = ("1",) * 40  # so many that nothing is held back for being few
ALIKE = {"costs": (600_00, 600_00, 600_00), "options": {"tie_rules": ["drawn"]}}


def space_of(process_id):
    return database.session.get_one(Process, process_id)


def reopen(pot, place=None, **attributes):
    attributes |= {"station_id": place.id} if place else {"draw": 0}
    kind = KINDS.TOTALS_AGAIN if place else KINDS.DRAW_AGAIN
    return committee.decided(kind, pot.process_id, pot_id=pot.id, **attributes)


def public_record(session, pot):
    return protocol.record_of(session, space_of(pot.process_id))


def test_wrong_totals_are_reopened_typed_and_counted_again_on_the_pages(session, as_role):
    pot, place = committee.counted_with_paper({"2": 3})
    process_id, pot_id, place_id = pot.process_id, pot.id, place.id
    assert pot.result["winners"] == ["2", "1"]
    session.commit()
    first, second = (as_role(Role.COMMITTEE, space_of(process_id)) for _ in range(2))
    address = f"/staff/decisions/{process_id}/propose/totals_again?pot={pot_id}"
    assert address.replace("&", "&amp;") in first.get(f"/staff/decisions/{process_id}").text
    assert "Library" in first.get(address).text
    assert first.post(address, data={"reason_en": "Two lines were mixed up."}).status_code == 422
    form = {"station": str(place_id), "reason_en": "Two lines were mixed up."}
    proposed = first.post(address, data=form).headers["Location"]
    assert "Station: Library" in second.get(proposed).text
    second.post(f"{proposed}/sign")

    assert database.session.get_one(Pot, pot_id).state is PotState.READY  # nobody certifies the old count by mistake
    totals = f"/staff/reconciliation/stations/{place_id}/{pot_id}"
    assert "Two members have reopened these totals" in first.get(totals).text
    right = {
        "participations": "3",
        "ballots": "3",
        "blank": "0",
        "invalid": "0",
        "votes_1": "0",
        "votes_2": "0",
        "votes_3": "3",
    }
    for member in (first, second):
        assert member.post(totals, data=right).status_code == 303
    first.post(f"/staff/committee/{pot_id}/count")

    assert database.session.get_one(Pot, pot_id).result["winners"] == ["3", "1"]
    page = as_role(Role.AUDITOR, space_of(process_id)).get(totals).text
    assert "Maija Member, Matti Member" in page
    assert "The decision, with its reason" in page
    audited = database.session.scalars(select(AuditEntry).where(AuditEntry.action == "decision.signed")).all()[-1]
    assert audited.details["before"]["votes"] == {"2": 3}
    assert audited.reason == "Two lines were mixed up."


def test_a_certified_result_stays_for_everybody_until_the_correction(session, app, client):
    pot, place = committee.certified_with_paper({"2": 60}, choices=MANY)
    before = packaged.paper_file(session, pot)
    decision = reopen(pot, place)

    with pytest.raises(Conflict, match="do not agree"):
        committee.decided(KINDS.CORRECTION, pot.process_id, pot_id=pot.id)
    with pytest.raises(Conflict, match="do not agree"):
        committee.decided(KINDS.RECOUNT, pot.process_id, pot_id=pot.id)
    committee.typed(pot, place, {"3": 60})
    assert (pot.result["winners"], pot.state) == (["2", "1"], PotState.CERTIFIED)
    assert packaged.paper_file(session, pot) == before
    assert being_corrected(session, pot)

    committee.decided(KINDS.CORRECTION, pot.process_id, pot_id=pot.id)

    assert not being_corrected(session, pot)
    assert pot.result["winners"] == ["3", "1"]
    newest, oldest = certificates_of(session, pot.id)
    assert [one.body["winners"][0]["number"] for one in (newest, oldest)] == ["3", "2"]
    assert [one.protocol["paper"][0]["stations"][0]["votes"] for one in (newest, oldest)] == [{"3": 60}, {"2": 60}]
    assert json.loads(packaged.paper_file(session, pot))["stations"][0]["votes"] == {"3": 60}
    record = public_record(session, pot)
    (told,) = [one for one in record["decisions"] if one["kind"] == "totals_again"]
    assert told["outcome"]["before"]["votes"] == {"2": 60}
    assert told["reason"] == decision.reason
    process_id = pot.process_id
    session.commit()
    assert "The totals of a station were reopened" in client.get(f"/committee/{process_id}").text
    with app.test_request_context():
        text = words_of_pdf(printing.protocol_pdf(record, "Town", "en"))
    assert "Station: Library" in text
    assert "Votes by project before: 2: 60" in text


@pytest.mark.parametrize(("first", "then"), [({"2": 3}, {"3": 60}), ({"2": 60}, {"3": 3})])
def test_small_totals_are_told_to_nobody_outside_neither_the_old_nor_the_new(session, first, then):
    pot, place = committee.certified_with_paper(first, choices=MANY)
    committee.typed_again(pot, place, then)
    committee.decided(KINDS.CORRECTION, pot.process_id, pot_id=pot.id)

    (told,) = [one for one in public_record(session, pot)["decisions"] if one["kind"] == "totals_again"]
    assert told["outcome"] == {}
    whole = protocol.record_of(session, space_of(pot.process_id), for_staff=True)
    (told,) = [one for one in whole["decisions"] if one["kind"] == "totals_again"]
    assert told["outcome"]["before"]["votes"] == first


def test_only_the_reopened_station_and_pot_are_typed_again(session):
    pot, place = committee.counted_with_paper({"2": 3})
    other = committee.station(pot.process_id, "School")
    with pytest.raises(Refused, match="Choose a station"):
        reopen(pot, other)
    committee.decided(KINDS.ANNULMENT, pot.process_id, pot_id=pot.id)
    with pytest.raises(Conflict, match="annulled"):
        reopen(pot, place)
    pot, place = committee.certified_with_paper({"2": 3})
    first, _second = committee.two(pot.process_id)
    with pytest.raises(Conflict, match="counted"):
        enter_totals(session, first, EnterTotals(place.id, pot.id, 1, 1, 0, 0, {"1": 1}))
    reopen(pot, place)
    committee.typed(pot, place, {"1": 1})
    with pytest.raises(Conflict, match="Only a decision of two members"):
        enter_totals(session, first, EnterTotals(place.id, pot.id, 2, 2, 0, 0, {"1": 2}))


def test_what_was_typed_again_meanwhile_is_not_what_the_first_member_signed(session):
    pot, place = committee.counted_with_paper({"2": 3})
    first, second = committee.two(pot.process_id)
    decision = committee.proposed(KINDS.TOTALS_AGAIN, pot.process_id, first, pot_id=pot.id, station_id=place.id)
    for one in entries_of(session, pot.process_id)[place.id, pot.id]:
        session.delete(one)
    session.flush()
    count_state, pot.state = pot.state, PotState.READY
    committee.typed(pot, place, {"3": 3})
    pot.state = count_state
    with pytest.raises(Conflict, match="changed"):
        sign(session, second, decision.id)
    assert len(session.scalars(select(PaperEntry)).all()) == 2
    assert totals_on_paper(session, pot).votes == {"3": 3}


def test_a_mistyped_draw_is_entered_again_before_certifying(session, as_role):
    pot = committee.counted_pot(("1", "2", "3"), **ALIKE)
    voting.drawn(pot, (("3", "1", "2"),), "typed wrongly")
    process_id, pot_id = pot.process_id, pot.id
    assert pot.result["winners"] == ["3"]
    session.commit()
    first, second = (as_role(Role.COMMITTEE, space_of(process_id)) for _ in range(2))
    address = f"/staff/decisions/{process_id}/propose/draw_again?pot={pot_id}"
    assert "\u20683 Project number 3\u2069, then \u20681 Project number 1\u2069" in first.get(address).text
    proposed = first.post(address, data={"draw": "0", "reason_en": "The slip says 1 first."}).headers["Location"]
    assert "3, 1, 2" in second.get(proposed).text
    second.post(f"{proposed}/sign")
    first.post(f"/staff/committee/{pot_id}/count")

    pot = database.session.get_one(Pot, pot_id)
    assert (pot.result["missing"], pot.options["draws"], pot.options["draw_notes"]) == ("draw", [], [])
    assert "Enter the draw" in first.get(f"/staff/committee/{pot_id}").text
    pot = database.session.get_one(Pot, pot_id)
    voting.drawn(pot, (("1", "3", "2"),), "what was really drawn")
    assert pot.result["winners"] == ["1"]
    committee.decided(KINDS.CERTIFICATION, process_id, pot_id=pot_id)
    decision = database.session.scalars(select(Decision).where(Decision.kind == KINDS.DRAW_AGAIN)).one()
    assert decision.outcome == {"before": {"order": ["3", "1", "2"], "note": "typed wrongly"}}
    assert "pot.undrawn" in database.session.scalars(select(AuditEntry.action)).all()


def test_a_draw_of_a_certified_pot_is_entered_again_and_counts_with_the_correction(session, as_role, client):
    pot = committee.counted_pot(("1", "2", "3"), **ALIKE)
    voting.drawn(pot, (("3", "1", "2"),), "typed wrongly")
    committee.decided(KINDS.CERTIFICATION, pot.process_id, pot_id=pot.id)
    process_id, pot_id = pot.process_id, pot.id
    with pytest.raises(Conflict, match="certified"):
        enter_draw(session, committee.member(process_id), EnterDraw(pot_id, (("1", "3", "2"),), "really"))
    reopen(pot)
    assert (pot.result["winners"], pot.options["drawn_order"]) == (["3"], ["3", "1", "2"])
    with pytest.raises(Conflict, match="has not been held yet"):
        committee.decided(KINDS.CORRECTION, process_id, pot_id=pot_id)
    session.commit()

    member = as_role(Role.COMMITTEE, space_of(process_id))
    assert "A correction is under way" in member.get(f"/staff/committee/{pot_id}").text
    places = {"place_0_0": "1", "place_0_1": "3", "place_0_2": "2", "note": "what was really drawn"}
    assert member.post(f"/staff/draw/{pot_id}", data=places).status_code == 303
    database.session.rollback()
    pot = database.session.get_one(Pot, pot_id)
    assert waiting_for_hand(database.session(), committee.member(process_id)).draws == [pot]
    database.session.delete(database.session.scalars(select(DrawEntry)).one())
    voting.drawn(pot, (("1", "3", "2"),), "what was really drawn")
    assert (pot.result["winners"], pot.options["drawn_order"]) == (["3"], ["3", "1", "2"])
    database.session.commit()
    assert json.loads(client.get(f"/budgets/{pot_id}/result.json").data)["drawn_order"] == ["3", "1", "2"]

    pot = database.session.get_one(Pot, pot_id)
    committee.decided(KINDS.CORRECTION, process_id, pot_id=pot_id)
    assert pot.result["winners"] == ["1"]
    assert pot.options["drawn_order"] == ["1", "3", "2"]
    assert pot.options["draw_notes"] == ["what was really drawn"]
    assert "drawn_again" not in pot.options
    assert [one.version for one in certificates_of(database.session(), pot_id)] == [2, 1]
    record = public_record(database.session(), pot)
    assert {"before": {"order": ["3", "1", "2"], "note": "typed wrongly"}} in [one["outcome"] for one in record["decisions"]]


def test_a_tie_that_corrected_totals_bring_is_drawn_before_the_correction(session):
    pot, place = committee.certified_with_paper({"2": 3}, choices=("1", "3"), **ALIKE)
    assert pot.result["winners"] == ["2"]
    committee.typed_again(pot, place, {"2": 1})
    with pytest.raises(Conflict, match="has not been held yet"):
        committee.decided(KINDS.CORRECTION, pot.process_id, pot_id=pot.id)
    voting.drawn(pot, (("3", "2", "1"),))
    assert pot.result["winners"] == ["2"]
    committee.decided(KINDS.CORRECTION, pot.process_id, pot_id=pot.id)
    assert pot.result["winners"] == ["3"]


def test_nothing_is_offered_where_nothing_was_agreed(session, as_role):
    pot = committee.counted_pot()
    process_id, pot_id = pot.process_id, pot.id
    for kind, why in ((KINDS.TOTALS_AGAIN, "no station"), (KINDS.DRAW_AGAIN, "No draw")):
        with pytest.raises(Conflict, match=why):
            committee.decided(kind, process_id, pot_id=pot_id)
    session.commit()
    page = as_role(Role.COMMITTEE, space_of(process_id)).get(f"/staff/decisions/{process_id}").text
    assert "There is no station on whose totals for this pot two people agree." in page
    assert "No draw has been confirmed for this pot." in page
    assert "/propose/totals_again" not in page


@pytest.mark.parametrize("again", [False, True])
def test_the_time_of_a_vote_stays_once_totals_of_paper_were_typed(session, as_role, again):
    pot = voting.closed_pot()
    process_id, place = pot.process_id, committee.station(pot.process_id)
    until = session.scalars(select(Phase.ends_at).where(Phase.process_id == process_id)).one() + timedelta(days=5)
    first, second = committee.two(process_id)
    proposed = committee.proposed(KINDS.EXTENSION, process_id, first, until=until)
    enter_totals(session, first, EnterTotals(place.id, pot.id, 1, 1, 0, 0, {"1": 1}))
    if again:  # what was typed is gone, what members know is not
        enter_totals(session, second, EnterTotals(place.id, pot.id, 1, 1, 0, 0, {"1": 1}))
        reopen(pot, place)
        assert entries_of(session, process_id) == {}

    with pytest.raises(Conflict, match="know a part of the count"):
        sign(session, second, proposed.id)
    space_of(process_id).interrupted_at = until - timedelta(days=7)
    session.flush()
    with pytest.raises(Conflict, match="know a part of the count"):
        committee.proposed(KINDS.RESUMPTION, process_id, first)
    session.commit()
    page = as_role(Role.COMMITTEE, space_of(process_id)).get(f"/staff/decisions/{process_id}").text
    assert "/propose/resumption" not in page
    assert "people know a part of the count" in page
