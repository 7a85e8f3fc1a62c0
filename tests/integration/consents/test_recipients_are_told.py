"""A recipient hears of a withdrawal: signed, again and again until they have confirmed it, and without a name in it."""

import dataclasses
import itertools
import json
from datetime import timedelta

import pytest

from app.extensions import db as database
from app.features.consents.commands import AnswerAgreement, Details, EndAgreement, WithdrawConsent
from app.features.consents.models import Answer, Endpoint, Notice, NoticeKind
from app.features.consents.queries import reference_of
from app.features.consents.references import vault
from app.features.consents.use_cases import (
    answer_agreement,
    end_agreement,
    expire_consents,
    rotate_secret,
    send_again,
    set_endpoint,
    tell_of_erasure,
    withdraw_consent,
)
from app.kernel import outbox
from app.kernel.errors import Invalid
from app.kernel.permissions import SYSTEM, Actor, Role
from app.kernel.webhooks import signature
from tests.factories import accounts, consents
from tests.support.recipient import recipient_server


@pytest.fixture
def server(app, monkeypatch):
    """A recipient's server that this installation may speak to."""
    with recipient_server() as running:
        settings = dataclasses.replace(app.config["SETTINGS"], webhook_hosts=(running.host,))
        monkeypatch.setitem(app.config, "SETTINGS", settings)
        yield running


def connected(server, agreement):
    """The recipient of an agreement takes messages there; returns its secret."""
    return set_endpoint(database.session(), SYSTEM, agreement.recipient_id, server.url, (server.host,))


def withdraw(agreement, person):
    withdraw_consent(database.session(), Actor(person_id=person.id), WithdrawConsent(agreement.id, person.id))
    database.session.commit()


def deliver():
    return outbox.deliver_due(database.transaction)


def notices(**wanted):
    return database.session.query(Notice).filter_by(**wanted).order_by(Notice.at).all()


def test_the_page_does_not_claim_to_send_where_staff_tell_a_recipient_by_hand(session, as_role):
    client, agreement = as_role("resident"), consents.agreement()
    consents.consent(agreement, client.person)
    withdraw(agreement, client.person)

    page = client.get("/my-data").text

    assert "our staff tell them by hand. They have not confirmed it yet." in page
    assert "We keep trying" not in page


def test_a_withdrawal_reaches_the_recipient_signed_and_without_a_name(session, server, clock):
    agreement, person = consents.agreement(), accounts.person(display_name="Rosa Roe")
    consents.consent(agreement, person)
    secret = connected(server, agreement)
    recipient_id = agreement.recipient_id

    withdraw(agreement, person)
    assert server.received == []  # nothing leaves before the commit is delivered
    deliver()

    ((_path, head, body),) = server.received
    at = int(head["webhook-timestamp"])
    assert head["webhook-signature"] == signature(secret, head["webhook-id"], at, body)
    assert abs(at - clock.now.timestamp()) < 2
    said = json.loads(body)
    assert said["type"] == "consent.withdrawn"
    assert said["data"] == {"agreement": agreement.code, "reference": reference_of(recipient_id, person.id)}
    assert b"Rosa" not in body
    assert person.email.encode() not in body
    assert str(person.id).encode() not in body
    (notice,) = notices()
    assert notice.state == "confirmed"


def test_a_recipient_that_is_down_for_a_week_is_told_when_it_is_back(as_role, session, server, clock):
    client = as_role("resident")
    person = client.person
    agreement = consents.agreement()
    consents.consent(agreement, person)
    connected(server, agreement)
    server.status = 503
    withdraw(agreement, person)
    moments = []
    for _ in range(24 * 7):
        before = len(server.received)
        deliver()
        moments += [clock.now] * (len(server.received) - before)
        clock.advance(hours=1)

    gaps = [later - earlier for earlier, later in itertools.pairwise(moments)]
    assert len(moments) > 20
    assert gaps == sorted(gaps)
    assert gaps[-1] <= timedelta(hours=7)
    assert len({head["webhook-id"] for _path, head, _body in server.received}) == 1
    assert len({body for _path, _head, body in server.received}) == 1
    assert "not confirmed it yet" in client.get("/my-data").text
    (notice,) = notices()
    assert notice.state == "failing"
    assert notice.failing_since < clock.now - timedelta(days=6)

    server.status, server.body = 200, b'{"reference": "T-77"}'
    for _ in range(7):
        clock.advance(hours=1)
        deliver()

    (notice,) = notices()
    assert (notice.state, notice.receipt) == ("confirmed", "T-77")
    assert "has confirmed" in client.get("/my-data").text
    count = len(server.received)
    clock.advance(days=1)
    deliver()
    assert len(server.received) == count


