"""Keyed hashes of the digits that let a browser in: they are short, so a plain hash of them could be guessed."""

from app.kernel.vault import Vault

vault = Vault("kiosk")
