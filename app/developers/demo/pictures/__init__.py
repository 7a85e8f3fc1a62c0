"""Small drawn pictures instead of photographs: nobody's rights, nobody's face. They go through the real photo pipeline."""

import io

from app.developers.demo.pictures.scenes import SCENES
from app.developers.demo.pictures.sheet import Sheet


def draw(scene: str) -> bytes:
    """The picture called `scene` as a PNG file. Raises KeyError for one that nobody has drawn."""
    sheet = Sheet(scene)
    SCENES[scene](sheet)
    buffer = io.BytesIO()
    sheet.finished().save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
