"""The second factor: a six-digit code that a phone computes every 30 seconds (RFC 6238), and recovery codes on paper."""

import hmac
import secrets
import unicodedata
from datetime import datetime

import pyotp
import segno

from app.kernel.references import ALPHABET

STEP = 30
DRIFT = 1  # steps before and after the present one, for clocks that are a little off
RECOVERY_CODES = 10


def new_secret() -> str:
    """A secret of 160 bits, as RFC 4226 section 4 recommends, in base32."""
    return pyotp.random_base32(32)


def matching_step(secret: str, code: str, now: datetime, *, after: int | None) -> int | None:
    """The time step whose code this is, or None. Steps up to `after` were used before and are refused (RFC 6238, 5.2)."""
    if not code.isascii():  # no code is, and what compares in constant time takes no other letters
        return None
    present = int(now.timestamp()) // STEP
    generator = pyotp.TOTP(secret)
    for step in range(present - DRIFT, present + DRIFT + 1):
        if hmac.compare_digest(generator.generate_otp(step), code) and (after is None or step > after):
            return step
    return None


def code_at(secret: str, now: datetime) -> str:
    """The code that a phone shows at this moment: for tests and the demonstration city."""
    return pyotp.TOTP(secret).generate_otp(int(now.timestamp()) // STEP)


def address(secret: str, *, account: str, city: str) -> str:
    """What the QR code says to an authenticator."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=city)


def picture(text: str) -> str:
    """A QR code as SVG, drawn here, without style attributes; black on white in every theme."""
    return str(
        segno.make(text, error="m", micro=False).svg_inline(scale=5, dark="#000000", light="#ffffff", border=3, omitsize=True)
    )


def spelled(secret: str) -> str:
    """The secret in groups of four, to be typed from the screen."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def new_recovery_codes() -> list[str]:
    """Ten codes of ten characters that cannot be mistaken for each other (49 bits each)."""
    codes = ("".join(secrets.choice(ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES))
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def canonical(typed: str) -> str:
    """A code as typed by hand: without spaces and hyphens, in upper case, its digits those of any script."""
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in typed if c.isalnum()).upper()
