"""However a proposal came in, it stands beside the others: found, listed, shown on the map, handed out, counted."""

import csv
import io
import re

import pytest

from app.features.proposals.commands import Contact, TakeInProposal, WholeCity
from app.features.proposals.queries import by_channel
from app.features.proposals.use_cases import take_in_proposal
from app.kernel.permissions import Channel
from tests.factories import intake, proposals, spaces

WAYS = [channel.value for channel in Channel]


@pytest.fixture
def one_of_each(session):
    """A process with one proposal of every way, and one more on paper that clerks took in themselves."""
    process = spaces.process("Parks", slug="parks")
    found = [proposals.proposal(process, title=f"Lindentree {channel.value}", channel=channel) for channel in Channel]
    command = TakeInProposal(
        process.id, "Lindentree by hand", "Shade.", WholeCity(), Channel.PAPER, contact=Contact(postal="Street 1")
    )
    found.append(take_in_proposal(session, intake.clerk(process), command)[0])
    session.commit()
    return process, [(one.reference, one.channel.value) for one in found]


def test_every_way_of_reading_proposals_has_those_of_every_way_they_came(client, one_of_each):
    process, known = one_of_each
    references = {reference for reference, _channel in known}
    marked = {reference for reference, _channel in known[:5]}

    def those_on(address):
        return set(re.findall(r"P-[0-9A-Z-]+", client.get(address).text)) & references

    assert those_on(f"/proposals?process={process.slug}") == references
    assert those_on("/proposals?q=lindentree") == references
    assert those_on("/proposals/feed.atom") == references
    assert those_on("/proposals/features.geojson") == marked
    assert those_on("/data/proposals.geojson") == references
    table = list(csv.DictReader(io.StringIO(client.get("/data/proposals.csv").text)))
    assert sorted((row["reference"], row["channel"]) for row in table) == sorted(known)
    answer = client.get("/api/v1/proposals").get_json()
    assert sorted((one["reference"], one["channel"]) for one in answer["items"]) == sorted(known)


def test_the_page_of_a_process_counts_the_ways_side_by_side(client, session, one_of_each):
    process, _known = one_of_each
    assert by_channel(session, process.id) == {Channel(way): 2 if way == "paper" else 1 for way in WAYS}
    page = client.get(f"/processes/{process.slug}").text
    block = page[page.index('id="ways"') :].partition("</section>")[0]
    shown = re.findall(r'chart__label">([^<]+)<.*?chart__value">(\d+)<', block, re.DOTALL)
    assert shown[0] == ("On paper", "2")
    assert sorted(shown[1:]) == [("At a kiosk", "1"), ("At the desk", "1"), ("By telephone", "1"), ("On the web", "1")]


def test_where_all_came_the_same_way_nothing_is_compared(client, session):
    process = spaces.process("Streets", slug="streets")
    proposals.proposal(process)
    session.commit()
    assert 'id="ways"' not in client.get("/processes/streets").text
