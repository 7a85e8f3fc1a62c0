"""What everybody sees of the committee, what auditors see and cannot press, and what stands in the protocol."""

import json

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.budgets.models import Pot, PotState
from app.features.committee.commands import Object
from app.features.committee.models import Decision, DecisionKind, DecisionState, Objection
from app.features.committee.use_cases import object_to
from app.features.spaces.models import Process
from app.features.voting.keys.keyring import Keyring
from app.features.voting.models import Ballot
from app.features.voting.use_cases import count_pot
from app.kernel.errors import Conflict
from app.kernel.permissions import ANONYMOUS, Role
from app.web import typesetting
from tests.factories import committee, voting
from tests.factories.tools import add
from tests.support.pdf import words_of_pdf

KINDS = DecisionKind


def space_of(pot):
    return space(pot.process_id)


def space(process_id):
    return database.session.get_one(Process, process_id)


def test_two_members_certify_through_the_pages_and_everybody_sees_both_names(session, as_role, client):
    pot = committee.counted_pot()
    process_id, pot_id = pot.process_id, pot.id
    session.commit()
    first = as_role(Role.COMMITTEE, space_of(pot))
    address = f"/staff/decisions/{process_id}/propose/certification?pot={pot_id}"
    assert "Everybody sees the result at once" in first.get(address).text
    assert first.post(address, data={"reason_en": ""}).status_code == 422
    proposed = first.post(address, data={"reason_en": "All numbers agree."}).headers["Location"]
    assert f"{proposed}/sign" not in first.get(proposed).text
    first.post(f"{proposed}/sign")
    assert database.session.get_one(Pot, pot_id).state is PotState.COUNTED

    second = as_role(Role.COMMITTEE, space(process_id))
    page = second.get(proposed).text
    assert "This is what will happen" in page
    assert "All numbers agree." in page
    second.post(f"{proposed}/sign")

    decision = database.session.scalars(select(Decision)).one()
    names = [decision.proposed_name, decision.decided_name]
    assert len(set(names)) == 2
    public = client.get(f"/committee/certificate/{pot_id}").text
    assert all(name in public for name in names)
    assert all(name in client.get(f"/committee/{process_id}").text for name in names)
    assert "The certificate" in client.get(f"/budgets/{pot_id}/result").text
    assert client.get(f"/committee/{process_id}/protocol.pdf").status_code == 200


def test_auditors_see_everything_and_have_no_buttons_and_no_way_around_them(session, as_role):
    pot = committee.counted_pot()
    process_id, pot_id = pot.process_id, pot.id
    decision = committee.proposed(KINDS.CERTIFICATION, process_id, committee.member(process_id), pot_id=pot_id)
    place = committee.station(process_id)
    place_id, decision_id = place.id, decision.id
    session.commit()
    auditor = as_role(Role.AUDITOR, space_of(pot))

    for address in (
        f"/staff/decisions/{process_id}",
        f"/staff/decisions/one/{decision_id}",
        f"/staff/reconciliation/{process_id}",
        f"/staff/reconciliation/stations/{place_id}/{pot_id}",
        f"/staff/committee/{pot_id}",
    ):
        page = auditor.get(address)
        assert page.status_code == 200, address
        main = page.text[page.text.index("<main") : page.text.index("</main")]
        assert 'method="post"' not in main, address
        assert "/propose/" not in main, address
    assert auditor.get(f"/committee/{process_id}/protocol.json").status_code == 200
    for address in (
        f"/staff/decisions/one/{decision_id}/sign",
        f"/staff/decisions/one/{decision_id}/decline",
        f"/staff/decisions/{process_id}/days",
        f"/staff/reconciliation/{process_id}/stations",
        f"/staff/reconciliation/stations/{place_id}/remove",
    ):
        assert auditor.post(address).status_code in (403, 404), address
    assert auditor.get(f"/staff/decisions/{process_id}/propose/annulment?pot={pot_id}").status_code in (403, 404)
    numbers = dict.fromkeys(("participations", "ballots", "blank", "invalid", "votes_1", "votes_2", "votes_3"), "0")
    assert auditor.post(f"/staff/reconciliation/stations/{place_id}/{pot_id}", data=numbers).status_code in (403, 404)
    assert database.session.get_one(Decision, decision_id).state is DecisionState.PROPOSED


def test_an_interruption_says_so_on_every_page_of_the_vote(session, client, as_role):
    pot = voting.pot()
    process_id, pot_id = pot.process_id, pot.id
    committee.decided(KINDS.INTERRUPTION, process_id, reason={"en": "Nobody can reach the box."})
    session.commit()

    for address in (f"/budgets/{pot_id}", f"/voting/{pot_id}"):
        assert "The vote is interrupted" in client.get(address).text, address
    assert f"/committee/{process_id}" in client.get(f"/budgets/{pot_id}").text
    assert "Nobody can reach the box." in client.get(f"/committee/{process_id}").text


