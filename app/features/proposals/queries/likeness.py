"""Which proposals say nearly the same: by their words, within one process. No model, no language, nothing leaves the house."""

import uuid
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.features.proposals.models import Proposal, ProposalState
from app.features.proposals.queries.search import best
from app.features.proposals.search_words import search_words
from app.kernel.automated import decides

CANDIDATES = 80
WORDS_MOST = 24
SHORTEST_WORD = 3
ALIKE = 60.0
SAME_WORD = 84.0


@dataclass(frozen=True)
class Likeness:
    """A proposal and how alike it is, 0 to 100; 100 says the same in the same words."""

    proposal: Proposal
    score: float


@decides("similar_proposals")
def similar(session: Session, process_id: uuid.UUID, text: str, limit: int = 5) -> list[Proposal]:
    """Published proposals of the process that `text` (a title, perhaps with more below it) may repeat, the likest first."""
    return [one.proposal for one in likenesses(session, process_id, text, limit)]


@decides("similar_proposals")
def likenesses(session: Session, process_id: uuid.UUID, text: str, limit: int = 5) -> list[Likeness]:
    """The same with the scores: full-text search finds candidates, two measures of their words decide.

    Two statements for candidates and one for their photos. Words that most candidates share count little.
    """
    words = [word for word in search_words(text, WORDS_MOST) if len(word.bare) >= SHORTEST_WORD]
    if not words:
        return []
    draws = best(session, words, every=False, limit=CANDIDATES, process_id=process_id)
    if not draws:
        return []
    query = (
        select(Proposal)
        .where(Proposal.draw.in_(draws), Proposal.process_id == process_id, Proposal.state == ProposalState.PUBLISHED)
        .options(selectinload(Proposal.photos))
    )
    found = [_likeness(text, proposal) for proposal in session.scalars(query)]
    alike = sorted((one for one in found if one.score >= ALIKE), key=lambda one: (-one.score, one.proposal.draw))
    return alike[:limit]


@decides("similar_proposals")
def _likeness(text: str, proposal: Proposal) -> Likeness:
    """The better of two: the titles are alike as lines; or most words of the shorter text stand in the longer one."""
    title, _, rest = text.strip().partition("\n")
    lines = fuzz.token_sort_ratio(" ".join(_words(title)), " ".join(_words(proposal.title)))
    short, long = sorted((_words(f"{title} {rest}"), _words(f"{proposal.title} {proposal.text}")), key=len)
    if len(short) < 2:
        return Likeness(proposal, lines)
    common = sum(1 for word in short if process.extractOne(word, long, scorer=fuzz.ratio, score_cutoff=SAME_WORD))
    return Likeness(proposal, max(lines, 100 * common / len(short) if common > 1 else 0.0))


def _words(text: str) -> list[str]:
    """The longer words, which carry what a text is about: articles and the like are short in most languages."""
    words = [word.bare for word in search_words(text, 60)]
    return [word for word in words if len(word) > SHORTEST_WORD] or words
