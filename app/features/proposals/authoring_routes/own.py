"""One's own drafts and proposals: finding them again, throwing away, taking back, undoing, hiding one's name.

With an account, or in the browser in which a proposal was begun, by its id; from anywhere by the follow-up link.
"""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from app.extensions import db
from app.features.proposals import rules
from app.features.proposals.authoring_routes import writing_parts as parts
from app.features.proposals.authoring_routes.door import bp, remembered, token_for
from app.features.proposals.authoring_routes.shown import place_words, state_words
from app.features.proposals.commands import HideName, OwnProposal
from app.features.proposals.models import ProposalState
from app.features.proposals.queries import Proposal, area_names
from app.features.proposals.queries.own import by_follow_token, own_list
from app.features.proposals.use_cases import hide_name, own_proposal, restore_proposal, withdraw_proposal
from app.features.spaces import queries as spaces
from app.kernel import clock
from app.kernel.permissions import ANONYMOUS, Actor
from app.web import slots
from app.web.access import public, viewer
from app.web.transaction import commits


@bp.get("/drafts")
@public
def drafts() -> ResponseReturnValue:
    """One's drafts and proposals; those of this browser where nobody is signed in."""
    session, actor = db.session(), viewer()
    found = own_list(session, actor, remembered())
    gone = request.args.get("gone", type=uuid.UUID)
    undo = (
        next((one for one in own_list(session, actor, remembered(), thrown_away=True) if one.id == gone), None)
        if gone
        else None
    )
    processes = {process.id: process for process in spaces.visible_processes(session, actor)}
    return render_template(
        "proposals/authoring/drafts.html",
        drafts=[one for one in found if one.state is ProposalState.DRAFT],
        sent=[(one, state_words(one)) for one in found if one.state is not ProposalState.DRAFT],
        processes=processes,
        areas=area_names(session),
        undo=undo,
    )


