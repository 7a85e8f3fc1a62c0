"""Every type of ballot from the page through the box to the count and the published file."""

import io
import re
from uuid import uuid4

import pytest
from pabulib import checker
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.extensions import db as database
from app.features.budgets.choices import Choices
from app.features.budgets.commands import CertifyPot
from app.features.budgets.models import Pot, PotState
from app.features.budgets.queries import pot as pot_by_id
from app.features.budgets.use_cases import certify_pot
from app.features.counting.use_cases import Ballot as PbBallot
from app.features.counting.use_cases import PbProject, PbVote, count_election, new_head, read_election, write_election
from app.features.spaces.models import Process
from app.features.voting.ballot.marks import choices_of, read_marks
from app.features.voting.commands import CastBallot
from app.features.voting.models import Ballot, Envelope, VotingParticipation
from app.features.voting.use_cases import cast_ballot, close_box, count_pot, open_with_the_servers_key
from app.kernel.errors import Refused
from app.kernel.permissions import SYSTEM, Actor, Channel, Role
from tests.factories import voting
from tests.integration.voting.elections import a_voter

BOTH = {"limit_by_cost": True, "max_projects": 2}
TYPES = {
    "approval": {"limit_by_cost": False, "max_projects": 2},
    "knapsack": {"limit_by_cost": True},
    "approval with both limits": BOTH,
    "choose-1": {"vote_type": "choose-1", "limit_by_cost": False},
    "cumulative": {"vote_type": "cumulative", "limit_by_cost": False, "max_points": 5},
    "ordinal": {"vote_type": "ordinal", "limit_by_cost": False, "max_projects": 3},
}
BALLOTS = {
    "approval": [{"choice": ["3", "1"]}, {"choice": ["1"]}, {}],
    "knapsack": [{"choice": ["3", "1"]}, {"choice": ["1"]}, {}],
    "approval with both limits": [{"choice": ["3", "1"]}, {"choice": ["1"]}, {}],
    "choose-1": [{"choice": "3"}, {"choice": "1"}, {"choice": ""}],
    "cumulative": [{"points:3": "1", "points:1": "4"}, {"points:1": "2"}, {"points:2": "0"}],
    "ordinal": [{"place:3": "1", "place:1": "3"}, {"place:2": "1", "place:1": "2", "place:3": "3"}, {}],
}
INSIDE = {
    "approval": ["", "1", "1,3"],
    "knapsack": ["", "1", "1,3"],
    "approval with both limits": ["", "1", "1,3"],
    "choose-1": ["", "1", "3"],
    "cumulative": ["", "1:2", "1:4,3:1"],
    "ordinal": ["", "2,1,3", "3,1"],
}
SCORES = {
    "approval": {"1": "2", "2": "0", "3": "1"},
    "knapsack": {"1": "2", "2": "0", "3": "1"},
    "approval with both limits": {"1": "2", "2": "0", "3": "1"},
    "choose-1": {"1": "1", "2": "0", "3": "1"},
    "cumulative": {"1": "6", "2": "0", "3": "1"},
    "ordinal": {"1": "4", "2": "3", "3": "4"},
}


def fields_of(page: str) -> list[tuple[str, str]]:
    """What the form of the review page sends: its hidden fields."""
    return re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)


def cast_by_page(client, pot_id, ballot):
    review = client.post(f"/voting/{pot_id}", data={**ballot, "step": "review"}, follow_redirects=True)
    assert "Cast my ballot" in review.text, review.text
    sent: dict[str, list[str]] = {}
    for name, value in fields_of(review.text):
        sent.setdefault(name, []).append(value)
    done = client.post(f"/voting/{pot_id}/review", data=sent, follow_redirects=True)
    assert "Your ballot is cast" in done.text
    return review.text


