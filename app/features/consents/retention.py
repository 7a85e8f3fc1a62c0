"""What this room removes by itself: who used somebody's data, once that is long ago; letters to guardians, and guardians."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from app.features.consents.models import Answer, ConsentLetter, ConsentRecord, Guardian, GuardianRequest, Minor
from app.features.consents.queries import USAGES_KEPT
from app.features.consents.use_cases.usages import count_old_usages, forget_old_usages
from app.kernel.messages import msg
from app.kernel.retention import Rule, declare, rows

USAGES = declare(
    Rule(
        "usages",
        msg("Notes on who used somebody's data, and when"),
        msg("after the use; longer for as long as the consent that it rests on is in force"),
        msg("So that people can see for two years who used their data."),
        USAGES_KEPT.days,
        count_old_usages,
        forget_old_usages,
    )
)


def _of_age(before: datetime) -> ColumnElement[bool]:
    return Minor.of_age_on <= before.date()


def _grown_up(session: Session, before: datetime) -> int:
    return session.scalar(select(func.count()).select_from(Minor).where(_of_age(before))) or 0


def _forget_grown_up(session: Session, before: datetime, most: int) -> int:
    """The adults first: whose they are stands in the other table. Events stay, and say that a guardian spoke."""
    people = session.scalars(select(Minor.person_id).where(_of_age(before)).order_by(Minor.person_id).limit(most)).all()
    session.execute(delete(Guardian).where(Guardian.minor_id.in_(people)))
    session.execute(delete(Minor).where(Minor.person_id.in_(people)))
    return len(people)


rows(
    "guardian_links",
    msg("Links in letters to the adults who answer for young people"),
    GuardianRequest,
    lambda before: GuardianRequest.expires_at <= before,
    since=msg("in the night after they have run out, 14 days after the letter"),
    why=msg("They open nothing any more."),
    days=0,
)


def _nothing_to_take_back(before: datetime) -> ColumnElement[bool]:
    """Letters that nobody answered in time, and those whose link takes back no yes."""
    still_given = exists().where(
        ConsentRecord.agreement_id == ConsentLetter.agreement_id,
        ConsentRecord.person_id == ConsentLetter.person_id,
        ConsentRecord.answer == Answer.GIVEN,
    )
    return and_(ConsentLetter.expires_at <= before, or_(ConsentLetter.answered_at.is_(None), ~still_given))


rows(
    "consent_letters",
    msg("Links in letters to addresses for which another program asked"),
    ConsentLetter,
    _nothing_to_take_back,
    since=msg("in the night after they have run out, 7 days after the letter; longer while the link takes back a yes"),
    why=msg("They open nothing any more."),
    days=0,
)
rows(
    "guardians_without_answer",
    msg("Names and addresses of adults whom a young person has named, and who never answered"),
    Guardian,
    lambda before: and_(
        Guardian.confirmed_at.is_(None),
        Guardian.created_at <= before,
        ~exists().where(GuardianRequest.guardian_id == Guardian.id, GuardianRequest.expires_at > before),
    ),
    since=msg("after they were named"),
    why=msg("They have not asked to be in here. The young person can name them again."),
    days=30,
    fewest_days=14,
)
declare(
    Rule(
        "guardians",
        msg("The month in which a young person comes of age, with the names and addresses of the adults who answered for them"),
        msg("in the night after that month"),
        msg("From then on they decide alone. That an adult had spoken for them stays in their answers, without the name."),
        0,
        _grown_up,
        _forget_grown_up,
    )
)
