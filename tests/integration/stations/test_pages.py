"""The pages of a station: what a clerk sends does what it says, and other staff see nothing that is not theirs."""

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import func, select

from app.extensions import db as database
from app.features.spaces.models import Process
from app.features.stations.commands import TakeInEnvelope
from app.features.stations.models import Batch, BatchState, Issue, OuterEnvelope, PaperBallot, Shift, StationCount
from app.features.stations.use_cases import decide_envelope, take_in_envelope
from app.features.voting.models import VotingParticipation, VotingSetup
from app.kernel import clock
from app.kernel.permissions import Role
from tests.factories import accounts, committee, spaces, stations, voting
from tests.factories.tools import add


def signed_in(app, pot, role=Role.CLERK, place=None, name="Kaisa Clerk"):
    person = accounts.staff(role, database.session.get_one(Process, pot.process_id), display_name=name)
    if place is not None:
        add(Shift(station_id=place.id, person_id=person.id, person_name=name, day=clock.today(stations.ZONE)))
    client = app.test_client()
    accounts.sign_in(client, person)
    return client


def number_of(model):
    return database.session.scalar(select(func.count()).select_from(model))


def test_handing_out_over_the_page(app, session, pot, place):
    clerk = signed_in(app, pot, place=place)
    ids = (place.id, pot.id)
    url = f"/staff/stations/desk/{ids[0]}/{ids[1]}"
    voter = {"number": "CARD00001", "stub": "1"}
    assert "may vote" in clerk.post(url, data={**voter, "step": "look"}).text
    assert clerk.post(url, data={**voter, "step": "issue"}).status_code == 303
    again = clerk.post(url, data={**voter, "step": "look"})
    assert again.status_code == 409
    assert again.text.count("A ballot was cast for this person already") == 1
    assert (number_of(Issue), number_of(VotingParticipation)) == (1, 1)
    assert clerk.post(f"{url}/changes", data={**voter, "step": "begin"}).status_code == 303
    assert clerk.post(f"{url}/changes", data={**voter, "step": "confirm"}).status_code == 403
    second = signed_in(app, database.session.get_one(type(pot), ids[1]), place=None, name="Kalle Clerk")
    assert second.post(f"{url}/changes", data={**voter, "step": "confirm"}).status_code == 403
    assert clerk.post(f"{url}/left", data={"known": "0"}).status_code == 303
    assert database.session.scalars(select(StationCount.left_without)).one() == 1


def test_from_the_open_box_to_two_signatures_over_the_pages(app, session, pot, place):
    desk = stations.on_shift(place)
    for stub in (1, 2):
        stations.handed_out(desk, place, pot, f"P{stub:05}", stub)
    stations.over(pot)
    first, second = (signed_in(app, pot, name=name) for name in ("Aino", "Benno"))
    process_id, place_id, pot_id = pot.process_id, place.id, pot.id
    assert first.post(f"/staff/stations/station/{place_id}/open").status_code == 303
    count = f"/staff/stations/count/{place_id}/{pot_id}"
    assert first.post(f"{count}/batches", data={"declared": "2"}).status_code == 303
    batch_id = database.session.scalars(select(Batch.id)).one()
    page = f"/staff/stations/batch/{batch_id}"
    assert first.post(page, data={"marks": "1", "at": "1"}).status_code == 303
    assert first.post(page, data={"marks": "9", "at": "2"}).status_code == 422
    assert second.post(page, data={"marks": "2", "at": "2"}).status_code == 409
    assert first.post(page, data={"marks": "2", "at": "2"}).status_code == 303
    early = first.get(count).text
    assert "Batch 1 is not typed, read and decided yet." in early
    assert "Sign these numbers" not in early, "what is refused is not offered"
    assert "Draw with this seed" not in first.get(f"/staff/stations/second/{pot_id}").text, "a batch is still being typed"
    assert first.post(f"{page}/finish").status_code == 303
    assert "Draw with this seed" in first.get(f"/staff/stations/second/{pot_id}").text
    assert first.post(f"/staff/stations/second/{pot_id}", data={"seed": "6 3"}).status_code == 303
    assert second.post(f"{page}/second", data={"marks": "1", "at": "1"}).status_code == 303
    assert second.post(f"{page}/second", data={"marks": "3", "at": "2"}).status_code == 303
    assert f"/staff/stations/second/batch/{batch_id}/2" in second.get(f"/staff/stations/second/batch/{batch_id}").text
    for client in (first, second):
        assert client.post(f"/staff/stations/second/batch/{batch_id}/2", data={"marks": "3"}).status_code == 303
    assert database.session.get_one(Batch, batch_id).state is BatchState.RECONCILED
    assert database.session.get_one(PaperBallot, (batch_id, 2)).settled == "3"
    assert first.post(count, data={"seen": "0"}).status_code == 303
    assert "Sign these numbers" not in first.get(count).text, "nobody signs twice"
    assert "Sign these numbers" in second.get(count).text
    assert second.post(count, data={"seen": "0"}).status_code == 303
    assert "Signed by two" in first.get(f"/staff/stations/{process_id}").text


