"""Texts in several languages, and cleaning of what people type."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

Texts = dict[str, str]

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029]")
# Embeddings, overrides and isolates can turn the rest of a page around; plain marks (U+200E, U+200F) are kept.
_BIDI = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


def pick(texts: Mapping[str, str] | None, locale: str, fallbacks: Sequence[str] = ("en",)) -> tuple[str, str]:
    """The text in `locale`, or in the first fallback that has one, or in any; with the language it is in."""
    if not texts:
        return "", locale
    for language in (locale, *fallbacks, *texts):
        if text := texts.get(language):
            return text, language
    return "", locale


def as_typed(text: str) -> str:
    """Exactly what was typed, to be shown again for correction: without only what cannot be seen and could harm a page."""
    return _BIDI.sub("", _CONTROL.sub("", text))


def clean_line(text: str) -> str:
    """One line as typed, without control and direction-override characters; white space folded. NFC."""
    return " ".join(_BIDI.sub("", _CONTROL.sub("", unicodedata.normalize("NFC", text))).split())


def clean_text(text: str) -> str:
    """Several lines as typed, without control and direction-override characters; at most one blank line in a row."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    text = _BIDI.sub("", _CONTROL.sub("", text))
    lines = [line.rstrip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def excerpt(text: str, length: int = 160) -> str:
    """The beginning of a text in at most `length` characters, cut between words."""
    flat = " ".join(text.split())
    if len(flat) <= length:
        return flat
    return flat[: length - 1].rsplit(" ", 1)[0].rstrip(",.;:–-") + "…"
