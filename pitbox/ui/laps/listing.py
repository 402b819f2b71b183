"""The list of all laps: which pass the filter, which are chosen, and why the others cannot be drawn."""

from functools import partial

import msgspec
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from pitbox.store.lap_list import ListedLap
from pitbox.ui.laps.board import LapBoard, copied
from pitbox.ui.laps.ink import LETTERS, lap_tone
from pitbox.ui.scene.lap_filter import WET, unknown_words
from pitbox.ui.scene.words import NONE, count_words, lap_words, volume
from pitbox.ui.shell.panel import Panel
from pitbox.ui.shell.pen import NOTE, Pen, Spot, Style
from pitbox.ui.shell.picture import Picture
from pitbox.ui.shell.stage import Stage
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight
from pitbox.wall.lap_desk import key_of

_HEAD = 22
_EMPTY = "Every lap of every car stands here as soon as one is driven; two to eight of them can be drawn."
_BEHIND = "The race is ahead of the database, which reads it now: its laps stand here as they come."
_NO_LAP = "No lap from line to line was recorded in this session. L opens another one."
_NO_SESSION = "No race is shown. Open one, and its laps stand here; L opens another session."


class _Column(msgspec.Struct, frozen=True):
    title: str
    width: int
    gives_way: int
    """The higher, the sooner it goes where there is little room."""
    is_figure: bool = True


_COLUMNS = (
    _Column("", 18, 0, is_figure=False),
    _Column("Lap", 32, 0),
    _Column("Driver", 100, 0, is_figure=False),
    _Column("Time", 66, 0),
    _Column("Marks", 50, 2, is_figure=False),
    _Column("Fuel", 40, 3),
    _Column("Tyres", 40, 4),
    _Column("Track", 44, 5),
)


_MARKS = 4