@pytest.mark.parametrize("kind", TYPES)
def test_a_ballot_of_every_type_goes_from_the_page_to_the_published_file(session, as_role, keyring, clock, kind):
    pot_id = voting.pot(**TYPES[kind]).id
    for number, ballot in enumerate(BALLOTS[kind]):
        cast_by_page(a_voter(as_role, pot_id, number), pot_id, ballot)
    pot = pot_by_id(session, pot_id)

    assert voting.inside(pot, keyring) == INSIDE[kind]
    assert len({len(sealed) for sealed in session.scalars(select(Envelope.ciphertext))}) == 1

    clock.advance(days=400)
    close_box(session, SYSTEM, pot.process_id, keyring)
    open_with_the_servers_key(session, SYSTEM, pot.process_id, keyring)
    result = count_pot(session, SYSTEM, pot_id).result
    certify_pot(session, SYSTEM, CertifyPot(pot_id, (uuid4(), uuid4())))

    assert result["voters"] == 3
    assert {number: why["score"] for number, why in result["why"].items()} == SCORES[kind]
    assert session.get_one(Pot, pot_id).state is PotState.CERTIFIED
    text = as_pb(session, pot, result)
    assert complaints(text) == {}
    election = read_election(io.BytesIO(text.encode()))
    read = [",".join(vote.ballot.choices) for batch in election.votes() for vote in batch]
    assert sorted(read) == sorted(re.sub(r":\d+", "", one) for one in INSIDE[kind] if one)
    assert list(count_election(election).winners) == result["winners"]


def as_pb(session, pot, result):
    """The opened ballots as a file for others. The checker of the format refuses blank ballots, so they are left out here."""
    points = pot.vote_type == "cumulative"
    limits = {"max_length": pot.max_projects or 3} if pot.vote_type in ("approval", "ordinal") else {}
    if points:
        limits = {"max_sum_points": pot.max_points}
    rows = list(session.scalars(select(Ballot).where(Ballot.pot_id == pot.id, Ballot.choices != "")))
    projects = [
        PbProject(
            one.number,
            one.cost,
            votes=result["why"][one.number]["votes"],
            score=int(result["why"][one.number]["score"]) if points else None,
            name=one.title["en"],
            selected=int(one.number in result["winners"]),
        )
        for one in pot.projects
    ]
    meta = {"description": "Streets", "country": "Finland", "unit": "Plaza", "instance": "2026", "budget": "1000.00"}
    meta |= {"rule": pot.rule, "date_begin": "01.05.2026", "date_end": "14.05.2026", "currency": "EUR", "language": "en"}
    head = new_head(
        {**meta, "num_projects": 3, "num_votes": len(rows), "vote_type": pot.vote_type, **limits},
        projects,
        project_columns=["project_id", "cost", "votes", *(["score"] if points else []), "name", "selected"],
        vote_columns=("voter_id", "vote", *(["points"] if points else [])),
    )
    out = io.StringIO()
    votes = [
        PbVote(
            f"v{at}",
            PbBallot(
                tuple(row.choices.split(",")),
                tuple(map(int, row.points.split(","))) if points else None,
            ),
        )
        for at, row in enumerate(rows)
    ]
    write_election(out, head, votes)
    return out.getvalue()


def complaints(text):
    found = checker.Checker().process_files([text])
    assert found["metadata"]["processed"] == 1
    return next(value["results"] for value in found.values() if isinstance(value, dict) and "results" in value).get(
        "errors", {}
    )


