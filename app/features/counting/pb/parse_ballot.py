"""From the text of the columns `vote` and `points` to a ballot."""

from dataclasses import dataclass

from app.features.counting.ballots import Ballot, VoteType
from app.features.counting.messages import msg
from app.features.counting.numbers import NotANumber, Score, parse_score, score_text
from app.features.counting.pb.errors import shortened
from app.features.counting.pb.limits import Broken
from app.features.counting.pb.model import PbMeta


@dataclass(frozen=True, slots=True)
class Parsed:
    """A ballot, the form in which its text is compared, whether commas stood there with nothing between them, and whether
    beside a ballot that needs no points something stood that cannot be points.
    """

    ballot: Ballot
    vote: str
    points: str
    stray_comma: bool = False
    odd_points: bool = False


def parse_ballot(vote: str, points: str | None, meta: PbMeta, projects: frozenset[str]) -> Parsed:
    """Read one ballot; `points` is None where there is no such column. Raises Broken."""
    choices = tuple(vote.split(",")) if vote else ()
    stray = False
    if not projects.issuperset(choices):
        choices = tuple(map(str.strip, choices))
        stray = "" in choices
        choices = tuple(filter(None, choices))
        _refuse_unknown(choices, projects)
    if len(choices) > 1 and len(set(choices)) != len(choices):
        twice = next(choice for index, choice in enumerate(choices) if choice in choices[:index])
        raise Broken("vote", msg("each project once, found “%(id)s” twice", id=twice))
    if points is None:
        return Parsed(Ballot(choices), ",".join(choices), "", stray)
    return _with_points(choices, points, meta, stray)


def _with_points(choices: tuple[str, ...], points: str, meta: PbMeta, stray: bool) -> Parsed:
    if not meta.vote_type.gives_points:
        return _beside(choices, points, stray)
    given = _points(points)
    if len(given) != len(choices):
        expected = msg("one number for each project (%(projects)s), found %(found)s", projects=len(choices), found=len(given))
        raise Broken("points", expected)
    if meta.vote_type is VoteType.CUMULATIVE and any(number < 0 for number in given):
        raise Broken("points", msg("points that are not negative, found “%(found)s”", found=shortened(points)))
    return Parsed(Ballot(choices, given), ",".join(choices), _canonical(points, given), stray)


def _beside(choices: tuple[str, ...], points: str, stray: bool) -> Parsed:
    """A ballot that is counted by its choices. Points may stand beside them; what cannot be points is kept as it is written."""
    vote = ",".join(choices)
    try:
        given = _points(points)
    except Broken:
        given = ()
    if len(given) != len(choices):
        return Parsed(Ballot(choices), vote, points, stray, odd_points=bool(points))
    return Parsed(Ballot(choices, given or None), vote, _canonical(points, given), stray)


def _canonical(points: str, given: tuple[Score, ...]) -> str:
    return points if points.replace(",", "").isdecimal() else ",".join(map(score_text, given))


def _points(text: str) -> tuple[Score, ...]:
    if not text:
        return ()
    try:
        return tuple(parse_score(part.strip()) for part in text.split(","))
    except NotANumber as error:
        expected = msg("whole or decimal numbers with commas between them, found “%(found)s”", found=shortened(str(error)))
        raise Broken("points", expected) from None


def _refuse_unknown(choices: tuple[str, ...], projects: frozenset[str]) -> None:
    for choice in choices:
        if choice not in projects:
            raise Broken("vote", msg("a project_id of PROJECTS, found “%(found)s”", found=shortened(choice)))
