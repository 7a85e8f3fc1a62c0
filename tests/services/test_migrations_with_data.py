"""Migrations that change rows, on a SQLite file with the rows they are about; what they remove is said to whoever migrates."""

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from enum import StrEnum
from pathlib import Path

import pytest
import rfc8785

from app.features.committee.models import DecisionKind
from app.features.voting.models import BoxState
from tests.support.commands import flask

NOW = "2026-05-11 09:00:00.000000"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the database is."""
    return tmp_path / "plaza.sqlite3"


def migrate(file: Path, *words: str) -> str:
    """`flask db …` on that file; returns what it says."""
    ended, said = flask(
        "db",
        *words,
        environment={
            "PATH": "/usr/bin:/bin",
            "PLAZA_ENV": "testing",
            "PLAZA_VAR": str(file.parent),
            "PLAZA_DATABASE_URL": f"sqlite:///{file}",
            "PLAZA_BROKER_URL": "memory://",
        },
    )
    assert ended == 0, said
    return said


@contextmanager
def rows(file: Path) -> Iterator[sqlite3.Connection]:
    """The bare tables: what rows refer to in other tables need not be there."""
    with closing(sqlite3.connect(file)) as connection, connection:
        yield connection


def insert(connection: sqlite3.Connection, table: str, **values: str) -> None:
    """One row of a table."""
    marks = ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))


def agreement(connection: sqlite3.Connection, code: str, process: str, state: str, at: str) -> None:
    """An agreement with the contact details of one person."""
    sql = "INSERT INTO data_agreement (id, code, process_id, state, months, created_at) VALUES (?, ?, ?, ?, 12, ?)"
    connection.execute(sql, (code * 32, code, process * 32, state, at))
    sql = "INSERT INTO contact_detail (agreement_id, person_id, name, address, created_at) VALUES (?, ?, 'Ada', ?, ?)"
    connection.execute(sql, (code * 32, "1" * 32, "ada@example.org", NOW))


def decision(connection: sqlite3.Connection, number: str, verb: str) -> None:
    """A moderator's decision on a proposal."""
    columns = "id, subject_type, subject_id, process_id, verb, text, state_before, created_at"
    sql = f"INSERT INTO decision ({columns}) VALUES (?, 'proposal', ?, ?, ?, '', 'published', ?)"
    connection.execute(sql, (number * 32, "5" * 32, "7" * 32, verb, NOW))


@pytest.mark.timeout(120)
def test_of_two_agreements_in_force_the_newer_stays_and_what_is_removed_is_said(file: Path) -> None:
    migrate(file, "upgrade", "0001")
    with rows(file) as connection:
        agreement(connection, "a", "7", "in_force", "2026-01-01 00:00:00.000000")
        agreement(connection, "b", "7", "in_force", "2026-02-01 00:00:00.000000")
        agreement(connection, "c", "7", "draft", "2026-03-01 00:00:00.000000")
        agreement(connection, "d", "8", "in_force", "2026-01-01 00:00:00.000000")
        agreement(connection, "e", "9", "in_force", NOW)
        agreement(connection, "f", "9", "in_force", NOW)

    said = migrate(file, "upgrade", "0002")

    with rows(file) as connection:
        states = dict(connection.execute("SELECT code, state FROM data_agreement"))
        kept = {row[0][0] for row in connection.execute("SELECT agreement_id FROM contact_detail")}
    assert states == {"a": "ended", "b": "in_force", "c": "draft", "d": "in_force", "e": "ended", "f": "in_force"}
    assert kept == {"b", "c", "d", "f"}
    assert "have ended: a, e." in said
    assert "Contact details removed with them: 2." in said


@pytest.mark.timeout(120)
def test_decisions_that_were_an_undo_go_with_the_older_words_and_the_others_stay(file: Path) -> None:
    migrate(file, "upgrade", "0003")
    with rows(file) as connection:
        for number, verb in enumerate(("hide", "undo", "restore", "undo")):
            decision(connection, str(number), verb)

    said = migrate(file, "downgrade", "0002")

    with rows(file) as connection:
        assert [row[0] for row in connection.execute("SELECT verb FROM decision ORDER BY id")] == ["hide", "restore"]
        columns = [row[1] for row in connection.execute("PRAGMA table_info(decision)")]
    assert "together_id" not in columns
    assert "Decisions removed because they were an undo: 2." in said
    assert "removed" not in migrate(file, "upgrade", "head")
    with rows(file) as connection, pytest.raises(sqlite3.IntegrityError):
        decision(connection, "9", "invented")


