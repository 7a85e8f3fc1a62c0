"""A clerk's page of a batch for scanned sheets: what lies there, what can be taken, and taking it out again."""

import uuid
from collections import Counter
from collections.abc import Sequence

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from app.extensions import db
from app.features.intake.batch_pages import about, require_batch
from app.features.intake.forms import ScansForm, StepForm
from app.features.intake.manage_routes import bp
from app.features.intake.queries.batches import TAKES_SHEETS, IntakeBatch
from app.features.intake.queries.scanned import ScannedCopy, copies_for
from app.features.intake.use_cases import GiveBackScans, give_back_scans, take_scans
from app.features.maps.queries import street_table
from app.features.printing.queries import grouped
from app.features.scans.queries import names_of_files
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.filters import translate
from app.web.transaction import commits


@bp.route("/batches/<uuid:batch_id>/scans", methods=["GET", "POST"])
@requires(Permission.INTAKE)
@commits
def batch_scans(batch_id: uuid.UUID) -> ResponseReturnValue:
    """Take scanned sheets that were looked through into the batch; what cannot be taken is named with its reason."""
    session, found = db.session(), require_batch(batch_id)
    if found.state not in TAKES_SHEETS and request.method == "GET":
        return redirect(url_for(".batch", batch_id=batch_id))
    copies = copies_for(session, found)
    form = _form(copies)
    sent = form.send(lambda: take_scans(session, viewer(), form.to_command(batch_id), street_table(current_app.config)))
    if sent.done:
        count, left = len(sent.result.sheets), sent.result.left
        if count:
            flash(ngettext("%(num)s sheet is taken from the scans.", "%(num)s sheets are taken from the scans.", count), "good")
        for one in left[:5]:
            name = grouped(one.code) if one.code else _("A sheet without a number")
            flash(_("%(sheet)s stays: %(why)s", sheet=name, why=translate(one.why)), "info")
        return redirect(url_for(".batch", batch_id=batch_id) if count else url_for(".batch_scans", batch_id=batch_id))
    return _page(require_batch(batch_id), form, copies, sent.status)


@bp.post("/batches/<uuid:batch_id>/scans/back")
@requires(Permission.INTAKE)
@commits
def batch_scans_back(batch_id: uuid.UUID) -> ResponseReturnValue:
    """Put what came from the scans back, as far as nobody has read it a second time."""
    require_batch(batch_id)
    sent = StepForm().send(lambda: give_back_scans(db.session(), viewer(), GiveBackScans(batch_id)))
    if sent.done and sent.result:
        flash(ngettext("%(num)s sheet lies in the scans again.", "%(num)s sheets lie in the scans again.", sent.result), "good")
    elif sent.done:
        flash(_("There is no sheet from the scans to take back."), "info")
    else:
        flash(translate(sent.refused.message) if sent.refused else _("Nothing was changed."), "bad")
    return redirect(url_for(".batch", batch_id=batch_id))


def _form(copies: Sequence[ScannedCopy]) -> ScansForm:
    """All that can be taken, or what lies in one file: a bundle is often one file."""
    ready = [one for one in copies if one.why is None]
    counted = Counter(file for one in ready for file in one.files)
    names = names_of_files(db.session(), counted)
    form = ScansForm()
    form.file.choices = [("", _("All that can be taken: %(number)s", number=format_decimal(len(ready))))] + [
        (str(file), f"\u2068{names.get(file, '')}\u2069: {format_decimal(count)}") for file, count in counted.items()
    ]
    return form


def _page(batch: IntakeBatch, form: ScansForm, copies: Sequence[ScannedCopy], status: int) -> ResponseReturnValue:
    left = [one for one in copies if one.why is not None]
    return render_template(
        "intake/batch_scans.html",
        batch=batch,
        about=about(batch),
        form=form,
        ready=len(copies) - len(left),
        left=[(grouped(one.code) if one.code else "", one.pages[0], one.why) for one in left],
        names=names_of_files(db.session(), [one.pages[0].file_id for one in left]),
    ), status
