"""Minors with their guardians, and people without an account with their codes."""

import io
import json
import zipfile
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete

from app.features.accounts.models import Person
from app.features.consents.commands import AskGuardian, NoteAge, NoteGuardian, WithdrawConsent
from app.features.consents.models import (
    Answer,
    ConsentCode,
    ConsentEvent,
    ConsentRecord,
    Giver,
    Guardian,
    GuardianRequest,
    LegalBasis,
    Minor,
    Usage,
)
from app.features.consents.queries import in_force
from app.features.consents.use_cases import (
    answer_agreement,
    ask_guardian,
    expire_consents,
    give_code,
    note_age,
    note_guardian,
    withdraw_consent,
)
from app.features.consents.use_cases.codes import code_of, typed_code
from app.features.erasure import nightly
from app.features.erasure.queries import preview_erasure
from app.features.spaces.models import Process
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.outbox import OutboxRow
from app.kernel.permissions import SYSTEM, Actor, Channel
from tests.factories import accounts, consents, spaces

GIVEN = {"language": "en", "name": "Mio", "address": "mio@example.org"}


@pytest.fixture
def agreement(session):
    return consents.agreement()


def agreed(session):
    return {row.person_id for row in session.execute(in_force())}


def test_somebody_below_the_age_is_sent_to_an_adult_and_nothing_is_recorded(as_role, session, agreement):
    client = as_role("resident")
    typed = {**GIVEN, "revision": str(agreement.current.id), "answer": "yes"}

    unsaid = client.post(f"/my-data/ask/{agreement.id}", data=typed)
    assert unsaid.status_code == 422
    assert "Say whether you are old enough." in unsaid.text
    young = client.post(f"/my-data/ask/{agreement.id}", data={**typed, "of_age": "no"})

    assert young.headers["Location"].endswith(f"/my-data/guardian/{agreement.id}")
    assert session.query(ConsentEvent).count() == 0
    assert session.query(Minor).count() == 0


def test_the_adult_gets_a_link_reads_the_text_and_says_yes_for_them(as_role, client, session, agreement, mailbox, clock):
    minor = as_role("resident")
    year = clock.now.year + 1
    asked = minor.post(
        f"/my-data/guardian/{agreement.id}",
        data={"month": "12", "year": str(year), "name": "Gerda", "email": "Gerda@Example.org"},
    )
    assert asked.status_code == 302
    assert session.get(Minor, minor.person.id).of_age_on == date(year + 1, 1, 1)  # the month after, not a birthday
    assert session.query(ConsentEvent).one().answer is Answer.ASKED
    (letter,) = mailbox.to("gerda@example.org")
    link = next(word for word in letter.get_content().split() if "/my-data/guardian/link/" in word)
    path = link[link.index("/my-data") :]
    page = client.get(path).text
    assert "The planning department may contact me about this topic." in page
    assert "checked" not in page

    done = client.post(path, data={**GIVEN, "revision": str(agreement.current.id), "answer": "yes"})

    assert done.status_code == 200
    assert agreed(session) == {minor.person.id}
    record = session.query(ConsentRecord).one()
    assert record.lapses is False  # the year is over before they come of age
    event = session.query(ConsentEvent).filter_by(answer=Answer.GIVEN).one()
    assert (event.giver, event.person_id, event.hands_id) == (Giver.GUARDIAN, minor.person.id, None)
    assert client.get(path).status_code == 404
    withdraw_consent(session, Actor(person_id=minor.person.id), WithdrawConsent(agreement.id, minor.person.id))
    assert agreed(session) == set()


