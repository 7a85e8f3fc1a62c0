"""The keys of this room: they seal second-factor secrets, and hash codes and whose attempts are counted."""

from app.kernel.vault import Unreadable, Vault

__all__ = ["Unreadable", "Vault", "vault"]

vault = Vault("accounts")
