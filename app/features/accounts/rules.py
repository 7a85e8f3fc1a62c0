"""How long a session lasts, how long to wait after a wrong attempt, what a password must be. Pure."""

import unicodedata
from collections.abc import Set
from datetime import datetime, timedelta
from enum import StrEnum

from app.features.accounts.known import KnownPerson, KnownSession
from app.features.accounts.models import Person, SignInSession
from app.kernel.errors import Forbidden
from app.kernel.messages import Message, msg, nmsg
from app.kernel.permissions import Actor, Role

LINK_LIFE = timedelta(minutes=30)
IDLE = timedelta(days=14)
STAFF_IDLE = timedelta(minutes=60)
LIFE = timedelta(days=90)
STAFF_LIFE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=5)
USED_EVERY = timedelta(days=1)
RECENTLY = timedelta(minutes=30)

FREE_ATTEMPTS = 3
FIRST_WAIT = 5
LONGEST_WAIT = 15 * 60
FORGET_ATTEMPTS_AFTER = timedelta(hours=24)

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
LONGEST_NAME = 80
LONGEST_EMAIL = 254
LONGEST_REASON = 500
# The first guesses of everybody's list that are long enough to pass the length. A longer list buys little beside the growing
# delay: a guesser gets some hundred attempts a day at one account.
_COMMON = """
1234567890 12345678910 123456789a a123456789 0123456789 0987654321 1q2w3e4r5t 1qaz2wsx3edc qwertyuiop qwerty12345 qwertz12345
asdfghjkl1 password12 password123 password1234 passwort123 passwort1234 salasana123 salasana1234 iloveyou12 letmein123
letmein1234 welcome123 welcome1234 willkommen willkommen1 tervetuloa administrator admin12345 changeme123 football123
superman123 sunshine123 princess123 1password1 plaza12345 plazaplaza
"""
COMMON_PASSWORDS = frozenset(_COMMON.split())


ROLE_NAMES: dict[Role, Message] = {
    Role.ADMINISTRATOR: msg("Administrator"),
    Role.MODERATOR: msg("Moderator"),
    Role.CLERK: msg("Intake clerk"),
    Role.OFFICER: msg("Answering officer"),
    Role.COMMITTEE: msg("Committee member"),
    Role.STEWARD: msg("Data steward"),
    Role.AUDITOR: msg("Auditor"),
}
ROLE_TASKS: dict[Role, Message] = {
    Role.ADMINISTRATOR: msg("sets up processes, areas and data agreements, and gives roles, everywhere"),
    Role.MODERATOR: msg("approves, hides and restores contributions"),
    Role.CLERK: msg("takes in paper forms and phone calls, and serves people at the desk"),
    Role.OFFICER: msg("writes the city's answers to proposals"),
    Role.COMMITTEE: msg("sets up budgets, and closes and certifies counts"),
    Role.STEWARD: msg("releases data sets and writes data agreements"),
    Role.AUDITOR: msg("reads everything about counts and the audit log, and changes nothing"),
}


def how_to_object(contact: str) -> Message:
    """Whom a blocked person tells that it is a mistake: on the page and in the letter the same, whoever sends letters."""
    if contact:
        return msg("To object, write to %(contact)s and say why.", contact=contact)
    return msg("To object, tell the customer service of your city why, at its desk, by telephone or by letter.")


class Blocked(Forbidden):
    """The account is closed. Said only to somebody who has shown that it is theirs."""

    def __init__(self, contact: str = "") -> None:
        super().__init__(msg("This account is blocked, so you cannot sign in. %(where)s", where=how_to_object(contact)))


class Proof(StrEnum):
    """What somebody must show before their address or password changes."""

    NONE = "none"
    PASSWORD = "password"  # noqa: S105  a word, not a secret
    LETTER = "letter"


def is_staff_member(person: Person | KnownPerson) -> bool:
    """Whether somebody has a role or is an administrator, second factor passed or not."""
    return person.is_administrator or bool(person.assignments)


def may_sign_in(person: Person | KnownPerson) -> bool:
    """Whether this account is open: it has an address, and is neither blocked nor erased."""
    return person.email is not None and person.blocked_at is None and person.erased_at is None


def is_over(session: SignInSession | KnownSession, *, staff: bool, now: datetime) -> bool:
    """Whether a signed-in browser has been signed out, has been idle for too long, or has simply lasted long enough."""
    life, idle = (STAFF_LIFE, STAFF_IDLE) if staff else (LIFE, IDLE)
    return (
        session.ended_at is not None
        or now >= session.expires_at
        or now >= session.created_at + life
        or now >= session.last_seen_at + idle
    )


def actor_for(session: SignInSession | KnownSession, locale: str) -> Actor:
    """Who asks from this browser: a resident, until a staff member has passed the second factor here."""
    person = session.person
    if session.second_factor_at is None or person.totp_confirmed_at is None:
        return Actor(person_id=person.id, locale=locale)
    return Actor(
        person_id=person.id,
        is_administrator=person.is_administrator,
        roles=frozenset((assignment.role, assignment.process_id) for assignment in person.assignments),
        locale=locale,
    )


def wait_after(failures: int) -> int:
    """Seconds to wait after that many wrong attempts in a row: 0, 0, 0, 5, 10, 20 … up to a quarter of an hour."""
    beyond = failures - FREE_ATTEMPTS
    return 0 if beyond <= 0 else min(FIRST_WAIT * 2 ** min(beyond - 1, 12), LONGEST_WAIT)


def password_problem(password: str, *, about: Set[str] = frozenset()) -> Message | None:
    """Why this cannot be a password, or None. `about` are words about the person that it must not be: address, name."""
    if len(password) < SHORTEST_PASSWORD:
        return nmsg(
            "Use at least %(num)s character. Three or four words make a good password.",
            "Use at least %(num)s characters. Three or four words make a good password.",
            SHORTEST_PASSWORD,
        )
    if len(password) > LONGEST_PASSWORD:
        return nmsg("Use at most %(num)s character.", "Use at most %(num)s characters.", LONGEST_PASSWORD)
    folded = password.casefold().strip()
    if folded in COMMON_PASSWORDS or len(set(folded)) < 4:
        return msg("This password is among the first that others would try. Choose another one.")
    if folded in {word.casefold() for word in about if word}:
        return msg("This password is your own name or address. Choose another one.")
    return None


def name_problem(name: str) -> Message | None:
    """Why this cannot stand beside contributions, or None. Any script will do, but something must be seen."""
    if len(name) > LONGEST_NAME:
        return nmsg("Use at most %(num)s character.", "Use at most %(num)s characters.", LONGEST_NAME)
    if not any(unicodedata.category(character)[0] in "LN" for character in name):
        return msg("Write the name that others will see, with at least one letter.")
    return None


def proof_needed(session: SignInSession, now: datetime) -> Proof:
    """A letter that signed this browser in a moment ago is proof enough; else the password; else such a letter."""
    if session.by_link and now < session.created_at + RECENTLY:
        return Proof.NONE
    return Proof.PASSWORD if session.person.password_hash else Proof.LETTER
