"""Who can sign in to the demonstration city, with random passwords kept beside the database for its owner alone."""

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from app.features.accounts import totp
from app.kernel import clock
from app.kernel.permissions import Role
from app.kernel.references import ALPHABET

FILE = "demo-accounts.json"
ADDRESS = "served-address"
RESIDENT = "resident"
STATION, CARD, STUB = "Hakaniemi library", "DEMO P 00100", 100
"""Where people vote on paper, and a voter who has not come yet."""


@dataclass(frozen=True)
class Account:
    """One account of the table. `role` is a role's value, or `resident`; residents have no second factor."""

    key: str
    role: str
    name: str
    email: str
    locale: str
    password: str
    totp_secret: str = ""
    department: str = ""

    @property
    def is_staff(self) -> bool:
        """Whether this account has a role."""
        return self.role != RESIDENT


_CAST = (
    ("administrator", Role.ADMINISTRATOR, "Helka Aaltola", "en", "City Manager's Office"),
    ("moderator", Role.MODERATOR, "Petri Moisio", "en", "Participation Team"),
    ("clerk", Role.CLERK, "Raija Suvanto", "en", "Customer Service"),
    ("colleague", Role.CLERK, "Veikko Rantala", "en", "Customer Service"),
    ("officer", Role.OFFICER, "Ulla Ketonen", "en", "Parks and Streets"),
    ("committee", Role.COMMITTEE, "Tuomas Harjula", "en", "Budget Committee"),
    ("second", Role.COMMITTEE, "Kirsi Paananen", "en", "Budget Committee"),
    ("steward", Role.STEWARD, "Nea Lindqvist-Aro", "en", "Data Office"),
    ("auditor", Role.AUDITOR, "Osmo Vainikka", "en", "Audit Office"),
    ("aino", RESIDENT, "Aino K.", "fi", ""),
    ("samira", RESIDENT, "سميرة ح.", "ar", ""),
    ("jonas", RESIDENT, "Jonas B.", "de", ""),
    ("maeve", RESIDENT, "Maeve O.", "en", ""),
)


def new_accounts() -> list[Account]:
    """The cast with fresh passwords and second factors."""
    return [
        Account(
            key=key,
            role=str(role),
            name=name,
            email=f"{key}@plaza.example",
            locale=locale,
            department=department,
            password=_password(),
            totp_secret=totp.new_secret() if role != RESIDENT else "",
        )
        for key, role, name, locale, department in _CAST
    ]


def _password() -> str:
    """Twelve letters and digits that are hard to mistake, some 58 bits, in three groups to type."""
    return "-".join("".join(secrets.choice(ALPHABET.lower()) for _ in range(4)) for _ in range(3))


def complete(known: Sequence[Account]) -> list[Account]:
    """The whole cast: those that are known, and whoever joined it since."""
    keys = {account.key for account in known}
    return [*known, *(account for account in new_accounts() if account.key not in keys)]


def stored(folder: Path) -> list[Account] | None:
    """The accounts of this installation, or None when there are none that can be read."""
    try:
        rows = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return [Account(**row) for row in rows]
    except (FileNotFoundError, ValueError, TypeError):
        return None


def store(folder: Path, accounts: Sequence[Account]) -> None:
    """Keep them in a file that only the owner may read."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump([asdict(account) for account in accounts], file, ensure_ascii=False, indent=1)


def remember_address(folder: Path, address: str) -> None:
    """Keep the address under which this city is served, for commands that run beside the server."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ADDRESS).write_text(f"{address}\n", encoding="utf-8")


def served_address(folder: Path, otherwise: str) -> str:
    """The address under which this city was last served; `otherwise` where none is known."""
    try:
        found = (folder / ADDRESS).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return otherwise
    return found if found.startswith("http") and found.isprintable() else otherwise


def table(accounts: Sequence[Account], base_url: str) -> str:
    """The accounts as people read them on the console, with the codes of this moment."""
    now = clock.now()
    rows = [("who", "e-mail", "password", "code now")]
    for account in accounts:
        code = totp.code_at(account.totp_secret, now) if account.totp_secret else ""
        who = account.role if account.is_staff else f"{account.role} ({account.locale})"
        rows.append((who, account.email, account.password, f"{code[:3]} {code[3:]}" if code else "none needed"))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  " + "   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(
        [
            f"People of the demonstration city, made up for this installation. Sign in at {base_url}/account/sign-in",
            "",
            *lines,
            "",
            "  A code is good for a minute and works once. For fresh ones:",
            "  PLAZA_ENV=development .venv/bin/flask --app wsgi demo accounts",
            "",
            "  Two clerks: what one of them types from paper, the other reads. Both stand on today's list of the station",
            f"  {STATION}: {base_url}/staff/stations. A card number to try there: {CARD} (with the stub {STUB}).",
            "",
            f"  E-mails are not sent. They stand here: {base_url}/development/mail",
        ]
    )
