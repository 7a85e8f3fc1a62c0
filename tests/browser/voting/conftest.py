"""A pot of each type for the tests of this folder; a test of one type alone names it by `kind`."""

import pytest

from tests.browser.voting.ballots import TYPES
from tests.factories import spaces, voting


@pytest.fixture
def pot(live, request):
    """A pot that people vote in now, with three projects on the map, of the type that the fixture `kind` names."""
    found = voting.pot(spaces.process("Vote", open_for=["vote"]), **TYPES[request.getfixturevalue("kind")])
    for place, project in enumerate(found.projects):
        project.lon, project.lat = 24.93 + place / 300, 60.165
    live.db.session.commit()
    return found.id
