"""A vote in which somebody complains that another voted in their name, and the committee that answers."""

from app.features.budgets.choices import Choices
from app.features.voting.commands import CastAtDesk, CastBallot, DecideContest, Identify, OpenContest
from app.features.voting.use_cases import (
    cast_at_desk,
    cast_ballot,
    decide_contest,
    enter_card,
    open_contest,
    sign_contest,
)
from app.kernel.permissions import ANONYMOUS
from tests.factories import voting

SECRET = voting.SECRET
SAID = "I was at sea all week."


def somebody_voted(session, keyring):
    """A vote in which somebody has voted as AB12345 by card."""
    process = voting.process_with_roll("AB12345", "CD98765")
    pot = voting.pot(process)
    voter = enter_card(session, ANONYMOUS, Identify(process.id, "AB12345", voting.BORN), SECRET)
    cast_ballot(session, voter, CastBallot(pot.id, Choices(("1",))), keyring)
    return pot, voter


def contested(session, pot):
    return open_contest(session, voting.clerk(pot), OpenContest(pot.id, "AB 12345", SAID), SECRET)


def answer(contest, *, upheld=True, again=False, outcome="You were right.", reason="The letter was stolen."):
    return DecideContest(contest.id, upheld, outcome, reason, again)


def decided(session, pot, contest, **answers):
    """Proposed by one member, signed by another."""
    decide_contest(session, voting.committee(pot), answer(contest, **answers))
    return sign_contest(session, voting.committee(pot), contest.id)


def granted(session, pot, contest):
    """Upheld by two members, with another ballot."""
    return decided(session, pot, contest, again=True)


def at_the_desk(session, pot, keyring):
    return cast_at_desk(
        session, voting.clerk(pot), CastAtDesk(pot.id, "AB12345", Choices(("2",)), voting.BORN), SECRET, keyring
    )
