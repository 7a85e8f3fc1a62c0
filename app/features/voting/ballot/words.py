"""The sentences of a ballot that change while somebody chooses: on the server, and for the script on the page."""

import json
from collections.abc import Callable
from functools import lru_cache

from babel import Locale
from flask_babel import gettext as _
from flask_babel import ngettext

from app.features.budgets.queries import Pot, gives_points, is_ranking, least_projects, most_cost, most_points_each
from app.web.filters import show_money
from app.web.locale import current_locale

_SAMPLES = (0, 1, 2, 3, 11, 100, 1_000_000)


def points_left(left: int) -> str:
    """What is left to give, or how much too much was given."""
    return _points_over(-left) if left < 0 else _points_left(left)


def _points_left(number: int) -> str:
    return ngettext("You have %(num)s point left.", "You have %(num)s points left.", number)


def _points_over(number: int) -> str:
    return ngettext(
        "You have given %(num)s point too many. Take some away.",
        "You have given %(num)s points too many. Take some away.",
        number,
    )


def choice(title: str | None) -> str:
    """Which one project is chosen, or that none is."""
    return _("You have chosen “%(title)s”.", title=title) if title else _("No project is chosen yet.")


def shown(number: int) -> str:
    """How many projects the filters leave."""
    return ngettext(
        "%(num)s project is shown. What you have chosen stays on your ballot.",
        "%(num)s projects are shown. What you have chosen stays on your ballot.",
        number,
    )


def how_to_choose(pot: Pot) -> list[str]:
    """What a voter may do, one sentence each, in the order in which one needs it."""
    said = []
    if pot.vote_type == "choose-1":
        said.append(_("Choose one project."))
    elif gives_points(pot):
        said.append(
            ngettext(
                "You have %(num)s point. Give it to the project that you want.",
                "You have %(num)s points. Give them to the projects that you want, many to one or some to each.",
                pot.max_points or 0,
            )
        )
        each = most_points_each(pot)
        if each is not None and each != pot.max_points:
            said.append(ngettext("One project can get %(num)s point.", "One project can get up to %(num)s points.", each))
    elif is_ranking(pot) and pot.max_projects:
        said.append(
            ngettext(
                "Choose the project that you want most.",
                "Choose up to %(num)s projects and put them in order: the one you want most in place 1.",
                pot.max_projects,
            )
        )
    elif is_ranking(pot):
        said.append(_("Put projects in order: the one you want most in place 1."))
    if pot.max_projects and pot.vote_type in ("approval", "cumulative"):
        said.append(ngettext("Choose up to %(num)s project.", "Choose up to %(num)s projects.", pot.max_projects))
    if (cap := most_cost(pot)) is not None:
        amount = show_money(cap, pot.currency)
        said.append(_("Choose what you want, as long as it costs no more than %(amount)s together.", amount=amount))
    if (least := least_projects(pot)) > 1 and pot.vote_type != "choose-1":
        said.append(_("Choose at least %(least)s projects, or none at all.", least=least))
    return said


def for_the_script() -> str:
    """The same sentences with a gap, by the plural forms of the language, as JSON."""
    return _for_the_script(current_locale())


@lru_cache(maxsize=32)
def _for_the_script(_locale: str) -> str:
    words = {
        "points": _forms(_points_left),
        "pointsOver": _forms(_points_over),
        "choice": choice("{title}"),
        "noChoice": choice(None),
        "shown": _forms(shown),
        "left": _("%(amount)s left of %(total)s", amount="{left}", total="{total}"),
        "over": _("%(amount)s too much. Take something out.", amount="{over}"),
        "chosen": _("%(number)s of %(most)s chosen", number="{n}", most="{most}"),
        "added": _("“%(title)s” is in place %(place)s of %(number)s.", title="{title}", place="{place}", number="{n}"),
        "removed": _("“%(title)s” is not in your ranking any more.", title="{title}"),
        "full": _("Your ranking is full. Take a project out first."),
        "restored": _("We kept what you chose earlier on this device."),
        "withdrawn": _("You had chosen “%(title)s”, which has been withdrawn.", title="{title}"),
    }
    return json.dumps(words, ensure_ascii=False)


def _forms(sentence: Callable[[int], str]) -> dict[str, str]:
    locale = Locale.parse("en" if current_locale() == "en_XA" else current_locale())
    return {locale.plural_form(number): sentence(number).replace(str(number), "{n}") for number in _SAMPLES}
