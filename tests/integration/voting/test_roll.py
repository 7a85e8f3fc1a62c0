"""The list of voters: read row by row, imported completely or not at all, and never a way to a second vote."""

import io
from datetime import date, timedelta

import pytest

from app.extensions import db as database
from app.features.budgets.choices import Choices
from app.features.spaces.models import Process
from app.features.voting.commands import CastBallot, Identify
from app.features.voting.models import RollEntry, VoterIdentity, VotingParticipation
from app.features.voting.rules import voter_key
from app.features.voting.use_cases import areas_by_name, cast_ballot, hashed, identify, import_roll
from app.features.voting.voters.roll_file import RollRefused, RollRow, read_roll
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, NotFound, PhaseClosed, Refused
from app.kernel.permissions import SYSTEM, Actor, Channel, Role
from tests.factories import accounts, spaces, voting
from tests.factories.tools import add

SECRET = b"the key of this test"
TODAY = date(2026, 5, 11)
GOOD = "number,born,postcode,area\nAB-12345,1951-06-30,00100,Kluuvi\nCD 98765,1.2.1990,,\nEF55555,,,\n"


def coming(clock):
    """A process whose vote begins in three days."""
    process = spaces.process("Vote on your street", open_for=None)
    spaces.phase(process, "Vote", actions=["vote"], starts_at=clock.now + timedelta(days=3))
    return process


def entries(process):
    return {entry.voter_key: entry.birth_hash for entry in database.session.query(RollEntry).filter_by(process_id=process.id)}


SAME_LIST = {
    "utf-8": GOOD.encode(),
    "with a mark": b"\xef\xbb\xbf" + GOOD.encode(),
    "semicolons": GOOD.replace(",", ";").encode(),
    "tabs": GOOD.replace(",", "\t").encode(),
    "latin-1": GOOD.replace("Kluuvi", "Töölö").encode("latin-1"),
    "windows": GOOD.replace("\n", "\r\n").encode(),
    "long names": GOOD.replace("number,born", "Register number,Birth date").encode(),
}


@pytest.mark.parametrize("content", SAME_LIST.values(), ids=SAME_LIST)
def test_a_list_is_read_whatever_program_wrote_it(content):
    assert read_roll(content, TODAY) == [
        RollRow("AB12345", "1951-06-30"), RollRow("CD98765", "1990-02-01"), RollRow("EF55555"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "places"),
    [
        ("number,born\nAB12345,1951-06-30\nx,1951-06-30\nCD98765,30.2.1951\n", [(3, "number"), (4, "born")]),
        ("number,born\nAB12345,2027-01-01\n", [(2, "born")]),
        ("number\nAB12345\nab 123-45\n", [(3, "number")]),
        ("number,born\nAB12345\n", [(2, "row")]),
        ("born\n1951-06-30\n", [(1, "number")]),
        ("number,shoe size\nAB12345,42\n", [(1, "file")]),
        ("number,number\nAB12345,AB12345\n", [(1, "file")]),
        ("number\n", [(1, "file")]),
        ("", [(1, "number")]),
        ("PK\0\0", [(1, "file")]),
    ],
)
def test_every_mistake_is_named_by_its_line_and_column_without_repeating_it(content, places):
    with pytest.raises(RollRefused) as refused:
        read_roll(content.encode(), TODAY)

    assert [(one.line, one.column) for one in refused.value.problems] == places
    assert "AB12345" not in str(refused.value.problems)


def test_the_same_list_twice_changes_nothing_and_only_hashes_are_kept(session, clock):
    process = coming(clock)
    rows = read_roll(GOOD.encode(), TODAY)

    first = import_roll(session, SYSTEM, process.id, hashed(rows, process.id, SECRET))
    session.flush()
    before, told = entries(process), session.query(AuditEntry).count()
    second = import_roll(session, SYSTEM, process.id, hashed(rows, process.id, SECRET))
    session.flush()

    assert (first.added, second.added, second.corrected, second.unchanged) == (3, 0, 0, 3)
    assert entries(process) == before
    assert session.query(AuditEntry).count() == told
    assert "AB12345" not in str(before)


def test_a_corrected_date_of_birth_gives_no_second_vote(session, clock, keyring):
    process = coming(clock)
    pot = voting.pot(process)
    import_roll(session, SYSTEM, process.id, hashed([RollRow("AB12345", "1951-06-30")], process.id, SECRET))
    report = import_roll(session, SYSTEM, process.id, hashed([RollRow("AB12345", "1951-07-30")], process.id, SECRET))
    clock.advance(days=4)
    one, other = (Actor(person_id=accounts.person().id) for _ in range(2))

    assert report.corrected == 1
    with pytest.raises(Refused):
        identify(session, one, Identify(process.id, "AB12345", "1951-06-30"), SECRET)
    identify(session, one, Identify(process.id, "AB12345", "30.7.1951"), SECRET)
    cast_ballot(session, one, CastBallot(pot.id, Choices(("1",))), keyring)
    with pytest.raises(Conflict):
        identify(session, other, Identify(process.id, "AB12345", "1951-07-30"), SECRET)


