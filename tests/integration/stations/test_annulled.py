"""After the vote on a pot was annulled nothing of its paper stays for ever: no order, no scan, no number of a voter."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from app.features.scans.models import ScanPage
from app.features.stations.commands import TakeInEnvelope
from app.features.stations.models import EnvelopeState, OuterEnvelope, PaperBallot
from app.features.stations.use_cases import decide_envelope, pots_to_loosen, take_in_envelope
from app.features.stations.use_cases.envelopes import WHY
from app.kernel import clock
from app.kernel.retention import rules
from tests.factories import committee, stations
from tests.factories.stations import SECRET, at, today


def night(session):
    for rule in rules():
        if rule.name in ("paper_batches", "outer_envelopes"):
            rule.run(session, clock.now() - timedelta(days=rule.days), 100)


@pytest.mark.parametrize(("days", "stay"), [(29, True), (31, False)])
def test_ballots_and_scans_of_an_annulled_pot_lie_in_no_batch_after_a_month(session, days, stay):
    box = stations.OpenBox(2)
    box.taken(box.upload({"marks": {"1": "yes"}}, {"marks": {"2": "yes"}}), 2)
    box.pot.annulled_at = clock.now() - timedelta(days=days)
    session.flush()
    night(session)
    kept = [session.scalar(select(func.count()).select_from(one)) for one in (PaperBallot, ScanPage)]
    assert kept == ([2, 2] if stay else [0, 0])
    assert pots_to_loosen(session) == []


@pytest.mark.parametrize(("days", "left"), [(29, {EnvelopeState.RETURNED, EnvelopeState.WAITING}), (31, set())])
def test_numbers_on_envelopes_of_an_annulled_pot_go_after_a_month(session, days, left):
    pot = stations.paper_pot()
    place = committee.station(pot.process_id)
    desk = stations.on_shift(place)
    stations.handed_out(desk, place, pot, "CARD00001", 1)
    for number in ("CARD00001", "CARD00002"):
        command = TakeInEnvelope(at(place, pot, number), uuid4(), "provisional", given_on=today())
        written = take_in_envelope(session, desk, command, SECRET)
        if number == "CARD00001":
            decide_envelope(session, desk, written.id)
    pot.annulled_at = clock.now() - timedelta(days=days)
    session.flush()
    night(session)
    assert set(session.scalars(select(OuterEnvelope.state))) == left


def test_an_envelope_for_an_annulled_pot_goes_back_with_the_true_reason(session):
    pot = stations.paper_pot()
    place = committee.station(pot.process_id)
    desk = stations.on_shift(place)
    command = TakeInEnvelope(at(place, pot, "CARD00001"), uuid4(), "provisional", given_on=today())
    written = take_in_envelope(session, desk, command, SECRET)
    pot.annulled_at = clock.now()
    session.flush()
    assert decide_envelope(session, desk, written.id) is EnvelopeState.RETURNED
    assert written.because == "annulled"
    assert str(WHY[written.because]) == "The vote on this pot was annulled"
