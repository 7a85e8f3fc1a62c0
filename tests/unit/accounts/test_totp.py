"""Six-digit codes and recovery codes, against the standard's own numbers."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from app.features.accounts import totp

# RFC 6238, appendix B, SHA-1: the secret is "12345678901234567890"; our codes are the last six of its eight digits.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
NOW = datetime(2026, 5, 11, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert totp.code_at(SECRET, at) == code
    assert totp.matching_step(SECRET, code, at, after=None) == seconds // 30


def test_a_clock_may_be_half_a_minute_off_but_not_more() -> None:
    code = totp.code_at(SECRET, NOW)
    for seconds, accepted in ((-30, True), (30, True), (-60, False), (60, False)):
        step = totp.matching_step(SECRET, code, NOW + timedelta(seconds=seconds), after=None)
        assert (step is not None) is accepted, seconds


def test_a_step_that_was_used_is_refused() -> None:
    code = totp.code_at(SECRET, NOW)
    step = totp.matching_step(SECRET, code, NOW, after=None)
    assert totp.matching_step(SECRET, code, NOW, after=step) is None


@pytest.mark.parametrize("code", ["ä" * 6, "م12345", "\U0001f469", ""])
def test_what_is_no_code_matches_no_step(code: str) -> None:
    assert totp.matching_step(SECRET, totp.canonical(code), NOW, after=None) is None


def test_a_code_is_read_in_the_digits_of_every_script() -> None:
    assert totp.canonical(" ٠٨١ ٨٠٤") == totp.canonical("۰۸۱۸۰۴") == "081804"


def test_recovery_codes_differ_and_cannot_be_misread() -> None:
    codes = totp.new_recovery_codes()
    assert len(set(codes)) == 10
    for code in codes:
        assert re.fullmatch(r"[2-9A-HJKMNP-TV-Z]{5}-[2-9A-HJKMNP-TV-Z]{5}", code)
        assert totp.canonical(f" {code.lower()} ") == code.replace("-", "")


def test_the_picture_needs_no_inline_style() -> None:
    picture = totp.picture(totp.address(SECRET, account="ada@example.org", city="Plaza"))
    assert picture.startswith("<svg")
    assert "style=" not in picture
    assert "http://" not in picture.replace("http://www.w3.org/2000/svg", "")
