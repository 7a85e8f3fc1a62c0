"""QR codes as SVG, drawn here: no other host learns what is in them."""

import io

import segno
from markupsafe import Markup

_PATTERN = 0


def qr_svg(text: str, *, quick: bool = False) -> Markup:
    """A code for phones, black on white in every theme, for the component `qr`.

    `quick`: with one pattern, which every phone reads, in place of the one of eight that looks most even: a third of the work,
    for what is drawn for everybody in the hour in which all come.
    """
    buffer = io.BytesIO()
    segno.make(text, error="m", micro=False, mask=_PATTERN if quick else None).save(
        buffer, kind="svg", scale=4, border=3, dark="#000000", light="#ffffff", xmldecl=False, svgns=True, omitsize=True
    )
    return Markup(buffer.getvalue().decode())  # noqa: S704  drawn by segno from a text of ours
