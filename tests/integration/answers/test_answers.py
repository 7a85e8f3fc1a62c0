"""How the city answers, and who learns of it."""

import re
from dataclasses import replace
from datetime import date

import pytest

from app.extensions import db
from app.features.answers.commands import PublishAnswer
from app.features.answers.models import AnswerStatus, AnswerVersion
from app.features.answers.queries import answer_of
from app.features.answers.use_cases import publish_answer
from app.features.proposals.models import ProposalState
from app.kernel.errors import Conflict, Invalid, NotFound, Refused
from app.kernel.permissions import Actor, Role
from tests.factories import accounts, answers, proposals, spaces


@pytest.fixture
def process(session):
    return spaces.process()


@pytest.fixture
def officer(process):
    person = accounts.staff(Role.OFFICER, process)
    return Actor(person_id=person.id, roles=frozenset({(Role.OFFICER, process.id)}))


def accepted(proposal, **changes):
    return PublishAnswer(
        **{
            "proposal_id": proposal.id,
            "status": AnswerStatus.ACCEPTED,
            "reasons": "We will do it in spring.",
            "department": "Parks and Gardens",
            "language": "en",
            "currency": "EUR",
            **changes,
        }
    )


def test_the_answer_stands_on_the_proposals_page(session, client, process, officer):
    proposal = proposals.proposal(process)

    publish_answer(session, officer, accepted(proposal, cost=250_000))

    page = client.get(f"/proposals/{proposal.reference}").text
    assert "We will do it in spring." in page
    assert "Parks and Gardens" in page
    assert "€2,500" in page


def test_author_and_followers_get_one_letter_each(session, process, officer, mailbox):
    author = accounts.person(email="author@example.org")
    proposal = proposals.proposal(process, author=author)
    proposals.follow(proposal, author)
    proposals.follow(proposal, accounts.person(email="follower@example.org"))
    accounts.person(email="stranger@example.org")

    publish_answer(session, officer, accepted(proposal))

    assert len(mailbox.to("author@example.org")) == 1
    (letter,) = mailbox.to("follower@example.org")
    assert "We will do it in spring." in letter.get_content()
    assert mailbox.to("stranger@example.org") == []


def test_somebody_without_an_account_gets_the_answer_too(session, process, officer, mailbox):
    proposal, _token = proposals.guest_proposal(process, email="guest@example.org")

    publish_answer(session, officer, accepted(proposal))

    assert len(mailbox.to("guest@example.org")) == 1


def test_a_changed_answer_keeps_the_earlier_one_readable(session, client, process, officer):
    proposal = proposals.proposal(process)
    publish_answer(session, officer, accepted(proposal, status=AnswerStatus.UNDER_EVALUATION, reasons="We are counting trees."))

    publish_answer(session, officer, accepted(proposal, seen_version=1))
    session.commit()

    page = client.get(f"/proposals/{proposal.reference}").text
    assert "We will do it in spring." in page
    assert "We are counting trees." in page
    assert session.query(AnswerVersion).count() == 2


def test_nobody_overwrites_a_colleague_unseen(session, process, officer):
    proposal = proposals.proposal(process)
    publish_answer(session, officer, accepted(proposal))

    with pytest.raises(Conflict):
        publish_answer(session, officer, accepted(proposal, reasons="Mine."))
    assert answer_of(session, proposal.id).reasons == "We will do it in spring."


def test_hidden_proposals_and_those_of_other_processes_are_not_answered(session, process, officer):
    with pytest.raises(Refused):
        publish_answer(session, officer, accepted(proposals.proposal(process, state=ProposalState.HIDDEN)))
    with pytest.raises(NotFound):
        publish_answer(session, officer, accepted(proposals.proposal(spaces.process())))


def test_an_answer_gives_reasons_and_a_department(session, process, officer):
    with pytest.raises(Invalid) as refused:
        publish_answer(session, officer, accepted(proposals.proposal(process), reasons=" ", department=""))
    assert set(refused.value.errors) == {"reasons", "department"}


def test_an_officer_writes_looks_and_publishes(as_role, process):
    proposal = proposals.proposal(process)
    client = as_role(Role.OFFICER, process)
    typed = {"status": "accepted", "reasons": "Yes, in May.", "department": "Streets", "cost": "12 000,50", "seen_version": "0"}

    preview = client.post(f"/staff/answers/{proposal.reference}", data={**typed, "step": "preview"})
    assert "Yes, in May." in preview.text
    assert "€12,000.50" in preview.text
    published = client.post(f"/staff/answers/{proposal.reference}", data={**typed, "step": "publish"}, follow_redirects=True)

    assert "Yes, in May." in published.text


@pytest.mark.parametrize("cost", ["twelve", "1e9", "-5", "1.234", "99999999999999999999", "NaN", "12 00"])
def test_a_cost_that_is_none_gets_a_message_and_loses_nothing(as_role, process, cost):
    proposal = proposals.proposal(process)
    client = as_role(Role.OFFICER, process)
    typed = {"status": "accepted", "reasons": "Kept words", "department": "Streets", "cost": cost}

    response = client.post(f"/staff/answers/{proposal.reference}", data={**typed, "step": "publish"})

    assert response.status_code == 422
    assert "Kept words" in response.text


@pytest.mark.parametrize("cost", ["12,000.50", "12 000,50", "12'000.5", "١٢٬٠٠٠٫٥٠"])
def test_a_cost_is_understood_as_people_write_it(as_role, process, cost):
    proposal = proposals.proposal(process)
    client = as_role(Role.OFFICER, process)
    words = {"status": "accepted", "reasons": "Yes.", "department": "Streets", "cost": cost, "seen_version": "0"}

    client.post(f"/staff/answers/{proposal.reference}", data={**words, "step": "publish"})

    assert answer_of(db.session(), proposal.id).cost == 12_000_50