def test_nobody_claims_a_number_before_people_vote(session, clock):
    process = coming(clock)
    voting.pot(process)

    with pytest.raises(PhaseClosed):
        identify(session, Actor(person_id=accounts.person().id), Identify(process.id, "AB12345"), SECRET)


@pytest.mark.parametrize("number", ["ZZ99999", "AB12345"], ids=["not listed", "listed"])
def test_who_claimed_a_number_before_there_was_a_list_has_to_prove_it(session, clock, keyring, number):
    process = coming(clock)
    pot = voting.pot(process)
    early, rightful = (Actor(person_id=accounts.person().id) for _ in range(2))
    session.add(
        VoterIdentity(process_id=process.id, person_id=early.person_id, voter_key=voter_key(SECRET, process.id, number))
    )
    session.flush()
    import_roll(session, SYSTEM, process.id, hashed([RollRow("AB12345", "1951-06-30")], process.id, SECRET))
    clock.advance(days=4)

    with pytest.raises(Refused):
        cast_ballot(session, early, CastBallot(pot.id, Choices(("1",))), keyring)
    with pytest.raises(Refused):
        identify(session, early, Identify(process.id, number), SECRET)
    identify(session, rightful, Identify(process.id, "AB12345", "1951-06-30"), SECRET)
    assert cast_ballot(session, rightful, CastBallot(pot.id, Choices(("1",))), keyring)


def test_the_list_stays_as_it_is_also_when_the_phase_is_moved_after_a_ballot(session, clock):
    process = coming(clock)
    pot = voting.pot(process)
    voting.ballots(pot, ["1"])

    with pytest.raises(Conflict):
        import_roll(session, SYSTEM, process.id, hashed([RollRow("AB12345")], process.id, SECRET))


def test_voters_without_a_date_of_birth_are_counted(session, clock):
    process = coming(clock)
    rows = [RollRow("AB12345", "1951-06-30"), RollRow("AB12346"), RollRow("AB12347")]

    assert import_roll(session, SYSTEM, process.id, hashed(rows, process.id, SECRET)).without_born == 2


def test_the_list_stays_as_it_is_once_people_vote(session, clock):
    process = coming(clock)
    clock.advance(days=4)

    with pytest.raises(Conflict):
        import_roll(session, SYSTEM, process.id, hashed([RollRow("AB12345")], process.id, SECRET))
    assert entries(process) == {}


def test_a_committee_imports_for_its_own_process_only(session, clock):
    process = coming(clock)
    stranger = Actor(person_id=accounts.person().id, roles=frozenset({(Role.COMMITTEE, spaces.process().id)}))

    with pytest.raises(NotFound):
        import_roll(session, stranger, process.id, hashed([RollRow("AB12345")], process.id, SECRET))


@pytest.mark.parametrize("role", [Role.COMMITTEE, Role.ADMINISTRATOR])
def test_staff_import_a_list_on_a_page_and_see_how_long_it_is(as_role, db, clock, role):
    process = coming(clock)
    db.session.commit()
    client = as_role(role) if role is Role.ADMINISTRATOR else as_role(role, process)
    address = f"/staff/voters/{process.id}"
    assert "This process has no list of voters" in client.get(address).text

    bad = client.post(address, data={"file": (io.BytesIO(b"number\nAB12345\nx\n"), "voters.csv")})
    assert bad.status_code == 422
    assert "Expected 5 to 32 letters and digits" in bad.text
    assert database.session.query(RollEntry).count() == 0

    good = client.post(address, data={"file": (io.BytesIO(GOOD.encode()), "voters.csv")}, follow_redirects=True)
    assert "3 voters are new on the list." in good.text
    assert "This process has no list of voters" not in good.text
    assert database.session.query(RollEntry).count() == 3


def test_the_committee_is_warned_where_anybody_can_vote(as_role, db):
    pot = voting.pot()
    db.session.commit()
    process = db.session.get(spaces.Process, pot.process_id)

    page = as_role(Role.COMMITTEE, process).get(f"/staff/committee/{pot.id}").text

    assert "This process has no list of voters: anybody with an account can vote" in page


def test_the_command_imports_all_or_names_every_line(app, db, clock, tmp_path):
    process = coming(clock)
    db.session.commit()
    slug, run, file = process.slug, app.test_cli_runner(), tmp_path / "voters.csv"
    file.write_text("number\nAB12345\nx\n")
    refused = run.invoke(args=["voting", "import-roll", slug, str(file)])
    assert refused.exit_code == 1
    assert "line 3, number" in refused.output
    assert db.session.query(RollEntry).count() == 0

    file.write_text(GOOD)
    done = run.invoke(args=["voting", "import-roll", slug, str(file)])
    assert "3 added, 0 corrected, 0 unchanged; 3 voters on the list." in done.output
    assert run.invoke(args=["voting", "import-roll", "nothing-here", str(file)]).exit_code == 1


