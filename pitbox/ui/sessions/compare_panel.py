"""Marked sessions in rows: pace with its interval, how far it is from the first one's, spread, best lap."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout

from pitbox.ui.scene.words import NONE, lap_words, signed, volume, warmth
from pitbox.ui.sessions.comparing import Comparing
from pitbox.ui.sessions.words import date_words, figure_words, half_words, name_words, pace_words
from pitbox.ui.shell.panel import Panel
from pitbox.ui.shell.pen import DIM, NOTE, Pen, Style
from pitbox.ui.shell.picture import Picture, Scroll
from pitbox.ui.shell.stage import Stage
from pitbox.ui.team.field import Chip
from pitbox.ui.theme.token import GRID, PADDING, Weight
from pitbox.wall.form_book import Compared
from pitbox.wall.library import Recorded

EMPTY = "Mark two sessions or more, by Space or a click with Ctrl: they are held against the first one here."
RUNNING = "Comparing ..."
_TITLES = (
    ("Laps", 44, ""),
    (
        "Pace",
        72,
        "Mean of dry clean laps, at one amount of fuel and one heat of the track as far as laps tell",
    ),
    ("95 %", 60, "How sure the pace is"),
    ("To first", 72, "Slower than the first session by so much; ? where chance may do that"),
    ("Spread", 56, "Two of three laps lie so near to the pace: consistency"),
    ("Best", 72, "The quickest of these laps"),
    ("Fuel", 52, "For each lap"),
    ("Track", 48, "Heat of the track"),
    ("Wet", 44, "Share of laps on a wet track"),
)
_ROW, _NAME, _DATE = 22, 140, 80


class ComparePanel(Panel):
    def __init__(self, stage: Stage, comparing: Comparing) -> None:
        super().__init__(stage)
        self.comparing = comparing
        self.clear = Chip("Clear marks", "Compare nothing", is_checkable=False)
        self.clear.clicked.connect(comparing.board.clear_marks)
        self.bar_parts = [self.clear]
        self.picture = Picture(stage.look, "Comparison", self.draw, is_tall=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(Scroll(self.picture))
        self.setFocusProxy(self.picture)
        comparing.changed.connect(self.refresh)
        comparing.board.marked_changed.connect(self.refresh)
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.comparing.refresh()

    def refresh(self) -> None:
        self.clear.setEnabled(bool(self.comparing.board.marked))
        self.picture.renew()

    def draw(self, pen: Pen, box: QRectF) -> float:
        pad, found = pen.px(PADDING), self.comparing.comparison
        room = box.adjusted(pad, pen.px(GRID), -pad, 0)
        if self.comparing.wrong or found is None:
            is_asked = len(self.comparing.board.marked) > 1
            words = self.comparing.wrong or (RUNNING if is_asked else EMPTY)
            style = Style("warn" if self.comparing.wrong else "dim")
            return pen.wrap(room.adjusted(0, pen.px(GRID), 0, 0), words, style, row=20) + pad
        slots = _slots(pen, room)
        top = _draw_heads(pen, room, slots)
        for one, session in zip(found.sessions, self.comparing.compared, strict=True):
            self._draw_row(pen, QRectF(room.left(), top, room.width(), pen.px(_ROW)), slots, one, session)
            top += pen.px(_ROW)
        top += pen.px(GRID)
        chance = any(one.to_first_s and not one.is_clear for one in found.sessions)
        doubt = ("? may be chance: the intervals of both meet.",) if chance else ()
        for line in (*doubt, *found.words):
            top = pen.wrap(QRectF(room.left(), top, room.width(), 0), line, DIM, row=18)
        return top + pad

    def _draw_row(
        self, pen: Pen, row: QRectF, slots: Sequence[QRectF], one: Compared, session: Recorded
    ) -> None:
        zone, units = self.stage.look.taste.zone, self.stage.look.taste.units
        pace, away = one.pace.pace_s, one.to_first_s
        doubt = "" if one.is_clear or not away else " ?"
        to_first = NONE if away is None else "first" if not away else signed(f"{away:+.3f}") + doubt
        tone = "dim" if not away or not one.is_clear else "good" if away < 0 else "warn"
        fuel = NONE if one.fuel_per_lap_l is None else " ".join(volume(one.fuel_per_lap_l, units, 2))
        heat = NONE if one.temp_c is None else " ".join(warmth(one.temp_c, units))
        wet = NONE if one.wet_share is None else f"{one.wet_share:.0%}"
        figures = (
            (f"{one.pace.laps:,}", "text"), (pace_words(pace), "text"), (half_words(pace), "dim"),
            (to_first, tone), (figure_words(one.pace.spread_s), "text"), (lap_words(one.pace.best_s), "text"),
            (fuel, "dim"), (heat, "dim"), (wet, "dim"),
        )  # fmt: skip
        pen.write(_at(row, slots[0]), date_words(one.began_utc_s, zone), DIM)
        pen.write(_at(row, slots[1]), name_words(session), Style(weight=Weight.STRONG))
        for (words, figure_tone), slot in zip(figures, slots[2:], strict=True):
            if slot.width() > 0:
                pen.write(_at(row, slot), words, Style(figure_tone, side="right"))
        pen.fill(QRectF(row.left(), row.bottom(), row.width(), 1), "raised")


def _slots(pen: Pen, room: QRectF) -> list[QRectF]:
    """Date, name and figures; where there is too little room the last figures go."""
    px = pen.px
    shown = list(range(len(_TITLES)))
    while shown and sum(px(_TITLES[at][1]) for at in shown) > room.width() - px(_DATE + _NAME):
        shown.pop()
    left = room.right() - sum(px(_TITLES[at][1]) for at in shown)
    boxes = [
        QRectF(room.left(), 0, px(_DATE), 0),
        QRectF(room.left() + px(_DATE), 0, left - room.left() - px(_DATE), 0),
    ]
    for at, (_, width, _) in enumerate(_TITLES):
        wide = px(width) if at in shown else 0
        boxes.append(QRectF(left, 0, wide, 0))
        left += wide
    return boxes


def _draw_heads(pen: Pen, room: QRectF, slots: Sequence[QRectF]) -> float:
    row = QRectF(room.left(), room.top(), room.width(), pen.px(_ROW))
    for (title, _, tip), slot in zip(_TITLES, slots[2:], strict=True):
        if slot.width() > 0:
            pen.write(_at(row, slot), title, Style(NOTE.tone, NOTE.size, side="right"))
            pen.spot(_at(row, slot), tip)
    return row.bottom()


def _at(row: QRectF, slot: QRectF) -> QRectF:
    return QRectF(slot.left(), row.top(), slot.width(), row.height())
