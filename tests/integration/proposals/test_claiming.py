"""A proposal from paper is put to the account of whoever wrote it: with the slip and the contact, or at a desk; once."""

import pytest

from app.extensions import db
from app.features.erasure.use_cases import erase_now
from app.features.erasure.use_cases.running import one_step
from app.features.proposals.follow_links import slip_token
from app.features.proposals.models import GuestContact, Proposal
from app.features.proposals.use_cases import (
    ClaimAtDesk,
    ClaimProposal,
    Contact,
    TakeInProposal,
    WholeCity,
    claim_at_desk,
    claim_proposal,
    take_in_proposal,
)
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Forbidden, NotFound, Refused, SignInRequired
from app.kernel.permissions import ANONYMOUS, Actor, Channel, Role
from tests.factories import accounts, intake, spaces
from tests.factories import proposals as factory


class Unread:
    """A ledger of erasures that nobody reads."""

    def add(self, *_arguments):
        """Take no note."""


@pytest.fixture
def process(session):
    return spaces.process()


def from_paper(process, name="Hilja", **contact):
    command = TakeInProposal(
        process.id,
        "A bench",
        "My mother is 84.",
        WholeCity(),
        Channel.PAPER,
        author_name=name,
        contact=Contact(**contact) if contact else None,
    )
    return take_in_proposal(db.session(), intake.clerk(process), command)


def resident():
    return Actor(person_id=accounts.person().id)


@pytest.mark.parametrize(
    ("contact", "typed"),
    [
        ({"email": "hilja@example.org"}, " Hilja@Example.org "),
        ({"phone": "+358 50 123 4567"}, "050 1234567"),
        ({"postal": "Mannerheimintie 5\n00100 Helsinki"}, "mannerheimintie 5, 00100 helsinki"),
    ],
)
def test_whoever_knows_the_slip_and_the_contact_gets_it(process, contact, typed):
    proposal, token = from_paper(process, **contact)
    actor = resident()
    claim_proposal(db.session(), actor, ClaimProposal(token, typed))
    assert (proposal.author_id, proposal.author_name, proposal.name_hidden) == (actor.person_id, "", False)
    assert db.session.get(GuestContact, proposal.id) is None
    entry = db.session.query(AuditEntry).filter_by(action="proposal.claimed").one()
    assert (entry.actor_id, entry.voice_id) == (actor.person_id, actor.person_id)


def test_a_name_is_no_contact_for_others_know_it_too(process):
    """As scans leave it where somebody wrote name and telephone and does not wish to be named."""
    proposal, token = from_paper(process, name="", phone="050 123 4567", postal="Hilja Virtanen")
    with pytest.raises(Refused, match="not what is written"):
        claim_proposal(db.session(), resident(), ClaimProposal(token, "Hilja Virtanen"))
    proposal, token = from_paper(process, name="", postal="Hilja Virtanen")
    with pytest.raises(Refused, match="Go to a desk"):
        claim_proposal(db.session(), resident(), ClaimProposal(token, "Hilja Virtanen"))
    assert proposal.author_id is None


def test_whoever_left_their_name_out_is_not_named_by_their_account(process):
    proposal, token = from_paper(process, name="", phone="050 123 4567")
    claim_proposal(db.session(), resident(), ClaimProposal(token, "050 123 4567"))
    assert proposal.name_hidden


@pytest.mark.parametrize("typed", ["050 123 4568", "", "4567", "hilja@example.org"])
def test_the_slip_alone_is_not_enough(process, typed):
    proposal, token = from_paper(process, phone="050 123 4567")
    with pytest.raises(Refused, match="not what is written"):
        claim_proposal(db.session(), resident(), ClaimProposal(token, typed))
    assert proposal.author_id is None


def test_without_a_contact_on_the_form_a_desk_helps(process):
    proposal, token = from_paper(process)
    person = accounts.person()
    with pytest.raises(Refused, match="Go to a desk"):
        claim_proposal(db.session(), Actor(person_id=person.id), ClaimProposal(token, ""))
    clerk = intake.clerk(process)
    claim_at_desk(db.session(), clerk, ClaimAtDesk(proposal.reference.lower(), person.email.upper()))
    assert proposal.author_id == person.id
    entry = db.session.query(AuditEntry).filter_by(action="proposal.claimed").one()
    assert (entry.actor_id, entry.voice_id) == (clerk.person_id, person.id)


