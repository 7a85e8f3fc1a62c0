"""Forms as PDF (PDF/UA-1), set by typst: measuring texts for the layout, and drawing it."""

import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

import typst

from app.features.printing import drawing as drawing_program
from app.features.printing.drawing import FONTS, TEMPLATE, drawn
from app.features.printing.layout import squares
from app.features.printing.layout.codes import grouped
from app.features.printing.layout.marks import MARKS
from app.features.printing.layout.model import FormLayout, PageLayout, Text
from app.features.printing.layout.order import heard

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
    data = {"layout": layout, "size": [210, 297], "lang": _lang(language), "measured": json.loads(texts), "alone": True}
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


def typeset(layout: FormLayout, copies: Sequence[Copy]) -> bytes:
    """All copies in one PDF, one after the other."""
    data = form_data(layout, copies)
    with _one_at_a_time:
        return drawn(data)


class Apart:
    """A PDF that is drawn by a program of its own, while others go on. `pdf` waits for it."""

    def __init__(self, layout: FormLayout, copies: Sequence[Copy]) -> None:
        self._program = subprocess.Popen(  # noqa: S603  our own file, nothing of it typed by anybody
            [sys.executable, str(Path(drawing_program.__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        content = json.dumps(form_data(layout, copies)).encode()
        self._waiting = threading.Thread(target=self._talk, args=(content,), daemon=True)
        self._answer = self._complaint = b""
        self._waiting.start()

    def _talk(self, content: bytes) -> None:
        self._answer, self._complaint = self._program.communicate(content)

    def pdf(self) -> bytes:
        """The PDF. Raises RuntimeError where the program failed."""
        self._waiting.join()
        if self._program.returncode != 0:
            raise RuntimeError(self._complaint.decode(errors="replace")[-2000:])
        return self._answer

    def stop(self) -> None:
        """Nobody waits for it any more."""
        if self._program.poll() is None:
            self._program.kill()
        self._waiting.join()


def form_data(layout: FormLayout, copies: Sequence[Copy]) -> dict[str, Any]:
    """Everything that a form is drawn from: each page with its words in the order in which they are heard."""
    data = json.loads(layout.as_json())
    for page, drawn_page in zip(layout.pages, data["pages"], strict=True):
        del drawn_page["texts"]
        drawn_page["heard"] = _heard(page)
    return {
        "layout": data,
        "size": layout.size,
        "lang": _lang(layout.look.language),
        "measured": None,
        "alone": len(copies) == 1,
        "marks": MARKS,
        "test_word": layout.test_word,
        "copies": [_copy(layout, copy) for copy in copies],
    }


def _heard(page: PageLayout) -> dict[str, Any]:
    """`square` is heard instead of the square code, whose use is to say which page it is."""
    found = heard(page)
    body = [
        {"text": asdict(one)} if isinstance(one, Text) else {"rows": [[*map(asdict, row)] for row in one]} for one in found.body
    ]
    return {
        "furniture": [asdict(one) for one in found.furniture],
        "body": body,
        "square": f"QR: {found.number}",
        "code_label": asdict(found.code_label) if found.code_label else None,
        "slip": [asdict(one) for one in found.slip],
    }


def _copy(layout: FormLayout, copy: Copy) -> dict[str, Any]:
    code = copy.code if layout.numbered else ""
    return {
        "code": grouped(code) if code else "",
        "slip": grouped(copy.slip) if copy.slip else "",
        "test": copy.test,
        "squares": [squares.write(layout, page.number, code=code, test=copy.test) for page in layout.pages],
    }


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
