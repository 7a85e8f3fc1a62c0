"""Rules, outcomes and channels in words for residents."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from app.features.budgets import money
from app.features.budgets.announcing import POINTS, minimum_words
from app.features.budgets.gone import gone_from
from app.features.budgets.models import Pot
from app.features.budgets.rules import few_ballots, votes_apart
from app.kernel.small_numbers import JOINED
from app.web.filters import local_text, show_date


@dataclass(frozen=True)
class Outcome:
    """What became of a project: a word with icon and tone, and a sentence that says why."""

    label: str
    icon: str
    tone: str
    why: str = ""
    needed: str = ""


def outcome(pot: Pot, number: str, why: dict[str, Any], names: dict[str, str]) -> Outcome:
    """The outcome of one project of a count, by its number; `names` are the titles of all projects by number."""
    reason, left = why["reason"], money.show(pot, why["left"])
    if reason == "won":
        paid = _paid_words(pot, why)
        return Outcome(_("Won"), "trophy", "good", paid or _("%(left)s was left when its turn came.", left=left))
    needed = _needed(pot, why, names)
    if reason == "did_not_fit":
        short = money.show(pot, why["short_by"])
        words = _("When its turn came, %(left)s was left: %(short)s too little.", left=left, short=short)
        return Outcome(_("Did not fit"), "circle-minus", "neutral", words, needed)
    if reason == "no_votes":
        return Outcome(_("No votes"), "circle-dashed", "neutral", _("Nobody voted for it."), needed)
    if reason == "below_threshold":
        return Outcome(_("Below the minimum"), "arrow-down", "neutral", _missed_words(pot), needed)
    if reason == "stopped" and pot.rule == "phragmen":
        words = _("The count had ended: the next project that its supporters could pay for cost more than was left.")
        return Outcome(_("Not reached"), "circle-minus", "neutral", words)
    if reason == "stopped":
        words = _("The count had ended before its turn: an earlier project did not fit.")
        return Outcome(_("Not reached"), "circle-minus", "neutral", words, needed)
    if reason == "excluded":
        winner = names.get(why.get("excluded_by") or "", "")
        return Outcome(
            _("Excluded"), "ban", "neutral", _("It cannot be built together with “%(winner)s”.", winner=winner), needed
        )
    if reason == "supporters_short" and why["cost"] > pot.amount:
        return Outcome(_("Did not fit"), "circle-minus", "neutral", needed)
    if reason == "supporters_short":
        words = _("The people who wanted it had too little of their equal shares left to pay for it together.")
        return Outcome(_("Too little left"), "circle-minus", "neutral", *(_lacking_words(pot, why) or (words,)))
    return Outcome(_("Withdrawn"), "ban", "neutral", _withdrawn_words(pot, number))


def _withdrawn_words(pot: Pot, number: str) -> str:
    """Since when and why it was withdrawn, as the committee wrote it; imported elections only say that it was."""
    gone = gone_from(pot).get(number)
    if gone is None:
        return _("It was taken off the ballot.")
    day = show_date(gone.at)
    return _("Withdrawn on %(day)s while people voted: %(reason)s", day=day, reason=local_text(gone.reason))


def _paid_words(pot: Pot, why: dict[str, Any]) -> str:
    """Equal Shares: how many supporters paid how much."""
    paid = why.get("paid") or {}
    if not paid.get("payers") or few_ballots(pot):
        return ""
    each, number, less = money.show_part(pot, paid["each"]), paid["in_full"], paid["payers"] - paid["in_full"]
    if pot.vote_type in POINTS:
        words = ngettext(
            "%(num)s supporter paid %(each)s for each point.",
            "%(num)s supporters paid %(each)s for each point.",
            number,
            each=each,
        )
    else:
        words = ngettext("%(num)s supporter paid %(each)s.", "%(num)s supporters paid %(each)s each.", number, each=each)
    if not less:
        return words
    rest = ngettext(
        "%(num)s paid less, all that was left of the equal share.",
        "%(num)s paid less, all that was left of their equal shares.",
        less,
    )
    return f"{words} {rest}" if number else rest


def _missed_words(pot: Pot) -> str:
    """Why a project is below the minimum; where more than a number was asked for, it may have just that number."""
    if pot.options.get("threshold_above"):
        return _("The announced minimum is more than %(least)s, and it does not have more.", least=minimum_words(pot))
    return _("It does not reach the announced minimum: %(least)s.", least=minimum_words(pot))


def _lacking_words(pot: Pot, why: dict[str, Any]) -> tuple[str, str] | None:
    """Equal Shares: what the supporters had, what was missing, and how many more supporters would have made up for it."""
    paid = why.get("paid") or {}
    if paid.get("lacking") is None or few_ballots(pot):
        return None
    words = _(
        "The people who wanted it had %(money)s of their equal shares left together: %(lacking)s too little.",
        money=money.show_part(pot, paid["money"]),
        lacking=money.show_part(pot, paid["lacking"]),
    )
    further = paid.get("further_supporters")
    if not further:
        return words, ""
    return words, ngettext(
        "With %(num)s more supporter whose share was not spent yet it would have been paid for.",
        "With %(num)s more supporters whose shares were not spent yet it would have been paid for.",
        further,
    )


def _needed(pot: Pot, why: dict[str, Any], names: dict[str, str]) -> str:
    number = why.get("needed_score")
    if number is None:
        return _("It costs more than the whole pot.") if why["cost"] > pot.amount else ""
    rival = names.get(why.get("outranks") or "")
    if pot.vote_type in POINTS:
        words = ngettext("With %(num)s more point it would have won", "With %(num)s more points it would have won", number)
    else:
        words = ngettext("With %(num)s more vote it would have won", "With %(num)s more votes it would have won", number)
    return _("%(what)s, ahead of “%(rival)s”.", what=words, rival=rival) if rival else f"{words}."


def score_words(pot: Pot, score: str) -> str:
    """A score with what it counts."""
    number = score_number(score)
    whole = int(number) if float(number).is_integer() else 2
    if pot.vote_type in POINTS:
        return ngettext("%(n)s point", "%(n)s points", whole, n=format_decimal(number))
    return ngettext("%(n)s vote", "%(n)s votes", whole, n=format_decimal(number))


def ways_words(pot: Pot, number: str) -> str:
    """How much of a project's score came from screens and how much from paper; empty where that is not told apart."""
    record = pot.result or {}
    if votes_apart(pot, number) is None:
        return ""
    on_paper = record["paper"]["points" if pot.vote_type in POINTS else "votes"].get(number, 0)
    on_screens = score_number(record["why"][number]["score"]) - on_paper
    return _("%(screens)s on screens, %(paper)s on paper", screens=format_decimal(on_screens), paper=format_decimal(on_paper))


