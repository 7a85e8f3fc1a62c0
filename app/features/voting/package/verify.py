#!/usr/bin/env python3
"""Check a published vote by yourself: nothing but Python 3.9 or newer is needed, no network, nothing to install.

    python3 verify.py                       the unpacked package in this folder
    python3 verify.py package.zip           the package as it was downloaded
    python3 verify.py FOLDER                an unpacked package somewhere else
    python3 verify.py --receipt 3fa9        in which block of the board the receipts are that begin so
    python3 verify.py --announced DIGEST    also: is this the ballot whose check code was announced before the vote?
    python3 verify.py --key key.json        also: is this the key that you copied before the vote?

Each line says what was checked. The program ends with 0 if everything is in order, with 1 if something is wrong, and says
exactly what. At the end it names what nothing in the package can prove. It shares no code with the platform that ran the
vote: signatures, board and count are worked out again here.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import os
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from heapq import heapify, heappop, heappush
from itertools import combinations
from math import ceil, floor
from typing import Any, BinaryIO, Optional, Union

Number = Union[int, Fraction]
Ballot = tuple[tuple[str, ...], Optional[tuple[int, ...]]]
Offer = tuple[Fraction, str, int, int, set[int]]
BEGINNING = "0" * 64
STATEMENT = "plaza-opening-2"
ALWAYS = (
    *("README.txt", "verify.py", "frozen.json", "key.json", "board.jsonl", "heads.json", "statements.json"),
    *("publication.json", "result.json"),
)
DIGEST = re.compile("[0-9a-f]{64}")
POINTS = ("cumulative", "scoring", "ordinal")
ROWS, TOTALS = ("opened.jsonl", "ballots.pb"), ("totals.json",)
ON_PAPER = "paper_ballots.jsonl"
BOX = "internet"
KINDS = ("approval", "choose-1", "cumulative", "ordinal")
FEW = 30
HOLDS = {"committee": "people hold shares of", "server": "the server keeps whole"}
MARK = "plaza-count-1 "
Turn = tuple[str, str, int, Optional[str]]


class Wrong(Exception):
    """Something is not as it must be; the words say what."""


class Impossible(Exception):
    """Something cannot be checked with what is in the package; the words say why."""


def canonical(content: Any) -> bytes:
    """JSON in the one form whose digest counts."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


# The package


class Package:
    """The published files, in a folder or in a ZIP file."""

    def __init__(self, place: str) -> None:
        self.folder = place if os.path.isdir(place) else None
        try:
            self.archive = None if self.folder is not None else zipfile.ZipFile(place)
        except (OSError, zipfile.BadZipFile):
            raise Wrong(f"{place} is neither a folder nor a ZIP file that can be read") from None

    def names(self) -> set[str]:
        """All files, those of this program's own cache left out."""
        if self.archive is not None:
            return set(self.archive.namelist())
        found = set()
        for top, _, files in os.walk(self.folder or "."):
            for file in files:
                name = os.path.relpath(os.path.join(top, file), self.folder).replace(os.sep, "/")
                if "__pycache__/" not in name:
                    found.add(name)
        return found

    def open(self, name: str) -> BinaryIO:
        """A file to be read as bytes."""
        try:
            if self.archive is not None:
                return self.archive.open(name)  # type: ignore[return-value]
            return open(os.path.join(self.folder or ".", name), "rb")
        except (OSError, KeyError):
            raise Wrong(f"{name} is missing") from None

    def read(self, name: str) -> bytes:
        """A whole file."""
        with self.open(name) as file:
            return file.read()

    def json(self, name: str) -> Any:
        """What a JSON file holds."""
        try:
            return json.loads(self.read(name))
        except ValueError:
            raise Wrong(f"{name} is no JSON") from None

    def sha256(self, name: str) -> str:
        """The digest of a file."""
        digest = hashlib.sha256()
        with self.open(name) as file:
            for part in iter(lambda: file.read(1 << 20), b""):
                digest.update(part)
        return digest.hexdigest()


