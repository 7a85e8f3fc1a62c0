"""From what a form says to where everything stands: page by page, nothing split, nothing off the page. Pure.

How high words become is asked of a `Measure`; what sets the form measures it, so that what is planned is what is printed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count as count_from

from app.features.printing.layout.blocks import Block, Columns, Content, Lines, Measure, Row, Slip, Words, printable
from app.features.printing.layout.frame import ABOVE_TEAR, SIDE, Frame
from app.features.printing.layout.model import Bubble, FormLayout, PageLayout, Rect, Role, Rule, Takes, Text, WriteIn
from app.features.printing.layout.rows import Placed, RowTexts, place_row, row_texts

MOST_MORE = 8
"""By so many lines at most a place for handwriting grows."""
LONGEST_PART = 0.7
"""A part of a form that is longer than this share of a page is not kept together."""
LAST_TOGETHER = 3
"""The last page has at least so many rows, where they fit on one."""
_COLUMN_GAP = 8.0


@dataclass
class _Piece:
    """Something that stays together on one page, placed at y = 0."""

    height: float
    texts: tuple[Text, ...] = ()
    bubbles: tuple[Bubble, ...] = ()
    write_ins: tuple[WriteIn, ...] = ()
    rules: tuple[Rule, ...] = ()
    slip: Text | None = None
    keep: bool = False
    """Whether it stands on the page of what follows it: headings do."""
    begins: bool = False
    """Whether a part of the form begins with it that stays together where that costs no page."""


@dataclass
class _Page:
    layout: PageLayout
    y: float
    pieces: int = 0


@dataclass
class _Flow:
    frame: Frame
    content: Content
    heads: tuple[tuple[tuple[Text, ...], float], tuple[tuple[Text, ...], float]]
    pages: list[_Page] = field(default_factory=list)

    def begin(self) -> _Page:
        texts, y = self.heads[1 if self.pages else 0]
        self.pages.append(_Page(self.frame.page(len(self.pages) + 1, texts), y))
        return self.pages[-1]

    def needs(self, piece: _Piece) -> float:
        """The height that a piece takes of what is left for content; marks and foot move up above a slip."""
        return piece.height + ABOVE_TEAR if piece.slip else piece.height

    def put(self, pieces: Sequence[_Piece]) -> None:
        """The pieces one after the other, all on one page."""
        page = self.pages[-1] if self.pages else self.begin()
        if page.y + sum(self.needs(piece) for piece in pieces) > self.frame.end and page.pieces:
            page = self.begin()
        for piece in pieces:
            y = page.y
            if piece.slip:  # a slip is torn off at the lower edge
                y = self.frame.paper_end - piece.height
            page.layout = _with(page.layout, piece, y)
            page.y = y + piece.height
            page.pieces += 1


def lay_out(content: Content, measure: Measure) -> FormLayout:
    """The layout of a form. The same content gives the same layout as long as `measure` says the same."""
    if content.flexible:
        return _fitted(content, measure)
    layout = _laid_out(content, measure)
    if len(layout.pages) > 1 and content.when_several:
        more = (Words(content.when_several, bold=True),)
        layout = _laid_out(replace(content, blocks=_with_more(content.blocks, more)), measure)
    return layout


def _fitted(content: Content, measure: Measure) -> FormLayout:
    """On as few pages as it can be: each part on one page, then with less white, then wherever pages end.

    Lines that may grow take up what is left over, so that nobody writes in a corner beside an empty page.
    """
    ways = ((False, True), (True, True), (False, False), (True, False))
    made = [(_laid_out(content, measure, tight=tight, whole=whole), tight, whole) for tight, whole in ways]
    layout, tight, whole = min(made, key=lambda one: len(one[0].pages))
    pages = len(layout.pages)
    for more in range(1, MOST_MORE + 1):
        blocks = [
            replace(one, count=min(one.count + more, one.most)) if isinstance(one, Lines) and one.most else one
            for one in content.blocks
        ]
        grown = _laid_out(replace(content, blocks=blocks), measure, tight=tight, whole=whole)
        if pages == 1 or len(grown.pages) > pages or _written_on(grown, content) != _written_on(layout, content):
            break
        layout = grown
    return layout


def _written_on(layout: FormLayout, content: Content) -> list[int]:
    """On which pages the lines that may grow stand: they grow where they are, and push nothing but what comes after them."""
    growing = {one.name for one in content.blocks if isinstance(one, Lines) and one.most}
    return [page.number for page in layout.pages for one in page.write_ins if one.name in growing]


def _laid_out(content: Content, measure: Measure, *, tight: bool = False, whole: bool = False) -> FormLayout:
    frame = Frame(content.look, content.right_to_left, tight)
    flow = _Flow(frame, content, (frame.head(content, True, measure), frame.head(content, False, measure)))
    groups = list(_together(frame, list(_pieces(frame, content.blocks, content, measure)), whole))
    for pieces in _company(groups, flow, at_least=2 if content.flexible else 1):
        flow.put(pieces)
    several = len(flow.pages) > 1
    numbered = content.several_is_numbered if several else content.single_is_numbered
    pages = tuple(frame.finished(page.layout, content, len(flow.pages), numbered) for page in flow.pages)
    return FormLayout(
        key=content.key,
        look=content.look,
        title=content.title,
        author=content.author,
        right_to_left=content.right_to_left,
        pages=pages,
        fields=dict(_fields(content.blocks)),
        numbered=numbered,
        test_word=content.test_word,
    )


def _together(frame: Frame, pieces: Sequence[_Piece], whole: bool) -> Iterator[list[_Piece]]:
    """What stands on one page: what keeps with its next, or with `whole` each part of the form that is not too long."""
    parts: list[list[_Piece]] = []
    for piece in pieces:
        if not parts or piece.begins or piece.slip or not whole:
            parts.append([])
        parts[-1].append(piece)
    waiting: list[_Piece] = []
    for part in parts:
        if len(part) > 1 and sum(piece.height for piece in part) <= frame.end * LONGEST_PART:
            yield waiting + part
            waiting = []
            continue
        for piece in part:
            waiting.append(piece)
            if not piece.keep:
                yield waiting
                waiting = []
    if waiting:
        yield waiting


def _company(groups: list[list[_Piece]], flow: _Flow, at_least: int) -> list[list[_Piece]]:
    """The last page is not a slip or a single row by itself: what comes last goes with what is before it, where both fit.

    That costs no page: what moves goes from a full page to one that is nearly empty. At least so many groups go together.
    """
    room = flow.frame.end - flow.heads[1][1]
    before, last = groups[:-1], groups[-1] if groups else []
    while before and (at_least > 1 or len(last) < LAST_TOGETHER):
        together = [*before[-1], *last]
        if sum(flow.needs(piece) for piece in together) > room:
            break
        before, last, at_least = before[:-1], together, at_least - 1
    return [*before, last] if last else before


def _with_more(blocks: Sequence[Block], more: tuple[Words, ...]) -> list[Block]:
    first = next((at for at, block in enumerate(blocks) if not isinstance(block, Words)), len(blocks))
    while first and isinstance(before := blocks[first - 1], Words) and before.role is not Role.WORDS:
        first -= 1
    return [*blocks[:first], *more, *blocks[first:]]


def _fields(blocks: Sequence[Block]) -> Iterator[tuple[str, Takes]]:
    for block in blocks:
        rows = block.rows if isinstance(block, Columns) else (block,) if isinstance(block, Row) else ()
        for row in rows:
            yield from ((line.field, line.takes) for line in row.lines)


def _pieces(frame: Frame, blocks: Sequence[Block], content: Content, measure: Measure) -> Iterator[_Piece]:
    """Every block as a piece. All texts are measured at once, because asking is what takes time."""
    texts: list[Text] = []
    made: list[tuple[Block, list[RowTexts], int, int]] = []
    for block in blocks:
        rows = [row_texts(frame, row, *place) for row, place in _in_columns(frame, block)]
        own = [one for row in rows for one in row.texts] if rows else _words_of(frame, block)
        made.append((block, rows, len(texts), len(own)))
        texts.extend(own)
    heights = measure(texts, content.look.language, content.right_to_left)
    numbers = count_from(1)
    for (block, rows, begin, count), following in zip(made, [*blocks[1:], None], strict=True):
        own_texts, own_heights = texts[begin : begin + count], heights[begin : begin + count]
        if rows:
            yield from _rows(frame, block, rows, own_heights, numbers)
        else:
            piece = _other(frame, block, own_texts, own_heights)
            piece.keep = piece.keep or (content.flexible and _introduces(block, following))
            heads = isinstance(block, Words) and (block.bold or block.role is not Role.WORDS)
            piece.begins = content.flexible and heads and piece.keep
            yield piece


def _introduces(block: Block, following: Block | None) -> bool:
    """Whether words say what is to be written or marked right below them, or head what has headings of its own."""
    if not isinstance(block, Words):
        return False
    return isinstance(following, Lines | Columns) or (block.bold and isinstance(following, Words))


def _in_columns(frame: Frame, block: Block) -> list[tuple[Row, tuple[float, float]]]:
    if isinstance(block, Row):
        return [(block, (SIDE, frame.inner))]
    if not isinstance(block, Columns):
        return []
    count = frame.measures.columns
    width = (frame.inner - _COLUMN_GAP * (count - 1)) / count
    return [(row, (SIDE + at % count * (width + _COLUMN_GAP), width)) for at, row in enumerate(block.rows)]


def _rows(frame: Frame, block: Block, rows: list[RowTexts], heights: list[float], numbers: Iterator[int]) -> Iterator[_Piece]:
    placed: list[Placed] = []
    for row in rows:
        own, heights = heights[: len(row.texts)], heights[len(row.texts) :]
        placed.append(place_row(frame, row, own).counted(next(numbers)))
    if isinstance(block, Row):
        one = placed[0]
        yield _Piece(one.height, one.texts, one.bubbles, rules=(frame.rule(one.height),))
        return
    count = frame.measures.columns
    for at in range(0, len(placed), count):
        beside = placed[at : at + count]
        texts = tuple(text for one in beside for text in one.texts)
        bubbles = tuple(bubble for one in beside for bubble in one.bubbles)
        alone = count < len(placed) and (at == 0 or at + 2 * count >= len(placed) > at + count)
        yield _Piece(max(one.height for one in beside), texts, bubbles, keep=alone)  # neither first nor last stands alone


def _words_of(frame: Frame, block: Block) -> list[Text]:
    if isinstance(block, Slip):
        label = Text(block.code_label, SIDE, 0, round(frame.inner, 2), frame.measures.text, bold=True)
        return [*(one for words in block.words for one in _words_of(frame, words)), label]
    if isinstance(block, Words):
        size = round(frame.measures.text * block.scale, 2)
        words = printable(block.words, len(block.words) + 1)  # what is said in whole sentences is never cut
        bold = block.bold or block.role is Role.HEADING
        return [Text(words, SIDE, 0, round(frame.inner, 2), size, bold, role=block.role, language=block.language)]
    return []


def _other(frame: Frame, block: Block, texts: list[Text], heights: list[float]) -> _Piece:
    if isinstance(block, Lines):
        height = round(block.count * frame.measures.line, 2)
        place = Rect(SIDE, 0, round(frame.inner, 2), height)
        return _Piece(height + (1.5 if frame.tight else 2.5), write_ins=(WriteIn(block.name, place, block.count),))
    if isinstance(block, Slip):
        return _slip(frame, texts, heights)
    heading = isinstance(block, Words) and block.role is not Role.WORDS
    above, below = (2.0, 1.0) if heading else (0.5, 1.8)
    if frame.tight:
        above, below = above / 2, below / 2
    placed = replace(texts[0], y=above)
    return _Piece(above + heights[0] + below, (placed,), keep=heading)


def _slip(frame: Frame, texts: list[Text], heights: list[float]) -> _Piece:
    placed, y = [], 4.0
    for text, height in zip(texts, heights, strict=True):
        placed.append(replace(text, y=round(y, 2)))
        y += height + 1.0
    size = round(frame.measures.text * 1.25, 2)
    code = Text("", SIDE, round(y, 2), round(frame.inner, 2), size, bold=True)
    return _Piece(round(y + size * 0.5 + 2, 2), tuple(placed), rules=(frame.rule(0, dashed=True),), slip=code)


def _with(page: PageLayout, piece: _Piece, y: float) -> PageLayout:
    def lower(at: float) -> float:
        return round(at + y, 2)

    return replace(
        page,
        texts=page.texts + tuple(replace(one, y=lower(one.y)) for one in piece.texts),
        bubbles=page.bubbles + tuple(replace(one, y=lower(one.y)) for one in piece.bubbles),
        rules=page.rules + tuple(replace(one, y=lower(one.y)) for one in piece.rules),
        write_ins=page.write_ins
        + tuple(replace(one, place=replace(one.place, y=lower(one.place.y))) for one in piece.write_ins),
        slip=replace(piece.slip, y=lower(piece.slip.y)) if piece.slip else page.slip,
    )