class LapTable(Picture):
    """Only what is in sight is drawn: a day with sixty cars has forty thousand laps."""

    def __init__(self, look: Look, board: LapBoard) -> None:
        super().__init__(look, "Laps", self._draw_rows)
        self.board, self.at, self.first = board, 0, 0
        self._unknown: frozenset[str] = frozenset()
        """Columns of which nobody recorded anything: they have no room."""
        self.setMinimumWidth(look.px(180))
        for signal in (board.listed, board.picked):
            signal.connect(self._refresh)
        board.drawn.connect(self.renew)

    @property
    def current(self) -> Spot | None:
        return None

    @property
    def lap(self) -> ListedLap | None:
        """That the keys act on."""
        shown = self.board.shown
        return shown[self.at] if 0 <= self.at < len(shown) else None

    @property
    def rows(self) -> int:
        return max(1, (self.height() - self.look.px(_HEAD)) // self.look.row_height)

    def step(self, by: int) -> None:
        self.at = min(max(0, self.at + by), max(0, len(self.board.shown) - 1))
        self.first = min(max(self.first, self.at - self.rows + 1), self.at)
        self.renew()

    def roll(self, by: int) -> None:
        self.first = min(max(0, self.first + by), max(0, len(self.board.shown) - self.rows))
        self.renew()

    def row_at(self, y: float) -> int | None:
        at = self.first + int((y - self.look.px(_HEAD)) // self.look.row_height)
        return at if y >= self.look.px(_HEAD) and at < len(self.board.shown) else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self.row_at(event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and at is not None:
            self.at = at
            lap = self.board.shown[at]
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.board.refer_to(lap)
            else:
                self.board.pick(lap)
            self.renew()
        super().mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.roll(-round(event.angleDelta().y() / 40))
        event.accept()

    def draw_over(self, painter: QPainter, event: QPaintEvent) -> None:  # noqa: ARG002
        """Where the list stands, at the right edge."""
        count, rows = len(self.board.shown), self.rows
        if count <= rows:
            return
        top, room = self.look.px(_HEAD), self.height() - self.look.px(_HEAD)
        long = max(self.look.px(16), room * rows / count)
        y = top + (room - long) * self.first / (count - rows)
        Pen(self.look, painter).fill(QRectF(self.width() - self.look.px(3), y, self.look.px(3), long), "line")

    def _refresh(self) -> None:
        laps = self.board.list.laps if self.board.list is not None else ()
        told = {
            "Fuel": any(one.fuel_left_l is not None for one in laps),
            "Tyres": any(one.tyre_laps is not None for one in laps),
            "Track": any(one.track_c is not None for one in laps),
        }
        self._unknown = frozenset(title for title, is_told in told.items() if not is_told)
        self.at = min(self.at, max(0, len(self.board.shown) - 1))
        self.roll(0)

    def _draw_rows(self, pen: Pen, box: QRectF) -> float:
        pad = pen.px(PADDING)
        if not self.board.shown:
            return pen.wrap(
                box.adjusted(2 * pad, 2 * pad, -2 * pad, 0), self._why_empty(), Style("dim"), row=20
            )
        widths = self._widths(pen, box.width() - 2 * pad)
        self._heads(pen, box, widths)
        top = box.top() + pen.px(_HEAD)
        for at in range(self.first, min(len(self.board.shown), self.first + self.rows)):
            row = QRectF(box.left(), top, box.width(), self.look.row_height)
            self._row(pen, at, row, widths)
            top = row.bottom()
        return top

    def _why_empty(self) -> str:
        board = self.board
        if board.session is None:
            return _NO_SESSION
        if board.list is None:
            return "Laps are being read ..."
        if board.list.trouble:
            return f"Laps cannot be read: {board.list.trouble}"
        if board.list.laps:
            return f"None of {len(board.list.laps):,} laps passes the filter."
        if board.chosen is not None:
            return _NO_LAP
        is_driven = any(row.laps > 0 for row in board.stage.bridge.scene.rows)
        return _BEHIND if is_driven else _EMPTY

    def _widths(self, pen: Pen, room: float) -> list[float]:
        shown = [one for one in _COLUMNS if one.title not in self._unknown]
        while sum(pen.px(one.width) for one in shown) > room and any(one.gives_way for one in shown):
            shown.remove(max(shown, key=lambda one: one.gives_way))
        widths = [float(pen.px(one.width)) if one in shown else 0.0 for one in _COLUMNS]
        spare = room - sum(widths)
        if widths[_MARKS] and spare > 0:
            seen = self.board.shown[self.first : self.first + self.rows]
            wanted = max((pen.width(one.marks) for one in seen), default=0.0) + pen.px(PADDING)
            more = min(max(0.0, wanted - widths[_MARKS]), spare)
            widths[_MARKS] += more
            spare -= more
        widths[2] += spare
        return widths

    def _heads(self, pen: Pen, box: QRectF, widths: list[float]) -> None:
        left = box.left() + pen.px(PADDING)
        for column, width in zip(_COLUMNS, widths, strict=True):
            if width:
                side = "right" if column.is_figure else "left"
                room = QRectF(left, box.top(), width - pen.px(PADDING), pen.px(_HEAD))
                pen.write(room, column.title, msgspec.structs.replace(NOTE, side=side))
            left += width
        pen.fill(QRectF(box.left(), box.top() + pen.px(_HEAD) - 1, box.width(), 1), "line")

    def _row(self, pen: Pen, at: int, row: QRectF, widths: list[float]) -> None:
        lap = self.board.shown[at]
        place = self.board.place_of(key_of(lap))
        if place is not None or at == self.at:
            pen.fill(row, "raised")
        if place is not None:
            pen.fill(
                QRectF(row.left(), row.top() + 2, pen.px(3), row.height() - 4), lap_tone(self.look, place)
            )
        left = row.left() + pen.px(PADDING)
        for column, width, cell in zip(_COLUMNS, widths, self._cells(lap, place), strict=True):
            if width:
                words, tone, weight = cell
                side = "right" if column.is_figure else "left"
                room = QRectF(left, row.top(), width - pen.px(PADDING), row.height())
                pen.write(room, words, Style(tone, Type.BODY, weight, side))
            left += width
        if at == self.at and self.hasFocus():
            pen.frame(row, "accent")
        pen.spot(row, self._tip(lap))

    def _cells(self, lap: ListedLap, place: int | None) -> list[tuple[str, str, Weight]]:
        plain, strong = Weight.PLAIN, Weight.STRONG
        can_draw = lap.is_own and key_of(lap) not in self.board.refusals
        tone = "text" if can_draw else "dim"
        fuel = NONE if lap.fuel_left_l is None else volume(lap.fuel_left_l, self.look.taste.units, 1)[0]
        weather = NONE if lap.track_c is None else f"{lap.track_c:.0f}°"
        if lap.wetness is not None and lap.wetness >= WET:
            weather = "wet"
        letter = "" if place is None else LETTERS[place]
        return [
            (letter, "text" if place is None else lap_tone(self.look, place), strong),
            (str(lap.lap), tone, plain),
            (f"#{lap.number} {lap.driver}".strip(), tone, plain),
            (lap_words(lap.time_s), tone if lap.is_clean else "dim", strong if can_draw else plain),
            (lap.marks, "dim", plain),
            (fuel, "dim", plain),
            (NONE if lap.tyre_laps is None else str(lap.tyre_laps), "dim", plain),
            (weather, "dim", plain),
        ]

    def _tip(self, lap: ListedLap) -> str:
        lines = [f"Lap {lap.lap} of #{lap.number} {lap.driver}, {lap.part}: {lap_words(lap.time_s)}."]
        if lap.marks:
            lines.append(f"Not clean: {lap.marks.replace(' ', ', ')}.")
        if lap.tyre_laps is not None:
            lines.append(f"{count_words(lap.tyre_laps, 'lap', 'laps')} on these tyres before it.")
        refused = self.board.refusals.get(key_of(lap))
        if refused is not None:
            lines.append(f"It cannot be drawn. {refused}")
            return "\n".join(lines)
        how = "Click: draw it, or not. Shift and click: hold the others against it."
        lines.append(how if lap.is_own else "Nobody recorded this car from inside: it cannot be drawn.")
        return "\n".join(lines)


class Chips(Picture):
    """Which session is listed, and switches of the filter: as many lines as the width asks for."""

    wished = Signal()
    """Another session."""

    def __init__(self, look: Look, board: LapBoard) -> None:
        super().__init__(look, "Filter of laps", self._draw_chips, is_tall=True)
        self.board = board
        board.listed.connect(self.renew)

    def turn(self, name: str) -> None:
        now = self.board.filter
        if name in ("dry", "wet"):
            self.board.show_filter(copied(now, weather="" if now.weather == name else name))
        else:
            self.board.show_filter(copied(now, **{name: not getattr(now, name)}))

    def _fit(self) -> None:
        """It takes what it needs; the list has the rest."""
        self.setFixedHeight(round(self._draw_chips(Pen(self.look), QRectF(0, 0, self.width(), 0))))

    def _draw_chips(self, pen: Pen, box: QRectF) -> float:
        pad, now = pen.px(PADDING), self.board.filter
        room = QRectF(box.left() + pad, box.top(), box.width() - 2 * pad, pen.px(20))
        words = self.board.session_words
        count = f"{len(self.board.shown):,} laps"
        pen.write(room, count, msgspec.structs.replace(NOTE, side="right"))
        beside = room.adjusted(0, 0, -pen.width(count, NOTE) - pad, 0)
        name = pen.write(beside, words, Style("accent", Type.NOTE, Weight.STRONG))
        pen.spot(name, f"{words}. Click: laps of another session (L)", self.wished.emit)
        left, top = room.left(), room.bottom() + pen.px(2)
        for title, field, is_on, tip in (
            ("Valid", "is_valid", now.is_valid, "Driven from line to line (V)"),
            ("Clean", "is_clean", now.is_clean, "Flying laps: no pits, caution or incident (C)"),
            ("Drawable", "is_own", now.is_own, "Recorded from inside the car (D)"),
            ("Dry", "dry", now.weather == "dry", "On a road that is dry, or nearly"),
            ("Wet", "wet", now.weather == "wet", "On a wet road"),
        ):
            weight = Weight.STRONG if is_on else Weight.PLAIN
            wide = pen.width(title, Style(size=Type.NOTE, weight=weight)) + 2 * pen.px(8)
            if left > room.left() and left + wide > room.right():
                left, top = room.left(), top + pen.px(24)
            left = pen.button(left, top, title, tip, partial(self.turn, field), is_first=is_on)
            left += pen.px(GRID)
        bottom = top + pen.px(20)
        known = self.board.list.laps if self.board.list is not None else ()
        lacking = unknown_words(now, known)
        if lacking:
            line = QRectF(room.left(), bottom + pen.px(2), room.width(), 0)
            bottom = pen.wrap(line, lacking, Style("warn", Type.NOTE), row=16, most=3)
        return bottom + pen.px(GRID)


class ListPanel(Panel):
    def __init__(self, stage: Stage, board: LapBoard) -> None:
        super().__init__(stage)
        self.board = board
        self.chips = Chips(stage.look, board)
        self.line = QLineEdit()
        self.line.setAccessibleName("Filter of laps")
        self.line.setPlaceholderText("ada  fuel 20-40  tyres 0-5  lap 3-9  track 25-30")
        self.line.setToolTip("Names, numbers, classes; ranges of fuel, tyres, lap, stint and track (°)")
        self.line.textChanged.connect(board.type_filter)
        self.table = LapTable(stage.look, board)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        frame = QWidget()
        row = QVBoxLayout(frame)
        pad = stage.look.px(PADDING)
        row.setContentsMargins(pad, 0, pad, stage.look.px(GRID))
        row.addWidget(self.line)
        column.addWidget(self.chips)
        column.addWidget(frame)
        column.addWidget(self.table, 1)
        self.setFocusProxy(self.table)