@pytest.mark.timeout(120)
def test_an_undo_can_be_stored_where_an_earlier_migration_kept_the_older_words(file: Path) -> None:
    migrate(file, "upgrade", "0004")
    older = "CONSTRAINT ck_decision_verb CHECK (verb IN ('approve', 'hide')), CONSTRAINT fk_decision_moderator"
    with rows(file) as connection:
        decision(connection, "1", "hide")
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'CONSTRAINT fk_decision_moderator', ?) WHERE name = 'decision'",
            (older,),
        )
    with rows(file) as connection, pytest.raises(sqlite3.IntegrityError):
        decision(connection, "2", "undo")

    migrate(file, "upgrade", "0005")

    with rows(file) as connection:
        decision(connection, "2", "undo")
        assert [row[0] for row in connection.execute("SELECT verb FROM decision ORDER BY id")] == ["hide", "undo"]


def test_a_granted_ballot_is_known_by_its_slot_and_no_entry_gets_a_second_one_in_a_pot(file: Path) -> None:
    migrate(file, "upgrade", "0012")
    with rows(file) as connection:
        for number, slot in (("1", "own"), ("2", "own+1")):
            connection.execute(
                "INSERT INTO voting_participation (id, process_id, pot_id, voter_key, slot, channel, station, day) "
                "VALUES (?, ?, ?, ?, ?, 'web', '', '2026-05-11')",
                (number * 32, "a" * 32, "b" * 32, "c" * 64, slot),
            )
    migrate(file, "upgrade", "0013")
    with rows(file) as connection:
        found = connection.execute("SELECT slot, granted FROM voting_participation ORDER BY slot").fetchall()
        assert found == [("own", 0), ("own+1", 1)]
        assert (
            "WITHOUT ROWID"
            in connection.execute("SELECT sql FROM sqlite_master WHERE name = 'voting_participation'").fetchone()[0]
        )
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute("UPDATE voting_participation SET granted = 0")
    migrate(file, "downgrade", "0012")


@pytest.mark.timeout(240)
def test_a_ballot_that_waited_for_its_grant_is_an_answer_that_waits_for_its_second_signature(file: Path) -> None:
    migrate(file, "upgrade", "0016")
    with rows(file) as connection:
        for number, state, asked, granted in (
            ("1", "upheld", "own+1", ""),
            ("2", "upheld", "own+1", "own+1"),
            ("3", "dismissed", "", ""),
            ("4", "open", "", ""),
        ):
            connection.execute(
                "INSERT INTO voting_contest (id, process_id, pot_id, voter_key, reference, said, state, outcome, reason,"
                " asked_slot, granted_slot, decided_by, created_at)"
                " VALUES (?, ?, ?, ?, ?, 's', ?, 'o', 'r', ?, ?, ?, '2026-05-11')",
                (number * 32, "a" * 32, "b" * 32, number * 64, f"K-{number}", state, asked, granted, "d" * 32),
            )
        connection.execute(
            "INSERT INTO publication_choice (id, pot_id, published, reason, ballots, unique_ballots, created_at)"
            " VALUES (?, ?, 'rows', 'r', 40, 2, '2026-05-11')",
            ("e" * 32, "b" * 32),
        )
    migrate(file, "upgrade", "0017")
    with rows(file) as connection:
        found = connection.execute(
            "SELECT state, proposed, first_hand, granted_slot FROM voting_contest ORDER BY id"
        ).fetchall()
        assert found == [
            ("open", "upheld", "d" * 32, ""),
            ("upheld", "", None, "own+1"),
            ("dismissed", "", None, ""),
            ("open", "", None, ""),
        ]
        assert connection.execute("SELECT confirmed, first_hand FROM publication_choice").fetchall() == [(1, None)]
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute("UPDATE voting_contest SET state = 'upheld' WHERE first_hand IS NOT NULL")
    migrate(file, "downgrade", "0016")
    with rows(file) as connection:
        states = [row[0] for row in connection.execute("SELECT state FROM voting_contest ORDER BY id")]
        assert states == ["upheld", "upheld", "dismissed", "open"]


