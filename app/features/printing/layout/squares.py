"""What the square code (QR) of a page says: which form, revision and page this is, and which copy. Pure.

`PLZ1/B/<form>/<revision>/<page>-<pages>/<flags>/<look>/<code>`: capitals, digits and signs that QR codes pack two into
eleven bits. Flags: `T` for a test print, `-` for none. Look: variant, paper and language (`S4EN`), so that whoever has no
copy of the layout can set the form once more and compare the revision.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from uuid import UUID

from app.features.printing.layout.codes import read_code
from app.features.printing.layout.model import FormKey, FormLayout, Kind, Look, Paper, Variant

BEGINNING = "PLZ1/"
_VARIANTS = {"S": Variant.STANDARD, "L": Variant.LARGE, "E": Variant.EASY}
_PAPERS = {"4": Paper.A4, "U": Paper.LETTER}
_PATTERN = re.compile(
    r"PLZ1/(?P<kind>[A-Z])/(?P<form>[A-Z2-7]{26})/(?P<version>[A-Z2-7]{16})/(?P<page>\d{1,3})-(?P<pages>\d{1,3})"
    r"/(?P<flags>T|-)/(?P<variant>[A-Z])(?P<paper>[A-Z0-9])(?P<language>[A-Z][A-Z0-9-]{1,11})/(?P<code>[A-Z0-9]*)"
)


class NotOurs(ValueError):
    """A square code that does not stand on a form of Plaza."""


@dataclass(frozen=True, slots=True)
class PageCode:
    """What a page says about itself. `version` is the short one; `code` is the serial or the set code, empty without one."""

    key: FormKey
    version: str
    page: int
    pages: int
    look: Look
    test: bool = False
    code: str = ""


def write(layout: FormLayout, page: int, *, code: str = "", test: bool = False) -> str:
    """The text of the square code of a page, from 1."""
    form = base64.b32encode(layout.key.subject.bytes).decode().rstrip("=")
    look = layout.look
    variant = next(letter for letter, one in _VARIANTS.items() if one is look.variant)
    paper = next(letter for letter, one in _PAPERS.items() if one is look.paper)
    language = look.language.upper().replace("_", "-")
    return (
        f"{BEGINNING}{layout.key.kind}/{form}/{layout.short_version}/{page}-{len(layout.pages)}"
        f"/{'T' if test else '-'}/{variant}{paper}{language}/{code}"
    )


def read(text: str) -> PageCode:
    """What a square code says. Raises NotOurs for any other text, and where the check character of the copy is wrong."""
    found = _PATTERN.fullmatch(text)
    if found is None:
        raise NotOurs("this is no square code of a form")
    try:
        key = FormKey(Kind(found["kind"]), UUID(bytes=base64.b32decode(found["form"] + "======")))
        look = Look(_VARIANTS[found["variant"]], _language(found["language"]), _PAPERS[found["paper"]])
    except (ValueError, KeyError, binascii.Error) as error:
        raise NotOurs("this is no square code of a form") from error
    if found["code"] and read_code(found["code"]) != found["code"]:
        raise NotOurs("the code of the copy has a wrong character")
    page, pages = int(found["page"]), int(found["pages"])
    if not 1 <= page <= pages:
        raise NotOurs("there is no such page")
    return PageCode(key, found["version"], page, pages, look, found["flags"] == "T", found["code"])


def _language(text: str) -> str:
    """`PT-BR` is pt_BR, `ZH-HANT` is zh_Hant: codes of languages have their own capitals."""
    first, *rest = text.split("-")
    return "_".join([first.lower(), *(one.title() if len(one) == _SCRIPT else one for one in rest)])


_SCRIPT = 4
