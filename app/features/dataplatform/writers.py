"""Writing a data set as CSV, GeoJSON and its column README; streamed, so that a large set takes no more memory."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from app.features.dataplatform.declarations import DataSet
from app.kernel.messages import Message
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


def readme(data_set: DataSet, translate: Translate) -> str:
    """What the set is, what each column means and on which basis it is given out; Markdown."""
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
    return "\n".join(lines).rstrip() + "\n"
