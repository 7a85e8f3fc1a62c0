"""What printed pages of all rooms are set with: typst, and letters of our own for every language of the city."""

import json
import threading
from pathlib import Path
from typing import Any

import typst

FONTS = Path(__file__).parent / "fonts"
_one_at_a_time = threading.Lock()


def typeset(template: Path, data: Any) -> bytes:
    """A tagged PDF (PDF/UA-1) from a template that reads `data` as JSON. Nothing of it is kept."""
    with _one_at_a_time:
        pdf: bytes = typst.compile(
            str(template),
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
        )
    return pdf
