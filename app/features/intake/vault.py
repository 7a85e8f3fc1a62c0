"""Seals the codes of slips that stand on sheets: of a code only a digest is kept, also while a sheet waits in its batch."""

from app.kernel.vault import Vault

vault = Vault("intake")
