"""The ballot: who you are, what you choose, one review, cast. None of these addresses is logged."""

from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.extensions import db
from app.features.accounts.use_cases import count_attempt, forgive_attempts
from app.features.budgets.queries import (
    ANNULLED,
    Pot,
    PotState,
    check_new_choices,
    give_fixed_projects,
    in_order,
    most_cost,
    visible_pot_with_process,
    withdrawn_from,
)
from app.features.spaces.queries import Action, Process, action_open, open_until, why_closed
from app.features.voting.ballot import kept
from app.features.voting.ballot.fair import fair_order
from app.features.voting.ballot.looking import Look, read_look
from app.features.voting.ballot.marks import Marks, choices_of, field_of, marks_of, read_marks
from app.features.voting.ballot.page import ballot_page
from app.features.voting.commands import CastBallot, Identify
from app.features.voting.forms.ballot import IdentifyForm, envelope_id
from app.features.voting.keys.installation import keyring, voters_key
from app.features.voting.queries import box_of, coming, has_roll, voter_key_of
from app.features.voting.rules import voter_key
from app.features.voting.use_cases import cast_ballot, identify
from app.features.voting.voters import session as voter_session
from app.features.voting.voters.eligibility import standings_of, ways_of
from app.features.voting.voters.session import who_votes
from app.kernel import clock
from app.kernel.errors import Conflict, NotFound, Refused
from app.web.access import public, signed_in, viewer
from app.web.filters import translate
from app.web.qr import qr_svg
from app.web.transaction import commits

bp = Blueprint("voting", __name__, template_folder="../templates", url_prefix="/voting")
bp.after_app_request(kept.forget_after_signing_out)


REVIEW = ("review", "review-now")
"""The button below the list, and the one in the bar that stands fast."""


def _pot(pot_id: UUID) -> tuple[Pot, Process]:
    """The pot with the projects of its fixed ballot, and its process."""
    pot, space = visible_pot_with_process(db.session(), viewer(), pot_id)
    if pot.state is PotState.DRAFT:
        raise NotFound
    return give_fixed_projects(db.session(), pot, space), space


@bp.route("/<uuid:pot_id>", methods=["GET", "POST"])
@public
@commits
def ballot(pot_id: UUID) -> ResponseReturnValue:
    """Choose. What is sent is kept for a moment and answered by sending on, so that going back asks for nothing again."""
    pot, space = _pot(pot_id)
    if (instead := _not_now(pot, space)) is not None:
        return instead
    if request.method == "GET":
        if _voted(pot, space):
            return _done(pot, space, again=bool(kept.kept_receipt(pot)))
        marks = kept.kept(pot)
        return _choose(pot, space, marks or Marks(), read_look(request.args))
    marks, step, look = read_marks(pot, request.form), request.form.get("step"), read_look(request.form)
    if step == "forget":
        return kept.forget(make_response(redirect(url_for(".ballot", pot_id=pot_id), 303)), pot)
    if not marks.can_be_kept:
        return _choose(pot, space, marks, look), 422
    problem = _problem(pot, marks)
    anchor = "ballot-withdrawn" if _withdrawn(pot, marks) else "ballot-problem" if problem else None
    onwards = url_for(".ballot", **look.args(), pot_id=pot_id, _anchor=anchor)
    if step in REVIEW and not problem:
        onwards = url_for(".review", pot_id=pot_id)
    if step == "compare":
        onwards = url_for("voting_compare.compare", pot_id=pot_id, project=request.form.getlist("compare")[:3])
    return kept.keep(make_response(redirect(onwards, 303)), pot, marks)


