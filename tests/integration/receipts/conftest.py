"""One of every event that there is."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.consents.commands import ObjectTo, RenewConsent, WithdrawConsent
from app.features.consents.models import Answer, ConsentEvent, Giver, LegalBasis, Minor
from app.features.consents.use_cases import expire_consents, object_to, renew_consent, withdraw_consent
from app.features.consents.use_cases.recording import append
from app.kernel.permissions import SYSTEM, Actor
from tests.factories import accounts, consents
from tests.factories.tools import add


@pytest.fixture
def every_event(session: Session, clock: Any) -> Sequence[ConsentEvent]:
    """Asked, given, renewed, withdrawn, refused, objected and expired; one by a guardian, one refused by a minor."""
    agreement = consents.agreement(
        purpose={"en": "Research about the district", "ar": "بحث عن الحي"},
        notice={"en": "The institute may use what I support.", "ar": "يجوز للمعهد استخدام ما أؤيده."},
        purpose_term="research",
        categories=("name", "contact", "supports"),
        impact_note="Supports can reveal opinions; the institute gets no names beside them.",
    )
    task = consents.agreement(
        purpose_term="participation", legal_basis=LegalBasis.PUBLIC_TASK, categories=("account", "proposals")
    )
    rosa, minor, late = accounts.person(), accounts.person(), accounts.person()
    actor = Actor(person_id=rosa.id)
    append(session, SYSTEM, agreement.current, rosa.id, Answer.ASKED, shown="May we?", language="en")
    consents.consent(agreement, rosa, language="ar")
    clock.advance(days=1)
    renew_consent(session, actor, RenewConsent(agreement.id, agreement.current.id, rosa.id, "ar"))
    withdraw_consent(session, actor, WithdrawConsent(agreement.id, rosa.id))
    object_to(session, actor, ObjectTo(task.id, task.current.id, rosa.id, "en", "My garden is on every photo."))
    withdraw_consent(session, actor, WithdrawConsent(task.id, rosa.id))
    add(Minor(person_id=minor.id, of_age_on=clock.now.date().replace(year=2030)))
    append(
        session,
        SYSTEM,
        agreement.current,
        minor.id,
        Answer.GIVEN,
        shown="The institute may use what I support.",
        language="en",
        giver=Giver.GUARDIAN,
        until=clock.now.replace(year=2027),
    )
    consents.consent(agreement, minor, Answer.REFUSED)
    consents.consent(agreement, late)
    clock.advance(days=800)
    expire_consents(session)
    return session.scalars(select(ConsentEvent).order_by(ConsentEvent.at)).all()
