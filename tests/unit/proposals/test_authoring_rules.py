"""What a proposal must have, whose it is, and what follows from which state."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from app.features.proposals import follow_links, rules
from app.features.proposals.models import Photo, PlaceKind, Proposal, ProposalState
from app.kernel.errors import Conflict
from app.kernel.permissions import ANONYMOUS, Actor
from app.kernel.references import token_hash

NOW = datetime(2026, 5, 11, 9, tzinfo=UTC)


def complete(**attributes: object) -> Proposal:
    values = {
        "title": "A bench",
        "text": "In the shade.",
        "category_id": uuid.uuid4(),
        "place_kind": PlaceKind.WHOLE_CITY,
        "state": ProposalState.DRAFT,
    }
    return Proposal(**{**values, **attributes})


def test_a_complete_draft_misses_nothing() -> None:
    assert rules.missing(complete(), needs_category=True) == {}


@pytest.mark.parametrize(
    ("left_out", "field"),
    [
        ({"title": " "}, "title"),
        ({"text": ""}, "text"),
        ({"category_id": None}, "category_id"),
        ({"place_kind": None}, "where"),
        ({"photos": [Photo(alternative_text="")]}, "photo_1_text"),
    ],
)
def test_what_is_missing_is_named_by_its_field(left_out: dict[str, object], field: str) -> None:
    assert list(rules.missing(complete(**left_out), needs_category=True)) == [field]


def test_a_process_without_categories_asks_for_none() -> None:
    assert rules.missing(complete(category_id=None), needs_category=False) == {}


def test_a_proposal_of_a_person_is_theirs_alone() -> None:
    ann = uuid.uuid4()
    proposal = complete(author_id=ann, follow_token_hash=token_hash("secret"))
    assert rules.is_own(Actor(person_id=ann), proposal)
    assert not rules.is_own(Actor(person_id=uuid.uuid4()), proposal)
    assert not rules.is_own(ANONYMOUS, proposal, "secret")


def test_a_proposal_without_an_account_is_whose_the_secret_is() -> None:
    proposal = complete(follow_token_hash=token_hash("secret"))
    assert rules.is_own(ANONYMOUS, proposal, "secret")
    assert rules.is_own(Actor(person_id=uuid.uuid4()), proposal, "secret")
    assert not rules.is_own(ANONYMOUS, proposal, "another")
    assert not rules.is_own(ANONYMOUS, proposal, None)
    assert not rules.is_own(ANONYMOUS, complete(), "")


@pytest.mark.parametrize("before", ProposalState)
@pytest.mark.parametrize("after", ProposalState)
def test_moderators_never_touch_drafts_or_what_was_withdrawn(before: ProposalState, after: ProposalState) -> None:
    allowed = {
        ("pending", "published"),
        ("pending", "hidden"),
        ("published", "hidden"),
        ("published", "pending"),
        ("hidden", "published"),
        ("hidden", "pending"),
    }
    if (before, after) in allowed:
        rules.require_step(before, after)
    else:
        with pytest.raises(Conflict):
            rules.require_step(before, after)


def test_a_withdrawal_can_be_undone_for_a_week() -> None:
    proposal = complete(state=ProposalState.WITHDRAWN, withdrawn_from="published", changed_at=NOW)
    assert rules.may_undo(proposal, NOW + timedelta(days=7))
    assert not rules.may_undo(proposal, NOW + timedelta(days=7, seconds=1))
    assert not rules.may_undo(complete(), NOW)


def test_a_follow_up_secret_is_long_different_for_each_proposal_and_needs_the_key() -> None:
    one, other = uuid.uuid4(), uuid.uuid4()
    follow_links.bind("key of this installation")
    secret = follow_links.follow_token(one)
    assert len(secret) == 43
    assert secret == follow_links.follow_token(one)
    assert secret != follow_links.follow_token(other)
    follow_links.bind("another key")
    assert secret != follow_links.follow_token(one)
    follow_links.bind("testing-key-that-protects-nothing-at-all")
