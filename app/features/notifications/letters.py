"""Turns an outbox row into a letter: in the reader's language, with addresses that work outside, and a way to stop the news.

Works without a request, because a worker has none.
"""

import hashlib
import hmac
import re
import uuid
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from babel import Locale
from flask import Flask, current_app
from flask_babel import force_locale, gettext
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.features.notifications.models import MailChoice, PaperLetter
from app.features.notifications.queries import Address, Mail, News, address_of, mail, wanted
from app.kernel.mail import letter
from app.kernel.messages import Message
from app.kernel.outbox import OutboxRow
from app.web.filters import translate


@dataclass(frozen=True)
class Reader:
    """Whom a link for stopping news belongs to, and which news."""

    news: News
    person_id: uuid.UUID | None = None
    address_hash: str | None = None


def letter_for(session: Session, row: OutboxRow) -> EmailMessage | None:
    """The letter of an outbox row; None when its reader has no address, does not want it, or it has nothing to say now."""
    payload = row.payload
    kind = mail(payload["mail"])
    person_id = uuid.UUID(payload["person_id"]) if payload["person_id"] else None
    params = dict(payload["params"])
    if person_id and kind.where:
        address = kind.where(session, person_id, params)
    else:
        address = address_of(session, person_id) if person_id else Address(payload["email"], payload["locale"] or "")
    if address is None:
        return None
    reader = None
    if kind.news is not None:
        reader = Reader(kind.news, person_id, None if person_id else address_hash(address.email))
        if not wanted(session, reader.news, person_id=reader.person_id, address_hash=reader.address_hash):
            return None
    if kind.prepare is not None:
        prepared = kind.prepare(session, params)
        if prepared is None:
            return None
        params = prepared
    stop = ("notifications.stop", {"token": stop_token(reader)}) if reader else None
    if kind.stop is not None and person_id:
        stop = kind.stop(person_id, params)
    return _written(kind, address, params, stop, key=str(row.id))


def paper_letter_for(session: Session, row: OutboxRow) -> PaperLetter | None:
    """The same on paper, for the post; None when it is there already, its proposal is gone, or it has nothing to say now."""
    payload = row.payload
    kind, postal = mail(payload["mail"]), payload["postal"]
    known = session.scalars(select(PaperLetter.id).where(PaperLetter.key == str(row.id))).first()
    if known is not None:
        return None
    reader = address_hash(postal["lines"])
    if kind.renews:
        session.execute(update(MailChoice).where(MailChoice.address_hash == reader).values(wanted=True))
    if kind.news is not None and not wanted(session, kind.news, address_hash=reader):
        return None
    params = dict(payload["params"])
    prepared = kind.prepare(session, params) if kind.prepare is not None else params
    if prepared is None:
        return None
    address = Address("", payload["locale"] or "")
    locale, subject, text = _words(kind, address, prepared)
    return PaperLetter(
        key=str(row.id),
        mail=kind.name,
        proposal_id=uuid.UUID(postal["proposal_id"]),
        process_id=uuid.UUID(postal["process_id"]),
        address=postal["lines"],
        language=locale,
        large=bool(postal["large"]),
        subject=subject[:300],
        text=_tidy(text),
    )


def _words(kind: Mail, address: Address, params: dict[str, Any]) -> tuple[str, str, str]:
    """Language, subject and text of a letter."""
    settings = current_app.config["SETTINGS"]
    locale = address.locale if address.locale in settings.languages else settings.default_language
    with force_locale(locale):
        subject = translate(Message(kind.subject.template, {**kind.subject.params, **params}))
        direction = Locale.parse(locale).text_direction
        text = current_app.jinja_env.get_template(kind.template).render(
            {
                "locale": locale,
                "text_direction": direction,
                "reader": address.name,
                "url": OutsideAddress(params.get("path", "/")),
                "base_url": settings.base_url,
                **(_isolated(params) if direction == "rtl" else params),
            }
        )
    return locale, subject, text


QUOTED = ("title", "reference", "department")
"""What a letter quotes inside a sentence, and may be in any language."""


def _isolated(params: dict[str, Any]) -> dict[str, Any]:
    """With what is quoted in a frame of its own, so that a Finnish title turns no brackets around in an Arabic sentence."""
    return {
        name: f"\u2068{one}\u2069" if name in QUOTED and isinstance(one, str) and one else one for name, one in params.items()
    }


def _written(
    kind: Mail, address: Address, params: dict[str, Any], stop: tuple[str, dict[str, str]] | None, *, key: str
) -> EmailMessage:
    settings = current_app.config["SETTINGS"]
    locale, subject, text = _words(kind, address, params)
    stop_url = outside_url(stop[0], **stop[1]) if stop else ""
    if stop_url:
        with force_locale(locale):
            question = gettext("Do you no longer want letters of this kind? Stop them here, without signing in:")
        text = f"{text.rstrip()}\n\n{question}\n{stop_url}"
    message = letter(sender=settings.mail_from, to=address.email, subject=subject, body=_tidy(text), key=key)
    message["Content-Language"] = locale
    if stop_url:  # RFC 2369, and RFC 8058 for the button that mail programs draw themselves
        message["List-Unsubscribe"] = f"<{stop_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message


@dataclass(frozen=True)
class OutsideAddress:
    """`url` in a letter: `{{ url("endpoint", …) }}`, `{{ url("/path") }}`, or alone the address of the parameter `path`."""

    path: str

    def __call__(self, target: str, **values: Any) -> str:
        return outside_url(target, **values)

    def __str__(self) -> str:
        return outside_url(self.path)


def outside_url(target: str, **values: Any) -> str:
    """The full address of an endpoint, or of a path of ours, under the installation's own name."""
    base_url: str = current_app.config["SETTINGS"].base_url
    if target.startswith("/"):
        return base_url + target
    parts = urlsplit(base_url)
    adapter = current_app.url_map.bind(parts.netloc, script_name=parts.path or "/", url_scheme=parts.scheme)
    return adapter.build(target, values, force_external=True)


def address_hash(email: str) -> str:
    """What is remembered of the address of somebody without an account: a keyed hash."""
    key = f"plaza mail address {current_app.config['SECRET_KEY']}".encode()
    return hmac.new(key, email.strip().lower().encode(), hashlib.sha256).hexdigest()


def stop_token(reader: Reader) -> str:
    """What stands in the link that stops news: signed, so that nobody can stop somebody else's."""
    who = reader.person_id.hex if reader.person_id else reader.address_hash
    return str(_signer(current_app).dumps([reader.news.value, "p" if reader.person_id else "a", who]))


def reader_of(token: str) -> Reader | None:
    """Whom such a link belongs to; None for one that we did not write."""
    try:
        news, kind, who = _signer(current_app).loads(token)
        return Reader(News(news), uuid.UUID(who)) if kind == "p" else Reader(News(news), None, str(who))
    except (BadSignature, ValueError, TypeError):
        return None


def _signer(app: Flask) -> URLSafeSerializer:
    return URLSafeSerializer(app.config["SECRET_KEY"], salt="stop news")


def _tidy(text: str) -> str:
    """A letter as people type one: no trailing spaces but the signature's, at most one blank line in a row."""
    lines = [line if line == "-- " else line.rstrip() for line in text.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"
