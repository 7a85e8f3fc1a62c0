"""Writing a proposal: the form, for a new one and for a draft. What was typed is kept whatever happens."""

import uuid
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.extensions import csrf, db
from app.features.proposals import rules
from app.features.proposals.authoring_routes import writing_parts as parts
from app.features.proposals.authoring_routes.door import bp, new_id, remembered, token_for
from app.features.proposals.commands import RemovePhoto
from app.features.proposals.forms import DraftForm
from app.features.proposals.models import ProposalState
from app.features.proposals.queries import Proposal
from app.features.proposals.use_cases import own_proposal, remove_photo, save_draft, start_draft
from app.features.spaces import queries as spaces
from app.features.spaces.queries import Action, Participation, Process
from app.kernel import clock
from app.kernel.errors import Refused
from app.web.access import public, viewer
from app.web.locale import current_locale
from app.web.transaction import commits


@bp.get("/new")
@public
def new() -> ResponseReturnValue:
    """The empty form; or why there is none: the phase is closed, the process needs an account, no process is named."""
    session = db.session()
    slug = request.args.get("process", "")
    if not slug:
        return _choose_process()
    process = spaces.visible_process(session, viewer(), slug)
    if not spaces.action_open(process, Action.PROPOSE, clock.now()):
        why = spaces.why_closed(process, Action.PROPOSE, clock.now())
        return render_template("proposals/authoring/closed.html", process=process, why=why)
    if process.participation is Participation.ACCOUNT and not viewer().is_signed_in:
        return render_template("proposals/authoring/sign_in_first.html", process=process)
    form = parts.form_for(process)
    form.draft.data = str(new_id())
    return parts.page(form, process)


def _choose_process() -> ResponseReturnValue:
    """Which process the proposal is for; nobody is asked when there is only one."""
    processes = spaces.visible_processes(db.session(), viewer())
    open_ones = [one for one in processes if spaces.action_open(one, Action.PROPOSE, clock.now())]
    if len(open_ones) == 1:
        return redirect(url_for(".new", process=open_ones[0].slug))
    return render_template("proposals/authoring/choose_process.html", processes=open_ones)


@bp.post("/new")
@csrf.exempt  # the form checks its token itself, so that a page which was open for too long keeps what was typed
@public
@commits
def create() -> ResponseReturnValue:
    """Begin a draft with what was typed, and go on to the review when nothing is missing."""
    process = spaces.visible_process(db.session(), viewer(), request.args.get("process", ""))
    form = parts.form_for(process)
    return _receive(form, process, None)


@bp.get("/<uuid:proposal_id>/edit")
@public
def edit(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """The form with a draft as it is stored; `?check=1` says at once what is missing."""
    proposal = own_proposal(db.session(), viewer(), proposal_id, token_for(proposal_id))
    if proposal.state is not ProposalState.DRAFT:
        return redirect(url_for(".mine", proposal_id=proposal.id))
    process = parts.process_of(proposal)
    form = parts.form_for(process, proposal)
    form.show_stored(proposal)
    if request.args.get("check"):
        form.show_missing(rules.missing(proposal, needs_category="category_id" in form))
    return parts.page(form, process, proposal)


@bp.post("/<uuid:proposal_id>/edit")
@csrf.exempt  # as above
@public
@commits
def save(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Write a draft down, and go on to the review when nothing is missing."""
    proposal = own_proposal(db.session(), viewer(), proposal_id, token_for(proposal_id))
    process = parts.process_of(proposal)
    return _receive(parts.form_for(process, proposal), process, proposal)


def _receive(form: DraftForm, process: Process, proposal: Proposal | None) -> ResponseReturnValue:
    """Keep what was sent. Answers with the next page, or with the form, what is wrong beside the fields, nothing lost."""
    if not form.validate() and "csrf_token" in form.errors:
        form.csrf_token.errors = ()
        form.general_errors.append(
            gettext("This page had been open for a long time. Look through what you wrote, then send it again.")
        )
        return parts.page(form, process, proposal), 400
    pictures = parts.read_pictures(form)
    where = parts.wanted_place(form, process)
    try:
        kept = _keep(form, process, proposal, where)
        came_from = parts.keep_photos(form, kept, pictures, token_for(kept.id))
    except Refused as refusal:
        parts.show_refusal(form, refusal)
        if proposal is not None:
            form.bind(proposal, parts.slots_of(form, proposal))  # sent again, it counts as having read the draft as it is now
        return parts.page(form, process, proposal), refusal.status
    form.bind(kept, came_from)
    return _answer(form, process, kept)


def _keep(form: DraftForm, process: Process, proposal: Proposal | None, where: Any) -> Proposal:
    """Store what fits into a draft. A place that cannot be is said so beside its field and left out."""
    session, actor = db.session(), viewer()
    try:
        if proposal is not None:
            return save_draft(session, actor, form.to_save(proposal.id, where, token=token_for(proposal.id)))
        draft_id = _draft_id(form)
        begin = form.to_start(process.id, where, draft_id=draft_id, token=token_for(draft_id), language=current_locale())
        return start_draft(session, actor, begin)[0]
    except Refused as refusal:
        if refusal.field != "where" or where is None:
            raise
        parts.show_place_refusal(form, refusal)
        return _keep(form, process, proposal, None)


def _draft_id(form: DraftForm) -> uuid.UUID:
    """The id that the form was opened with; a new one when it is missing or not this browser's."""
    try:
        draft_id = uuid.UUID(form.draft.data or "")
    except ValueError:
        return new_id()
    return draft_id if viewer().is_signed_in or draft_id in remembered() else new_id()


def _answer(form: DraftForm, process: Process, proposal: Proposal) -> ResponseReturnValue:
    """What comes after a draft was stored, by the button that was used."""
    action, _colon, argument = request.form.get("action", "continue").partition(":")
    if action == "remove":
        return _remove(proposal, argument)
    if action == "later" and not form.has_errors():
        flash(gettext("Your draft is saved. Publish it before the time for proposals ends."), "good")
        return redirect(url_for(".drafts"))
    form.show_missing(rules.missing(proposal, needs_category="category_id" in form))
    if form.has_errors():
        db.session.commit()  # the draft is stored; what is wrong is said on the form, with everything that was typed
        return parts.page(form, process, proposal), 422
    return redirect(url_for(".review", proposal_id=proposal.id))


def _remove(proposal: Proposal, photo: str) -> ResponseReturnValue:
    try:
        photo_id = uuid.UUID(photo)
    except ValueError:
        abort(404)
    remove_photo(db.session(), viewer(), RemovePhoto(proposal.id, photo_id, token_for(proposal.id)))
    return redirect(url_for(".edit", proposal_id=proposal.id, _anchor="photos"))
