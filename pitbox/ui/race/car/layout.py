"""Where each piece of the page stands on a sheet so wide. Needs widths of text, and no widget."""

from collections.abc import Callable

import msgspec
from PySide6.QtCore import QRectF

from pitbox.ui.race.car.figure import Figure
from pitbox.ui.race.car.line import Line
from pitbox.ui.race.car.page import Band, Page
from pitbox.ui.race.car.table import Table
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight

Measure = Callable[[str, Type, Weight], float]

HEAD_LABEL, HEAD_VALUE, HEAD_NOTE = 16, 40, 16
ROW, BAR, TICKS, BLOCK_GAP = 20, 8, 16, 12
LABEL = 64
_HALF = 300
"""Two columns from twice this width on."""


class Spot(msgspec.Struct, frozen=True):
    """A figure and its room. `align` is where its text begins: left, or right for columns of numbers."""

    figure: Figure
    box: QRectF
    size: Type = Type.BODY
    weight: Weight = Weight.PLAIN
    is_right: bool = False
    label: str = ""
    label_room: float = 0.0
    """Left of the figure, in the same box."""
    is_head: bool = False
    """Label above and note below."""
    line: Line | None = None


class Text(msgspec.Struct, frozen=True):
    """What is no figure: heads of tables."""

    text: str
    box: QRectF
    tone: str = "dim"
    weight: Weight = Weight.PLAIN
    is_right: bool = False
    foot: float = 0.0
    """Down to here it says something: a head alone, without its first row, does not."""


class Layout(msgspec.Struct, frozen=True):
    spots: tuple[Spot, ...]
    """In reading order."""
    texts: tuple[Text, ...]
    rules: tuple[QRectF, ...]
    band: QRectF | None
    height: float


def lay_out(page: Page, width: float, px: Callable[[float], int], measure: Measure) -> Layout:
    return _Builder(page, width, px, measure).layout()


class _Builder:
    def __init__(self, page: Page, width: float, px: Callable[[float], int], measure: Measure) -> None:
        self._page, self._width, self._px, self._measure = page, width, px, measure
        self._spots: list[Spot] = []
        self._texts: list[Text] = []
        self._rules: list[QRectF] = []
        self._band: QRectF | None = None

    def layout(self) -> Layout:
        page, px, pad = self._page, self._px, self._px(PADDING)
        inner = self._width - 2 * pad
        top = self._heads(px(GRID), pad, inner)
        is_wide = self._width >= 2 * px(_HALF)
        gap = px(2 * PADDING)
        half = (inner - gap) / 2 if is_wide else inner
        self._rules.append(QRectF(pad, top + px(GRID), inner, 1))
        top += px(GRID) + px(PADDING)
        bottom = self._ahead(page.band, top, pad, half)
        grid = self._columns((page.calls, page.scenarios), half - px(LABEL))
        bottom = self._table(page.calls, grid, bottom, pad, half)
        bottom = self._single(Line("Menu shows", page.menu), bottom, pad, half) + px(BLOCK_GAP)
        bottom = self._table(page.scenarios, grid, bottom, pad, half)
        bottom = self._single(Line("To the flag", page.need), bottom, pad, half) + px(BLOCK_GAP)
        left, start = (pad + half + gap, top) if is_wide else (pad, bottom)
        end = start
        for line in page.lines:
            end = self._single(line, end, left, half)
        height = max(bottom, end) + px(PADDING)
        return Layout(tuple(self._spots), tuple(self._texts), tuple(self._rules), self._band, height)

    def _heads(self, top: float, left: float, width: float) -> float:
        """As large as they fit; what is over is shared."""
        px = self._px
        for size in (Type.GREAT, Type.FIGURE, Type.HEAD):
            wants = [self._head_width(figure, size) for figure in self._page.heads]
            if sum(wants) + 2 * px(PADDING) <= width:
                break
        spare = max(0.0, width - sum(wants)) / max(1, len(wants) - 1)
        height = px(HEAD_LABEL) + px(HEAD_VALUE) + px(HEAD_NOTE)
        for figure, want in zip(self._page.heads, wants, strict=True):
            room = min(want + spare - px(PADDING), self._width - left)
            box = QRectF(left, top, max(room, want), height)
            weight = Weight.FIRST if figure is self._page.heads[0] else Weight.STRONG
            self._spots.append(Spot(figure, box, size, weight, label=head_label(figure), is_head=True))
            left += want + spare
        return top + height

    def _head_width(self, figure: Figure, size: Type) -> float:
        value = self._measure(figure.value, size, Weight.FIRST)
        label = self._measure(head_label(figure), Type.NOTE, Weight.PLAIN)
        return max(value, label, self._measure(figure.note, Type.NOTE, Weight.PLAIN))

    def _ahead(self, band: Band | None, top: float, left: float, width: float) -> float:
        if band is None:
            return top
        px = self._px
        bottom = self._single(Line("Window", band.figure), top, left, width)
        self._band = QRectF(left, bottom + px(GRID), width, px(BAR) + px(TICKS))
        return self._band.bottom() + px(BLOCK_GAP)

    def _columns(self, tables: tuple[Table, ...], width: float) -> list[float]:
        """Widths that all tables share, so that their figures line up; the air between them is alike."""
        wants: list[float] = []
        for at in range(max(len(table.heads) for table in tables)):
            heads = [table.heads[at] for table in tables if at < len(table.heads)]
            figures = [
                (
                    row.figures[at].value,
                    Weight.STRONG if not number and table is self._page.calls else Weight.PLAIN,
                )
                for table in tables
                for number, row in enumerate(table.rows)
                if at < len(row.figures)
            ]
            wants.append(
                max(
                    [self._measure(head, Type.NOTE, Weight.PLAIN) for head in heads]
                    + [self._measure(value, Type.BODY, weight) for value, weight in figures]
                )
            )
        air = (width - sum(wants)) / max(1, len(wants))
        return [want + air for want in wants]

    def _table(self, table: Table, grid: list[float], top: float, left: float, width: float) -> float:
        px = self._px
        foot = top + 2 * px(ROW)
        lefts = [left + px(LABEL) + sum(grid[:at]) for at in range(len(grid))]
        title = QRectF(left, top, px(LABEL), px(ROW))
        self._texts.append(Text(table.title, title, "text", Weight.STRONG, foot=foot))
        for at, head in enumerate(table.heads):
            box = QRectF(lefts[at], top, grid[at], px(ROW))
            self._texts.append(Text(head, box, is_right=True, foot=foot))
        top += px(ROW)
        self._rules.append(QRectF(left, top - 1, width, 1))
        for number, row in enumerate(table.rows):
            label = f"{row.label}, {row.unit}" if row.unit else row.label
            self._texts.append(Text(label, QRectF(left, top, px(LABEL), px(ROW))))
            for at, figure in enumerate(row.figures):
                box = QRectF(lefts[at], top, grid[at], px(ROW))
                weight = Weight.STRONG if number == 0 and table is self._page.calls else Weight.PLAIN
                self._spots.append(Spot(figure, box, weight=weight, is_right=True))
            top += px(ROW)
        return top

    def _single(self, line: Line, top: float, left: float, width: float) -> float:
        box = QRectF(left, top, width, self._px(ROW))
        room = self._px(LABEL + PADDING)
        self._spots.append(Spot(line.figure, box, label=line.label, label_room=room, line=line))
        return top + self._px(ROW)


def head_label(figure: Figure) -> str:
    return f"{figure.name}, {figure.unit}" if figure.unit else figure.name
