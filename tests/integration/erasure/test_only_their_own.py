"""Names are chosen freely: whoever is erased takes nothing of others along, whatever word they called themselves."""

import uuid

import pytest

from app.features.consents.models import Notice, NoticeKind
from app.features.consents.queries import in_force
from app.features.erasure.models import ErasureState
from app.features.erasure.queries import preview_erasure
from app.features.erasure.use_cases import erase_now
from app.features.erasure.use_cases.running import one_step
from app.features.moderation import mails
from app.features.notifications.use_cases import notify
from app.kernel import audit
from app.kernel.audit import AuditEntry
from app.kernel.outbox import OutboxRow
from app.kernel.permissions import Actor
from tests.factories import accounts, consents, proposals


class Book:
    """A ledger that nobody reads."""

    def add(self, *_arguments):
        """Take no note."""


def erase(session, person):
    erasure_id = erase_now(session, Actor(person_id=person.id), person.id).id
    while one_step(session, erasure_id, Book()) is not None:
        pass
    session.expire_all()


@pytest.fixture
def stranger(session):
    """Somebody whose letters wait and of whose doings the audit log tells; the letters and entries."""
    maria = accounts.person(email="maria@example.org", display_name="Maria Nuotio")
    said = {"title": "A bench on the Annantalo, says a@example.org", "name": "Maria Nuotio"}
    letters = [
        notify(session, mails.APPROVED, person_id=maria.id, params=said),
        notify(session, mails.APPROVED, email="maria@example.org", locale="en", params=said),
    ]
    audit.record(
        session,
        Actor(person_id=maria.id),
        "proposal.changed",
        proposals.proposal(author=maria),
        reason="Anna asked for it, mail to a@example.org, published",
        name="Anna",
        before={"mail": "a", "params": "published", "person_id": "Annantalo"},
        after="published",
    )
    session.flush()
    entry = session.query(AuditEntry).filter_by(action="proposal.changed").one()
    return letters, entry


@pytest.mark.parametrize("name", ["params", "mail", "person_id", "Anna", "published", "title", "approved", "Maria Nuotio"])
def test_a_name_that_is_a_word_of_others_touches_nothing_of_theirs(session, stranger, name):
    letters, entry = stranger
    before = [(one.id, dict(one.payload)) for one in letters]
    details, reason = dict(entry.details), entry.reason
    person = accounts.person(email="a@example.org", display_name=name)
    session.flush()
    counts = preview_erasure(session, person.id).counts
    assert (counts.get("outbox", 0), counts.get("audit", 0)) == (0, 0)

    erase(session, person)

    found = {one.id: one.payload for one in session.query(OutboxRow)}
    assert [(key, found.get(key)) for key, _ in before] == before
    again = session.get(AuditEntry, entry.id)
    assert (again.details, again.reason) == (details, reason)


@pytest.mark.parametrize("name", ["Väinö Äijälä", "مريم الحداد", "Anna"])
def test_what_is_theirs_is_found_in_every_script(session, name):
    person = accounts.person(email="a@example.org", display_name=name)
    notify(session, mails.APPROVED, email="A@example.org", locale="en", params={"title": "Mine"})
    notify(session, mails.APPROVED, person_id=person.id, params={"title": "Mine"})
    clerk = uuid.uuid4()
    audit.record(session, Actor(person_id=person.id), "one.theirs", person, name=name, title=name, to=["a@example.org"])
    audit.record(session, Actor(person_id=clerk), "one.about", person, reason=f"{name} asked")
    audit.record(session, Actor(person_id=clerk), "one.others", accounts.person(), before=[str(person.id)], name=name)
    session.flush()
    counts = preview_erasure(session, person.id).counts
    assert (counts["outbox"], counts["audit"]) == (2, 3)
    person_id = str(person.id)

    erase(session, person)

    assert session.query(OutboxRow).filter(OutboxRow.kind == "mail").one().payload["mail"] == "erasure.done"
    theirs, about, others = (
        session.query(AuditEntry).filter_by(action=action).one() for action in ("one.theirs", "one.about", "one.others")
    )
    assert theirs.details == {"name": "…", "title": name, "to": ["…"]}
    assert about.reason == "…"
    assert about.subject_id == theirs.actor_id == uuid.UUID(others.details["before"][0]) != uuid.UUID(person_id)
    assert others.details["name"] == name  # of another, who may be called the same


def test_nothing_flows_any_more_from_the_moment_it_begins(session):
    person, agreement = accounts.person(), consents.agreement()
    consents.consent(agreement, person)
    about = session.execute(in_force()).tuples().all()
    assert (agreement.id, person.id) in about

    erasure = erase_now(session, Actor(person_id=person.id), person.id)

    assert erasure.state is ErasureState.RUNNING  # no worker has been there
    assert erasure.counts == {"consents_given": 1}
    assert (agreement.id, person.id) not in session.execute(in_force()).tuples().all()
    assert session.query(Notice).one().kind is NoticeKind.WITHDRAWN
