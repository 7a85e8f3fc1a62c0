"""Who gave a postal address and no e-mail address gets the same news on paper, once."""

import re
import subprocess

import pytest
from sqlalchemy import select

from app.extensions import db
from app.features.answers.commands import PublishAnswer
from app.features.answers.models import AnswerStatus
from app.features.answers.use_cases import publish_answer
from app.features.erasure.use_cases import erase_now, one_step
from app.features.notifications import manage_routes, queries
from app.features.notifications.models import PaperLetter
from app.features.notifications.queries import PostalAddress, mail
from app.features.notifications.tasks import empty_outbox
from app.features.notifications.use_cases import notify
from app.features.proposals.follow_links import slip_token
from app.features.proposals.models import GuestContact, Proposal
from app.features.proposals.use_cases import (
    ClaimProposal,
    Contact,
    TakeInProposal,
    WholeCity,
    claim_proposal,
    take_in_proposal,
)
from app.features.spaces.queries import Publication
from app.kernel import outbox
from app.kernel.audit import AuditEntry
from app.kernel.clock import now as clock_now
from app.kernel.outbox import OutboxRow
from app.kernel.permissions import SYSTEM, Actor, Channel, Role
from tests.factories import accounts, intake, proposals, spaces
from tests.factories.tools import add

ADDRESS = "Aino Virtanen\nMannerheimintie 1\n00100 Helsinki"


@pytest.fixture
def process(db):
    return spaces.process("Parks")


def guest(process, *, email=None, postal=ADDRESS, **attributes):
    proposal = proposals.proposal(process, author_id=None, title="A bench in the shade")
    db.session.add(GuestContact(proposal_id=proposal.id, email=email, postal=postal, **attributes))
    db.session.flush()
    return proposal


def answered(proposal, status=AnswerStatus.ACCEPTED, version=0):
    command = PublishAnswer(
        proposal_id=proposal.id,
        status=status,
        reasons="We will put the bench there in spring.",
        language="en",
        department="Parks and Gardens",
        currency="EUR",
        seen_version=version,
    )
    publish_answer(db.session(), SYSTEM, command)
    db.session.commit()
    empty_outbox()


def letters():
    db.session.expire_all()
    return list(db.session.scalars(select(PaperLetter).order_by(PaperLetter.created_at)))


def ids():
    return {"letter": [str(one.id) for one in letters()]}


def test_an_answer_goes_on_paper_to_whoever_has_no_e_mail_address(process, mailbox):
    answered(guest(process))
    (letter,) = letters()
    assert letter.subject == "The city has answered a proposal you follow"
    assert letter.address == ADDRESS
    assert "The city has answered the proposal" in letter.text
    assert mailbox.collect() == []


def test_whoever_has_an_e_mail_address_gets_no_paper(process):
    answered(guest(process, email="aino@example.org"))
    assert letters() == []


def test_the_letter_is_in_the_language_and_size_that_was_asked_for(process):
    answered(guest(process, locale="ar", large_print=True))
    (letter,) = letters()
    assert letter.language == "ar"
    assert letter.large


def test_delivered_twice_is_one_letter(process):
    proposal = guest(process)
    postal = PostalAddress(proposal.id, process.id, ADDRESS, "en")
    params = {"title": "x", "reference": proposal.reference, "path": "/", "reason_code": "other", "text": ""}
    row = notify(db.session(), mail("moderation.restored"), postal=postal, params=params)
    db.session.commit()
    payload, row_id = dict(row.payload), row.id
    empty_outbox()
    assert len(letters()) == 1
    again = db.session.get_one(OutboxRow, row_id)
    assert "postal" not in again.payload  # what stood in it is forgotten
    again.payload, again.delivered_at = payload, None
    db.session.commit()
    empty_outbox()
    assert len(letters()) == 1


