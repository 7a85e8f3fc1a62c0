"""People and their roles, for administrators: search, give, take, reset a second factor. Every change asks why."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.accounts import queries, use_cases
from app.features.accounts.commands import ChangeRole
from app.features.accounts.forms import ReasonForm
from app.features.accounts.rules import ROLE_NAMES, ROLE_TASKS
from app.kernel.errors import Refused
from app.kernel.looks import Look
from app.kernel.messages import msg
from app.kernel.paging import page_number
from app.kernel.permissions import Permission, Role
from app.kernel.texts import clean_line
from app.web import navigation
from app.web.access import requires, viewer
from app.web.filters import local_text, translate
from app.web.looks import looked_at
from app.web.paging import steps
from app.web.transaction import commits

SEARCH = Look(
    "account_search",
    msg("%(role)s looked for an account and saw your name and address among the results"),
    msg("Finding the account of somebody who gets or loses a role, or has lost their second factor"),
)
ACCOUNT = Look(
    "staff_page",
    msg("%(role)s looked at your account to change its roles"),
    msg("Giving and taking roles, blocking accounts, resetting second factors"),
)

bp = Blueprint("accounts_manage", __name__, template_folder="templates", url_prefix="/staff/people")
navigation.staff("accounts_manage.index", msg("People and roles"), icon="users", order=90, needs=Permission.ROLE_ASSIGN)


@bp.get("")
@requires(Permission.ROLE_ASSIGN)
def index() -> ResponseReturnValue:
    """Staff, or whoever is searched for, with their roles."""
    words = clean_line(request.args.get("q", ""))[:100]
    page = queries.people_page(db.session(), words, page_number(request.args.get("page")))
    if words:  # without words it is the list of those in office
        looked_at(SEARCH, [person.id for person in page.items])
    titles = queries.process_titles(db.session(), {role.process_id for person in page.items for role in person.assignments})
    return render_template(
        "accounts/manage/index.html",
        page=page,
        words=words,
        titles=titles,
        role_names=ROLE_NAMES,
        pages=steps(page, lambda number: url_for(".index", q=words or None, page=number)),
    )


@bp.get("/<uuid:person_id>")
@requires(Permission.ROLE_ASSIGN)
def show(person_id: UUID) -> ResponseReturnValue:
    """One person: roles, and what can be changed."""
    return render_template(
        "accounts/manage/show.html",
        person=_person(person_id),
        titles=queries.process_titles(db.session()),
        to_choose=queries.processes_to_choose(db.session()),
        role_names=ROLE_NAMES,
        role_tasks=ROLE_TASKS,
        roles=[role for role in Role if role is not Role.ADMINISTRATOR],
    )


@bp.get("/<uuid:person_id>/give")
@requires(Permission.ROLE_ASSIGN)
def confirm_giving(person_id: UUID) -> ResponseReturnValue:
    """What giving this role means, and the question why."""
    if request.args.get("role") and request.args.get("process") == "":
        flash(_("Choose the process in which the role counts."), "bad")
        return redirect(url_for(".show", person_id=person_id))
    role, process_id = _asked()
    return _confirm("give", _person(person_id), role, process_id, ReasonForm())


@bp.post("/<uuid:person_id>/give")
@requires(Permission.ROLE_ASSIGN)
@commits
def give(person_id: UUID) -> ResponseReturnValue:
    """Give the role."""
    return _change("give", person_id)


@bp.get("/<uuid:person_id>/take")
@requires(Permission.ROLE_ASSIGN)
def confirm_taking(person_id: UUID) -> ResponseReturnValue:
    """What taking this role means, and the question why."""
    role, process_id = _asked()
    return _confirm("take", _person(person_id), role, process_id, ReasonForm())


@bp.post("/<uuid:person_id>/take")
@requires(Permission.ROLE_ASSIGN)
@commits
def take(person_id: UUID) -> ResponseReturnValue:
    """Take the role away."""
    return _change("take", person_id)


@bp.get("/<uuid:person_id>/reset-second-factor")
@requires(Permission.ROLE_ASSIGN)
def confirm_reset(person_id: UUID) -> ResponseReturnValue:
    """What a reset means, and the question why."""
    return render_template("accounts/manage/reset.html", person=_person(person_id), form=ReasonForm())


@bp.post("/<uuid:person_id>/reset-second-factor")
@requires(Permission.ROLE_ASSIGN)
@commits
def reset_second_factor(person_id: UUID) -> ResponseReturnValue:
    """Remove somebody's second factor."""
    form = ReasonForm()
    sent = form.send(lambda: use_cases.reset_second_factor(db.session(), viewer(), person_id, form.reason.data))
    if sent.done:
        flash(_("The second factor is reset. They set up another one when they next sign in."), "good")
        return redirect(url_for(".show", person_id=person_id))
    return render_template("accounts/manage/reset.html", person=_person(person_id), form=form), 422


