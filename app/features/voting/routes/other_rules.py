"""What other rules would have chosen, for everybody, once the result is certified."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, url_for
from flask_babel import format_percent
from markupsafe import Markup

from app.extensions import db
from app.features.budgets.queries import Pot, rule_name, show_money, visible_pot
from app.features.voting.queries import comparison_of
from app.features.voting.use_cases import can_compare
from app.kernel.errors import NotFound
from app.web import slots
from app.web.access import public, viewer

bp = Blueprint("voting_rule_compare", __name__, template_folder="../templates", url_prefix="/budgets")


@bp.get("/<uuid:pot_id>/compare")
@public
def show(pot_id: UUID) -> str:
    """The announced rule beside the others that fit the ballots: winners, cost, and how many ballots have a winner."""
    pot = visible_pot(db.session(), viewer(), pot_id)
    if not can_compare(pot):
        raise NotFound
    found = comparison_of(db.session(), pot_id)
    rules = [_rule(pot, one) for one in found.rules] if found else []
    return render_template("voting/compare_rules.html", pot=pot, rules=rules, rows=_rows(pot, rules), waiting=found is None)


def _rule(pot: Pot, one: dict[str, Any]) -> dict[str, Any]:
    voters = (pot.result or {}).get("voters") or 0
    winners = one["winners"]
    share = one["with_a_winner"] / voters if winners is not None and voters else 0.0
    return {
        "name": rule_name(one["rule"]),
        "code": one["rule"],
        "announced": one["rule"] == pot.rule,
        "winners": None if winners is None else set(winners),
        "number": len(winners or ()),
        "cost_words": show_money(pot, one.get("cost")),
        "share": share,
        "share_words": format_percent(share),
    }


def _rows(pot: Pot, rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every project that wins by some rule: first those on which all agree least, then by the list."""
    counted = [rule for rule in rules if rule["winners"] is not None]
    rows = []
    for project in pot.projects:
        wins = [project.number in rule["winners"] for rule in counted]
        if any(wins):
            url = url_for("budgets.project", pot_id=pot.id, name=project.reference)
            rows.append({"project": project, "url": url, "wins": wins, "agreed": all(wins)})
    return sorted(rows, key=lambda row: row["agreed"])


def _link(pot: Pot) -> Markup:
    """On the page of a result: the way here."""
    if not can_compare(pot):
        return Markup("")
    return slots.partial("voting/_compare_link.html", url=url_for("voting_rule_compare.show", pot_id=pot.id))


slots.register("budgets.result.rule", 20, _link)
