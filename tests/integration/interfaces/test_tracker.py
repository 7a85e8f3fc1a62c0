"""The Estonian data tracker: who used one person's data."""

from datetime import timedelta

import pytest

from app.features.interfaces.tracker.door import FindUsageSchema
from tests.factories import accounts, consents, interfaces, spaces
from tests.support.database import counting_queries

FIND = "/api/tracker/v2/findUsage"


@pytest.fixture
def ask(client, db, clock):
    headers = interfaces.bearer()

    def asked(code, user=None, **query):
        db.session.commit()
        sent = {**headers, "X-Road-UserId": str(user or code)}
        return client.get(FIND, query_string={"userCode": str(code), **query}, headers=sent)

    return asked


def test_usages_are_told_newest_first_in_the_words_of_the_persons_own_page(ask, clock) -> None:
    person = accounts.person()
    consents.usage(person, by_department="Planning department", at=clock.now - timedelta(days=2))
    consents.usage(person, kind="desk", by_role="clerk", at=clock.now)
    body = ask(person.id).get_json()
    assert body["totalUsages"] == 2
    assert [usage["action"] for usage in body["usages"]] == [
        "A clerk looked up your account to help you",
        "A data steward handed your data to Planning department",
    ]
    assert body["usages"][1]["receiverName"] == "Planning department"
    assert body["usages"][0]["receiverSystem"] == "Plaza"
    assert body["usages"][0]["logtime"].startswith(clock.now.strftime("%Y-%m-%dT%H:%M:%S"))


def test_the_answer_is_as_its_description_says_and_each_use_keeps_its_own_sentence(ask, app, clock) -> None:
    person = accounts.person()
    offices = ("Planning department", "Library", "")
    for number in range(12):
        title = f"Letter {number % 2}"
        at, office = clock.now - timedelta(hours=number), offices[number % 3]
        consents.usage(person, kind="newsletter", by_department=office, details={"title": title}, at=at)
    body = ask(person.id, limit=7).get_json()
    assert FindUsageSchema().validate(body) == {}
    assert (body["totalUsages"], len(body["usages"])) == (12, 7)
    for number, usage in enumerate(body["usages"]):
        assert f"Letter {number % 2}" in usage["action"]
        assert offices[number % 3] in usage["action"]
        assert usage["receiverName"] == (offices[number % 3] or app.config["SETTINGS"].city_name)


