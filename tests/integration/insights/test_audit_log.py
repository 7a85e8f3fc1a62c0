"""The audit log: who may read what of it, how it is narrowed down, and that every action has words."""

import csv
import io
import re

from app.features.insights.words import DEEDS, SUBJECTS
from app.features.moderation.models import Subject, Verb
from app.features.spaces.models import ProcessState
from app.kernel import audit
from app.kernel.permissions import SYSTEM, Actor, Role
from tests.factories import accounts, spaces
from tests.support.furniture import HOUSE

LITERAL = re.compile(rf'"((?:{"|".join(SUBJECTS)})\.[a-z_]+)"')
NO_ENTRIES = {
    "answers.announce",
    "answers.carry_on",
    "answers.stop",
    "box.wiping",
    "paper.stations_forgotten",
    "voting.destroy_keys",
}  # kinds of the outbox


def entry(session, process, action="process.changed", actor=SYSTEM, **details):
    audit.record(session, actor, action, process, process_id=process.id, **details)
    session.flush()


def test_an_auditor_reads_the_log_of_their_processes_and_no_other(as_role, session):
    mine, other = spaces.process({"en": "Mine"}), spaces.process({"en": "Another"})
    entry(session, mine, before="old", after="new")
    entry(session, other, reason="secret of another process")

    page = as_role(Role.AUDITOR, mine).get("/staff/audit").text

    assert "Before:</span> <bdi>old</bdi>" in page
    assert "After:</span> <bdi>new</bdi>" in page
    assert "secret of another process" not in page


def test_an_administrator_reads_all_of_it_also_what_belongs_to_no_process(as_role, session):
    process = spaces.process()
    audit.record(session, SYSTEM, "role.given", accounts.person(), reason="command line")
    entry(session, process)

    page = as_role(Role.ADMINISTRATOR).get("/staff/audit").text

    assert "command line" in page
    assert "was given" in page


def test_nobody_else_reads_it(as_role, client):
    process = spaces.process()
    for role in (Role.MODERATOR, Role.CLERK, Role.OFFICER, Role.COMMITTEE, Role.STEWARD, "resident"):
        assert as_role(role, process).get("/staff/audit").status_code in (403, 404), role
        assert as_role(role, process).get("/staff/audit/log.csv").status_code in (403, 404), role
    assert client.get("/staff/audit").status_code in (302, 401, 403)


def test_staff_are_named_and_residents_are_not(as_role, session):
    process = spaces.process()
    moderator = accounts.staff(Role.MODERATOR, process, display_name="Mona Moderator")
    resident = accounts.person(display_name="Rosa Resident")
    entry(session, process, "proposal.hide", Actor(person_id=moderator.id))
    entry(session, process, "proposal.sent", Actor(person_id=resident.id))

    page = as_role(Role.AUDITOR, process).get("/staff/audit").text

    assert "Mona Moderator" in page
    assert "Rosa Resident" not in page
    assert "A resident" in page


def test_it_is_narrowed_down_by_what_the_address_says(as_role, session, clock):
    process = spaces.process()
    entry(session, process, "pot.counted", note="apples")
    clock.advance(days=2)
    entry(session, process, "phase.moved", note="pears")
    client = as_role(Role.AUDITOR, process)

    assert "apples" in client.get("/staff/audit?about=pot").text
    assert "pears" not in client.get("/staff/audit?about=pot").text
    assert "apples" not in client.get(f"/staff/audit?day={clock.now.date()}").text
    assert "pears" in client.get(f"/staff/audit?day={clock.now.date()}").text
    assert "Nothing like this" in client.get("/staff/audit?about=area").text


def test_the_file_holds_what_the_page_shows_and_runs_in_no_spreadsheet(as_role, session):
    process, other = spaces.process(), spaces.process()
    entry(session, process, reason="=HYPERLINK(evil)", before=1)
    entry(session, other, reason="not mine")

    text = as_role(Role.AUDITOR, process).get("/staff/audit/log.csv").text

    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["action"], row["by"], row["process"], row["details"]) == (
        "process.changed",
        "system",
        process.slug,
        "before: 1",
    )
    assert row["reason"] == "'=HYPERLINK(evil)"


def test_every_action_that_is_recorded_has_words():
    files = [path for path in (HOUSE / "app" / "features").rglob("*.py") if "use_cases" in str(path)]
    recorded = {action for path in files for action in LITERAL.findall(path.read_text(encoding="utf-8"))} - NO_ENTRIES
    recorded |= {f"process.{state}" for state in ProcessState} | {f"{subject}.{verb}" for subject in Subject for verb in Verb}
    assert len(recorded) > 40
    without = {one for one in recorded if one.partition(".")[0] not in SUBJECTS or one.partition(".")[2] not in DEEDS}
    assert not without


def test_details_are_read_in_words_and_codes_by_their_beginning(as_role, session):
    process = spaces.process()
    entry(
        session,
        process,
        before="draft",
        after={"name": {"en": "Railway Square", "fi": "Rautatientori"}, "code": None},
        cost=2_700_000,
        digest="457674c23354034adb5a2bd70db1457b3e7be101385da92d4fc5e75978be2f9b",
    )

    page = as_role(Role.AUDITOR, process).get("/staff/audit").text

    for words in ("<bdi>Draft</bdi>", "<bdi>Name: Railway Square</bdi>", "<bdi>€27,000</bdi>", "457674c2…</code></bdi>"):
        assert words in page
    assert "Rautatientori" not in page
