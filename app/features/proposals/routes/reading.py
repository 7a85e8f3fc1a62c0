"""The page of one proposal, and its print sheet."""

from typing import Any
from uuid import UUID

import segno
from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from app.extensions import db
from app.features.proposals import labels
from app.features.proposals.forms.discussion import CommentForm, ReplyForm
from app.features.proposals.queries import (
    CommentOrder,
    Proposal,
    discussion,
    visible_by_reference,
    visible_comment,
)
from app.features.proposals.routes import bp
from app.features.proposals.shown import show_comment, show_proposal
from app.kernel.errors import NotFound
from app.kernel.paging import page_number
from app.web.access import public, viewer
from app.web.filters import translate
from app.web.kiosk import is_kiosk


@bp.get("/<reference>")
@public
def show(reference: str) -> ResponseReturnValue:
    """One proposal with everything around it."""
    proposal = visible_by_reference(db.session(), viewer(), reference)
    if reference != proposal.reference:
        query = request.query_string.decode("ascii", "replace")
        return redirect(url_for(".show", reference=proposal.reference) + (f"?{query}" if query else ""), 301)
    return proposal_page(proposal)


def proposal_page(proposal: Proposal, *, form: CommentForm | None = None, reply: ReplyForm | None = None) -> str:
    """The page; with a `form` or `reply` that was refused, what was typed is still in it."""
    session, actor = db.session(), viewer()
    order = CommentOrder(value) if (value := request.args.get("order", "")) in set(CommentOrder) else CommentOrder.NEWEST
    found = discussion(session, actor, proposal, order=order, page=page_number(request.args.get("comments")))
    threads = [
        {
            "comment": show_comment(actor, proposal, thread.comment, found),
            "replies": [show_comment(actor, proposal, one, found) for one in thread.replies],
        }
        for thread in found.threads.items
    ]
    return render_template(
        "proposals/show.html",
        shown=show_proposal(session, actor, proposal),
        proposal=proposal,
        answer=labels.ANSWERS.get(proposal.answer_status or ""),
        threads=threads,
        found=found,
        stances=[(translate(look.label), look, found.stances[stance]) for stance, look in labels.STANCES.items()],
        stance_total=sum(found.stances.values()),
        order=order.value,
        comment_pages=_comment_pages(proposal, found.threads, order),
        form=form or CommentForm(formdata=None),
        reply=reply or ReplyForm(formdata=None),
        reply_to=_reply_to(proposal),
        address=_address(proposal),
        at_kiosk=is_kiosk(),
    )


def _reply_to(proposal: Proposal) -> UUID | None:
    """The comment that the reader chose to reply to, if it stands under this proposal."""
    posted = (request.view_args or {}).get("comment_id")
    try:
        wanted = posted if isinstance(posted, UUID) else UUID(request.args.get("reply", ""))
        comment = visible_comment(db.session(), viewer(), wanted)
    except (ValueError, NotFound):
        return None
    return comment.id if comment.proposal_id == proposal.id and comment.parent_id is None else None


def _comment_pages(proposal: Proposal, page: Any, order: CommentOrder) -> dict[str, Any]:
    def url(number: int) -> str:
        args: dict[str, Any] = {
            "order": order.value if order is not CommentOrder.NEWEST else None,
            "comments": number if number > 1 else None,
        }
        return url_for(".show", reference=proposal.reference, _anchor="discussion", **args)

    return {
        "previous_url": url(page.previous) if page.previous else None,
        "next_url": url(page.next) if page.next else None,
        "position": _("Page %(number)s of %(total)s", number=page.number, total=page.pages) if page.pages > 1 else None,
    }


def _address(proposal: Proposal) -> str:
    """The address to share: short enough to read out, the same for everybody."""
    return str(current_app.config["SETTINGS"].base_url) + url_for(".show", reference=proposal.reference)


@bp.get("/<reference>/print")
@public
def sheet(reference: str) -> ResponseReturnValue:
    """The proposal on one sheet of paper, with a code for phones that leads back to it.

    Not on a public screen: the sheet has no way to the start and no end of the visit.
    """
    session, actor = db.session(), viewer()
    proposal = visible_by_reference(session, actor, reference)
    if is_kiosk():
        return redirect(url_for(".show", reference=proposal.reference), 303)
    address = _address(proposal)
    code = segno.make(address, error="m").svg_inline(scale=4, border=2, dark="#000", light="#fff", omitsize=True)
    return render_template(
        "proposals/print.html",
        shown=show_proposal(session, actor, proposal),
        proposal=proposal,
        address=address,
        code=Markup(code),  # noqa: S704  drawn by us from our own address
        answer=labels.ANSWERS.get(proposal.answer_status or ""),
    )