def test_a_disputed_box_is_an_opened_one_again_with_the_older_words_and_keeps_what_was_brought(file: Path) -> None:
    migrate(file, "upgrade", "0019")
    with rows(file) as connection:
        insert(connection, "ballot_box", id="1" * 32, process_id="a" * 32, custody="committee", state="disputed", key="{}",
               board_key="", rehearsed_on="", statements="[1, 2]", salts="{}", closing="{}", brought="[]", discarded="[]",
               created_at=NOW)  # fmt: skip
        insert(connection, "committee_decision", id="2" * 32, process_id="a" * 32, kind="opening_anew", state="proposed",
               subject="opening_anew:", reason="{}", details="{}", proposed_name="A", decided_name="", answer="", outcome="{}",
               created_at=NOW)  # fmt: skip

    said = migrate(file, "downgrade", "0017")

    assert "not called disputed any more, with all that was brought: 1." in said
    assert "Decisions to open a box anew that were removed: 1." in said
    with rows(file) as connection:
        assert connection.execute("SELECT state, statements FROM ballot_box").fetchall() == [("opened", "[1, 2]")]
        assert connection.execute("SELECT count(*) FROM committee_decision").fetchone() == (0,)
    migrate(file, "upgrade", "0019")
    with rows(file) as connection:
        assert connection.execute("SELECT brought, discarded FROM ballot_box").fetchall() == [("[]", "[]")]
        connection.execute("UPDATE ballot_box SET state = 'disputed'")
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute("UPDATE ballot_box SET state = 'invented'")


def test_a_withdrawn_project_can_be_chosen_again_with_the_older_version_and_whoever_goes_back_is_told(file: Path) -> None:
    migrate(file, "upgrade", "0021")
    withdrawn = {"digest": "abc", "withdrawn": {"2": {"at": NOW, "reason": {"en": "Sold."}}}}
    with rows(file) as connection:
        for pot, options in (("1", withdrawn), ("2", {"digest": "def"})):
            insert(connection, "pot", id=pot * 32, process_id="a" * 32, title="{}", description="{}", amount=1, currency="EUR",
                   vote_type="approval", rule="greedy", limit_by_cost=1, min_projects=1, options=json.dumps(options),
                   state="ready", position=0, created_at=NOW)  # fmt: skip
        insert(connection, "committee_decision", id="2" * 32, process_id="a" * 32, pot_id="1" * 32, kind="withdrawal",
               state="proposed", subject="withdrawal:", reason="{}", details="{}", proposed_name="A", decided_name="",
               answer="", outcome="{}", created_at=NOW)  # fmt: skip

    said = migrate(file, "downgrade", "0020")

    assert "Decisions to withdraw a project that were removed: 1." in said
    with rows(file) as connection:
        kept = [json.loads(row[0]) for row in connection.execute("SELECT options FROM pot ORDER BY id")]
        assert kept == [{"digest": "abc"}, {"digest": "def"}]
        assert connection.execute("SELECT count(*) FROM committee_decision").fetchone() == (0,)
        with pytest.raises(sqlite3.IntegrityError):
            insert(connection, "committee_decision", id="2" * 32, process_id="a" * 32, kind="withdrawal", state="proposed",
                   subject="", reason="{}", details="{}", proposed_name="A", decided_name="", answer="", outcome="{}",
                   created_at=NOW)  # fmt: skip
    migrate(file, "upgrade", "0021")


@pytest.mark.timeout(120)
def test_who_wrote_an_objection_down_is_taken_from_the_audit_log(file: Path) -> None:
    migrate(file, "upgrade", "0021")
    with rows(file) as connection:
        insert(connection, "person", id="d" * 32, display_name="Carl Clerk", locale="en", department="", is_administrator=0,
               created_at=NOW)  # fmt: skip
        for number, actor in (("1", "d"), ("2", "e"), ("3", "")):
            insert(connection, "objection", id=number * 32, process_id="a" * 32, number=number, wording="W", name="",
                   contact="", recorded_name="Carl Clerk" if actor else "", outcome="open", created_at=NOW)  # fmt: skip
            action = "objection.recorded" if actor else "objection.filed"
            insert(connection, "audit_entry", id=number * 32, at=NOW, actor_id=(actor or "d") * 32, actor_kind="person",
                   action=action, subject_type="objection", subject_id=number * 32, details="{}", reason="")  # fmt: skip
    migrate(file, "upgrade", "0022")
    with rows(file) as connection:
        kept = connection.execute("SELECT recorded_by FROM objection ORDER BY number").fetchall()
        assert kept == [("d" * 32,), (None,), (None,)]
    migrate(file, "downgrade", "0021")


