"""Voting without an account: with the code of a letter, or with card number and date of birth. None of these is logged."""

from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from app.extensions import db
from app.features.accounts.use_cases import count_attempt, forgive_attempts, take_back_attempt
from app.features.budgets.queries import Pot, pots_of
from app.features.spaces.queries import Action, action_open, may_see, open_until, process
from app.features.voting.ballot import kept
from app.features.voting.commands import Identify
from app.features.voting.forms.ballot import CardForm, CodeForm
from app.features.voting.keys.installation import keyring, voters_key
from app.features.voting.queries import box_of, has_roll
from app.features.voting.rules import voter_key
from app.features.voting.use_cases import UnknownCode, enter_card, enter_code, kept_key
from app.features.voting.voters import session as voter_session
from app.features.voting.voters.eligibility import standings_of, ways_of
from app.features.voting.voters.session import who_votes
from app.features.voting.voters.voter import Voter
from app.kernel import clock
from app.kernel.errors import NotFound, Refused, TooManyAttempts
from app.web import slots
from app.web.access import public, viewer
from app.web.networks import network
from app.web.transaction import commits

bp = Blueprint("voting_code", __name__, template_folder="../templates", url_prefix="/voting")


def _key_of(process_id: UUID) -> bytes:
    return kept_key(db.session(), keyring(), process_id, "voters")


@bp.route("/code", methods=["GET", "POST"])
@public
@commits
def code() -> ResponseReturnValue:
    """Type the code of a letter.

    A right code is always let in, whoever else has guessed from the same network: it has more bits than anybody can guess.
    Only wrong ones are slowed down, so that nobody looks for the code of somebody else.
    """
    form = CodeForm()
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            voter = enter_code(db.session(), viewer(), form.to_command(), _key_of)
        except UnknownCode as refusal:
            slow = _slowed_down("voting code network", network())
            form.refuse(slow or refusal)
            status = (slow or refusal).status
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            return _come_in(voter)
    return render_template("voting/code.html", form=form), status


def _slowed_down(kind: str, subject: str) -> TooManyAttempts | None:
    try:
        count_attempt(kind, subject)
    except TooManyAttempts as refusal:
        return refusal
    return None


@bp.route("/card/<uuid:process_id>", methods=["GET", "POST"])
@public
@commits
def card(process_id: UUID) -> ResponseReturnValue:
    """Type the number of a card and the date of birth.

    Attempts are counted for the number, whoever makes them, and for the network. A right one makes earlier ones at this number
    forgotten, and none of the network: they may have been at other numbers. Whoever must wait can still use the code.
    """
    space = process(db.session(), process_id)
    if space is None or not may_see(viewer(), space) or not ways_of(db.session(), process_id).card:
        raise NotFound
    form = CardForm()
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        command = form.to_command(process_id)
        number = _counted(command)
        try:
            before = count_attempt("voting card network", network())
            if number:
                count_attempt("voter number", number)
            voter = enter_card(db.session(), viewer(), command, voters_key(process_id))
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            take_back_attempt("voting card network", network(), before)
            forgive_attempts("voter number", number)
            return _come_in(voter)
    session = db.session()
    space = process(session, process_id)
    ways, box = ways_of(session, process_id), box_of(session, process_id)
    return render_template("voting/card.html", form=form, process=space, ways=ways, box=box, roll=True), status


def _counted(command: Identify) -> str:
    try:
        return voter_key(voters_key(command.process_id), command.process_id, command.number)
    except Refused:
        return ""


def _come_in(voter: Voter) -> ResponseReturnValue:
    """To the ballot somebody wanted, or to the only one there is, or to the list of all."""
    standings = standings_of(db.session(), voter.process_id, voter.key)
    wanted = [one for one in standings if str(one.pot.id) == request.args.get("pot")]
    ready = wanted or [one for one in standings if one.may_vote]
    address = url_for("voting.ballot", pot_id=ready[0].pot.id) if len(ready) == 1 else url_for(".yours")
    response = kept.forget(make_response(redirect(address, 303)))
    voter_session.begin(voter)
    return response


@bp.get("/yours")
@public
def yours() -> ResponseReturnValue:
    """Every pot of the process, and whether this voter has a vote in it, has used it, or may still vote."""
    voter = voter_session.present()
    if voter is None:
        return redirect(url_for(".code"))
    session = db.session()
    space = process(session, voter.process_id)
    if space is None:
        raise NotFound
    now = clock.now()
    return render_template(
        "voting/yours.html",
        process=space,
        standings=standings_of(session, voter.process_id, voter.key),
        is_open=action_open(space, Action.VOTE, now),
        until=open_until(space, Action.VOTE, now),
        box=box_of(session, voter.process_id),
        roll=has_roll(session, voter.process_id),
    )


@bp.post("/finish")
@public
@commits
def finish() -> ResponseReturnValue:
    """Forget in this browser who voted."""
    voter_session.finish()
    flash(_("You have finished. This browser has forgotten who you are."), "good")
    return kept.forget(make_response(redirect(url_for(".code"), 303)))


def _standing(pot: Pot) -> Markup:
    """On the pages of a ballot: by which way somebody came in, what they may still use, and the way out."""
    voter, standing = who_votes(pot.process_id), voter_session.standing_here(pot)
    if voter is None or standing is None:
        return Markup("")
    here = voter_session.of_process(pot.process_id) is not None
    several = here and len(pots_of(db.session(), pot.process_id)) > 1
    end = "" if here else voter_session.number_end(pot.process_id)
    return slots.partial("voting/_standing.html", pot=pot, standing=standing, voter=voter, here=here, several=several, end=end)


slots.register("voting.standing", 10, _standing)
