"""Proposals on paper, by phone and at the desk: whose voice it is and whose hands typed it stay apart."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.extensions import db as database
from app.features.proposals.models import GuestContact, Proposal, ProposalState
from app.features.proposals.use_cases import AtPoint, Contact, InArea, TakeInProposal, WholeCity, take_in_proposal
from app.features.spaces.models import Publication
from app.kernel.audit import AuditEntry
from app.kernel.errors import Forbidden, Invalid, NotFound, PhaseClosed
from app.kernel.permissions import ANONYMOUS, Actor, Channel, Role
from tests.factories import accounts, proposals, spaces


@pytest.fixture
def process(session, clock):
    return spaces.process()


@pytest.fixture
def clerk(process):
    return Actor(person_id=accounts.person().id, roles=frozenset({(Role.CLERK, process.id)}))


def sheet(process, **changes):
    values = {
        "process_id": process.id,
        "title": "A bench",
        "text": "In the shade.",
        "where": WholeCity(),
        "channel": Channel.PAPER,
        "author_name": "Paula Paper",
        **changes,
    }
    return TakeInProposal(**values)


def test_a_form_on_paper_counts_as_a_click_does(session, process, clerk):
    proposal, token = take_in_proposal(session, clerk, sheet(process, where=AtPoint(*proposals.PIN)))
    assert proposal.state is ProposalState.PUBLISHED
    assert proposal.author_id is None
    assert proposal.author_name == "Paula Paper"
    assert proposal.hands_id == clerk.person_id
    assert proposal.channel is Channel.PAPER
    assert proposal.area_id == process.area_id
    assert proposal.reference.startswith("P-")
    assert len(token) > 40


def test_a_known_person_is_the_voice_and_the_clerk_the_hands(session, process, clerk):
    paula = accounts.person()
    proposal, _token = take_in_proposal(session, clerk, sheet(process, author_id=paula.id, channel=Channel.DESK))
    assert (proposal.author_id, proposal.hands_id, proposal.author_name) == (paula.id, clerk.person_id, "")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "proposal.taken_in")).one()
    assert (entry.actor_id, entry.voice_id) == (clerk.person_id, paula.id)


def test_the_slip_leads_to_the_proposal(client, session, process, clerk):
    proposal, token = take_in_proposal(session, clerk, sheet(process))
    reference = proposal.reference
    database.session.commit()
    assert reference in client.get(f"/proposals/follow/{token}").text


def test_a_telephone_number_is_enough_to_be_reached(session, process, clerk):
    proposal, _token = take_in_proposal(
        session, clerk, sheet(process, channel=Channel.PHONE, contact=Contact(phone="+358 40 1234567", locale="fi"))
    )
    kept = session.get(GuestContact, proposal.id)
    assert (kept.phone, kept.email, kept.locale) == ("+358 40 1234567", None, "fi")


def test_an_address_on_the_sheet_gets_the_letter(session, process, clerk, mailbox):
    take_in_proposal(session, clerk, sheet(process, contact=Contact(email="paula@example.org")))
    database.session.commit()
    (letter,) = mailbox.to("paula@example.org")
    assert "/proposals/follow/" not in letter.get_content()  # that secret is on the slip, and nowhere else


def test_moderators_come_first_for_paper_too(session, clerk, process):
    process.publication = Publication.AFTER_APPROVAL
    session.flush()
    assert take_in_proposal(session, clerk, sheet(process))[0].state is ProposalState.PENDING


def test_only_a_clerk_of_this_process_takes_in(session, process):
    elsewhere = Actor(person_id=accounts.person().id, roles=frozenset({(Role.CLERK, spaces.process().id)}))
    moderator = Actor(person_id=accounts.person().id, roles=frozenset({(Role.MODERATOR, process.id)}))
    for actor in (ANONYMOUS, elsewhere, moderator):
        with pytest.raises(Forbidden):
            take_in_proposal(session, actor, sheet(process))


def test_a_sheet_for_no_process_is_not_taken_in(session, clerk):
    import uuid

    with pytest.raises(NotFound):
        take_in_proposal(session, clerk, TakeInProposal(uuid.uuid4(), "A", "B", WholeCity(), Channel.PAPER))


def test_what_came_in_time_may_be_typed_after_the_phase_has_ended(session, process, clerk, clock):
    arrived = clock.now
    clock.advance(days=40)
    with pytest.raises(PhaseClosed):
        take_in_proposal(session, clerk, sheet(process))
    proposal, _token = take_in_proposal(session, clerk, sheet(process, received_at=arrived))
    assert proposal.state is ProposalState.PUBLISHED


def test_a_day_to_come_is_no_day_of_arrival(session, process, clerk, clock):
    with pytest.raises(Invalid) as refused:
        take_in_proposal(session, clerk, sheet(process, received_at=clock.now + timedelta(minutes=1)))
    assert "received_at" in refused.value.errors


@pytest.mark.parametrize("channel", [Channel.WEB, Channel.KIOSK])
def test_what_people_send_themselves_is_not_taken_in(session, process, clerk, channel):
    with pytest.raises(Invalid) as refused:
        take_in_proposal(session, clerk, sheet(process, channel=channel))
    assert "channel" in refused.value.errors


def test_everything_wrong_with_a_sheet_is_said_at_once_and_nothing_is_kept(session, process, clerk):
    spaces.category(process)
    elsewhere = spaces.area("Elsewhere", box=(1, 1, 2, 2))
    with pytest.raises(Invalid) as refused:
        take_in_proposal(session, clerk, sheet(process, title="x" * 121, text="", where=InArea(elsewhere.id)))
    assert set(refused.value.errors) == {"title", "text", "where"}, "a sheet without a category is one"
    session.flush()
    assert session.scalar(select(func.count()).select_from(Proposal)) == 0
