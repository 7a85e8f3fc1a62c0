"""META, PROJECTS and the header of VOTES: everything before the first ballot."""

from collections.abc import Iterator

from app.features.counting.messages import Message, msg
from app.features.counting.numbers import DECIMALS
from app.features.counting.pb.errors import Notices, PbError, shortened
from app.features.counting.pb.meta import read_meta
from app.features.counting.pb.model import PbHead
from app.features.counting.pb.projects import read_projects
from app.features.counting.pb.rows import Rows, section_named


def read_head(rows: Rows, notices: Notices, decimals: int = DECIMALS, *, need_rule: bool = True) -> PbHead:
    """Read up to the header of VOTES, and leave `rows` at the first ballot. Raises PbError."""
    first = rows.one()
    if first is None or section_named(first[1]) != "META":
        found = shortened(";".join(first[1])) if first else ""
        expected = msg("META on the first line, found “%(found)s”", found=found)
        raise PbError(line=first[0] if first else 1, field="META", expected=expected)
    _header(rows, "META", ("key", "value"), notices)
    meta = read_meta(_section(rows, "META", before="PROJECTS"), notices, decimals, need_rule=need_rule)
    project_columns = _header(rows, "PROJECTS", ("project_id", "cost"), notices)
    projects = read_projects(_section(rows, "PROJECTS", before="VOTES"), project_columns, notices, decimals)
    vote_columns = _header(rows, "VOTES", ("voter_id", "vote", "points")[: 3 if meta.vote_type.gives_points else 2], notices)
    return PbHead(meta, projects, project_columns, vote_columns)


def _section(rows: Rows, name: str, *, before: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a section, up to the name of the next one."""
    while (row := rows.one()) is not None:
        found = section_named(row[1])
        if found == before:
            return
        if found:
            expected = msg("%(expected)s after %(section)s, found %(found)s", expected=before, section=name, found=found)
            raise PbError(line=row[0], field=before, expected=expected)
        yield row
    raise PbError(line=rows.last_line, field=before, expected=msg("a section %(expected)s, found the end", expected=before))


def _header(rows: Rows, section: str, needed: tuple[str, ...], notices: Notices) -> tuple[str, ...]:
    row = rows.one()
    if row is None or section_named(row[1]):
        expected = msg("a header with %(needed)s below %(section)s", needed=";".join(needed), section=section)
        raise PbError(line=row[0] if row else rows.last_line, field=section, expected=expected)
    line, fields = row
    columns = [field.lower() for field in fields]
    while columns and not columns[-1]:
        columns.pop()
        notices.add("empty_fields", "file", msg("Empty fields at the end of lines were passed over."), line=line)
    for column in needed:
        if column not in columns:
            _refuse(line, column, msg("a column “%(column)s” in the header of %(section)s", column=column, section=section))
    if "" in columns or len(set(columns)) != len(columns):
        twice = next((column for column in columns if columns.count(column) > 1), "")
        _refuse(line, section, msg("a name of its own for each column, found “%(found)s” again", found=twice))
    return tuple(columns)


def _refuse(line: int, field: str, expected: Message) -> None:
    raise PbError(line=line, field=field, expected=expected)
