"""Codes by letter on the desk of whoever runs a vote: making them, the print file, what came back."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, redirect, render_template, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf.file import FileField

from app.extensions import db
from app.features.spaces.queries import Action, process
from app.features.voting.forms.voters import IssueForm, UndeliveredForm
from app.features.voting.keys.installation import keyring, spool, voters_key
from app.features.voting.letters.pdf import letters_pdf
from app.features.voting.letters.spool import IN_ONE_PDF
from app.features.voting.queries import roll_size
from app.features.voting.use_cases import Unlisted, delete_print, issue_codes, mark_undelivered_letters
from app.features.voting.voters.eligibility import code_counts, print_of, prints_of, setup_of
from app.features.voting.voters.roll_file import MOST_BYTES, RollProblem, RollRefused, read_roll
from app.kernel import clock
from app.kernel.errors import NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.forms import Form, city_languages
from app.web.transaction import attempt, commits

bp = Blueprint("voting_letters", __name__, template_folder="../templates", url_prefix="/staff/letters")
MOST_SHOWN = 50


def _shown(
    process_id: UUID, form: Form | None = None, status: int = 200, problems: Sequence[RollProblem] = ()
) -> tuple[str, int]:
    session = db.session()
    space = process(session, process_id)
    if space is None:
        raise NotFound
    prints = prints_of(session, process_id)
    begun = any(Action.VOTE in phase.actions and phase.starts_at <= clock.now() for phase in space.phases)
    page = render_template(
        "voting/letters.html",
        process=space,
        may_change=viewer().may(Permission.BUDGET_MANAGE, process_id),
        counts=code_counts(session, process_id),
        size=roll_size(session, process_id),
        used=setup_of(session, process_id).by_code,
        prints=[(one, -(-one.letters // IN_ONE_PDF), spool().path(one.id) is not None) for one in prints],
        in_one=IN_ONE_PDF,
        begun=begun,
        destroyed=keyring().is_destroyed(process_id, "voters"),
        issue_form=form if isinstance(form, IssueForm) else IssueForm(formdata=None),
        undelivered_form=form if isinstance(form, UndeliveredForm) else UndeliveredForm(formdata=None),
        form=form,
        problems=problems,
    )
    return page, status


@bp.get("/<uuid:process_id>")
@requires(Permission.BUDGET_MANAGE, reads=Permission.BUDGET_INSPECT)
def show(process_id: UUID) -> ResponseReturnValue:
    """How many codes there are, the print files, and the two lists that can be brought."""
    return _shown(process_id)


@bp.post("/<uuid:process_id>/issue")
@requires(Permission.BUDGET_MANAGE)
@commits
def issue(process_id: UUID) -> ResponseReturnValue:
    """Make codes for the numbers of a file. The file is read, never kept; numbers and codes go into the print file."""
    form = IssueForm()
    if not form.validate_on_submit():
        return _shown(process_id, form, 422)
    db.session.rollback()  # reading a large file takes a while, and meanwhile others write
    numbers: tuple[str, ...] = ()
    try:
        numbers = _numbers(form.file)
        printed = issue_codes(db.session(), viewer(), form.to_command(process_id, numbers), voters_key(process_id), spool())
    except Refused as refusal:
        return _refused(process_id, form, refusal)
    if printed is None:
        flash(_("Everybody in this file has a code already. Nothing was made."), "info")
        return redirect(url_for(".show", process_id=process_id), 303)
    print_id, letters = printed.id, printed.letters
    try:
        db.session.commit()
    except BaseException:
        spool().delete(print_id)  # codes that were not stored must not be printed
        raise
    flash(
        ngettext("%(num)s code was made. Print its letter now.", "%(num)s codes were made. Print the letters now.", letters),
        "good",
    )
    return redirect(url_for(".show", process_id=process_id), 303)


@bp.post("/<uuid:process_id>/undelivered")
@requires(Permission.BUDGET_MANAGE)
@commits
def undelivered(process_id: UUID) -> ResponseReturnValue:
    """Mark the letters of a file as come back."""
    form = UndeliveredForm()
    if not form.validate_on_submit():
        return _shown(process_id, form, 422)
    db.session.rollback()
    try:
        number = mark_undelivered_letters(db.session(), viewer(), process_id, _numbers(form.came_back), voters_key(process_id))
    except Refused as refusal:
        return _refused(process_id, form, refusal)
    flash(ngettext("%(num)s code is void now.", "%(num)s codes are void now.", number), "good")
    return redirect(url_for(".show", process_id=process_id), 303)


def _numbers(field: FileField) -> tuple[str, ...]:
    with field.data.stream as stream:
        return tuple(row.number for row in read_roll(stream.read(MOST_BYTES + 1), clock.now().date()))


def _refused(process_id: UUID, form: Form, refusal: Refused) -> ResponseReturnValue:
    if refusal.status == 404:
        raise refusal
    problems: Sequence[RollProblem] = ()
    if isinstance(refusal, RollRefused):
        problems = refusal.problems
    if isinstance(refusal, Unlisted):
        listed = msg("Expected a number that is on the list of voters.")
        problems = [RollProblem(place, "voter", listed) for place in refusal.places[:MOST_SHOWN]]
    form.refuse(refusal)
    return _shown(process_id, form, refusal.status, problems)


def _process_of(print_id: UUID) -> UUID:
    printed = print_of(db.session(), print_id)
    if printed is None or not viewer().may(Permission.BUDGET_MANAGE, printed.process_id) or spool().path(print_id) is None:
        raise NotFound
    return printed.process_id


@bp.get("/file/<uuid:print_id>.csv")
@requires(Permission.BUDGET_MANAGE)
def as_csv(print_id: UUID) -> Response:
    """Register numbers and codes, for a mailing house that has the addresses."""
    _process_of(print_id)

    def lines() -> Iterator[str]:
        yield "number,code\r\n"
        yield from (f"{one.number},{one.code}\r\n" for one in spool().letters(print_id))

    return _file(Response(stream_with_context(lines()), mimetype="text/csv"), "letters.csv")


@bp.get("/file/<uuid:print_id>-<int:part>.pdf")
@requires(Permission.BUDGET_MANAGE)
def as_pdf(print_id: UUID, part: int) -> Response:
    """A part of the letters, ready to print. Nothing of it is kept."""
    space = process(db.session(), _process_of(print_id))
    letters = list(spool().letters(print_id, part)) if part > 0 else []
    if space is None or not letters:
        raise NotFound
    settings = current_app.config["SETTINGS"]
    url = f"{settings.base_url}{url_for('voting_code.code')}"
    pdf = letters_pdf(space, letters, settings.city_name, city_languages(), url)
    return _file(Response(pdf, mimetype="application/pdf"), f"letters-{part}.pdf")


def _file(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/file/<uuid:print_id>/delete")
@requires(Permission.BUDGET_MANAGE)
@commits
def delete(print_id: UUID) -> ResponseReturnValue:
    """Delete a print file for good; that it was deleted is recorded."""
    printed = print_of(db.session(), print_id)
    if printed is None:
        raise NotFound
    process_id = printed.process_id
    attempt(
        lambda: delete_print(db.session(), viewer(), print_id, spool()),
        _("The print file is deleted. Nobody can read the codes any more but those who have their letters."),
    )
    return redirect(url_for(".show", process_id=process_id), 303)
