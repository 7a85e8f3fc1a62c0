"""What is kept of a file so that another version of it can be told apart, and the difference in rows that people can read."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from app.features.counting.numbers import score_text
from app.features.counting.pb.meta import canonical_fields
from app.features.counting.use_cases import Change, PbElection
from app.features.voting.election_import.ballots import as_text

Facts = dict[str, Any]
Classes = Iterable[tuple[str, str, int]]
"""Choices, points, and how many ballots say so."""

MOST_BALLOTS = 10


def facts_of(election: PbElection) -> Facts:
    """META, every cell of every project, the totals and the digests of the three sections."""
    head, tally = election.head, election.tally
    return {
        "digests": {"meta": election.digests.meta, "projects": election.digests.projects, "votes": election.digests.votes},
        "meta": [list(pair) for pair in canonical_fields(head.meta)],
        "project_columns": list(head.project_columns),
        "vote_columns": list(head.vote_columns),
        "projects": [
            [project.project_id, {column: project.cell(column, head.meta.decimals) for column in head.project_columns}]
            for project in head.projects
        ],
        "voters": tally.voters,
        "totals": {name: [tally.votes(name), score_text(tally.score(name))] for name in tally.project_ids},
    }


def difference(before: Facts, stored: Classes, election: PbElection) -> list[Change]:
    """How `election` differs from what was imported before. `stored` are the ballots in the database, asked for if needed."""
    after = facts_of(election)
    changes: list[Change] = []
    if before["digests"]["meta"] != after["digests"]["meta"]:
        changes += _in_meta(dict(before["meta"]), dict(after["meta"]))
    if before["digests"]["projects"] != after["digests"]["projects"]:
        changes += _in_projects(before, after)
    if before["digests"]["votes"] != after["digests"]["votes"]:
        changes += _in_totals(before, after)
        changes += _in_ballots(stored, election)
    return changes


def _in_meta(old: dict[str, str], new: dict[str, str]) -> Iterator[Change]:
    for key in dict.fromkeys((*old, *new)):
        if old.get(key) != new.get(key):
            yield Change(f"META {key}", old.get(key), new.get(key))


def _in_projects(before: Facts, after: Facts) -> Iterator[Change]:
    old, new = dict(before["projects"]), dict(after["projects"])
    for name in dict.fromkeys((*old, *new)):
        if name not in old or name not in new:
            yield Change(f"PROJECTS {name}", *(_called(side, name) for side in (old, new)))
            continue
        for column in dict.fromkeys((*before["project_columns"], *after["project_columns"])):
            cells = old[name].get(column), new[name].get(column)
            if cells[0] != cells[1]:
                yield Change(f"PROJECTS {name} {column}", *cells)
    if list(old) != list(new) and set(old) == set(new):
        yield Change("PROJECTS order", ",".join(old), ",".join(new))


def _called(side: dict[str, dict[str, str]], name: str) -> str | None:
    return (side[name].get("name") or name) if name in side else None


def _in_totals(before: Facts, after: Facts) -> Iterator[Change]:
    if before["voters"] != after["voters"]:
        yield Change("VOTES number", str(before["voters"]), str(after["voters"]))
    if sorted(before["vote_columns"]) != sorted(after["vote_columns"]):
        yield Change("VOTES columns", ";".join(before["vote_columns"]), ";".join(after["vote_columns"]))
    for name, (votes, score) in before["totals"].items():
        if name not in after["totals"]:
            continue
        other_votes, other_score = after["totals"][name]
        if votes != other_votes:
            yield Change(f"VOTES total {name} votes", str(votes), str(other_votes))
        if score != other_score and (score, other_score) != (str(votes), str(other_votes)):
            yield Change(f"VOTES total {name} score", score, other_score)


def _in_ballots(stored: Classes, election: PbElection) -> Iterator[Change]:
    """The ballots that only one side has. Ballots belong to nobody, so they are compared by what they say."""
    old: Counter[tuple[str, str]] = Counter()
    for choices, points, number in stored:
        old[choices, points] += number
    new: Counter[tuple[str, str]] = Counter()
    for batch in election.ballot_classes():
        for ballot, number in batch:
            new[as_text(ballot)] += number
    gone, come = old - new, new - old
    found = [(ballot, old[ballot], new[ballot]) for ballot in dict.fromkeys((*gone, *come))]
    for (choices, points), had, has in found[:MOST_BALLOTS]:
        words = f"{choices or '(blank)'}{f'; {points}' if points else ''}"
        yield Change(f"VOTES ballots saying {words}", str(had), str(has))
    if len(found) > MOST_BALLOTS:
        yield Change("VOTES", "…", "…")
    if not found:
        yield Change("VOTES", "other voters, or another order", "the same ballots")
