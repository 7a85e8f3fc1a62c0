"""Elections for tests: `.pb` texts, projects and tallies, one line each."""

from collections.abc import Iterable, Mapping, Sequence

from app.features.counting.use_cases import Ballot, Project, Tally, VoteType


def pb(
    *,
    projects: Sequence[str] = ("p1;100", "p2;200"),
    votes: Sequence[str] = ("v1;p1", "v2;p1,p2"),
    meta: Mapping[str, str | None] | None = None,
    project_header: str = "project_id;cost",
    vote_header: str = "voter_id;vote",
) -> str:
    """The text of a small election. A value of None in `meta` leaves the key out."""
    keys: dict[str, str | None] = {
        "description": "A small town",
        "num_projects": str(len(projects)),
        "num_votes": str(len(votes)),
        "budget": "250",
        "vote_type": "approval",
        "rule": "greedy",
        **(meta or {}),
    }
    lines = ["META", "key;value", *(f"{key};{value}" for key, value in keys.items() if value is not None)]
    return "\n".join([*lines, "PROJECTS", project_header, *projects, "VOTES", vote_header, *votes, ""])


def projects(**costs: int) -> list[Project]:
    """Projects with their costs, in the order of the list."""
    return [Project(name, cost) for name, cost in costs.items()]


def tally(
    on_ballot: Sequence[Project],
    ballots: Iterable[tuple[Sequence[str], int]],
    vote_type: VoteType = VoteType.APPROVAL,
    max_length: int | None = None,
) -> Tally:
    """Ballots without points, each with the number of people who cast it."""
    sums = Tally(vote_type, [project.id for project in on_ballot], max_length=max_length)
    return sums.add_all((Ballot(tuple(choices)), number) for choices, number in ballots)


def approvals(on_ballot: Sequence[Project], **votes: int) -> Tally:
    """A tally in which each project got so many votes, each from a ballot of its own."""
    return tally(on_ballot, [((name,), number) for name, number in votes.items() if number])
