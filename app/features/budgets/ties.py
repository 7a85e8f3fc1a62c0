"""Ties in sentences: for the committee, on certificates, and what decides between equals as it is announced."""

from typing import Any

from babel.lists import format_list
from flask_babel import get_locale
from flask_babel import gettext as _

from app.features.budgets.models import Pot
from app.features.budgets.outcomes import score_words, tie_words
from app.web.filters import local_text


def tied_sentences(pot: Pot, ties: list[dict[str, Any]]) -> list[dict[str, str]]:
    """For each tie of a count: which projects had the same result, and what that meant."""
    titles = {one.number: local_text(one.title) for one in pot.projects}
    return [{"who": _tied(pot, one, titles), "how": _untied(one)} for one in ties]


def _tied(pot: Pot, tie: dict[str, Any], titles: dict[str, str]) -> str:
    names = [_("“%(project)s”", project=titles.get(number) or number) for number in tie["projects"]]
    together = format_list(names, locale=get_locale() or "en")
    if not pot.rule.startswith("greedy"):  # what other rules compare is no number of votes
        return _("%(projects)s had the same result.", projects=together)
    return _("%(projects)s had the same result: %(score)s each.", projects=together, score=score_words(pot, tie["score"]))


def _untied(tie: dict[str, Any]) -> str:
    if not tie["decisive"]:
        return _("Any order would have had the same winners.")
    how = tie_words(tie["decided_by"]) if tie["decided_by"] else _("the order of the list")
    return _("That tie decided who won: %(how)s.", how=how)


def tie_steps(pot: Pot) -> list[str]:
    """What decides between projects with the same result, in the order in which it is asked."""
    known = {
        "lower_cost": _("The cheaper project goes first."),
        "higher_cost": _("The dearer project goes first."),
        "more_voters": _("The project that more ballots name goes first."),
        "listed_first": _("The project that stands first in the list goes first."),
        "drawn": _("A public draw decides, held after the vote and only if it decides who wins."),
    }
    return [known.get(str(rule), str(rule)) for rule in pot.options.get("tie_rules") or ()]