def test_a_letter_is_printed_posted_taken_back_and_never_posted_twice(process, as_role):
    answered(guest(process))
    clerk = as_role(Role.CLERK, process)
    assert clerk.post("/staff/letters-to-post/sent", data=ids(), follow_redirects=True).text.count("was never printed") == 1

    pdf = clerk.post("/staff/letters-to-post/print", data=ids())
    assert pdf.mimetype == "application/pdf"
    assert pdf.headers["Cache-Control"] == "no-store"
    assert letters()[0].printed_at is not None
    assert "1 letter is printed and not posted" in clerk.get("/staff/letters-to-post").text

    assert "1 letter is noted as posted." in clerk.post("/staff/letters-to-post/sent", data=ids(), follow_redirects=True).text
    first = letters()[0].sent_at
    assert "0 letters are noted" in clerk.post("/staff/letters-to-post/sent", data=ids(), follow_redirects=True).text
    assert letters()[0].sent_at == first

    clerk.post("/staff/letters-to-post/not-sent", data=ids())
    assert letters()[0].sent_at is None
    assert clerk.post("/staff/letters-to-post/print?again=1", data=ids()).mimetype == "application/pdf"
    told = [entry.action for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.at))]
    for action in ("letter.printed", "letter.sent", "letter.reopened"):
        assert action in told


def test_all_of_today_are_one_file_and_what_is_printed_does_not_come_again(process, as_role):
    for name in ("A", "B", "C"):
        answered(guest(process, postal=f"{name}\nStreet 1"))
    clerk = as_role(Role.CLERK, process)
    pdf = clerk.post("/staff/letters-to-post/print")
    pages = pdf_pages(pdf.data)
    assert len(pages) == 3
    for name, page in zip(("A", "B", "C"), pages, strict=True):
        assert page.index(name) < page.index("The city has answered")
    assert clerk.post("/staff/letters-to-post/print").status_code == 302  # nothing new


def test_two_clerks_who_print_the_same_list_print_each_letter_once(process, as_role):
    for name in ("A", "B"):
        answered(guest(process, postal=f"{name}\nStreet 1"))
    both = ids()
    one, other = as_role(Role.CLERK, process), as_role(Role.CLERK, process)
    assert len(pdf_pages(one.post("/staff/letters-to-post/print", data={"letter": both["letter"][:1]}).data)) == 1
    (page,) = pdf_pages(other.post("/staff/letters-to-post/print", data=both).data)  # the list stood open since before
    assert "B" in page
    late = one.post("/staff/letters-to-post/print", data=both, follow_redirects=True)
    assert "printed already, by you or by a colleague" in late.text


def test_a_printer_file_that_fails_leaves_the_letters_new(app, process, as_role, monkeypatch):
    answered(guest(process))
    clerk = as_role(Role.CLERK, process)

    def broken(*_given):
        raise OSError("no space left on the device")

    monkeypatch.setattr(manage_routes, "letters_pdf", broken)
    with pytest.raises(OSError, match="no space"):
        clerk.post("/staff/letters-to-post/print", data=ids())
    assert letters()[0].printed_at is None
    monkeypatch.undo()
    assert clerk.post("/staff/letters-to-post/print", data=ids()).mimetype == "application/pdf"


def test_a_worker_that_dies_while_it_writes_neither_loses_nor_doubles_a_letter(process, clock, monkeypatch):
    """The letter and the note that it is written stand in one transaction."""
    proposal = guest(process)
    postal = PostalAddress(proposal.id, process.id, ADDRESS, "en")
    params = {"title": "x", "reference": proposal.reference, "path": "/", "reason_code": "other", "text": ""}
    notify(db.session(), mail("moderation.restored"), postal=postal, params=params)
    db.session.commit()

    def dies(*_given):
        raise RuntimeError("out of memory")

    monkeypatch.setattr(outbox, "_mark_delivered", dies)  # after the letter was written, before the commit
    empty_outbox()
    assert letters() == []
    monkeypatch.undo()
    clock.advance(hours=1)
    empty_outbox()
    clock.advance(hours=1)
    empty_outbox()
    assert [letter.address for letter in letters()] == [ADDRESS]


