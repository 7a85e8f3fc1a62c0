"""Writing a data set as CSV, GeoJSON and its column README; streamed, so that a large set takes no more memory."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from app.features.consents.queries import DataAgreement
from app.features.dataplatform.declarations import DataSet
from app.kernel.messages import Message, msg
from app.kernel.tables import csv_lines

MIME_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
    "md": "text/markdown; charset=utf-8",
}
Translate = Callable[[Message], str]


def as_csv(data_set: DataSet, rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """RFC 4180, UTF-8, with a header even when there are no rows."""
    for lines in csv_lines([column.name for column in data_set.columns], rows):
        yield lines.encode()


def as_geojson(
    data_set: DataSet, rows: Iterable[Sequence[Any]], geometry: Callable[[Sequence[Any]], str | None]
) -> Iterator[bytes]:
    """A FeatureCollection in longitude and latitude (RFC 7946)."""
    names = [column.name for column in data_set.columns]
    yield b'{"type":"FeatureCollection","features":['
    for number, row in enumerate(rows):
        properties = json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, separators=(",", ":"))
        feature = f'{{"type":"Feature","geometry":{geometry(row) or "null"},"properties":{properties}}}'
        yield (",\n" if number else "\n").encode() + feature.encode()
    yield b"\n]}\n"


def readme(
    data_set: DataSet, translate: Translate, read_at: datetime | None = None, agreements: Sequence[DataAgreement] = ()
) -> str:
    """What the set is, what each column means and on which basis it is given out; Markdown.

    For a release with consented rows: at which moment they were read, and under which revision of which agreement.
    """
    lines = [f"# {translate(data_set.title)}", "", translate(data_set.description), ""]
    if data_set.licence:
        lines += [f"Licence: {data_set.licence}", ""]
    if data_set.recipient:
        lines += [f"Recipient: {translate(data_set.recipient)}", ""]
    lines += ["| column | type | meaning | basis |", "|---|---|---|---|"]
    for column in data_set.columns:
        kind = f"{column.kind} ({column.unit})" if column.unit else column.kind
        lines.append(f"| `{column.name}` | {kind} | {translate(column.meaning)} | {column.basis} |")
    lines.append("")
    lines += [f"- {translate(note)}" for note in data_set.notes]
    if read_at is not None and data_set.about_people:
        moment = read_at.isoformat(timespec="seconds")
        lines += ["", translate(msg("Read at %(moment)s (UTC), from the consents in force at that moment.", moment=moment))]
        lines.append(translate(PREDATES))
        lines += ["", *(f"- `{one.code}`, revision {one.current.number}, SHA-256 `{one.current.digest}`" for one in agreements)]
    return "\n".join(lines).rstrip() + "\n"


PREDATES = msg(
    "Whoever takes their consent back after that moment is still in this file: it predates the withdrawal. Delete their row"
    " when you are told."
)


def manifest(
    data_set: DataSet, number: int, read_at: datetime, agreements: Sequence[DataAgreement], files: list[dict[str, Any]]
) -> dict[str, Any]:
    """What a program can know of a release: when its rows were read, on what they rest, and the digest of each file."""
    facts: dict[str, Any] = {
        "data_set": data_set.name,
        "release": number,
        "read_at": read_at.isoformat(),
        "columns": [{"name": one.name, "type": one.kind, "basis": str(one.basis)} for one in data_set.columns],
        "files": files,
    }
    if data_set.about_people:
        facts["predates_withdrawals_after"] = read_at.isoformat()
        facts["agreements"] = [
            {"code": one.code, "revision": one.current.number, "sha256": one.current.digest} for one in agreements
        ]
    return facts