@bp.route("/<uuid:pot_id>/review", methods=["GET", "POST"])
@public
@commits
def review(pot_id: UUID) -> ResponseReturnValue:
    """Look at the whole ballot once more, then cast it: what this page shows is what is cast, whatever other windows hold."""
    if request.method == "POST":
        return _cast(pot_id)
    pot, space = _pot(pot_id)
    if (instead := _not_now(pot, space)) is not None:
        return instead
    marks = kept.kept(pot)
    if marks is None or _voted(pot, space) or _problem(pot, marks):
        return redirect(url_for(".ballot", pot_id=pot_id))
    choices = in_order(pot, choices_of(pot, marks))
    by_number = {project.number: project for project in pot.projects}
    projects = [by_number[number] for number in choices.numbers]
    sent = marks_of(pot, choices).of
    return render_template(
        "voting/review.html",
        pot=pot,
        projects=projects,
        choices=choices,
        fields=[field_of(pot, number, mark) for number, mark in sent.items()],
        cap=most_cost(pot),
        roll=has_roll(db.session(), pot.process_id),
        box=box_of(db.session(), pot.process_id),
        envelope=uuid4(),
    )


def _cast(pot_id: UUID) -> ResponseReturnValue:
    """Most ballots are taken, and that must be quick: only a refusal asks how things stand, and says so in the usual order."""
    session = db.session()
    if (found := coming(session, pot_id, voter_session.who_casts)) is None:
        raise NotFound
    ballot = found.held.ballot
    marks = read_marks(ballot, request.form)
    try:
        command = CastBallot(pot_id, choices_of(ballot, marks), envelope_id(request.form))
        receipt = cast_ballot(session, found.who, command, keyring(), found)
    except Refused as refusal:
        db.session.rollback()
        return _refused(*_pot(pot_id), marks, refusal)
    onwards = Response(status=303, headers={"Location": url_for(".thanks", pot_id=pot_id)})
    return kept.keep_receipt(onwards, ballot, receipt)


def _refused(pot: Pot, space: Process, marks: Marks, refusal: Refused) -> ResponseReturnValue:
    if (instead := _not_now(pot, space)) is not None:
        return instead
    if isinstance(refusal, Conflict):
        flash(translate(refusal.message), "info")
        back = make_response(redirect(url_for(".ballot", pot_id=pot.id), 303))
        if _voted(pot, space):  # a second click, another window, the desk: the page says that one ballot is in the box
            return kept.forget(back, pot)
        return kept.keep(back, pot, marks)
    return _choose(pot, space, marks, Look(), translate(refusal.message)), refusal.status


def _not_now(pot: Pot, space: Process) -> ResponseReturnValue | None:
    """What somebody gets in place of a ballot: closed, sign in, or say who you are. None when they may choose."""
    session, actor, now = db.session(), viewer(), clock.now()
    if not action_open(space, Action.VOTE, now) or pot.state is not PotState.READY or pot.annulled_at is not None:
        reason = ANNULLED if pot.annulled_at is not None else why_closed(space, Action.VOTE, now)
        there, status = _voted(pot, space), 200 if request.method == "GET" else 409
        shown: dict[str, Any] = {"process": space, "voted": there, "again": there and bool(kept.kept_receipt(pot))}
        shown |= _left(pot, space, there and pot.annulled_at is not None and action_open(space, Action.VOTE, now))
        return render_template("voting/closed.html", pot=pot, reason=reason, **shown), status
    standing = voter_session.standing_here(pot, space)
    if standing is not None:
        if standing.may_vote or standing.voted:
            return None
        return render_template("voting/not_here.html", pot=pot), 200 if request.method == "GET" else 409
    ways = ways_of(session, pot.process_id)
    roll = has_roll(session, pot.process_id)
    says_who = ways.account and (ways.card or not roll)
    if actor.person_id is not None and says_who:
        return redirect(url_for(".who", pot_id=pot.id))
    return render_template(
        "voting/sign_in.html",
        pot=pot,
        until=open_until(space, Action.VOTE, now),
        ways=ways,
        says_who=says_who,
        roll=roll,
        box=box_of(session, pot.process_id),
    )


def _key(pot: Pot) -> str | None:
    """What this voter stands under in the process."""
    voter = who_votes(pot.process_id)
    return None if voter is None else voter.key


def _voted(pot: Pot, space: Process) -> bool:
    standing = voter_session.standing_here(pot, space)
    return standing is not None and standing.voted


def _problem(pot: Pot, marks: Marks) -> str:
    """Why these marks are no ballot; empty when they are one, or when nothing was marked yet."""
    try:
        check_new_choices(pot, choices_of(pot, marks))
    except Refused as refusal:
        return translate(refusal.message)
    return ""


