"""What can be an e-mail address or a telephone number."""

import pytest

from app.kernel.contact import is_email, is_phone


@pytest.mark.parametrize("text", ["aino@example.org", " aino.m+plaza@mail.example.org "])
def test_an_address_of_mail_is_one(text: str) -> None:
    assert is_email(text)


@pytest.mark.parametrize("text", ["zzz", "a@b", "@example.org", "aino@", "050 123 4567", ""])
def test_what_no_mail_server_would_take_is_none(text: str) -> None:
    assert not is_email(text)


@pytest.mark.parametrize(
    "text", ["050 123", "+358 40 123 4567", "(09) 310-1691", "030/901820", "٠٥٠ ١٢٣ ٤٥٦٧", "+49.30.90 18 20", "112 233"]
)
def test_a_number_may_be_written_as_people_write_it(text: str) -> None:
    assert is_phone(text)


@pytest.mark.parametrize("text", ["zzz", "abc", "12", "050 CALL ME", "1234567890123456", "aino@example.org", "+", ""])
def test_what_cannot_be_dialled_is_no_number(text: str) -> None:
    assert not is_phone(text)