def test_what_a_guardian_gave_lapses_at_the_age_before_and_after_the_nightly_task(session, agreement, clock, client):
    clock.set(datetime(2026, 3, 10, 12, tzinfo=UTC))
    minor = accounts.person()
    note_age(session, Actor(person_id=minor.id), NoteAge(minor.id, date(2026, 6, 1)))
    token = consents.guardian_link(minor, agreement)
    data = {**GIVEN, "revision": str(agreement.current.id), "answer": "yes"}
    assert client.post(f"/my-data/guardian/link/{token}", data=data).status_code == 200
    record = session.query(ConsentRecord).one()
    assert (record.lapses, record.expires_at) == (True, datetime(2026, 6, 1, tzinfo=UTC))

    clock.set(datetime(2026, 6, 1, 0, 1, tzinfo=UTC))
    assert agreed(session) == set()
    assert expire_consents(session) == 1
    session.commit()
    foretold = {one.rule.name: one.removes for one in nightly.would() if one.removes}
    assert foretold["guardians"] == foretold["guardian_links"] == 1
    nightly.run(frozenset({"guardians", "guardian_links"}))
    assert (session.query(Minor).count(), session.query(GuardianRequest).count()) == (0, 0)
    assert {event.giver for event in session.query(ConsentEvent).filter_by(guardian_id=None)} >= {Giver.GUARDIAN}
    consents.consent(agreement, minor)  # of age now, and asked afresh
    assert agreed(session) == {minor.id}


def test_a_link_is_for_one_agreement_and_one_young_person(session, agreement, client):
    minor = consents.minor()
    token = consents.guardian_link(minor, agreement)
    consents.revise(agreement, notice={"en": "Other words."})
    data = {**GIVEN, "revision": str(agreement.published[1].id), "answer": "yes"}

    session.commit()
    stale = client.post(f"/my-data/guardian/link/{token}", data=data)

    assert stale.status_code == 409  # the text has changed meanwhile, and the link still works
    assert "Other words." in stale.text
    assert client.get(f"/my-data/guardian/link/{token}").status_code == 200
    assert agreed(session) == set()
    assert client.get("/my-data/guardian/link/invented").status_code == 404


def test_a_guardian_of_somebody_else_gives_nothing(session, agreement):
    minor, other = consents.minor(), consents.minor()
    guardian = note_guardian(session, SYSTEM, NoteGuardian(other.id, "Gerda"))
    with pytest.raises(Refused):
        consents.consent(agreement, minor, guardian_id=guardian.id)
    unconfirmed = Guardian(minor_id=minor.id, name="Nobody yet", email="nobody@example.org")
    session.add(unconfirmed)
    session.flush()
    with pytest.raises(Refused):
        consents.consent(agreement, minor, guardian_id=unconfirmed.id)
    assert agreed(session) == set()


def test_letters_to_guardians_are_few_and_go_to_addresses(session, agreement):
    minor = consents.minor()
    actor = Actor(person_id=minor.id)
    with pytest.raises(Invalid):
        ask_guardian(session, actor, AskGuardian(agreement.id, minor.id, " ", "no address"))
    for n in range(5):
        ask_guardian(session, actor, AskGuardian(agreement.id, minor.id, "Gerda", f"g{n}@example.org"))
    with pytest.raises(Refused):
        ask_guardian(session, actor, AskGuardian(agreement.id, minor.id, "Gerda", "g6@example.org"))
    with pytest.raises(Forbidden):
        ask_guardian(session, actor, AskGuardian(agreement.id, consents.minor().id, "Gerda", "g@example.org"))


def test_a_letter_that_waits_for_a_guardian_goes_with_the_minor(session, agreement, mailbox):
    minor = consents.minor()
    ask_guardian(session, Actor(person_id=minor.id), AskGuardian(agreement.id, minor.id, "Gerda", "gerda@example.org", "fi"))
    letter = session.query(OutboxRow).filter_by(kind="mail").one()
    assert "gerda@example.org" not in str(letter.payload)
    assert preview_erasure(session, minor.id).counts["outbox"] == 1

    session.execute(delete(Guardian))
    session.commit()
    assert mailbox.to("gerda@example.org") == []

    ask_guardian(session, Actor(person_id=minor.id), AskGuardian(agreement.id, minor.id, "Gerda", "gerda@example.org", "fi"))
    session.commit()
    assert mailbox.to("gerda@example.org")[-1]["Content-Language"] == "fi"
    assert mailbox.to(minor.email) == []


