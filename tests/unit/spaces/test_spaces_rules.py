"""What is open when: pure rules, no database."""

from datetime import UTC, datetime, timedelta

import pytest

from app.features.spaces import rules
from app.features.spaces.models import Action, Phase, Process, ProcessState
from app.features.spaces.rules import Stage
from app.kernel.errors import Conflict, PhaseClosed, Refused
from app.kernel.messages import Beginning, Ending

NOW = datetime(2026, 5, 11, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def process(*phases: tuple[float, float, tuple[Action, ...]], state: ProcessState = ProcessState.PUBLISHED) -> Process:
    """A process with phases from and to so many days after now."""
    made = [
        Phase(
            starts_at=NOW + a * DAY, ends_at=NOW + b * DAY, actions=[x.value for x in actions], position=i, title={"en": str(i)}
        )
        for i, (a, b, actions) in enumerate(phases)
    ]
    return Process(state=state, phases=made, title={"en": "x"})


def test_a_phase_begins_at_its_first_moment_and_is_over_at_its_last():
    found = process((0, 1, (Action.PROPOSE,)))
    assert rules.action_open(found, Action.PROPOSE, NOW)
    assert rules.action_open(found, Action.PROPOSE, NOW + DAY - timedelta(microseconds=1))
    assert not rules.action_open(found, Action.PROPOSE, NOW + DAY)
    assert not rules.action_open(found, Action.PROPOSE, NOW - timedelta(microseconds=1))


def test_of_two_running_phases_the_one_that_began_last_is_shown():
    found = process((-5, 5, ()), (-1, 9, ()), (2, 3, ()))
    phase = rules.phase_now(found, NOW)
    assert phase is found.phases[1]


def test_overlapping_phases_open_what_either_of_them_opens():
    found = process((-5, 5, (Action.PROPOSE,)), (-1, 9, (Action.COMMENT,)))
    assert rules.action_open(found, Action.PROPOSE, NOW)
    assert rules.action_open(found, Action.COMMENT, NOW)
    assert not rules.action_open(found, Action.VOTE, NOW)


@pytest.mark.parametrize("state", [ProcessState.DRAFT, ProcessState.ARCHIVED])
def test_nothing_is_open_in_a_draft_or_in_the_archive(state):
    found = process((-1, 1, tuple(Action)), state=state)
    assert not any(rules.action_open(found, action, NOW) for action in Action)
    assert rules.open_until(found, Action.VOTE, NOW) is None


def test_the_reason_says_when_it_opens_when_it_ended_or_that_it_never_does():
    found = process((-9, -5, (Action.PROPOSE,)), (3, 5, (Action.PROPOSE, Action.VOTE)), (-5, -2, (Action.SUPPORT,)))
    coming = rules.why_closed(found, Action.PROPOSE, NOW)
    assert coming.params["when"] == Beginning(NOW + 3 * DAY)
    assert str(coming).startswith("You can make proposals from")
    ended = rules.why_closed(found, Action.SUPPORT, NOW)
    assert ended.params["when"] == Ending(NOW - 2 * DAY)
    assert "ended" in str(ended)
    assert "no comments" in str(rules.why_closed(found, Action.COMMENT, NOW))
    assert "not published" in str(rules.why_closed(process(state=ProcessState.DRAFT), Action.VOTE, NOW))
    assert "archive" in str(rules.why_closed(process(state=ProcessState.ARCHIVED), Action.VOTE, NOW))


@pytest.mark.parametrize("action", list(Action))
def test_every_action_has_its_own_reasons(action):
    never = str(rules.why_closed(process(), action, NOW))
    coming = str(rules.why_closed(process((1, 2, (action,))), action, NOW))
    ended = str(rules.why_closed(process((-2, -1, (action,))), action, NOW))
    assert len({never, coming, ended}) == 3


def test_requiring_an_open_action_gives_the_reason_that_pages_show():
    found = process((1, 2, (Action.VOTE,)))
    with pytest.raises(PhaseClosed) as refusal:
        rules.require_open(found, Action.VOTE, NOW)
    assert refusal.value.message == rules.why_closed(found, Action.VOTE, NOW)
    rules.require_open(process((-1, 1, (Action.VOTE,))), Action.VOTE, NOW)


def test_phases_that_follow_each_other_count_as_one_stretch():
    found = process((-1, 2, (Action.SUPPORT,)), (2, 5, (Action.SUPPORT,)), (6, 9, (Action.SUPPORT,)))
    assert rules.open_until(found, Action.SUPPORT, NOW) == NOW + 5 * DAY


def test_a_process_is_coming_then_open_pauses_included_then_finished():
    found = process((1, 2, ()), (4, 5, ()))
    stages = [rules.stage(found, NOW + days * DAY) for days in (0, 1, 3, 4.5, 5)]
    assert stages == [Stage.COMING, Stage.OPEN, Stage.OPEN, Stage.OPEN, Stage.FINISHED]
    assert rules.stage(process(), NOW) is Stage.COMING
    assert rules.stage(process((-1, 1, ()), state=ProcessState.ARCHIVED), NOW) is Stage.FINISHED


def test_the_next_phase_is_the_one_that_begins_first():
    found = process((9, 10, ()), (-1, 1, ()), (3, 4, ()))
    assert rules.next_phase(found, NOW) is found.phases[2]
    assert rules.next_phase(process((-1, 1, ())), NOW) is None


def test_phases_that_touch_do_not_overlap():
    touching = process((0, 1, ()), (1, 2, ()))
    assert rules.overlaps(touching.phases) == []
    crossing = process((0, 2, ()), (1, 3, ()), (2.5, 4, ()))
    found = rules.overlaps(crossing.phases)
    assert [(a.title["en"], b.title["en"]) for a, b in found] == [("0", "1"), ("1", "2")]


def test_a_draft_is_published_archived_and_taken_out_again_but_never_a_draft_again():
    draft = process((0, 1, ()), state=ProcessState.DRAFT)
    rules.require_next_state(draft, ProcessState.PUBLISHED)
    with pytest.raises(Conflict):
        rules.require_next_state(draft, ProcessState.ARCHIVED)
    with pytest.raises(Conflict):
        rules.require_next_state(process((0, 1, ())), ProcessState.DRAFT)
    rules.require_next_state(process(state=ProcessState.PUBLISHED), ProcessState.ARCHIVED)
    with pytest.raises(Refused, match="phase"):
        rules.require_next_state(process(state=ProcessState.DRAFT), ProcessState.PUBLISHED)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ({"en": "Parks for everybody!"}, "parks-for-everybody"),
        ({"de": "Grüße & Plätze"}, "grusse-platze"),
        ({"fi": "Äänestä nyt"}, "aanesta-nyt"),
        ({"ar": "حدائق للجميع", "en": "Parks"}, "parks"),
        ({"ar": "حدائق للجميع"}, ""),
        ({"en": "a" * 100}, "a" * 60),
        ({"en": "../../etc/passwd"}, "etc-passwd"),
    ],
)
def test_an_address_is_made_from_the_title(title, slug):
    assert rules.slug_from(title, ("en",)) == slug
