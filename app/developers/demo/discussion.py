"""Comments and replies, each by another resident and after the one it answers."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from app.developers.demo.people import resident
from app.developers.demo.stage import Stage
from app.features.proposals.models import Comment, Proposal, Stance
from app.features.proposals.use_cases import WriteComment, write_comment
from app.kernel import clock

SIGNS = {"+": Stance.IN_FAVOUR, "-": Stance.AGAINST, "0": Stance.NEUTRAL}


def hold(stage: Stage, proposal: Proposal, comments: Sequence[Sequence[Any]], chance: random.Random) -> list[Comment]:
    """Write the comments of an entry: `[sign, language, text, [[language, reply], …]]`; the last part may be missing."""
    since = proposal.published_at or stage.last
    written = []
    spoke = [proposal.author_id] if proposal.author_id else []
    for sign, language, text, *rest in comments:
        since = _later(stage, since, chance)
        person = stage.people.somebody(language, chance, spoke)
        spoke.append(person.id)
        with clock.pinned(since):
            comment = write_comment(
                stage.session, resident(person), WriteComment(proposal.id, text, SIGNS[sign], language=language)
            )
        written.append(comment)
        _replies(stage, proposal, comment, rest[0] if rest else (), since, chance)
    return written


def _replies(
    stage: Stage, proposal: Proposal, comment: Comment, replies: Sequence[Sequence[str]], at: datetime, chance: random.Random
) -> None:
    for language, text in replies:
        at = _later(stage, at, chance)
        person = stage.people.somebody(language, chance, [comment.author_id] if comment.author_id else [])
        with clock.pinned(at):
            write_comment(
                stage.session, resident(person), WriteComment(proposal.id, text, parent_id=comment.id, language=language)
            )


def _later(stage: Stage, at: datetime, chance: random.Random) -> datetime:
    """Some time after `at`: soon as a rule, and before the last moment at which people could write."""
    room = (stage.last - timedelta(minutes=1) - at) / 3
    return at + min(room, timedelta(minutes=chance.randint(12, 5_000)))