@pytest.mark.parametrize(
    ("table", "column", "words"), [("committee_decision", "kind", DecisionKind), ("ballot_box", "state", BoxState)]
)
def test_every_word_of_today_can_be_stored_after_all_migrations(
    file: Path, table: str, column: str, words: type[StrEnum]
) -> None:
    migrate(file, "upgrade", "head")
    with rows(file) as connection:
        sql = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    allowed = next(line for line in sql.splitlines() if f"{column} IN" in line)
    assert set(re.findall(r"'(\w+)'", allowed)) == {str(word) for word in words}


@pytest.mark.timeout(240)
def test_where_a_committee_has_brought_its_key_it_was_chosen_and_elsewhere_the_server(file: Path) -> None:
    migrate(file, "upgrade", "0017")
    with rows(file) as connection:
        for process, custody in (("a", "committee"), ("b", "committee"), ("c", "server")):
            connection.execute(
                "INSERT INTO ballot_box (id, process_id, custody, state, key, board_key, rehearsed_on, statements, salts,"
                " closing, created_at) VALUES (?, ?, ?, 'open', '{}', '', '', '[]', '{}', '{}', ?)",
                (process * 32, process * 32, custody, NOW),
            )
        for process in ("b", "c", "d"):
            connection.execute(
                "INSERT INTO voting_setup (id, process_id, slots, by_code, by_card, by_account, created_at)"
                " VALUES (?, ?, 'own', 1, 0, 1, ?)",
                (process * 32, process * 32, NOW),
            )
    migrate(file, "upgrade", "0020")
    with rows(file) as connection:
        found = connection.execute("SELECT process_id, slots, custody FROM voting_setup ORDER BY process_id").fetchall()
        assert found == [
            ("a" * 32, "all", "committee"),
            ("b" * 32, "own", "committee"),
            ("c" * 32, "own", "server"),
            ("d" * 32, "own", "server"),
        ]
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute("UPDATE voting_setup SET custody = 'somebody'")
    migrate(file, "downgrade", "0017")
    with rows(file) as connection:
        assert connection.execute("SELECT count(*) FROM voting_setup").fetchone() == (4,)


def old_digest(months: int, texts: dict[str, dict[str, str]], previous: str) -> str:
    """As revisions were hashed before 0023."""
    content = {"months": months, "previous": previous, **texts}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def two_revisions(connection: sqlite3.Connection) -> tuple[str, str]:
    """An agreement in force whose months changed with its second revision; one person said yes, no, and yes again."""
    connection.execute(
        "INSERT INTO data_agreement (id, code, process_id, state, months, created_at) VALUES (?, ?, ?, 'in_force', 12, ?)",
        ("a" * 32, "contact-parks", "7" * 32, NOW),
    )
    digests = [""]
    for number, months in ((1, 6), (2, 12)):
        texts = {name: {"en": f"{name} {number} ä"} for name in ("purpose", "recipient", "notice")}
        digests.append(old_digest(months, texts, digests[-1]))
        insert(
            connection,
            "agreement_revision",
            id=str(number) * 32,
            agreement_id="a" * 32,
            number=str(number),
            material="1",
            digest=digests[-1],
            previous_digest=digests[-2],
            created_at=f"2026-0{number}-01 00:00:00.000000",
            **{name: json.dumps(text) for name, text in texts.items()},
        )
    for number, answer in enumerate(("given", "refused", "given"), 1):
        insert(
            connection,
            "consent_event",
            id=str(9 - number) * 32,
            agreement_id="a" * 32,
            revision_id="2" * 32,
            person_id="5" * 32,
            answer=answer,
            shown_text="notice",
            language="en",
            channel="web",
            at=f"2026-03-0{min(number, 2)} 00:00:00.000000",  # the last two at the same moment
        )
    insert(
        connection,
        "consent_record",
        id="c" * 32,
        agreement_id="a" * 32,
        person_id="5" * 32,
        revision_id="2" * 32,
        event_id="6" * 32,
        answer="given",
        since="2026-03-02 00:00:00.000000",
        expires_at="2027-03-02 00:00:00.000000",
    )
    return digests[1], digests[2]


