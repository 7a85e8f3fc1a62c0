"""The list of voters of a process, for its committee and administrators: how long it is, and a file to import."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.extensions import db
from app.features.spaces.queries import process
from app.features.voting.forms.ballot import RollForm
from app.features.voting.keys.installation import voters_key
from app.features.voting.models import SlotMode
from app.features.voting.queries import roll_size
from app.features.voting.use_cases import (
    HashedRow,
    areas_by_name,
    hashed,
    import_roll,
    preview_replacement,
    replace_roll,
    roll_is_fixed,
)
from app.features.voting.voters.eligibility import setup_of
from app.features.voting.voters.roll_file import MOST_BYTES, RollProblem, RollRefused, read_roll
from app.kernel import clock
from app.kernel.errors import NotFound, Refused
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.transaction import commits

bp = Blueprint("voting_roll", __name__, template_folder="../templates", url_prefix="/staff/voters")


@bp.route("/<uuid:process_id>", methods=["GET", "POST"])
@requires(Permission.BUDGET_MANAGE, reads=Permission.BUDGET_INSPECT)
@commits
def roll(process_id: UUID) -> ResponseReturnValue:
    """How many voters are listed, who can vote where there is no list, and the import."""
    form = RollForm()
    problems: Sequence[RollProblem] = ()
    if form.validate_on_submit():
        db.session.rollback()  # reading a large file takes a while, and meanwhile others write
        try:
            report = import_roll(db.session(), viewer(), process_id, _rows(form, process_id))
        except RollRefused as refusal:
            form.refuse(refusal)
            problems = refusal.problems
        except Refused as refusal:
            if refusal.status == 404:
                raise
            form.refuse(refusal)
        else:
            flash(ngettext("%(num)s voter is new on the list.", "%(num)s voters are new on the list.", report.added), "good")
            if report.corrected:
                words = ngettext(
                    "%(num)s entry of the list was corrected.", "%(num)s entries of the list were corrected.", report.corrected
                )
                flash(words, "info")
            if report.without_born:
                words = ngettext(
                    "%(num)s voter has no date of birth in the file, and votes with a code or at a desk.",
                    "%(num)s voters have no date of birth in the file, and vote with a code or at a desk.",
                    report.without_born,
                )
                flash(words, "warning")
            if report.without_area and setup_of(db.session(), process_id).slots in (SlotMode.OWN, SlotMode.OWN_PLUS_ONE):
                words = ngettext(
                    "%(num)s voter has no area in the file, and cannot vote in the pots of areas.",
                    "%(num)s voters have no area in the file, and cannot vote in the pots of areas.",
                    report.without_area,
                )
                flash(words, "warning")
            return redirect(url_for(".roll", process_id=process_id), 303)
    space = process(db.session(), process_id)
    if space is None:
        raise NotFound
    size = roll_size(db.session(), process_id)
    fixed = roll_is_fixed(db.session(), space)
    page = render_template(
        "voting/roll.html",
        form=form,
        process=space,
        size=size,
        may_change=viewer().may(Permission.BUDGET_MANAGE, process_id),
        problems=problems,
        fixed=fixed.message if fixed else None,
    )
    return page, 422 if form.is_submitted() else 200


def _rows(form: RollForm, process_id: UUID) -> list[HashedRow]:
    """What the file says, as it is kept. Raises RollRefused."""
    with form.file.data.stream as stream:
        rows = read_roll(stream.read(MOST_BYTES + 1), clock.now().date(), areas_by_name(db.session(), process_id))
    db.session.rollback()
    return hashed(rows, process_id, voters_key(process_id))


@bp.route("/<uuid:process_id>/replace", methods=["GET", "POST"])
@requires(Permission.BUDGET_MANAGE)
@commits
def replace(process_id: UUID) -> ResponseReturnValue:
    """Put a list in the place of the one that is there: first a preview, then, with the same file once more, for good."""
    form, mark = RollForm(), request.form.get("mark", "")
    problems: Sequence[RollProblem] = ()
    preview = None
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        db.session.rollback()
        try:
            rows = _rows(form, process_id)
            if mark:
                done = replace_roll(db.session(), viewer(), process_id, rows, mark)
                flash(_("The list was replaced."), "good")
                if done.codes:
                    words = ngettext("%(num)s code is void now.", "%(num)s codes are void now.", done.codes)
                    flash(words, "info")
                return redirect(url_for(".roll", process_id=process_id), 303)
            preview, status = preview_replacement(db.session(), viewer(), process_id, rows), 200
        except Refused as refusal:
            if refusal.status == 404:
                raise
            form.refuse(refusal)
            problems = refusal.problems if isinstance(refusal, RollRefused) else ()
            status = refusal.status
    space = process(db.session(), process_id)
    if space is None or not viewer().may(Permission.BUDGET_MANAGE, process_id):
        raise NotFound
    fixed = roll_is_fixed(db.session(), space)
    page = render_template(
        "voting/roll_replace.html",
        form=form,
        process=space,
        size=roll_size(db.session(), process_id),
        preview=preview,
        problems=problems,
        fixed=fixed.message if fixed else None,
    )
    return page, status
