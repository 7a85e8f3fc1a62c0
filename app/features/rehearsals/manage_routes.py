"""Trying a vote out: begun from the real process, tried in a copy, thrown away. And the banner on every page of a copy."""

from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext, ngettext
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.extensions import db
from app.features.accounts.queries import staff_with
from app.features.budgets.queries import Pot, PotState, Step, more_steps, pots_of
from app.features.rehearsals.commands import EndVote, ThrowAway
from app.features.rehearsals.forms import BallotsForm, BeginForm
from app.features.rehearsals.queries import (
    contents,
    last_rehearsal,
    rehearsal_in,
    rehearsals_of,
    rehearsed,
    running_rehearsal,
    tried,
)
from app.features.rehearsals.rules import test_number
from app.features.rehearsals.use_cases import begin_rehearsal, cast_test_ballots, end_vote, throw_away
from app.features.spaces.queries import Action, Process, action_open, process, process_by_slug
from app.features.voting.queries import BoxState, box_of
from app.features.voting.use_cases import Keyring
from app.kernel import clock
from app.kernel.errors import NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Permission
from app.kernel.texts import Texts
from app.web import slots
from app.web.access import requires, viewer
from app.web.forms import city_languages
from app.web.transaction import attempt, commits

bp = Blueprint("rehearsals", __name__, template_folder="templates", url_prefix="/staff/rehearsals")
KEYS = ("voters", "board", "box")


def _keyring() -> Keyring:
    return Keyring(current_app.config["SETTINGS"].keys)


def _real(process_id: UUID) -> Process:
    found = process(db.session(), process_id)
    sees = any(viewer().may(one, process_id) for one in (Permission.BUDGET_MANAGE, Permission.BUDGET_INSPECT))
    if found is None or not sees or found.rehearsal_of or found.imported:
        raise NotFound
    return found


def _members(process_id: UUID) -> list[str]:
    """The names of those who close and open the box, count and certify."""
    return [one.display_name for one in staff_with(db.session(), Permission.BUDGET_CERTIFY, process_id)]


def _mark() -> Texts:
    """The word that stands before every name of the copy, in each language of the installation."""
    words = {}
    for code in city_languages():
        with force_locale(code):
            words[code] = gettext("Rehearsal")
    return words


@bp.route("/<uuid:process_id>", methods=["GET", "POST"])
@requires(Permission.BUDGET_MANAGE, reads=Permission.BUDGET_INSPECT)
@commits
def begin(process_id: UUID) -> ResponseReturnValue:
    """Try it out: what a rehearsal is, those before, and the button that begins one."""
    real = _real(process_id)
    form = BeginForm()
    sent = form.send(lambda: begin_rehearsal(db.session(), viewer(), form.to_command(process_id, _mark()), _keyring()))
    if sent.done:
        flash(_("The rehearsal has begun. Nothing in it counts."), "good")
        return redirect(url_for(".show", copy_id=sent.result.id))
    if sent.refused:
        real = _real(process_id)
    session = db.session()
    page = render_template(
        "rehearsals/begin.html",
        process=real,
        form=form,
        running=running_rehearsal(session, process_id),
        earlier=rehearsals_of(session, process_id),
        pots=pots_of(session, process_id),
        members=_members(process_id),
        may_change=viewer().may(Permission.BUDGET_MANAGE, process_id),
        may_assign=viewer().may(Permission.ROLE_ASSIGN),
    )
    return page, sent.status


@bp.get("/run/<uuid:copy_id>")
@requires(Permission.BUDGET_MANAGE, reads=Permission.BUDGET_INSPECT)
def show(copy_id: UUID) -> ResponseReturnValue:
    """How far a rehearsal is, and the next step."""
    return _shown(copy_id, BallotsForm(), 200)


def _shown(copy_id: UUID, form: BallotsForm, status: int) -> ResponseReturnValue:
    session = db.session()
    rehearsal, copy = rehearsal_in(session, viewer(), copy_id, to_read=True)
    done = tried(session, copy_id)
    box = box_of(session, copy_id)
    page = render_template(
        "rehearsals/show.html",
        rehearsal=rehearsal,
        copy=copy,
        tried=done,
        form=form,
        votes=action_open(copy, Action.VOTE, clock.now()),
        box=box,
        box_closed=box is not None and box.state is not BoxState.OPEN,
        box_opened=box is not None and box.state in (BoxState.OPENED, BoxState.CONFIRMED),
        certified=[pot for pot, _number in done.pots if pot.state is PotState.CERTIFIED],
        first=test_number(1),
        last=test_number(rehearsal.voters),
        may_enter=viewer().may(Permission.INTAKE, copy_id),
        may_inspect=viewer().may(Permission.BUDGET_INSPECT, copy_id),
        members=_members(copy_id),
        may_change=viewer().may(Permission.BUDGET_MANAGE, rehearsal.process_id),
    )
    return page, status


