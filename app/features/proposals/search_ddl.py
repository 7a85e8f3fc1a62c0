"""The full-text index: a table beside `proposal`, kept in step by triggers in the same transaction, whoever writes.

Only published proposals are in it: what is hidden or withdrawn leaves the index at that moment. SQLite has FTS5 with
prefixes; PostgreSQL a `tsvector` with a GIN index. Both know a proposal by its `draw` number and fold text alike.

Migrations call `create` and `drop`. On SQLite a migration that rebuilds the table `proposal` (batch mode) loses its
triggers and has to call `create` afterwards; `rebuild` fills the index anew.
"""

import sys
import unicodedata
from typing import Any

from sqlalchemy import Connection, Table, event

from app.features.proposals.models import Proposal
from app.features.proposals.search_words import ARABIC_MARKS, FOLDS

COLUMNS = ("title", "text", "place_label")
_INDEXED = ", ".join(COLUMNS)


def create(connection: Connection) -> None:
    """Create index and triggers where they are missing."""
    for statement in _sqlite() if connection.dialect.name == "sqlite" else _postgresql():
        connection.exec_driver_sql(statement)


def drop(connection: Connection) -> None:
    """Remove index and triggers."""
    if connection.dialect.name == "sqlite":
        for name in ("insert", "update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS proposal_fts_{name}")
        connection.exec_driver_sql("DROP TABLE IF EXISTS proposal_fts")
        return
    connection.exec_driver_sql("DROP TRIGGER IF EXISTS proposal_fts_keep ON proposal")
    connection.exec_driver_sql("DROP TABLE IF EXISTS proposal_fts")
    connection.exec_driver_sql("DROP FUNCTION IF EXISTS proposal_fts_keep(), plaza_fold(text)")


