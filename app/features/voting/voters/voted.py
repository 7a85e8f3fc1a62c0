"""In which pots whoever looks at a page has voted, so that the site does not ask them for a ballot again."""

from uuid import UUID

from flask import request
from markupsafe import Markup

from app.extensions import db
from app.features.budgets.queries import Pot, PotState
from app.features.spaces.queries import Action, action_open, open_until, process, why_closed
from app.features.voting.ballot import kept
from app.features.voting.voters import session as voter_session
from app.features.voting.voters.eligibility import setup_of, ways_of
from app.features.voting.voters.entries import entries_of, pots_voted_in
from app.kernel import clock
from app.web import slots
from app.web.access import viewer

_ASKED = "plaza.voted"


def voted_pots() -> frozenset[UUID]:
    """The pots in which this viewer has voted; asked once for a whole page, however many pots it shows."""
    if _ASKED not in request.environ:
        request.environ[_ASKED] = _ask()
    found: frozenset[UUID] = request.environ[_ASKED]
    return found


def _ask() -> frozenset[UUID]:
    person_id, voter = viewer().person_id, voter_session.present()
    entries = entries_of(db.session(), person_id) if person_id is not None else {}
    if voter is not None:
        entries[voter.process_id] = voter.key
    return pots_voted_in(db.session(), entries) if entries else frozenset()


def _on_card(pot: Pot) -> Markup:
    """On the card of an open pot: the way to the ballot, or that one has voted, with board and receipt."""
    if pot.state is not PotState.READY or pot.annulled_at is not None:
        return Markup("")
    voted = pot.id in voted_pots()
    return slots.partial("voting/_on_card.html", pot=pot, voted=voted, receipt=voted and bool(kept.kept_receipt(pot)))


slots.register("pot.card", 10, _on_card)


def _vote_button(pot: Pot) -> Markup:
    """On the pot's page: the way to the ballot, or why there is none now."""
    space = process(db.session(), pot.process_id)
    if space is None or pot.state is not PotState.READY:
        return Markup("")
    if pot.annulled_at is not None:
        return Markup("")
    now = clock.now()
    is_open = action_open(space, Action.VOTE, now)
    return slots.partial(
        "voting/_vote_button.html",
        pot=pot,
        mode=setup_of(db.session(), pot.process_id).slots,
        of_an_area=pot.area_id not in (None, space.area_id),
        account_alone=is_open and ways_of(db.session(), pot.process_id).account_alone,
        is_open=is_open,
        voted=pot.id in voted_pots(),
        receipt=bool(kept.kept_receipt(pot)),
        until=open_until(space, Action.VOTE, now),
        reason=None if is_open else why_closed(space, Action.VOTE, now),
    )


slots.register("pot.actions", 10, _vote_button)
