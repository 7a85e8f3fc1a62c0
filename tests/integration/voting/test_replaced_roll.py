"""A list is put in the place of another before the vote begins: seen first, then done; codes of who falls out are void."""

import io
import re
from datetime import timedelta

import pytest

from app.extensions import db as database
from app.features.spaces.models import Process
from app.features.voting.commands import EnterCode, IssueCodes
from app.features.voting.letters.spool import Spool
from app.features.voting.models import CodeState, RollEntry, VoterIdentity, VotingCode
from app.features.voting.rules import birth_hash, voter_key
from app.features.voting.use_cases import (
    enter_code,
    hashed,
    import_roll,
    issue_codes,
    preview_replacement,
    replace_roll,
)
from app.features.voting.voters.roll_file import RollRow
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.permissions import ANONYMOUS, SYSTEM, Actor, Role
from tests.factories import accounts, spaces, voting
from tests.factories.tools import add

SECRET = voting.SECRET
OLD = [RollRow("AB12345", "1951-06-30"), RollRow("CD98765", "1990-02-01"), RollRow("EF55555", "1990-02-01", sex="f")]
NEW = [RollRow("AB12345", "1951-06-30"), RollRow("EF55555", "1990-02-01"), RollRow("GH11111"), RollRow("GH22222")]


@pytest.fixture
def process(session, clock):
    """A process with a list; people vote in three days."""
    found = spaces.process("Vote on your street", open_for=None)
    spaces.phase(found, "Vote", actions=["vote"], starts_at=clock.now + timedelta(days=3))
    import_roll(session, SYSTEM, found.id, hashed(OLD, found.id, SECRET))
    return found


def key(process, number):
    return voter_key(SECRET, process.id, number)


def entries(process):
    return {one.voter_key: one for one in database.session.query(RollEntry).filter_by(process_id=process.id)}


def test_the_preview_counts_and_changes_nothing(session, process):
    before, told = sorted(entries(process)), session.query(AuditEntry).count()

    seen = preview_replacement(session, SYSTEM, process.id, hashed(NEW, process.id, SECRET))

    assert (seen.new, seen.gone, seen.changed, seen.unchanged) == (2, 1, 1, 1)
    assert sorted(entries(process)) == before
    assert session.query(AuditEntry).count() == told


def test_the_list_is_then_what_the_file_says_and_codes_of_who_falls_out_are_void(session, process, tmp_path, clock):
    letters = Spool(tmp_path)
    printed = issue_codes(session, SYSTEM, IssueCodes(process.id, ("AB12345", "CD98765")), SECRET, letters)
    codes = {letter.number: letter.code for letter in letters.letters(printed.id)}
    add(VoterIdentity(process_id=process.id, person_id=accounts.person().id, voter_key=key(process, "CD98765")))
    rows = hashed(NEW, process.id, SECRET)
    seen = preview_replacement(session, SYSTEM, process.id, rows)

    done = replace_roll(session, SYSTEM, process.id, rows, seen.mark)

    session.expire_all()
    assert done == seen
    assert seen.codes == 1
    found = entries(process)
    assert set(found) == {key(process, row.number) for row in NEW}
    assert found[key(process, "EF55555")].sex == ""  # what the file leaves open is left open
    assert found[key(process, "AB12345")].birth_hash == birth_hash(SECRET, process.id, "AB12345", "1951-06-30")
    states = {one.voter_key: one.state for one in session.query(VotingCode)}
    assert states == {key(process, "AB12345"): CodeState.ISSUED, key(process, "CD98765"): CodeState.VOIDED}
    assert session.query(VoterIdentity).count() == 0
    (entry,) = session.query(AuditEntry).filter_by(action="roll.replaced")
    told = entry.details
    assert (told["added"], told["gone"], told["corrected"], told["codes_voided"]) == (2, 1, 1, 1)
    assert told["before"] != told["after"]
    clock.advance(days=4)
    assert enter_code(session, ANONYMOUS, EnterCode(codes["AB12345"]), lambda _: SECRET)
    with pytest.raises(Refused, match="This code is void"):
        enter_code(session, ANONYMOUS, EnterCode(codes["CD98765"]), lambda _: SECRET)