@pytest.mark.timeout(120)
def test_agreements_keep_their_digests_get_a_recipient_and_number_what_was_answered(file: Path) -> None:
    migrate(file, "upgrade", "0022")
    with rows(file) as connection:
        digests = two_revisions(connection)

    migrate(file, "upgrade", "0023")

    with rows(file) as connection:
        found = connection.execute("SELECT state, months, content, digest FROM agreement_revision ORDER BY number").fetchall()
        assert [(state, months) for state, months, _content, _digest in found] == [("superseded", 6), ("in_force", 12)]
        assert [hashlib.sha256(rfc8785.dumps(json.loads(row[2]))).hexdigest() for row in found] == list(digests)
        (name, kind) = connection.execute("SELECT name, kind FROM recipient").fetchone()
        assert (json.loads(name), kind) == ({"en": "recipient 2 ä"}, "controller")
        events = connection.execute("SELECT answer, number, until, giver FROM consent_event ORDER BY number").fetchall()
        assert [(event[0], event[1], event[3]) for event in events] == [
            ("given", 1, "self"),
            ("refused", 2, "self"),
            ("given", 3, "self"),
        ]
        assert events[2][2].startswith("2027-03-02")
        assert connection.execute("SELECT number FROM consent_record").fetchone() == (3,)
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            connection.execute("UPDATE consent_event SET answer = 'refused'")
    said = migrate(file, "downgrade", "0022")
    with rows(file) as connection:
        assert connection.execute("SELECT months, state FROM data_agreement").fetchone() == (12, "in_force")
        assert connection.execute("SELECT count(*) FROM consent_event").fetchone() == (3,)
    assert "removed" not in said


@pytest.mark.timeout(120)
def test_what_an_older_version_does_not_know_ends_and_is_said(file: Path) -> None:
    migrate(file, "upgrade", "0022")
    with rows(file) as connection:
        two_revisions(connection)
    migrate(file, "upgrade", "0023")
    with rows(file) as connection:
        kept = "process_id, created_at, recipient_id, legal_basis, state"
        connection.execute(
            f"INSERT INTO data_agreement (id, code, purpose_term, {kept}) SELECT ?, 'research', 'research', {kept} "
            "FROM data_agreement",
            ("b" * 32,),
        )
        columns = "agreement_id, revision_id, person_id, shown_text, language, channel, at, giver, sheet, remark, lapses"
        connection.execute(
            f"INSERT INTO consent_event (id, number, answer, {columns}) SELECT ?, 4, 'asked', {columns} "
            "FROM consent_event WHERE number = 1",
            ("d" * 32,),
        )

    said = migrate(file, "downgrade", "0022")

    assert "Others have ended: research." in said
    assert "removed because an older version knows none: 1." in said
    with rows(file) as connection:
        states = dict(connection.execute("SELECT code, state FROM data_agreement"))
    assert states == {"contact-parks": "in_force", "research": "ended"}


def test_an_envelope_that_was_not_on_the_list_uses_up_nobodys_vote_after_going_back(file: Path) -> None:
    """Its number may be on the list, with another date of birth, and that is what the migration takes away."""
    migrate(file, "upgrade", "0040")
    shared = {"station_id": "5" * 32, "pot_id": "6" * 32, "kind": "provisional", "voter_key": "k", "because": ""}
    with rows(file) as connection:
        insert(connection, "outer_envelope", id="1" * 32, number="1", state="waiting", proof="p", **shared)
        insert(connection, "outer_envelope", id="2" * 32, number="2", state="waiting", proof="", **shared)
        insert(connection, "outer_envelope", id="3" * 32, number="3", state="accepted", proof="", **shared)
    migrate(file, "downgrade", "0039")
    with rows(file) as connection:
        found = connection.execute("SELECT number, state, because FROM outer_envelope ORDER BY number").fetchall()
    assert found == [(1, "returned", "used"), (2, "waiting", ""), (3, "accepted", "")]
    migrate(file, "upgrade", "0040")