@pytest.mark.parametrize(
    ("offset", "limit", "shown"), [(0, 1000, 5), (3, 2, 2), (3, 10, 2), (5, 10, 0), (99, 10, 0), (0, 0, 0)]
)
def test_the_total_is_right_wherever_the_page_ends(ask, clock, offset, limit, shown) -> None:
    person = accounts.person()
    for number in range(5):
        consents.usage(person, at=clock.now - timedelta(hours=number // 2))
    body = ask(person.id, offset=offset, limit=limit).get_json()
    assert (body["totalUsages"], len(body["usages"])) == (5, shown)


def test_another_persons_usages_are_not_told(ask) -> None:
    person, other = accounts.person(), accounts.person()
    consents.usage(other)
    assert ask(person.id).get_json() == {"totalUsages": 0, "usages": []}


def test_a_person_is_known_by_their_linked_profile_too(ask) -> None:
    person = accounts.person()
    consents.usage(person)
    profile = interfaces.profile(person)
    assert ask(profile.profile_id).get_json()["totalUsages"] == 1
    assert ask(profile.profile_id, user=person.id).get_json()["totalUsages"] == 1


@pytest.mark.parametrize("code", ["0b0ddc6e-3c0f-4a0e-9f53-2b6f2d3a7c11", "EE12345678901", "", "%00", "x" * 2000])
def test_nobody_of_that_code_has_no_usages(ask, code) -> None:
    answer = ask(code, user=code or "EE1")
    assert answer.status_code == (200 if code else 400)


def test_who_asks_for_somebody_else_is_refused(ask) -> None:
    person = accounts.person()
    consents.usage(person)
    assert ask(person.id, user=accounts.person().id).status_code == 400
    assert ask(person.id, user="EE12345678901").status_code == 400


def test_the_period_and_the_page_are_kept_to_and_the_total_counts_the_period(ask, clock) -> None:
    person = accounts.person()
    for days in range(10):
        consents.usage(person, at=clock.now - timedelta(days=days))
    since = (clock.now - timedelta(days=7)).isoformat()
    until = (clock.now - timedelta(days=2)).isoformat()
    body = ask(person.id, periodStart=since, periodEnd=until, offset=1, limit=2).get_json()
    assert body["totalUsages"] == 6
    days = [(clock.now - timedelta(days=number)).date().isoformat() for number in (3, 4)]
    assert [usage["logtime"][:10] for usage in body["usages"]] == days


@pytest.mark.parametrize(
    "query",
    [
        {"periodStart": "yesterday"},
        {"periodStart": "2021-01-31T10:20:30"},
        {"periodEnd": "0001-01-01T00:00:00+14:00"},
        {"offset": "-1"},
        {"offset": str(2**40)},
        {"limit": "-1"},
        {"limit": "many"},
    ],
)
def test_what_does_not_fit_the_description_is_answered_with_400(ask, query) -> None:
    answer = ask(accounts.person().id, **query)
    assert answer.status_code == 400
    assert set(answer.get_json()["fields"]["query"]) == set(query)


def test_without_the_header_of_x_road_nothing_is_told(client) -> None:
    person = accounts.person()
    answer = client.get(FIND, query_string={"userCode": str(person.id)}, headers=interfaces.bearer())
    assert answer.status_code == 400


def test_the_heartbeat_and_the_period(client, clock) -> None:
    consents.usage(accounts.person(), at=clock.now - timedelta(days=40))
    headers = interfaces.bearer()
    assert client.get("/api/tracker/v2/heartbeat", headers=headers).get_json()["status"] == "OK"
    assert client.get("/api/tracker/v2/usagePeriod", headers=headers).get_json()["periodStart"] <= clock.now.isoformat()


def test_many_usages_are_found_by_the_index_with_as_many_statements_as_few(ask, db, session) -> None:
    person = accounts.person()
    consents.usage(person)
    ask(person.id)
    with counting_queries(db.engine) as few:
        ask(person.id)
    for _ in range(30):
        consents.usage(person)
    with counting_queries(db.engine) as many:
        ask(person.id)
    assert many.count == few.count
    found = next(words for words in many.statements if "FROM usage" in words and "ORDER BY" in words)
    if db.is_sqlite:
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {found}", (person.id.hex, 10, 0)).all()
        assert "ix_usage_person" in str(plan)


def test_a_program_of_one_process_reads_no_usages_of_another(client, session) -> None:
    person, mine, other = accounts.person(), spaces.process(), spaces.process()
    for process in (mine, other):
        agreement = consents.agreement(process, categories=("account",))
        consents.usage(person, agreement_id=agreement.id)
    consents.usage(person, kind="desk", by_role="clerk")
    program = interfaces.client(processes=(mine,))
    code = str(person.id)
    headers = {**interfaces.bearer(program), "X-Road-UserId": code}
    body = client.get(FIND, query_string={"userCode": code}, headers=headers).get_json()
    assert (body["totalUsages"], len(body["usages"])) == (1, 1)


@pytest.mark.parametrize("page", [1, 2, 3, 7])
def test_pages_are_whole_however_deep_and_also_where_many_happened_at_once(ask, clock, page) -> None:
    person = accounts.person()
    for number in range(12):
        consents.usage(person, at=clock.now - timedelta(hours=number // 5), by_department=f"Office {number}")
    seen = []
    for offset in range(0, 14, page):
        seen += [one["receiverName"] for one in ask(person.id, offset=offset, limit=page).get_json()["usages"]]
    assert sorted(seen) == sorted(f"Office {number}" for number in range(12))
    times = [one["logtime"] for one in ask(person.id).get_json()["usages"]]
    assert times == sorted(times, reverse=True)
