"""Looking pages through: what a person sees is what counts, and where a ballot is doubtful, what two people see."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.committee.queries import paper_was_typed
from app.features.scans import rules
from app.features.scans.commands import DecidePage
from app.features.scans.models import PageState, PageTray, ScanDecision, ScanPage
from app.features.scans.queries.files import lies_with_ballots
from app.features.spaces.queries import Action
from app.features.spaces.queries import process as process_by_id
from app.kernel import audit, clock
from app.kernel.errors import Conflict, Invalid, NotFound, Refused
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor, Permission
from app.kernel.texts import clean_line, clean_text

LONGEST_TEXT = 5_000


def ballots_rest(session: Session, process_id: uuid.UUID) -> Message | None:
    """Why ballots of a process are not looked at now: they are readable, so they rest until the vote is over for good.

    That is once a box of a station is open, or its totals are typed: from then on nobody can extend the vote, and no post
    arrives in time any more.
    """
    space = process_by_id(session, process_id)
    votes = [one for one in space.phases if Action.VOTE in one.actions] if space is not None else []
    if any(one.ends_at > clock.now() for one in votes):
        return msg("Voting goes on. Ballots are looked through when it has ended, so that nobody knows a count before.")
    if not paper_was_typed(session, process_id):
        return msg(
            "No box of this vote is open yet. Ballots are looked through once one is: until then the vote can still be "
            "extended, and envelopes by post may arrive."
        )
    return None


def why_not_yet(session: Session, page: ScanPage) -> Message | None:
    """Why a page cannot be looked at now; None for pages that are no ballots, and for test prints.

    What lies among ballots and says nothing of itself may be one whose code is torn off.
    """
    ballot = page.form_kind == rules.BALLOT and page.tray is not PageTray.TEST_PRINT
    if not ballot and (page.form_kind or not lies_with_ballots(session, page)):
        return None
    return ballots_rest(session, page.process_id)


@dataclass(frozen=True)
class Resting:
    """A page that cannot be looked at now: why, and the file in which it lies."""

    why: Message
    file_id: uuid.UUID


def rests_now(session: Session, actor: Actor, page_id: uuid.UUID) -> Resting | None:
    """Why a page cannot be looked at now, for whoever takes in paper in its process; None for all other pages."""
    page = session.get(ScanPage, page_id)
    if page is None or not actor.may(Permission.INTAKE, page.process_id):
        raise NotFound
    why = why_not_yet(session, page)
    return Resting(why, page.file_id) if why is not None else None


def page_to_review(session: Session, actor: Actor, page_id: uuid.UUID) -> ScanPage:
    """A page for whoever takes in paper in its process. Raises NotFound for others, Conflict for ballots that rest."""
    page = session.get(ScanPage, page_id)
    if page is None or not actor.may(Permission.INTAKE, page.process_id):
        raise NotFound
    if (reason := why_not_yet(session, page)) is not None:
        raise Conflict(reason)
    return page


def decide_page(session: Session, actor: Actor, command: DecidePage) -> ScanPage:
    """Keep what a person sees on a page; it is accepted when nobody else has to look at it.

    Raises NotFound, Invalid for fields without an answer, and Conflict where somebody else has just changed the page, or the
    same person has answered before.
    """
    page = _locked(session, actor, command.page_id)
    person_id = actor.require_signed_in()
    if page.state not in rules.WAITING:
        raise Conflict(msg("Somebody has looked at this page meanwhile. Nothing was changed."))
    if page.version != command.version:
        raise Conflict(msg("Somebody has looked at this page meanwhile. Look at it again, then answer."))
    answers = {"fields": _checked(page, command.fields), "texts": _texts(page, command.texts)}
    try:
        with session.begin_nested():
            session.add(ScanDecision(page_id=page.id, person_id=person_id, answers=answers))
            session.flush()
    except IntegrityError:
        raise Conflict(msg("You have answered about this page already. Somebody else has to look at it now.")) from None
    _settle(session, page)
    audit.record(session, actor, "scan_page.looked_at", page, process_id=page.process_id, state=page.state.value)
    session.flush()
    return page


def undo_decision(session: Session, actor: Actor, page_id: uuid.UUID) -> ScanPage:
    """Take back one's own answer about a page. Raises NotFound, and Conflict once another record has taken the page.

    A page that was set aside has no number any more, so that it stays there whatever was answered about it before.
    """
    page = _locked(session, actor, page_id)
    own = session.scalars(
        select(ScanDecision).where(
            ScanDecision.page_id == page.id,
            ScanDecision.person_id == actor.require_signed_in(),
            ScanDecision.undone_at.is_(None),
        )
    ).one_or_none()
    if own is None:
        raise Conflict(msg("There is no answer of yours to take back."))
    if page.state in (PageState.SET_ASIDE, PageState.IN_TRAY):
        raise Conflict(msg("This page was set aside meanwhile. Let it in again first, with a reason."))
    _require_free(page)
    own.undone_at = clock.now()
    session.flush()
    _settle(session, page)
    audit.record(session, actor, "scan_page.undone", page, process_id=page.process_id, state=page.state.value)
    session.flush()
    return page


def set_page_aside(session: Session, actor: Actor, page_id: uuid.UUID, reason: str) -> ScanPage:
    """Say that a page needs nothing more here, and why. It stays in its tray, and can be let in again."""
    page, words = _locked(session, actor, page_id), _reason(reason)
    _require_free(page)
    page.state, page.why, page.copy_key, page.result = PageState.SET_ASIDE, words, None, None
    _moved(session, actor, page, "scan_page.set_aside", words)
    return page


def admit_page(session: Session, actor: Actor, page_id: uuid.UUID, reason: str) -> ScanPage:
    """Let a page from its tray into the review, and say why: an earlier revision that still counts, the better of two scans.

    Raises NotFound, Conflict where another page holds its number, Refused where there is nothing on it that could be read.
    """
    page, words = _locked(session, actor, page_id), _reason(reason)
    if page.state not in (PageState.IN_TRAY, PageState.SET_ASIDE):
        raise Conflict(msg("Somebody has looked at this page meanwhile. Nothing was changed."))
    if page.tray not in rules.MAY_BE_ADMITTED or not page.readings:
        raise Refused(msg("Nothing on this page could be read. Scan the sheet again, or type it in."))
    key = rules.copy_key(page.form_kind, page.form_subject, page.code, page.page)
    try:
        with session.begin_nested():
            page.copy_key = key
            session.flush()
    except IntegrityError:
        raise Conflict(msg("Another page with this number is in the review. Set that one aside first.")) from None
    page.why = words
    _settle(session, page)
    _moved(session, actor, page, "scan_page.admitted", words, version=False)
    return page


def _locked(session: Session, actor: Actor, page_id: uuid.UUID) -> ScanPage:
    page = page_to_review(session, actor, page_id)
    session.refresh(page, with_for_update=True)
    return page


def _require_free(page: ScanPage) -> None:
    if page.taken_by is not None:
        raise Conflict(msg("This page is in a batch already. Take it out there first."))


def _reason(text: str) -> str:
    words = clean_line(text)
    if not words:
        raise Refused(msg("Say why, in a few words."), field="reason")
    if len(words) > rules.LONGEST_REASON:
        raise Refused(
            msg(
                "This has %(length)s characters; at most %(most)s fit. Shorten it.",
                length=len(words),
                most=rules.LONGEST_REASON,
            ),
            field="reason",
        )
    return words


def _checked(page: ScanPage, given: Mapping[str, str]) -> dict[str, str]:
    """An answer for every field, each one that the field has. Raises Invalid that names the places in the form."""
    found, errors = {}, {}
    for at, field in enumerate(page.readings.get("fields", ())):
        answer = given.get(field["name"], "")
        if answer in rules.choices_of(field):
            found[field["name"]] = answer
        else:
            errors[f"f-{at}"] = msg("Decide what is marked here.")
    if errors:
        raise Invalid(errors)
    return found


def _texts(page: ScanPage, given: Mapping[str, str]) -> dict[str, str]:
    found, errors = {}, {}
    for at, one in enumerate(page.readings.get("write_ins", ())):
        text = clean_text(given.get(one["name"], "")).strip()
        if len(text) > LONGEST_TEXT:
            errors[f"t-{at}"] = msg(
                "This has %(length)s characters; at most %(most)s fit. Shorten it.", length=len(text), most=LONGEST_TEXT
            )
        if text:
            found[one["name"]] = text
    if errors:
        raise Invalid(errors)
    return found


def _settle(session: Session, page: ScanPage) -> None:
    """The state that follows from the answers in force."""
    kept = session.scalars(
        select(ScanDecision)
        .where(ScanDecision.page_id == page.id, ScanDecision.undone_at.is_(None))
        .order_by(ScanDecision.created_at, ScanDecision.id)
    ).all()
    state, result = rules.state_after(page.form_kind, page.readings.get("fields", ()), [one.answers for one in kept])
    page.state, page.result = state, dict(result) if result is not None else None
    page.reviewed_at = clock.now() if result is not None else None
    page.version += 1


def _moved(session: Session, actor: Actor, page: ScanPage, action: str, reason: str, *, version: bool = True) -> None:
    page.version += version
    audit.record(session, actor, action, page, process_id=page.process_id, reason=reason, tray=page.tray.value)
    session.flush()
