"""The words of a search as both databases fold them: what people type, made small and bare.

Accents go, and so do the differences that keyboards and habits make: `Strasse` finds `Straße`, `احمد` finds `أحمد`. The
same table of folds is used here for what is typed and in `search_ddl.py` for what is stored.
"""

import re
import unicodedata
from dataclasses import dataclass

WORDS_MOST = 8
WORD_LENGTH_MOST = 40

# Letters without a canonical decomposition that readers expect to be the same as another.
FOLDS = {
    "ß": "ss",
    "ẞ": "ss",
    "æ": "ae",
    "Æ": "ae",
    "œ": "oe",
    "Œ": "oe",
    "ø": "o",
    "Ø": "o",
    "ł": "l",
    "Ł": "l",
    "đ": "d",
    "Đ": "d",
    "ð": "d",
    "Ð": "d",
    "þ": "th",
    "Þ": "th",
    "ı": "i",
    **dict(zip("άέήίόύώϊϋΐΰΆΈΉΊΌΎΏς", "αεηιουωιυιυαεηιουωσ", strict=True)),
    "أ": "ا",
    "إ": "ا",
    "آ": "ا",
    "ٱ": "ا",
    "ؤ": "و",
    "ئ": "ي",
    "ى": "ي",
    "ة": "ه",
    "ـ": "",
}
ARABIC_MARKS = "".join(map(chr, [*range(0x064B, 0x0660), 0x0670]))

_TABLE = {ord(before): after for before, after in FOLDS.items()} | {ord(mark): None for mark in ARABIC_MARKS}
_ACCENTS = re.compile("[\u0300-\u036f]")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Word:
    """A word of a search: `spelled` with the accents that were typed (in small letters, folds applied), `bare` without."""

    spelled: str
    bare: str


def fold(text: str) -> str:
    """`text` without accents, in small letters, with the folds above."""
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", _spelled(text))).lower()


def search_words(text: str, most: int = WORDS_MOST) -> list[Word]:
    """The first words of what somebody typed; empty when there is none, such as in `***` or an emoji.

    Nothing but letters and digits is left, so that no query can be broken by quotes, stars or null bytes.
    """
    found: dict[str, Word] = {}
    for spelled in _WORD.findall(_spelled(text)):
        if bare := "".join(_WORD.findall(fold(spelled)))[:WORD_LENGTH_MOST]:
            found.setdefault(bare, Word(spelled[:WORD_LENGTH_MOST], bare))
        if len(found) == most:
            break
    return list(found.values())


def _spelled(text: str) -> str:
    return unicodedata.normalize("NFC", text).translate(_TABLE).lower()