def test_an_envelope_over_the_page(app, session, pot, place):
    clerk = signed_in(app, pot, place=place)
    process_id = pot.process_id
    sent = {"place": str(place.id), "pot": str(pot.id), "kind": "provisional", "number": "CARD00001"}
    sent["given"] = stations.today().isoformat()
    page = f"/staff/stations/envelopes/{process_id}"
    assert f'value="{stations.today().isoformat()}"' in clerk.get(page).text
    assert clerk.post(page, data={**sent, "given": ""}).status_code == 422
    for _twice in range(2):
        assert clerk.post(page, data={**sent, "page": str(uuid4())}).status_code == 303
    told = [
        clerk.post(f"/staff/stations/envelopes/one/{envelope_id}/decide", follow_redirects=True).text
        for envelope_id in database.session.scalars(select(OuterEnvelope.id).order_by(OuterEnvelope.number)).all()
    ]
    assert "Envelope 1 is accepted. Open it" in told[0]
    assert "Envelope 2 goes back unopened: This person has voted already" in told[1]
    assert number_of(VotingParticipation) == 1
    assert "Accepted, opened" in clerk.get(f"/staff/stations/envelopes/{process_id}").text


def test_the_post_is_offered_only_where_somebody_votes_by_post(app, session, pot, place):
    def offered(one, at):
        return 'value="postal"' in signed_in(app, one, place=at).get(f"/staff/stations/envelopes/{one.process_id}").text

    assert not offered(pot, place)
    setup = database.session.scalars(select(VotingSetup).where(VotingSetup.process_id == pot.process_id)).one()
    setup.postal_until = clock.now() + timedelta(days=1)
    session.commit()
    assert offered(pot, place)


def test_a_desk_without_a_list_of_voters_says_so(app, session, pot, place):
    listed = stations.paper_pot(voting.process_with_roll("CARD00001"))
    there = committee.station(listed.process_id)
    for one, at, words in ((pot, place, True), (listed, there, False)):
        clerk = signed_in(app, one, place=at)
        page = clerk.get(f"/staff/stations/desk/{at.id}/{one.id}").text
        assert ("has no list of voters" in page) is words
        changes = clerk.get(f"/staff/stations/desk/{at.id}/{one.id}/changes").text
        assert ('name="born"' in changes) is not words


def test_nobody_is_led_to_sign_before_a_ballot_is_typed(app, session, pot, place):
    stations.handed_out(stations.on_shift(place), place, pot, "P00001", 1)
    stations.over(pot)
    clerk = signed_in(app, pot)
    place_id, pot_id = place.id, pot.id
    clerk.post(f"/staff/stations/station/{place_id}/open")
    page = clerk.get(f"/staff/stations/count/{place_id}/{pot_id}").text
    assert "No batch yet" in page
    folded = page.split("No ballot was typed. Sign all the same")[1].split("</details>")[0]
    assert "Sign these numbers" in folded
    assert page.count("Sign these numbers") == 1