@bp.post("/<uuid:proposal_id>/discard")
@public
@commits
def discard(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Throw a draft away; the next page offers to undo it."""
    session, actor, token = db.session(), viewer(), token_for(proposal_id)
    proposal = own_proposal(session, actor, proposal_id, token)
    if proposal.state is not ProposalState.DRAFT:
        return redirect(url_for(".withdraw", proposal_id=proposal.id))
    withdraw_proposal(session, actor, OwnProposal(proposal_id, token))
    return redirect(url_for(".drafts", gone=proposal_id))


@bp.get("/<uuid:proposal_id>/mine")
@public
def mine(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """What has become of one's own proposal, and what one can still do with it."""
    proposal = own_proposal(db.session(), viewer(), proposal_id, token_for(proposal_id))
    if proposal.state is ProposalState.DRAFT:
        return redirect(url_for(".edit", proposal_id=proposal.id))
    return _own_page(proposal, None)


@bp.get("/follow/<token>")
@public
def follow_up(token: str) -> ResponseReturnValue:
    """The same for whoever holds the follow-up link."""
    return _own_page(by_follow_token(db.session(), token), token)


def _own_page(proposal: Proposal, token: str | None) -> ResponseReturnValue:
    process = parts.process_of(proposal)
    return render_template(
        "proposals/authoring/own.html",
        proposal=proposal,
        process=process,
        token=token,
        state=state_words(proposal),
        place=place_words(process, proposal),
        may_undo=rules.may_undo(proposal, clock.now()),
        undo_days=rules.UNDO_FOR.days,
        address=_address_of(proposal, token),
    )


def _address_of(proposal: Proposal, token: str | None) -> dict[str, str]:
    """Where the buttons of the page lead: by the link's secret, or by id."""
    if token is not None:
        return {verb: url_for(f".follow_{verb}", token=token) for verb in ("withdraw", "restore", "name")}
    return {verb: url_for(f".{verb}", proposal_id=proposal.id) for verb in ("withdraw", "restore", "name")}


def _back(proposal: Proposal, token: str | None) -> ResponseReturnValue:
    if token is not None:
        return redirect(url_for(".follow_up", token=token))
    return redirect(url_for(".mine", proposal_id=proposal.id))


def _by_link(token: str) -> tuple[Actor, OwnProposal]:
    """The holder of the link stands for the writer, signed in or not."""
    proposal = by_follow_token(db.session(), token)
    return ANONYMOUS, OwnProposal(proposal.id, token)


def _by_id(proposal_id: uuid.UUID) -> tuple[Actor, OwnProposal]:
    return viewer(), OwnProposal(proposal_id, token_for(proposal_id))


@bp.get("/<uuid:proposal_id>/withdraw")
@public
def withdraw(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """What taking back means, before it is done."""
    proposal = own_proposal(db.session(), viewer(), proposal_id, token_for(proposal_id))
    return _ask(proposal, url_for(".mine", proposal_id=proposal.id))


@bp.get("/follow/<token>/withdraw")
@public
def follow_withdraw(token: str) -> ResponseReturnValue:
    """The same by the follow-up link."""
    return _ask(by_follow_token(db.session(), token), url_for(".follow_up", token=token))


def _ask(proposal: Proposal, back: str) -> ResponseReturnValue:
    if proposal.state not in rules.WITHDRAWABLE:
        return redirect(back)
    return render_template("proposals/authoring/withdraw.html", proposal=proposal, back=back, undo_days=rules.UNDO_FOR.days)


@bp.post("/<uuid:proposal_id>/withdraw")
@public
@commits
def withdraw_now(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Take one's own proposal back."""
    return _withdraw(*_by_id(proposal_id), None)


@bp.post("/follow/<token>/withdraw")
@public
@commits
def follow_withdraw_now(token: str) -> ResponseReturnValue:
    """The same by the follow-up link."""
    return _withdraw(*_by_link(token), token)


def _withdraw(actor: Actor, command: OwnProposal, token: str | None) -> ResponseReturnValue:
    proposal = withdraw_proposal(db.session(), actor, command)
    flash(gettext("You have taken your proposal back. Nobody else sees it any more."), "good")
    return _back(proposal, token)


@bp.post("/<uuid:proposal_id>/restore")
@public
@commits
def restore(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Undo: a proposal that was taken back, or a draft that was thrown away, is there again."""
    return _restore(*_by_id(proposal_id), None)


@bp.post("/follow/<token>/restore")
@public
@commits
def follow_restore(token: str) -> ResponseReturnValue:
    """The same by the follow-up link."""
    return _restore(*_by_link(token), token)


def _restore(actor: Actor, command: OwnProposal, token: str | None) -> ResponseReturnValue:
    proposal = restore_proposal(db.session(), actor, command)
    if proposal.state is ProposalState.DRAFT:
        flash(gettext("Your draft is back."), "good")
        return redirect(url_for(".drafts"))
    flash(gettext("Your proposal is back."), "good")
    return _back(proposal, token)


@bp.post("/<uuid:proposal_id>/name")
@public
@commits
def name(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Show one's name with the proposal, or hide it, even long afterwards."""
    return _name(*_by_id(proposal_id), None)


@bp.post("/follow/<token>/name")
@public
@commits
def follow_name(token: str) -> ResponseReturnValue:
    """The same by the follow-up link."""
    return _name(*_by_link(token), token)


def _name(actor: Actor, command: OwnProposal, token: str | None) -> ResponseReturnValue:
    hidden = request.form.get("hidden") == "yes"
    proposal = hide_name(db.session(), actor, HideName(command.proposal_id, hidden, command.token))
    flash(gettext("Your name is hidden now.") if hidden else gettext("Your name is shown now."), "good")
    return _back(proposal, token)


def _own_actions(proposal: Proposal) -> Markup:
    """On the public page of one's own proposal: the way to what only its author can do."""
    actor = viewer()
    if not rules.is_own(actor, proposal, token_for(proposal.id)):
        return Markup("")
    return slots.partial("proposals/authoring/_own_actions.html", proposal=proposal)


slots.register("proposal.actions", 5, _own_actions)
