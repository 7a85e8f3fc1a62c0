"""The identity provider's keys: found by discovery, fetched with a time limit, kept for a while, fetched when they change."""

import json
import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, NoReturn
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

log = logging.getLogger(__name__)
Key = RSAKey | ECKey | OKPKey
Fetch = Callable[[str], Any]
SECONDS = 3
MOST_BYTES = 500_000
KEPT = 600.0
"""Seconds after which keys are fetched again. A provider that is away then is forgiven for `FORGIVEN`."""
FORGIVEN = 3600.0
PAUSE = 30.0
"""Unknown keys make us look again at most this often: anybody can write a name, or a wrong signature, into a token."""


class ProviderAway(Exception):
    """The provider's keys cannot be had at the moment, so nobody's token can be judged."""


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise URLError("redirects are not followed")


def fetch(address: str) -> Any:
    """The JSON document at an address. Raises ProviderAway."""
    if urlsplit(address).scheme not in ("https", "http"):
        raise ProviderAway
    try:
        asked = Request(address, headers={"Accept": "application/json"})  # noqa: S310  the scheme is looked at above
        with build_opener(_NoRedirects()).open(asked, timeout=SECONDS) as answer:
            body = answer.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            raise ProviderAway
        return json.loads(body)
    except (OSError, ValueError, RecursionError) as error:
        log.warning("the identity provider could not be asked", extra={"error": type(error).__name__})
        raise ProviderAway from None


class Provider:
    """One identity provider. `fetch_json` and `now` are for tests."""

    def __init__(self, issuer: str, fetch_json: Fetch = fetch, now: Callable[[], float] = time.monotonic) -> None:
        self.issuer = issuer
        self._fetch = fetch_json
        self._now = now
        self._lock = threading.Lock()
        self._keys: list[tuple[str, Key]] = []
        self._fetched_at: float | None = None
        self._tried_at: float | None = None

    def keys_for(self, kid: str | None, kty: str) -> Sequence[Key]:
        """The keys that a token with this key name and kind of key may be signed with. Raises ProviderAway."""
        self._refresh_when_old()
        found = self._matching(kid, kty)
        if not found:  # the provider may have begun to use another key
            self._refresh(after=PAUSE)
            found = self._matching(kid, kty)
        return found

    def keys_again(self, kid: str | None, kty: str) -> Sequence[Key]:
        """The same after looking again: a provider may have put another key under a name that it had before."""
        self._refresh(after=PAUSE)
        return self._matching(kid, kty)

    def _matching(self, kid: str | None, kty: str) -> list[Key]:
        return [key for name, key in self._keys if key.key_type == kty and (kid is None or name == kid)]

    def _refresh_when_old(self) -> None:
        if self._fetched_at is None or self._now() - self._fetched_at > KEPT:
            self._refresh(after=PAUSE if self._keys else 1.0)
        if self._fetched_at is None or self._now() - self._fetched_at > KEPT + FORGIVEN:
            raise ProviderAway

    def _refresh(self, after: float) -> None:
        """Fetch the keys unless somebody tried less than `after` seconds ago. What cannot be had leaves the old ones."""
        with self._lock:
            if self._tried_at is not None and self._now() - self._tried_at < after:
                return
            self._tried_at = self._now()
            try:
                self._keys = _readable(self._fetch(self._address_of_keys()))
            except ProviderAway:
                return
            self._fetched_at = self._now()

    def _address_of_keys(self) -> str:
        about = self._fetch(self.issuer.rstrip("/") + "/.well-known/openid-configuration")
        address = about.get("jwks_uri") if isinstance(about, dict) else None
        if not isinstance(address, str) or about.get("issuer") != self.issuer:
            raise ProviderAway
        if urlsplit(self.issuer).scheme == "https" != urlsplit(address).scheme:
            raise ProviderAway
        return address


def _readable(document: Any) -> list[tuple[str, Key]]:
    """The public signature keys of a key set, by name; symmetric ones and what cannot be read are left out."""
    keys = document.get("keys") if isinstance(document, dict) else None
    found: list[tuple[str, Key]] = []
    for one in keys if isinstance(keys, list) else []:
        if not isinstance(one, dict) or one.get("kty") not in ("RSA", "EC", "OKP") or one.get("use", "sig") != "sig":
            continue
        try:
            key = import_key(one)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if isinstance(key, RSAKey | ECKey | OKPKey):
            found.append((str(one.get("kid", "")), key))
    return found


_providers: dict[str, Provider] = {}


def provider_at(issuer: str) -> Provider:
    """The provider with its cached keys; one for each process."""
    if issuer not in _providers:
        _providers[issuer] = Provider(issuer)
    return _providers[issuer]
