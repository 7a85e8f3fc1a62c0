"""Draws forms with typst: data in, PDF out. Run as a program it does that apart from everything else.

What typst has set once it remembers, a hundred megabytes for a file of 250 ballots. A program that ends gives them back,
and two of them use two processors. So this file imports nothing of the house: it starts in a fraction of a second.
"""

import io
import json
import sys
from pathlib import Path
from typing import Any

import segno
import typst

TEMPLATE = Path(__file__).resolve().parent / "form.typ"
FONTS = Path(__file__).resolve().parents[2] / "web" / "fonts"


def drawn(data: dict[str, Any]) -> bytes:
    """The PDF (PDF/UA-1) of what `setting.form_data` says."""
    copies = [{**copy, "squares": [square(text) for text in copy["squares"]]} for copy in data["copies"]]
    pdf: bytes = typst.compile(
        str(TEMPLATE),
        sys_inputs={"data": json.dumps({**data, "copies": copies}, ensure_ascii=False)},
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
    )
    return pdf


def square(text: str) -> str:
    """The square code as SVG without a border; the layout leaves white around it."""
    buffer = io.BytesIO()
    code = segno.make(text, error="m", micro=False, mode="alphanumeric", mask=0)
    code.save(buffer, kind="svg", border=0, dark="#000000", xmldecl=False, svgns=True, omitsize=True)
    return buffer.getvalue().decode()


if __name__ == "__main__":
    sys.stdout.buffer.write(drawn(json.load(sys.stdin)))
