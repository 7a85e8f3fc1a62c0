"""Addresses on a public screen: no secret of a visitor stands in one, so "back" after the visit opens nothing of theirs.

What a link carries to show whose it is (to follow a proposal, to sign in, to answer for a child, to erase, to take a hand-over)
is sealed for the visit before the browser learns of it. What is sealed opens for as long as the visit lasts and never again:
its key is made from the mark of the visit, which lies in a cookie that goes with the visit and is kept nowhere else.

It works on the finished page and on where an answer leads, so that no template and no page can leave it out. What a page shows
in words or as a code for phones stays as it is: that is what somebody takes along.
"""

import hashlib
import html
import re
from collections.abc import Callable
from functools import partial
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit
from uuid import UUID

from flask import current_app, request

from app.kernel.vault import Unreadable, Vault

SECRETS = frozenset({"token"})
"""Names of arguments in paths that show whose a page is. A test says of each name of an argument whether it belongs here."""
ASKED = frozenset({"link"})
"""The same behind the question mark."""
MARK = "~"
"""With this begins what is sealed; no secret of ours does."""
_NOBODY = UUID(int=0)
_ATTRIBUTE = re.compile(r'(?P<name>\s(?:href|action|formaction|src|data-[\w-]+))="(?P<address>[^"]*)"')
_ARGUMENT = re.compile(r"<(?:[^:<>]*:)?(?P<name>\w+)>")


def page_mark(visit: str) -> str:
    """What pages may tell their script of the visit: whether it is still the same one, and nothing that opens anything."""
    return hashlib.sha256(f"page of {visit}".encode()).hexdigest()[:16]


def sealed(secret: str, visit: str) -> str:
    """The secret as it may stand in an address during this visit."""
    return MARK + _vault(visit).seal(secret, _NOBODY).rstrip("=")


def opened(text: str, visit: str) -> str | None:
    """The secret that was sealed during this visit; None for anything else, such as what an earlier visit left."""
    if not text.startswith(MARK):
        return None
    plain = text[len(MARK) :]
    try:
        return _vault(visit).open(plain + "=" * (-len(plain) % 4), _NOBODY)
    except Unreadable:
        return None


def hidden(address: str, visit: str) -> str:
    """An address of ours without its secret; any other as it is."""
    found = _changed(address, lambda text: text if text.startswith(MARK) else sealed(text, visit))
    return address if found is None else found


def shown(address: str, visit: str) -> str | None:
    """An address of this visit as it opens elsewhere, such as on the visitor's phone; None for one of an earlier visit."""
    return _changed(address, lambda text: opened(text, visit) if text.startswith(MARK) else text)


def hide_all(page: str, visit: str) -> str:
    """A finished page: where it leads, sends and looks, and what it tells its scripts, names no secret."""
    return _ATTRIBUTE.sub(partial(_hide_one, visit), page)


def _hide_one(visit: str, found: re.Match[str]) -> str:
    address = html.unescape(found["address"])
    if not address.startswith(("/", "http://", "https://")):
        return found[0]
    changed = hidden(address, visit)
    return found[0] if changed == address else f'{found["name"]}="{html.escape(changed)}"'


def _changed(address: str, change: Callable[[str], str | None]) -> str | None:
    """The address with `change` done to its secrets, also to those of an address that it names behind the question mark."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    if parts.scheme not in ("", "http", "https") or parts.netloc not in ("", request.host):
        return address
    path, query = _path(parts.path, change), _query(parts.query, change)
    if path is None or query is None:
        return None
    if (path, query) == (parts.path, parts.query):
        return address
    return urlunsplit(("", "", path, query, parts.fragment))


def _path(path: str, change: Callable[[str], str | None]) -> str | None:
    for pattern in _patterns():
        if found := pattern.fullmatch(path):
            changed = change(unquote(found["secret"]))
            return None if changed is None else path[: found.start("secret")] + quote(changed) + path[found.end("secret") :]
    return path


def _query(query: str, change: Callable[[str], str | None]) -> str | None:
    if not query:
        return query
    pairs, new = parse_qsl(query, keep_blank_values=True), []
    for name, value in pairs:
        changed: str | None = value
        if value and name in ASKED:
            changed = change(value)
        elif value.startswith("/"):
            changed = _changed(value, change)
        if changed is None:
            return None
        new.append((name, changed))
    return query if new == pairs else urlencode(new)


def _patterns() -> list[re.Pattern[str]]:
    """The paths of this installation that have a secret in them."""
    found: list[re.Pattern[str]] | None = current_app.extensions.get("plaza.secret_paths")
    if found is None:
        rules = {rule.rule for rule in current_app.url_map.iter_rules() if SECRETS & set(rule.arguments)}
        found = current_app.extensions["plaza.secret_paths"] = [_pattern(rule) for rule in sorted(rules)]
    return found


def _pattern(rule: str) -> re.Pattern[str]:
    text, at = "", 0
    for argument in _ARGUMENT.finditer(rule):
        text += re.escape(rule[at : argument.start()])
        text += "(?P<secret>[^/]+)" if argument["name"] in SECRETS else "[^/]+"
        at = argument.end()
    return re.compile(text + re.escape(rule[at:]))


def _vault(visit: str) -> Vault:
    """The key of one visit: made from its mark and the installation's secret; neither alone opens anything."""
    vault = Vault("kiosk visit")
    vault.bind(f"{current_app.config['SECRET_KEY']} {visit}")
    return vault