def rebuild(connection: Connection) -> None:
    """Fill the index anew from what is published now."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO proposal_fts(proposal_fts) VALUES ('delete-all')")
        published = f"(SELECT draw, {_INDEXED} FROM proposal WHERE state = 'published' ORDER BY draw)"  # noqa: S608
        connection.exec_driver_sql(
            f"INSERT INTO proposal_fts(rowid, {_INDEXED}) SELECT draw, {_INDEXED} FROM {_folded(published)}"  # noqa: S608
        )
        return
    connection.exec_driver_sql("TRUNCATE proposal_fts")
    connection.exec_driver_sql(
        f"INSERT INTO proposal_fts(draw, document) SELECT draw, {_document('proposal')} FROM proposal "  # noqa: S608
        "WHERE state = 'published'"
    )


def _sqlite() -> list[str]:
    given = "(SELECT {row}.draw AS draw, " + ", ".join(f"{{row}}.{column} AS {column}" for column in COLUMNS) + ")"
    leave = (
        f"INSERT INTO proposal_fts(proposal_fts, rowid, {_INDEXED}) "  # noqa: S608  names of ours, nothing from outside
        f"SELECT 'delete', draw, {_INDEXED} FROM {_folded(given.format(row='OLD'))} WHERE OLD.state = 'published';"
    )
    enter = (
        f"INSERT INTO proposal_fts(rowid, {_INDEXED}) "  # noqa: S608
        f"SELECT draw, {_INDEXED} FROM {_folded(given.format(row='NEW'))} WHERE NEW.state = 'published';"
    )
    table = (
        f"CREATE VIRTUAL TABLE IF NOT EXISTS proposal_fts USING fts5({_INDEXED}, content='', prefix='2 3', "
        "tokenize='unicode61 remove_diacritics 2')"
    )
    trigger = "CREATE TRIGGER IF NOT EXISTS proposal_fts_{} AFTER {} ON proposal BEGIN {} END"
    return [
        table,
        trigger.format("insert", "INSERT", enter),
        trigger.format("update", f"UPDATE OF state, draw, {_INDEXED}", f"{leave} {enter}"),
        trigger.format("delete", "DELETE", leave),
    ]


def _folded(source: str) -> str:
    """The rows of `source`, folded where FTS5's own tokenizer does not fold: it strips accents and case by itself.

    The replacements are spread over several SELECTs because SQLite's parser knows expressions of limited depth.
    """
    pairs = [*FOLDS.items(), *((mark, "") for mark in ARABIC_MARKS)]
    for start in range(0, len(pairs), 12):
        columns = ["draw"]
        for column in COLUMNS:
            expression = column
            for before, after in pairs[start : start + 12]:
                expression = f"replace({expression}, '{before}', '{after}')"
            columns.append(f"{expression} AS {column}")
        source = f"(SELECT {', '.join(columns)} FROM {source})"  # noqa: S608
    return source


def _postgresql() -> list[str]:
    return [
        _fold_function(),
        (
            "CREATE TABLE IF NOT EXISTS proposal_fts (draw bigint PRIMARY KEY "
            "REFERENCES proposal(draw) ON DELETE CASCADE ON UPDATE CASCADE, document tsvector NOT NULL)"
        ),
        "CREATE INDEX IF NOT EXISTS ix_proposal_fts_document ON proposal_fts USING gin (document)",
        f"""  -- names and expressions of ours, nothing from outside
        CREATE OR REPLACE FUNCTION proposal_fts_keep() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.state = 'published' THEN
                INSERT INTO proposal_fts(draw, document) VALUES (NEW.draw, {_document("NEW")})
                ON CONFLICT (draw) DO UPDATE SET document = excluded.document;
            ELSE
                DELETE FROM proposal_fts WHERE draw = NEW.draw;
            END IF;
            RETURN NULL;
        END $$
        """,  # noqa: S608
        (
            f"CREATE OR REPLACE TRIGGER proposal_fts_keep AFTER INSERT OR UPDATE OF state, draw, {_INDEXED} ON proposal "
            "FOR EACH ROW EXECUTE FUNCTION proposal_fts_keep()"
        ),
    ]


def _document(row: str) -> str:
    """Words of the title weigh more (A) than those of text and place (D)."""
    return (
        f"setweight(to_tsvector('simple', plaza_fold({row}.title)), 'A') || "
        f"setweight(to_tsvector('simple', plaza_fold({row}.text || ' ' || {row}.place_label)), 'D')"
    )


def _fold_function() -> str:
    """`search_words.fold` in SQL, and everything that is neither letter nor digit as a space.

    Written out character by character, because what PostgreSQL takes for a letter or its small form depends on the
    locale the database was created with. Text in plain ASCII, and text in the languages around us, skips what it does
    not need: `translate` looks through its whole list for every character.
    """
    expression = "given"
    for before, after in FOLDS.items():
        if len(after) != 1:
            expression = f"replace({expression}, '{before}', '{after}')"
    single = {before: after for before, after in FOLDS.items() if len(after) == 1}
    expression = f"translate({expression}, '{''.join(single)}{ARABIC_MARKS}', '{''.join(single.values())}')"
    expression = f"regexp_replace(normalize({expression}, NFKD), '[\u0300-\u036f]', '', 'g')"
    capitals, smalls = _capitals()
    small = f"CASE WHEN given ~ '[\u0110-\u058f]' THEN translate({expression}, '{capitals}', '{smalls}') ELSE {expression} END"
    expression = f"lower((CASE WHEN given ~ '[^\\x01-\\x7f]' THEN {small} ELSE given END) COLLATE \"C\")"
    expression = f"regexp_replace({expression}, '[{_neither_letter_nor_digit()}]+', ' ', 'g')"
    return (
        "CREATE OR REPLACE FUNCTION plaza_fold(given text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE "
        f"RETURN {expression}"
    ).replace("%", "%%")


def _capitals() -> tuple[str, str]:
    """Every capital outside ASCII up to Armenian that has no accent to lose first, and its small form."""
    pairs = [(chr(n), chr(n).lower()) for n in range(0x110, 0x590) if chr(n) != chr(n).lower()]
    bare = [pair for pair in pairs if unicodedata.decomposition(pair[0]) == "" and len(pair[1]) == 1]
    return "".join(capital for capital, _ in bare), "".join(small for _, small in bare)


def _neither_letter_nor_digit() -> str:
    """A character class for everything that separates words, as the body of a regular expression's brackets."""
    ranges: list[tuple[int, int]] = []
    for code in range(1, sys.maxunicode + 1):
        if 0xD800 <= code < 0xE000 or unicodedata.category(chr(code))[0] in "LN":
            continue
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1] = (ranges[-1][0], code)
        else:
            ranges.append((code, code))
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)


def _after_create(_target: Table, connection: Connection, **_options: Any) -> None:
    create(connection)


def _before_drop(_target: Table, connection: Connection, **_options: Any) -> None:
    drop(connection)


event.listen(Proposal.__table__, "after_create", _after_create)
event.listen(Proposal.__table__, "before_drop", _before_drop)
