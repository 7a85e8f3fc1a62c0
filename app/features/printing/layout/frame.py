"""What every page of a form has: corner marks, the square code, head and foot. Pure."""

from dataclasses import dataclass, replace

from app.features.printing.layout.blocks import Content, Measure, printable
from app.features.printing.layout.model import Look, Mark, PageLayout, Rect, Role, Rule, Text, Variant

MARK = 9.0
MARK_EDGE = 8.0
"""Printers leave up to 6 mm of white; marks stand 8 mm from each edge."""
SQUARE = 22.0
BESIDE_MARK = MARK_EDGE + MARK + 4.0
SIDE = 16.0
"""Where circles and words begin and end, from the left and right edge."""
ABOVE_TEAR = 4.0
"""So far above the line at which a slip is torn off the lower marks end: nobody tears quite straight."""
_MM_PER_POINT = 25.4 / 72


@dataclass(frozen=True, slots=True)
class Measures:
    """Sizes of a variant: of its text in points, of circles and gaps in millimetres; the title is so many times the text."""

    text: float
    radius: float
    gap: float
    line: float
    columns: int
    beside: bool
    title: float = 1.45

    @property
    def label(self) -> float:
        """The size of what stands above a circle, in points."""
        return self.text * 0.85 if self.beside else self.text

    @property
    def label_height(self) -> float:
        """How much room it takes, in millimetres."""
        return self.label * _MM_PER_POINT * 1.25

    @property
    def pitch(self) -> float:
        """From the middle of a circle to that of its neighbour, in millimetres."""
        return 2 * self.radius + self.gap


VARIANTS = {
    Variant.STANDARD: Measures(text=11.0, radius=2.6, gap=2.2, line=9.5, columns=2, beside=True),
    Variant.EASY: Measures(text=14.0, radius=3.0, gap=2.6, line=11.0, columns=1, beside=False),
    Variant.LARGE: Measures(text=19.0, radius=3.8, gap=3.2, line=13.5, columns=1, beside=False, title=1.3),
}


TIGHT = 0.9
"""Lines to write on stand so much closer where a form would else need one more page."""


@dataclass(frozen=True)
class Frame:
    """The page of a form: where its content begins and ends, and which way it runs. `tight`: with less white."""

    look: Look
    right_to_left: bool
    tight: bool = False

    @property
    def measures(self) -> Measures:
        """Sizes of the variant."""
        usual = VARIANTS[self.look.variant]
        return replace(usual, line=usual.line * TIGHT) if self.tight else usual

    @property
    def width(self) -> float:
        """Of the page, in millimetres."""
        return self.look.paper.size[0]

    @property
    def height(self) -> float:
        """Of the page, in millimetres."""
        return self.look.paper.size[1]

    @property
    def inner(self) -> float:
        """The width that content has."""
        return self.width - 2 * SIDE

    @property
    def end(self) -> float:
        """Where content must end, from above."""
        return self.height - MARK_EDGE - self.foot

    @property
    def foot(self) -> float:
        """How high the foot is with its marks: what content keeps away from their lower edge."""
        return MARK + 1.5 + self.measures.text * 0.45

    @property
    def paper_end(self) -> float:
        """Where a slip ends, from above: it has neither marks nor foot below it."""
        return self.height - MARK_EDGE

    def turned(self, x: float, width: float = 0.0) -> float:
        """A place that was counted from where lines begin, from the left: the same, or mirrored for right to left."""
        return round(self.width - x - width if self.right_to_left else x, 2)

    def marks(self, end: float) -> tuple[Mark, ...]:
        """The corner marks, clockwise from the upper left one; the lower ones end so far from above."""
        right, bottom = round(self.width - MARK_EDGE - MARK, 2), round(end - MARK, 2)
        places = ((MARK_EDGE, MARK_EDGE), (right, MARK_EDGE), (right, bottom), (MARK_EDGE, bottom))
        return tuple(Mark(number, x, y, MARK) for number, (x, y) in enumerate(places))

    def square(self) -> Rect:
        """Where the square code stands: at the end of the head."""
        return Rect(self.turned(self.width - BESIDE_MARK - SQUARE, SQUARE), MARK_EDGE, SQUARE, SQUARE)

    def head(self, content: Content, first: bool, measure: Measure) -> tuple[tuple[Text, ...], float]:
        """The head of the first page or of a later one, and where content begins below it."""
        width = self.width - 2 * BESIDE_MARK - SQUARE - 4
        size = self.measures.text
        x = self.turned(BESIDE_MARK, width)

        def line(words: str, most: int, *, scale: float = 1.0, bold: bool = False, role: Role = Role.WORDS) -> Text:
            return Text(printable(words, most), x, 0, round(width, 2), round(size * scale, 2), bold, role=role)

        if first:
            texts = [line(content.author, 80), line(content.title, 120, scale=self.measures.title, bold=True, role=Role.TITLE)]
            texts += [line(content.subtitle, 160, bold=True)] if content.subtitle else []
            texts += [line(one, 160) for one in content.extra_heads]
        else:
            texts = [line(content.title, 120, bold=True, role=Role.FURNITURE)]
            texts += [line(content.subtitle, 160, role=Role.FURNITURE)] if content.subtitle else []
        heights = measure(texts, content.look.language, self.right_to_left)
        placed, y = [], MARK_EDGE
        for text, height in zip(texts, heights, strict=True):
            placed.append(replace(text, y=round(y, 2)))
            y += height + 1.2
        return tuple(placed), round(max(y, self.square().bottom) + 4, 2)

    def page(self, number: int, texts: tuple[Text, ...]) -> PageLayout:
        """An empty page with its head."""
        return PageLayout(number=number, marks=self.marks(self.paper_end), qr=self.square(), texts=texts)

    def finished(self, page: PageLayout, content: Content, pages: int, numbered: bool) -> PageLayout:
        """The page with its foot: which one it is, and the code of the copy.

        Where a slip is torn off, foot and lower marks stand above that line: what is left is a whole page for the reader.
        """
        tear = next((rule.y - ABOVE_TEAR for rule in page.rules if rule.dashed), self.paper_end)
        size = self.measures.text * (0.9 if self.measures.beside else 1.0)
        y, half = round(tear - MARK + 1.5, 2), round((self.width - 2 * BESIDE_MARK) / 2, 2)
        words = content.page_words % {"page": page.number, "pages": pages}
        texts = [Text(words, self.turned(BESIDE_MARK, half), y, half, round(size, 2), role=Role.FURNITURE)]
        code = None
        if numbered:
            above = round(y - size * _MM_PER_POINT * 1.35, 2)
            begins, whole = self.turned(BESIDE_MARK + half, half), round(2 * half, 2)
            label = Text(content.code_label, BESIDE_MARK, above, whole, round(size, 2), align="end", role=Role.FURNITURE)
            texts.append(label)
            code = Text("", begins, y, half, round(size * 1.2, 2), bold=True, align="end")
        return replace(page, marks=self.marks(tear), texts=page.texts + tuple(texts), code=code)

    def rule(self, y: float, *, dashed: bool = False) -> Rule:
        """A line across the content."""
        return Rule(SIDE, round(y, 2), round(self.inner, 2), dashed)
