"""The people of the demonstration city: the cast that can sign in, and residents who only took part."""

import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.developers.demo import content
from app.developers.demo.accounts import Account
from app.features.accounts import passwords
from app.features.accounts.commands import ChangeRole
from app.features.accounts.models import Person
from app.features.accounts.use_cases import give_role, make_administrator
from app.features.accounts.use_cases.second_factor import keep_second_factor
from app.features.spaces.models import Process
from app.kernel import clock
from app.kernel.permissions import SYSTEM, Actor, Channel, Role

# How many residents speak what. Swedish has no pages of its own here, so these people read Finnish ones.
SPEAKERS = {"fi": 132, "sv": 18, "en": 44, "de": 20, "ar": 36}
SURNAME_LETTERS = {"ar": "ابجحخدرسشعفقكمنهي"}
LATIN = "ABDEFGHJKLMNOPRSTV"
PEOPLE = uuid.UUID("5f0cbb0e-3a70-4a6e-8a3c-9d3d5b7a4c11")


@dataclass
class People:
    """Residents by the language they write, and staff by their key."""

    by_language: dict[str, list[Person]] = field(default_factory=dict)
    cast: dict[str, Person] = field(default_factory=dict)
    roles: dict[str, frozenset[tuple[Role, uuid.UUID]]] = field(default_factory=dict)

    @property
    def residents(self) -> list[Person]:
        """Everybody who is not staff, in a fixed order."""
        return [person for group in self.by_language.values() for person in group]

    def somebody(self, language: str, chance: random.Random, but: Sequence[uuid.UUID] = ()) -> Person:
        """A resident who writes that language and is none of `but`."""
        return chance.choice([person for person in self.by_language[language] if person.id not in but])

    def actor(self, key: str) -> Actor:
        """A member of staff at work, second factor passed."""
        person = self.cast[key]
        return Actor(
            person_id=person.id,
            is_administrator=person.is_administrator,
            roles=self.roles.get(key, frozenset()),
            locale=person.locale,
        )


def resident(person: Person, channel: Channel = Channel.WEB) -> Actor:
    """A resident at a screen."""
    return Actor(person_id=person.id, channel=channel, locale=person.locale)


def settle(session: Session, accounts: Sequence[Account], since: datetime) -> People:
    """Write down everybody; accounts came into being over the half year after `since`."""
    chance = random.Random("people")
    people = People()
    names: Mapping[str, list[str]] = content.read("names.json")
    for language, number in SPEAKERS.items():
        letters = SURNAME_LETTERS.get(language, LATIN)
        shown = _names(names[language], letters, number, chance)
        people.by_language[language] = [
            _person(session, f"{language}-{index}", name, language, since + timedelta(days=chance.randint(0, 160)))
            for index, name in enumerate(shown, start=1)
        ]
    for account in accounts:
        person = _member(session, account, since)
        people.cast[account.key] = person
        if not account.is_staff:
            people.by_language[account.locale].append(person)
    session.flush()
    chief = people.cast["administrator"]
    make_administrator(session, SYSTEM, chief.email or "", chief.display_name, chief.locale)
    return people


def _names(first: Sequence[str], letters: str, number: int, chance: random.Random) -> list[str]:
    """As many different names as needed: a first name and the letter of a surname."""
    pairs = [f"{name} {letter}." for name in first for letter in letters]
    return chance.sample(pairs, number)


def _person(session: Session, key: str, name: str, language: str, since: datetime) -> Person:
    person = Person(
        id=uuid.uuid5(PEOPLE, key),
        email=f"{key}@residents.plaza.example",
        display_name=name,
        locale="fi" if language == "sv" else language,
        email_confirmed_at=since,
        created_at=since,
    )
    session.add(person)
    return person


def _member(session: Session, account: Account, since: datetime) -> Person:
    """Somebody of the cast, who can sign in with the password of the table."""
    person = Person(
        id=uuid.uuid5(PEOPLE, account.key),
        email=account.email,
        display_name=account.name,
        locale=account.locale,
        department=account.department,
        email_confirmed_at=since,
        created_at=since,
    )
    session.add(person)
    session.flush()
    give_keys(session, person, account)
    return person


def give_keys(session: Session, person: Person, account: Account) -> None:
    """The password of the table, and for staff the second factor."""
    person.password_hash = passwords.hashed(account.password)
    if account.totp_secret:
        keep_second_factor(session, person, account.totp_secret)
    session.flush()


def give_roles(session: Session, people: People, accounts: Sequence[Account], processes: Sequence[Process]) -> None:
    """Every role in every process, given by the administrator with a reason, as on the page."""
    actor = people.actor("administrator")
    for account in accounts:
        if not account.is_staff or account.role == Role.ADMINISTRATOR:
            continue
        role = Role(account.role)
        for process in processes:
            with clock.pinned(process.created_at + timedelta(hours=5)):
                give_role(session, actor, ChangeRole(people.cast[account.key].id, role, process.id, "Works on this process"))
                session.flush()
        people.roles[account.key] = frozenset((role, process.id) for process in processes)
