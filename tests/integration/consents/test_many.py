"""Many answers: pages and nights stay short."""

import pytest

from app.extensions import db as database
from app.features.consents import tasks
from app.features.consents.models import Answer, ConsentEvent, ConsentRecord
from app.features.consents.use_cases import expire_consents
from tests.factories import accounts, consents


def test_the_newest_answers_stand_on_my_data_and_all_of_them_in_pages(as_role, session, clock):
    client = as_role("resident")
    agreement = consents.agreement()
    for _ in range(45):
        clock.advance(seconds=1)
        consents.consent(agreement, client.person, Answer.REFUSED)
    database.session.commit()

    first = client.get("/my-data").text
    pages = [client.get(f"/my-data/answers?page={number}").text for number in (1, 2, 3)]

    assert first.count("The text you were shown") == 20
    assert 'href="/my-data/answers"' in first
    assert [page.count("The text you were shown") for page in pages] == [20, 20, 6]  # and once that they were asked
    assert "page=2" in pages[0]
    assert "Older ones" not in pages[2]


def test_what_runs_out_is_marked_in_parts_those_that_ran_out_first(session, clock):
    agreement = consents.agreement()
    people = []
    for _ in range(3):
        people.append(accounts.person())
        consents.consent(agreement, people[-1])
        clock.advance(days=1)
    clock.advance(days=800)
    assert expire_consents(session, 2) == 2
    still = session.query(ConsentRecord).filter_by(answer=Answer.GIVEN).one()
    assert still.person_id == people[-1].id
    assert (expire_consents(session, 2), expire_consents(session, 2)) == (1, 0)


def test_the_night_commits_each_part(committing_db, clock, monkeypatch):
    monkeypatch.setattr(tasks, "AT_ONCE", 2)
    agreement = consents.agreement()
    for _ in range(5):
        consents.consent(agreement)
    committing_db.session.commit()
    clock.advance(days=800)
    real, calls = tasks.expire_consents, []

    def breaks_at_the_third(session, at_most):
        calls.append(at_most)
        if len(calls) == 3:
            raise RuntimeError
        return real(session, at_most)

    monkeypatch.setattr(tasks, "expire_consents", breaks_at_the_third)
    with pytest.raises(RuntimeError):
        tasks.expire()
    with committing_db.transaction() as session:
        assert session.query(ConsentEvent).filter_by(answer=Answer.EXPIRED).count() == 4
