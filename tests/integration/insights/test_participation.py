"""How people took part: every way beside the others, and no number that points at somebody."""

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.features.budgets.models import PotState
from app.features.consents.commands import ObjectTo
from app.features.consents.models import Disclosure, LegalBasis
from app.features.consents.use_cases import object_to
from app.features.dataplatform.queries import Activity, took_part
from app.features.proposals.models import CommentState, ProposalState, Support
from app.features.spaces.models import ProcessState
from app.kernel import clock
from app.kernel.permissions import Actor, Channel, Role
from tests.factories import budgets, consents, proposals, spaces
from tests.support.laws import assert_constant_queries


def supported(proposal, *, days_ago=2, **numbers):
    """So many supports by each way."""
    for way, number in numbers.items():
        for _ in range(number):
            proposals.support(proposal, channel=Channel(way), created_at=clock.now() - timedelta(days=days_ago))


def told(session, process, activity=Activity.SUPPORTS, *, inside=False):
    (found,) = took_part(session, [process.id], inside=inside)
    return found.numbers.get(activity, {})


def bars(page, name):
    block = page[page.index(f'id="{name}"') :].partition("</section>")[0]
    return re.findall(r'chart__label">([^<]+)<.*?chart__value">([^<]+)<', block, re.DOTALL)


def test_proposals_and_comments_stand_by_every_way_exactly(session, client):
    process = spaces.process("Parks", slug="parks")
    for way in (Channel.PAPER, Channel.PAPER, Channel.WEB):
        proposals.proposal(process, channel=way)
    found = proposals.proposal(process, channel=Channel.DESK)
    thread = proposals.comment(found, channel=Channel.PHONE)
    proposals.comment(found, channel=Channel.PHONE, parent=thread)
    proposals.comment(found, state=CommentState.HIDDEN)
    proposals.proposal(process, state=ProposalState.HIDDEN)
    proposals.proposal(spaces.process("Other", slug="other"), channel=Channel.KIOSK)
    session.commit()

    page = client.get("/insights/parks").text

    assert bars(page, "proposals") == [("Paper", "2"), ("Desk", "1"), ("Web", "1")]
    assert bars(page, "comments") == [("Phone", "2")]
    assert "fewer than" not in page


@pytest.mark.parametrize(
    ("numbers", "outside", "inside"),
    [
        ({"web": 23, "kiosk": 12}, {"web": 20, "kiosk": 10}, {"web": 23, "kiosk": 12}),
        ({"web": 23, "kiosk": 9}, {"joined": 30}, {"web": 23, "kiosk": 9}),
        ({"web": 23, "kiosk": 4}, {"joined": 25}, {"joined": 27}),
        ({"web": 23, "kiosk": 1}, {"joined": 20}, {"joined": 24}),
        ({"web": 23}, {"joined": 20}, {"joined": 23}),
        ({"kiosk": 1}, {"joined": 0}, {"joined": 1}),
        ({"web": 20, "kiosk": 20, "paper": 1}, {"web": 20, "joined": 20}, {"web": 20, "joined": 21}),
    ],
)
def test_the_first_support_at_a_kiosk_looks_like_none(session, numbers, outside, inside):
    process = spaces.process()
    supported(proposals.proposal(process), **numbers)
    assert told(session, process) == outside
    assert told(session, process, inside=True) == inside


def test_nobody_can_watch_one_support_come(session):
    process = spaces.process()
    found = proposals.proposal(process)
    supported(found, web=14, kiosk=14)
    before = told(session, process)
    supported(found, days_ago=0, kiosk=1)
    assert told(session, process) == before, "what comes today is told tomorrow"
    assert told(session, process, inside=True) == {"kiosk": 15, "web": 14}


def test_whoever_objects_to_totals_is_in_no_number(session):
    process = spaces.process()
    found = proposals.proposal(process)
    supported(found, web=12, kiosk=12)
    about = consents.agreement(
        process, legal_basis=LegalBasis.PUBLIC_TASK, disclosure=Disclosure.TOTALS, categories=("proposals",)
    )
    somebody = session.scalars(select(Support.person_id).where(Support.channel == Channel.KIOSK)).first()
    object_to(session, Actor(person_id=somebody), ObjectTo(about.id, about.current.id, somebody, reason="No."))
    session.flush()
    assert told(session, process, inside=True) == {"web": 12, "kiosk": 11}


def test_ballots_are_those_of_certified_results(session, client):
    process = spaces.process("Vote", slug="vote")
    for channels in ({"web": 60, "paper": 40}, {"web": 50, "joined": 35}):
        pot = budgets.finished_pot(process)
        budgets.certified(pot, [budgets.project(pot)], channels=channels)
    later = budgets.finished_pot(process)
    budgets.certified(later, [budgets.project(later)], channels={"web": 9})
    later.state = PotState.COUNTED
    annulled = budgets.finished_pot(process)
    budgets.certified(annulled, [budgets.project(annulled)], channels={"web": 9})
    annulled.annulled_at = clock.now()
    session.commit()

    assert bars(client.get("/insights/vote").text, "ballots") == [
        ("Web", "110"),
        ("Paper", "40"),
        ("Small numbers together", "35"),
    ]