@pytest.mark.parametrize(("told", "right"), [("050 1234567", True), ("", False), ("050 123 4568", False)])
def test_a_desk_gives_what_has_a_contact_to_whoever_can_tell_it(process, told, right):
    proposal, _token = from_paper(process, phone="+358 50 123 4567")
    person = accounts.person()
    command = ClaimAtDesk(proposal.reference, person.email, told)
    if right:
        claim_at_desk(db.session(), intake.clerk(process), command)
    else:
        with pytest.raises(Refused, match="another contact"):
            claim_at_desk(db.session(), intake.clerk(process), command)
    assert (proposal.author_id == person.id, proposal.author_name) == ((True, "") if right else (False, "Hilja"))


def test_a_desk_gives_it_to_the_account_with_the_address_on_the_form(process):
    person = accounts.person(email="hilja@example.org")
    proposal, _token = from_paper(process, email="Hilja@Example.org")
    claim_at_desk(db.session(), intake.clerk(process), ClaimAtDesk(proposal.reference, person.email))
    assert proposal.author_id == person.id


def test_whoever_typed_the_contact_does_not_give_it_away_with_that(process):
    proposal, _token = from_paper(process, phone="050 123 4567")
    hands = Actor(person_id=proposal.hands_id, roles=frozenset({(Role.CLERK, process.id)}))
    with pytest.raises(Forbidden, match="A colleague"):
        claim_at_desk(db.session(), hands, ClaimAtDesk(proposal.reference, accounts.person().email, "050 123 4567"))
    assert proposal.author_id is None


def test_the_page_at_the_desk_asks_for_the_contact_and_slows_guessing_down(as_role, process):
    proposal, _token = from_paper(process, phone="050 123 4567")
    person = accounts.person()
    db.session.commit()
    clerk = as_role("clerk", process)
    sent = {"reference": proposal.reference, "email": person.email, "checked": "y", "contact": "050 123 0000"}
    refused = clerk.post("/staff/intake/claims", data=sent)
    assert refused.status_code == 422
    assert 'id="contact-error"' in refused.text
    done = clerk.post("/staff/intake/claims", data={**sent, "contact": "0501234567"}, follow_redirects=True)
    assert "is now theirs" in done.text
    answers = [clerk.post("/staff/intake/claims", data={**sent, "reference": "P-22222"}).status_code for _try in range(9)]
    assert answers[-1] == 429


def test_the_page_of_a_slip_without_a_contact_leads_to_a_desk_and_asks_nothing(as_role, process):
    _proposal, token = from_paper(process)
    db.session.commit()
    page = as_role("resident").get(f"/proposals/follow/{token}/claim").text
    assert "Go to a desk with your slip" in page
    assert 'name="contact"' not in page


def test_it_works_once(process):
    proposal, token = from_paper(process, phone="050 123 4567")
    first = resident()
    claim_proposal(db.session(), first, ClaimProposal(token, "050 123 4567"))
    with pytest.raises(NotFound):
        claim_proposal(db.session(), resident(), ClaimProposal(token, "050 123 4567"))
    with pytest.raises(Conflict):
        claim_at_desk(db.session(), intake.clerk(process), ClaimAtDesk(proposal.reference, accounts.person().email))
    assert proposal.author_id == first.person_id


def test_nobody_takes_what_is_not_theirs_to_take(process):
    proposal, token = from_paper(process, phone="050 123 4567")
    with pytest.raises(SignInRequired):
        claim_proposal(db.session(), ANONYMOUS, ClaimProposal(token, "050 123 4567"))
    with pytest.raises(NotFound):
        claim_proposal(db.session(), resident(), ClaimProposal("x" * 43, "050 123 4567"))
    with pytest.raises(Refused):
        claim_at_desk(db.session(), resident(), ClaimAtDesk(proposal.reference, accounts.person().email))
    with pytest.raises(Refused, match="Nobody has an account"):
        claim_at_desk(db.session(), intake.clerk(process), ClaimAtDesk(proposal.reference, "nobody@example.org"))
    myself = accounts.person()
    with pytest.raises(Forbidden, match="colleague"):
        claim_at_desk(db.session(), intake.clerk(process, myself), ClaimAtDesk(proposal.reference, myself.email))
    theirs = factory.proposal(process)
    with pytest.raises(NotFound):
        claim_at_desk(db.session(), intake.clerk(process), ClaimAtDesk(theirs.reference, accounts.person().email))