@bp.post("/run/<uuid:copy_id>/ballots")
@requires(Permission.BUDGET_MANAGE)
@commits
def ballots(copy_id: UUID) -> ResponseReturnValue:
    """Let test voters cast ballots drawn by lot."""
    form = BallotsForm()
    if not form.validate_on_submit():
        return _shown(copy_id, form, 422)
    try:
        cast = cast_test_ballots(db.session(), viewer(), form.to_command(copy_id), _keyring())
    except NotFound:
        raise
    except Refused as refusal:
        form.refuse(refusal)
        return _shown(copy_id, form, refusal.status)
    said = ngettext("%(num)s test ballot was cast.", "%(num)s test ballots were cast.", cast)
    if form.number.data > cast:
        more = _("Where more test voters are left, the other ballots follow in the next minutes.")
        said = f"{said} {more}"
    flash(said, "good")
    return redirect(url_for(".show", copy_id=copy_id))


@bp.post("/run/<uuid:copy_id>/end")
@requires(Permission.BUDGET_MANAGE)
@commits
def end(copy_id: UUID) -> ResponseReturnValue:
    """End the test vote now."""
    return _press(copy_id, lambda: end_vote(db.session(), viewer(), EndVote(copy_id)), _("The vote is over."))


def _press(copy_id: UUID, step: Callable[[], object], done: str) -> ResponseReturnValue:
    attempt(step, done)
    return redirect(url_for(".show", copy_id=copy_id))


@bp.route("/run/<uuid:copy_id>/throw-away", methods=["GET", "POST"])
@requires(Permission.BUDGET_MANAGE)
@commits
def remove(copy_id: UUID) -> ResponseReturnValue:
    """Throw a rehearsal away, knowing what goes."""
    session = db.session()
    rehearsal, copy = rehearsal_in(session, viewer(), copy_id)
    if request.method == "POST":
        real_id = rehearsal.process_id
        throw_away(session, viewer(), ThrowAway(copy_id))
        session.commit()  # the keys go only once what they protect is gone
        for purpose in KEYS:
            _keyring().destroy(copy_id, purpose)
        flash(_("The rehearsal is thrown away. Nothing of it is left."), "good")
        return redirect(url_for(".begin", process_id=real_id))
    return render_template("rehearsals/remove.html", copy=copy, consequences=_what_goes(contents(session, copy_id)))


def _what_goes(found: dict[str, int]) -> list[str]:
    """What is in a rehearsal, in words; what has no word of its own is added up."""
    known: dict[str, Callable[[int], str]] = {
        "pot": lambda n: ngettext("%(num)s pot", "%(num)s pots", n),
        "project": lambda n: ngettext("%(num)s project", "%(num)s projects", n),
        "roll_entry": lambda n: ngettext("%(num)s test voter", "%(num)s test voters", n),
        "voting_participation": lambda n: ngettext("%(num)s test ballot", "%(num)s test ballots", n),
    }
    words = [say(found[name]) for name, say in known.items() if name in found]
    rest = sum(number for name, number in found.items() if name not in known)
    words.append(ngettext("%(num)s other record of the rehearsal", "%(num)s other records of the rehearsal", rest))
    words.append(_("its keys, for ever"))
    return [*words, _("The real process, its pots and its voters stay as they are.")]


def _on_pot(pot: Pot) -> Markup:
    """On the pages where a pot is set up and fixed: try it out first, and when that was done last."""
    session = db.session()
    if _is_rehearsal(session.get(Process, pot.process_id)):
        return Markup("")
    return slots.partial("rehearsals/_on_pot.html", pot=pot, last=last_rehearsal(session, pot.process_id))


def _on_process(found: Process) -> Markup:
    """Beside the pots of a process: the way to its rehearsals."""
    return slots.partial("rehearsals/_on_process.html", process=found)


def _is_rehearsal(found: Process | None) -> bool:
    return found is not None and found.rehearsal_of is not None


def _banner(_subject: object) -> Markup:
    """On every page that is about a rehearsal, also on paper: nothing here counts."""
    copy = _process_of(request.view_args or {}) if request else None
    if copy is None or not _is_rehearsal(copy) or not viewer().may(Permission.STAFF_AREA, copy.id):
        return Markup("")
    back = viewer().may(Permission.BUDGET_MANAGE, copy.rehearsal_of)
    return slots.partial("rehearsals/_banner.html", copy=copy, back=back)


def _process_of(args: dict[str, Any]) -> Process | None:
    """The process that the address of a page names, directly or by one of its pots."""
    session = db.session()
    if (pot_id := args.get("pot_id")) is not None:
        pot = session.get(Pot, pot_id)
        return session.get(Process, pot.process_id) if pot else None
    for name in ("copy_id", "process_id"):
        if args.get(name) is not None:
            return session.get(Process, args[name])
    slug = args.get("slug")
    return process_by_slug(session, slug) if slug and slug.startswith("rehearsal-") else None


def _steps(session: Session, process_ids: Collection[UUID]) -> dict[UUID, list[Step]]:
    """Before a ballot is fixed it is tried out."""
    tried_out, words = rehearsed(session, process_ids), msg("Try it out")
    return {one: [Step(words, url_for("rehearsals.begin", process_id=one), one in tried_out)] for one in process_ids}


more_steps.append((20, _steps))
slots.register("page.top", 10, _banner)
slots.register("budgets.process", 10, _on_process)
slots.register("pot.staff", 10, _on_pot)