def city_of_two(clock):
    """A process of a city with a north and two quarters of the same name."""
    city = spaces.area("City", code="city")
    north = spaces.area({"en": "North", "de": "Nordstadt"}, code="N", parent=city)
    for code in ("Q1", "Q2"):
        spaces.area("Old Town", code=code, parent=city)
    process = spaces.process("Vote on your street", open_for=None, area=city)
    spaces.phase(process, "Vote", actions=["vote"], starts_at=clock.now + timedelta(days=3))
    return process, north


def test_areas_are_known_by_code_and_by_name_and_others_are_named_by_line(session, clock):
    process, north = city_of_two(clock)
    areas = areas_by_name(session, process.id)
    rows = read_roll(b"number,area\nAB12345,n\nCD98765, nordSTADT\nEF55555,\nGH11111,Q2\n", TODAY, areas)
    with pytest.raises(RollRefused) as refused:
        read_roll(b"number,area\nAB12345,Atlantis\nCD98765,Old Town\n", TODAY, areas)

    assert [row.area for row in rows][:3] == [north.id, north.id, None]
    assert [(one.line, one.column) for one in refused.value.problems] == [(2, "area"), (3, "area")]


def test_age_and_sex_are_read_for_turnout_and_mistakes_named(session, clock):
    rows = read_roll("number,age,sex\nAB12345,18–24,F\nCD98765,65+,male\nEF55555,,d\n".encode(), TODAY)
    with pytest.raises(RollRefused) as refused:
        read_roll(b"number,age bracket,sex\nAB12345,old,f\nCD98765,65+,yes\n", TODAY)

    assert [(row.age, row.sex) for row in rows] == [("18-24", "f"), ("65+", "m"), ("", "x")]
    assert [(one.line, one.column) for one in refused.value.problems] == [(2, "age"), (3, "sex")]


def test_a_second_file_adds_areas_and_leaves_what_it_does_not_say(session, clock):
    process, north = city_of_two(clock)
    import_roll(session, SYSTEM, process.id, hashed(read_roll(GOOD.encode(), TODAY), process.id, SECRET))
    more = [RollRow("AB12345", area=north.id, age="65+", sex="f"), RollRow("CD98765")]
    report = import_roll(session, SYSTEM, process.id, hashed(more, process.id, SECRET))
    again = import_roll(session, SYSTEM, process.id, hashed(more, process.id, SECRET))
    session.expire_all()
    entry = session.query(RollEntry).filter_by(voter_key=voter_key(SECRET, process.id, "AB12345")).one()

    assert (report.corrected, report.unchanged, again.corrected) == (1, 1, 0)
    assert (entry.area_id, entry.age_bracket, entry.sex) == (north.id, "65+", "f")
    assert entry.birth_hash


def test_turnout_by_area_counts_people_once_the_vote_is_over(as_role, session, clock):
    process, north = city_of_two(clock)
    pots = [voting.pot(process), voting.pot(process)]
    for one in range(30):
        voting.listed(process, f"AB{one:05}", area=north if one < 20 else None, age_bracket="18-24")
    for one in range(10):
        key = voter_key(voting.SECRET, process.id, f"AB{one:05}")
        for pot in pots:  # two ballots, one person
            add(
                VotingParticipation(
                    process_id=process.id, pot_id=pot.id, slot=str(pot.id), voter_key=key, channel=Channel.WEB, day=TODAY
                )
            )
    address, process_id = f"/staff/how-people-vote/{process.id}/turnout", process.id
    assert "when the vote is over" in as_role(Role.COMMITTEE, process).get(address).text
    clock.advance(days=400)

    page = as_role(Role.COMMITTEE, database.session.get_one(Process, process_id)).get(address).text
    assert "North" in page
    assert "50" not in page.split("By area")[1].split("By age")[0]  # the others are ten of whom nobody voted: too few
    assert "33" in page.split("By age")[1].split("By sex")[0]


def test_codes_are_made_counted_and_deleted_on_the_command_line(app, db, clock, tmp_path):
    process = coming(clock)
    slug = process.slug
    database.session.commit()
    roll = tmp_path / "voters.csv"
    roll.write_text(GOOD)
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("number\nZZ99999\n")
    run = app.test_cli_runner().invoke
    assert run(args=["voting", "import-roll", slug, str(roll)]).exit_code == 0

    made = run(args=["voting", "codes", "issue", slug, str(roll)])
    refused = run(args=["voting", "codes", "issue", slug, str(wrong)])
    back = run(args=["voting", "codes", "undelivered", slug, str(roll)])
    counted = run(args=["voting", "codes", "count", slug])
    deleted = run(args=["voting", "codes", "delete-print", slug])

    assert (made.exit_code, "3 codes made" in made.output) == (0, True)
    assert refused.exit_code == 1
    assert "voter 1: not on the list" in refused.output
    assert "3 codes are void now" in back.output
    assert "undelivered: 3" in counted.output
    assert "print file with 3 codes" in counted.output
    assert "1 print files deleted" in deleted.output
    assert "print file" not in run(args=["voting", "codes", "count", slug]).output
