"""Keys derived from the installation's secret."""

from uuid import uuid4

import pytest

from app.features.accounts.vault import Unreadable, Vault


@pytest.fixture
def vault() -> Vault:
    made = Vault("accounts")
    made.bind("a secret key of the installation")
    return made


def test_what_was_sealed_for_somebody_opens_for_them_alone(vault: Vault) -> None:
    ada, otto = uuid4(), uuid4()
    sealed = vault.seal("JBSWY3DP", ada)
    assert "JBSWY3DP" not in sealed
    assert vault.open(sealed, ada) == "JBSWY3DP"
    with pytest.raises(Unreadable):
        vault.open(sealed, otto)


def test_the_same_secret_looks_different_each_time(vault: Vault) -> None:
    ada = uuid4()
    assert vault.seal("JBSWY3DP", ada) != vault.seal("JBSWY3DP", ada)


def test_another_installation_cannot_open_it(vault: Vault) -> None:
    ada, other = uuid4(), Vault("accounts")
    other.bind("another secret key")
    with pytest.raises(Unreadable):
        other.open(vault.seal("JBSWY3DP", ada), ada)


@pytest.mark.parametrize("sealed", ["", "JBSWY3DPEHPK3PXP", "not base64 %", "AQ=="])
def test_what_was_never_sealed_is_unreadable(vault: Vault, sealed: str) -> None:
    with pytest.raises(Unreadable):
        vault.open(sealed, uuid4())


def test_digests_of_different_uses_differ(vault: Vault) -> None:
    assert vault.digest("attempts code", "x") != vault.digest("attempts letter", "x")
    assert len(vault.digest("attempts code", "\ud800")) == 64


def test_an_unbound_vault_says_so() -> None:
    with pytest.raises(RuntimeError):
        Vault("accounts").digest("x", "y")
