"""Letters leave the house here: by SMTP, or into a folder in development. What they say is written by the rooms."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import make_msgid, parseaddr
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from app.kernel import clock


class Postman(Protocol):
    """Whoever takes letters."""

    def send(self, message: EmailMessage) -> None:
        """Hand over one letter. Raises OSError or smtplib.SMTPException when it was not taken."""


@dataclass
class SmtpPostman:
    """Sends by SMTP: `smtp://user:password@host:port`, `smtps://` for TLS from the start, `?starttls=1` to upgrade.

    Signs that mean something in an address are percent-encoded in user and password. The certificate of a server that is
    spoken to by TLS must be valid for its name: smtplib by itself would hand the password to anybody.
    """

    url: str

    def send(self, message: EmailMessage) -> None:
        parts = urlsplit(self.url)
        with self._connected(parts) as server:
            if parts.scheme != "smtps" and "starttls=1" in parts.query:
                server.starttls(context=ssl.create_default_context())
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)

    def _connected(self, parts: SplitResult) -> smtplib.SMTP:
        host = parts.hostname or "localhost"
        if parts.scheme == "smtps":
            return smtplib.SMTP_SSL(host, parts.port or 465, timeout=30, context=ssl.create_default_context())
        return smtplib.SMTP(host, parts.port or 25, timeout=30)


@dataclass
class FolderPostman:
    """Puts each letter into a folder, for development; a page shows them."""

    folder: Path

    def send(self, message: EmailMessage) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{clock.now():%Y%m%dT%H%M%S%f}-{(message['Message-ID'] or '').strip('<>').split('@')[0]}.eml"
        (self.folder / name).write_bytes(message.as_bytes())


def postman_for(url: str, folder: Path) -> Postman:
    """The postman that the configuration names."""
    return FolderPostman(folder) if url == "folder" else SmtpPostman(url)


def letter(*, sender: str, to: str, subject: str, body: str, key: str, html: str | None = None) -> EmailMessage:
    """A letter whose Message-ID comes from `key`, so that a second delivery is recognised as the same letter."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = " ".join(subject.split())
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    message["Message-ID"] = f"<{key}@{domain}>" if key else make_msgid(domain=domain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    if html:
        message.add_alternative(html, subtype="html")
    return message