def test_the_page_the_file_and_the_api_say_the_same(session, client):
    process = spaces.process("Parks", slug="parks")
    supported(proposals.proposal(process, channel=Channel.PAPER), web=23, kiosk=12)
    session.commit()

    page = client.get("/insights/parks").text
    assert bars(page, "supports") == [("Web", "about 20"), ("Kiosk", "about 10")]
    assert "in steps of five" in page
    table = list(csv.DictReader(io.StringIO(client.get("/data/participation-by-channel.csv").text)))
    assert [(row["process"], row["activity"], row["channel"], row["number"], row["in_steps_of"]) for row in table] == [
        ("parks", "proposals", "paper", "1", "1"),
        ("parks", "supports", "web", "20", "5"),
        ("parks", "supports", "kiosk", "10", "5"),
    ]
    answer = client.get("/api/v1/participation/parks").get_json()
    assert answer["process"] == "parks"
    assert answer["activities"] == [
        {"activity": "proposals", "in_steps_of": 1, "channels": [{"channel": "paper", "number": 1}]},
        {
            "activity": "supports",
            "in_steps_of": 5,
            "channels": [{"channel": "web", "number": 20}, {"channel": "kiosk", "number": 10}],
        },
    ]


def test_few_supports_are_told_as_fewer_than_five(session, client):
    process = spaces.process("Parks", slug="parks")
    supported(proposals.proposal(process), web=3)
    session.commit()
    assert bars(client.get("/insights/parks").text, "supports") == [("All ways together", "fewer than 5")]


def test_staff_of_the_process_see_supports_as_they_are_and_others_do_not(session, as_role):
    process = spaces.process("Parks", slug="parks")
    found = proposals.proposal(process)
    supported(found, web=23, kiosk=6)
    reference = found.reference
    clerk, stranger = as_role(Role.CLERK, process), as_role(Role.CLERK, spaces.process("Other", slug="other"))

    assert bars(clerk.get("/insights/parks").text, "supports") == [("Web", "23"), ("Kiosk", "6")]
    assert bars(stranger.get("/insights/parks").text, "supports") == [("All ways together", "about 25")]
    assert "For staff: Web 23 · Kiosk 6" in " ".join(clerk.get(f"/proposals/{reference}").text.split())
    assert "For staff:" not in stranger.get(f"/proposals/{reference}").text


def test_the_list_of_what_waits_for_an_answer_tells_ways_beside_each_other(session, as_role):
    process = spaces.process("Parks", slug="parks")
    on_paper = proposals.proposal(process, channel=Channel.PAPER)
    supported(on_paper, web=23, kiosk=6)
    supported(proposals.proposal(process), web=9, kiosk=4)
    reference = on_paper.reference
    officer = as_role(Role.OFFICER, process)
    text = " ".join(officer.get("/staff/answers").text.split())
    assert f"{reference} · Paper" in text
    assert "Web 23 · Kiosk 6" in text
    assert "Kiosk 4" not in text
    assert_constant_queries(officer, "/staff/answers", more=lambda: supported(proposals.proposal(process), web=6, kiosk=5))


def test_a_small_number_is_not_told_to_staff_on_the_page_of_a_proposal(session, as_role):
    process = spaces.process()
    found = proposals.proposal(process)
    supported(found, web=23, kiosk=4)
    reference = found.reference
    assert "For staff:" not in as_role(Role.CLERK, process).get(f"/proposals/{reference}").text


def test_the_page_is_found_from_the_process_and_nobody_sees_that_of_a_draft(session, client):
    process = spaces.process("Parks", slug="parks")
    spaces.process("Draft", slug="draft", state=ProcessState.DRAFT)
    session.commit()
    assert 'href="/insights/parks"' in client.get(f"/processes/{process.slug}").text
    assert "There is nothing to count yet" in client.get("/insights/parks").text
    for address in ("/insights/draft", "/api/v1/participation/draft", "/insights/nowhere", "/api/v1/participation/nowhere"):
        assert client.get(address).status_code == 404


def test_the_file_asks_equally_often_however_many_processes_there_are(client, session):
    def another():
        supported(proposals.proposal(spaces.process(), channel=Channel.PAPER), web=2)
        pot = budgets.finished_pot(spaces.process())
        budgets.certified(pot, [budgets.project(pot)], channels={"web": 60})
        session.commit()

    another()
    assert_constant_queries(client, "/data/participation-by-channel.csv", more=another)
