"""An outer envelope that was written down by mistake: struck out while nobody has decided, its number never given again."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select

from app.extensions import db as database
from app.features.stations.commands import TakeInEnvelope
from app.features.stations.models import EnvelopeState, OuterEnvelope
from app.features.stations.queries import numbers_of
from app.features.stations.use_cases import decide_envelope, open_boxes, strike_out, take_in_envelope
from app.features.voting.models import VotingParticipation
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, NotFound
from app.kernel.permissions import Actor, Role
from tests.factories import accounts, committee, spaces, stations
from tests.factories.stations import SECRET, at, today
from tests.integration.stations.test_envelopes import taken_in
from tests.integration.stations.test_pages import signed_in


def test_the_wrong_number_uses_up_nobodys_vote_and_the_right_one_gets_a_new_entry(session, pot, place, desk):
    wrong = taken_in(session, desk, place, pot, "CARD00001")
    strike_out(session, desk, wrong.id)
    strike_out(session, desk, wrong.id)  # a second click
    assert (wrong.state, wrong.because, wrong.voter_key, wrong.proof) == (EnvelopeState.RETURNED, "mistake", "", "")
    right = taken_in(session, desk, place, pot, "CARD00002")
    assert (wrong.number, right.number) == (1, 2)
    assert decide_envelope(session, desk, wrong.id) is EnvelopeState.RETURNED
    assert session.scalar(select(func.count()).select_from(VotingParticipation)) == 0
    decide_envelope(session, desk, right.id)
    stations.handed_out(desk, place, pot, "CARD00001", 1)  # whose number it was can vote
    assert numbers_of(session, place.id, pot.id).expected == 2
    told = session.scalars(select(AuditEntry).where(AuditEntry.action == "envelope.struck_out")).one()
    assert (told.details["number"], "CARD" in str(told.details)) == (1, False)
    stations.over(pot)
    open_boxes(session, desk, place.id)  # nothing waits any more


def test_what_was_decided_stays(session, pot, place, desk):
    envelope = taken_in(session, desk, place, pot)
    decide_envelope(session, desk, envelope.id)
    with pytest.raises(Conflict, match="just decided"):
        strike_out(session, desk, envelope.id)
    assert envelope.state is EnvelopeState.ACCEPTED


def test_nobody_but_clerks_of_the_process_may(session, pot, place, desk):
    envelope = taken_in(session, desk, place, pot)
    elsewhere = spaces.process("Other", slug="other")
    far = Actor(person_id=accounts.staff(Role.CLERK, elsewhere).id, roles=frozenset({(Role.CLERK, elsewhere.id)}))
    left = Actor(person_id=accounts.person().id, roles=frozenset({(Role.CLERK, pot.process_id)}))  # no longer in office
    for actor in (far, left):
        with pytest.raises(NotFound):
            strike_out(session, actor, envelope.id)
    assert envelope.state is EnvelopeState.WAITING


def test_over_the_page(app, session, pot, place, desk):
    envelope_id, process_id = taken_in(session, desk, place, pot).id, pot.process_id
    clerk = signed_in(app, pot, place=place)
    page = f"/staff/stations/envelopes/{process_id}"
    assert "Written down by mistake" in clerk.get(page).text
    answer = clerk.post(f"/staff/stations/envelopes/one/{envelope_id}/strike-out", follow_redirects=True)
    assert "it gets a new number instead of 1" in answer.text
    assert "strike-out" not in answer.text
    assert "Goes back unopened" not in answer.text
    assert clerk.post(f"/staff/stations/envelopes/one/{uuid4()}/strike-out").status_code == 404


def test_struck_out_while_a_colleague_decides_is_one_of_the_two(committing_db, race):
    pot = stations.paper_pot()
    place = committee.station(pot.process_id)
    desk = stations.on_shift(place)
    command = TakeInEnvelope(at(place, pot, "CARD00001"), uuid4(), "provisional", given_on=today())
    with committing_db.transaction() as session:
        take_in_envelope(session, desk, command, SECRET)
    work = [
        lambda: strike_out(database.session(), desk, command.envelope_id),
        lambda: decide_envelope(database.session(), desk, command.envelope_id),
    ]

    def either():
        return work.pop()()

    outcome = race(either, times=2)
    kept = database.session.get_one(OuterEnvelope, command.envelope_id)
    votes = database.session.scalar(select(func.count()).select_from(VotingParticipation))
    told = (kept.state, kept.because, votes, [type(one) for one in outcome.errors])
    assert told in [(EnvelopeState.RETURNED, "mistake", 0, []), (EnvelopeState.ACCEPTED, "", 1, [Conflict])]