def test_a_sheet_from_a_batch_is_found_supported_answered_and_its_author_hears_of_it_by_letter(process, as_role, mailbox):
    """As any other proposal: in the list, with support, with each answer, and the letters in the language of the sheet."""
    one, other = intake.clerk(process), intake.clerk(process)
    said = {"language": "fi", "author_name": "Hilja", "phone": "", "postal": ADDRESS}
    intake.closed(process, one, other, said=said)
    db.session.commit()
    proposal = db.session.scalars(select(Proposal)).one()
    assert proposal.channel == Channel.PAPER
    resident = as_role("resident")
    assert "Bench 1" in resident.get("/proposals?q=bench").text
    assert resident.post(f"/proposals/{proposal.reference}/support").status_code in (302, 303)
    proposal = db.session.scalars(select(Proposal)).one()
    assert proposal.supports_count == 1

    answered(proposal)
    answered(proposal, status=AnswerStatus.REJECTED, version=1)  # the city changes its mind
    person = Actor(person_id=accounts.person().id)
    claim_proposal(db.session(), person, ClaimProposal(slip_token(proposal.id), ADDRESS))
    db.session.commit()
    empty_outbox()

    arrived, first, second, third = letters()
    assert {letter.language for letter in letters()} == {"fi"}
    assert {letter.address for letter in letters()} == {ADDRESS}
    assert proposal.reference in arrived.text  # as whoever has an e-mail address hears that it is published
    assert "/proposals/follow/" not in arrived.text, "a secret would lie in the queue"
    assert "hyväksy" in first.text.lower()
    assert "hyläT".lower() in second.text.lower()
    assert proposal.reference in third.subject  # somebody has put it to an account: they are told, whoever it was
    answered(proposal, version=2)
    assert len(letters()) == 4  # from now on by e-mail


def taken_in(process, **contact):
    """A proposal by telephone, with how to reach whoever called."""
    command = TakeInProposal(process.id, "A bench", "Shade.", WholeCity(), Channel.PHONE, contact=Contact(**contact))
    proposal, _token = take_in_proposal(db.session(), intake.clerk(process), command)
    db.session.commit()
    empty_outbox()
    return proposal


def test_who_has_no_e_mail_address_hears_by_letter_that_it_arrived_and_that_it_appears(session, mailbox):
    process = spaces.process("Parks", publication=Publication.AFTER_APPROVAL)
    proposal = taken_in(process, postal=ADDRESS, locale="en", large_print=True)
    (letter,) = letters()
    assert (letter.address, letter.large, letter.proposal_id) == (ADDRESS, True, proposal.id)
    assert letter.subject == f"Your proposal {proposal.reference} has arrived"
    assert "With your slip you see how far it is." in letter.text
    assert f"/proposals/{proposal.reference}" not in letter.text, "its page is not there for them before a moderator has looked"
    assert mailbox.collect() == []


def test_nor_does_an_e_mail_lead_somebody_without_an_account_to_a_page_that_is_not_there(session, mailbox):
    process = spaces.process("Parks", publication=Publication.AFTER_APPROVAL)
    proposal = taken_in(process, email="aino@example.org", locale="en")
    (mail_,) = mailbox.collect()
    assert f"/proposals/{proposal.reference}" not in mail_.get_content()
    assert letters() == []


def test_new_letters_are_seen_however_many_are_printed_and_wait_for_the_post(process, as_role, monkeypatch):
    monkeypatch.setattr(queries, "MOST_LETTERS", 2)
    about = guest(process)
    for number in range(6):
        done = clock_now() if number < 4 else None
        letter = {"proposal_id": about.id, "process_id": process.id, "mail": "answers.answered", "language": "en", "text": "t"}
        add(PaperLetter(key=f"k{number}", address=f"Street {number}", subject="s", printed_at=done, **letter))
    db.session.commit()
    clerk = as_role(Role.CLERK, process)
    page = clerk.get("/staff/letters-to-post").text
    assert "2 new letters" in page
    assert "Street 5" in page
    assert "4 letters are printed and not posted" in page
    assert "Here are the 2 oldest" in page
    assert "6 letters wait" in clerk.get("/staff/").text
    assert len(pdf_pages(clerk.post("/staff/letters-to-post/print").data)) == 2


def test_letters_to_somebody_who_is_erased_go_even_where_the_proposal_stays(process):
    """Others support it, so it stays without its author; the address that was on the form does not."""
    proposal = taken_in(process, postal=ADDRESS, locale="en")
    proposals.support(proposal)
    person = accounts.person()
    claim_proposal(db.session(), Actor(person_id=person.id), ClaimProposal(slip_token(proposal.id), ADDRESS))
    db.session.commit()
    empty_outbox()
    assert len(letters()) == 2
    erasure = erase_now(db.session(), Actor(person_id=person.id), person.id)
    while one_step(db.session(), erasure.id, Unread()) is not None:
        db.session.commit()
    assert db.session.scalars(select(Proposal)).one().author_id is None
    assert letters() == []


class Unread:
    """A ledger of erasures that nobody reads."""

    def add(self, *_arguments):
        """Take no note."""