def test_a_recipient_that_is_not_there_at_all_gets_one_knock_for_many_messages(session, server, clock):
    agreement = consents.agreement()
    people = [accounts.person() for _ in range(5)]
    for person in people:
        consents.consent(agreement, person)
    connected(server, agreement)
    server.status = 0
    for person in people:
        withdraw(agreement, person)

    deliver()

    assert len(server.received) == 1
    server.status = 204
    for _ in range(4):
        clock.advance(hours=1)
        deliver()
    assert {one.state for one in notices()} == {"confirmed"}
    assert len({head["webhook-id"] for _p, head, _b in server.received}) == 5


def test_another_recipient_and_the_mail_go_on_while_one_is_down(session, server, clock, mailbox):
    down, well = consents.agreement(), consents.agreement()
    person = accounts.person()
    for agreement in (down, well):
        consents.consent(agreement, person)
    connected(server, well)
    with recipient_server() as gone:
        pass
    set_endpoint(session, SYSTEM, down.recipient_id, gone.url, (gone.host,))
    withdraw(down, person)
    withdraw(well, person)

    deliver()

    assert [one.state for one in notices(recipient_id=well.recipient_id)] == ["confirmed"]


def test_after_six_weeks_nobody_tries_any_more_until_staff_send_it_again(session, server, clock):
    agreement, person = consents.agreement(), accounts.person()
    consents.consent(agreement, person)
    connected(server, agreement)
    server.status = 500
    withdraw(agreement, person)
    for _ in range(46 * 4 + 8):
        deliver()
        clock.advance(hours=6, minutes=1)
    tried = len(server.received)
    clock.advance(days=2)
    deliver()
    assert len(server.received) == tried
    assert tried > 100

    server.status = 204
    (notice,) = notices()
    send_again(database.session(), SYSTEM, notice.id)
    database.session.commit()
    deliver()
    assert notices()[0].state == "confirmed"


def test_running_out_and_changing_a_yes_to_a_no_are_told_and_a_first_no_is_not(session, server, clock):
    agreement = consents.agreement(months=1)
    runs_out, changes, never = accounts.person(), accounts.person(), accounts.person()
    consents.consent(agreement, runs_out)
    consents.consent(agreement, changes)
    consents.consent(agreement, never, Answer.REFUSED)
    consents.consent(agreement, changes, Answer.REFUSED)
    clock.advance(days=40)
    expire_consents(session)
    session.commit()

    assert [(one.kind, one.person_id) for one in notices()] == [
        (NoticeKind.REFUSED, changes.id),
        (NoticeKind.EXPIRED, runs_out.id),
    ]


def test_the_end_of_an_agreement_and_a_change_of_substance_are_told_once_for_everybody(session, server, clock):
    agreement = consents.agreement()
    for _ in range(3):
        consents.consent(agreement)
    consents.revise(agreement, material=True)
    clock.advance(minutes=1)
    end_agreement(session, SYSTEM, EndAgreement(agreement.id))

    assert [(one.kind, one.reference) for one in notices()] == [(NoticeKind.REPLACED, ""), (NoticeKind.ENDED, "")]


def test_an_erased_person_is_told_of_by_reference_alone(session, server, clock):
    agreement, person = consents.agreement(), accounts.person()
    consents.consent(agreement, person)
    connected(server, agreement)
    reference = reference_of(agreement.recipient_id, person.id)

    assert tell_of_erasure(session, person.id) == 1
    session.commit()
    deliver()

    (notice,) = notices(kind=NoticeKind.ERASED)
    assert (notice.person_id, notice.reference, notice.state) == (None, reference, "confirmed")


def test_two_recipients_know_the_same_person_by_different_references():
    person, one, other = (accounts_id() for _ in range(3))
    assert reference_of(one, person) != reference_of(other, person)
    assert reference_of(one, person) == reference_of(one, person)
    assert len(reference_of(one, person)) == 32


def accounts_id():
    import uuid

    return uuid.uuid4()


def test_the_secret_is_sealed_in_the_database_and_the_old_one_signs_for_a_week(session, server, clock):
    agreement, person, late = consents.agreement(), accounts.person(), accounts.person()
    for somebody in (person, late):
        consents.consent(agreement, somebody)
    old = connected(server, agreement)
    new = rotate_secret(session, SYSTEM, agreement.recipient_id)
    kept = session.get(Endpoint, agreement.recipient_id)
    assert old not in (kept.secret, kept.previous_secret)
    assert new != old
    assert vault.open(kept.secret, agreement.recipient_id) == new

    withdraw(agreement, person)
    deliver()
    _path, head, body = server.received[-1]
    at = int(head["webhook-timestamp"])
    assert head["webhook-signature"].split() == [signature(key, head["webhook-id"], at, body) for key in (new, old)]

    clock.advance(days=8)
    withdraw(agreement, late)
    deliver()
    _path, head, body = server.received[-1]
    assert head["webhook-signature"] == signature(new, head["webhook-id"], int(head["webhook-timestamp"]), body)


