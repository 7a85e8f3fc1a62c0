"""Who signs: the city, as its settings describe it. Bound when the application is made, as use cases know no settings."""

from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

from app.kernel.contact import is_email, is_phone


@dataclass(frozen=True)
class Issuer:
    """The city as a receipt names it. `jurisdiction` is a country code (ISO 3166-1)."""

    name: str
    contact: str
    address: str
    email: str
    phone: str
    url: str
    jurisdiction: str


def issuer_from(settings: Any) -> Issuer:
    """The issuer that the settings describe; the contact point is also the address or the telephone where it is one."""
    contact = settings.contact
    return Issuer(
        name=settings.city_name,
        contact=contact,
        address=settings.postal_address,
        email=contact if is_email(contact) else parseaddr(settings.mail_from)[1],
        phone=contact if is_phone(contact) else "",
        url=settings.base_url,
        jurisdiction=settings.jurisdiction,
    )


class _Bound:
    """The issuer of this application. Unbound until `bind`."""

    _issuer: Issuer | None = None

    def bind(self, settings: Any) -> None:
        """Take the issuer from the settings."""
        self._issuer = issuer_from(settings)

    def __call__(self) -> Issuer:
        if self._issuer is None:
            raise RuntimeError("the issuer is used before it is bound")
        return self._issuer


issuer = _Bound()