def test_envelopes_that_wait_come_first_a_page_at_a_time(app, session, pot, place, monkeypatch):
    monkeypatch.setattr("app.features.stations.manage_routes.envelopes.SHOWN", 2)
    desk = stations.on_shift(place)
    made = [
        take_in_envelope(
            session,
            desk,
            TakeInEnvelope(stations.at(place, pot, f"CARD0000{at}"), uuid4(), "provisional", given_on=stations.today()),
            stations.SECRET,
        )
        for at in range(1, 4)
    ]
    decide_envelope(session, desk, made[2].id)
    client = signed_in(app, pot)
    session.commit()
    first, last = (client.get(f"/staff/stations/envelopes/{pot.process_id}?page={page}").text for page in (1, 9))
    assert "1 to 2 of 3" in first
    assert first.count("Decide now") == 2
    assert "Decide now" not in last


def test_every_page_answers_whoever_may_see_it_and_nobody_else(app, session, pot, place):
    desk = stations.on_shift(place)
    stations.handed_out(desk, place, pot, "P00001", 1)
    other = stations.paper_pot()
    process_id, place_id, pot_id = pot.process_id, place.id, pot.id
    clerk, auditor = signed_in(app, pot, place=place), signed_in(app, pot, Role.AUDITOR)
    stranger = signed_in(app, other)
    both = [
        f"/staff/stations/{process_id}",
        f"/staff/stations/count/{place_id}/{pot_id}",
        f"/staff/stations/second/{pot_id}",
    ]
    clerks = [
        f"/staff/stations/desk/{place_id}/{pot_id}",
        f"/staff/stations/desk/{place_id}/{pot_id}/changes",
        f"/staff/stations/envelopes/{process_id}",
    ]
    assert clerk.get("/staff/stations").status_code == 200
    assert [clerk.get(url).status_code for url in both + clerks] == [200] * 6
    assert [auditor.get(url).status_code for url in both] == [200] * 3
    assert all(auditor.get(url).status_code in (403, 404) for url in clerks)
    assert all(stranger.get(url).status_code in (403, 404) for url in both + clerks)
    member = signed_in(app, database.session.get_one(type(pot), pot_id), Role.COMMITTEE)
    assert member.get(f"/staff/stations/station/{place_id}/clerks").status_code == 200
    assert "Stations and ballots on paper" in member.get(f"/staff/reconciliation/{process_id}").text


def test_how_paper_is_read_is_set_up_and_announced(app, session):
    process = spaces.process("Vote", open_for=None)
    process_id = process.id
    person = accounts.staff(Role.COMMITTEE, process)
    client = app.test_client()
    accounts.sign_in(client, person)
    sent = {"slots": "all", "custody": "server", "by_account": "y", "on_paper": "y", "overvote": "blank"}
    sent |= {"incomplete_set": "invalid", "postal_until": "2027-05-31 18:00"}
    assert client.post(f"/staff/how-people-vote/{process_id}", data=sent).status_code == 303
    setup = database.session.scalars(select(VotingSetup)).one()
    assert (setup.on_paper, str(setup.overvote), str(setup.incomplete_set)) == (True, "blank", "invalid")
    assert setup.postal_until is not None
    assert "2027-05-31 18:00" in client.get(f"/staff/how-people-vote/{process_id}").text
    assert client.post(f"/staff/how-people-vote/{process_id}", data={**sent, "postal_until": "soon"}).status_code == 422


def test_two_who_decide_see_what_to_type_and_are_told_that_they_differ(app, session):
    desk = stations.OpenBox(3)
    batch = stations.typed(desk.first, desk.place, desk.pot, ["1", "2?"])
    pot_id, page = desk.pot.id, f"/staff/stations/second/batch/{batch.id}/2"
    first, second = (signed_in(app, desk.pot, name=name) for name in ("Aino", "Benno"))
    batch_id = batch.id
    session.commit()
    assert "1 ballot that was handed out is not typed yet" in first.get(f"/staff/stations/second/{pot_id}").text
    first.post(f"/staff/stations/second/{pot_id}", data={"seed": "3 5 1"})
    for at in ("1", "2"):
        second.post(f"/staff/stations/batch/{batch_id}/second", data={"marks": at, "at": at})
    assert "Void: it cannot be read." in first.get(page).text
    told = [
        one.post(page, data={"marks": marks, "at": "2"}, follow_redirects=True).text
        for one, marks in ((first, "2"), (second, "-1"), (first, "-1"))
    ]
    assert "A second person must look" in told[0]
    assert "the other person said something else" in told[1]
    assert "Decided by two." in told[2]
