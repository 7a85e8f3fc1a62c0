"""Settings of a Plaza installation, read from the environment.

Every setting has a safe default; `PLAZA_ENV` is ``production`` unless something says otherwise, and production refuses to
start without its secrets, naming each one that is missing. `make run` and the tests set development and testing.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from babel.core import get_global

ROOT = Path(__file__).resolve().parent
ENVIRONMENTS = ("production", "development", "testing")
PLAZA = "Plaza"
DEMONSTRATION_CITY = "Helsinki"
"""Where the map of the demonstration is from; everything else in it is made up."""
REQUIRED_IN_PRODUCTION = ("PLAZA_SECRET_KEY", "PLAZA_DATABASE_URL", "PLAZA_MAIL_URL", "PLAZA_BASE_URL")


class ConfigurationError(RuntimeError):
    """The environment does not describe an installation that may start."""


@dataclass(frozen=True)
class Settings:
    """What one installation is set to. Built by `from_environment`, turned into Flask's config by `as_flask`."""

    env: str
    var: Path
    keys: Path
    secret_key: str
    database_url: str
    broker_url: str
    mail_url: str
    mail_from: str
    base_url: str
    city_name: str
    contact: str
    postal_address: str
    jurisdiction: str
    authority: str
    """The data-protection authority that people can complain to, as they read it: name and how to reach it."""
    timezone: str
    currency: str
    languages: tuple[str, ...]
    default_language: str
    redis_url: str | None
    map_source: str
    map_url: str | None
    map_attribution: str | None
    log_level: str
    max_upload_bytes: int
    behind_proxy: bool
    gdpr_issuer: str | None
    """The identity provider whose tokens open the Helsinki GDPR API; without it that interface lets nobody in."""
    gdpr_audience: str
    gdpr_scopes: tuple[str, str]
    registry_code: str
    """The city's code in the register of organisations, for interfaces that name who used data."""
    erasure_ledger: Path
    backups_kept_days: int
    keep_days: Mapping[str, str]
    webhook_hosts: tuple[str, ...]
    consent_age: int
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def production(self) -> bool:
        """True where real people's data may be expected."""
        return self.env == "production"

    def as_flask(self) -> dict[str, Any]:
        """The same settings under the names that Flask and its extensions read."""
        secure = self.production and self.base_url.startswith("https:")
        return {
            "SETTINGS": self,
            "ENV_NAME": self.env,
            "TESTING": self.env == "testing",
            "DEBUG": False,
            "SECRET_KEY": self.secret_key,
            "SESSION_COOKIE_NAME": "plaza",
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": secure,
            "PERMANENT_SESSION_LIFETIME": timedelta(days=14),
            "REMEMBER_COOKIE_DURATION": timedelta(days=0),
            "WTF_CSRF_TIME_LIMIT": None,
            "WTF_CSRF_SSL_STRICT": secure,
            "MAX_CONTENT_LENGTH": self.max_upload_bytes,
            "MAX_FORM_MEMORY_SIZE": 2_000_000,
            "MAX_FORM_PARTS": 1_000,
            "BABEL_DEFAULT_LOCALE": self.default_language,
            "BABEL_DEFAULT_TIMEZONE": self.timezone,
            "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
            "RATELIMIT_STORAGE_URI": self.redis_url or "memory://",
            "RATELIMIT_ENABLED": self.redis_url is not None,
            **self.extra,
        }