def test_nobody_grows_up_by_typing(session, clock):
    minor = consents.minor(years=3)
    before = session.get(Minor, minor.id).of_age_on
    note_age(session, Actor(person_id=minor.id), NoteAge(minor.id, date(clock.now.year + 1, 1, 1)))
    assert session.get(Minor, minor.id).of_age_on == before
    with pytest.raises(Invalid):
        note_age(session, Actor(person_id=minor.id), NoteAge(minor.id, date(2001, 1, 1)))
    with pytest.raises(Forbidden):
        note_age(session, Actor(person_id=accounts.person().id), NoteAge(minor.id, before))


def paper(agreement, **changes):
    return {
        "revision": str(agreement.current.id),
        "channel": "desk",
        "sheet": "B-12/7",
        "person": "Hilja Vanha",
        "language": "en",
        "answer": "yes",
        "of_age": "yes",
        "month": "1",
        "year": "2030",
        "name": "Hilja Vanha",
        "address": "050 123 4567",
        "read_back": "y",
        **changes,
    }


def test_an_answer_at_the_counter_counts_and_its_code_shows_and_takes_it_back(as_role, app, client, session, agreement):
    clerk = as_role("clerk", _process(session, agreement))
    slip = clerk.post(f"/staff/intake/consents/{agreement.id}", data=paper(agreement), follow_redirects=True)

    event = session.query(ConsentEvent).filter(ConsentEvent.answer != Answer.ASKED).one()
    assert (event.channel, event.sheet, event.hands_id) == (Channel.DESK, "B-12/7", clerk.person.id)
    assert session.get(Person, event.person_id).email is None
    row = session.query(ConsentCode).one()
    code = code_of(app.config["SECRET_KEY"], row.id)
    assert code in slip.text
    assert code not in str(row.__dict__)
    assert clerk.get(f"/staff/intake/consents/slip/{row.id}").text.count(code) == 0  # without the seal

    assert client.get("/my-data/code/cards").status_code == 302
    cards = client.post("/my-data/code", data={"code": code.lower().replace("-", " ")}, follow_redirects=True)
    assert "050 123 4567" in cards.text
    gone = client.post(f"/my-data/code/withdraw/{agreement.id}", follow_redirects=True)
    assert "You took it back" in gone.text
    assert agreed(session) == set()
    client.post("/my-data/code/leave")
    assert client.get("/my-data/code/cards").status_code == 302


def _process(session, agreement):
    return session.get_one(Process, agreement.process_id)


def test_the_same_sheet_sent_twice_is_one_answer(as_role, session, agreement):
    clerk = as_role("clerk", _process(session, agreement))
    sheet = paper(agreement, sheet_id="0c9df0d2-3f5b-4a55-9c3c-0b6a6f0f2a11")
    for _ in range(2):
        assert clerk.post(f"/staff/intake/consents/{agreement.id}", data=sheet).status_code == 302
    assert session.query(ConsentEvent).filter_by(answer=Answer.GIVEN).count() == 1


def test_a_young_person_at_the_counter_comes_with_an_adult(as_role, session, agreement, clock):
    clerk = as_role("clerk", _process(session, agreement))
    young = paper(agreement, of_age="no", channel="desk", month="5", year=str(clock.now.year + 2))
    alone = clerk.post(f"/staff/intake/consents/{agreement.id}", data=young)
    assert alone.status_code == 422
    assert session.query(ConsentEvent).count() == 0

    clerk.post(f"/staff/intake/consents/{agreement.id}", data={**young, "guardian": "Gerda"})

    event = session.query(ConsentEvent).filter(ConsentEvent.answer != Answer.ASKED).one()
    assert event.giver is Giver.GUARDIAN
    assert session.get(Minor, event.person_id).of_age_on == date(clock.now.year + 2, 6, 1)