def test_whoever_typed_the_sheet_has_seen_slip_and_contact_and_claims_nothing_with_them(process):
    proposal, token = from_paper(process, email="hilja@example.org")
    with pytest.raises(Forbidden):
        claim_proposal(db.session(), Actor(person_id=proposal.hands_id), ClaimProposal(token, "hilja@example.org"))
    assert proposal.author_id is None


def test_what_was_given_is_not_given_again_when_the_account_is_erased(process):
    proposal, _token = from_paper(process, email="hilja@example.org")
    first, second, clerk = accounts.person(), accounts.person(), intake.clerk(process)
    factory.support(proposal)  # what others stand on stays
    claim_at_desk(db.session(), clerk, ClaimAtDesk(proposal.reference, first.email, "hilja@example.org"))
    erasure_id = erase_now(db.session(), Actor(person_id=first.id), first.id).id
    while one_step(db.session(), erasure_id, Unread()) is not None:
        pass
    db.session.expire_all()
    assert proposal.author_id is None
    with pytest.raises(Conflict, match="given once"):
        claim_at_desk(db.session(), clerk, ClaimAtDesk(proposal.reference, second.email))


def test_of_many_who_claim_it_at_the_same_moment_one_gets_it(race, committing_db):
    process = spaces.process()
    proposal, token = from_paper(process, phone="050 123 4567")
    people = [resident() for _number in range(6)]
    proposal_id = proposal.id
    ended = race(lambda: claim_proposal(db.session(), people.pop(), ClaimProposal(token, "050 123 4567")).author_id, 6)
    assert len(ended.results) == 1
    assert all(isinstance(error, Conflict | NotFound) for error in ended.errors), ended.errors
    db.session.expire_all()
    assert db.session.get(Proposal, proposal_id).author_id == ended.results[0]
    assert db.session.query(AuditEntry).filter_by(action="proposal.claimed").count() == 1


def test_the_author_and_the_address_on_the_form_are_told(process, mailbox):
    person = accounts.person(email="rosa@example.org")
    proposal, token = from_paper(process, email="hilja@example.org")
    db.session.commit()
    mailbox.collect()
    mailbox.clear()
    claim_proposal(db.session(), Actor(person_id=person.id), ClaimProposal(token, "hilja@example.org"))
    db.session.commit()
    assert [str(letter["Subject"]) for letter in mailbox.to("rosa@example.org")] == [
        f"Your proposal {proposal.reference} is in your account"
    ]
    assert [str(letter["Subject"]) for letter in mailbox.to("hilja@example.org")] == [
        f"Your proposal {proposal.reference} was put to an account"
    ]


def test_the_page_of_the_slip_leads_to_it_and_slows_guessing_down(as_role, client, process):
    proposal, token = from_paper(process, phone="050 123 4567")
    db.session.commit()
    assert token == slip_token(proposal.id)
    assert f"/proposals/follow/{token}/claim" in client.get(f"/proposals/follow/{token}").text
    address = f"/proposals/follow/{token}/claim"
    assert client.get(address).status_code == 302, "to sign in first"
    mine = as_role("resident")
    answers = [mine.post(address, data={"contact": f"050 000 000{number}"}).status_code for number in range(9)]
    assert answers[0] == 422
    assert answers[-1] == 429
    assert db.session.get(Proposal, proposal.id).author_id is None


def test_with_the_right_answer_it_is_among_ones_own(as_role, process):
    proposal, token = from_paper(process, phone="050 123 4567")
    db.session.commit()
    mine = as_role("resident")
    page = mine.post(f"/proposals/follow/{token}/claim", data={"contact": "0501234567"}, follow_redirects=True)
    assert proposal.reference in page.text
    assert proposal.reference in mine.get("/proposals/drafts").text or "A bench" in mine.get("/proposals/drafts").text
    assert mine.get(f"/proposals/follow/{token}").status_code == 404