def from_environment(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Read the settings from `environ` (the process's own by default); keyword arguments win.

    Raises ConfigurationError that names every missing secret at once, or the setting whose value cannot be read.
    """
    env = dict(os.environ if environ is None else environ)
    name = env.get("PLAZA_ENV", "production")
    if name not in ENVIRONMENTS:
        raise ConfigurationError(f"PLAZA_ENV is {name!r}; it must be one of {', '.join(ENVIRONMENTS)}.")
    if name == "production":
        missing = [key for key in REQUIRED_IN_PRODUCTION if not env.get(key)]
        if missing:
            raise ConfigurationError(
                "Plaza does not start in production without: "
                + ", ".join(missing)
                + ". See docs/operations.md; `make run` starts a development server."
            )
        if len(env["PLAZA_SECRET_KEY"]) < 32:
            raise ConfigurationError("PLAZA_SECRET_KEY must have at least 32 characters.")
    var = Path(env.get("PLAZA_VAR", ROOT / "var")).resolve()
    port = env.get("PORT", "8000")
    values: dict[str, Any] = {
        "env": name,
        "var": var,
        "keys": Path(env.get("PLAZA_KEYS", var / "keys")).resolve(),
        "secret_key": env.get("PLAZA_SECRET_KEY") or _development_key(var, name),
        "database_url": _psycopg(env.get("PLAZA_DATABASE_URL") or f"sqlite:///{var / 'plaza.sqlite3'}"),
        "broker_url": env.get("PLAZA_BROKER_URL", "filesystem://localhost"),
        "mail_url": env.get("PLAZA_MAIL_URL", "folder"),
        "mail_from": env.get("PLAZA_MAIL_FROM", "Plaza <plaza@localhost>"),
        "base_url": env.get("PLAZA_BASE_URL", f"http://127.0.0.1:{port}").rstrip("/"),
        "city_name": env.get("PLAZA_CITY") or (DEMONSTRATION_CITY if name == "development" else PLAZA),
        "contact": env.get("PLAZA_CONTACT", "").strip(),
        "postal_address": env.get("PLAZA_POSTAL_ADDRESS", "").strip(),
        "jurisdiction": env.get("PLAZA_JURISDICTION", "").strip() or _country(env.get("PLAZA_TIMEZONE", "Europe/Helsinki")),
        "authority": env.get("PLAZA_AUTHORITY", "").strip(),
        "timezone": env.get("PLAZA_TIMEZONE", "Europe/Helsinki"),
        "currency": env.get("PLAZA_CURRENCY", "EUR"),
        "languages": tuple(env.get("PLAZA_LANGUAGES", "en,de,fi,ar").replace(" ", "").split(",")),
        "default_language": env.get("PLAZA_DEFAULT_LANGUAGE", "en"),
        "redis_url": env.get("PLAZA_REDIS_URL"),
        "map_source": env.get("PLAZA_MAP_SOURCE", "basemap"),
        "map_url": env.get("PLAZA_MAP_URL"),
        "map_attribution": env.get("PLAZA_MAP_ATTRIBUTION"),
        "log_level": env.get("PLAZA_LOG_LEVEL", "INFO"),
        "max_upload_bytes": _integer(env, "PLAZA_MAX_UPLOAD_BYTES", 40_000_000),
        "webhook_hosts": tuple(host for host in env.get("PLAZA_WEBHOOK_HOSTS", "").lower().replace(" ", "").split(",") if host),
        "consent_age": _integer(env, "PLAZA_CONSENT_AGE", 16),
        "behind_proxy": env.get("PLAZA_BEHIND_PROXY", "") == "1",
        **_gdpr(env, name),
        "registry_code": env.get("PLAZA_REGISTRY_CODE", "").strip(),
        "erasure_ledger": Path(env.get("PLAZA_ERASURE_LEDGER", var / "erasures.jsonl")).resolve(),
        "backups_kept_days": _integer(env, "PLAZA_BACKUPS_KEPT_DAYS", 35),
        "keep_days": _pairs(env, "PLAZA_KEEP_DAYS"),
    }
    values.update(overrides)
    return Settings(**values)


def _gdpr(env: Mapping[str, str], name: str) -> dict[str, Any]:
    """Whose tokens open the Helsinki GDPR API. The provider is asked for its keys, so it must be asked over TLS."""
    issuer = env.get("PLAZA_GDPR_ISSUER", "").strip() or None
    audience = env.get("PLAZA_GDPR_AUDIENCE", "").strip()
    if issuer and not audience:
        raise ConfigurationError("PLAZA_GDPR_ISSUER is set, so PLAZA_GDPR_AUDIENCE must say for whom its tokens are.")
    if issuer and name == "production" and not issuer.startswith("https://"):
        raise ConfigurationError(f"PLAZA_GDPR_ISSUER is {issuer!r}; in production it must begin with https://.")
    scopes = (env.get("PLAZA_GDPR_QUERY_SCOPE", "gdprquery"), env.get("PLAZA_GDPR_DELETE_SCOPE", "gdprdelete"))
    return {"gdpr_issuer": issuer, "gdpr_audience": audience, "gdpr_scopes": scopes}


def _development_key(var: Path, name: str) -> str:
    """A random key kept in the data folder, so that a restart in development does not sign everybody out."""
    if name == "testing":
        return "testing-key-that-protects-nothing-at-all"
    var.mkdir(parents=True, exist_ok=True)
    path = var / "secret.key"
    try:
        with path.open("x") as new:
            path.chmod(0o600)
            new.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text()


def _country(timezone: str) -> str:
    """The country of a time zone (ISO 3166-1); empty for zones of no country. Source: the CLDR, as Babel has it."""
    found = get_global("zone_territories").get(timezone, "")
    return found if found != "001" else ""


def _psycopg(url: str) -> str:
    """PostgreSQL is spoken by psycopg 3, however the address is spelled."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _pairs(env: Mapping[str, str], key: str) -> Mapping[str, str]:
    """`name=value,name=value`."""
    found = {}
    for piece in filter(None, (one.strip() for one in env.get(key, "").split(","))):
        name, sign, value = piece.partition("=")
        if not sign:
            raise ConfigurationError(f"{key} has {piece!r}; write name=days, separated by commas.")
        found[name.strip()] = value.strip()
    return found


def _integer(env: Mapping[str, str], key: str, default: int) -> int:
    value = env.get(key)
    if value is None:
        return default
    try:
        return int(value)
    except ValueError:
        raise ConfigurationError(f"{key} is {value!r}; it must be a whole number.") from None
