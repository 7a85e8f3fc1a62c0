"""Administrators let programs of other systems in, and shut them out."""

from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.accounts.queries import person_by_email, processes_to_choose
from app.features.interfaces.commands import ChangeClient, LinkProfile
from app.features.interfaces.forms import ClientForm, ConfirmForm, ProfileForm, ShutOutForm, typed
from app.features.interfaces.queries import InterfaceClient, Registered, client, clients
from app.features.interfaces.rules import SCOPES, Scope
from app.features.interfaces.use_cases import (
    change_client,
    link_profile,
    register_client,
    revoke_client,
    rotate_secret,
    unlink_profile,
)
from app.kernel.errors import NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Permission
from app.web import navigation
from app.web.access import requires, viewer
from app.web.transaction import commits

bp = Blueprint("interfaces_manage", __name__, template_folder="templates", url_prefix="/staff/interfaces")
navigation.staff(
    "interfaces_manage.index", msg("Programs of other systems"), icon="link", order=95, needs=Permission.INTERFACE_MANAGE
)


@bp.get("")
@requires(Permission.INTERFACE_MANAGE)
def index() -> str:
    """Every program, what it may do and when it last asked."""
    return render_template("interfaces/manage/index.html", programs=clients(db.session()), scopes=SCOPES, scope=Scope)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.INTERFACE_MANAGE)
@commits
def register() -> ResponseReturnValue:
    """Let a program in."""
    form = ClientForm().label(processes_to_choose(db.session()))
    sent = form.send(lambda: register_client(db.session(), viewer(), form.to_command()))
    if sent.done:
        found, secret = sent.result
        return _secret(found, secret)
    form.label(processes_to_choose(db.session()))
    return render_template("interfaces/manage/register.html", form=form), sent.status


@bp.get("/<uuid:client_id>")
@requires(Permission.INTERFACE_MANAGE)
def show(client_id: UUID) -> str:
    """One program."""
    titles = processes_to_choose(db.session())
    return render_template(
        "interfaces/manage/show.html", program=_program(client_id), scopes=SCOPES, scope=Scope, titles=titles
    )


@bp.route("/<uuid:client_id>/change", methods=["GET", "POST"])
@requires(Permission.INTERFACE_MANAGE)
@commits
def change(client_id: UUID) -> ResponseReturnValue:
    """Change what a program may do."""
    program = _working(client_id)
    form = ClientForm(data=typed(program.client)).label(processes_to_choose(db.session()))
    sent = form.send(lambda: change_client(db.session(), viewer(), ChangeClient(client_id, form.to_command())))
    if sent.done:
        flash(_("Saved. It counts from now on."), "good")
        return redirect(url_for(".show", client_id=client_id))
    return render_template("interfaces/manage/change.html", form=form, program=_program(client_id)), sent.status


@bp.route("/<uuid:client_id>/secret", methods=["GET", "POST"])
@requires(Permission.INTERFACE_MANAGE)
@commits
def rotate(client_id: UUID) -> ResponseReturnValue:
    """Give a program another secret, knowing what that ends."""
    program = _working(client_id)
    form = ConfirmForm()
    sent = form.send(lambda: rotate_secret(db.session(), viewer(), client_id))
    if sent.done:
        return _secret(program.client, sent.result)
    return render_template("interfaces/manage/rotate.html", program=program), sent.status


@bp.route("/<uuid:client_id>/shut-out", methods=["GET", "POST"])
@requires(Permission.INTERFACE_MANAGE)
@commits
def revoke(client_id: UUID) -> ResponseReturnValue:
    """Shut a program out, knowing what that ends."""
    program = _working(client_id)
    form = ShutOutForm()
    sent = form.send(lambda: _shut_out(client_id, form.reason.data or ""))
    if sent.done:
        flash(_("Shut out. Its secret and its tokens do not work any more."), "good")
        return redirect(url_for(".show", client_id=client_id))
    return render_template("interfaces/manage/revoke.html", program=program, form=form), sent.status


@bp.route("/profiles", methods=["GET", "POST"])
@requires(Permission.INTERFACE_MANAGE)
@commits
def profiles() -> ResponseReturnValue:
    """Say which profile at the city's identity provider is whose."""
    form = ProfileForm()
    sent = form.send(lambda: _link(form))
    if sent.done:
        flash(_("Linked.") if form.action.data == "link" else _("The link is taken away."), "good")
        return redirect(url_for(".profiles"))
    return render_template("interfaces/manage/profiles.html", form=form), sent.status


def _link(form: ProfileForm) -> bool:
    found = person_by_email(db.session(), form.email.data or "")
    if found is None or found.erased_at is not None:
        raise Refused(msg("Nobody has an account with this address."), field="email")
    if form.action.data == "unlink":
        try:
            unlink_profile(db.session(), viewer(), found.id)
        except NotFound:
            raise Refused(msg("This person has no linked profile."), field="email") from None
        return True
    try:
        profile_id = UUID(form.profile_id.data or "")
    except ValueError:
        raise Refused(
            msg("This is not an identifier. It has 32 letters and digits with four hyphens."), field="profile_id"
        ) from None
    link_profile(db.session(), viewer(), LinkProfile(found.id, profile_id))
    return True


def _shut_out(client_id: UUID, reason: str) -> bool:
    revoke_client(db.session(), viewer(), client_id, reason)
    return True


def _program(client_id: UUID) -> Registered:
    found = client(db.session(), client_id)
    if found is None:
        raise NotFound
    return found


def _working(client_id: UUID) -> Registered:
    """A program that is not shut out; for others there is nothing to change."""
    found = _program(client_id)
    if found.client.revoked_at is not None:
        raise NotFound
    return found


def _secret(found: InterfaceClient, secret: str) -> Response:
    """The page with the secret: the answer itself, because nothing keeps the secret for a page after it."""
    response = make_response(render_template("interfaces/manage/secret.html", client=found, secret=secret))
    response.headers["Cache-Control"] = "no-store"
    return response
