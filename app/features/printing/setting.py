"""Forms as PDF (PDF/UA-1), set by typst: measuring texts for the layout, and drawing it."""

import hashlib
import io
import json
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import segno
import typst

from app.features.printing.layout import squares
from app.features.printing.layout.codes import grouped
from app.features.printing.layout.marks import MARKS
from app.features.printing.layout.model import FormLayout, Text
from app.web.typesetting import FONTS

TEMPLATE = Path(__file__).parent / "form.typ"
_FONTS = [str(FONTS)]
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Copy:
    """What tells one copy of a form from another: its serial or set code, the code on its slip, whether it is a test print."""

    code: str = ""
    slip: str = ""
    test: bool = False


def measure(texts: Sequence[Text], language: str, right_to_left: bool) -> list[float]:
    """How high each text becomes in its width, in millimetres: as typst sets it, with our own letters."""
    if not texts:
        return []
    return list(_measured(json.dumps([asdict(one) for one in texts], ensure_ascii=False), language, right_to_left))


@lru_cache(maxsize=256)
def _measured(texts: str, language: str, right_to_left: bool) -> tuple[float, ...]:
    layout = {"title": "-", "author": "-", "right_to_left": right_to_left}
    data = {"layout": layout, "size": [210, 297], "lang": _lang(language), "measured": json.loads(texts)}
    with _one_at_a_time:
        found = typst.query(
            str(TEMPLATE),
            "<heights>",
            field="value",
            one=True,
            font_paths=_FONTS,
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )
    return tuple(round(height, 2) for height in json.loads(found))


def typeset(layout: FormLayout, copies: Sequence[Copy], square_alt: str = "") -> bytes:
    """All copies in one PDF, one after the other. `square_alt` is what somebody hears instead of the square code."""
    data = {
        "layout": json.loads(layout.as_json()),
        "size": layout.size,
        "lang": _lang(layout.look.language),
        "measured": None,
        "marks": MARKS,
        "test_word": layout.test_word,
        "square_alt": square_alt or layout.title,
        "copies": [_copy(layout, copy) for copy in copies],
    }
    with _one_at_a_time:
        pdf: bytes = typst.compile(
            str(TEMPLATE),
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            font_paths=_FONTS,
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
        )
    return pdf


def _copy(layout: FormLayout, copy: Copy) -> dict[str, object]:
    code = copy.code if layout.numbered else ""
    texts = (squares.write(layout, page.number, code=code, test=copy.test) for page in layout.pages)
    return {
        "code": grouped(code) if code else "",
        "slip": grouped(copy.slip) if copy.slip else "",
        "test": copy.test,
        "squares": [_square(text) for text in texts],
    }


def _square(text: str) -> str:
    """The square code as SVG without a border; the layout leaves white around it."""
    buffer = io.BytesIO()
    code = segno.make(text, error="m", micro=False, mode="alphanumeric", mask=0)
    code.save(buffer, kind="svg", border=0, dark="#000000", xmldecl=False, svgns=True, omitsize=True)
    return buffer.getvalue().decode()


def _lang(language: str) -> str:
    """What typst takes: a language without its country or script."""
    return language.replace("-", "_").split("_")[0]


def drawing(layout: FormLayout) -> str:
    """What tells one drawn form from another: its revision, and what it is set with."""
    return hashlib.sha256(layout.version.encode() + _tools()).hexdigest()[:32]


@lru_cache(maxsize=1)
def _tools() -> bytes:
    digest = hashlib.sha256(metadata.version("typst").encode())
    for path in sorted([TEMPLATE, *FONTS.glob("*.ttf")]):
        digest.update(path.read_bytes())
    return digest.digest()
