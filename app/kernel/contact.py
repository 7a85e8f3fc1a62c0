"""Where somebody may be reached: what can be an e-mail address or a telephone number. Nobody is asked whether it exists."""

import unicodedata

from email_validator import EmailNotValidError, validate_email

FEWEST_DIGITS, MOST_DIGITS = 5, 15  # the longest number of the world has fifteen (E.164)
BESIDE_DIGITS = frozenset(" ()/.-\u00a0\u2010\u2011\u2013\u200e\u200f")


def is_email(text: str) -> bool:
    """Whether this can be an e-mail address."""
    try:
        validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return False
    return True


def mailbox(address: str) -> str:
    """An address as it is compared: spelt the same way, without what stands behind a plus sign (the same letter box)."""
    name, _at, host = unicodedata.normalize("NFKC", address).strip().casefold().partition("@")
    return f"{name.partition('+')[0]}@{host}"


def is_phone(text: str) -> bool:
    """Whether this can be a telephone number, in any digits, with or without the country's code."""
    number = text.strip().lstrip("\u200e\u200f").removeprefix("+")
    digits = [character for character in number if character.isdecimal()]
    beside = set(number) - set(digits)
    return FEWEST_DIGITS <= len(digits) <= MOST_DIGITS and beside <= BESIDE_DIGITS
