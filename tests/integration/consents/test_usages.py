"""Who used one's data: noted by the page that shows it, told in sentences, page by page, forgotten after its time."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from app.extensions import db as database
from app.features.consents.commands import AnswerAgreement, Details, WithdrawConsent
from app.features.consents.models import Answer, Usage
from app.features.consents.queries import USAGES_KEPT, in_force, place_from_words, place_in_words, place_of, usages_between
from app.features.consents.use_cases import answer_agreement, forget_old_usages, note_usages, withdraw_consent
from app.features.consents.use_cases.usages import MANY
from app.kernel import clock
from app.kernel.permissions import Actor
from tests.factories import accounts, consents
from tests.support.database import counting_queries


def used(session, person):
    return session.query(Usage).filter_by(person_id=person.id).all()


def test_a_person_reads_the_uses_in_sentences(as_role, session):
    client = as_role("resident")
    agreement = consents.agreement(
        recipient=consents.recipient(name={"en": "Parks department"}), purpose={"en": "Contact about trees"}
    )
    consents.consent(agreement, client.person)
    consents.usage(client.person, agreement_id=agreement.id)
    consents.usage(client.person, kind="staff_page", by_role="administrator", by_department="IT", basis="public_task")

    page = client.get("/my-data/usages").text

    assert "A data steward handed your data to Parks department" in page
    assert "What for: Contact about trees" in page
    assert "kept for 2 years after the use" in page
    assert "On which basis: Your consent" in page
    assert "An administrator (IT) looked at your account to change its roles" in page


def test_a_use_before_the_withdrawal_says_so_and_one_after_another_yes_does_not(as_role, session, clock):
    client = as_role("resident")
    agreement = consents.agreement()
    consents.consent(agreement, client.person)
    consents.usage(client.person, agreement_id=agreement.id)
    clock.advance(hours=1)
    withdraw_consent(database.session(), Actor(person_id=client.person.id), WithdrawConsent(agreement.id, client.person.id))
    revision, agreement_id = agreement.current.id, agreement.id
    database.session.commit()
    assert "before you took your consent back" in client.get("/my-data/usages").text

    command = AnswerAgreement(agreement_id, revision, client.person.id, Answer.GIVEN, "en", Details("Rosa", "rosa@example.org"))
    answer_agreement(database.session(), Actor(person_id=client.person.id), command)
    database.session.commit()
    assert "before you took your consent back" not in client.get("/my-data/usages").text


def test_pages_of_uses_follow_each_other_without_a_gap_and_cost_the_same(as_role, session, clock):
    client = as_role("resident")
    moments = [clock.now - timedelta(minutes=number // 3) for number in range(125)]  # three at a time share a moment
    for at in moments:
        consents.usage(client.person, at=at)
    database.session.commit()

    seen, place, costs = [], None, []
    while True:
        with counting_queries(database.engine) as asked:
            page = usages_between(session, client.person.id, after=place, limit=50)
        costs.append(len(asked.statements))
        if not page:
            break
        seen += page
        place = place_from_words(place_in_words(place_of(page[-1])))

    assert len(seen) == len({usage.id for usage in seen}) == 125
    assert [usage.at for usage in seen] == sorted((usage.at for usage in seen), reverse=True)
    assert set(costs) == {1}


def test_the_page_links_to_older_ones_and_keeps_the_chosen_time(as_role, session, clock):
    client = as_role("resident")
    for number in range(60):
        consents.usage(client.person, at=clock.now - timedelta(minutes=number))
    consents.usage(client.person, at=clock.now - timedelta(days=400), kind="download", by_role="you", basis="own_request")
    database.session.commit()
    day = f"{clock.now:%Y-%m-%d}"
    earlier = f"{clock.now - timedelta(days=30):%Y-%m-%d}"

    page = client.get(f"/my-data/usages?from={earlier}&until={day}").text
    assert page.count('class="timeline__title"') == 50
    address = next(part for part in page.split('"') if "after=" in part).replace("&amp;", "&")
    assert f"from={earlier}" in address
    second = client.get(address).text
    assert second.count('class="timeline__title"') == 10
    assert "You took a copy of everything" not in second


@pytest.mark.parametrize("address", ["from=yesterday", "after=nonsense", "after=2026-01-01~1", "until=0001-01-01", "after=%00"])
def test_an_address_that_makes_no_sense_shows_the_beginning(as_role, address):
    client = as_role("resident")
    assert client.get(f"/my-data/usages?{address}").status_code == 200


def test_a_time_without_uses_says_so(as_role):
    client = as_role("resident")
    consents.usage(client.person)
    page = client.get("/my-data/usages?from=2020-01-01&until=2020-01-31").text
    assert "Nobody used your data in this time." in page


def test_nobody_reads_anothers_uses(as_role, session):
    other = accounts.person()
    consents.usage(other, kind="download", by_role="you")
    assert "You took a copy" not in as_role("resident").get("/my-data/usages").text


def test_uses_between_two_moments_include_the_first_and_not_the_last(session):
    person = accounts.person()
    now = clock.now()
    for hours in (3, 2, 1):
        consents.usage(person, at=now - timedelta(hours=hours))
    found = usages_between(session, person.id, now - timedelta(hours=3), now - timedelta(hours=1))
    assert [usage.at for usage in found] == [now - timedelta(hours=2), now - timedelta(hours=3)]


def test_old_uses_are_forgotten_unless_the_consent_is_still_given(session):
    person, agreement, ended = accounts.person(), consents.agreement(), consents.agreement()
    consents.consent(agreement, person)
    old = clock.now() - USAGES_KEPT - timedelta(days=1)
    kept = consents.usage(person, at=old, agreement_id=agreement.id)
    consents.usage(person, at=old, agreement_id=ended.id)
    consents.usage(person, at=old, kind="staff_page", basis="public_task")
    recent = consents.usage(person, at=old + timedelta(days=2))

    assert forget_old_usages(session, most=1) == 1
    assert forget_old_usages(session) == 1
    assert forget_old_usages(session) == 0
    assert {usage.id for usage in used(session, person)} == {kept.id, recent.id}


def test_a_usage_holds_no_copy_of_the_data(session):
    """What a usage may say: who, when, what for. Names and addresses are not among its columns."""
    assert set(Usage.__table__.columns.keys()) == {
        "id", "person_id", "at", "kind", "by_role", "by_department", "basis", "agreement_id", "details",
    }  # fmt: skip


@pytest.mark.parametrize("number", [1, MANY - 1, MANY, MANY + 7])
def test_a_use_is_noted_for_each_of_few_and_of_many_alike(session, number):
    people = [accounts.person().id for _ in range(number)]
    about, at = consents.agreement(), clock.now() - timedelta(minutes=5)
    told = {"kind": "release", "by_role": "steward", "by_department": "Städtebau", "basis": "consent", "agreement_id": about.id}

    assert note_usages(session, people, at=at, data_set='a "set"', **told) == number
    database.session.commit()

    noted = session.query(Usage).filter_by(kind="release").all()
    assert sorted(usage.person_id for usage in noted) == sorted(people)
    assert len({usage.id for usage in noted}) == number
    for usage in noted:
        assert {name: getattr(usage, name) for name in told} == told
        assert (usage.at, usage.details) == (at, {"data_set": 'a "set"'})


@pytest.mark.parametrize("number", [1, MANY])
def test_a_use_of_somebody_who_is_gone_is_noted_for_nobody(session, number):
    people = [accounts.person().id for _ in range(number - 1)]
    database.session.commit()
    with pytest.raises(IntegrityError), session.begin_nested():
        note_usages(session, [*people, uuid.uuid4()], kind="release", by_role="steward", basis="consent")
    assert session.query(Usage).count() == 0


def test_the_valve_asked_about_some_agreements_says_of_them_what_it_says_of_all(session):
    abouts = [consents.agreement() for _ in range(3)]
    for about in abouts:
        consents.consent(about, accounts.person())
    database.session.commit()
    everything = set(session.execute(in_force()).tuples())
    assert len(everything) == 3
    for chosen in ([], [abouts[0].id], {abouts[0].id, abouts[2].id}):
        asked = set(session.execute(in_force(agreements=chosen)).tuples())
        assert asked == {pair for pair in everything if pair[0] in chosen}
