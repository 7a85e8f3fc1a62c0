"""Where an implementation stands follows from its steps."""

import pytest

from app.features.answers.models import MilestoneState as State
from app.features.answers.rules import progress_of


@pytest.mark.parametrize(
    ("steps", "stands"),
    [
        ([], State.PLANNED),
        ([State.PLANNED], State.PLANNED),
        ([State.DONE, State.PLANNED], State.RUNNING),
        ([State.RUNNING, State.PLANNED], State.RUNNING),
        ([State.DONE, State.DONE], State.DONE),
        ([State.DONE, State.DELAYED], State.DELAYED),
        ([State.DELAYED, State.STOPPED, State.DONE], State.STOPPED),
    ],
)
def test_the_worst_step_is_told_first(steps, stands):
    assert progress_of(steps) is stands
