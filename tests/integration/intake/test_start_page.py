"""Where a clerk begins: a visit or a call at once, paper in batches, and a proposal by its reference."""

import pytest

from app.extensions import db
from app.features.proposals.models import Proposal, ProposalState
from app.kernel.permissions import Actor, Channel, Role
from tests.factories import intake, proposals, spaces

SHEET = {
    "channel": "paper",
    "title": "A bench at the tram stop",
    "text": "My mother is 84 and cannot stand for ten minutes.",
    "language": "fi",
    "where": "city",
    "read_back": "y",
}


@pytest.fixture
def process(session):
    return spaces.process()


def test_what_came_on_paper_is_read_by_two_people_and_never_taken_in_by_one(as_role, process):
    clerk = as_role(Role.CLERK, process)
    address = f"/staff/intake/{process.id}"

    page = clerk.get("/staff/intake").text
    old_link = clerk.get(f"{address}?channel=paper")

    assert f"/staff/intake/batches/new?what=proposal:{process.id}" in page.replace("%3A", ":")
    assert "channel=paper" not in page
    assert old_link.location.replace("%3A", ":") == f"/staff/intake/batches/new?what=proposal:{process.id}"
    assert 'value="paper"' not in clerk.get(address).text
    assert clerk.post(address, data=SHEET).status_code == 422
    assert db.session.query(Proposal).count() == 0


def test_a_single_sheet_is_a_batch_of_one_or_joins_one_that_is_open(as_role, process):
    clerk = as_role(Role.CLERK, process)
    actor = Actor(person_id=clerk.person.id, roles=frozenset({(Role.CLERK, process.id)}))
    known, other = intake.batch(process, actor), intake.batch(spaces.process())
    db.session.commit()

    page = clerk.get(f"/staff/intake/batches/new?what=proposal:{process.id}").text

    assert "A single sheet is a batch of one." in page
    assert f"/staff/intake/batches/{known.id}" in page
    assert f"/staff/intake/batches/{other.id}" not in page
    assert f'value="proposal:{process.id}" selected' in page or f'selected value="proposal:{process.id}"' in page


def test_a_clerk_finds_what_waits_for_a_moderator_by_its_reference_and_nothing_else(as_role, client, process):
    theirs, webs = (
        proposals.proposal(process, title=title, state=ProposalState.PENDING, channel=channel, author=None)
        for title, channel in (("By telephone", Channel.PHONE), ("On the web", Channel.WEB))
    )
    hidden = proposals.proposal(process, state=ProposalState.HIDDEN, channel=Channel.PHONE, author=None)
    foreign = proposals.proposal(spaces.process(), state=ProposalState.PENDING, channel=Channel.PHONE, author=None)
    db.session.commit()
    clerk = as_role(Role.CLERK, process)

    def find(reference):
        return clerk.get(f"/staff/intake/find?reference={reference}", follow_redirects=True).text

    assert "By telephone" in find(theirs.reference.lower())
    assert "By telephone" in find(theirs.reference.removeprefix("P-"))
    assert "It waits for a moderator." in find(webs.reference)
    assert "A moderator wrote down why." in find(hidden.reference)
    for reference in (foreign.reference, "P-ZZZZZ", ""):
        assert "no proposal with this reference in your processes" in find(reference)
    assert client.get(f"/proposals/{theirs.reference}").status_code == 404
    assert as_role("resident").get(f"/proposals/{theirs.reference}").status_code == 404


def test_the_list_of_today_shows_only_ones_own_work(as_role, process):
    client = as_role(Role.CLERK, process)
    proposals.proposal(process, title="Typed by me", hands_id=client.person.id, channel=Channel.PHONE, author=None)
    proposals.proposal(process, title="Typed by nobody")

    page = client.get("/staff/intake").text

    assert "Typed by me" in page
    assert "Typed by nobody" not in page
