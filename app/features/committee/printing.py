"""The protocol of a vote as tagged PDF (PDF/UA-1), in a language of the city."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from flask_babel import force_locale, format_decimal
from flask_babel import gettext as _

from app.features.budgets.queries import score_number, tie_words
from app.features.committee.models import DecisionKind
from app.features.committee.printed import draw_words, published_words, section, text_of, totals_before, voters_section
from app.features.committee.shown import DECIDED, what_it_is_about, will_happen
from app.kernel.kept_files import kept_file
from app.web.filters import channel_word, city_zone, show_date, show_money, translate
from app.web.typesetting import typeset

HERE = Path(__file__).parent


def protocol_pdf(record: dict[str, Any], city: str, language: str) -> bytes:
    """The record of `protocol.py`, set and tagged."""
    with force_locale(language):
        data = {
            "lang": language,
            "rtl": Locale.parse(language).text_direction == "rtl",
            "city": city,
            "page_word": _("Page"),
            "title": _("Protocol of the vote"),
            "process": text_of(record["title"], language),
            "sections": list(_sections(record, language)),
        }
    return typeset(HERE / "protocol.typ", data)


def kept_pdf(record: dict[str, Any], city: str, language: str, folder: Path) -> bytes:
    """The same for everybody: set once, and kept until what it is made from is another."""
    made_from = json.dumps([record, city, city_zone().key, _program()], sort_keys=True, default=str)
    place = folder / record["process"] / f"{language}-{hashlib.sha256(made_from.encode()).hexdigest()}.pdf"
    with kept_file(place, lambda: [protocol_pdf(record, city, language)], older=f"{language}-*.pdf") as kept:
        return kept.read()


@cache
def _program() -> list[str]:
    """What sets it, in digests: words come from the catalogues."""
    words = sorted((HERE.parents[2] / "translations").glob("*/LC_MESSAGES/messages.mo"))
    sources = (*sorted(HERE.glob("*.py")), HERE.parent / "budgets" / "outcomes.py", HERE / "protocol.typ", *words)
    return [hashlib.sha256(one.read_bytes()).hexdigest() for one in sources]


def _when(moment: str | None) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(city_zone()):%Y-%m-%d %H:%M}" if moment else "–"


def _short(digest: str | None) -> str:
    """A digest in pieces, so that it can be broken over lines and compared."""
    return " ".join((digest or "")[at : at + 8] for at in range(0, len(digest or ""), 8))


def _sections(record: dict[str, Any], language: str) -> Iterator[Any]:
    yield _about(record)
    titles = {pot["pot"]: text_of(pot["title"], language) for pot in record["pots"]}
    for pot in record["pots"]:
        yield _pot(pot, titles[pot["pot"]])
        if "count" in pot:
            yield _count(pot, titles[pot["pot"]])
    yield voters_section(record, titles, language)
    yield _board(record, titles)
    yield _reconciliation(record, titles)
    yield _paper(record, titles)
    yield _decisions(record, titles, language)
    yield _certificates(record, titles)
    yield _end(record)


def _about(record: dict[str, Any]) -> Any:
    words = [
        _("Voted from %(first)s to %(last)s.", first=_when(one["from"]), last=_when(one["until"])) for one in record["voting"]
    ]
    if record["voters_on_the_list"] is not None:
        words.append(_("Voters on the list: %(number)s", number=record["voters_on_the_list"]))
    words += _list_of_voters(record.get("list_of_voters"))
    for one in record["rehearsals"]:
        day = show_date(date.fromisoformat(one["begun_on"]))
        words.append(_("Rehearsal of %(day)s: %(ballots)s test ballots of %(voters)s test voters.", **{**one, "day": day}))
    box = record["box"]
    if box:
        keeper = (
            _("The server kept the key.")
            if box["custody"] == "server"
            else _("Members of the committee kept shares of the key.")
        )
        words += [keeper, _("Public key of the box: %(key)s", key=_short(box["key"].get("public_key")))]
    tables = [_openings(_("Opened by"), box["openings"], box.get("brought"))] if box else []
    discarded = (box or {}).get("discarded", [])
    tables += [_openings(_("Discarded opening by"), one["openings"], one["brought"]) for one in discarded]
    if box and box["state"] == "disputed":
        words.append(_("The openings of the box differ. Nothing is counted or certified until it was opened anew."))
    return section(_("The vote and its box"), words, tables)


def _openings(who: str, statements: list[dict[str, Any]], brought: list[dict[str, Any]] | None) -> Any:
    """What openers signed, and whose account brought it; earlier protocols do not say the latter."""
    accounts = [one["name"] or "–" for one in brought or []] or ["–"] * len(statements)
    rows = [
        (one["by"], account, show_date(date.fromisoformat(one["day"])), _short(one["ballots_sha256"]), _short(one["signature"]))
        for one, account in zip(statements, accounts, strict=True)
    ]
    return (who, _("Brought from the account of"), _("Day"), _("Digest of the ballots"), _("Signature")), rows


def _list_of_voters(noted: dict[str, Any] | None) -> list[str]:
    """What was noted of the list when the vote had begun, and whether it was the same at the end."""
    if noted is None or not noted["entries"]:
        return []
    words = [
        _(
            "List of voters noted at %(when)s: %(number)s entries, check code %(digest)s",
            when=_when(noted["noted_at"]),
            number=noted["entries"],
            digest=_short(noted["sha256"]),
        )
    ]
    if "unchanged" in noted:
        same = _("When the box was closed, the list was the same.")
        other = _(
            "When the box was closed, the list was another one: %(number)s entries, check code %(digest)s",
            number=noted["at_closing"]["entries"],
            digest=_short(noted["at_closing"]["sha256"]),
        )
        words.append(same if noted["unchanged"] else other)
    return words


def _pot(pot: dict[str, Any], title: str) -> Any:
    words = [
        _("In the pot: %(amount)s", amount=show_money(pot["amount"], pot["currency"])),
        _("Rule: %(rule)s, ballots: %(type)s", rule=pot["rule"], type=pot["vote_type"]),
        _("Check code of the fixed ballot: %(digest)s", digest=_short(pot["frozen_digest"])),
        _("Annulled since %(when)s.", when=_when(pot["annulled"])) if pot["annulled"] else "",
    ]
    tables = [
        (
            (_("Channel"), _("Participations")),
            [(channel_word(name), number) for name, number in pot["participations_by_channel"].items()],
        ),
        ((_("Day"), _("Participations")), list(pot["participations_by_day"].items())),
        (
            (_("Block"), _("Envelopes"), _("Digest")),
            [(one["number"], one["size"], _short(one["digest"])) for one in pot["blocks"]],
        ),
    ]
    return section(title, words, tables)


def _count(pot: dict[str, Any], title: str) -> Any:
    count = pot["count"]
    if not count["supported"]:
        return section(
            _("The count of “%(pot)s”", pot=title), [_("It was not counted: the rule is not supported, or lacks something.")]
        )
    money = {name: show_money(count[name], pot["currency"]) for name in ("cost", "left")}
    words = [
        _("Ballots: %(ballots)s, blank: %(blank)s", ballots=count["voters"], blank=count["blank"]),
        _("Winners: %(numbers)s", numbers=", ".join(count["winners"]) or "–"),
        _("Spent: %(spent)s, left over: %(left)s", spent=money["cost"], left=money["left"]),
        "" if count["ties"] else _("No two projects had the same result."),
        *draw_words(pot),
        *published_words(pot),
    ]
    ties = [
        (
            ", ".join(tie["projects"]),
            format_decimal(score_number(tie["score"])),
            _("yes: %(rules)s", rules=tie_words(tie["decided_by"])) if tie["decisive"] else _("no"),
        )
        for tie in count["ties"]
    ]
    return section(
        _("The count of “%(pot)s”", pot=title), words, [((_("Tied projects"), _("Score"), _("Decides who wins")), ties)]
    )


def _board(record: dict[str, Any], titles: dict[str, str]) -> Any:
    rows = [
        (one["day"], titles.get(pot, ""), blocks, envelopes, _short(one["signature"]))
        for one in record["heads"]
        for pot, blocks, envelopes, _digest in one["pots"]
    ]
    head = (_("Day"), _("Pot"), _("Blocks"), _("Envelopes"), _("Signature"))
    return section(_("Signed heads of the board"), ["" if rows else _("There are none.")], [(head, rows)])


def _reconciliation(record: dict[str, Any], titles: dict[str, str]) -> Any:
    rows = [
        (
            titles.get(row["pot"], ""),
            row["station"] or _("On the web and at the desk"),
            row["participations"] if row["complete"] else "–",
            row["ballots"] if row["complete"] else "–",
            row["reason"] or "",
        )
        for row in record["reconciliation"]
    ]
    head = (_("Pot"), _("Where"), _("Participations"), _("Ballots"), _("Reason of a difference"))
    return section(_("Reconciliation"), (), [(head, rows)])


def _paper(record: dict[str, Any], titles: dict[str, str]) -> Any:
    rows = [
        (
            titles.get(pot["pot"], ""),
            one["station"],
            one["ballots"],
            one["blank"],
            one["invalid"],
            ", ".join(f"{number}: {votes}" for number, votes in one["votes"].items()),
        )
        for pot in record["paper"]
        for one in pot["stations"]
    ]
    head = (_("Pot"), _("Station"), _("Ballots"), _("Blank"), _("Invalid"), _("Votes by project"))
    words = [
        _(
            "“%(pot)s”: %(number)s ballots on paper. They, or those from the box, are so few that only all together are told.",
            pot=titles.get(pot["pot"], ""),
            number=pot["with_the_box"],
        )
        for pot in record["paper"]
        if pot.get("with_the_box")
    ]
    return section(_("Ballots on paper"), words or ["" if rows else _("There are none.")], [(head, rows)])


def _decisions(record: dict[str, Any], titles: dict[str, str], language: str) -> Any:
    words = []
    for one in record["decisions"]:
        kind = DecisionKind(one["kind"])
        about = f" ({titles[one['pot']]})" if one["pot"] in titles else ""
        words.append(f"{_when(one['signatures'][1]['at'])} – {translate(DECIDED[kind])}{about}")
        if one["details"].get("until"):
            words += will_happen(kind, one["details"])
        words += what_it_is_about(one["details"])
        words += totals_before(one["outcome"].get("before") or {})
        words.append(_("Reason: %(reason)s", reason=text_of(one["reason"], language)))
        words.append(_names(one["signatures"]))
    answers = {"open": _("Not decided yet"), "upheld": _("Upheld"), "dismissed": _("Dismissed")}
    rows = [(one["number"], one["filed_on"], answers[one["outcome"]]) for one in record["objections"]]
    head = (_("Objection"), _("Day"), _("Answer"))
    return section(_("Decisions of the committee"), words or [_("There are none.")], [(head, rows)])


def _names(signatures: list[dict[str, Any]]) -> str:
    who = "; ".join(f"{one['name']}, {_when(one['at'])}" for one in signatures)
    return _("Signed by: %(names)s", names=who)


def _certificates(record: dict[str, Any], titles: dict[str, str]) -> Any:
    words = []
    for pot in record["pots"]:
        for one in pot["certificates"]:
            words.append(_("“%(pot)s”, version %(version)s", pot=titles[pot["pot"]], version=one["version"]))
            words.append(_("Digest of the certificate: %(digest)s", digest=_short(one["digest"])))
            words.append(_("Digest of the result: %(digest)s", digest=_short(one["body"]["result"])))
            words.append(_names(one["body"]["signatures"]))
    return section(_("Certificates"), words or [_("Nothing is certified yet.")])


def _end(record: dict[str, Any]) -> Any:
    keys = record["keys"]
    words = [
        _("People can object until %(when)s.", when=_when(record["objections_until"])) if record["objections_until"] else "",
        _("Destruction of the keys announced: %(when)s", when=_when(keys["destruction_announced"])),
        _("Keys destroyed: %(when)s", when=_when(keys["destroyed"])),
        _("List of voters deleted: %(when)s", when=_when(keys["voters_forgotten"])),
    ]
    return section(_("Keys and data of the voters"), words)
