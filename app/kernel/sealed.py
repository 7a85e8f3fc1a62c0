"""JSON documents in which some texts open something, such as codes: these are sealed on their way into the database."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Dialect
from sqlalchemy.types import TypeDecorator

from app.kernel.types import JsonDocument
from app.kernel.vault import Unreadable, Vault

MARK = "sealed:"
LOST = "?"
"""What stands in the place of a text that was sealed with another secret of the installation: it opens nothing."""
_NOBODY = UUID(int=0)


class SealedIn(TypeDecorator[dict[str, Any]]):
    """A JSON document of which the texts under these names are sealed with a vault; read back they are as they were written."""

    impl = JsonDocument
    cache_ok = True

    def __init__(self, vault: Vault, names: tuple[str, ...]) -> None:
        super().__init__()
        self.vault, self.names = vault, names

    def process_bind_param(self, value: Mapping[str, Any] | None, dialect: Dialect) -> dict[str, Any] | None:
        return None if value is None else {name: self._sealed(name, each) for name, each in value.items()}

    def process_result_value(self, value: Any, dialect: Dialect) -> dict[str, Any] | None:
        return None if value is None else {name: self._opened(name, each) for name, each in value.items()}

    def _sealed(self, name: str, text: Any) -> Any:
        secret = name in self.names and isinstance(text, str) and text
        return f"{MARK}{self.vault.seal(text, _NOBODY)}" if secret else text

    def _opened(self, name: str, text: Any) -> Any:
        if name not in self.names or not isinstance(text, str) or not text.startswith(MARK):
            return text
        try:
            return self.vault.open(text.removeprefix(MARK), _NOBODY)
        except Unreadable:
            return LOST
