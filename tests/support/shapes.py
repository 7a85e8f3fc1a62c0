"""What stands on a page, without its words: for looking once at each thing and not at its hundredth copy.

A shape is an element and the element that it stands in, each with its classes and with what assistive technology is told of
it (`role`, the type of a field, which `aria-` attributes there are). Two pages of the same shapes look alike to a checker.
"""

from html.parser import HTMLParser

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
# Drawings: what is within them is drawn by one hand for all pages.
WHOLE = frozenset({"svg", "script", "style", "template"})
Shape = tuple[str, str]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.around: list[tuple[str, str]] = []
        self.shapes: set[Shape] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not any(name in WHOLE for name, _mark in self.around):
            mark = _mark(tag, dict(attrs))
            self.shapes.add((self.around[-1][1] if self.around else "", mark))
        else:
            mark = tag
        if tag not in VOID:
            self.around.append((tag, mark))

    def handle_endtag(self, tag: str) -> None:
        # An end closes what was left open within it, as browsers do for list items and table cells.
        if any(name == tag for name, _mark in self.around):
            while self.around.pop()[0] != tag:
                pass


def _mark(tag: str, attributes: dict[str, str | None]) -> str:
    classes = sorted((attributes.get("class") or "").split())
    told = sorted(name for name in attributes if name.startswith("aria-") or name in ("hidden", "disabled", "lang", "dir"))
    kind = [attributes[name] or "" for name in ("role", "type") if name in attributes]
    return " ".join([tag, *(f".{each}" for each in classes), *kind, *told])


def shapes_of(html: str) -> set[Shape]:
    """The shapes of a page of HTML."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.shapes