@bp.route("/<uuid:person_id>/block", methods=["GET", "POST"])
@requires(Permission.ROLE_ASSIGN)
@commits
def block(person_id: UUID) -> ResponseReturnValue:
    """What blocking means, and the question why; then it is done."""
    return _close_or_open("block", person_id)


@bp.route("/<uuid:person_id>/unblock", methods=["GET", "POST"])
@requires(Permission.ROLE_ASSIGN)
@commits
def unblock(person_id: UUID) -> ResponseReturnValue:
    """The same for opening the account again."""
    return _close_or_open("unblock", person_id)


def _close_or_open(verb: str, person_id: UUID) -> ResponseReturnValue:
    if person_id == viewer().person_id:  # nobody writes a reason for what is refused anyway
        flash(_("You cannot block your own account. Ask another administrator."), "bad")
        return redirect(url_for(".show", person_id=person_id))
    form = ReasonForm()
    if form.validate_on_submit():
        change = use_cases.block_account if verb == "block" else use_cases.unblock_account
        try:
            changed = change(db.session(), viewer(), person_id, form.reason.data)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            done = _("The account is blocked.") if verb == "block" else _("The account is open again.")
            flash(done if changed else _("Nothing to change: it was so already."), "good")
            return redirect(url_for(".show", person_id=person_id))
    page = render_template("accounts/manage/block.html", verb=verb, person=_person(person_id), form=form)
    return page, 422 if form.is_submitted() else 200


def _person(person_id: UUID) -> queries.Person:
    person = queries.person_with_roles(db.session(), person_id)
    if person is None or person.erased_at is not None:
        abort(404)
    looked_at(ACCOUNT, [person.id])
    return person


def _asked() -> tuple[Role, UUID | None]:
    """The role and process that the address names; 404 for words that name none."""
    try:
        role = Role(request.values.get("role", ""))
        process_id = None if role is Role.ADMINISTRATOR else UUID(request.values.get("process", ""))
    except ValueError:
        abort(404)
    return role, process_id


def _confirm(verb: str, person: queries.Person, role: Role, process_id: UUID | None, form: ReasonForm) -> str:
    titles = queries.process_titles(db.session(), {process_id})
    if process_id is not None and process_id not in titles:
        abort(404)
    return render_template(
        f"accounts/manage/{verb}.html",
        person=person,
        role=role,
        role_name=translate(ROLE_NAMES[role]),
        role_task=translate(ROLE_TASKS[role]),
        process_id=process_id,
        process=local_text(titles[process_id]) if process_id else None,
        form=form,
    )


def _change(verb: str, person_id: UUID) -> ResponseReturnValue:
    form = ReasonForm()
    role, process_id = _asked()
    if form.validate_on_submit():
        command = ChangeRole(person_id, role, process_id, form.reason.data)
        try:
            if verb == "give":
                changed = use_cases.give_role(db.session(), viewer(), command)
            else:
                changed = use_cases.take_role(db.session(), viewer(), command)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            flash(_("Done. It counts from now on.") if changed else _("Nothing to change: it was so already."), "good")
            return _back(person_id)
    return _confirm(verb, _person(person_id), role, process_id, form), 422


def _back(person_id: UUID) -> ResponseReturnValue:
    """To the person's page; to the start for administrators who have just taken their own role."""
    if person_id == viewer().person_id:
        person = queries.person(db.session(), person_id)
        if person is not None and not person.is_administrator:
            return redirect("/")
    return redirect(url_for(".show", person_id=person_id))
