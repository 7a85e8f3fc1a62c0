"""Printed forms as tagged PDF (PDF/UA-1), standard or in large print, in a language of the city: what they are made from."""

import hashlib
import json
import threading
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import typst
from babel import Locale
from flask_babel import force_locale, gettext

from app.features.spaces.queries import Process
from app.kernel.texts import pick
from app.web.typesetting import FONTS

HERE = Path(__file__).parent
SIZES = ("standard", "large")
KEPT_MOST = 64
"""How many forms are kept, of some 60 kilobytes each: two sizes in four languages of eight processes."""
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class PaperForm:
    """One printed form as it is to be: what it is made from, and what tells it from every other."""

    data: str
    template: str = "proposal.typ"

    @property
    def version(self) -> str:
        """The same for the same form; another one as soon as anything that is printed on it changes, or the way it is set."""
        return hashlib.sha256(self.data.encode() + _setting(self.template)).hexdigest()[:32]

    def pdf(self) -> bytes:
        """The form as PDF: typeset once, then kept for as long as it is asked for more often than others."""
        with _one_at_a_time:  # two readers of one form wait for one typesetting
            return _typeset(self.template, self.data, self.version)


def proposal_form(process: Process, categories: list[dict[str, str]], city: str, language: str, size: str) -> PaperForm:
    """The form of a process. `size` is `standard` (11.5 pt) or `large` (19 pt); `categories` are names by language."""
    fallbacks = ("en",)
    with force_locale(language):
        data = {
            "lang": language,
            "rtl": Locale.parse(language).text_direction == "rtl",
            "size": size,
            "city": city,
            "page_word": gettext("Page"),
            "title": gettext("Your proposal on paper"),
            "process": pick(process.title, language, fallbacks)[0],
            "intro": gettext(
                "Write in capital letters if you can. Leave out what you do not know. Your form counts exactly as a click does."
            ),
            "title_word": gettext("Your proposal in one line"),
            "text_word": gettext("What should change, and why?"),
            "place_word": gettext("Where is it?"),
            "place_hint": gettext("A street with a number, a square, a park, or the name of the area."),
            "whole_city": gettext("It is about the whole city"),
            "category_word": gettext("What is it about?"),
            "categories": [pick(names, language, fallbacks)[0] for names in categories],
            "contact_word": gettext("May we write to you?"),
            "contact_hint": gettext(
                "Name, e-mail, telephone or postal address. You may leave this empty: then your proposal has no name."
            ),
            "show_name": gettext("My name may be shown with the proposal"),
            "return_word": gettext("Where to take this form"),
            "return_text": gettext(
                "Give it to any desk of the city, or read it to us on the telephone. You get a slip with a reference; "
                "with it you can see at any time what became of your proposal."
            ),
        }
    return PaperForm(json.dumps(data, ensure_ascii=False, sort_keys=True))


@lru_cache(maxsize=4)
def _setting(template: str) -> bytes:
    """What the forms of one kind are set with: the template, the letters and the typesetter."""
    digest = hashlib.sha256(metadata.version("typst").encode())
    for path in sorted([HERE / template, *FONTS.glob("*.ttf")]):
        digest.update(path.read_bytes())
    return digest.digest()


@lru_cache(maxsize=KEPT_MOST)
def _typeset(template: str, data: str, _version: str) -> bytes:
    pdf: bytes = typst.compile(
        str(HERE / template),
        sys_inputs={"data": data},
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
    )
    return pdf
