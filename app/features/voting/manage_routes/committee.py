"""The committee's pages of counting: its pots, and one pot from turnout to the count."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from app.extensions import db
from app.features.budgets.queries import (
    Pot,
    PotState,
    gives_points,
    is_ranking,
    pots_in,
    score_head,
    score_number,
    tied_sentences,
)
from app.features.voting.manage_routes.shared import comes_again, pot_of, spaces_seen, stays_still
from app.features.voting.publication import can_choose, choice_of, needs_choice
from app.features.voting.queries import (
    ballots_cast,
    box_of,
    closed,
    count_under_way,
    disputed_boxes,
    is_opened,
    is_over,
    participations,
    roll_size,
    totals_by_channel,
)
from app.features.voting.use_cases import begin_counting, count_rests, entered_draw, moved_at, waiting_for_hand, why_stopped
from app.kernel import clock
from app.kernel.messages import msg
from app.kernel.permissions import Permission
from app.web import navigation, slots
from app.web.access import requires, viewer
from app.web.transaction import attempt, commits

bp = Blueprint("voting_committee", __name__, template_folder="../templates", url_prefix="/staff/committee")
navigation.staff("voting_committee.pots", msg("Counting"), icon="scale", order=60, needs=Permission.BUDGET_INSPECT)


@bp.get("")
@requires(Permission.BUDGET_INSPECT)
def pots() -> str:
    """Every pot of the committee's processes and what is to be done with it."""
    session = db.session()
    found = [
        pot for pot in pots_in(session, viewer().processes_where(Permission.BUDGET_INSPECT)) if pot.state is not PotState.DRAFT
    ]
    spaces = spaces_seen()
    now = clock.now()
    rows = [(pot, spaces.get(pot.process_id), is_over(spaces.get(pot.process_id), pot, now)) for pot in found]
    processes = {space.id: space for _pot, space, _over in rows if space is not None and not space.imported}
    disputed = [processes[one] for one in disputed_boxes(session) if one in processes]
    return render_template("voting/committee_index.html", rows=rows, processes=processes.values(), disputed=disputed)


@bp.get("/<uuid:pot_id>")
@requires(Permission.BUDGET_INSPECT)
def pot_page(pot_id: UUID) -> ResponseReturnValue:
    """While people vote: turnout only. Afterwards: totals by channel, the count, its ties, and certifying.

    While a large pot is counted the page says how far that is, and comes again by itself, unless `?still=1`.
    """
    session = db.session()
    pot = pot_of(pot_id, Permission.BUDGET_INSPECT)
    is_closed = closed(session, pot)
    work = _work(pot)
    stopped = why_stopped(work) if work else None
    counting = work if stopped is None else None
    box = box_of(session, pot.process_id)
    rests = box is not None and count_rests(session, box, pot)
    page = render_template(
        "voting/committee.html",
        pot=pot,
        is_closed=is_closed,
        opened=is_opened(session, pot),
        disputed=pot.process_id in disputed_boxes(session),
        has_box=not pot.options.get("imported"),
        draw_waits=entered_draw(session, pot.id) is not None,
        turnout=participations(session, pot.id),
        roll=roll_size(session, pot.process_id),
        may_import=viewer().may(Permission.BUDGET_MANAGE, pot.process_id) and not pot.options.get("imported"),
        channels=totals_by_channel(session, pot) if is_closed else {},
        ballots=ballots_cast(session, pot) if is_closed else None,
        by_number={project.number: project for project in pot.projects},
        by_points=gives_points(pot) or is_ranking(pot),
        score_head=score_head(pot),
        score_number=score_number,
        ties=tied_sentences(pot, (pot.result or {}).get("ties", [])),
        may_certify=viewer().may(Permission.BUDGET_CERTIFY, pot.process_id),
        needs_choice=is_closed and can_choose(session, pot) and needs_choice(session, pot),
        choice=choice_of(session, pot.id),
        counting=counting,
        rests=rests,
        moved=moved_at(counting) if counting else None,
        stopped=stopped,
        still=stays_still(),
    )
    return page, 200, comes_again(counting is not None and not rests)


def _work(pot: Pot) -> dict[str, Any] | None:
    box = box_of(db.session(), pot.process_id)
    return count_under_way(box, pot) if box is not None else None


@bp.post("/<uuid:pot_id>/count")
@requires(Permission.BUDGET_CERTIFY)
@commits
def count(pot_id: UUID) -> ResponseReturnValue:
    """Count by the announced rule from the stored ballots; a large pot in the background, and the page says how far it is."""

    def done() -> str:
        if _work(pot_of(pot_id, Permission.BUDGET_CERTIFY)):
            return _("The pot is being counted. You can leave this page and come back.")
        return _("Counted. Look at the result and the ties, then certify it.")

    attempt(lambda: begin_counting(db.session(), viewer(), pot_id), done)
    return redirect(url_for(".pot_page", pot_id=pot_id))


def _tile(_subject: object) -> Markup:
    """On the staff overview: how many pots wait to be counted or certified."""
    if not viewer().may(Permission.BUDGET_CERTIFY):
        return Markup("")
    spaces, now = spaces_seen(), clock.now()
    waiting = [
        pot
        for pot in pots_in(db.session(), viewer().processes_where(Permission.BUDGET_CERTIFY))
        if pot.state is PotState.COUNTED or (pot.state is PotState.READY and is_over(spaces.get(pot.process_id), pot, now))
    ]
    return slots.partial("voting/_tile.html", count=len(waiting))


slots.register("staff.home", 60, _tile)


def _waits(_subject: object) -> Markup:
    """On top of the committee's first page: what waits for the viewer's signature besides decisions."""
    waiting = waiting_for_hand(db.session(), viewer())
    return slots.partial("voting/_waits.html", waiting=waiting) if waiting else Markup("")


slots.register("voting.committee", 20, _waits)
