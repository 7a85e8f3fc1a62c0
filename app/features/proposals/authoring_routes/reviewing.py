"""Looking at everything once more, publishing, and what comes after."""

import uuid

from flask import current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.extensions import db
from app.features.proposals import rules
from app.features.proposals.authoring_routes import writing_parts as parts
from app.features.proposals.authoring_routes.door import bp, token_for
from app.features.proposals.authoring_routes.shown import link_qr, place_words, similar_cards
from app.features.proposals.commands import PublishProposal
from app.features.proposals.forms import PublishForm
from app.features.proposals.models import ProposalState
from app.features.proposals.queries import Proposal
from app.features.proposals.queries.own import guest_contact, typed_code
from app.features.proposals.use_cases import own_proposal, publish_proposal
from app.features.spaces import queries as spaces
from app.features.spaces.queries import Action, Publication
from app.kernel import clock
from app.kernel.errors import NotFound, Refused, SignInRequired
from app.web.access import public, viewer
from app.web.locale import current_locale
from app.web.transaction import commits


@bp.get("/<uuid:proposal_id>/review")
@public
def review(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """The draft as others will see it, each part with a way to change it, and the button that publishes it."""
    proposal = own_proposal(db.session(), viewer(), proposal_id, token_for(proposal_id))
    if proposal.state is not ProposalState.DRAFT:
        return redirect(url_for(".mine", proposal_id=proposal.id))
    process = parts.process_of(proposal)
    if rules.missing(proposal, needs_category=bool(spaces.categories_of(db.session(), process))):
        return redirect(url_for(".edit", proposal_id=proposal.id, check=1))
    return _page(proposal, PublishForm())


def _page(proposal: Proposal, form: PublishForm) -> str:
    process = parts.process_of(proposal)
    open_now = spaces.action_open(process, Action.PROPOSE, clock.now())
    return render_template(
        "proposals/authoring/review.html",
        proposal=proposal,
        process=process,
        form=form,
        place=place_words(process, proposal),
        place_map=parts.place_map(process, proposal.geojson, "place"),
        after_approval=process.publication is Publication.AFTER_APPROVAL,
        why_closed=None if open_now else spaces.why_closed(process, Action.PROPOSE, clock.now()),
        similar=similar_cards(proposal) if open_now else [],
        category=next((one for one in process.categories if one.id == proposal.category_id), None),
    )


@bp.post("/<uuid:proposal_id>/publish")
@public
@commits
def publish(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Publish the draft, or send it to the moderators; a second click ends on the same page."""
    session, actor, token = db.session(), viewer(), token_for(proposal_id)
    proposal = own_proposal(session, actor, proposal_id, token)
    form = PublishForm()
    if not form.validate_on_submit():
        return _page(proposal, form), 422
    try:
        command = PublishProposal(proposal_id, token, contact=form.contact(current_locale()))
        publish_proposal(session, actor, command)
    except (NotFound, SignInRequired):
        raise
    except Refused as refusal:
        form.refuse(refusal)
        return _page(own_proposal(session, actor, proposal_id, token), form), refusal.status
    return redirect(url_for(".sent", proposal_id=proposal_id))


@bp.get("/<uuid:proposal_id>/sent")
@public
def sent(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Thank you, the reference, and for a writer without an account the link that is the only way back."""
    token = token_for(proposal_id)
    proposal = own_proposal(db.session(), viewer(), proposal_id, token)
    if proposal.state is ProposalState.DRAFT:
        return redirect(url_for(".review", proposal_id=proposal.id))
    follow_path, follow_url = _follow_link(proposal, token)
    contact = guest_contact(db.session(), proposal.id) if follow_path else None
    return render_template(
        "proposals/authoring/sent.html",
        has_email=bool(contact and contact.email),
        proposal=proposal,
        process=parts.process_of(proposal),
        follow_path=follow_path,
        follow_url=follow_url,
        follow_qr=link_qr(follow_url) if follow_url else None,
        published=proposal.state is ProposalState.PUBLISHED,
    )


@bp.get("/<uuid:proposal_id>/slip")
@public
def slip(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """The slip to take away from a public screen, by its printer: reference, code for phones, and a short code to type."""
    token = token_for(proposal_id)
    proposal = own_proposal(db.session(), viewer(), proposal_id, token)
    if proposal.state is ProposalState.DRAFT:
        return redirect(url_for(".review", proposal_id=proposal.id))
    _path, follow_url = _follow_link(proposal, token)
    settings = current_app.config["SETTINGS"]
    link = follow_url or settings.base_url + url_for("proposals.show", reference=proposal.reference)
    return render_template(
        "proposals/authoring/slip.html",
        proposal=proposal,
        link=link,
        qr=link_qr(link),
        private=bool(follow_url),
        code=typed_code(proposal) if follow_url else None,
    )


def _follow_link(proposal: Proposal, token: str | None) -> tuple[str | None, str | None]:
    """The path and the full address with which a writer without an account comes back; None for writers with one.

    Under the installation's own name, not the one that this request was sent to: the link is kept and must go on working.
    """
    path = url_for(".follow_up", token=token) if token and proposal.author_id is None else None
    return path, current_app.config["SETTINGS"].base_url + path if path else None
