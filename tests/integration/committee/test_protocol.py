"""The protocol tells of codes, complaints, turnout, draws, what is published and rehearsals: in numbers, about nobody."""

import json

import pytest

from app.features.committee import protocol
from app.features.committee.models import DecisionKind, Retention
from app.features.committee.printing import protocol_pdf
from app.features.spaces.models import Process
from app.features.voting.keys.keyring import Keyring
from app.features.voting.models import CodeState, ContestState, RollEntry, VotingCode
from app.features.voting.use_cases import count_pot, figures_of
from app.kernel.permissions import Channel
from tests.factories import committee, rehearsals, voting
from tests.factories.tools import add
from tests.support.pdf import words_of_pdf

NOTE = "Drawn on the market square, before everybody."


@pytest.fixture
def pot(session, app, clock):
    """A certified pot with a draw, codes, complaints, a list of voters and a rehearsal."""
    found = voting.closed_pot(costs=(600_00, 600_00), options={"tie_rules": ["drawn"]})
    process = session.get_one(Process, found.process_id)
    voting.ballots(found, ["1"] * 15 + ["2"] * 15)
    voting.ballots(found, [""], channel=Channel.DESK)
    for at, state in enumerate((CodeState.ISSUED, CodeState.ISSUED, CodeState.VOIDED, CodeState.UNDELIVERED)):
        key = {"voter_key": f"c{at:063x}", "code_hash": f"d{at:063x}", "issued_on": clock.now.date()}
        add(VotingCode(process_id=process.id, state=state, **key))
    for at in range(12):
        add(RollEntry(process_id=process.id, voter_key=f"e{at:063x}", age_bracket="18-29"))
    voting.contest(found, state=ContestState.UPHELD, granted_slot="all+1")
    voting.contest(found)
    rehearsals.over(process, voters=9, ballots=7)
    member = committee.member(process.id, "Clara Counter")
    count_pot(session, member, found.id)
    voting.drawn(found, (("2", "1"),), NOTE)
    committee.decided(DecisionKind.CERTIFICATION, process.id, pot_id=found.id)
    return found


def record(session, pot):
    return json.loads(protocol.as_bytes(protocol.record_of(session, session.get_one(Process, pot.process_id))))


def test_numbers_draws_and_rehearsals_stand_in_it(session, pot):
    found = record(session, pot)

    assert found["codes"] == {"issued": 2, "voided": 1, "undelivered": 1}
    assert found["rehearsals"][0]["ballots"] == 7
    assert found["turnout"]["age"] == [{"group": "18-29", "entries": None, "voted": None}]
    (of_pot,) = found["pots"]
    expected = {"open": 1, "upheld": 1, "dismissed": 0, "granted": 1, "granted_and_cast": 0}
    assert of_pot["contested_participations"] == expected
    assert of_pot["draws"] == {"draws": [["2", "1"]], "drawn_order": ["2", "1"], "draw_notes": [NOTE]}
    assert of_pot["count"]["winners"] == ["2"]
    text = json.dumps(found)
    assert "at sea" not in text
    assert "stolen" not in text
    assert not any(f"{kind}{0:063x}" in text for kind in "cde")


def test_the_numbers_outlive_the_rows(session, pot, clock):
    before, figures = record(session, pot), figures_of(session, pot.process_id)
    for table in (VotingCode, RollEntry):
        session.query(table).delete()
    forgotten = {"roll_entry": 12, "figures": figures}
    add(Retention(process_id=pot.process_id, forgotten=forgotten, forgotten_at=clock.now))
    after = record(session, pot)
    for name in ("codes", "turnout", "letters", "voters_on_the_list"):
        assert after[name] == before[name]
    assert after["keys"]["forgotten"] == {"roll_entry": 12}


def test_what_is_published_and_why_stands_in_it(session, app):
    pot = voting.opened_pot(Keyring(app.config["SETTINGS"].keys))
    member = committee.member(pot.process_id, "Clara Counter")
    count_pot(session, member, pot.id)
    voting.to_publish(pot, "totals", "It is a small town.")
    committee.decided(DecisionKind.CERTIFICATION, pot.process_id, pot_id=pot.id)
    found = record(session, pot)["pots"][0]["publication"]
    assert (found["published"], found["reason"], found["ballots"]) == ("totals", "It is a small town.", 36)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_printed_protocol_says_the_same(session, app, pot, language):
    with app.app_context():
        pdf = protocol_pdf(record(session, pot), "Plaza City", language)
    assert (b"PlazaPrintArabic-Regular" if language == "ar" else b"PlazaPrint-Regular") in pdf, "set with our own letters"
    text = words_of_pdf(pdf)
    if language == "en":
        assert NOTE in text
        assert "Codes: 2 in force, 1 void, 1 came back" in text
        assert "7 test ballots of 9 test voters" in text
        assert "Drawn in public, the first one first: 2, 1" in text
    else:
        assert "market square" in text


def test_the_public_result_shows_the_note_of_the_draw(session, client, pot):
    pot_id = pot.id
    session.commit()
    page = client.get(f"/budgets/{pot_id}/result").text
    assert NOTE in page
    assert "Drawn in public, the first one first: 2, 1" in page