def test_neither_another_file_nor_a_list_that_changed_meanwhile_is_taken(session, process):
    rows = hashed(NEW, process.id, SECRET)
    mark = preview_replacement(session, SYSTEM, process.id, rows).mark

    for other in (rows[:-1], hashed([*NEW[:-1], RollRow("GH22222", "1990-02-01")], process.id, SECRET)):
        with pytest.raises(Conflict, match="not the file of the preview"):
            replace_roll(session, SYSTEM, process.id, other, mark)
    import_roll(session, SYSTEM, process.id, hashed([RollRow("KL33333")], process.id, SECRET))
    with pytest.raises(Conflict, match="not the file of the preview"):
        replace_roll(session, SYSTEM, process.id, rows, mark)
    assert len(entries(process)) == 4


def test_once_the_vote_has_begun_nothing_is_replaced(session, process, clock):
    rows = hashed(NEW, process.id, SECRET)
    mark = preview_replacement(session, SYSTEM, process.id, rows).mark
    clock.advance(days=4)

    with pytest.raises(Conflict, match="The vote has begun"):
        replace_roll(session, SYSTEM, process.id, rows, mark)
    with pytest.raises(Conflict, match="The vote has begun"):
        preview_replacement(session, SYSTEM, process.id, rows)
    assert set(entries(process)) == {key(process, row.number) for row in OLD}


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.CLERK])
def test_only_who_imports_the_list_may_replace_it(session, process, role):
    actor = Actor(person_id=accounts.person().id, roles=frozenset({(role, process.id)}))

    with pytest.raises(NotFound):
        preview_replacement(session, actor, process.id, hashed(NEW, process.id, SECRET))


def test_staff_see_who_falls_out_before_they_replace_the_list(as_role, db, clock):
    found = spaces.process("Vote on your street", open_for=None)
    spaces.phase(found, "Vote", actions=["vote"], starts_at=clock.now + timedelta(days=3))
    process_id = found.id
    db.session.commit()
    client = as_role(Role.COMMITTEE, db.session.get(Process, process_id))
    address = f"/staff/voters/{process_id}"

    def send(to, text, **data):
        return client.post(to, data={"file": (io.BytesIO(text.encode()), "voters.csv"), **data}, follow_redirects=True)

    assert "Replace the list" not in client.get(address).text
    send(address, "number\nAB12345\nCD98765\n")
    assert f'href="{address}/replace"' in client.get(address).text
    assert "Expected 5 to 32" in send(f"{address}/replace", "number\nx\n").text

    preview = send(f"{address}/replace", "number\nAB12345\nEF55555\nGH11111\n").text
    for words in (
        "2 voters are new.",
        "1 voter falls out and cannot vote.",
        "0 entries are changed.",
        "1 entry stays as it is.",
    ):
        assert words in preview
    assert db.session.query(RollEntry).count() == 2
    mark = re.search(r'name="mark" value="(\w+)"', preview)[1]

    wrong = send(f"{address}/replace", "number\nAB12345\n", mark=mark)
    assert (wrong.status_code, "not the file of the preview" in wrong.text) == (409, True)
    done = send(f"{address}/replace", "number\nAB12345\nEF55555\nGH11111\n", mark=mark)
    assert "The list was replaced." in done.text
    assert db.session.query(RollEntry).count() == 3
    assert "nothing to replace" in send(f"{address}/replace", "number\nAB12345\nEF55555\nGH11111\n").text
    clock.advance(days=4)
    late = as_role(Role.COMMITTEE, db.session.get(Process, process_id)).get(f"{address}/replace").text
    assert "The vote has begun" in late
    assert "<form" not in late.split("<main")[1].split("</main>")[0]
