"""After a dispute a certified result is called in doubt until it is certified again, and the committee is written to."""

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.budgets.models import Pot
from app.features.committee.models import DecisionKind
from app.features.spaces.models import Process, ProcessState
from app.features.voting.models import BoxState
from app.features.voting.use_cases import import_opened
from app.kernel.outbox import OutboxRow
from app.kernel.permissions import Role
from tests.factories import accounts, committee, spaces
from tests.support.openings import REASON, a_closed_pot, bring, certified_lie, disputed, for_another, opened


@pytest.fixture
def pot(session, keyring, clock):
    return a_closed_pot(session, keyring, clock)


def in_doubt(client, pot_id):
    """On which of the public pages of a pot its result is called in doubt because its box was opened anew."""
    pages = (f"/budgets/{pot_id}", f"/budgets/{pot_id}/result", f"/committee/certificate/{pot_id}")
    return [page for page in pages if "was counted from an opening that no longer counts" in client.get(page).text]


def test_pot_result_and_certificate_say_calmly_that_they_are_in_doubt_until_it_is_certified_again(
    session, pot, client, as_role, clock
):
    certified_lie(session, pot)
    process_id, pot_id = pot.process_id, pot.id
    session.commit()
    assert in_doubt(client, pot_id) == []  # while openings differ, every page says so itself
    clock.advance(minutes=5)
    committee.decided(DecisionKind.OPENING_ANEW, process_id, reason=REASON)
    database.session.commit()
    assert len(in_doubt(client, pot_id)) == 3
    member = as_role(Role.COMMITTEE, database.session.get_one(Process, process_id))
    assert "propose to correct the certificate" in member.get(f"/staff/committee/{pot_id}").text
    found = database.session.get_one(Pot, pot_id)
    for who in ("Arto", "Ida"):
        bring(found, opened(found, who))
    database.session.commit()
    assert len(in_doubt(client, pot_id)) == 3  # opened anew, and not certified again
    clock.advance(minutes=5)
    committee.decided(DecisionKind.CORRECTION, process_id, pot_id=pot_id)
    database.session.commit()
    assert in_doubt(client, pot_id) == []


def test_an_annulled_vote_is_not_called_in_doubt(session, pot, client):
    certified_lie(session, pot)
    pot_id = pot.id
    committee.decided(DecisionKind.OPENING_ANEW, pot.process_id, reason=REASON)
    committee.decided(DecisionKind.ANNULMENT, pot.process_id, pot_id=pot_id)
    session.commit()
    assert in_doubt(client, pot_id) == []


def test_committee_and_auditors_get_one_letter_when_openings_differ(session, pot, mailbox):
    space = session.get_one(Process, pot.process_id)
    accounts.staff(Role.COMMITTEE, space, email="clara@example.org")
    accounts.staff(Role.AUDITOR, space, email="audrey@example.org")
    accounts.staff(Role.CLERK, space, email="carl@example.org")
    accounts.staff(Role.COMMITTEE, spaces.process(), email="elsewhere@example.org")
    first, second = committee.two(pot.process_id)
    import_opened(session, first, pot.process_id, opened(pot, "Olga", spoil=for_another))
    assert not session.scalars(select(OutboxRow).where(OutboxRow.kind == "mail")).all()
    import_opened(session, second, pot.process_id, opened(pot, "Arto"))
    bring(pot, opened(pot, "Ben", spoil=for_another))  # one more does not write again

    (letter,) = mailbox.to("clara@example.org")
    assert letter["Subject"] == "The openings of a ballot box differ"
    text = letter.get_content()
    assert "the ballot box of “Vote on your street” was opened more than once" in text
    assert "brought from the account of Matti Member" in text
    assert f"/staff/box/{pot.process_id}" in text
    assert len(mailbox.to("audrey@example.org")) == 1
    assert mailbox.to("carl@example.org") == mailbox.to("elsewhere@example.org") == []


def test_a_rehearsed_dispute_alarms_nobody(session, pot):
    copy = session.get_one(Process, pot.process_id)
    copy.rehearsal_of, copy.state = spaces.process().id, ProcessState.DRAFT
    session.flush()
    assert disputed(pot).state is BoxState.DISPUTED
    assert not session.scalars(select(OutboxRow).where(OutboxRow.kind == "mail")).all()
