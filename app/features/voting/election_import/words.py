"""What META says in words: which election it is, its title, address, language and money."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages
from babel.numbers import get_currency_precision, get_territory_currencies

from app.features.counting.use_cases import PbElection, PbMeta
from app.features.voting.election_import.notices import Notice, own
from app.kernel.messages import msg
from app.kernel.texts import Texts, clean_line, excerpt

NO_CURRENCY = "XXX"  # ISO 4217: no currency is involved
LONGEST_ADDRESS = 72
LONGEST_TITLE = 120
VOTE: Texts = {"en": "Vote", "de": "Abstimmung", "fi": "Äänestys", "ar": "التصويت"}
PROJECT: Texts = {"en": "Project %s", "de": "Projekt %s", "fi": "Hanke %s", "ar": "المشروع %s"}
_ENGLISH_CATEGORIES = frozenset(
    (
        *("culture", "education", "sport", "sport and recreation", "health", "welfare", "health and welfare", "public space"),
        *("public transit", "public transit and roads", "roads", "urban greenery", "nature and greenery", "garden squares"),
        *("environmental protection", "community building", "children and youth", "playgrounds", "redevelopment", "other"),
        *("greenery/recreation", "municipal infrastructure and security", "walking/cycling infrastructure", "animals"),
    )
)
"""The collection writes categories of Polish elections in English, whatever the language of the projects' names."""
_OTHER_NAMES = {"us": "US", "usa": "US", "united states of america": "US", "uk": "GB", "great britain": "GB", "england": "GB"}
_OTHER_NAMES |= {"czech republic": "CZ", "turkey": "TR", "south korea": "KR", "holland": "NL", "the netherlands": "NL"}
_LETTERS = str.maketrans(
    {"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ø": "o", "Ø": "O", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"}
)


def identity(election: PbElection) -> str:
    """Which election a file is about, whatever else it says: country, unit, district, subunit and instance.

    Elections of one city share country and unit, those of one year the instance too, and small areas of different
    districts may have the same name; the collection's own file names are made of these words. A file without an instance
    is known by its edition and dates, one without any of this by its description, or by its list of projects.
    """
    meta = election.head.meta
    parts = [f"{key}={_folded(meta.text(key))}" for key in ("country", "unit", "district", "subunit", "instance")]
    if not meta.text("instance"):
        parts += [f"{key}={_folded(meta.text(key))}" for key in ("edition", "date_begin")]
    if not (meta.text("unit") or meta.text("instance")):
        parts.append(f"description={_folded(meta.text('description'))}")
        if not meta.text("description"):
            parts += [f"{project.project_id}={_folded(project.name)}" for project in election.head.projects]
    return hashlib.sha256("\x1f".join(["election-1", *parts]).encode("utf-8", "surrogatepass")).hexdigest()


def title(meta: PbMeta) -> str:
    """The title of the process: what the file calls the election, with part and year where the words do not have them."""
    words = clean_line(meta.text("description")).replace(" | ", ", ")
    if not words:
        words = ", ".join(_distinct(meta, "unit", "district", "subunit")) or "Election"
    for key in ("subunit", "instance"):
        more = clean_line(meta.text(key)).replace(" | ", ", ")
        if not set(re.findall(r"\w+", _folded(more))) <= set(re.findall(r"\w+", _folded(words))):
            words = f"{words}, {more}"
    return words


def title_language(meta: PbMeta) -> str:
    """The collection describes elections in English ("District PB in …"); other words are in the election's language."""
    return "en" if re.search(r"\bPB\b", meta.text("description")) or not meta.text("description") else language(meta)


def short_title(meta: PbMeta) -> str:
    """The title where there is little room."""
    return excerpt(title(meta), LONGEST_TITLE)


def address(meta: PbMeta) -> str:
    """A guessable address: country, unit, instance and subunit; empty where nothing of it has Latin letters."""
    words: list[str] = []
    for part in _distinct(meta, "country", "unit", "instance", "subunit") or [title(meta)]:
        plain = unicodedata.normalize("NFKD", part.translate(_LETTERS).lower()).encode("ascii", "ignore").decode()
        words += re.findall(r"[a-z0-9]+", plain)
    found = ""
    for word in words:
        if len(found) + len(word) >= LONGEST_ADDRESS:
            break
        found = f"{found}-{word}" if found else word
    return found


def area_name(meta: PbMeta) -> str:
    """Where it was, from small to large."""
    found: list[str] = []
    for part in _distinct(meta, "subunit", "district", "unit"):
        name = part.replace(" | ", ", ")
        said = set(re.findall(r"\w+", _folded(" ".join(found))))
        if not name.lower().startswith("vote ") and not set(re.findall(r"\w+", _folded(name))) <= said:
            found.append(name)
    return ", ".join(found) or clean_line(meta.text("country")) or title(meta)


def language(meta: PbMeta) -> str:
    """The language of names: what META says, else the country's first, else English."""
    said = re.split(r"[^a-z]", meta.text("language").strip().lower())[0]
    for code in (said, *_languages_of(_territory(meta.text("country")))):
        if code and _is_language(code):
            return code
    return "en"


def category_language(name: str, meta: PbMeta) -> str:
    """The language of a category's name, which the collection may have translated."""
    return "en" if name.casefold() in _ENGLISH_CATEGORIES else language(meta)


@dataclass(frozen=True)
class Money:
    """A currency (ISO 4217), the decimals of its smallest unit, and what had to be assumed."""

    currency: str
    decimals: int
    notices: tuple[Notice, ...] = ()


def money_of(meta: PbMeta) -> Money:
    """The currency that META names, else that of the country, else none."""
    said = meta.currency.strip()
    if re.fullmatch(r"[A-Za-z]{3}", said):
        return Money(said.upper(), get_currency_precision(said.upper()))
    own_money = get_territory_currencies(_territory(meta.text("country")) or "ZZ") if _territory(meta.text("country")) else []
    currency = own_money[0] if own_money else NO_CURRENCY
    if said:
        text = msg("“%(said)s” is no code of a currency; %(used)s was used.", said=said[:40], used=currency)
        return Money(currency, get_currency_precision(currency), (own("currency", "currency", text),))
    if currency == NO_CURRENCY:
        text = msg("The file names no currency and no country that has one; sums stand without a currency.")
    else:
        text = msg("The file names no currency; %(used)s is the country's.", used=currency)
    return Money(currency, get_currency_precision(currency), (own("currency", "currency", text),))


def _distinct(meta: PbMeta, *keys: str) -> list[str]:
    """The values of the keys that are there, without those that an earlier one says already."""
    found: list[str] = []
    for key in keys:
        value = clean_line(meta.text(key))
        if value and _folded(value) not in map(_folded, found):
            found.append(value)
    return found


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


@lru_cache(maxsize=512)
def _territory(country: str) -> str:
    """ISO 3166 code of a country's English name; empty for what is none."""
    wanted = _folded(country)
    if not wanted:
        return ""
    if wanted in _OTHER_NAMES:
        return _OTHER_NAMES[wanted]
    names = Locale("en").territories
    return next((code for code, name in names.items() if len(code) == 2 and wanted in (name.casefold(), code.casefold())), "")


def _languages_of(territory: str) -> tuple[str, ...]:
    return tuple(get_official_languages(territory, de_facto=True)) if territory else ()


def _is_language(code: str) -> bool:
    if code in ("und", "mul", "zxx", "mis"):  # ISO 639 for: not said, several, none, another
        return False
    try:
        Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        return False
    return True
