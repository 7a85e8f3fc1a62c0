"""Passwords are stored as Argon2id."""

import pytest
from argon2 import PasswordHasher

from app.features.accounts import passwords


def test_a_hash_fits_its_password_and_no_other() -> None:
    stored = passwords.hashed("correct horse battery")
    assert stored.startswith("$argon2id$")
    assert passwords.matches(stored, "correct horse battery")
    assert not passwords.matches(stored, "correct horse batterx")
    assert not passwords.is_outdated(stored)


def test_composed_and_decomposed_letters_are_the_same_password() -> None:
    assert passwords.matches(passwords.hashed("gr\u00fcner Frosch"), "gru\u0308ner Frosch")


def test_a_hash_of_older_parameters_is_outdated() -> None:
    assert passwords.is_outdated(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash("x"))


@pytest.mark.parametrize("stored", [None, "", "not a hash"])
def test_without_a_hash_no_password_fits(stored: str | None) -> None:
    assert not passwords.matches(stored, "nobody has this password")