def score_head(pot: Pot) -> str:
    """Heading of the column of scores."""
    return _("Points") if pot.vote_type in POINTS else _("Votes")


def score_number(score: str) -> float:
    """A score as it is kept (`7`, `15/2`, `7.5`) as a number to draw and to show."""
    number = float(Fraction(score))
    return int(number) if number.is_integer() else round(number, 4)


def rule_name(rule: str) -> str:
    """A rule in a few plain words; one we have no words for keeps the name that files give it."""
    known = {
        "greedy": _("Most votes first"),
        "greedy-no-skip": _("Most votes first, ending at the first that does not fit"),
        "greedy-threshold": _("Most votes first, with a minimum"),
        "greedy-exclusive": _("Most votes first, without projects that exclude each other"),
        "equalshares": _("Equal Shares"),
        "equalshares-comparison": _("Equal Shares, compared with most votes"),
        "equalshares/add1": _("Equal Shares, growing"),
        "equalshares/add1-comparison": _("Equal Shares, growing, compared with most votes"),
        "phragmen": _("Saving together (Phragmén)"),
    }
    return known.get(rule, rule)


def ballot_name(vote_type: str) -> str:
    """A kind of ballot in a few plain words, those of the page that sets up a pot."""
    known = {
        "approval": _("Choose projects"),
        "choose-1": _("Choose one project"),
        "cumulative": _("Give points"),
        "scoring": _("Give points"),
        "ordinal": _("Put projects in an order"),
    }
    return known.get(vote_type, vote_type)


def tie_words(rules: list[str]) -> str:
    """The tie rules that made an order, in words."""
    known = {
        "lower_cost": _("the cheaper project goes first"),
        "higher_cost": _("the dearer project goes first"),
        "more_voters": _("the project that more ballots name goes first"),
        "listed_first": _("the project that stands first in the list goes first"),
        "drawn": _("the project drawn first in public goes first"),
    }
    return "; ".join(known.get(rule, rule) for rule in rules)


def channel_name(channel: str) -> str:
    """A channel in words; what an imported file calls by another name keeps that name."""
    known = {
        "web": _("On the web"),
        "kiosk": _("At a kiosk"),
        "paper": _("On paper"),
        "desk": _("At the desk"),
        "phone": _("By telephone"),
        "unknown": _("Not recorded"),
        JOINED: _("Small numbers together"),
    }
    return known.get(channel, channel)


def not_counted(result: dict[str, Any]) -> str:
    """Why a certified pot has no winners of ours."""
    missing = {
        "conflicts": _("The rule needs to know which projects exclude each other, and nobody has said so."),
        "min_score": _("The rule needs a minimum that a project must reach, and none was announced."),
        "draw": _("A tie that decides was left to a public draw."),
    }
    rule = result.get("rule", "")
    unknown = _("Counting by the rule “%(rule)s” is not supported yet. We do not count it by another one.", rule=rule)
    return missing.get(result.get("missing") or "", unknown)
