"""How often a program may ask: counted in the database, so that several web processes keep one limit."""

from app.features.interfaces.use_cases import count_use
from tests.factories import interfaces

PERIOD = "/api/tracker/v2/usagePeriod"


def test_every_answer_says_how_many_requests_are_left(client, clock) -> None:
    headers = interfaces.bearer(interfaces.client(per_minute=60))
    answers = [client.get(PERIOD, headers=headers) for _ in range(3)]
    assert [answer.headers["RateLimit"] for answer in answers] == [f'"minute";r={left};t=60' for left in (59, 58, 57)]
    assert answers[0].headers["RateLimit-Policy"] == '"minute";q=60;w=60'


def test_one_request_too_many_waits_for_the_next_minute(client, clock) -> None:
    headers = interfaces.bearer(interfaces.client(per_minute=60))
    for _ in range(60):
        assert client.get(PERIOD, headers=headers).status_code == 200
    clock.advance(seconds=20)
    refused = client.get(PERIOD, headers=headers)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "40"
    assert refused.get_json()["error"] == "too_many_requests"
    clock.advance(seconds=40)
    assert client.get(PERIOD, headers=headers).status_code == 200


def test_another_program_has_a_limit_of_its_own(client, clock) -> None:
    busy, quiet = interfaces.client(per_minute=60), interfaces.client(per_minute=60)
    busy_header, quiet_header = interfaces.bearer(busy), interfaces.bearer(quiet)
    for _ in range(61):
        last = client.get(PERIOD, headers=busy_header)
    assert last.status_code == 429
    assert client.get(PERIOD, headers=quiet_header).status_code == 200


def test_many_at_once_are_all_counted(committing_db, race) -> None:
    def ask() -> int:
        with committing_db.separate_transaction() as session:
            return count_use(session, "client at once", 100).remaining

    outcome = race(ask, times=8)
    assert not outcome.errors
    assert sorted(outcome.results) == list(range(92, 100))
