"""Parts of the printed protocol: how a section is put together, voters in numbers, draws, what is published."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from app.kernel.texts import pick


def section(
    heading: str, words: Sequence[str] = (), tables: Sequence[tuple[Sequence[str], Sequence[Sequence[Any]]]] = ()
) -> Any:
    """A heading with sentences and tables under it; empty ones are left out."""
    rows = [{"head": list(head), "rows": [[str(cell) for cell in row] for row in body]} for head, body in tables if body]
    return {"heading": heading, "words": [one for one in words if one], "tables": rows}


def text_of(texts: dict[str, str], language: str) -> str:
    """What is written in that language, or in the next best."""
    return pick(texts, language, ("en",))[0]


def voters_section(record: dict[str, Any], titles: dict[str, str], language: str) -> Any:
    """Codes, contested participations and turnout, in numbers."""
    codes = record["codes"]
    words = [
        _(
            "Codes: %(issued)s in force, %(voided)s void, %(undelivered)s came back. Letters printed: %(letters)s.",
            letters=record["letters"],
            **codes,
        )
        if any(codes.values())
        else ""
    ]
    contested = [(titles[pot["pot"]], pot["contested_participations"]) for pot in record["pots"]]
    names = ("upheld", "dismissed", "open", "granted", "granted_and_cast")
    rows = [
        (title, sum(found[name] for name in names[:3]), *(found[name] for name in names)) for title, found in contested if found
    ]
    head = (
        _("Pot"), _("Contested participations"), _("Upheld"), _("Dismissed"), _("Not decided yet"), _("Ballots granted"),
        _("Granted ballots cast"),
    )  # fmt: skip
    words.append("" if rows else _("Nobody has said that another person voted in their name."))
    tables: list[Any] = [(head, rows)]
    kinds = {"area": _("Turnout by area"), "age": _("Turnout by age"), "sex": _("Turnout by sex")}
    for kind, groups in (record["turnout"] or {}).items():
        shown = [(_group(kind, one, language), *(_few(one[name]) for name in ("entries", "voted"))) for one in groups]
        if len(shown) > 1:
            tables.append(((kinds[kind], _("On the list"), _("Took part")), shown))
    return section(_("Voters, in numbers"), words, tables)


def _group(kind: str, group: dict[str, Any], language: str) -> str:
    sexes = {"f": _("women"), "m": _("men"), "x": _("other")}
    if kind == "area" and group["title"]:
        return text_of(group["title"], language)
    name = sexes.get(group["group"], "") if kind == "sex" else group["group"] if kind == "age" else ""
    return name or _("not on the list")


def _few(number: int | None) -> str:
    return _("too few to show") if number is None else str(number)


def published_words(pot: dict[str, Any]) -> list[str]:
    """What of the ballots is published, and why."""
    found, words = pot.get("publication"), []
    if found and found["by_rule"]:
        words.append(_("So few people voted that only winners and totals are published."))
    elif found:
        each = found["published"] == "rows"
        words.append(
            _("Each ballot is published, without a name.") if each else _("Totals are published, single ballots are not.")
        )
        words.append(_("Reason: %(reason)s", reason=found["reason"]))
    return words


def draw_words(pot: dict[str, Any]) -> list[str]:
    """Public draws, and what the committee wrote about them."""
    found = pot.get("draws") or {"draws": [], "draw_notes": []}
    words = [_("Drawn in public, the first one first: %(numbers)s", numbers=", ".join(one)) for one in found["draws"]]
    return words + [_("About the draw: %(note)s", note=note) for note in found["draw_notes"]]


def totals_before(before: dict[str, Any]) -> list[str]:
    """What had been typed of a station before two members reopened it."""
    if "votes" not in before:
        return []
    numbers = {name: before[name] for name in ("ballots", "blank", "invalid")}
    votes = ", ".join(f"{number}: {votes}" for number, votes in before["votes"].items())
    return [
        _("Typed before: ballots %(ballots)s, blank %(blank)s, invalid %(invalid)s.", **numbers),
        _("Votes by project before: %(votes)s", votes=votes or "–"),
    ]
