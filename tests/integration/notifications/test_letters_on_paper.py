"""Who gave a postal address and no e-mail address gets the same news on paper, once."""

import re
import subprocess

import pytest
from sqlalchemy import select

from app.extensions import db
from app.features.answers.commands import PublishAnswer
from app.features.answers.models import AnswerStatus
from app.features.answers.use_cases import publish_answer
from app.features.notifications.models import PaperLetter
from app.features.notifications.queries import PostalAddress, mail
from app.features.notifications.tasks import empty_outbox
from app.features.notifications.use_cases import notify
from app.features.proposals.models import GuestContact
from app.kernel.audit import AuditEntry
from app.kernel.outbox import OutboxRow
from app.kernel.permissions import SYSTEM, Role
from tests.factories import proposals, spaces

ADDRESS = "Aino Virtanen\nMannerheimintie 1\n00100 Helsinki"


@pytest.fixture
def process(db):
    return spaces.process("Parks")


def guest(process, *, email=None, postal=ADDRESS, **attributes):
    proposal = proposals.proposal(process, author_id=None, title="A bench in the shade")
    db.session.add(GuestContact(proposal_id=proposal.id, email=email, postal=postal, **attributes))
    db.session.flush()
    return proposal


def answered(proposal):
    command = PublishAnswer(
        proposal_id=proposal.id,
        status=AnswerStatus.ACCEPTED,
        reasons="We will put the bench there in spring.",
        language="en",
        department="Parks and Gardens",
        currency="EUR",
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
    assert clerk.post("/staff/letters-to-post/print", data=ids()).mimetype == "application/pdf"  # again
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


def test_a_letter_names_one_reader(process):
    with pytest.raises(ValueError, match="several"):
        notify(db.session(), object(), email="a@example.org", postal=object())


def test_the_clerk_asks_for_large_print_at_the_desk(process, as_role):
    clerk = as_role(Role.CLERK, process)
    page = clerk.get(f"/staff/intake/{process.id}?channel=desk").text
    assert re.search(r'name="large_print"', page)