def test_an_annulled_result_says_that_it_does_not_count(session, client):
    pot = committee.certified_pot()
    pot_id = pot.id
    committee.decided(KINDS.ANNULMENT, pot.process_id, pot_id=pot_id)
    session.commit()

    assert "does not count" in client.get(f"/budgets/{pot_id}/result").text
    assert "annulled" in client.get(f"/committee/certificate/{pot_id}").text


def test_a_resident_objects_and_the_committee_alone_reads_the_words(session, client, as_role):
    pot = committee.certified_pot()
    process_id = pot.process_id
    session.commit()
    resident = as_role("resident")
    address = f"/committee/{process_id}/object"
    assert client.get(address).status_code == 200  # nobody needs an account
    assert resident.post(address, data={"words": " "}).status_code == 422
    answer = resident.post(address, data={"words": "The list had my old address."}, follow_redirects=True)

    assert "Your objection has number 1." in answer.text
    assert "old address" not in client.get(f"/committee/{process_id}").text
    member = as_role(Role.COMMITTEE, space(process_id))
    assert "old address" in member.get(f"/staff/decisions/{process_id}").text
    objection = database.session.scalars(select(Objection)).one()
    form = {"objection": str(objection.id), "outcome": "upheld", "reason_en": "It is right."}
    found = member.post(f"/staff/decisions/{process_id}/propose/objection", data=form).headers["Location"]
    assert "The objection is upheld." in member.get(found).text


def test_the_protocol_is_for_staff_until_everything_is_certified_and_then_for_all(session, client, as_role):
    pot = committee.counted_pot()
    process_id, pot_id = pot.process_id, pot.id
    session.commit()
    address = f"/committee/{process_id}/protocol.json"
    assert client.get(address).status_code == 404
    assert as_role(Role.OFFICER, space(process_id)).get(address).status_code == 404
    before = json.loads(as_role(Role.AUDITOR, space(process_id)).get(address).data)
    assert before["pots"][0]["count"]["winners"] == ["1", "2"]

    committee.decided(KINDS.CERTIFICATION, process_id, pot_id=pot_id)
    session.commit()

    record = json.loads(client.get(address).data)
    (only,) = record["pots"]
    assert only["frozen_digest"] == database.session.get_one(Pot, pot_id).options["digest"]
    assert only["participations_by_channel"] == {"web": 3}
    assert sum(only["participations_by_day"].values()) == 3
    assert only["certificates"][0]["signatures"][1]["name"] == "Matti Member"
    assert record["decisions"][0]["kind"] == "certification"
    assert record["reconciliation"][0]["participations"] == record["reconciliation"][0]["ballots"] == 3
    assert "voter_key" not in json.dumps(record)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Protocol of the vote"), ("de", "Maija Member"), ("fi", "Maija Member"), ("ar", "Maija Member")],
)
def test_the_protocol_is_a_tagged_pdf_with_names_and_reasons(session, client, language, words):
    pot = committee.certified_pot()
    process_id = pot.process_id
    committee.decided(KINDS.RECOUNT, process_id, pot_id=pot.id, reason={"en": "A member asked for it."})
    session.commit()

    answer = client.get(f"/committee/{process_id}/protocol.pdf?in={language}")

    assert answer.mimetype == "application/pdf"
    assert b"/StructTreeRoot" in answer.data
    text = words_of_pdf(answer.data)
    assert words in text
    assert "A member asked for it" in text  # readers put the full stop where right-to-left text ends
    assert client.get(f"/committee/{process_id}/protocol.pdf?in=xx").status_code == 404


def test_only_what_is_possible_is_offered_and_the_rest_says_why_and_where_it_is_mended(session, as_role, app):
    keyring = Keyring(app.config["SETTINGS"].keys)
    pot = voting.opened_pot(keyring)
    process_id, pot_id = pot.process_id, pot.id
    session.commit()
    page = as_role(Role.COMMITTEE, space(process_id)).get(f"/staff/decisions/{process_id}").text
    assert "The vote does not run now" in page
    assert f"propose/certification?pot={pot_id}" not in page
    assert f'href="/staff/committee/{pot_id}"' in page
    assert f"propose/annulment?pot={pot_id}" in page

    member = committee.member(process_id)
    count_pot(database.session(), member, pot_id)
    database.session.commit()
    with pytest.raises(Conflict, match="Decide first"):
        committee.proposed(KINDS.CERTIFICATION, process_id, member, pot_id=pot_id)
    client = as_role(Role.COMMITTEE, space(process_id))
    address = f"/staff/decisions/{process_id}/propose/certification?pot={pot_id}"
    page = client.get(address).text
    assert "Decide first whether each ballot is published" in page
    assert f'href="/staff/publication/{pot_id}"' in page
    assert "Propose and sign" not in page
    assert client.post(address, data={"reason_en": "Done."}).status_code == 409
    assert database.session.scalars(select(Decision)).all() == []

    voting.to_publish(database.session.get_one(Pot, pot_id), "totals", "Small town.")
    committee.proposed(KINDS.CERTIFICATION, process_id, member, pot_id=pot_id)
    database.session.commit()
    page = client.get(f"/staff/decisions/{process_id}").text
    assert "It waits for a second signature." in page
    assert f"propose/certification?pot={pot_id}" not in page
    assert f"propose/recount?pot={pot_id}" in page


