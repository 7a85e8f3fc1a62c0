"""Until when something runs is said the same way everywhere: what ends at midnight has its last day the day before."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from app.features.spaces.models import Action
from app.features.spaces.rules import why_closed
from app.kernel.permissions import Role
from app.web.filters import show_beginning, show_ending, translate
from tests.factories import spaces, voting

MIDNIGHT = datetime(2026, 5, 31, 21, 0, tzinfo=UTC)  # in Helsinki the first moment of June
LAST = {"en": "May 31, 2026", "de": "31. Mai 2026", "fi": "31. toukokuuta 2026", "ar": "31 مايو 2026"}
NEXT = {"en": r"June 1\b", "de": r"\b1\. Juni", "fi": r"\b1\. kesäkuuta", "ar": r"\b1 يونيو"}
AFTERNOON = {
    "en": ("June 1, 2026", "3:30 PM"),
    "de": ("1. Juni 2026", "15:30"),
    "fi": ("1. kesäkuuta 2026", "15.30"),
    "ar": ("1 يونيو 2026", "3:30 م"),
}


def vote(db, clock):
    """A pot that can be voted on until midnight between May and June."""
    process = spaces.process("Vote on your street", open_for=None)
    spaces.phase(process, "Vote", actions=[Action.VOTE], starts_at=clock.now - timedelta(days=2), ends_at=MIDNIGHT)
    pot = voting.pot(process)
    db.session.commit()
    return process, pot


def words_of(client, url, language):
    """What the page says, as one line, without its tags."""
    text = client.get(f"{url}?lang={language}").get_data(as_text=True)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


@pytest.mark.parametrize("language", LAST)
def test_no_page_calls_the_end_of_a_vote_the_next_day(client, db, clock, language):
    process, pot = vote(db, clock)
    pages = [f"/budgets/{pot.id}", "/budgets", f"/voting/{pot.id}", f"/processes/{process.slug}", f"/budgets/{pot.id}/result"]

    for url in pages:
        words = words_of(client, url, language)
        assert LAST[language] in words, url
        assert not re.search(NEXT[language], words), url

    clock.set(MIDNIGHT + timedelta(hours=9))
    for url in pages[:4]:
        words = words_of(client, url, language)
        assert LAST[language] in words, url
        assert not re.search(NEXT[language], words), url


@pytest.mark.parametrize("language", LAST)
def test_the_reason_why_something_is_closed_names_its_last_day(app, db, clock, language):
    process, _pot = vote(db, clock)
    reason = why_closed(process, Action.VOTE, MIDNIGHT)

    with app.test_request_context(f"/?lang={language}"):
        app.preprocess_request()
        assert LAST[language] in translate(reason)
        assert not re.search(NEXT[language], translate(reason))


@pytest.mark.parametrize("language", LAST)
def test_an_end_or_a_beginning_in_the_afternoon_is_said_with_its_hour(app, language):
    moment = MIDNIGHT + timedelta(hours=15, minutes=30)
    with app.test_request_context(f"/?lang={language}"):
        app.preprocess_request()
        said, (day, hour) = show_ending(moment), AFTERNOON[language]
        assert said.startswith(day)
        assert re.sub(r"\s", " ", said).endswith(f" {hour}")
        assert show_beginning(moment) == said
        assert show_beginning(MIDNIGHT) != show_ending(MIDNIGHT)


def test_what_ends_tonight_ends_at_midnight_and_not_twelve_hours_ago(client, db, clock):
    process, _pot = vote(db, clock)
    clock.set(MIDNIGHT - timedelta(hours=8))

    words = words_of(client, f"/processes/{process.slug}", "en")

    assert "Ends today at midnight" in words
    assert "12:00" not in words


def test_staff_read_the_same_days_as_residents(as_role, db, clock):
    process, _pot = vote(db, clock)
    client = as_role(Role.ADMINISTRATOR)
    pages = [one for one in ("/staff/processes", f"/staff/processes/{process.id}") if client.get(one).status_code == 200]
    assert pages

    for url in pages:
        assert not re.search(NEXT["en"], words_of(client, url, "en")), url
    assert "until May 31, 2026" in words_of(client, pages[-1], "en")