def test_a_redirect_is_no_confirmation(session, server, clock):
    agreement, person = consents.agreement(), accounts.person()
    consents.consent(agreement, person)
    connected(server, agreement)
    server.status, server.headers = 302, {"Location": "http://169.254.169.254/"}
    withdraw(agreement, person)
    deliver()
    (notice,) = notices()
    assert (notice.state, notice.problem) == ("failing", "302")


def test_an_address_that_has_become_private_since_is_not_spoken_to(session, app, server, clock, monkeypatch):
    agreement, person = consents.agreement(), accounts.person()
    consents.consent(agreement, person)
    connected(server, agreement)
    monkeypatch.setitem(app.config, "SETTINGS", dataclasses.replace(app.config["SETTINGS"], webhook_hosts=()))
    withdraw(agreement, person)
    deliver()
    assert server.received == []
    assert notices()[0].problem == "not_allowed"


@pytest.mark.parametrize("url", ["http://example.org/", "https://10.0.0.1/", "ftp://x", "", "https://user@example.org/"])
def test_staff_cannot_name_an_address_inside_our_network(session, url):
    agreement = consents.agreement()
    with pytest.raises(Invalid):
        set_endpoint(session, SYSTEM, agreement.recipient_id, url, ())


def test_a_recipient_without_a_server_is_told_by_hand_and_what_waits_is_sent_once_there_is_one(as_role, session, server, clock):
    agreement, person = consents.agreement(), accounts.person()
    consents.consent(agreement, person)
    recipient_id = agreement.recipient_id
    withdraw(agreement, person)
    deliver()
    steward = as_role(Role.ADMINISTRATOR)
    page = steward.get(f"/staff/agreements/told/{recipient_id}").text
    assert "Somebody took their consent back" in page
    assert "Waiting" in page

    response = steward.post(f"/staff/agreements/told/{recipient_id}", data={"url": server.url})
    assert "whsec_" in response.text
    assert "whsec_" not in steward.get(f"/staff/agreements/told/{recipient_id}").text
    deliver()
    assert notices()[0].state == "confirmed"


def test_staff_note_a_confirmation_by_telephone_and_the_person_sees_it(as_role, session, clock):
    client = as_role("resident")
    agreement = consents.agreement()
    consents.consent(agreement, client.person)
    withdraw(agreement, client.person)
    (notice,) = notices()
    notice_id = notice.id
    page = as_role(Role.ADMINISTRATOR)
    assert page.post(f"/staff/agreements/told/message/{notice_id}/confirmed").status_code == 302
    assert notices()[0].acknowledged_by_hand
    assert "has confirmed" in client.get("/my-data").text
    again = page.post(f"/staff/agreements/told/message/{notice_id}/confirmed", follow_redirects=True)
    assert "confirmed already" in again.text


def test_a_test_message_says_only_that_it_is_one(as_role, session, server, clock):
    agreement = consents.agreement()
    recipient_id = agreement.recipient_id
    connected(server, agreement)
    database.session.commit()
    as_role(Role.ADMINISTRATOR).post(f"/staff/agreements/told/{recipient_id}/test")
    deliver()
    ((_path, _head, body),) = server.received
    assert json.loads(body)["type"] == "test"
    assert json.loads(body)["data"] == {}


def test_a_failing_recipient_stands_first_with_since_when(as_role, session, server, clock):
    quiet, failing = consents.agreement(), consents.agreement()
    person = accounts.person()
    consents.consent(failing, person)
    connected(server, failing)
    server.status = 500
    withdraw(failing, person)
    deliver()
    page = as_role(Role.ADMINISTRATOR).get("/staff/agreements/told").text
    assert "Failing since" in page
    assert page.index(str(failing.recipient_id)) < page.index(str(quiet.recipient_id))


def test_a_second_yes_after_a_withdrawal_takes_the_message_off_the_card(as_role, session, clock):
    client = as_role("resident")
    agreement = consents.agreement()
    consents.consent(agreement, client.person)
    withdraw(agreement, client.person)
    assert "not confirmed it yet" in client.get("/my-data").text
    revision = agreement.current.id
    answer_agreement(
        database.session(),
        Actor(person_id=client.person.id),
        AnswerAgreement(agreement.id, revision, client.person.id, Answer.GIVEN, "en", Details("Rosa", "rosa@example.org")),
    )
    database.session.commit()
    assert "not confirmed it yet" not in client.get("/my-data").text