@pytest.mark.parametrize(("written", "count"), [("Hilja Virtanen", 0), ("Hilja Virtanen\nKylätie", 1), ("Katu 1", 1)])
def test_a_name_alone_is_no_address_for_a_letter(process, written, count):
    taken_in(process, postal=written, locale="en")
    assert len(letters()) == count


def pdf_pages(data):
    found = subprocess.run(["pdftotext", "-layout", "-", "-"], input=data, capture_output=True, check=True)
    return found.stdout.decode().strip("\f\n").split("\f")


def test_a_clerk_sees_the_letters_of_their_processes_only(process, as_role):
    answered(guest(process))
    other = as_role(Role.CLERK, spaces.process("Streets"))
    assert "No letter waits." in other.get("/staff/letters-to-post").text
    assert other.post("/staff/letters-to-post/print", data=ids()).status_code == 302
    assert letters()[0].printed_at is None


def test_who_wants_no_more_letters_gets_no_more(process, as_role):
    answered(guest(process))
    clerk = as_role(Role.CLERK, process)
    clerk.post(f"/staff/letters-to-post/{letters()[0].id}/stop")
    assert letters() == []
    answered(guest(process))
    assert letters() == []


def test_who_gives_the_address_with_another_proposal_hears_of_that_one(process, as_role):
    """Nobody can see which addresses want no letters, so nobody could tell the person why none comes."""
    answered(guest(process))
    as_role(Role.CLERK, process).post(f"/staff/letters-to-post/{letters()[0].id}/stop")
    process = db.session.merge(process)
    answered(guest(process))
    assert letters() == []
    another = taken_in(process, postal=ADDRESS, locale="en")
    answered(another)
    assert [letter.mail for letter in letters()] == ["proposals.published", "answers.answered"]


def test_a_letter_names_one_reader(process):
    with pytest.raises(ValueError, match="several"):
        notify(db.session(), object(), email="a@example.org", postal=object())


def test_the_clerk_asks_for_large_print_at_the_desk(process, as_role):
    clerk = as_role(Role.CLERK, process)
    page = clerk.get(f"/staff/intake/{process.id}?channel=desk").text
    assert re.search(r'name="large_print"', page)


def test_large_print_is_kept_for_the_next_letter_and_is_large_from_address_to_foot(process, as_role):
    proposal = guest(process)
    answered(proposal)
    clerk = as_role(Role.CLERK, process)
    clerk.post(f"/staff/letters-to-post/{letters()[0].id}/size", data={"large": "1"})
    answered(proposal, status=AnswerStatus.REJECTED, version=1)
    assert [letter.large for letter in letters()] == [True, True]
    pdf = clerk.post("/staff/letters-to-post/print", data=ids()).data
    words = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    heights = [float(low) - float(high) for high, low in re.findall(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)"', words)]
    assert heights
    assert min(heights) >= 17, "address, words and foot"
    clerk.post(f"/staff/letters-to-post/{letters()[0].id}/size", data={"large": "0"})
    answered(proposal, version=2)
    assert letters()[-1].large is False


def test_a_letter_on_paper_has_no_signature_of_a_mail(process, as_role):
    answered(guest(process))
    assert "\n-- \n" in letters()[0].text
    (page,) = pdf_pages(as_role(Role.CLERK, process).post("/staff/letters-to-post/print").data)
    assert not [line for line in page.splitlines() if line.strip() in ("--", "– ", "–")]
    assert "You get this letter because you gave us your postal address" in " ".join(page.split())
    assert "stop them here" not in page.lower()


def test_the_page_loads_anew_when_the_file_is_there(process, as_role):
    answered(guest(process))
    page = as_role(Role.CLERK, process).get("/staff/letters-to-post").text
    assert 'data-module="download"' in page
    assert re.search(r'data-download="letters-[\d-]+\.pdf"', page)
    assert "load this page anew" in page


def test_a_title_in_another_language_turns_no_brackets_around(process):
    proposal = guest(process, locale="ar")
    answered(proposal)
    (letter,) = letters()
    assert f"«\u2068A bench in the shade\u2069» (\u2068{proposal.reference}\u2069)" in letter.text
    assert "\u2068" not in letter.subject
    answered(guest(process))
    assert "\u2068" not in letters()[-1].text, "from left to right nothing needs it"
