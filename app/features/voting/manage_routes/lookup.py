"""At the desk: one entry of the list by its number, its code, its area. None of these addresses is logged."""

from uuid import UUID

from flask import Blueprint, flash, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.spaces.queries import areas_of, process
from app.features.voting.forms.voters import LookUpForm
from app.features.voting.keys.installation import voters_key
from app.features.voting.queries import has_roll, roll_entry
from app.features.voting.rules import voter_key
from app.features.voting.use_cases import add_missing_area, mark_undelivered, renew_code, void_code
from app.features.voting.voters.eligibility import code_in_force, codes_of, setup_of, standings_of
from app.kernel.errors import NotFound, Refused
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.filters import local_text
from app.web.transaction import commits

bp = Blueprint("voting_lookup", __name__, template_folder="../templates", url_prefix="/staff/desk/voter")
_ASKED = ("renew", "void", "undelivered")
_STEPS = {"void": void_code, "undelivered": mark_undelivered}


@bp.route("/<uuid:process_id>", methods=["GET", "POST"])
@requires(Permission.INTAKE)
@commits
def look(process_id: UUID) -> ResponseReturnValue:
    """Type a number; see whether it is listed, its code's state and what it may still use; void, replace, mark, add an area."""
    session = db.session()
    space = process(session, process_id)
    if space is None:
        raise NotFound
    form = LookUpForm()
    form.offer([(str(area.id), local_text(area.name)) for area in areas_of(session, space)])
    status = 422 if form.is_submitted() else 200
    found, new_code = False, ""
    if form.validate_on_submit():
        step = request.form.get("step", "")
        try:
            if step in _ASKED and not request.form.get("sure"):
                return _ask(process_id, form.number.data, step)
            new_code = _do(process_id, form, step)
            found, status = True, 200
        except Refused as refusal:
            if refusal.status == 404:
                raise
            form.refuse(refusal)
            status = refusal.status
            found = refusal.status == 409
    key = voter_key(voters_key(process_id), process_id, form.number.data) if found else ""
    session = db.session()
    response = make_response(
        render_template(
            "voting/look_up.html",
            form=form,
            process=process(session, process_id),
            found=found,
            entry=roll_entry(session, process_id, key) if found else None,
            codes=codes_of(session, process_id, key) if found else [],
            standings=standings_of(session, process_id, key) if found else [],
            setup=setup_of(session, process_id),
            roll=has_roll(session, process_id),
            new_code=new_code,
        ),
        status,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _ask(process_id: UUID, number: str, step: str) -> ResponseReturnValue:
    """A code that somebody holds in their hand ends with this: ask first."""
    key = voter_key(voters_key(process_id), process_id, number)
    code = code_in_force(db.session(), process_id, key)
    page = render_template(
        "voting/look_up_sure.html",
        process=process(db.session(), process_id),
        number=number,
        step=step,
        in_force=code is not None,
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


def _do(process_id: UUID, form: LookUpForm, step: str) -> str:
    """Take a step with the entry; the new code, if it got one. Merely looking checks that the number can be one."""
    session, number, secret = db.session(), form.number.data, voters_key(process_id)
    voter_key(secret, process_id, number)
    if step == "renew":
        code = renew_code(session, viewer(), process_id, number, secret)
        session.flush()
        return code
    if step in _STEPS:
        _STEPS[step](session, viewer(), process_id, number, secret)
        flash(_("The code is void now."), "good")
    if step == "area" and (area := form.area_id()) is not None:
        add_missing_area(session, viewer(), process_id, number, area, secret)
        flash(_("The area is on the list now."), "good")
    return ""
