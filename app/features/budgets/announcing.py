"""What is announced for a pot, as short sentences for residents: how to vote, who wins, what decides between equals."""

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from app.features.budgets import money
from app.features.budgets.models import Pot
from app.features.budgets.setting import shares
from app.kernel.texts import Texts
from app.web.filters import local_text

POINTS = ("cumulative", "scoring", "ordinal")


def ballot_steps(pot: Pot) -> list[str]:
    """How a voter chooses, in short sentences; the last one says how many ballots a person has."""
    kinds = {
        "approval": _("Choose the projects that you want."),
        "choose-1": _("Choose one project."),
        "cumulative": _("Spread your points over the projects that you want."),
        "scoring": _("Give points to projects; you may give negative ones too."),
        "ordinal": _("Put the projects that you want in an order, the most wanted first."),
    }
    steps = [kinds.get(pot.vote_type, pot.vote_type)]
    if pot.max_points is not None:
        steps.append(ngettext("You have %(num)s point.", "You have %(num)s points.", pot.max_points))
    each = pot.options.get("max_points_per_project")
    if each is not None:
        steps.append(ngettext("A project gets at most %(num)s of them.", "A project gets at most %(num)s of them.", int(each)))
    if pot.max_projects is not None and pot.vote_type != "choose-1":
        steps.append(ngettext("You can choose %(num)s project.", "You can choose up to %(num)s projects.", pot.max_projects))
    if pot.limit_by_cost:
        most = money.show(pot, pot.options.get("max_sum_cost", pot.amount))
        steps.append(_("What you choose may cost up to %(most)s together.", most=most))
    if pot.min_projects > 1:
        steps.append(
            ngettext(
                "Choose at least %(num)s project, or none at all.",
                "Choose at least %(num)s projects, or none at all.",
                pot.min_projects,
            )
        )
    steps.append(_("Everybody has at most one ballot in this pot, on the web or at the desk."))
    return steps


def rule_steps(pot: Pot) -> list[str]:
    """The announced rule as short sentences; a rule we do not know is named, not explained."""
    least = [_("Only projects with at least %(least)s can win.", least=minimum_words(pot))] if _has_minimum(pot) else []
    if _has_minimum(pot) and pot.options.get("threshold_above"):
        least = [_("Only projects with more than %(least)s can win.", least=minimum_words(pot))]
    if shares(pot.rule):
        steps = _equal_shares(pot)
    elif pot.rule == "phragmen":
        steps = _phragmen()
    else:
        steps = _in_turn(pot)
    if not steps:
        return [_("The rule is called “%(rule)s” in the published file.", rule=pot.rule)]
    end = _("A project that nobody voted for never wins. Money that is left stays in the pot.")
    return [*_ranking(pot), *least, *steps, end]


def _in_turn(pot: Pot) -> list[str]:
    by = _("Projects take their turn from the most points to the fewest.")
    if pot.vote_type not in POINTS:
        by = _("Projects take their turn from the most votes to the fewest.")
    wins, passed = _("A project that fits into what is left wins."), _("One that does not fit is passed over.")
    known = {
        "greedy": [by, wins, passed],
        "greedy-no-skip": [by, wins, _("The first one that does not fit ends the count.")],
        "greedy-threshold": [by, wins, passed],
        "greedy-exclusive": [by, wins, passed, _("A project that conflicts with a winner is passed over too.")],
    }
    return known.get(pot.rule, [])


def _equal_shares(pot: Pot) -> list[str]:
    steps = [
        _("The money of the pot is divided equally among all ballots."),
        _("A project wins when the ballots that chose it can pay for it together from their shares."),
    ]
    if pot.vote_type in POINTS:
        steps.append(
            _(
                "The project for which each of them pays the smallest part of its cost for a point comes first; what they pay"
                " is gone from their shares."
            )
        )
    else:
        steps.append(
            _(
                "The project for which each of them pays the smallest part of its cost comes first; what they pay is gone from"
                " their shares."
            )
        )
    if pot.vote_type in POINTS:
        steps.append(_("A ballot that gave a project more points pays more of it."))
    if "/add1" in pot.rule:
        unit = money.show(pot, 10 ** money.decimals_of(pot))
        steps.append(
            _(
                "So that little is left, every share then grows by %(unit)s, and the count begins again; this goes on as long"
                " as all winners together cost no more than the pot.",
                unit=unit,
            )
        )
        if pot.options.get("stop_when_exhaustive"):
            steps.append(_("It ends sooner when no other project fits into what is left."))
    if pot.rule.endswith("comparison"):
        steps.append(
            _(
                "In the end it is compared with “most votes first”: a ballot prefers the outcome in which more of its projects"
                " win, and if more ballots prefer that one, it holds."
            )
        )
    return steps


def _phragmen() -> list[str]:
    return [
        _("All ballots save money at the same steady pace."),
        _("As soon as the ballots that chose a project have saved what it costs, it wins, and they begin again from nothing."),
        _("The count ends when a project comes up that costs more than what is left in the pot."),
    ]


def _ranking(pot: Pot) -> list[str]:
    most = pot.options.get("max_length")
    if pot.vote_type != "ordinal" or not most:
        return []
    return [
        ngettext(
            "The first place on a ballot gives a project %(num)s point, each place after it one less.",
            "The first place on a ballot gives a project %(num)s points, each place after it one less.",
            int(most),
        )
    ]


def _has_minimum(pot: Pot) -> bool:
    return bool(pot.options.get("min_project_score_threshold") or pot.options.get("threshold_share"))


def minimum_words(pot: Pot) -> str:
    """What a project must reach, with what it counts: `50 votes`, `5% of all ballots`."""
    share = pot.options.get("threshold_share")
    if share is not None:
        return _("%(share)s per cent of all ballots (blank ones included)", share=format_decimal(share))
    text = str(pot.options.get("min_project_score_threshold", ""))
    if not text.isascii() or not text.isdigit():
        return text
    number = int(text)
    if pot.vote_type in POINTS:
        return ngettext("%(n)s point", "%(n)s points", number, n=format_decimal(number))
    return ngettext("%(n)s vote", "%(n)s votes", number, n=format_decimal(number))


def groups(pot: Pot) -> list[dict[str, object]]:
    """Which projects exclude each other: the name of each group, its projects' numbers and names."""
    titles: dict[str, Texts] = {one.number: one.title for one in pot.projects}
    names = pot.options.get("conflict_names") or []
    found: list[dict[str, object]] = []
    for place, numbers in enumerate(pot.options.get("conflicts") or ()):
        name = names[place] if place < len(names) else {}
        projects = [{"number": one, "title": titles.get(one, {})} for one in numbers]
        found.append({"place": place, "name": name if local_text(name) else None, "projects": projects})
    return found
