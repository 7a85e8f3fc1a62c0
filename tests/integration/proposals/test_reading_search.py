"""Searching: the same words find the same proposals on both databases, and nothing hidden is ever found."""

from datetime import date

import pytest
from sqlalchemy import text

from app.features.proposals import search_ddl
from app.features.proposals.models import ProposalState
from app.features.proposals.queries import Filters, Sort, published
from tests.factories import proposals, spaces


@pytest.fixture
def process(session):
    return spaces.process()


def titles(session, words, **filters):
    page = published(session, Filters(text=words, **{"sort": Sort.MATCH, **filters}))
    assert page.total == len(page.items)
    return [proposal.title for proposal in page.items]


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("bench", "A bench at the tram stop"),
        ("BENCH", "A bench at the tram stop"),
        ("benches", "Two Benches, please"),
        ("bench", "Two Benches, please"),
        ("tram bench", "A bench at the tram stop"),
        ("cafe", "Ein Café am Hafen"),
        ("Café", "A cafe by the harbour"),
        ("Strasse", "Mehr Bäume in der Straße"),
        ("Straße", "Weniger Lärm auf der Strasse"),
        ("hameentie", "Pyörätie Hämeentielle"),
        ("smorrebrod", "Smørrebrød in the park"),
        ("أحمد", "حديقة احمد"),
        ("احمد", "حديقة أحمد"),
        ("حديقه", "حديقة عامّة"),
        ("май", "Праздник в Май"),
        ("μουσικη", "Μουσική στο πάρκο"),
        ("e-bikes", "Parking for e-bikes"),
        ("3.5", "Raise it by 3.5 metres"),
        ("lime,tree", "Bench (under the “lime-tree”)"),
    ],
)
def test_people_find_what_they_mean_whatever_they_type(session, process, typed, written):
    proposals.proposal(process, title=written, text="Something else.")
    proposals.proposal(process, title="A fountain", text="Water for everybody.")
    assert titles(session, typed) == [written]


def test_every_word_must_be_there_in_title_text_or_place(session, process):
    proposals.proposal(process, title="A slide", text="For the small ones.", place_label="Vaasanaukio")
    assert titles(session, "slide small vaasan") == ["A slide"]
    assert titles(session, "slide elephant") == []


def test_a_word_in_the_title_weighs_more_than_one_in_the_text(session, process):
    proposals.proposal(process, title="A fountain", text="Beside it there is a playground already.")
    proposals.proposal(process, title="A playground", text="For the small ones.")
    assert titles(session, "playground") == ["A playground", "A fountain"]


@pytest.mark.parametrize("state", [state for state in ProposalState if state is not ProposalState.PUBLISHED])
def test_what_is_not_published_is_never_found_and_leaves_the_index(session, process, state):
    proposal = proposals.proposal(process, title="A secret garden")
    assert titles(session, "secret") == ["A secret garden"]
    proposal.state = state
    session.flush()
    assert titles(session, "secret") == []
    assert _indexed(session) == 0
    proposal.state = ProposalState.PUBLISHED
    session.flush()
    assert titles(session, "secret") == ["A secret garden"]


def test_a_changed_title_is_found_by_its_new_words_only(session, process):
    proposal = proposals.proposal(process, title="A secret garden")
    proposal.title = "An open garden"
    session.flush()
    assert titles(session, "secret") == []
    assert titles(session, "open garden") == ["An open garden"]


def test_a_deleted_proposal_leaves_the_index(session, process):
    session.delete(proposals.proposal(process, title="A secret garden"))
    session.flush()
    assert _indexed(session) == 0


def test_a_support_does_not_touch_the_index(session, process):
    proposal = proposals.proposal(process, title="A secret garden")
    proposals.support(proposal)
    assert titles(session, "secret") == ["A secret garden"]


def test_the_index_can_be_filled_anew(session, process):
    proposals.proposal(process, title="A secret garden")
    proposals.proposal(process, title="A hidden garden", state=ProposalState.HIDDEN)
    search_ddl.rebuild(session.connection())
    assert titles(session, "garden") == ["A secret garden"]
    assert _indexed(session) == 1


def test_a_reference_typed_into_the_search_box_finds_its_proposal(session, process):
    proposal = proposals.proposal(process, title="A secret garden")
    proposals.proposal(process)
    assert titles(session, f" {proposal.reference.lower()} ") == ["A secret garden"]
    assert titles(session, "P-22222") == []


@pytest.mark.parametrize(
    "typed",
    ['"', "''", "*", "a*", 'NEAR("x" "y", 3)', "AND", "a AND", "NOT x", "title:x", "^x", "{x y}:z", "-", "()", "a:* & !b",
     "🙂", "\0", "a\0b", "x" * 5000, " ".join(["word"] * 400), "%", "_", "\\", "';--", "\u202e", "\ud800x", "ﷺ", "é" * 300],
)  # fmt: skip
def test_no_search_breaks_the_page(session, process, typed):
    proposals.proposal(process, title="A bench")
    for sort in Sort:
        published(session, Filters(text=typed, sort=sort, day=date(2026, 5, 11)))


def test_signs_alone_find_nothing(session, process):
    proposals.proposal(process, title="A bench")
    assert titles(session, "***") == []


def _indexed(session):
    if session.get_bind().dialect.name == "sqlite":
        return session.scalar(text("SELECT count(*) FROM proposal_fts WHERE proposal_fts MATCH 'garden'"))
    return session.scalar(text("SELECT count(*) FROM proposal_fts"))
