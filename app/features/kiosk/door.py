"""What stands between a screen's token and the pages: whose it is, whether it works, and what its screen does not offer."""

import uuid
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from flask import Response, current_app, g, request, url_for
from sqlalchemy.exc import DBAPIError

from app.extensions import db
from app.features.accounts.use_cases import count_attempt
from app.features.kiosk.queries import device_of_token
from app.features.kiosk.rules import SEEN_EVERY, Verdict
from app.features.kiosk.use_cases import another_token, hand_over, note_copy, note_seen
from app.features.proposals.queries import Proposal
from app.features.spaces.queries import process as process_by_id
from app.kernel import clock
from app.kernel.errors import Refused
from app.kernel.messages import Message, msg
from app.web import kiosk
from app.web.kiosk import Screen
from app.web.networks import network

OFF = Screen(uuid.UUID(int=0), "", "", off=True)
VOTING = ("voting", "voting_code", "voting_compare")
SUPPORTS = frozenset({"proposals.support"})
WRITING = {"proposals_authoring.create", "proposals_authoring.save", "kiosk.to_phone"}
NOT_TAKEN_ALONG = frozenset({"csrf_token", "draft", "seen", "action"})
"""What belongs to the page at the screen and not to what was typed."""


def known(token: str) -> Screen:
    """The screen that shows this token. One that is unknown, revoked, or older than another in use, is a screen that is off."""
    now = clock.now()
    found = device_of_token(db.session(), token, now)
    if found is None:
        return OFF
    device, shown, newest, verdict = found
    g.kiosk_was_ours = True
    if verdict is Verdict.COPIED:
        if device.copied_at is None:
            device_id = device.id
            db.session.rollback()  # nothing is written yet; where there is one writer at a time, our own lock would stop us
            with db.separate_transaction() as own:
                note_copy(own, device_id)
        return OFF
    if verdict is Verdict.OFF:
        return OFF
    fresh = shown.used_at is not None and device.seen_at is not None and now - device.seen_at < SEEN_EVERY
    g.kiosk_token = (device.id, shown.id, newest.id, verdict is Verdict.ANEW, fresh)
    return Screen(
        id=device.id,
        name=device.name,
        place=device.place,
        languages=tuple(device.languages),
        processes=frozenset(uuid.UUID(one) for one in device.process_ids),
        supports=device.supports,
        voting=device.voting,
        lower_half=device.lower_half,
    )


kiosk.screens_from(known)


def note(screen: Screen | None) -> None:
    """Write down that the screen was seen, at most once a minute, and give it another token each quarter of an hour.

    In a short transaction of its own. Where the database takes no writing at this moment, the visit goes on without.
    """
    about = g.pop("kiosk_token", None)
    if screen is None or about is None:
        return
    device_id, shown_id, newest_id, anew, fresh = about
    anew = anew and request.method == "GET" and request.headers.get("Sec-Fetch-Dest", "document") == "document"
    if fresh and not anew:
        return
    db.session.rollback()
    try:
        with db.separate_transaction() as own:
            note_seen(own, device_id, shown_id)
            if anew:
                g.kiosk_new_token = another_token(own, device_id, newest_id)
    except DBAPIError:
        current_app.logger.warning("a screen's last request could not be noted")


def bring_token(response: Response) -> Response:
    """Let the browser know its newest token."""
    token = g.pop("kiosk_new_token", None)
    if token:
        kiosk.give_token(response, token)
    return response


def not_offered(screen: Screen | None, endpoint: str) -> Message | None:
    """Why a page is not for this screen; None where it is."""
    if screen is None:
        return None
    if not screen.voting and endpoint.partition(".")[0] in VOTING:
        return msg("Nobody votes at this screen. Vote on your own device, with the code of your letter, or at a voting desk.")
    if not screen.supports and endpoint in SUPPORTS:
        return msg("This screen takes no supports. Open the proposal on your own device to support it.")
    return None


def address_of(token: str) -> str:
    """Where a phone opens what was handed over: under the installation's own name."""
    return str(current_app.config["SETTINGS"].base_url) + url_for("kiosk.take", token=token)


def typed() -> Mapping[str, Sequence[str]]:
    """What the form that was sent holds of its writer."""
    return {name: request.form.getlist(name) for name in request.form if name not in NOT_TAKEN_ALONG}


def form_of(slug: str) -> str:
    """The form into which it goes on the phone."""
    return url_for("proposals_authoring.create") + "?" + urlencode({"process": slug})


def rescued() -> tuple[uuid.UUID, str] | None:
    """What somebody was sending when the screen was switched off: the id of the hand-over, and its address for their phone.

    None where nothing was written, for a token that was never given out, and where a network sends many one after the other:
    anybody can send a form to a screen that is off.
    """
    if not g.get("kiosk_was_ours") or request.method != "POST" or request.endpoint not in WRITING:
        return None
    if not any(any(each) for each in typed().values()):
        return None
    slug = request.args.get("process", "")
    if not slug and (proposal_id := (request.view_args or {}).get("proposal_id")):
        proposal = db.session.get(Proposal, proposal_id)
        process = process_by_id(db.session(), proposal.process_id) if proposal else None
        slug = process.slug if process else ""
    fields, target = typed(), form_of(slug)
    db.session.rollback()
    try:
        count_attempt("kiosk rescue network", network())
        with db.separate_transaction() as own:
            found, token = hand_over(own, target, fields)
            return found.id, address_of(token)
    except Refused:
        return None
