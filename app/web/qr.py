"""QR codes as SVG, drawn here: no other host learns what is in them."""

import io

import segno
from markupsafe import Markup


def qr_svg(text: str) -> Markup:
    """A code for phones, black on white in every theme, for the component `qr`."""
    buffer = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        buffer, kind="svg", scale=4, border=3, dark="#000000", light="#ffffff", xmldecl=False, svgns=True, omitsize=True
    )
    return Markup(buffer.getvalue().decode())  # noqa: S704  drawn by segno from a text of ours