def test_whoever_has_a_code_keeps_it_and_a_new_one_ends_the_old(as_role, app, session, agreement):
    clerk = as_role("clerk", _process(session, agreement))
    person = accounts.person(email=None)
    first = consents.code(person)
    secret = app.config["SECRET_KEY"]
    clerk.post(f"/staff/intake/consents/{agreement.id}", data=paper(agreement, code=code_of(secret, first.id), person=""))
    assert agreed(session) == {person.id}
    assert session.query(ConsentCode).one().id == first.id

    wrong = clerk.post(f"/staff/intake/consents/{agreement.id}", data=paper(agreement, code="ABCD-2345"))
    assert wrong.status_code == 422
    old = first.id
    consents.code(person)
    assert session.get(ConsentCode, old) is None
    with pytest.raises(Forbidden):
        give_code(session, Actor(person_id=person.id), person.id, secret, code_id=old)


def test_wrong_codes_are_slowed_down_and_a_right_one_is_let_in(client, app, session):
    code = code_of(app.config["SECRET_KEY"], consents.code(accounts.person(email=None)).id)
    session.commit()
    answers = [client.post("/my-data/code", data={"code": f"ABCD-EFGH-2345-{n:04d}"}).status_code for n in range(12)]
    assert 422 in answers
    assert 429 in answers
    assert client.post("/my-data/code", data={"code": code}).status_code == 302
    assert typed_code("  abcd efgh ") == "ABCD-EFGH"


def test_with_a_code_one_takes_everything_along_as_with_an_account(client, app, session, agreement, as_role):
    """The pictures of one's sheets are evidence about oneself: whoever has no account has a right to them, too."""
    person = accounts.person(email=None, display_name="Paula Paper")
    consents.consent(agreement, person, name="Paula Paper", address="050 123 4567")
    code = code_of(app.config["SECRET_KEY"], consents.code(person).id)
    process = _process(session, agreement)
    session.commit()
    assert client.post("/my-data/code/everything.zip").location.endswith("/my-data/code")
    cards = client.post("/my-data/code", data={"code": code}, follow_redirects=True).text
    assert "/my-data/code/everything.zip" in cards
    assert "Come to any desk of the city with your slip" in cards
    taken = client.post("/my-data/code/everything.zip")
    assert taken.headers["Cache-Control"] == "no-store"
    found = json.loads(zipfile.ZipFile(io.BytesIO(taken.data)).read("everything.json"))["data"]
    assert [one["address"] for one in found["consented_details"]] == ["050 123 4567"]
    assert session.query(Usage).filter_by(person_id=person.id, kind="download").count() == 1

    clerk = as_role("clerk", process)
    seen = clerk.post("/my-data/code", data={"code": code}, follow_redirects=True).text
    assert "everything.zip" not in seen
    assert clerk.post("/my-data/code/everything.zip").status_code == 403, "staff take nobody's file along"
    session.get_one(Person, person.id).email = "paula@example.org"
    session.commit()
    assert client.post("/my-data/code/everything.zip").status_code == 403, "an account signs in for it"


def test_clerks_of_other_processes_take_nothing_in_here(as_role, session, agreement):
    clerk = as_role("clerk", spaces.process())
    assert clerk.get(f"/staff/intake/consents/{agreement.id}").status_code == 404
    with pytest.raises(Forbidden):
        answer_agreement(
            session,
            Actor(person_id=clerk.person.id),
            consents.answer_of(agreement, accounts.person()),
        )
    with pytest.raises(NotFound):
        withdraw_consent(session, Actor(person_id=clerk.person.id), WithdrawConsent(agreement.id, accounts.person().id))