def test_the_queue_has_what_waits_longest_first(as_role, process, clock):
    old = proposals.proposal(process, title="The old one")
    clock.advance(days=70)
    proposals.proposal(process, title="The young one")
    answers.answer(proposals.proposal(process, title="The answered one"))
    client = as_role(Role.OFFICER, process)

    page = client.get("/staff/answers").text

    assert page.index("The old one") < page.index("The young one")
    assert "The answered one" not in page
    assert "Late since" in page
    assert old.reference in page


@pytest.mark.parametrize(
    ("currency", "cost", "typed"), [("EUR", 250_050, "2500.50"), ("EUR", 250_000, "2500"), ("JPY", 2_500, "2500")]
)
def test_a_cost_that_is_looked_at_and_published_again_stays_the_same(app, as_role, process, monkeypatch, currency, cost, typed):
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], currency=currency))
    proposal = proposals.proposal(process)
    address = f"/staff/answers/{proposal.reference}"
    client = as_role("officer", process, department="Parks and Gardens")
    assert 'value="Parks and Gardens"' in client.get(address).text
    words = {"status": "accepted", "reasons": "Yes.", "department": "Parks and Gardens", "step": "publish"}

    client.post(address, data={**words, "cost": typed, "seen_version": "0"})
    assert f'value="{typed}"' in client.get(address).text
    client.post(address, data={**words, "cost": typed, "seen_version": "1"})

    answer = answer_of(db.session(), proposal.id)
    assert (answer.version, answer.cost, answer.currency) == (2, cost, currency)


@pytest.mark.parametrize(
    ("currency", "language", "shown"),
    [
        ("TND", "de", "234,500"),
        ("KWD", "fi", "234,500"),
        ("TND", "en", "234.500"),
        ("KWD", "ar", "234.500"),
        ("EUR", "de", "2345"),
    ],
)
def test_a_cost_that_stands_in_the_form_is_read_back_as_itself_in_every_language(
    app, as_role, process, monkeypatch, currency, language, shown
):
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], currency=currency))
    proposal = proposals.proposal(process)
    address = f"/staff/answers/{proposal.reference}?lang={language}"
    client = as_role("officer", process, department="Parks and Gardens")
    words = {"status": "accepted", "reasons": "Yes.", "department": "Parks and Gardens", "step": "publish"}
    client.post(address, data={**words, "cost": "234,5" if len(shown) > 4 else "2345", "seen_version": "0"})
    before = answer_of(db.session(), proposal.id).cost

    standing = re.search(r'name="cost"[^>]*value="([^"]*)"', client.get(address).text)[1]
    client.post(address, data={**words, "cost": standing, "seen_version": "1"})

    answer = answer_of(db.session(), proposal.id)
    assert (standing, answer.version, answer.cost) == (shown, 2, before)


def test_half_a_yen_is_no_cost(app, as_role, process, monkeypatch):
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], currency="JPY"))
    proposal = proposals.proposal(process)
    data = {"status": "accepted", "reasons": "Yes.", "department": "Parks", "step": "publish", "cost": "12.5"}

    assert as_role("officer", process).post(f"/staff/answers/{proposal.reference}", data=data).status_code == 422


def test_a_rejected_proposal_has_no_date_and_no_answer_one_in_the_past(session, process, officer, clock):
    proposal = proposals.proposal(process)
    today = clock.now.date()

    for status, day in (
        (AnswerStatus.REJECTED, today),
        (AnswerStatus.UNDER_EVALUATION, date(1999, 1, 1)),
        (AnswerStatus.ACCEPTED, date(1999, 1, 1)),
    ):
        with pytest.raises(Invalid) as refusal:
            publish_answer(session, officer, accepted(proposal, status=status, planned_for=day))
        assert set(refusal.value.errors) == {"planned_for"}

    assert publish_answer(session, officer, accepted(proposal, planned_for=today)).planned_for == today
    clock.advance(days=9)
    changed = accepted(proposal, planned_for=today, reasons="It is done.", seen_version=1)
    assert publish_answer(session, officer, changed).planned_for == today


def test_a_day_that_has_passed_is_said_before_the_preview(as_role, process):
    proposal = proposals.proposal(process)
    answer = {"status": "rejected", "reasons": "No.", "department": "Parks", "planned_for": "1999-01-01", "step": "preview"}

    page = as_role(Role.OFFICER, process).post(f"/staff/answers/{proposal.reference}", data=answer)

    assert page.status_code == 422
    assert 'id="planned_for-error"' in page.text
    assert "This is what everybody will read" not in page.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("9" * 20, "more money than any city has"),
        ("abc", "such as 12000 or 12000.50."),
        ("12000.5.5", "such as 12000 or 12000.50."),
    ],
)
def test_what_is_wrong_with_a_cost_is_said_in_the_readers_way_of_writing(as_role, process, typed, said):
    proposal = proposals.proposal(process)
    answer = {"status": "accepted", "reasons": "Yes.", "department": "Parks", "cost": typed, "step": "preview"}

    assert said in as_role(Role.OFFICER, process).post(f"/staff/answers/{proposal.reference}", data=answer).text


def test_the_overview_counts_what_the_queue_holds(as_role, session, process, officer):
    for _ in range(3):
        proposals.proposal(process)
    publish_answer(session, officer, accepted(proposals.proposal(process), status=AnswerStatus.UNDER_EVALUATION))
    publish_answer(session, officer, accepted(proposals.proposal(process)))
    client = as_role(Role.OFFICER, process)

    assert "4 proposals wait for a final answer" in client.get("/staff/").text
    assert client.get("/staff/answers").text.count("data-row") == 4
