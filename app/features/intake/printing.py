"""Printed forms as tagged PDF (PDF/UA-1), standard or in large print, in a language of the city: what they are made from."""

import hashlib
import threading
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import typst

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
    template: str

    @property
    def version(self) -> str:
        """The same for the same form; another one as soon as anything that is printed on it changes, or the way it is set."""
        return hashlib.sha256(self.data.encode() + _setting(self.template)).hexdigest()[:32]

    def pdf(self) -> bytes:
        """The form as PDF: typeset once, then kept for as long as it is asked for more often than others."""
        with _one_at_a_time:  # two readers of one form wait for one typesetting
            return _typeset(self.template, self.data, self.version)


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