def test_with_a_code_one_renews_objects_and_answers_again_as_with_an_account(client, app, session, agreement, clock):
    person = accounts.person(email=None)
    consents.consent(agreement, person, name="Hilja", address="050 123 4567")
    task = consents.agreement(
        process=False, legal_basis=LegalBasis.PUBLIC_TASK, categories=("proposals",), purpose_term="participation"
    )
    code = code_of(app.config["SECRET_KEY"], consents.code(person).id)
    ids = agreement.id, task.id, agreement.current.id, task.current.id
    about, other, revision, told = ids
    ends = session.query(ConsentRecord).one().expires_at
    session.commit()
    for path in (f"code/object/{other}", f"code/ask/{about}"):  # nothing without the code
        assert client.get(f"/my-data/{path}").headers["Location"].endswith("/my-data/code")
    assert client.post(f"/my-data/code/renew/{about}").headers["Location"].endswith("/my-data/code")
    clock.advance(days=300)  # renewing is offered near the end
    cards = client.post("/my-data/code", data={"code": code}, follow_redirects=True).text
    assert f"/my-data/code/renew/{about}" in cards
    assert f"/my-data/code/object/{other}" in cards

    client.post(f"/my-data/code/renew/{about}", data={"revision": str(revision)})
    assert session.query(ConsentRecord).one().expires_at > ends
    stale = client.post(f"/my-data/code/object/{other}", data={"revision": str(revision), "reason": "I am ill."})
    assert stale.status_code == 409
    assert "I am ill." in stale.text
    done = client.post(
        f"/my-data/code/object/{other}", data={"revision": str(told), "reason": "I am ill."}, follow_redirects=True
    )
    assert "Your objection is being examined." in done.text
    event = session.query(ConsentEvent).filter_by(answer=Answer.OBJECTED).one()
    assert (event.person_id, event.remark, event.hands_id) == (person.id, "I am ill.", None)

    no = {"revision": str(revision), "language": "en", "answer": "no"}
    assert "Saved: no." in client.post(f"/my-data/code/ask/{about}", data=no, follow_redirects=True).text
    assert session.query(ConsentRecord).filter_by(agreement_id=about).one().answer is Answer.REFUSED


def test_too_young_with_a_code_means_coming_with_an_adult(client, app, session, agreement):
    person = accounts.person(email=None)
    code = code_of(app.config["SECRET_KEY"], consents.code(person).id)
    about, revision = agreement.id, agreement.current.id
    session.commit()
    client.post("/my-data/code", data={"code": code})
    yes = {**GIVEN, "revision": str(revision), "answer": "yes", "of_age": "no"}
    page = client.post(f"/my-data/code/ask/{about}", data=yes)
    assert page.status_code == 403 or page.status_code == 422 or page.status_code == 409
    assert "Come to a desk of the city with them." in page.text
    assert session.query(ConsentEvent).count() == 0


def test_links_and_adults_who_never_answered_go_by_rules_that_everybody_reads(client, session, agreement, clock):
    minor, waiting = consents.minor(years=3), consents.minor(years=3)
    waiting_id = waiting.id
    consents.guardian_link(minor, agreement)
    session.commit()
    clock.advance(days=20)
    consents.guardian_link(waiting, agreement, "other@example.org")
    session.commit()

    def foretold():
        return {one.rule.name: one.removes for one in nightly.would() if one.removes}

    assert foretold()["guardian_links"] == 1
    assert "guardians_without_answer" not in foretold()
    nightly.run(frozenset({"guardian_links", "guardians_without_answer", "guardians"}))
    assert session.query(GuardianRequest).count() == 1  # the open one
    assert session.query(Guardian).count() == 2
    clock.advance(days=11)
    assert foretold()["guardians_without_answer"] == 1
    nightly.run(frozenset({"guardian_links", "guardians_without_answer", "guardians"}))
    assert session.query(Guardian).one().minor_id == waiting_id
    assert session.query(Minor).count() == 2
    page = client.get("/my-data/kept").text
    assert "in the night after they have run out" in page
