"""A newsletter reaches exactly those whose consent is in force when their own letter leaves."""

import threading

import pytest

from app.extensions import db as database
from app.features.consents.commands import WithdrawConsent
from app.features.consents.models import ConsentRecord, Notice, Usage
from app.features.consents.use_cases import withdraw_consent
from app.features.newsletters.models import Newsletter, NewsletterState
from app.features.newsletters.stopping import stop_token
from app.features.newsletters.use_cases import send_newsletter
from app.kernel import outbox
from app.kernel.errors import Conflict
from app.kernel.permissions import SYSTEM, Actor, Role
from tests.factories import accounts, consents, newsletters, spaces


def send(found):
    send_newsletter(database.session(), SYSTEM, found.id)
    database.session.commit()


def reader(about, **attributes):
    """Somebody who said yes, with an address of their own for it."""
    person = accounts.person(**attributes)
    consents.consent(about, person, details={"address": f"news-{person.id.hex[:6]}@example.org"})
    return person


def to(letters):
    return sorted(letter["To"] for letter in letters)


def withdraw(about_id, person_id):
    withdraw_consent(database.session(), Actor(person_id=person_id), WithdrawConsent(about_id, person_id))
    database.session.commit()


def test_it_goes_to_those_who_said_yes_at_the_address_they_gave_and_to_nobody_else(session, mailbox):
    about, other = newsletters.agreement(), newsletters.agreement()
    wants, another = reader(about), reader(other)
    accounts.person()
    send(newsletters.newsletter(about))

    letters = mailbox.collect()

    assert to(letters) == [f"news-{wants.id.hex[:6]}@example.org"]
    assert another.id != wants.id
    (letter,) = letters
    assert letter["Subject"] == "The trees are planted"
    text = letter.get_content()
    assert "Come and see them on Sunday." in text
    assert "from Planning department because you said yes" in text


def test_who_takes_it_back_between_sending_and_the_leaving_of_their_letter_gets_nothing(session, mailbox):
    about = newsletters.agreement()
    stays, leaves = reader(about), reader(about)
    found = newsletters.newsletter(about)
    send(found)
    with database.transaction():
        pass
    outbox.deliver_due(database.transaction, limit=1)  # the letters are in line now, none has left
    assert mailbox.letters == []
    withdraw(about.id, leaves.id)

    assert to(mailbox.collect()) == [f"news-{stays.id.hex[:6]}@example.org"]
    assert database.session.query(Usage).filter_by(person_id=leaves.id).count() == 0
    after = database.session.get(Newsletter, found.id)
    assert (after.posted, after.delivered) == (2, 1)


def test_who_takes_it_back_while_the_mail_server_is_down_gets_nothing(session, mailbox, monkeypatch, clock):
    from app.features.notifications import delivery

    about = newsletters.agreement()
    leaves = reader(about)
    send(newsletters.newsletter(about))
    real = delivery.postman_for

    class Away:
        def send(self, _message):
            raise ConnectionRefusedError

    monkeypatch.setattr(delivery, "postman_for", lambda *_a: Away())
    outbox.deliver_due(database.transaction)
    withdraw(about.id, leaves.id)
    monkeypatch.setattr(delivery, "postman_for", real)
    clock.advance(hours=1)

    assert mailbox.collect() == []


def test_the_use_is_noted_once_however_often_the_mail_server_has_to_be_tried(session, mailbox, monkeypatch, clock):
    from app.features.notifications import delivery

    about = newsletters.agreement()
    person = reader(about)
    found = newsletters.newsletter(about)
    send(found)
    real, tries = delivery.postman_for, []

    class Away:
        def send(self, _message):
            tries.append(1)
            raise ConnectionRefusedError

    monkeypatch.setattr(delivery, "postman_for", lambda *_a: Away())
    for _ in range(3):
        outbox.deliver_due(database.transaction)
        clock.advance(hours=1)
    monkeypatch.setattr(delivery, "postman_for", real)
    assert database.session.query(Usage).filter_by(person_id=person.id).count() == 0, "no mail server has taken it yet"
    assert database.session.get(Newsletter, found.id).delivered == 0

    assert len(mailbox.collect()) == 1
    assert len(tries) >= 2
    (usage,) = database.session.query(Usage).filter_by(person_id=person.id).all()
    assert (usage.kind, usage.basis, usage.agreement_id) == ("newsletter", "consent", about.id)
    assert database.session.get(Newsletter, found.id).delivered == 1


def test_the_reader_sees_the_use_in_a_sentence(as_role, session, mailbox):
    client = as_role("resident")
    about = newsletters.agreement()
    consents.consent(about, client.person, details={"address": "me@example.org"})
    send(newsletters.newsletter(about))
    mailbox.collect()
    assert "Planning department sent you the newsletter “The trees are planted”" in client.get("/my-data/usages").text


def test_each_reads_it_in_their_language_where_it_was_written_in_it(session, mailbox):
    about = newsletters.agreement()
    finnish, arabic = reader(about, locale="fi"), reader(about, locale="ar")
    found = newsletters.newsletter(about, title={"en": "News", "fi": "Uutisia"}, text={"en": "English text", "fi": "Suomeksi"})
    send(found)
    letters = {letter["To"]: letter for letter in mailbox.collect()}
    assert letters[f"news-{finnish.id.hex[:6]}@example.org"]["Subject"] == "Uutisia"
    assert "English text" in letters[f"news-{arabic.id.hex[:6]}@example.org"].get_content()


