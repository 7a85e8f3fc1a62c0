"""Pictures of forms for pages on a screen."""

import io

from app.features.printing.layout.model import FormLayout
from app.features.printing.use_cases import trial_print

WIDTH = 900
"""Dots across: a page can be read on a screen, and is some 100 kilobytes."""


def picture(layout: FormLayout, page: int) -> bytes:
    """A page of a form, from 1, as PNG, marked as a test. Raises IndexError for a page that it does not have."""
    import pypdfium2  # the web process should not pay for it before somebody looks

    if not 1 <= page <= len(layout.pages):
        raise IndexError(page)
    document = pypdfium2.PdfDocument(trial_print(layout))
    try:
        drawn = document[page - 1]
        picture = drawn.render(scale=WIDTH / drawn.get_width(), grayscale=True).to_pil()
        buffer = io.BytesIO()
        picture.save(buffer, "PNG", optimize=True)
        return buffer.getvalue()
    finally:
        document.close()
