"""Whoever lost the line sends the page again, and is told that the ballot is in: whatever has become of the vote meanwhile."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.budgets.choices import Choices
from app.features.budgets.models import Pot
from app.features.committee.models import DecisionKind
from app.features.spaces.models import Phase, Process
from app.features.voting.commands import CastAtDesk, CastBallot
from app.features.voting.models import BoardEntry, Envelope, VotingParticipation
from app.features.voting.use_cases import cast_at_desk, cast_ballot, close_box, renew_code
from app.kernel.errors import NotFound, Refused
from app.kernel.permissions import SYSTEM, Actor, Role
from tests.factories import committee, voting
from tests.integration.voting.elections import a_voter

NUMBERS = ("AB12345", "CD98765")


def the_end(clock, pot, _keyring):
    for phase in database.session.scalars(select(Phase).where(Phase.process_id == pot.process_id)):
        phase.starts_at, phase.ends_at = min(phase.starts_at, clock.now), clock.now
    database.session.flush()
    clock.advance(minutes=1)


def an_interruption(_clock, pot, _keyring):
    committee.decided(DecisionKind.INTERRUPTION, pot.process_id)


def an_annulment(_clock, pot, _keyring):
    committee.decided(DecisionKind.ANNULMENT, pot.process_id, pot_id=pot.id)


def closing(clock, pot, keyring):
    the_end(clock, pot, keyring)
    close_box(database.session(), SYSTEM, pot.process_id, keyring)


def a_newer_code(_clock, pot, keyring):
    clerk, secret = voting.clerk(pot), keyring.key(pot.process_id, "voters", make=True)
    for number in NUMBERS:
        renew_code(database.session(), clerk, pot.process_id, number, secret)


SINCE = [the_end, an_interruption, an_annulment, closing]
since = pytest.mark.parametrize("happens", SINCE, ids=lambda one: one.__name__)


def rows():
    """How many participations and envelopes there are."""
    found = [database.session.query(one).count() for one in (VotingParticipation, Envelope, BoardEntry)]
    return found[0], found[1] + found[2]


def review(client, pot_id):
    """What the last page before casting sends."""
    client.post(f"/voting/{pot_id}", data={"choice": ["1"], "step": "review"})
    page = client.get(f"/voting/{pot_id}/review").text
    return {"choice": ["1"], "envelope": re.search(r'name="envelope" value="([^"]+)"', page)[1]}


def receipt(client, answer):
    """What the page after casting shows."""
    page = client.get(answer.location).text
    return re.search(r'<code dir="ltr">([0-9a-f ]+)</code>', page)[1]


def plain(answer):
    """What an answer says, without what is new in each."""
    return answer.status_code, re.sub(r'value="[^"]+"|nonce="[^"]+"', "", answer.text)


@pytest.mark.parametrize("happens", [*SINCE, a_newer_code], ids=lambda one: one.__name__)
def test_a_letter_s_ballot_sent_again_shows_the_same_receipt_and_to_nobody_else(app, clock, keyring, letters, happens):
    pot_id, codes = letters(*NUMBERS)
    mine, another = app.test_client(), app.test_client()
    for client, code in zip((mine, another), codes, strict=True):
        client.post("/voting/code", data={"code": code})
    sent = review(mine, pot_id)
    review(another, pot_id)
    first = receipt(mine, mine.post(f"/voting/{pot_id}/review", data=sent))
    for name in [one.key for one in mine._cookies.values() if one.key.startswith("receipt")]:
        mine.delete_cookie(name)  # the line was lost before the answer came
    happens(clock, database.session.get_one(Pot, pot_id), keyring)
    database.session.commit()

    again = mine.post(f"/voting/{pot_id}/review", data=sent)
    assert again.location == f"/voting/{pot_id}/thanks"
    assert receipt(mine, again) == first
    assert rows() == (1, 1)
    other = mine.post(f"/voting/{pot_id}/review", data={**sent, "envelope": str(uuid4())})
    assert other.location != f"/voting/{pot_id}/thanks"

    knows, guesses = (
        another.post(f"/voting/{pot_id}/review", data={**sent, "envelope": one}) for one in (sent["envelope"], str(uuid4()))
    )
    assert plain(knows) == plain(guesses)
    assert knows.status_code in (409, 422)
    assert rows() == (1, 1)


@since
def test_with_an_account_the_same_page_is_answered_the_same(as_role, clock, keyring, happens):
    pot = voting.pot()
    pot_id = pot.id
    client = a_voter(as_role, pot_id, 1)
    sent = review(client, pot_id)
    first = receipt(client, client.post(f"/voting/{pot_id}/review", data=sent))
    happens(clock, database.session.get_one(Pot, pot_id), keyring)
    database.session.commit()

    assert receipt(client, client.post(f"/voting/{pot_id}/review", data=sent)) == first
    page = client.get(f"/voting/{pot_id}").text
    assert "One ballot of yours is in the box" in page
    assert "See your receipt again" in page
    assert "One ballot of yours" not in a_voter(as_role, pot_id, 2).get(f"/voting/{pot_id}").text


@since
def test_the_same_envelope_has_one_receipt_and_only_for_whoever_took_part(session, keyring, clock, happens):
    pot = voting.pot()
    person, neighbour = (Actor(person_id=one.id) for one in voting.voters(pot, 2))
    command = CastBallot(pot.id, Choices(("1",)), uuid4())
    first = cast_ballot(session, person, command, keyring)
    happens(clock, pot, keyring)

    assert cast_ballot(session, person, command, keyring) == first
    for who, envelope in ((person, uuid4()), (neighbour, command.envelope_id), (neighbour, uuid4())):
        with pytest.raises(Refused):
            cast_ballot(session, who, CastBallot(pot.id, Choices(("1",)), envelope), keyring)
    assert rows() == (1, 1)


@since
def test_a_clerk_who_sends_the_page_again_hears_that_the_ballot_is_cast(as_role, clock, keyring, happens):
    pot = voting.pot()
    pot_id = pot.id
    client = as_role(Role.CLERK, database.session.get_one(Process, pot.process_id))
    typed = {"number": "AB 12345", "choices": "1, 2"}
    page = client.post(f"/staff/desk/{pot_id}", data={**typed, "step": "review"}).text
    hidden = {name: re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("envelope", "ballot")}
    sent = {**typed, **hidden, "step": "cast"}
    assert "The ballot is cast" in client.post(f"/staff/desk/{pot_id}", data=sent, follow_redirects=True).text
    happens(clock, database.session.get_one(Pot, pot_id), keyring)
    database.session.commit()

    assert "The ballot is cast" in client.post(f"/staff/desk/{pot_id}", data=sent, follow_redirects=True).text
    late = client.post(f"/staff/desk/{pot_id}", data={**sent, "envelope": str(uuid4())})
    assert late.status_code == 409
    assert "The ballot is cast" not in late.text
    assert client.get(f"/staff/desk/{pot_id}").status_code == 404
    assert rows() == (1, 1)


def test_a_stranger_s_clerk_is_told_nothing(session, keyring, clock):
    pot, elsewhere = voting.pot(), voting.pot()
    command = CastAtDesk(pot.id, "AB12345", Choices(("1",)), envelope_id=uuid4())
    cast_at_desk(session, voting.clerk(pot), command, voting.SECRET, keyring)
    the_end(clock, pot, keyring)

    with pytest.raises(NotFound):
        cast_at_desk(session, voting.clerk(elsewhere), command, voting.SECRET, keyring)