# Signatures: Ed25519 as in RFC 8032, checked with whole numbers

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def _add(one: Point, other: Point) -> Point:
    a, b = (one[1] - one[0]) * (other[1] - other[0]) % P, (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = _add(total, point)
        point, number = _add(point, point), number >> 1
    return total


def _packed(point: Point) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _unpacked(text: bytes) -> Point | None:
    value = int.from_bytes(text, "little")
    sign, y = value >> 255, value & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = _unpacked((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(message: bytes, signature: str, key: str) -> bool:
    """Whether this is the signature of this message under this key; both are hexadecimal."""
    try:
        text, public = bytes.fromhex(signature), bytes.fromhex(key)
    except (ValueError, TypeError):
        return False
    if len(text) != 64 or len(public) != 32 or BASE is None:
        return False
    owner, scalar = _unpacked(public), int.from_bytes(text[32:], "little")
    if owner is None or scalar >= L or _packed(_times(8, owner)) == _packed((0, 1, 1, 0)):
        return False
    challenge = int.from_bytes(hashlib.sha512(text[:32] + public + message).digest(), "little") % L
    minus: Point = (P - owner[0], owner[1], owner[2], P - owner[3])
    return _packed(_add(_times(scalar, BASE), _times(challenge, minus))) == text[:32]


# The board


def merkle_root(receipts: Sequence[str]) -> str:
    """One digest for all receipts of a block (RFC 6962)."""
    level = [hashlib.sha256(b"\0" + bytes.fromhex(receipt)).digest() for receipt in receipts]
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\1" + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(level) - len(level) % 2 :]
    return (level[0] if level else hashlib.sha256(b"").digest()).hex()


class Board:
    """The board as it was read: for each pot, after each block, how many envelopes there were and the block's digest."""

    def __init__(self) -> None:
        self.head: dict[str, Any] = {}
        self.pots: dict[str, list[tuple[int, str]]] = {}
        self.receipts: dict[str, set[bytes]] = {}
        self.problems: list[str] = []

    def state(self, pot: str, blocks: int) -> tuple[int, str] | None:
        """How many envelopes so many blocks held, and the digest of the last one; None if there are not so many."""
        if blocks == 0:
            return 0, BEGINNING
        known = self.pots.get(pot, [])
        return known[blocks - 1] if 0 < blocks <= len(known) else None


def read_board(package: Package) -> Board:
    """Read all blocks, work out their Merkle roots and digests, and note everything that does not fit."""
    board, digest, ended = Board(), hashlib.sha256(), False
    with package.open("board.jsonl") as lines:
        for number, raw in enumerate(lines, 1):
            try:
                line = json.loads(raw)
                if number == 1:
                    board.head, board.pots = line, {pot["pot"]: [] for pot in line["pots"]}
                elif "sha256" in line:
                    ended = True
                    _foot(board, line, digest.hexdigest())
                else:
                    _block(board, line)
            except (ValueError, KeyError, TypeError):
                raise Wrong(f"line {number} of board.jsonl is no part of a board") from None
            digest.update(raw)
    if not ended:
        board.problems.append("board.jsonl is cut off: its last line is missing")
    for pot in board.head.get("pots", []):
        found = board.pots[pot["pot"]][-1][0] if board.pots[pot["pot"]] else 0
        if pot["envelopes"] != found:
            board.problems.append(f"the board announces {pot['envelopes']} envelopes of pot {pot['pot']} and holds {found}")
    return board


def _block(board: Board, line: dict[str, Any]) -> None:
    pot, number, receipts = line["pot"], line["number"], line["receipts"]
    before = board.pots[pot]
    count, last = before[-1] if before else (0, BEGINNING)
    if number != len(before) + 1:
        board.problems.append(f"block {len(before) + 1} of pot {pot} is missing: block {number} follows block {len(before)}")
    elif line["previous"] != last:
        board.problems.append(f"block {number} of pot {pot} does not follow from block {number - 1}: one of them was changed")
    seen = board.receipts.setdefault(pot, set())
    for receipt in receipts:
        if not DIGEST.fullmatch(receipt):  # spelt otherwise, its voter would not find it
            raise ValueError(receipt)
        if bytes.fromhex(receipt) in seen:
            board.problems.append(f"receipt {receipt[:12]}… is twice on the board of pot {pot}")
        seen.add(bytes.fromhex(receipt))
    content = {"format": "plaza-block-1", "pot": pot, "number": number, "previous": line["previous"]}
    content |= {"size": len(receipts), "root": merkle_root(receipts)}
    before.append((count + len(receipts), hashlib.sha256(canonical(content)).hexdigest()))


def _foot(board: Board, line: dict[str, Any], digest: str) -> None:
    found = {
        "blocks": sum(map(len, board.pots.values())),
        "envelopes": sum(blocks[-1][0] for blocks in board.pots.values() if blocks),
        "sha256": digest,
    }
    for name, value in found.items():
        if line.get(name) != value:
            board.problems.append(f"the last line of the board says {name} {line.get(name)}, but it is {value}")


def keeper_of(sheet: dict[str, Any]) -> str:
    """Who keeps a key: with commitments to shares it was made for several people, without any it lies whole on the server."""
    return "committee" if sheet.get("commitments") else "server"


# Counting, in whole numbers and exact fractions


class Vote:
    """What was announced, and the sums of the ballots; ballots are joined into classes of equal ones."""

    def __init__(self, frozen: dict[str, Any]) -> None:
        if frozen["format"] != "plaza-ballot-1" or frozen["vote_type"] not in KINDS:
            raise Wrong(f"there are no ballots of the kind {frozen['vote_type']} in {frozen['format']}")
        self.rule, self.kind, self.budget = frozen["rule"], frozen["vote_type"], frozen["amount"]
        self.limits, self.minimum = frozen["limits"], frozen["minimum"]
        self.tie_rules, self.conflicts = frozen["tie_rules"], frozen["conflicts"] or ()
        self.stop_when_exhaustive = frozen["stop_when_exhaustive"]
        self.projects = [str(project["number"]) for project in frozen["projects"]]
        self.costs = {str(project["number"]): int(project["cost"]) for project in frozen["projects"]}
        self.unit = 10 ** int(frozen["decimals"])
        self.points = self.kind == "cumulative"
        self.voters = self.blank = 0
        self.votes: dict[str, int] = dict.fromkeys(self.projects, 0)
        self.scores: dict[str, Number] = dict.fromkeys(self.projects, 0)
        self.ballots: Counter[Ballot] = Counter()
        self.drawn: Sequence[str] = ()
        self.withdrawn: Sequence[str] = ()
        self.announced = {str(project["number"]): project for project in frozen["projects"]}
        self.title, self.currency = frozen["title"], frozen["currency"]
        self.turns: list[Turn] = []
        self.course: dict[str, Any] = {}

    def add(self, ballot: Ballot, number: int) -> None:
        """Count equal ballots."""
        choices, points = ballot
        longest = self.limits["max_length"] or self.limits["max_projects"] or len(choices)
        for place, project in enumerate(choices):
            self.votes[project] += number
            worth = 1
            if self.points and points is not None:
                worth = points[place]
            elif self.kind == "ordinal":
                worth = max(longest - place, 0)
            self.scores[project] += worth * number
        self.voters += number
        self.blank += number if not choices else 0
        self.ballots[ballot] += number

    def broken_limit(self, ballot: Ballot) -> str:
        """In what a ballot breaks the announced limits, or nothing."""
        choices, points = ballot
        if any(one not in self.costs for one in choices):
            return "it names a project that is not on the list"
        if len(set(choices)) != len(choices):
            return "it names a project twice"
        most, least = self.most_projects(), self.least_projects()
        if len(choices) > most:
            return f"it names {len(choices)} projects where {most} are allowed"
        if 0 < len(choices) < least:
            return f"it names {len(choices)} projects where {least} are the least, or none at all"
        cap = self.cap()
        if cap is not None and sum(self.costs[one] for one in choices) > cap:
            return f"what it names costs more than {'the pot holds' if cap == self.budget else 'a ballot may cost'}"
        return self._broken_points(choices, points)

    def cap(self) -> int | None:
        """How much the projects of a ballot may cost together, where that is limited: all the money if nothing is said."""
        return self.limits.get("max_sum_cost", self.budget) if self.limits["by_cost"] else None

    def least_projects(self) -> int:
        """The least number on a ballot that is not blank: never more than could be chosen once projects were withdrawn."""
        return min(self.limits["min_projects"], self.most_projects(), max(len(self.projects) - len(self.withdrawn), 1))

    def most_projects(self) -> int:
        """How many projects a ballot can name: each needs a point where there are points."""
        limits = [self.limits["max_projects"], self.limits["max_points"] if self.points else None]
        limits.append(1 if self.kind == "choose-1" else None)
        return min([len(self.projects), *(limit for limit in limits if limit is not None)])

    def _broken_points(self, choices: tuple[str, ...], points: tuple[int, ...] | None) -> str:
        if not self.points:
            return "it has points" if points is not None else ""
        if points is None or len(points) != len(choices):
            return "it has not one number of points for each project"
        most, each = self.limits["max_points"], self.limits["max_points_per_project"]
        if any(one < 1 for one in points):
            return "it gives a project less than 1 point"
        if most is not None and sum(points) > most:
            return f"it gives {sum(points)} points where {most} are allowed"
        if each is not None and any(one > each for one in points):
            return f"it gives a project more than {each} points"
        return ""

    def rank(self, project: str) -> tuple[int, ...]:
        """Smaller goes first among equals, by the announced tie rules and at last by the list."""
        listed = self.projects.index(project)
        drawn = self.drawn.index(project) if project in self.drawn else len(self.drawn)
        known = {
            "lower_cost": self.costs[project],
            "higher_cost": -self.costs[project],
            "more_voters": -self.votes[project],
            "listed_first": listed,
            "drawn": drawn,
        }
        return (*(known[rule] for rule in self.tie_rules), listed)

    def least(self) -> int | None:
        """The least score that is enough to win. A minimum may be a share of all ballots; blank ones are among them."""
        least, percent = self.minimum["score"], self.minimum["percent_of_ballots"]
        if least is None and percent is None:
            return None
        bound = Fraction(str(least)) if percent is None else Fraction(str(percent)) / 100 * self.voters
        return floor(bound) + 1 if self.minimum["above"] else ceil(bound)

    def barred(self, project: str) -> str:
        """Why it cannot win at all: it was withdrawn, nobody wants it, or too few; nothing where it can."""
        if project in self.withdrawn:
            return "withdrawn"
        if self.votes[project] == 0 or self.scores[project] <= 0:
            return "no_votes"
        least = self.least()
        return "below_threshold" if least is not None and self.scores[project] < least else ""

    def row(self, ballot: Ballot, kept: set[str]) -> Ballot:
        """A ballot as it stands in ballots.pb: without projects that are left out; a ranking with the points of its places."""
        choices, points = ballot
        if self.kind == "ordinal":
            longest = self.limits["max_length"] or self.limits["max_projects"] or len(choices)
            points = tuple(max(longest - place, 0) for place in range(len(choices)))
        inside = [place for place, one in enumerate(choices) if one in kept]
        return tuple(choices[place] for place in inside), None if points is None else tuple(points[place] for place in inside)

    def money_text(self, amount: int) -> str:
        """The same as it stands in a file: `12500` or `12500.50`."""
        whole, part = divmod(amount, self.unit)
        return f"{whole}.{part:0{len(str(self.unit)) - 1}}" if part else str(whole)

    def money(self, amount: int) -> Fraction:
        """A sum in whole units of the currency."""
        return Fraction(amount, self.unit)


def winners_of(vote: Vote) -> list[str]:
    """Who wins by the announced rule, in the order in which they were funded. Raises Impossible for an unknown rule."""
    family, _, rest = vote.rule.partition("/")
    if family in ("greedy", "greedy-no-skip", "greedy-threshold", "greedy-exclusive"):
        return greedy(vote, stops=family == "greedy-no-skip")
    if family == "phragmen":
        return phragmen(vote)
    if vote.rule.startswith("equalshares"):
        won = equal_shares(vote, add1=rest.startswith("add1"))
        taken = prefered(vote, won, greedy(vote)) if vote.rule.endswith("-comparison") else won
        if taken == won:
            vote.turns = turns_of(vote, won, lambda _: "supporters_short")
        return taken
    raise Wrong(f"there is no rule {vote.rule}")


def greedy(vote: Vote, *, stops: bool = False) -> list[str]:
    """By score; what does not fit is passed over, or ends the count; what excludes a winner is passed over."""
    conflicts: dict[str, set[str]] = {}
    for group in vote.conflicts:
        for one, other in combinations(group, 2):
            conflicts.setdefault(one, set()).add(other)
            conflicts.setdefault(other, set()).add(one)
    left, won, stopped = vote.budget, list[str](), False
    vote.turns = []
    for project in sorted(vote.projects, key=lambda one: (-vote.scores[one], vote.rank(one))):
        cost = vote.costs[project]
        withdrawn = "withdrawn" if stops and cost >= 999_999_999 * vote.unit > vote.budget else ""
        rival = next((one for one in won if one in conflicts.get(project, set())), None)
        outcome = withdrawn or vote.barred(project) or ("stopped" if stopped else "excluded" if rival else "")
        outcome = outcome or ("won" if cost <= left else "did_not_fit")
        vote.turns.append((project, outcome, left, rival if outcome == "excluded" else None))
        if outcome == "won":
            won.append(project)
            left -= cost
        stopped = stopped or (stops and outcome == "did_not_fit")
    return won


def turns_of(vote: Vote, won: Sequence[str], lost: Callable[[str], str]) -> list[Turn]:
    """Winners as they were bought, with the money before; behind them all others with the rest and why they lost."""
    turns: list[Turn] = []
    left = vote.budget
    for one in won:
        turns.append((one, "won", left, None))
        left -= vote.costs[one]
    return turns + [(one, vote.barred(one) or lost(one), left, None) for one in vote.projects if one not in won]


def prefered(vote: Vote, shares: list[str], other: list[str]) -> list[str]:
    """The comparison step: greedy's winners where more voters have more of their projects among them."""
    by_shares = by_greedy = 0
    for (choices, points), number in vote.ballots.items():
        wanted = [one for at, one in enumerate(choices) if points is None or points[at] > 0]
        gained = sum(one in shares for one in wanted) - sum(one in other for one in wanted)
        by_shares += number if gained > 0 else 0
        by_greedy += number if gained < 0 else 0
    vote.course["comparison"] = {
        "better_with_shares": by_shares,
        "better_with_greedy": by_greedy,
        "indifferent": vote.voters - by_shares - by_greedy,
        "greedy_preferred": by_greedy > by_shares,
        "shares_winners": shares,
        "greedy_winners": other,
    }
    return other if by_greedy > by_shares else shares


def phragmen(vote: Vote) -> list[str]:
    """Money flows to everybody evenly; a project is bought once its supporters can pay; the first too dear one ends it.

    Whoever has paid has nothing left, so a voter is known by the moment of the last purchase; moments are exact fractions.
    """
    least = [one for one in vote.projects if not vote.barred(one) and vote.costs[one] <= vote.budget]
    classes = [(choices, number) for (choices, _), number in vote.ballots.items()]
    last = [0] * len(classes)
    at: dict[str, Counter[int]] = {one: Counter({0: vote.votes[one]}) for one in vote.projects}
    moments, left = [Fraction(0)], vote.budget
    won: list[str] = []
    too_dear: set[str] = set()
    while least:
        when = {
            one: (vote.costs[one] + sum((number * moments[moment] for moment, number in at[one].items()), Fraction(0)))
            / vote.votes[one]
            for one in least
        }
        first = min(when.values())
        equal = [one for one in least if when[one] == first]
        too_dear = {one for one in equal if vote.costs[one] > left}
        if too_dear:
            break
        taken = min(equal, key=vote.rank)
        for index, (choices, number) in enumerate(classes):
            if taken in choices:
                for one in choices:
                    at[one][last[index]] -= number
                    at[one][len(moments)] += number
                last[index] = len(moments)
        moments.append(first)
        won.append(taken)
        left -= vote.costs[taken]
        least.remove(taken)
    vote.turns = turns_of(
        vote, won, lambda one: "did_not_fit" if one in too_dear or vote.costs[one] > vote.budget else "stopped"
    )
    return won


class Shares:
    """Equal Shares. Classes of equal ballots have a weight; each supports projects, with points where there are any."""

    def __init__(self, vote: Vote) -> None:
        self.vote = vote
        self.weights: list[int] = []
        self.supporters: dict[str, list[tuple[int, int]]] = {one: [] for one in vote.projects}
        for (choices, points), number in vote.ballots.items():
            for place, one in enumerate(choices):
                worth = points[place] if vote.points and points is not None else 1
                if worth > 0:
                    self.supporters[one].append((len(self.weights), worth))
            self.weights.append(number)
        open_to = [one for one in vote.projects if not vote.barred(one)]
        self.free = sorted(
            (one for one in open_to if vote.costs[one] == 0), key=lambda one: (-vote.scores[one], vote.rank(one))
        )
        self.paid = [one for one in open_to if vote.costs[one] > 0]

    def run(self, steps: int) -> tuple[list[str], bytes]:
        """What is bought when every share has grown by so many steps, and a digest of every comparison on the way.

        Balances are whole numbers over one common denominator. Prices only rise, so an old one is a lower bound.
        """
        vote, trace = self.vote, hashlib.blake2b()
        balance = [vote.budget + vote.voters * vote.unit * steps] * len(self.weights)
        below, won = max(vote.voters, 1), list[str]()
        waiting: list[tuple[Fraction, str]] = [(Fraction(0), one) for one in self.paid]
        heapify(waiting)
        while offers := self._cheapest(waiting, balance, below, trace):
            _, taken, rest, pull, short = min(offers, key=lambda offer: vote.rank(offer[1]))
            trace.update(f"{[offer[1] for offer in offers]}{taken}\n".encode())
            for offer in offers:
                if offer[1] != taken:
                    heappush(waiting, offer[:2])
            price = Fraction(rest, pull)
            if price.denominator != 1:
                balance = [one * price.denominator for one in balance]
                below *= price.denominator
            for index, worth in self.supporters[taken]:
                balance[index] = 0 if index in short else balance[index] - price.numerator * worth
            won.append(taken)
        return won, trace.digest()

    def _cheapest(self, waiting: list[tuple[Fraction, str]], balance: list[int], below: int, trace: Any) -> list[Offer]:
        """The offers with the lowest price by cost; more than one where prices are equal."""
        best: list[Offer] = []
        while waiting and (not best or waiting[0][0] <= best[0][0]):
            _, one = heappop(waiting)
            price = self._price(one, balance, below)
            trace.update(f"{one}:{'' if price is None else sorted(price[2])};".encode())
            if price is None:
                continue
            rest, pull, short = price
            offer = (Fraction(rest, pull * self.vote.costs[one] * below), one, rest, pull, short)
            if best and offer[0] < best[0][0]:
                for other in best:
                    heappush(waiting, other[:2])
                best = []
            if best and offer[0] > best[0][0]:
                heappush(waiting, offer[:2])
            else:
                best.append(offer)
        return best

    def _price(self, one: str, balance: list[int], below: int) -> tuple[int, int, set[int]] | None:
        """The price for a point as (numerator, pull) over the denominator, and who cannot pay it in full; None if too dear."""
        weights, paying = self.weights, self.supporters[one]
        rest, short = self.vote.costs[one] * below, set[int]()
        if sum(weights[index] * balance[index] for index, _ in paying) < rest:
            return None
        pull = sum(weights[index] * worth for index, worth in paying)
        while True:
            poor = [(index, worth) for index, worth in paying if balance[index] * pull < rest * worth]
            if not poor:
                return rest, pull, short
            rest -= sum(weights[index] * balance[index] for index, _ in poor)
            pull -= sum(weights[index] * worth for index, worth in poor)
            short.update(index for index, _ in poor)
            paying = [pair for pair in paying if pair[0] not in short]


def equal_shares(vote: Vote, *, add1: bool) -> list[str]:
    """Equal Shares, and with Add1 the last outcome within the budget as every share grows by one unit of the currency a step.

    Where it was so announced, the shares stop growing as soon as nothing more would fit into the budget.
    Where two runs agree in every comparison, all between them do, because everything compared is linear in the share. So
    stretches without a change are passed over: twice as far each time, then half-way back to the change.
    """
    shares = Shares(vote)

    def cost(run: tuple[list[str], bytes]) -> int:
        return sum(vote.costs[one] for one in run[0])

    def finished(run: tuple[list[str], bytes]) -> str:
        waiting = [vote.costs[one] for one in shares.paid if one not in run[0]]
        if not shares.paid:
            return "nobody_voted"
        if not add1:
            return "no_completion"
        exhaustive = vote.stop_when_exhaustive and waiting and cost(run) + min(waiting) > vote.budget
        return "exhaustive" if exhaustive else "" if waiting else "all_won"

    steps, now = 0, shares.run(0)
    vote.course = {"next_cost": None, "comparison": None}
    while not finished(now):
        low, high, reach, after = steps, None, 1, now
        while high is None or high - low > 1:
            target = low + reach if high is None else (low + high) // 2
            other = shares.run(target)
            if other[1] != now[1]:
                high, after = target, other
            else:
                low, reach = target, reach * 2
        if cost(after) > vote.budget:
            steps = low
            vote.course |= {"ended": "next_too_dear", "next_cost": vote.money(cost(after))}
            break
        steps, now = high, after
    first = vote.money(vote.budget) / max(vote.voters, 1)
    vote.course |= {"first_share": first, "share": first + steps, "steps": steps}
    vote.course.setdefault("ended", finished(now))
    return [*shares.free, *now[0]]


# The checks


class Checks:
    """All checks in their order; each returns the words for what is in order, or raises Wrong or Impossible."""

    def __init__(self, package: Package, announced: str = "", key: str = "") -> None:
        self.package, self.announced, self.own_key = package, announced, key
        self.read: dict[str, Any] = {}

    def all(self) -> Iterator[tuple[str, Callable[[], str]]]:
        """(what is checked, the check)."""
        yield "a vote that counts", self.real
        yield "files", self.files
        yield "announced ballot", self.frozen
        yield "board", self.board
        yield "signed heads", self.heads
        yield "openers' statements", self.statements
        yield "number of ballots", self.numbers
        yield "opened ballots", self.opened
        yield "ballots.pb", self.file_of_ballots
        yield "limits", self.limits
        yield "withdrawn projects", self.withdrawn
        if "paper.json" in self.package.names():
            yield "ballots on paper", self.paper
        yield "count", self.recount
        yield "publication", self.publication

    def _vote(self) -> Vote:
        """What was announced, with what the committee withdrew while people voted; no ballots in it yet."""
        vote = Vote(self._json("frozen.json"))
        vote.withdrawn = [str(one) for one in self._json("result.json").get("withdrawn") or ()]
        return vote

    def _once(self, name: str, make: Callable[[], Any]) -> Any:
        if name not in self.read:
            self.read[name] = make()
        return self.read[name]

    def _json(self, name: str) -> Any:
        return self._once(name, lambda: self.package.json(name))

    def _board(self) -> Board:
        return self._once("board", lambda: read_board(self.package))

    @property
    def pot(self) -> str:
        """Which pot this package is about."""
        return str(self._json("frozen.json")["pot"])

    @property
    def rows(self) -> bool:
        """Whether the single ballots are published."""
        published = self._json("publication.json").get("published")
        if published not in ("rows", "totals"):
            raise Wrong("publication.json says neither rows nor totals")
        return published == "rows"

    def _only_with_rows(self) -> None:
        if not self.rows:
            raise Impossible("only totals of this pot are published, not single ballots")

    def _statements(self) -> list[dict[str, Any]]:
        said = [statement["pots"].get(self.pot) for statement in self._json("statements.json")]
        if None in said:
            raise Wrong("a statement says nothing about this pot")
        if any(statement.get("format") != STATEMENT for statement in self._json("statements.json")):
            raise Wrong(f"a statement is not of the form {STATEMENT}, so nobody who opened the box has said this")
        return said

    def real(self) -> str:
        """Neither a rehearsal nor a vote that was annulled."""
        problems = []
        if self._board().head.get("rehearsal"):
            problems.append("this is a REHEARSAL: its ballots were for trying out, and its result counts for nothing")
        if annulled := self._json("publication.json").get("annulled"):
            problems.append(f"the committee has ANNULLED this vote on {annulled[:10]}: its result does not count")
        _refuse(problems)
        return "this is no rehearsal, and when the package was made the vote was not annulled"

    def files(self) -> str:
        """Every file is there and has the digest that the manifest says."""
        manifest, names = self._json("manifest.json")["files"], self.package.names()
        wanted = {*manifest, *ALWAYS, *(ROWS if self.rows else TOTALS)}
        problems = [f"{name} is missing" for name in sorted(wanted - names)]
        for name in sorted(wanted & names):
            if name not in manifest:
                problems.append(f"{name} is not in the manifest")
            elif self.package.sha256(name) != manifest[name]:
                problems.append(f"{name} was changed: its digest is not the one in the manifest")
        more = names - wanted - {"manifest.json"}
        beside = {
            name for name in more if self.package.folder is not None and "/" not in name and name.lower().endswith(".zip")
        }
        problems += [f"{name} does not belong to the package" for name in sorted(more - beside)]
        _refuse(problems)
        remark = f" (remark: {', '.join(sorted(beside))} lies beside them and was not looked at)" if beside else ""
        return f"{len(manifest)} files are there, unchanged since the package was made{remark}"

    def frozen(self) -> str:
        """What was fixed before the vote has the digest that the board and the openers name."""
        digest = self.package.sha256("frozen.json")
        if self.announced and self.announced.lower() != digest:
            raise Wrong(f"frozen.json has the digest {digest}, not the announced {self.announced}")
        if canonical(self._json("frozen.json")) != self.package.read("frozen.json"):
            raise Wrong("frozen.json is not in the form in which its digest counts")
        problems = []
        pots = {pot["pot"]: pot for pot in self._board().head.get("pots", [])}
        if self.pot not in pots:
            raise Wrong(f"the board knows no pot {self.pot}")
        if pots[self.pot]["digest"] != digest:
            problems.append(f"the board names the digest {pots[self.pot]['digest']}, but frozen.json has {digest}")
        for number, said in enumerate(self._statements(), 1):
            if said["frozen_sha256"] != digest:
                problems.append(f"statement {number} names the digest {said['frozen_sha256']}, but frozen.json has {digest}")
        _refuse(problems)
        return f"rule, limits, costs and projects are those fixed before the vote, digest {digest}"

    def board(self) -> str:
        """The chain of blocks, their Merkle roots, the totals, and no receipt twice."""
        board = self._board()
        _refuse(board.problems)
        blocks, envelopes = len(board.pots[self.pot]), board.state(self.pot, len(board.pots[self.pot])) or (0, "")
        return f"{blocks} blocks of this pot follow from each other, with {envelopes[0]} envelopes, none twice"

    def heads(self) -> str:
        """Each signed head is signed and says of the board what the board says; the last one covers all of it."""
        content, board, problems = self._json("heads.json"), self._board(), []
        if content["board_key"] != board.head.get("board_key"):
            problems.append("heads.json and board.jsonl name different keys of the board")
        for head in content["heads"]:
            day = head["day"]
            said = {"format": "plaza-head-1", "election": board.head["election"], "day": day, "pots": head["pots"]}
            if not signed(canonical(said), head["signature"], content["board_key"]):
                problems.append(f"the head of {day} is not signed with the key of the board")
            for pot, blocks, envelopes, last in head["pots"]:
                if board.state(pot, blocks) != (envelopes, last):
                    problems.append(
                        f"the head of {day} says {envelopes} envelopes in {blocks} blocks of pot {pot}; the board differs"
                    )
        end = {pot: blocks for pot, blocks, _, _ in content["heads"][-1]["pots"]} if content["heads"] else {}
        if not content["heads"] or end.get(self.pot, 0) != len(board.pots[self.pot]):
            problems.append("no signed head covers the last block of this pot")
        _refuse(problems)
        return f"{len(content['heads'])} heads are signed and agree with the blocks; key of the board {content['board_key']}"

    def statements(self) -> str:
        """Those who opened the box signed what they found, and all found the same."""
        sheet, said, board = self._json("key.json"), self._json("statements.json"), self._board()
        problems = [*self._other_keys(sheet, board), *_other_statements(said, sheet, board)]
        if any(one.get("format") != STATEMENT for one in said):
            _refuse(problems)
        words = {"ballots_sha256": "ballots", "envelopes": "numbers of envelopes", "last_block": "last blocks"}
        for name, what in words.items():
            if len({str(one.get(name)) for one in self._statements()}) > 1:
                problems.append(f"the openers found different {what}")
        end = board.state(self.pot, len(board.pots[self.pot]))
        if any((one["envelopes"], one["last_block"]) != end for one in self._statements()):
            problems.append("a statement was made from another board than this one")
        _refuse(problems)
        names = " and ".join(str(one["by"]) for one in said)
        alone = "" if len({str(one["by"]) for one in said}) > 1 else "; no second person has opened it"
        kept = f", kept by the {self._custody()} as announced" if self._custody() else ""
        return f"signed by {names}{alone}; key of this vote {sheet['public_key']}{kept}"

    def _other_keys(self, sheet: Any, board: Board) -> Iterator[str]:
        if self.own_key:
            with open(self.own_key, encoding="utf-8") as file:
                if json.load(file) != sheet:
                    yield f"key.json is not the key in {self.own_key}"
        if sheet != board.head.get("key"):
            yield "key.json is not the key that stands on the board"
        announced = self._custody()
        if announced and announced != keeper_of(sheet):
            yield f"announced was that the {announced} keeps the key, but key.json is a key that {HOLDS[keeper_of(sheet)]}"

    def _custody(self) -> str:
        """Who was announced to keep the key; nothing where that was not asked yet, or in a rehearsal, which may try another."""
        voters = self._json("frozen.json").get("voters") or {}
        return "" if self._board().head.get("rehearsal") else str(voters.get("custody") or "")

    def numbers(self) -> str:
        """No envelope was lost on the way: each is a ballot or is named as unreadable."""
        state = self._board().state(self.pot, len(self._board().pots[self.pot]))
        envelopes = state[0] if state else 0
        for said in self._statements():
            unreadable = len(said["unreadable"])
            if said["ballots"] + unreadable != envelopes:
                raise Wrong(f"{envelopes} envelopes, but {said['ballots']} ballots and {unreadable} unreadable ones")
            known = self._board().receipts.get(self.pot, set())
            if any(not DIGEST.fullmatch(receipt) or bytes.fromhex(receipt) not in known for receipt in said["unreadable"]):
                raise Wrong("an envelope is called unreadable that is not on the board")
        said = self._statements()[0]
        voters = self._json("result.json")["voters"]
        on_paper = self._paper()["ballots"]
        if voters != said["ballots"] + on_paper:
            also = f" and {on_paper} are on paper" if on_paper else ""
            raise Wrong(f"the result counts {voters} ballots, but {said['ballots']} came out of the box{also}")
        return f"{envelopes} envelopes are {said['ballots']} ballots and {len(said['unreadable'])} unreadable envelopes"

    def _ballots(self) -> Counter[Ballot]:
        def read() -> Counter[Ballot]:
            found: Counter[Ballot] = Counter()
            with self.package.open("opened.jsonl") as lines:
                for number, raw in enumerate(lines, 1):
                    try:
                        line = json.loads(raw)
                        if number == 1:
                            bytes.fromhex(line["salt"])
                            continue
                        points = None if "points" not in line else tuple(map(int, line["points"]))
                        found[(tuple(map(str, line["choices"])), points)] += int(line["count"])
                    except (ValueError, KeyError, TypeError):
                        raise Wrong(f"line {number} of opened.jsonl is no ballot") from None
            return found

        return self._once("ballots", read)

    def opened(self) -> str:
        """The published ballots are those that the openers signed."""
        self._only_with_rows()
        digest, number = self.package.sha256("opened.jsonl"), sum(self._ballots().values())
        for statement, said in zip(self._json("statements.json"), self._statements()):
            if said.get("ballots_sha256") != digest:
                raise Wrong(f"opened.jsonl has the digest {digest}, but {statement['by']} signed {said.get('ballots_sha256')}")
            if said["ballots"] != number:
                raise Wrong(f"opened.jsonl holds {number} ballots, but {statement['by']} signed {said['ballots']}")
        return f"{number} ballots, {len(self._ballots())} different ones, as the openers signed them: {digest}"

    def file_of_ballots(self) -> str:
        """The file for counting programs says the same: ballots, costs, limits, rule and money."""
        self._only_with_rows()
        vote, sections = self._vote(), _sections(self.package.read("ballots.pb"))
        by_method = {BOX: self._ballots()}
        if ON_PAPER in self.package.names():
            by_method["paper"] = self._paper_ballots()
        for ballots in by_method.values():
            self._add(vote, ballots)
        rows = {row["project_id"]: row for row in sections["PROJECTS"]}
        left_out = [one for one in vote.projects if one not in rows]
        problems = [f"project {one} is not on the announced list" for one in sorted({*rows} - {*vote.costs})]
        may_lack = {one for one in vote.projects if not vote.votes[one] or not vote.costs[one]} | {*vote.withdrawn}
        problems += [f"project {one} is not in ballots.pb" for one in left_out if one not in may_lack]
        problems += [f"project {one} was withdrawn and stands in ballots.pb" for one in vote.withdrawn if one in rows]
        for one in vote.projects:
            problems += [] if one in left_out else _other_row(vote, self._json("result.json"), rows[one])
        opened: Counter[tuple[str, Ballot]] = Counter()
        for method, ballots in by_method.items():
            for ballot, number in ballots.items():
                opened[method, vote.row(ballot, {*rows})] += number
        without_row = sum(number for (_, ballot), number in opened.items() if not ballot[0])
        opened = Counter({key: number for key, number in opened.items() if key[1][0]})
        found: Counter[tuple[str, Ballot]] = Counter()
        for row in sections["VOTES"]:
            choices = tuple(row["vote"].split(",")) if row["vote"] else ()
            points = tuple(int(one) for one in row["points"].split(",") if one) if "points" in row else None
            told = row.get("voting_method")
            if (told is not None) != (len(by_method) > 1):
                problems.append("ballots.pb must say of each ballot how it came in where some are on paper, and else of none")
                break
            found[BOX if told is None else told, (choices, points)] += 1
        if found != opened:
            added, gone = sum((found - opened).values()), sum((opened - found).values())
            problems.append(f"ballots.pb has {added} ballots that were not opened, and lacks {gone} that were")
        meta = {row["key"]: row["value"] for row in sections["META"]}
        expected = self._meta(vote, {*rows}, opened)
        problems += _other_meta(vote, meta, expected)
        beside = self._beside(vote, left_out, without_row)
        if _told_beside(meta.get("comment", "")) != json.loads(canonical(beside)):
            problems.append("ballots.pb tells in its comment another rule, or other sums, than announced and opened")
        _refuse(problems)
        words = f"holds the same {sum(found.values())} ballots, costs and rule; {vote.blank} blank ballots have no row there"
        on_paper = sum(number for (method, _), number in found.items() if method != BOX)
        words += f"; {on_paper} of them are on paper" if on_paper else ""
        return words + (f", nor have projects {', '.join(left_out)}" if left_out else "")

    def _meta(self, vote: Vote, kept: set[str], rows: Counter[tuple[str, Ballot]]) -> dict[str, Any]:
        """What must stand in META, as far as it follows from what was announced and opened."""
        limits, most, least = vote.limits, vote.most_projects(), vote.least_projects()
        many, everybody = vote.kind != "choose-1", Vote(self._json("frozen.json"))
        everybody.voters = vote.voters + self._only_summed()["ballots"]
        lacking = any(vote.votes[one] for one in vote.projects if one not in kept)
        given = [sum(points or ()) for _, (_, points) in rows]
        each, sum_points = limits["max_points_per_project"], limits["max_points"]
        costs = sum(vote.costs[one] // vote.unit for one in kept if one in vote.costs)
        found = {
            "num_projects": len(kept),
            "num_votes": sum(rows.values()),
            "budget": vote.money(vote.budget),
            "max_length": min(most, len(kept)) if limits["max_projects"] is not None and many and kept else None,
            "min_length": least if least > 1 and many and not lacking else None,
            "max_sum_cost": None if (cap := vote.cap()) is None else vote.money(cap),
            "min_project_score_threshold": everybody.least(),
            "fully_funded": 1 if vote.budget // vote.unit >= costs else None,
            "max_sum_points": None,
            "max_points": None,
        }
        if vote.points:
            found["max_sum_points"] = max(given, default=1) if sum_points is None else sum_points
            found["max_points"] = None if each is None else min(each, each if sum_points is None else sum_points)
        return found

    def _beside(self, vote: Vote, left_out: Sequence[str], without_row: int) -> dict[str, Any]:
        """What the comment must say for counting the file: what was announced, and what has no row."""
        drawn, paper = self._json("result.json").get("drawn_order") or [], self._only_summed()
        found: dict[str, Any] = {
            "rule": vote.rule,
            "order": vote.projects,
            "tie_rules": vote.tie_rules or ["listed_first"],
            "drawn": drawn,
            "conflicts": vote.conflicts,
            "stop_when_exhaustive": vote.stop_when_exhaustive,
            "left_out": {
                one: {"cost": vote.money_text(vote.costs[one]), "votes": vote.votes[one], "score": str(vote.scores[one])}
                for one in left_out
            },
            "without_row": without_row,
            "blank": vote.blank,
            "ranks": vote.kind == "ordinal",
            "withdrawn": vote.withdrawn,
        }
        if paper["ballots"]:
            sums = {name: {one: number for one, number in paper[name].items() if number} for name in ("votes", "points")}
            found["paper"] = {"ballots": paper["ballots"], "blank": paper["blank"], **sums}
        return {name: value for name, value in found.items() if value}

    def limits(self) -> str:
        """Every ballot keeps to what was announced."""
        self._only_with_rows()
        vote, problems = self._vote(), []
        for ballot, number in sorted(self._ballots().items(), key=lambda item: item[0][0]):
            if broken := vote.broken_limit(ballot):
                problems.append(f"{number} ballots for {','.join(ballot[0]) or 'nothing'}: {broken}")
        _refuse(problems)
        return "every ballot keeps to the announced limits"

    def withdrawn(self) -> str:
        """Which projects cannot win because the committee withdrew them while people voted: result and protocol agree."""
        vote, problems = self._vote(), []
        if vote.withdrawn != [one for one in vote.projects if one in vote.withdrawn]:
            problems.append("result.json does not name withdrawn projects once each, as they stand on the ballot")
        if "protocol.json" in self.package.names():
            decided = [one for one in self._json("protocol.json").get("decisions", ()) if one["kind"] == "withdrawal"]
            by_two = {str(one["details"]["project"]) for one in decided if one["pot"] == self.pot}
            for one in sorted(by_two ^ {*vote.withdrawn}):
                if one in by_two:
                    problems.append(f"the protocol says that project {one} was withdrawn, and result.json does not")
                else:
                    problems.append(f"result.json calls project {one} withdrawn; the protocol has no decision about it")
        _refuse(problems)
        if not vote.withdrawn:
            return "none"
        return f"{', '.join(vote.withdrawn)}; compare the committee's published decisions, which nothing here can prove"

    def _paper(self) -> dict[str, Any]:
        """The totals of all stations added up; noughts where nobody voted on paper."""
        found: dict[str, Any] = {"ballots": 0, "blank": 0, "votes": Counter(), "points": Counter(), "stations": 0}
        if "paper.json" not in self.package.names():
            return found
        found["ballots"] += int(self._json("paper.json").get("with_the_box", 0))
        for station in self._json("paper.json")["stations"]:
            found["stations"] += len(station.get("joined", [station]))
            for name in ("ballots", "blank"):
                found[name] += int(station[name])
            for name in ("votes", "points"):
                found[name].update({str(one): int(number) for one, number in station[name].items()})
        return found

    def _only_summed(self) -> dict[str, Any]:
        """The totals of those ballots on paper that have no row in ballots.pb."""
        return {"ballots": 0} if ON_PAPER in self.package.names() else self._paper()

    def paper(self) -> str:
        """Totals that people counted by hand and typed: they can belong to this result, and nothing here can prove them."""
        paper, vote = self._paper(), Vote(self._json("frozen.json"))
        if str(self._json("paper.json")["pot"]) != self.pot:
            raise Wrong("paper.json is about another pot")
        if paper["ballots"] and not vote.rule.startswith("greedy") and not self._typed_one_by_one():
            raise Wrong(f"{vote.rule} needs whole ballots, so totals of paper cannot have been counted")
        if unknown := sorted({*paper["votes"], *paper["points"]} - {*vote.costs}):
            raise Wrong(f"paper.json names project {unknown[0]}, which was not announced")
        if any(not 0 <= number <= paper["ballots"] - paper["blank"] for number in paper["votes"].values()):
            raise Wrong("paper.json has more votes for a project than ballots")
        if vote.kind in POINTS:
            _refuse(list(_other_points(vote, paper)))
        if self._json("paper.json").get("with_the_box"):
            if self.rows:
                raise Wrong("paper.json tells no totals, so single ballots must not be published either")
            raise Impossible(
                f"{paper['ballots']} ballots on paper, or those from the box, are so few that only totals of all are published"
            )
        if ON_PAPER in self.package.names():
            return self._one_by_one(paper)
        if paper["ballots"] and self.rows and self._typed_one_by_one():
            raise Wrong(f"{paper['ballots']} ballots on paper were typed one by one, but {ON_PAPER} is missing")
        raise Impossible(
            f"{paper['ballots']} ballots at {paper['stations']} stations are totals, which cannot be checked here; "
            "they are added to the ballots from the box"
        )

    def _one_by_one(self, paper: dict[str, Any]) -> str:
        """The ballots on paper keep to the limits and add up to what was signed at the stations."""
        if not self.rows:
            raise Wrong(f"only totals are published, so {ON_PAPER} must not be in the package")
        summed, problems = self._vote(), []
        for ballot, number in sorted(self._paper_ballots().items(), key=lambda item: item[0][0]):
            broken = summed.broken_limit(ballot)
            if broken:
                problems.append(f"{number} ballots on paper for {','.join(ballot[0]) or 'nothing'}: {broken}")
        _refuse(problems)
        self._add(summed, self._paper_ballots())
        if (summed.voters, summed.blank) != (paper["ballots"], paper["blank"]):
            problems.append(
                f"{ON_PAPER} holds {summed.voters} ballots, {summed.blank} of them blank; the stations signed others"
            )
        for one in summed.projects:
            if summed.votes[one] != paper["votes"].get(one, 0):
                problems.append(f"project {one} has {summed.votes[one]} votes in {ON_PAPER}; the stations signed others")
            elif summed.kind in POINTS and summed.scores[one] != paper["points"].get(one, 0):
                problems.append(f"project {one} has {summed.scores[one]} points in {ON_PAPER}; the stations signed others")
        _refuse(problems)
        kinds = len(self._paper_ballots())
        return f"{summed.voters} ballots, {kinds} different ones, add up to what was signed at {paper['stations']} stations"

    def _paper_ballots(self) -> Counter[Ballot]:
        def read() -> Counter[Ballot]:
            found: Counter[Ballot] = Counter()
            with self.package.open(ON_PAPER) as lines:
                for number, raw in enumerate(lines, 1):
                    try:
                        line = json.loads(raw)
                        points = None if "points" not in line else tuple(map(int, line["points"]))
                        ballot, count = (tuple(map(str, line["choices"])), points), int(line["count"])
                        if count < 1 or (line["channel"], line["pot"]) != ("paper", self.pot) or ballot in found:
                            raise ValueError
                    except (ValueError, KeyError, TypeError):
                        raise Wrong(f"line {number} of {ON_PAPER} is no ballot on paper of this pot") from None
                    found[ballot] = count
            return found

        return self._once("paper_ballots", read)

    def _typed_one_by_one(self) -> bool:
        """Whether it was announced that ballots on paper are typed one by one."""
        return bool((self._json("frozen.json").get("voters") or {}).get("paper"))

    def _add_paper(self, vote: Vote) -> None:
        """What is on paper goes into the sums, ballot by ballot where they are known; `totals.json` holds it already."""
        if ON_PAPER in self.package.names():
            self._add(vote, self._paper_ballots())
            return
        paper = self._paper()
        vote.voters, vote.blank = vote.voters + paper["ballots"], vote.blank + paper["blank"]
        for name, sums in (("votes", vote.votes), ("points" if vote.kind in POINTS else "votes", vote.scores)):
            for one, number in paper[name].items():
                if one in vote.costs:
                    sums[one] += number

    def recount(self) -> str:
        """Counted again by the announced rule, from the ballots or, for greedy rules, from the totals."""
        vote, result = self._vote(), self._json("result.json")
        vote.drawn = [str(one) for one in result.get("drawn_order") or ()]
        if self.rows:
            self._add_ballots(vote)
            self._add_paper(vote)
        else:
            self._add_totals(vote)
        if result.get("rule") != vote.rule:
            raise Wrong(f"the result was counted by {result.get('rule')}, announced was {vote.rule}")
        problems = [*_other_announced(vote, result, self.pot), *_other_projects(vote, result)]
        if not result.get("counted"):
            _refuse(problems)
            raise Wrong("result.json says that nobody has counted, and a result that nobody has counted cannot be certified")
        problems += _other_sums(vote, result)
        problems += self._other_with_a_winner(vote, result)
        problems += self._other_ways(vote, result)
        if not self.rows and not vote.rule.startswith("greedy"):
            _refuse(problems)
            raise Impossible(f"{vote.rule} needs whole ballots, and only totals are published; the sums agree")
        won = winners_of(vote)
        if won != result["winners"]:
            problems.append(f"the result names the winners {', '.join(result['winners'])}; counted were {', '.join(won)}")
        if Fraction(str(result["spent"])) != vote.money(sum(vote.costs[one] for one in won)):
            problems.append(f"the result says that {result['spent']} is spent")
        if Fraction(str(result["left"])) != vote.money(vote.budget - sum(vote.costs[one] for one in won)):
            problems.append(f"the result says that {result['left']} is left over")
        problems += _other_reasons(vote, result)
        problems += _other_ties(vote, result)
        problems += _other_course(vote, result, few=self._few())
        _refuse(problems)
        source = "from the ballots" if self.rows else "from the totals, which themselves cannot be checked here"
        if self.rows and self._paper()["ballots"]:
            one_by_one = ON_PAPER in self.package.names()
            source = (
                "from the ballots of the box and those on paper" if one_by_one else "from the ballots and the totals of paper"
            )
        drawn = "; equals by the draw as result.json names it, which nobody signed: ask who watched" if vote.drawn else ""
        return f"by {vote.rule}, {source}: {len(won)} winners, the same as published: {', '.join(won)}{drawn}"

    def _few(self) -> bool:
        """Whether ballots are so few that only totals of all together are published."""
        said, paper = self._statements(), self._paper()["ballots"]
        return (said[0]["ballots"] if said else 0) < FEW or 0 < paper < FEW

    def _other_ways(self, vote: Vote, result: dict[str, Any]) -> Iterator[str]:
        """In what the votes from the box and those on paper, side by side, are not those of the totals on paper."""
        paper, said_by_openers = self._paper(), self._statements()
        all_on_paper = not said_by_openers or not said_by_openers[0]["ballots"]
        apart = paper["ballots"] > 0 and (all_on_paper or not self._few())
        for row in result["projects"]:
            one = row["number"]
            on_paper = paper["votes"].get(one, 0)
            counted = (vote.votes[one] - on_paper, on_paper) if apart else (None, None)
            if (said := (row.get("votes_box"), row.get("votes_paper"))) != counted:
                yield f"the result says votes_box {said[0]} and votes_paper {said[1]} for project {one}, they are {counted}"

    def _other_with_a_winner(self, vote: Vote, result: dict[str, Any]) -> Iterator[str]:
        """On how many ballots a winner stands: worked out from the ballots, and never told of few ballots or with paper."""
        said, none = result.get("with_a_winner"), self._few() or self._paper()["ballots"] > 0
        if not none and not self.rows:
            if not isinstance(said, int) or not 0 <= said <= vote.voters - vote.blank:
                yield f"the result says that a winner stands on {said} of {vote.voters - vote.blank} ballots that are not blank"
            return
        counted = (
            None
            if none
            else sum(
                number
                for (choices, points), number in self._ballots().items()
                if any(one in result["winners"] and (points is None or points[at] > 0) for at, one in enumerate(choices))
            )
        )
        if said != counted:
            yield f"the result says that a winner stands on {said} ballots; counted were {counted}"

    def publication(self) -> str:
        """What publication.json says of the ballots: how many there are, and how many are like no other."""
        said, few = self._json("publication.json"), self._few()
        problems = []
        if (said.get("format"), said.get("pot")) != ("plaza-publication-1", self.pot):
            problems.append("publication.json is about another pot")
        if bool(said.get("by_rule")) != few or (few and self.rows):
            problems.append(f"publication.json says by_rule {said.get('by_rule')}, but ballots are{'' if few else ' not'} few")
        if few:
            _refuse(problems)
            return "ballots are so few that only totals are published, whatever anybody decides"
        box, typed = self._statements()[0]["ballots"], self._typed_one_by_one()
        ballots = box + (self._paper()["ballots"] if typed else 0)
        if said.get("ballots") != ballots:
            also = f", {ballots - box} of them typed from paper" if ballots > box else ""
            problems.append(f"publication.json says {said.get('ballots')} ballots, but there are {ballots}{also}")
        if not self.rows:
            _refuse(problems)
            raise Impossible(f"{ballots} ballots; how many of them are like no other cannot be told from totals")
        ranking = self._json("frozen.json")["vote_type"] == "ordinal"
        alike: Counter[Any] = Counter()
        on_paper = self._paper_ballots() if ON_PAPER in self.package.names() else Counter()
        for channel, ballots_there in (("web", self._ballots()), ("paper", on_paper)):
            for (choices, points), number in ballots_there.items():
                alike[channel, choices if ranking else tuple(sorted(zip(choices, points or choices)))] += number
        unique = sum(1 for number in alike.values() if number == 1)
        if said.get("unique_ballots") != unique:
            problems.append(f"publication.json says {said.get('unique_ballots')} unique ballots; counted were {unique}")
        _refuse(problems)
        return f"{ballots} ballots, {unique} of them like no other"

    def unproven(self) -> Iterator[str]:
        """What stands in the package and follows from nothing that is signed or announced: ask those who made it."""
        result, names = self._json("result.json"), self.package.names()
        yield "manifest.json: shows damage alone; whoever changes a file can make it anew"
        yield "result.json: certified_at, channels, and of ties decided_by and decisive"
        if result.get("drawn_order"):
            yield "result.json: drawn_order, which whoever watched the draw can compare"
        if result.get("withdrawn"):
            yield "result.json: withdrawn, and that it was decided before anybody could know the count"
        yield "result.json: needed_score, outranks" + (", and who paid what" if result.get("shares") else "")
        if not str(result.get("rule")).startswith("greedy"):
            yield "result.json: ties, and places of projects that did not win"
        if not self.rows:
            yield "totals.json: all of it" + ("" if result.get("with_a_winner") is None else "; result.json: with_a_winner")
            if not str(result.get("rule")).startswith("greedy"):
                yield "result.json: winners, outcomes and shares, which need whole ballots"
        yield "publication.json: reason, and that the vote was not annulled later" + ("" if self.rows else "; unique_ballots")
        if self.rows:
            yield "ballots.pb: country, unit, instance, dates, and the sentences of the comment"
        yield "board.jsonl: that the vote was no rehearsal; README.txt; verify.py itself"
        for name in ("protocol.json", "protocol.pdf", "paper.json"):
            if name in names:
                yield f"{name}: all of it"
        if ON_PAPER in names:
            yield f"{ON_PAPER}: that these ballots lay in the boxes, which those who read and signed them can say"

    def _add_ballots(self, vote: Vote) -> None:
        self._add(vote, self._ballots())

    def _add(self, vote: Vote, ballots: Counter[Ballot]) -> None:
        for ballot, number in ballots.items():
            if any(one not in vote.costs for one in ballot[0]) or (vote.points and len(ballot[1] or ()) != len(ballot[0])):
                raise Wrong("a ballot cannot be counted, so nothing is")
            vote.add(ballot, number)

    def _add_totals(self, vote: Vote) -> None:
        totals = self._json("totals.json")
        vote.voters, vote.blank = totals["ballots"], totals["blank"]
        for row in totals["projects"]:
            if row["number"] not in vote.costs:
                raise Wrong(f"totals.json names project {row['number']}, which was not announced")
            vote.votes[row["number"]], vote.scores[row["number"]] = row["votes"], Fraction(row["score"])


def _other_sums(vote: Vote, result: dict[str, Any]) -> Iterator[str]:
    """In what the sums of the result are not those of the ballots."""
    for name, value in (("voters", vote.voters), ("blank", vote.blank)):
        if result.get(name) != value:
            yield f"the result says {name} {result.get(name)}, counted were {value}"
    for row in result["projects"]:
        one = row["number"]
        if one not in vote.costs or Fraction(row["score"]) != vote.scores[one] or row["votes"] != vote.votes[one]:
            yield f"the result says {row['score']} for project {one}, counted were {vote.scores.get(one)}"


def _other_announced(vote: Vote, result: dict[str, Any], pot: str) -> Iterator[str]:
    """In what the result repeats something else than was announced."""
    announced = {
        "pot": pot,
        "title": vote.title,
        "currency": vote.currency,
        "vote_type": vote.kind,
        "imported": False,
        "tie_rules": vote.tie_rules or ["listed_first"],
    }
    for name, value in announced.items():
        if result.get(name) != value and (name != "tie_rules" or result.get("counted")):
            yield f"the result says {name} {result.get(name)}, announced was {value}"
    if Fraction(str(result["budget"])) != vote.money(vote.budget):
        yield f"the result says a budget of {result['budget']}"


def _other_projects(vote: Vote, result: dict[str, Any]) -> Iterator[str]:
    """In what the rows of the result describe other projects than were announced."""
    numbers = [row["number"] for row in result["projects"]]
    if sorted(numbers) != sorted(vote.projects):
        yield "the result does not name each announced project once"
    for row in result["projects"]:
        one = vote.announced.get(row["number"], {})
        expected = {"reference": one.get("reference"), "longitude": one.get("lon"), "latitude": one.get("lat")}
        expected |= {"currency": vote.currency, "chosen_by_city": None}
        for name, value in expected.items():
            if row.get(name) != value:
                yield f"the result says {name} {row.get(name)} of project {row['number']}, announced was {value}"
        if row["title"] not in (one.get("title") or {"": ""}).values():
            yield f"the result calls project {row['number']} “{row['title']}”, which was not announced"
        if Fraction(row["cost"]) != vote.money(vote.costs.get(row["number"], -1)):
            yield f"the result says a cost of {row['cost']} of project {row['number']}"


def _other_reasons(vote: Vote, result: dict[str, Any]) -> Iterator[str]:
    """In what outcomes, places and money of the projects are not those of the count."""
    rows = {row["number"]: row for row in result["projects"]}
    for place, (one, outcome, left, rival) in enumerate(vote.turns, 1):
        row, cost = rows.get(one, {}), vote.costs[one]
        if row.get("outcome") != outcome:
            yield f"the result says “{row.get('outcome')}” of project {one}; counted was “{outcome}”"
        if (outcome == "won" or vote.rule.startswith("greedy")) and row.get("place") != place:
            yield f"the result says place {row.get('place')} of project {one}; counted was {place}"
        if Fraction(row.get("left_before") or -1) != vote.money(left):
            yield f"the result says that {row.get('left_before')} was left at the turn of project {one}"
        if Fraction(row.get("short_by") or 0) != vote.money(max(0, cost - left)):
            yield f"the result says that project {one} was short by {row.get('short_by')}"
        if row.get("excluded_by") != rival:
            yield f"the result says that {row.get('excluded_by')} excludes project {one}"
    if sorted(row["place"] for row in rows.values()) != list(range(1, len(rows) + 1)):
        yield "the result gives a place twice, or leaves one out"


def _other_ties(vote: Vote, result: dict[str, Any]) -> Iterator[str]:
    """In what the result calls others equal than were; with rules that buy, only whether there are such projects."""
    groups: dict[Number, list[str]] = {}
    for one, outcome, _, _ in vote.turns:
        if outcome != "withdrawn" and not vote.barred(one):
            groups.setdefault(vote.scores[one], []).append(one)
    for tie in result["ties"]:
        unlike = [one for one in tie["projects"] if vote.scores.get(one) != Fraction(tie["score"])]
        if unlike and vote.rule.startswith("greedy"):
            yield f"the result calls project {unlike[0]} equal to others at {tie['score']}, which it is not"
        if unknown := [one for one in tie["projects"] if one not in vote.costs]:
            yield f"the result calls project {unknown[0]} equal to others, which was not announced"
    equal = [group for group in groups.values() if len(group) > 1]
    if vote.rule.startswith("greedy") and [tie["projects"] for tie in result["ties"]] != equal:
        yield "the result does not name exactly the projects with equal scores"


def _other_course(vote: Vote, result: dict[str, Any], *, few: bool) -> Iterator[str]:
    """In what the result tells another course of Equal Shares; of few ballots it tells none."""
    said, course = result.get("shares"), {} if few else vote.course
    if not course or not said:
        if course or said:
            yield "the result tells a course of Equal Shares where there is none, or the other way round"
        return
    for name, value in course.items():
        same = said.get(name) == value
        if isinstance(value, Fraction):  # told to a millionth of the smallest unit, where it is no short number
            same = abs(Fraction(said.get(name) or -1) - value) * vote.unit * 10**6 <= 1
        if not same:
            yield f"the result says {name} {said.get(name)} of Equal Shares; counted was {value}"


def _other_statements(said: Sequence[dict[str, Any]], sheet: dict[str, Any], board: Board) -> Iterator[str]:
    """In what the statements are not those of openers of this vote."""
    if not said:
        yield "nobody has signed what came out of the box"
    for statement in said:
        content = {name: value for name, value in statement.items() if name != "signature"}
        who = statement.get("by")
        if not signed(canonical(content), statement.get("signature", ""), sheet["statement_key"]):
            yield f"the statement of {who} is not signed with the key of this vote"
        digests = {name: one.get("ballots_sha256") for name, one in statement["pots"].items()}
        if hashlib.sha256(canonical(digests)).hexdigest() != statement["ballots_sha256"]:
            yield f"the statement of {who} has a digest that is not that of the digests of its pots"
        if statement.get("election") != board.head.get("election"):
            yield f"the statement of {who} is about another vote"
        if statement.get("format") != STATEMENT:
            yield f"the statement of {who} is not of the form {STATEMENT}"
    if len({canonical({**one, "signature": ""}) for one in said}) < len(said):
        yield "one statement stands there twice, and a copy is no second opening"


def _other_points(vote: Vote, paper: dict[str, Any]) -> Iterator[str]:
    """In what points on paper are more, or fewer, than so many ballots can give."""
    filled, sum_points = paper["ballots"] - paper["blank"], vote.limits["max_points"]
    each = vote.limits["max_points_per_project"] if vote.points else vote.limits["max_length"] or vote.most_projects()
    each = sum_points if each is None else each
    for one, number in paper["points"].items():
        votes = paper["votes"][one]
        if number < votes or (each is not None and number > votes * each):
            yield f"paper.json has {number} points for project {one}, which {votes} ballots cannot give"
    if vote.points and sum_points is not None and sum(paper["points"].values()) > filled * sum_points:
        yield f"paper.json has more points than {filled} ballots can give"


def _other_row(vote: Vote, result: dict[str, Any], row: dict[str, str]) -> Iterator[str]:
    """In what a row of PROJECTS is not that of the announced project."""
    one = row["project_id"]
    if Fraction(row["cost"]) != vote.money(vote.costs[one]):
        yield f"project {one} is not in ballots.pb as it was announced"
    if row["name"] not in {" ".join(title.split()) for title in vote.announced[one]["title"].values()}:
        yield f"project {one} is called “{row['name']}” in ballots.pb, which was not announced"
    sums = {"votes": vote.votes[one], "score": vote.scores[one], "selected": int(one in result.get("winners", ()))}
    for name, value in sums.items():
        if name in row and Fraction(row[name]) != value:
            yield f"ballots.pb says {name} {row[name]} of project {one}, counted was {value}"


def _other_meta(vote: Vote, meta: dict[str, str], expected: dict[str, Any]) -> Iterator[str]:
    """In what META says something else than was announced and opened."""
    rules = {vote.rule, "unknown", *(("greedy-threshold",) if vote.rule == "greedy" and vote.least() is not None else ())}
    texts = {"vote_type": {vote.kind}, "rule": rules, "currency": {vote.currency}}
    texts["description"] = {" ".join(title.split()) for title in vote.title.values()}
    for name, allowed in texts.items():
        if meta.get(name) not in allowed:
            yield f"ballots.pb says {name} {meta.get(name)}, announced was {' or '.join(sorted(allowed))}"
    for name, value in expected.items():
        if (Fraction(meta[name]) if name in meta else None) != value:
            yield f"ballots.pb says {name} {meta.get(name)}; it follows that it is {value}"
    told = ("country", "unit", "instance", "date_begin", "date_end", "comment")
    if more := sorted({*meta} - {*texts, *expected, *told}):
        yield f"ballots.pb says {more[0]}, which nobody announced"


def _told_beside(comment: str) -> Any:
    _, mark, rest = comment.partition(MARK)
    return json.JSONDecoder().raw_decode(rest)[0] if mark else None


def _refuse(problems: Sequence[str]) -> None:
    if problems:
        raise Wrong("\n".join(problems))


def _sections(content: bytes) -> dict[str, list[dict[str, str]]]:
    sections: dict[str, list[dict[str, str]]] = {}
    columns: list[str] | None = None
    current: list[dict[str, str]] = []
    for number, row in enumerate(csv.reader(io.StringIO(content.decode(), newline=""), delimiter=";"), 1):
        if len(row) == 1 and row[0] in ("META", "PROJECTS", "VOTES"):
            current = sections[row[0]] = []
            columns = None
        elif columns is None:
            columns = row
        elif len(row) != len(columns):
            raise Wrong(f"row {number} of ballots.pb has {len(row)} fields, not {len(columns)}")
        else:
            current.append(dict(zip(columns, row)))
    missing = {"META", "PROJECTS", "VOTES"} - set(sections)
    if missing:
        raise Wrong(f"ballots.pb has no section {', '.join(sorted(missing))}")
    return sections


def look_up(package: Package, beginning: str) -> int:
    """Say in which block the receipts are that begin so."""
    beginning, found, titles = "".join(beginning.lower().split()).replace("-", ""), 0, {}
    with package.open("board.jsonl") as lines:
        for raw in lines:
            line = json.loads(raw)
            if "pots" in line:
                titles = {pot["pot"]: next(iter(pot["title"].values()), "") for pot in line["pots"]}
            for receipt in line.get("receipts", ()):
                if receipt.startswith(beginning):
                    found += 1
                    print(f"{receipt} is in block {line['number']} of {titles.get(line['pot'], line['pot'])}")
    if not found:
        print(f"No receipt on the board begins with {beginning}.")
    return 0 if found else 1


def check_all(checks: Checks) -> int:
    """Run every check and print a line for each. Returns the exit status."""
    wrong = 0
    impossible: list[str] = []
    for name, check in checks.all():
        try:
            print(f"in order      {name}: {check()}")
        except Impossible as reason:
            impossible.append(name)
            print(f"not possible  {name}: {reason}")
        except Wrong as problem:
            wrong += 1
            for line in str(problem).splitlines():
                print(f"WRONG         {name}: {line}")
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, ZeroDivisionError) as error:
            wrong += 1
            print(f"WRONG         {name}: a file is not as it must be ({type(error).__name__}: {error})")
    try:
        for what in checks.unproven():
            print(f"not provable  {what}")
    except (Wrong, KeyError, TypeError, ValueError, AttributeError):
        pass  # what is wrong with these files is said above
    print()
    if wrong:
        print(f"{wrong} checks found something wrong. Ask the committee, and keep this package as it is.")
    else:
        done = "Everything is in order."
        if impossible:
            done = f"What can be checked is in order. NOT checked: {', '.join(impossible)}."
        print(f"{done} Compare the digest and both keys with what was announced before and during the vote.")
    return 1 if wrong else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="verify.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("package", nargs="?", default=".", help="the ZIP file or the folder; without it, this folder")
    parser.add_argument("--receipt", metavar="BEGINNING", help="say in which block receipts are that begin so")
    parser.add_argument("--announced", metavar="DIGEST", default="", help="the check code that was announced before the vote")
    parser.add_argument("--key", metavar="FILE", default="", help="a copy of key.json that was made before the vote")
    given = parser.parse_args(arguments)
    try:
        package = Package(given.package)
        if given.receipt:
            return look_up(package, given.receipt)
        return check_all(Checks(package, given.announced, given.key))
    except (Wrong, OSError) as problem:
        print(f"WRONG         {problem}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
