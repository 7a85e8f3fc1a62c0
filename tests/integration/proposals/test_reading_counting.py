"""What other rooms count with, and which proposals say nearly the same."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from app.features.proposals.models import CommentState, ProposalState, Stance
from app.features.proposals.queries import (
    likenesses,
    published_comments_cte,
    published_proposals_cte,
    published_select,
    similar,
    supports_cte,
)
from app.features.spaces.models import ProcessState
from tests.factories import accounts, proposals, spaces


def test_only_what_is_public_is_counted(session):
    process, secret = spaces.process(), spaces.process(state=ProcessState.DRAFT)
    area, category = spaces.area(), spaces.category(process)
    author, supporter, talker = accounts.person(), accounts.person(), accounts.person()
    when = datetime(2026, 3, 31, 23, 30, tzinfo=UTC)
    shown = proposals.proposal(process, author=author, area_id=area.id, category_id=category.id, published_at=when)
    guest, _ = proposals.guest_proposal(process)
    everything = [shown, guest, proposals.proposal(secret)]
    everything += [proposals.proposal(process, state=state) for state in ProposalState if state is not ProposalState.PUBLISHED]
    for proposal in everything:
        proposals.support(proposal, supporter)
        proposals.comment(proposal, author=talker, stance=Stance.AGAINST, created_at=when)
        proposals.comment(proposal, state=CommentState.HIDDEN)
        proposals.comment(proposal, state=CommentState.WITHDRAWN)
    session.flush()
    assert set(session.scalars(published_select())) == {shown, guest}

    rows = session.execute(select(published_proposals_cte())).all()
    assert {(row.proposal_id, row.process_id, row.area_id, row.category_id, row.person_id, row.stance) for row in rows} == {
        (shown.id, process.id, area.id, category.id, author.id, None),
        (guest.id, process.id, process.area_id, None, None, None),
    }
    assert next(row.month for row in rows if row.proposal_id == shown.id) == "2026-03"
    rows = session.execute(select(supports_cte())).all()
    assert {(row.proposal_id, row.person_id, row.stance) for row in rows} == {
        (shown.id, supporter.id, "in_favour"),
        (guest.id, supporter.id, "in_favour"),
    }
    rows = session.execute(select(published_comments_cte())).all()
    assert {(row.proposal_id, row.person_id, row.stance, row.month) for row in rows} == {
        (shown.id, talker.id, Stance.AGAINST, "2026-03"),
        (guest.id, talker.id, Stance.AGAINST, "2026-03"),
    }


def test_they_can_be_counted_together(session):
    process = spaces.process()
    proposals.support(proposals.proposal(process))
    people = published_proposals_cte(), supports_cte(), published_comments_cte()
    together = select(people[0].c.person_id).union(*(select(one.c.person_id) for one in people[1:])).subquery()
    assert session.scalar(select(func.count()).select_from(together)) == 2


@pytest.fixture
def process(session):
    process = spaces.process()
    for title, words in {
        "A bench at the tram stop": "There is nowhere to sit at the tram stop by the library. A bench would help older people.",
        "A drinking fountain in the park": "On hot days there is no water in the park. A fountain with a bowl for dogs.",
        "Slow down traffic at the school": "Cars drive too fast in front of the school. Raised crossings slow them down.",
        "Bänke an der Haltestelle": "An der Haltestelle gibt es keine Sitzgelegenheit für ältere Menschen.",
        "Longer opening hours for the library": "The library closes too early for people who work until six.",
    }.items():
        proposals.proposal(process, title=title, text=words)
    return process


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Bench at tram stop", ["A bench at the tram stop"]),
        ("benches for the tram stops", ["A bench at the tram stop"]),
        ("Water in the park\nThere should be a drinking fountain for people and dogs", ["A drinking fountain in the park"]),
        ("Eine Bank an der Haltestelle", ["Bänke an der Haltestelle"]),
        ("Cars are too fast at the school", ["Slow down traffic at the school"]),
        ("A football pitch with lights", []),
        ("", []),
        ("*** 🙂 \0", []),
        ("x" * 5_000, []),
    ],
)
def test_proposals_that_say_nearly_the_same_are_found(session, process, written, expected):
    assert [one.title for one in similar(session, process.id, written, 3)][:1] == expected


def test_only_published_proposals_of_the_same_process_are_alike(session, process):
    other = spaces.process()
    proposals.proposal(other, title="A bench at the tram stop")
    proposals.proposal(process, title="A bench at the tram stop", state=ProposalState.HIDDEN)
    assert len(similar(session, process.id, "A bench at the tram stop", 5)) == 1


def test_the_likest_comes_first(session, process):
    proposals.proposal(process, title="A bench at the tram station", text="Somewhere to sit at the tram.")
    found = likenesses(session, process.id, "A bench at the tram stop", 5)
    assert [one.proposal.title for one in found] == ["A bench at the tram stop", "A bench at the tram station"]
    assert 100 >= found[0].score > found[1].score
