"""A sample of a real election with two channels goes through the same use cases as a vote of this house."""

import pytest

from app.extensions import db as database
from app.features.stations.models import SampleState
from benchmarks.paper import FOLDER, NAME, direct_count, read_file, replay
from tests.factories import accounts

pytestmark = [
    pytest.mark.skipif(
        not (FOLDER / NAME).exists(),
        reason="the published elections (PLAZA_ELECTIONS) are not there and not part of this house",
    ),
    pytest.mark.slow,
    pytest.mark.one_database("postgresql"),
]
EVERY = 218  # some 600 of 131,778 votes


@pytest.fixture(scope="module")
def election():
    return read_file(FOLDER / NAME)


def test_the_file_has_what_is_said_of_it(election):
    assert (len(election.internet), len(election.paper)) == (106_292, 25_486)
    assert len(election.official) >= 15


def test_a_sample_of_both_channels_gives_what_adding_up_gives(committing_db, election, keyring):
    part = election.sample(EVERY)
    assert 590 <= len(part.internet) + len(part.paper) <= 620
    people = {name: accounts.person(display_name=name).id for name in ("First", "Second", "Third")}
    database.session.commit()
    found = replay(committing_db.transaction, people.__getitem__, keyring, part, both=5)

    votes = direct_count([*part.internet, *part.paper])
    assert {number: why["votes"] for number, why in found.record["why"].items() if why["votes"]} == votes
    assert found.twice == 10
    assert found.record["voters"] == len(part.internet) + len(part.paper)
    assert found.record["channels"] == {"web": len(part.internet), "paper": len(part.paper)}
    in_order = sorted(votes, key=lambda number: -votes[number])
    assert set(found.record["winners"]) <= set(in_order[:20])
    assert found.sample is SampleState.ALL
