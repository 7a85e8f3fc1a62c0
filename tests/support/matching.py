"""What somebody with full read access could try: dump every table with what the database knows, and match rows.

An attack gives pairs of (voter key, receipt). Whoever knows the truth counts how many are right: luck gets one on average,
however many voters there are.
"""

import bisect
import math
import re
import struct
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from app.kernel.model import Model

Row = dict[str, Any]
Dump = dict[str, list[Row]]
HIDDEN = {"postgresql": ("ctid", "xmin", "xmax", "cmin", "cmax"), "sqlite": ("rowid",)}


def luck(expected: int) -> int:
    """So many right pairs and more happen by luck once in a thousand million tries, where `expected` happen on average."""
    most, likely, left = 0, math.exp(-expected), 1.0
    while left > 1e-9:
        left -= likely
        most += 1
        likely *= expected / most
    return most


LUCK = luck(1)  # hundreds of tries are made in each run


def dump(engine: Engine) -> Dump:
    """Every table as it is read without an order, with the hidden columns where a table has them."""
    kind = engine.dialect.name
    found: Dump = {}
    with engine.connect() as connection:
        for table in Model.metadata.sorted_tables:
            without = kind == "sqlite" and table.dialect_options["sqlite"].get("with_rowid") is False
            hidden = () if without else HIDDEN[kind]
            columns = ", ".join(
                [f"{name}::text AS hidden_{name}" if kind == "postgresql" else f"{name} AS hidden_{name}" for name in hidden]
                + ["*"]
            )
            rows = connection.execute(text(f'SELECT {columns} FROM "{table.name}"')).mappings()
            found[table.name] = [{**row, "at": at} for at, row in enumerate(rows)]
        connection.rollback()
    return found


def ordered(value: Any) -> Any:
    """Something that sorts: numbers by their size, places in a file by page and line, everything else as text."""
    if isinstance(value, str) and (place := re.fullmatch(r"\((\d+),(\d+)\)", value)):
        return (0, int(place[1]), int(place[2]), "")
    if isinstance(value, int) or (isinstance(value, str) and value.isdigit() and len(value) < 19):
        return (0, int(value), 0, "")
    return (1, 0, 0, str(value))


def orders(rows: Sequence[Row], what: str) -> dict[str, list[str]]:
    """The values of one column in every order that the rows can be put in, by the name of the order."""
    names = list(rows[0]) if rows else []
    return {name: [row[what] for row in sorted(rows, key=lambda row: ordered(row[name]))] for name in names}


def by_order(voters: Sequence[Row], envelopes: Sequence[Row]) -> dict[str, list[tuple[str, str]]]:
    """First with first, second with second, in every order of the one by every order of the other, forwards and backwards."""
    found = {}
    for one, keys in orders(voters, "voter_key").items():
        for other, receipts in orders(envelopes, "receipt").items():
            found[f"{one} with {other}"] = list(zip(keys, receipts, strict=False))
            found[f"{one} with {other}, backwards"] = list(zip(keys, reversed(receipts), strict=False))
    return found


def by_transaction(voters: Sequence[Row], envelopes: Sequence[Row]) -> list[tuple[str, str]]:
    """Rows that were written together: the next envelope after the participation, as the database counts transactions."""
    written = sorted((int(row["hidden_xmin"]), row["receipt"]) for row in envelopes)
    pairs = []
    for row in voters:
        at = bisect.bisect_left(written, (int(row["hidden_xmin"]), ""))
        if at < len(written):
            pairs.append((row["voter_key"], written[at][1]))
    return pairs


def by_log_of_changes(database: Path, keys: set[str], receipts: set[str]) -> list[tuple[str, str]]:
    """The write-ahead log of a SQLite file, by transactions: one voter and one envelope that are there more often."""
    log = database.with_name(database.name + "-wal")
    content = log.read_bytes() if log.exists() else b""
    if len(content) < 32:
        return []
    size, salt = struct.unpack(">I", content[8:12])[0], content[16:24]
    pages: dict[int, Counter[str]] = {}
    before: Counter[str] = Counter()
    now: Counter[str] = Counter()
    pairs = []
    for at in range(32, len(content) - 24 - size + 1, 24 + size):
        head, page = content[at : at + 24], content[at + 24 : at + 24 + size]
        if head[8:16] != salt:
            break
        number, ends = struct.unpack(">II", head[:8])
        words = Counter(word.decode() for word in re.findall(rb"(?=([0-9a-f]{64}))", page))
        now.subtract(pages.get(number, {}))
        now.update(words)
        pages[number] = words
        if ends:  # the last page of a transaction
            new_keys = [word for word in keys if now[word] > before[word]]
            new_receipts = [word for word in receipts if now[word] > before[word]]
            if len(new_keys) == len(new_receipts) == 1:
                pairs.append((new_keys[0], new_receipts[0]))
            before = now.copy()
    return pairs


def by_log_lines(lines: Sequence[str], keys: set[str], receipts: set[str]) -> list[tuple[str, str]]:
    """Voters and receipts that a log names one after the other."""
    pairs, key = [], ""
    for line in lines:
        for word in re.findall(r"[0-9a-f]{64}", line):
            if word in keys:
                key = word
            elif word in receipts and key:
                pairs.append((key, word))
    return pairs


def right(pairs: Sequence[tuple[str, str]], truth: Mapping[str, str]) -> int:
    """How many pairs are true."""
    return sum(truth.get(key) == receipt for key, receipt in pairs)


def rank_correlation(order: Sequence[str], truth: Sequence[str]) -> float:
    """Spearman's: 1 for the same order, -1 for its reverse, about 0 for orders that know nothing of each other."""
    place = {name: at for at, name in enumerate(truth)}
    known = [place[name] for name in order if name in place]
    number = len(known)
    ranks = {name: at for at, name in enumerate(sorted(known))}
    distance = sum((at - ranks[found]) ** 2 for at, found in enumerate(known))
    return 1 - 6 * distance / (number * (number**2 - 1))