def _withdrawn(pot: Pot, marks: Marks) -> set[str]:
    """The marked projects that have been withdrawn since."""
    return {number for number in withdrawn_from(pot) if number in marks.of or number in marks.typed}


def _choose(pot: Pot, space: Process, marks: Marks, look: Look, problem: str = "") -> str:
    """The ballot with these marks; what has been withdrawn is taken out of them, and the page says so."""
    key = _key(pot) or ""
    if dropped := _withdrawn(pot, marks):
        marks, problem = marks.without(dropped), ""
    page = ballot_page(
        pot,
        space,
        fair_order(pot.projects, pot, key),
        marks,
        look,
        problem=problem or _problem(pot, marks),
        voter=key,
        dropped=dropped,
    )
    guest = voter_session.of_process(pot.process_id) is not None  # their stay ends by itself, and what the device keeps with it
    lasts = int(voter_session.IDLE.total_seconds()) if guest else 0
    return render_template("voting/ballot.html", pot=pot, page=page, lasts=lasts)


@bp.route("/<uuid:pot_id>/who", methods=["GET", "POST"])
@signed_in
@commits
def who(pot_id: UUID) -> ResponseReturnValue:
    """Say for this process which entry of the register votes; another, as long as nothing was cast with the first."""
    pot, _space = _pot(pot_id)
    roll = has_roll(db.session(), pot.process_id)
    changes = voter_key_of(db.session(), pot.process_id, viewer().person_id or uuid4()) is not None
    form = IdentifyForm()
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        command, person = form.to_command(pot.process_id), str(viewer().person_id)
        try:
            if roll or changes:  # a date of birth, or a number, is guessed in an afternoon by whoever may try for ever
                count_attempt("voter", person)
            if roll and (number := _tried(pot, command)):
                count_attempt("voter number", number)
            identify(db.session(), viewer(), command, voters_key(pot.process_id))
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
            pot, _space = _pot(pot_id)
        else:
            if not changes:
                forgive_attempts("voter", person)
            forgive_attempts("voter number", _tried(pot, command))
            voter_session.note_number(pot.process_id, command.number)
            return redirect(url_for(".ballot", pot_id=pot_id))
    box = box_of(db.session(), pot.process_id)
    ways = ways_of(db.session(), pot.process_id)
    return render_template("voting/who.html", form=form, pot=pot, roll=roll, box=box, ways=ways), status


def _tried(pot: Pot, command: Identify) -> str:
    """What attempts on one number are counted under, whichever account makes them; nothing of the number can be read in it."""
    try:
        return voter_key(voters_key(pot.process_id), pot.process_id, command.number)
    except Refused:
        return ""


@bp.get("/<uuid:pot_id>/thanks")
@public
def thanks(pot_id: UUID) -> ResponseReturnValue:
    """After casting. Says nothing about what was chosen."""
    pot, space = _pot(pot_id)
    if not _voted(pot, space):
        return redirect(url_for(".ballot", pot_id=pot_id))
    receipt = kept.kept_receipt(pot)
    link = url_for("voting_board.check", pot_id=pot_id, begins=receipt[:4], _anchor=receipt, _external=True) if receipt else ""
    qr = qr_svg(link, quick=True) if link else None
    return _done(pot, space, fresh=True, receipt=receipt, link=link, qr=qr)


def _done(pot: Pot, space: Process, **shown: Any) -> str:
    """After casting: what else this voter may cast in the process."""
    is_open = action_open(space, Action.VOTE, clock.now())
    return render_template("voting/done.html", pot=pot, is_open=is_open, process=space, **_left(pot, space, is_open), **shown)


def _left(pot: Pot, space: Process, is_open: bool) -> dict[str, Any]:
    """The pots of the process in which this voter may vote now, and for how many ballots: a slot counts once."""
    standings = standings_of(db.session(), pot.process_id, _key(pot) or "", space) if is_open else []
    left = [one for one in standings if one.may_vote and one.pot.state is PotState.READY]
    return {"left": left, "ballots": len({one.slot for one in left})}
