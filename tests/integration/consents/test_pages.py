"""The register for everybody, the cards of one person, and the pages of the staff."""

import hashlib
import json
from uuid import uuid4

import pytest

from app.extensions import db as database
from app.features.consents.models import (
    AgreementState,
    Answer,
    DataAgreement,
    LegalBasis,
    Recipient,
    RecipientState,
    RegisterNumbers,
    RevisionState,
)
from app.features.consents.numbers import blurred, offset
from app.features.consents.use_cases import count_for_everybody
from app.features.spaces.models import Process, ProcessState
from tests.factories import consents, spaces


def test_everybody_reads_each_version_and_recomputes_its_digest(client, session):
    agreement = consents.agreement()
    consents.revise(agreement, notice={"en": "Second words."})
    database.session.commit()

    page = client.get(f"/my-data/agreements/{agreement.code}").text

    assert "The chain of versions is unbroken" in page
    for revision in agreement.published:
        assert revision.digest in page
        assert revision.notice["en"] in page
        file = client.get(f"/my-data/agreements/{agreement.code}/{revision.number}.json")
        assert hashlib.sha256(file.data).hexdigest() == revision.digest
        assert json.loads(file.data)["previous"] == revision.previous_digest
    assert client.get(f"/my-data/agreements/{agreement.code}/3.json").status_code == 404


def test_a_text_that_was_rewritten_is_told_to_everybody(client, session):
    agreement = consents.agreement()
    agreement.current.content = {**agreement.current.content, "notice": {"en": "Never shown."}}
    session.flush()
    assert "cannot be recomputed" in client.get(f"/my-data/agreements/{agreement.code}").text


def test_small_numbers_are_not_shown_exactly(client, session):
    agreement = consents.agreement()
    for _ in range(9):
        consents.consent(agreement)
    consents.consent(agreement, answer=Answer.REFUSED)
    key, code = agreement.id, agreement.code
    database.session.commit()
    assert client.get(f"/my-data/agreements/{code}").text.count("fewer than 5") == 3  # nothing was counted yet
    wanted = {"allowed": 1, "refused": 0}
    secret = next(
        f"key {n}" for n in range(10_000) if all(offset(f"key {n}", key, kind) == each for kind, each in wanted.items())
    )
    count_for_everybody(session, secret)
    database.session.commit()
    page = client.get(f"/my-data/agreements/{code}").text
    assert "about 10" in page
    assert page.count("fewer than 5") == 2
    assert "counted once a day" in page
    assert "about 10" in client.get("/my-data/agreements").text
    row = session.query(RegisterNumbers).one()
    assert {row.allowed, row.refused, row.withdrawn, row.objected} <= {0, 5, 10}  # nothing finer lies around


def test_the_day_that_somebody_answers_cannot_be_read_off(client, session, clock):
    """The step from 4 to 5 shows neither at once nor at a number that an outsider knows."""
    agreement = consents.agreement()
    key, code = agreement.id, agreement.code

    def shown():
        return client.get(f"/my-data/agreements/{code}").text.count("fewer than 5")

    for _ in range(4):
        consents.consent(agreement)
    count_for_everybody(session, secret := next(f"k{n}" for n in range(1000) if offset(f"k{n}", key, "allowed") == 0))
    database.session.commit()
    before = shown()
    consents.consent(session.get_one(DataAgreement, key))
    assert count_for_everybody(session, secret) == 0  # the same day, whoever runs it again
    database.session.commit()
    assert shown() == before
    clock.advance(days=1)
    assert count_for_everybody(session, secret) == 1
    database.session.commit()
    assert shown() == before - 1
    steps = {next(n for n in range(20) if blurred(n, offset("one secret", uuid4(), "allowed"))) for _ in range(300)}
    assert steps == {1, 2, 3, 4, 5}  # a step says "one of five has come", not which number there is
    assert all(abs(blurred(n, shift) - n) < 5 for n in range(200) for shift in range(5))


def test_drafts_and_agreements_of_hidden_processes_are_not_public(client, session):
    draft = consents.draft()
    hidden = consents.agreement()
    session.get_one(Process, hidden.process_id).state = ProcessState.DRAFT
    session.flush()
    for code in (draft.code, hidden.code, "nothing"):
        assert client.get(f"/my-data/agreements/{code}").status_code == 404
    register = client.get("/my-data/agreements").text
    assert draft.code not in register
    assert hidden.code not in register


def test_a_pending_version_is_shown_to_nobody_but_the_staff(client, as_role, session):
    agreement = consents.agreement()
    pending = consents.pending(agreement, notice={"en": "Not yet decided words."})
    assert pending.pending.state is RevisionState.DRAFT

    resident = as_role("resident")
    for path in (f"/my-data/agreements/{agreement.code}", f"/my-data/ask/{agreement.id}", "/my-data/agreements"):
        assert "Not yet decided" not in resident.get(path).text
    assert client.get(f"/my-data/agreements/{agreement.code}/2.json").status_code == 404


