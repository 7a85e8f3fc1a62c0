"""From what a form says to where everything stands: page by page, nothing split, nothing off the page. Pure.

How high words become is asked of a `Measure`; what sets the form measures it, so that what is planned is what is printed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from app.features.printing.layout.blocks import Block, Columns, Content, Lines, Measure, Row, Slip, Words, printable
from app.features.printing.layout.frame import SIDE, Frame
from app.features.printing.layout.model import Bubble, FormLayout, PageLayout, Rect, Role, Rule, Takes, Text, WriteIn
from app.features.printing.layout.rows import Placed, RowTexts, place_row, row_texts

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
    """Whether it stands on the page of what follows it: headings do, and words that say how a question is answered."""
    begins: bool = False
    """Whether a question begins with it. A row of a ballot is a question of its own, and so is a paragraph."""


@dataclass
class _Page:
    layout: PageLayout
    y: float
    pieces: int = 0


@dataclass
class _Flow:
    frame: Frame
    heads: tuple[tuple[tuple[Text, ...], float], tuple[tuple[Text, ...], float]]
    pages: list[_Page] = field(default_factory=list)

    def begin(self) -> _Page:
        texts, y = self.heads[1 if self.pages else 0]
        self.pages.append(_Page(self.frame.page(len(self.pages) + 1, texts), y))
        return self.pages[-1]

    def put(self, pieces: Sequence[_Piece]) -> None:
        """The pieces one after the other, all on one page."""
        page = self.pages[-1] if self.pages else self.begin()
        if page.y + sum(piece.height for piece in pieces) > self.frame.end and page.pieces:
            page = self.begin()
        for piece in pieces:
            y = page.y
            if piece.slip:  # a slip is torn off at the lower edge
                y = max(y, self.frame.end - piece.height)
            page.layout = _with(page.layout, piece, y)
            page.y = y + piece.height
            page.pieces += 1

    def put_question(self, chunks: Sequence[Sequence[_Piece]]) -> None:
        """All of a question on one page, where a page has room for it; else as much of it as fits, and the rest behind."""
        page = self.pages[-1] if self.pages else self.begin()
        pieces = [piece for chunk in chunks for piece in chunk]
        begins = self.heads[1][1] if page.pieces else page.y
        fits = begins + sum(piece.height for piece in pieces) <= self.frame.end
        for one in [pieces] if fits else chunks:
            self.put(one)


def lay_out(content: Content, measure: Measure) -> FormLayout:
    """The layout of a form. The same content gives the same layout as long as `measure` says the same."""
    layout = _laid_out(content, measure, ())
    if len(layout.pages) > 1 and content.when_several:
        layout = _laid_out(content, measure, (Words(content.when_several, bold=True),))
    return layout


def _laid_out(content: Content, measure: Measure, more: tuple[Words, ...]) -> FormLayout:
    frame = Frame(content.look, content.right_to_left)
    heads = (frame.head(content, True, measure), frame.head(content, False, measure))
    pieces = list(_pieces(frame, _with_more(content.blocks, more), content, measure))
    # No question is torn in two, unless that saves a sheet.
    flow = min((_flowed(_Flow(frame, heads), pieces, whole) for whole in (True, False)), key=lambda one: len(one.pages))
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


def _flowed(flow: _Flow, pieces: Sequence[_Piece], whole: bool) -> _Flow:
    """The pieces on pages; `whole`: with each question on one page, and the slip on that of the last one."""
    chunks: list[list[_Piece]] = [[]]
    for piece in pieces:
        chunks[-1].append(piece)
        if not piece.keep:
            chunks.append([])
    questions: list[list[list[_Piece]]] = []
    for chunk in filter(None, chunks):
        if questions and whole and not chunk[0].begins:
            questions[-1].append(chunk)
        else:
            questions.append([chunk])
    for question in questions:
        flow.put_question(question)
    return flow


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
    following: list[Block | None] = [*blocks[1:], None]
    for (block, rows, begin, count), behind in zip(made, following, strict=True):
        own_texts, own_heights = texts[begin : begin + count], heights[begin : begin + count]
        if rows:
            yield from _rows(frame, block, rows, own_heights)
        else:
            piece, hint = _other(frame, block, own_texts, own_heights), _is_hint(block, behind)
            told = isinstance(block, Words) and not hint
            yield replace(piece, keep=piece.keep or hint, begins=piece.begins or told)


def _is_hint(block: Block, behind: Block | None) -> bool:
    """Whether words say how the question behind them is answered, or what is asked from there on."""
    return isinstance(block, Words) and (block.bold or isinstance(behind, Lines | Columns))


def _in_columns(frame: Frame, block: Block) -> list[tuple[Row, tuple[float, float]]]:
    if isinstance(block, Row):
        return [(block, (SIDE, frame.inner))]
    if not isinstance(block, Columns):
        return []
    count = frame.measures.columns
    width = (frame.inner - _COLUMN_GAP * (count - 1)) / count
    return [(row, (SIDE + at % count * (width + _COLUMN_GAP), width)) for at, row in enumerate(block.rows)]


def _rows(frame: Frame, block: Block, rows: list[RowTexts], heights: list[float]) -> Iterator[_Piece]:
    placed: list[Placed] = []
    for row in rows:
        own, heights = heights[: len(row.texts)], heights[len(row.texts) :]
        placed.append(place_row(frame, row, own))
    if isinstance(block, Row):
        one = placed[0]
        yield _Piece(one.height, one.texts, one.bubbles, rules=(frame.rule(one.height),), begins=True)
        return
    count = frame.measures.columns
    for at in range(0, len(placed), count):
        beside = placed[at : at + count]
        texts = tuple(text for one in beside for text in one.texts)
        bubbles = tuple(bubble for one in beside for bubble in one.bubbles)
        # Neither the first nor the last line of choices stands on a page by itself.
        alone = len(placed) > count and at in (0, (len(placed) - 1) // count * count - count)
        yield _Piece(max(one.height for one in beside), texts, bubbles, keep=alone)


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
        return _Piece(height + 2.0, write_ins=(WriteIn(block.name, place, block.count),))
    if isinstance(block, Slip):
        return _slip(frame, texts, heights)
    heading = isinstance(block, Words) and block.role is not Role.WORDS
    above = 2.0 if heading else 0.5
    placed = replace(texts[0], y=above)
    return _Piece(above + heights[0] + (1.0 if heading else 1.8), (placed,), keep=heading, begins=heading)


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