def test_a_telephone_number_gets_no_letter(session, mailbox):
    about = newsletters.agreement()
    consents.consent(about, accounts.person(), details={"address": "050 123 4567"})
    found = newsletters.newsletter(about)
    send(found)
    assert mailbox.collect() == []
    assert database.session.get(Newsletter, found.id).posted == 0


def stop_address(letter):
    return letter["List-Unsubscribe"].strip("<>").split("://", 1)[1].partition("/")[2]


def test_one_press_in_the_mail_program_ends_it_without_signing_in(session, client, mailbox):
    about = newsletters.agreement()
    person = reader(about)
    send(newsletters.newsletter(about))
    (letter,) = mailbox.collect()
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = "/" + stop_address(letter)
    assert address in letter.get_content()

    client.get(address)
    assert database.session.query(ConsentRecord).filter_by(person_id=person.id).one().answer == "given"
    assert client.post(address, data={"List-Unsubscribe": "One-Click"}).status_code == 302

    assert database.session.query(ConsentRecord).filter_by(person_id=person.id).one().answer == "withdrawn"
    assert database.session.query(Notice).count() == 1
    assert "You get no more letters of this newsletter" in client.get(address).text
    assert client.post(address).status_code == 302
    assert database.session.query(Notice).count() == 1
    send(newsletters.newsletter(database.session.get(type(about), about.id)))
    assert len(mailbox.collect()) == 1


def test_a_link_that_we_did_not_write_ends_nothing(app, client, session):
    about, person = newsletters.agreement(), accounts.person()
    with app.app_context():
        token = stop_token(about.id, person.id)
    database.session.commit()
    assert client.get(f"/newsletters/stop/{token}x").status_code == 404
    assert client.post(f"/newsletters/stop/{token[:-3]}abc").status_code == 404
    assert client.post(f"/newsletters/stop/{token}").status_code == 302  # never answered: nothing to take back


def test_it_is_sent_once_and_a_sent_one_does_not_change(session):
    found = newsletters.newsletter()
    send(found)
    with pytest.raises(Conflict):
        send(found)
    from app.features.newsletters.commands import WriteNewsletter
    from app.features.newsletters.use_cases import write_newsletter

    with pytest.raises(Conflict):
        write_newsletter(session, SYSTEM, WriteNewsletter(found.agreement_id, {"en": "a"}, {"en": "b"}, found.id))


def test_two_who_press_send_at_once_send_one(committing_db, race):
    about = newsletters.agreement()
    reader(about)
    found = newsletters.newsletter(about)
    newsletter_id = found.id
    database.session.commit()
    outcome = race(lambda: send_newsletter(database.session(), SYSTEM, newsletter_id).id, times=4)
    assert len(outcome.results) == 1
    assert {type(error) for error in outcome.errors} == {Conflict}
    assert threading.active_count() < 50


def test_staff_write_look_and_send_with_plain_forms(as_role, session, mailbox):
    process = spaces.process()
    about = newsletters.agreement(process)
    person = reader(about)
    about_id, person_id = about.id, person.id
    steward = as_role(Role.STEWARD, process)
    assert "1 person gets it now" in steward.get("/staff/newsletters").text

    empty = steward.post(f"/staff/newsletters/new/{about_id}", data={"text_en": "Only a text"})
    assert empty.status_code == 422
    assert "Only a text" in empty.text
    wrote = steward.post(f"/staff/newsletters/new/{about_id}", data={"title_en": "Title", "text_en": "Words of it"})
    page = steward.get(wrote.location).text
    assert "Words of it" in page
    assert "It goes to 1 person who gets it now" in page

    assert steward.post(f"{wrote.location}/send").status_code == 302
    (letter,) = mailbox.collect()
    assert letter["To"] == f"news-{person_id.hex[:6]}@example.org"
    assert "1 of 1 letters have left so far" in steward.get(wrote.location).text
    assert steward.get(f"{wrote.location}/change").status_code == 404


def test_nobody_writes_to_the_readers_of_another_process(as_role, session):
    mine, other = spaces.process(), spaces.process()
    foreign = newsletters.newsletter(newsletters.agreement(other))
    about_id, newsletter_id = foreign.agreement_id, foreign.id
    city_wide = newsletters.agreement(False).id
    steward = as_role(Role.STEWARD, mine)
    for address in (
        f"/staff/newsletters/new/{about_id}",
        f"/staff/newsletters/new/{city_wide}",
        f"/staff/newsletters/{newsletter_id}",
    ):
        assert steward.get(address).status_code == 404
    assert steward.post(f"/staff/newsletters/{newsletter_id}/send").status_code == 404
    assert database.session.get(Newsletter, newsletter_id).state is NewsletterState.DRAFT


def test_an_agreement_for_another_purpose_is_no_ground_for_a_newsletter(as_role, session):
    process = spaces.process()
    about_id = consents.agreement(process).id
    assert as_role(Role.STEWARD, process).get(f"/staff/newsletters/new/{about_id}").status_code == 404