WRONG = {
    "choose-1": ({"choice": ["1", "2"]}, "You can choose one project"),
    "cumulative": ({"points:1": "4", "points:3": "3"}, "You have given 7 points; you have 5"),
    "ordinal": ({"place:1": "2", "place:3": "2"}, "1 and 3 both have place 2"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_ballot_that_is_none_is_shown_again_with_all_of_it_and_casts_nothing(as_role, kind):
    pot_id = voting.pot(**TYPES[kind]).id
    ballot, words = WRONG[kind]
    client = a_voter(as_role, pot_id, 1)

    sent = client.post(f"/voting/{pot_id}", data={**ballot, "step": "review"})
    page = client.get(sent.location).text
    cast = client.post(f"/voting/{pot_id}/review", data=ballot)

    assert words in page
    assert page.count("ballot-project--chosen") == len(next(iter(ballot.values()))) if kind == "choose-1" else 2
    assert cast.status_code == 422
    assert words in cast.text
    assert database.session.scalars(select(Envelope)).all() == []


def test_what_is_no_number_comes_back_as_it_was_typed(as_role):
    pot_id = voting.pot(**TYPES["cumulative"]).id
    client = a_voter(as_role, pot_id, 1)

    page = client.post(f"/voting/{pot_id}", data={"points:1": "2.5", "points:3": "2", "step": "review"})

    assert page.status_code == 422
    assert 'value="2.5"' in page.text
    assert 'value="2"' in page.text
    assert "“2.5” is none" in page.text


@pytest.mark.parametrize("kind", TYPES)
def test_what_is_kept_on_the_way_is_as_long_whatever_was_chosen(as_role, kind):
    pot_id = voting.pot(**TYPES[kind]).id
    client = a_voter(as_role, pot_id, 1)
    lengths = set()
    for ballot in BALLOTS[kind]:
        sent = client.post(f"/voting/{pot_id}", data={**ballot, "step": "review"})
        lengths.add(len(sent.headers["Set-Cookie"]))
    assert len(lengths) == 1


def test_the_review_shows_a_ranking_in_its_order_and_points_beside_their_projects(as_role):
    ranking, points = voting.pot(**TYPES["ordinal"]).id, voting.pot(**TYPES["cumulative"]).id
    client = a_voter(as_role, ranking, 1)
    shown = client.post(
        f"/voting/{ranking}", data={"place:3": "1", "place:1": "3", "step": "review"}, follow_redirects=True
    ).text
    assert shown.index("Project number 3") < shown.index("Project number 1")
    assert "Place 2" in shown
    client = a_voter(as_role, points, 2)
    shown = client.post(f"/voting/{points}", data={"points:3": "4", "step": "review"}, follow_redirects=True).text
    assert "4 points" in shown
    assert "Points not given" in shown


DESK = {
    "approval": ("1, 3", "1,3", "Project number 3"),
    "choose-1": ("2", "2", "Project number 2"),
    "cumulative": ("3:4 1:1", "1:1,3:4", "4 points"),
    "ordinal": ("3 1", "3,1", "Place 2"),
}


@pytest.mark.parametrize("kind", DESK)
def test_a_clerk_types_every_type_and_sees_the_names(as_role, keyring, kind):
    pot = voting.pot(**TYPES[kind])
    pot_id = pot.id
    client = as_role(Role.CLERK, database.session.get_one(Process, pot.process_id))
    typed, inside, seen = DESK[kind]
    data = {"number": "AB 12345", "choices": typed}

    review = client.post(f"/staff/desk/{pot_id}", data={**data, "step": "review"})
    assert seen in review.text
    client.post(f"/staff/desk/{pot_id}", data={**data, "step": "cast"})

    assert voting.inside(pot_by_id(database.session(), pot_id), keyring) == [inside]


LONG = {"costs": (100,) * 600, "limit_by_cost": False}
EVERY = [str(one) for one in range(1, 601)]


@pytest.mark.parametrize("kind", ["approval", "cumulative"])
def test_a_ballot_that_the_web_takes_can_be_typed_at_a_desk_however_long_it_is(as_role, keyring, kind):
    points = kind == "cumulative"
    pot = voting.pot(**LONG, **({"vote_type": "cumulative", "max_points": 600 * 1000} if points else {"max_projects": 600}))
    pot_id = pot.id
    client = as_role(Role.CLERK, database.session.get_one(Process, pot.process_id))
    typed = ", ".join(f"{number}:1000" if points else number for number in EVERY)

    page = client.post(f"/staff/desk/{pot_id}", data={"number": "AB 12345", "step": "number"}).text
    (field,) = re.findall(r'<[^>]* name="choices"[^>]*>', page)
    assert int((re.search(r'maxlength="(\d+)"', field) or ["", "1000000"])[1]) >= len(typed)
    data = {"number": "AB 12345", "choices": typed}
    assert client.post(f"/staff/desk/{pot_id}", data={**data, "step": "review"}).status_code == 200
    client.post(f"/staff/desk/{pot_id}", data={**data, "step": "cast"})

    (inside,) = voting.inside(pot_by_id(database.session(), pot_id), keyring)
    assert sorted(inside.split(","), key=lambda one: int(one.split(":")[0])) == typed.split(", ")
    too_long = client.post(f"/staff/desk/{pot_id}", data={"number": "CD 1", "choices": "1 " * 10_000, "step": "review"})
    assert too_long.status_code == 422


def test_no_tick_of_a_long_ballot_is_cut_off_in_silence(session):
    pot = voting.pot(**LONG, max_projects=600)

    assert len(read_marks(pot, MultiDict([("choice", one) for one in EVERY])).of) == 600
    unknown = read_marks(pot, MultiDict([("choice", one) for one in [*EVERY, "601"]]))
    with pytest.raises(Refused, match="not in this pot"):
        choices_of(pot, unknown)


def test_what_a_clerk_mistyped_stays_with_the_reason_beside_it(as_role):
    pot = voting.pot(**TYPES["cumulative"])
    client = as_role(Role.CLERK, database.session.get_one(Process, pot.process_id))

    page = client.post(f"/staff/desk/{pot.id}", data={"number": "AB 12345", "choices": "3:4 1", "step": "review"})

    assert page.status_code == 422
    assert 'value="3:4 1"' in page.text
    assert "Write the project, a colon and its points" in page.text


@pytest.mark.parametrize("kind", TYPES)
def test_a_kiosk_casts_every_type_and_the_participation_says_so(session, keyring, kind):
    pot = voting.pot(**TYPES[kind])
    (person,) = voting.voters(pot)
    points = (1,) if kind == "cumulative" else None

    cast_ballot(
        session, Actor(person_id=person.id, channel=Channel.KIOSK), CastBallot(pot.id, Choices(("2",), points)), keyring
    )

    assert session.scalars(select(VotingParticipation)).one().channel is Channel.KIOSK


@pytest.mark.parametrize("kind", ["approval", "choose-1", "ordinal"])
def test_points_where_there_are_none_are_refused_by_the_box_too(session, keyring, kind):
    pot = voting.pot(**TYPES[kind])
    (person,) = voting.voters(pot)
    with pytest.raises(Refused, match="no points in this vote"):
        cast_ballot(session, Actor(person_id=person.id), CastBallot(pot.id, Choices(("2",), (1,))), keyring)
    assert session.scalars(select(Envelope)).all() == []


@pytest.mark.parametrize(
    ("kind", "rows", "tie"),
    [
        ("cumulative", [("1", "6", "2"), ("3", "1", "1")], "No two projects had the same result."),
        ("ordinal", [("1", "4", "2"), ("3", "4", "2"), ("2", "3", "1")], "number 3” had the same result: 4 points each."),
    ],
)
def test_the_committee_sees_points_where_points_decide(session, as_role, keyring, clock, kind, rows, tie):
    pot_id = voting.pot(**TYPES[kind]).id
    for number, ballot in enumerate(BALLOTS[kind]):
        cast_by_page(a_voter(as_role, pot_id, number), pot_id, ballot)
    process = session.get_one(Process, pot_by_id(session, pot_id).process_id)
    clock.advance(days=400)
    close_box(session, SYSTEM, process.id, keyring)
    open_with_the_servers_key(session, SYSTEM, process.id, keyring)
    count_pot(session, SYSTEM, pot_id)

    page = as_role(Role.COMMITTEE, process).get(f"/staff/committee/{pot_id}").text
    table = page[page.index('id="outcome"') :]
    assert "Points" in table
    assert "On how many ballots" in table
    for project, points, ballots in rows:
        line = next(line for line in re.findall(r"(?s)<tr.*?</tr>", table) if f"Project number {project}" in line)
        cells = [" ".join(re.sub("<[^>]+>", " ", cell).split()) for cell in re.findall(r"(?s)<td.*?</td>", line)]
        assert cells[1].split()[-1] == points
        assert cells[2].split()[-1] == ballots
    assert tie in table
