"""What can happen here: an answer is published or changed, everyone who follows is told; a promise is made."""

from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.answers import mails, rules
from app.features.answers.commands import PromiseAnswers, PublishAnswer
from app.features.answers.models import AnswerPromise, AnswerVersion, OfficialAnswer
from app.features.answers.queries import answer_of
from app.features.notifications.use_cases import notify
from app.features.proposals.queries import Proposal, ProposalState, followers
from app.features.proposals.use_cases import note_answer
from app.features.spaces.queries import process as process_by_id
from app.kernel import audit, clock, outbox
from app.kernel.errors import Conflict, Invalid, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission


def publish_answer(session: Session, actor: Actor, command: PublishAnswer) -> OfficialAnswer:
    """Publish the city's reply, or a new version of it; those who follow are told after the commit.

    Raises NotFound for proposals outside the officer's processes or not published, Conflict when a colleague has
    answered since the officer opened the page, Invalid for missing words.
    """
    proposal = session.get(Proposal, command.proposal_id)
    if proposal is None or not actor.may(Permission.ANSWER, proposal.process_id):
        raise NotFound
    if proposal.state != ProposalState.PUBLISHED:
        raise Refused(msg("This proposal is not published, so it cannot be answered."))
    answer = answer_of(session, proposal.id)
    _check(command, answer)
    seen = answer.version if answer else 0
    if seen != command.seen_version:
        raise Conflict(msg("A colleague has answered meanwhile. Read their answer below, then decide whether to change it."))
    before = answer.status if answer else None
    if answer is None:
        answer = OfficialAnswer(proposal_id=proposal.id, process_id=proposal.process_id, version=0)
    _write(answer, actor, command)
    try:
        with session.begin_nested():
            session.add(answer)
            session.flush()
            session.add(_version(answer, actor))
            session.flush()
    except IntegrityError:
        raise Conflict(
            msg("A colleague has answered meanwhile. Read their answer below, then decide whether to change it.")
        ) from None
    note_answer(session, actor, proposal.id, command.status)
    audit.record(
        session,
        actor,
        "answer.published",
        answer,
        process_id=proposal.process_id,
        before=before,
        after=command.status,
        version=answer.version,
    )
    outbox.post(session, "answers.announce", answer_id=str(answer.id), version=answer.version)
    session.flush()
    return answer


def _check(command: PublishAnswer, answer: OfficialAnswer | None) -> None:
    errors = {}
    if not command.reasons.strip():
        errors["reasons"] = msg("Give the reasons. People read them before anything else.")
    if not command.department.strip():
        errors["department"] = msg("Say which department answers.")
    if command.cost is not None and command.cost < 0:
        errors["cost"] = msg("The cost cannot be below zero.")
    if problem := rules.date_problem(command.status, command.planned_for, answer.planned_for if answer else None, clock.now()):
        errors["planned_for"] = problem
    if errors:
        raise Invalid(errors)


def _write(answer: OfficialAnswer, actor: Actor, command: PublishAnswer) -> None:
    answer.status = command.status
    answer.reasons = command.reasons
    answer.language = command.language
    answer.cost = command.cost
    answer.currency = command.currency
    answer.planned_for = command.planned_for
    answer.department = command.department
    answer.officer_id = actor.person_id
    answer.version += 1
    answer.published_at = clock.now()


def _version(answer: OfficialAnswer, actor: Actor) -> AnswerVersion:
    return AnswerVersion(
        answer_id=answer.id,
        version=answer.version,
        officer_id=actor.person_id,
        content={
            "status": answer.status,
            "reasons": answer.reasons,
            "language": answer.language,
            "cost": answer.cost,
            "currency": answer.currency,
            "planned_for": answer.planned_for.isoformat() if answer.planned_for else None,
            "department": answer.department,
            "published_at": answer.published_at.isoformat(),
        },
    )


@outbox.handler("answers.announce")
def announce(session: Session, row: outbox.OutboxRow) -> None:
    """Write one letter for each follower, in the transaction that marks the announcement as done: nobody gets two.

    An answer that was replaced before the worker came says nothing any more; the newer announcement does.
    """
    answer = session.get(OfficialAnswer, UUID(row.payload["answer_id"]))
    if answer is None or answer.version != row.payload["version"]:
        return
    proposal = session.get_one(Proposal, answer.proposal_id)
    if proposal.state != ProposalState.PUBLISHED:
        return
    params = {
        "title": proposal.title,
        "reference": proposal.reference,
        "status": answer.status,
        "reasons": answer.reasons,
        "department": answer.department,
        "path": f"/proposals/{proposal.reference}",
    }
    for recipient in followers(session, proposal.id):
        notify(
            session,
            mails.ANSWERED,
            person_id=recipient.person_id,
            email=recipient.email,
            locale=recipient.locale,
            postal=recipient.postal,
            params=params,
        )


def promise_answers(session: Session, actor: Actor, command: PromiseAnswers) -> AnswerPromise:
    """Say within how many days this process answers. Raises Invalid outside 1 to 365 days."""
    actor.require(Permission.ANSWER, command.process_id)
    if not 1 <= command.days <= 365:
        raise Invalid({"days": msg("Choose between 1 and 365 days.")})
    promise = session.get(AnswerPromise, command.process_id)
    before = promise.days if promise else None
    if promise is None:
        promise = AnswerPromise(process_id=command.process_id)
        session.add(promise)
    promise.days = command.days
    session.flush()
    process = process_by_id(session, command.process_id)
    if process is None:
        raise NotFound
    audit.record(session, actor, "answers.promised", process, process_id=process.id, before=before, after=command.days)
    return promise
