"""People with a past, for tests of what becomes of it."""

import uuid
from typing import Any

from app.extensions import db
from app.features.accounts.attempts import key_of
from app.features.accounts.models import AttemptCounter, LinkPurpose, Person, RecoveryCode
from app.features.answers.models import ImplementationFollow
from app.features.committee.models import Objection
from app.features.consents.governed import ContactDetail
from app.features.consents.models import Answer
from app.features.consents.use_cases import note_usage_once
from app.features.interfaces.models import Individual
from app.features.moderation import mails as moderation_mails
from app.features.notifications.letters import address_hash
from app.features.notifications.models import MailChoice
from app.features.notifications.news import News
from app.features.notifications.use_cases import notify
from app.features.proposals.models import CommentState, ProposalState
from app.features.spaces.models import AreaUpload
from app.features.voting.models import VoterIdentity
from app.kernel import audit
from app.kernel.files import files
from app.kernel.permissions import Actor
from tests.factories import accounts, answers, consents, interfaces, moderation, newsletters, proposals, spaces, voting

MARK = "Zwetschgenweg"
"""A word that stands in everything the person writes, and nowhere else."""
NAME = "Väinö Äijälä-Zyx"
"""With letters that databases may write by their numbers."""
EMAIL = "wilhelmine.zyx@example.org"
PHONE = "+358401239876"


def _picture(proposal: Any, **attributes: Any) -> None:
    """A photo with real files."""
    keys = {"key": files.write(b"large", ".jpg"), "thumbnail_key": files.write(b"small", ".jpg")}
    proposals.photo(proposal, **keys, **attributes)


def busy_person(**attributes: Any) -> Person:
    """Somebody about whom every room knows something: written, backed, allowed, reported, objected, typed in office."""
    session = db.session()
    person = accounts.person(display_name=NAME, email=EMAIL, **attributes)
    process = spaces.process()
    said = {"title": f"{MARK} title", "text": f"{MARK} text"}
    alone = proposals.proposal(process, author=person, **said)
    _picture(alone, alternative_text=f"{MARK} picture")
    proposals.support(alone, person)
    proposals.comment(alone, author=person, text=f"{MARK} to myself")
    proposals.draft(process, author=person, **said)
    supported = proposals.proposal(process, author=person, title="A bench that others want", text="By the river.")
    _picture(supported)
    proposals.support(supported)
    hidden = proposals.proposal(process, author=person, state=ProposalState.HIDDEN, **said)
    _picture(hidden)
    moderation.hidden(hidden)
    other = proposals.proposal(process)
    proposals.support(other, person)
    proposals.follow(other, person)
    comment = proposals.comment(other, author=person, text=f"{MARK} comment")
    proposals.comment(other, author=person, parent=comment, text=f"{MARK} reply to myself")
    replied = proposals.comment(other, author=person, text="A remark that others answer")
    proposals.comment(other, parent=replied)
    unseen = proposals.comment(other, author=person, text=f"{MARK} insult", state=CommentState.HIDDEN)
    moderation.hidden(unseen)
    proposals.comment(other, hands_id=person.id)
    moderation.report(other, reporter_id=person.id, text="It is twice in the list.")
    winner = answers.implementation(voting.pot(process).projects[0], process)
    session.add(ImplementationFollow(implementation_id=winner.id, person_id=person.id))
    agreement = consents.agreement(process)
    consents.consent(agreement, person)
    detail = session.get(ContactDetail, (agreement.id, person.id))
    if detail is None:
        detail = ContactDetail(agreement_id=agreement.id, person_id=person.id, name=NAME, address=PHONE)
        session.add(detail)
    detail.name, detail.address = NAME, PHONE
    consents.consent(consents.agreement(spaces.process()), person, Answer.REFUSED)
    consents.usage(person)
    consents.notice(agreement, person)
    letter = newsletters.newsletter()
    letter.written_by_id = person.id
    note_usage_once(
        session, letter.id, person.id, kind="newsletter", by_role="city", agreement_id=letter.agreement_id, title="The trees"
    )
    interfaces.profile(person)
    session.add(Individual(client_id=interfaces.client().id, person_id=person.id, external_id=EMAIL))
    accounts.link(LinkPurpose.NEW_EMAIL, person=person, email=EMAIL)
    session.add_all(
        [
            RecoveryCode(person_id=person.id, code_hash=uuid.uuid4().hex * 2),
            AttemptCounter(key=key_of("password", EMAIL)),
            MailChoice(person_id=person.id, news=News.ANSWERS, wanted=False),
            MailChoice(address_hash=address_hash(EMAIL), news=News.ANSWERS, wanted=False),
            AreaUpload(person_id=person.id, file_name=f"{MARK}.geojson", content=b"{}", options={}),
            VoterIdentity(process_id=process.id, person_id=person.id, voter_key=uuid.uuid4().hex * 2),
            Objection(
                process_id=process.id, person_id=person.id, number=1, wording="The hall was shut.", name=NAME, contact=PHONE
            ),
        ]
    )
    audit.record(
        session,
        Actor(person_id=person.id),
        "proposal.withdrawn",
        alone,
        before=str(person.id),
        name=NAME,
        email=EMAIL,
        to=[EMAIL],
    )
    audit.record(session, Actor(person_id=uuid.uuid4()), "account.blocked", person, voice_id=person.id, reason=f"{NAME} asked")
    notify(session, moderation_mails.HIDDEN, person_id=person.id, params={"reason_code": "other", "title": f"{MARK} title"})
    notify(session, moderation_mails.APPROVED, email=EMAIL, locale="en", params={"title": f"{MARK} title"})
    session.flush()
    return person
