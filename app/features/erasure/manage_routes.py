"""For staff: requests taken in at a desk, and what is removed by itself."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.accounts.queries import Person, people_names
from app.features.accounts.queries import person as person_by_id
from app.features.consents.use_cases import enter_code
from app.features.erasure.forms import DeskForm, FindForm
from app.features.erasure.queries import erasure_of, last_runs, preview_erasure, waiting_at_desk
from app.features.erasure.use_cases import ask_at_desk, confirm_at_desk, decline_at_desk
from app.features.erasure.use_cases.at_desk import ASKS_ALONE
from app.features.erasure.use_cases.keeping import forecast
from app.features.proposals.queries import proposal_by_reference
from app.kernel import clock, retention
from app.kernel.errors import Forbidden, NotFound, Refused
from app.kernel.looks import Look
from app.kernel.messages import msg
from app.kernel.permissions import Permission
from app.web import navigation
from app.web.access import requires, viewer
from app.web.filters import translate
from app.web.looks import looked_at
from app.web.transaction import attempt, commits

bp = Blueprint("erasure_manage", __name__, template_folder="templates", url_prefix="/staff/erasing")
navigation.staff("erasure_manage.desk", msg("Erasing for somebody"), icon="user", order=75, needs=Permission.INTAKE)
navigation.staff(
    "erasure_manage.rules", msg("What is removed by itself"), icon="clock", order=85, needs=Permission.AGREEMENT_MANAGE
)
WAITING = Look(
    "erasure_desk",
    msg("%(role)s saw your name in the list of people who asked at a desk to be erased"),
    msg("Erasing what is kept about people who ask for it at a desk"),
)
PREVIEW = Look(
    "erasure_preview",
    msg("%(role)s looked at what would be erased if you asked for it, and at your name"),
    msg("Erasing what is kept about people who ask for it at a desk"),
)
NIGHT = (3, 20)
"""When the rules run, in the city's time; tasks.py says the same."""


@bp.route("", methods=["GET", "POST"])
@requires(Permission.INTAKE)
def desk() -> ResponseReturnValue:
    """Find the person at the desk by the reference of something they made, or by the code on the slip of an answer; what waits
    for a second clerk. The code is sent, so that it stands in no address."""
    session, form = db.session(), FindForm()
    sent = form.send(lambda: _of_code(form.code.data or ""))
    if sent.done:
        return redirect(url_for(".person", person_id=sent.result.id))
    typed = request.args.get("reference", "").strip()[:40]
    problem = None
    if typed:
        found = proposal_by_reference(session, typed.upper())
        author = person_by_id(session, found.author_id) if found is not None and found.author_id is not None else None
        if author is not None and not author.email:
            return redirect(url_for(".person", person_id=author.id))
        if author is not None:
            problem = translate(ASKS_ALONE)
        else:
            problem = _("There is no proposal with this reference that belongs to a person we know. Check the slip.")
    waiting = waiting_at_desk(session)
    looked_at(WAITING, [one.person_id for one in waiting])
    names = people_names(session, [one.person_id for one in waiting] + [one.first_hand for one in waiting])
    return render_template(
        "erasure/desk.html", form=form, waiting=waiting, names=names, typed=typed, problem=problem, mine=viewer().person_id
    ), sent.status


def _of_code(code: str) -> Person:
    """Whose code it is. Raises Refused for one that nobody has, and for somebody who asks themselves."""
    person = person_by_id(db.session(), enter_code(db.session(), code).person_id)
    if person is None or person.email:
        raise Refused(ASKS_ALONE, field="code")
    return person


@bp.route("/person/<uuid:person_id>", methods=["GET", "POST"])
@requires(Permission.INTAKE)
@commits
def person(person_id: UUID) -> ResponseReturnValue:
    """What would happen to this person's data, and the first clerk's request."""
    session, actor = db.session(), viewer()
    found = person_by_id(session, person_id)
    if found is None or found.erased_at is not None:
        raise NotFound
    if found.email and erasure_of(session, person_id) is None:
        raise Forbidden(ASKS_ALONE)
    form, status = DeskForm(), 200
    if form.validate_on_submit():
        try:
            ask_at_desk(session, actor, form.to_command(person_id))
        except Refused as refusal:
            db.session.rollback()
            form.refuse(refusal)
            status = refusal.status
        else:
            flash(_("Asked for. Now another clerk has to confirm it."), "good")
            return redirect(url_for(".desk"))
    elif form.is_submitted():
        status = 422
    looked_at(PREVIEW, [person_id])
    session = db.session()
    found = person_by_id(session, person_id)
    return render_template(
        "erasure/desk_person.html",
        person=found,
        form=form,
        preview=preview_erasure(session, person_id),
        erasure=erasure_of(session, person_id),
    ), status


@bp.post("/confirm/<uuid:erasure_id>")
@requires(Permission.INTAKE)
@commits
def confirm(erasure_id: UUID) -> ResponseReturnValue:
    """The second clerk's word."""
    session, actor = db.session(), viewer()
    attempt(lambda: confirm_at_desk(session, actor, erasure_id), _("Confirmed."))
    return redirect(url_for(".desk"))


@bp.post("/decline/<uuid:erasure_id>")
@requires(Permission.INTAKE)
@commits
def decline(erasure_id: UUID) -> ResponseReturnValue:
    """It is not done."""
    session, actor = db.session(), viewer()
    attempt(lambda: decline_at_desk(session, actor, erasure_id), _("Nothing is erased."))
    return redirect(url_for(".desk"))


@bp.get("/rules")
@requires(Permission.AGREEMENT_MANAGE)
def rules() -> str:
    """Each rule: what it will remove in the next run, whom it tells, and what the last runs did. This is the dry run."""
    session = db.session()
    when = next_run(clock.now(), current_app.config["SETTINGS"].timezone)
    return render_template(
        "erasure/rules.html",
        forecasts=[forecast(session, rule, when) for rule in retention.rules()],
        runs=last_runs(session),
        when=when,
    )


def next_run(now: datetime, zone: str) -> datetime:
    """The next time at which the rules run."""
    here = now.astimezone(ZoneInfo(zone))
    tonight = here.replace(hour=NIGHT[0], minute=NIGHT[1], second=0, microsecond=0)
    return tonight if tonight > here else tonight + timedelta(days=1)