def test_a_difference_keeps_a_certification_from_being_proposed_and_names_the_reconciliation(session, as_role):
    pot = committee.counted_pot()
    add(Ballot(pot_id=pot.id, choices="1"))
    process_id, pot_id = pot.process_id, pot.id
    session.commit()
    client = as_role(Role.COMMITTEE, space(process_id))
    for address in (f"/staff/decisions/{process_id}", f"/staff/decisions/{process_id}/propose/certification?pot={pot_id}"):
        page = client.get(address).text
        assert "The numbers of this pot do not agree yet" in page
        assert f'href="/staff/reconciliation/{process_id}"' in page


def test_what_waits_for_my_signature_is_one_press_away_and_my_own_proposals_are_not_there(session, as_role):
    pot = committee.counted_pot()
    process_id, pot_id = pot.process_id, pot.id
    session.commit()
    first = as_role(Role.COMMITTEE, space(process_id))
    address = f"/staff/decisions/{process_id}/propose/certification?pot={pot_id}"
    proposed = first.post(address, data={"reason_en": "All numbers agree."}).headers["Location"]
    assert "your signature" not in first.get("/staff/").text + first.get("/staff/committee").text

    second = as_role(Role.COMMITTEE, space(process_id))

    tile = second.get("/staff/").text
    assert "1 decision waits for your signature" in tile
    assert f'href="{proposed}"' in tile
    page = second.get("/staff/committee").text
    assert f'href="{proposed}"' in page.partition("Waits for your signature")[2]
    for place in ("box", "decisions", "reconciliation"):
        assert f'href="/staff/{place}/{process_id}"' in page
    second.post(f"{proposed}/sign")
    assert "your signature" not in second.get("/staff/").text + second.get("/staff/committee").text


def test_a_certificate_says_in_words_by_which_rule_and_which_projects_were_tied(session, client):
    pot = committee.counted_pot()
    one, other = pot.projects[:2]
    tie = {"projects": [one.number, other.number], "score": "2", "decided_by": ["listed_first"], "decisive": True}
    pot.result = pot.result | {"ties": [tie, tie | {"decisive": False}]}
    session.flush()
    committee.decided(DecisionKind.CERTIFICATION, pot.process_id, pot_id=pot.id)

    page = client.get(f"/committee/certificate/{pot.id}").text

    assert f"“{one.title['en']}” and “{other.title['en']}” had the same result: 2 votes each." in page
    assert "That tie decided who won: the project that stands first in the list goes first." in page
    assert "Any order would have had the same winners." in page
    assert "Most votes first" in page
    assert "Choose projects" in page
    assert "<code>greedy" not in page


def test_the_public_protocol_is_set_once_in_each_language_until_something_is_another(session, client, as_role, monkeypatch):
    pot = committee.certified_pot()
    process_id = pot.process_id
    session.commit()
    times, set_ = [], typesetting.typst.compile
    monkeypatch.setattr(typesetting.typst, "compile", lambda *words, **more: times.append(1) or set_(*words, **more))

    address = f"/committee/{process_id}/protocol.pdf?in="
    first = client.get(f"{address}en").data
    assert first.startswith(b"%PDF")
    assert client.get(f"{address}en").data == first
    assert len(times) == 1
    assert client.get(f"{address}de").data != first
    assert client.get(f"{address}en").data == first
    assert len(times) == 2

    object_to(database.session(), ANONYMOUS, Object(process_id, "I could not vote", "Olga", "olga@example.org"))
    database.session.commit()
    again = client.get(f"{address}en").data
    assert len(times) == 3
    assert words_of_pdf(again) != words_of_pdf(first)
    as_role(Role.AUDITOR, database.session.get_one(Process, process_id)).get(f"{address}en")
    assert client.get(f"{address}en").data == again
    assert len(times) == 4