def test_a_card_shows_the_record_as_it_would_be_sent_and_renews_in_one_click(as_role, session, clock):
    client = as_role("resident")
    agreement = consents.agreement()
    consents.consent(agreement, client.person, name="Aino of the card")
    database.session.commit()
    page = client.get("/my-data").text
    assert "Aino of the card" in page
    assert "On servers of the city" in page
    clock.advance(days=5)

    renewed = client.post(f"/my-data/renew/{agreement.id}", data={"revision": str(agreement.current.id)}, follow_redirects=True)

    assert "Renewed." in renewed.text
    assert "You renewed your yes" in renewed.text


def test_renewing_is_offered_near_the_end_and_not_to_somebody_who_has_just_said_yes(as_role, session):
    client = as_role("resident")
    long, short = consents.agreement(months=12), consents.agreement(months=2)
    for agreement in (long, short):
        consents.consent(agreement, client.person)
    database.session.commit()
    page = client.get("/my-data").text
    assert f'action="/my-data/renew/{short.id}"' in page
    assert f'action="/my-data/renew/{long.id}"' not in page


def test_the_timeline_says_what_each_answer_was_about(as_role, session):
    client = as_role("resident")
    for purpose in ("To plant trees", "To ask about trams"):
        consents.consent(consents.agreement(purpose={"en": purpose}), client.person)
    database.session.commit()
    for path in ("/my-data", "/my-data/answers"):
        timeline = client.get(path).text.partition('id="timeline"')[2]
        assert "<p>To plant trees</p>" in timeline
        assert "<p>To ask about trams</p>" in timeline


def test_everything_that_a_yes_lacks_is_said_at_once(as_role, session):
    client, agreement = as_role("resident"), consents.agreement()
    database.session.commit()
    sent = {"revision": str(agreement.current.id), "language": "en", "answer": "yes"}
    address = f"/my-data/ask/{agreement.id}"

    answer = client.post(address, data=sent)

    assert answer.status_code == 422
    assert "Say whether you are old enough." in answer.text
    assert "Write the name we may use." in answer.text
    details = {"name": "Aino", "address": "aino@example.org"}
    assert client.post(address, data={**sent, **details}).status_code == 422  # only the age lacks
    assert "You said yes" not in client.get("/my-data").text


def test_a_place_in_the_law_keeps_its_brackets_in_a_text_from_right_to_left(client, session):
    agreement = consents.agreement()
    database.session.commit()
    page = client.get(f"/my-data/agreements/{agreement.code}?lang=ar").text
    assert "\u20666(1)(a)\u2069" in page


def test_what_cannot_be_renewed_says_so(as_role, session):
    client = as_role("resident")
    agreement = consents.agreement()
    consents.consent(agreement, client.person)
    consents.revise(agreement, notice={"en": "New substance."})
    database.session.commit()
    answer = client.post(f"/my-data/renew/{agreement.id}", data={"revision": str(agreement.current.id)}, follow_redirects=True)
    assert "cannot be renewed any more" in answer.text
    assert client.post(f"/my-data/renew/{consents.agreement().id}", data={}).status_code == 404


def test_somebody_objects_to_the_public_task_and_takes_it_back(as_role, session):
    client = as_role("resident")
    agreement = consents.agreement(legal_basis=LegalBasis.PUBLIC_TASK, categories=("proposals",), purpose_term="participation")
    database.session.commit()
    assert f"/my-data/object/{agreement.id}" in client.get("/my-data").text
    assert "Read and decide" not in client.get(f"/processes/{session.get_one(Process, agreement.process_id).slug}").text

    done = client.post(
        f"/my-data/object/{agreement.id}",
        data={"reason": "My work.", "revision": str(agreement.current.id)},
        follow_redirects=True,
    )
    assert "You objected" in done.text
    back = client.post(f"/my-data/withdraw/{agreement.id}", follow_redirects=True)
    assert "Your objection is taken back." in back.text
    assert client.get(f"/my-data/object/{consents.agreement().id}").status_code == 404


def test_one_question_at_a_time(as_role, session):
    client = as_role("resident")
    process = spaces.process("Parks", slug="parks")
    recipient = consents.recipient()
    first = consents.agreement(process, recipient=recipient)
    second = consents.agreement(process, recipient=recipient, purpose_term="newsletter", categories=("contact",))
    database.session.commit()
    page = client.get("/processes/parks").text
    assert (str(first.id) in page, str(second.id) in page) == (True, False)
    consents.consent(first, client.person)
    database.session.commit()
    page = client.get("/processes/parks").text
    assert (str(first.id) in page, str(second.id) in page) == (False, True)


