"""A house that is open for the round: real processes, the database behind them, and the mail that arrives."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.extensions import db
from app.features.accounts import passwords
from app.features.accounts.use_cases import keep_second_factor
from app.features.accounts.vault import vault as accounts_vault
from app.features.consents.references import vault as consents_vault
from app.features.interfaces.rules import webhook_vault
from app.features.receipts.signing import vault as receipts_vault
from app.features.spaces.models import Action, Process, Publication
from app.kernel import clock
from app.kernel.database import Database
from app.kernel.permissions import Role
from app.rooms import ROOMS
from tests.factories import accounts, spaces
from tests.support.processes import House
from tests.support.services import SmtpServer, free_port

VAULTS = (accounts_vault, consents_vault, receipts_vault, webhook_vault)
# As tests/support/application.py: other tests of this process find the vault bound to it.
SECRET_KEY = "testing-key-that-protects-nothing-at-all"
PASSWORD = "seven ducks on the frozen bay"
TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ON_THE_MAP = (24.936, 60.165, 24.953, 60.178)
SOON = 30.0  # seconds within which a letter must arrive


class City:
    """The open house with one process in it."""

    def __init__(self, house: House, mail: SmtpServer, database: Database, locale: str) -> None:
        self.house, self.mail, self.database, self.locale = house, mail, database, locale
        self.slug = "parks"
        self.reference = ""  # of Rosa's proposal
        self.pot_id = ""

    @property
    def url(self) -> str:
        """Where its pages are."""
        return self.house.url

    @contextmanager
    def data(self) -> Iterator[Session]:
        """One short transaction in the database of the house, in which the factories work."""
        factory, engine = db._factory, getattr(db, "engine", None)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(db, "engine", self.database.engine, raising=False)
            db.session.remove()
            factory.configure(bind=self.database.engine)
            try:
                with db.transaction() as session:
                    yield session
            finally:
                factory.configure(bind=engine)

    def letter(self, address: str, *words: str) -> EmailMessage:
        """The letter to `address` that says all of these words, once the worker has delivered it."""
        deadline = time.monotonic() + SOON
        while time.monotonic() < deadline:
            for letter in self.mail.to(address):
                if all(word in f"{letter['Subject']}\n{text_of(letter)}" for word in words):
                    return letter
            time.sleep(0.1)
        arrived = [f"to {one['To']}: {one['Subject']}" for one in self.mail.letters]
        raise AssertionError(
            f"no letter to {address} with {words} after {SOON} seconds; arrived: {arrived}\n{self.house.said()}"
        )

    def phases(self, **days: tuple[float, float]) -> None:
        """What time would do: `phases(proposals=(-20, -1), vote=(-1, 10))`, in days from now."""
        with self.data() as session:
            process = session.scalars(select(Process).where(Process.slug == self.slug)).one()
            for phase in process.phases:
                name = "vote" if Action.VOTE in phase.actions else "proposals"
                start, end = days[name]
                phase.starts_at = clock.now() + timedelta(days=start)
                phase.ends_at = clock.now() + timedelta(days=end)

    def login(self, name: str) -> dict[str, str]:
        """Address, password and language of somebody, for the factories."""
        return {"email": f"{name}@example.org", "password_hash": passwords.hashed(PASSWORD), "locale": self.locale}

    def process(self, session: Session) -> Process:
        """The process, within a transaction."""
        return session.scalars(select(Process).where(Process.slug == self.slug)).one()


def text_of(letter: EmailMessage) -> str:
    """What a letter says, as plain text."""
    part = letter.get_body(preferencelist=("plain",))
    assert part is not None, "a letter without text"
    return str(part.get_content())


@contextmanager
def opened(open_house: Callable[..., House], mail: SmtpServer, folder: Path, locale: str) -> Iterator[City]:
    """The house as it runs in production, on SQLite, with an open process; everybody in it reads `locale`."""
    port = free_port()
    for room in ROOMS:
        if find_spec(f"app.features.{room}.models"):
            import_module(f"app.features.{room}.models")
    for vault in VAULTS:
        vault.bind(SECRET_KEY)
    file = folder / "var" / "plaza.sqlite3"
    house = open_house(
        PORT=str(port),
        PLAZA_ENV="production",
        PLAZA_SECRET_KEY=SECRET_KEY,
        PLAZA_DATABASE_URL=f"sqlite:///{file}",
        PLAZA_MAIL_URL=mail.url,
        PLAZA_BASE_URL=f"http://127.0.0.1:{port}",
    )
    house.wait_until_open()
    database = Database()
    database.bind(f"sqlite:///{file}")
    city = City(house, mail, database, locale)
    with city.data():
        _settle(city)
    try:
        yield city
        assert house.process.poll() is None, house.said()
        assert "Traceback" not in house.said(), house.said()
    finally:
        database.engine.dispose()
        house.stop_at_once()


def _settle(city: City) -> None:
    area = spaces.area({"en": "Old town", "ar": "المدينة القديمة"}, code="old-town", box=ON_THE_MAP)
    title = {"en": "Parks for everybody", "ar": "حدائق للجميع"}
    process = spaces.process(title, area=area, slug=city.slug, open_for=None, publication=Publication.AFTER_APPROVAL)
    first = [Action.PROPOSE, Action.SUPPORT, Action.COMMENT]
    now = clock.now()
    spaces.phase(process, {"en": "Propose", "ar": "اقتراح"}, actions=first)
    spaces.phase(process, {"en": "Vote", "ar": "تصويت"}, actions=[Action.VOTE], starts_at=now + timedelta(days=40))
    spaces.category(process, {"en": "Benches", "ar": "مقاعد"}, code="benches")
    hired = (Role.MODERATOR, Role.OFFICER, Role.CLERK, Role.COMMITTEE, Role.STEWARD, Role.AUDITOR)
    for name, role in {**{role.value: role for role in hired}, "second": Role.COMMITTEE}.items():
        somebody = accounts.staff(role, process, display_name=f"Sam {name.title()}", **city.login(name))
        somebody.department = "Parks and Gardens"
        keep_second_factor(db.session(), somebody, TOTP)