def form(process, who, **changes):
    return {
        "place": str(process.id),
        "purpose_term": "contact",
        "recipient": str(who.id),
        "legal_basis": "consent",
        "categories": ["name", "contact"],
        "months": "12",
        "retention_days": "90",
        "storage": "city",
        "disclosure": "recipient",
        "material": "yes",
        "purpose_en": "Contact",
        "notice_en": "May we write to you?",
        "impact_note": "",
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"recipient": ""}, "Choose who gets the data."),
        ({"months": "99"}, "Choose between 1 and 36 months."),
        ({"disclosure": "open_rows"}, "cannot rest on consent"),
        ({"purpose_en": ""}, "Write this in at least one language."),
        ({"retention_days": "-1"}, "Choose between 1 and 36500 days."),
    ],
)
def test_bad_input_is_said_beside_its_field_and_nothing_is_lost(as_role, session, changes, said):
    process, recipient = spaces.process(), consents.recipient()
    steward = as_role("steward", process)
    database.session.commit()

    answer = steward.post("/staff/agreements/new", data=form(process, recipient, **changes))

    assert answer.status_code == 422
    assert said in answer.text
    assert "May we write to you?" in answer.text
    assert session.query(DataAgreement).count() == 0


def test_a_steward_of_another_process_sees_and_changes_nothing(as_role, session):
    agreement = consents.agreement()
    other = spaces.process()
    steward = as_role("steward", other)
    for step in ("", "/write", "/review", "/in-force", "/discard", "/end"):
        assert steward.get(f"/staff/agreements/{agreement.id}{step}").status_code == 404
    assert steward.post(f"/staff/agreements/{agreement.id}/submit").status_code == 404
    assert agreement.code not in steward.get("/staff/agreements").text
    answer = steward.post(
        "/staff/agreements/new", data=form(session.get_one(Process, agreement.process_id), consents.recipient())
    )
    assert answer.status_code == 422


def test_the_writer_is_told_that_a_second_person_reviews(as_role, session):
    process = spaces.process()
    steward = as_role("steward", process)
    steward.post("/staff/agreements/new", data=form(process, consents.recipient()))
    agreement = session.query(DataAgreement).one()
    steward.post(f"/staff/agreements/{agreement.id}/submit")

    refused = steward.get(f"/staff/agreements/{agreement.id}/review")

    assert refused.status_code == 403
    assert "A second person reviews it." in refused.text
    assert steward.get(f"/staff/agreements/{agreement.id}/in-force").status_code == 404
    assert "Nobody" in steward.get(f"/staff/agreements/{agreement.id}/write").text


def test_an_incomplete_draft_says_what_is_missing(as_role, session):
    process = spaces.process()
    steward = as_role("steward", process)
    steward.post("/staff/agreements/new", data=form(process, consents.recipient(), retention_days=""))
    agreement = session.query(DataAgreement).one()
    page = steward.get(f"/staff/agreements/{agreement.id}").text
    assert "Say how long the data is kept" in page
    assert "Submit for review" not in page
    sent = steward.post(f"/staff/agreements/{agreement.id}/submit", follow_redirects=True)
    assert "Say how long the data is kept" in sent.text


def test_recipients_are_added_corrected_and_retired(as_role, session):
    process = spaces.process()
    steward = as_role("steward", process)
    added = steward.post(
        "/staff/agreements/recipients/new", data={"name_en": "University", "kind": "third_party", "country": "fi"}
    )
    assert added.status_code == 302
    recipient = session.query(Recipient).one()
    assert recipient.country == "FI"
    database.session.commit()
    wrong = steward.post(
        f"/staff/agreements/recipients/{recipient.id}",
        data={"name_en": "", "kind": "third_party", "country": "F1", "url": "javascript:alert(1)"},
    )
    assert wrong.status_code == 422
    steward.post(f"/staff/agreements/recipients/{recipient.id}/retire")
    session.expire_all()
    assert session.get_one(Recipient, recipient.id).state is RecipientState.RETIRED
    assert "University" not in steward.get("/staff/agreements/new").text


def test_ending_and_throwing_away_are_confirmed_first(as_role, session):
    agreement = consents.agreement()
    process = session.get_one(Process, agreement.process_id)
    steward = as_role("steward", process)
    consents.pending(agreement)
    assert "What people are asked now stays as it is." in steward.get(f"/staff/agreements/{agreement.id}/discard").text
    steward.post(f"/staff/agreements/{agreement.id}/discard")
    assert session.get_one(DataAgreement, agreement.id).pending is None
    assert "Nobody is asked any more." in steward.get(f"/staff/agreements/{agreement.id}/end").text
    steward.post(f"/staff/agreements/{agreement.id}/end")
    assert session.get_one(DataAgreement, agreement.id).state is AgreementState.ENDED
