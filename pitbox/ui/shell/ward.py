"""The health page: what is degraded and why, the worst first, and what changed before."""

import time
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from pitbox.crew.health import Level
from pitbox.ui.shell.notice import LEVEL_ICONS
from pitbox.ui.shell.words import IconLabel, Words
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight
from pitbox.wall.health import Told, Ward

_HISTORY = 60
_WIDTH = 880


class WardPage(QScrollArea):
    def __init__(self, look: Look, make_part: Callable[[], QWidget] | None = None) -> None:
        """`make_part`: what else there is to see to, below the states."""
        super().__init__()
        self.setObjectName("page")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._look, self._make_part = look, make_part
        self._ward: Ward | None = None
        look.changed.connect(self._draw)
        self._draw()

    def show_ward(self, ward: Ward) -> None:
        self._ward = ward
        if self.isVisible():
            self._draw()

    def showEvent(self, event: object) -> None:  # noqa: ARG002
        self._draw()

    def _draw(self) -> None:
        px, sheet = self._look.px, QWidget()
        sheet.setMaximumWidth(px(_WIDTH))
        column = QVBoxLayout(sheet)
        edge = px(3 * PADDING)
        column.setContentsMargins(edge, edge, edge, edge)
        column.setSpacing(px(PADDING))
        column.addWidget(Words("Health", size=Type.FIGURE, weight=Weight.FIRST))
        states = [] if self._ward is None else list(self._ward.states)
        worst = max((told.health.level for told in states), default=Level.OK)
        calm = (
            "All is well."
            if worst <= Level.NOTE
            else "What is wrong stands first; recording comes before all else."
        )
        column.addWidget(Words(calm, tone="dim", size=Type.STRONG))
        column.addSpacing(px(PADDING))
        column.addLayout(self._table(states))
        if self._make_part is not None and self.isVisible():
            column.addSpacing(px(2 * PADDING))
            column.addWidget(self._make_part())
        history = [] if self._ward is None else list(reversed(self._ward.history))[:_HISTORY]
        if history:
            column.addSpacing(px(2 * PADDING))
            column.addWidget(Words("What changed", size=Type.STRONG, weight=Weight.FIRST))
            column.addLayout(self._table(history))
        column.addStretch(1)
        self.setWidget(sheet)

    def _table(self, states: list[Told]) -> QGridLayout:
        px, grid = self._look.px, QGridLayout()
        grid.setHorizontalSpacing(px(2 * PADDING))
        grid.setVerticalSpacing(px(GRID))
        grid.setColumnStretch(3, 1)
        top = Qt.AlignmentFlag.AlignTop
        for row, told in enumerate(states):
            icon, token = LEVEL_ICONS[told.health.level]
            grid.addWidget(IconLabel(self._look, icon, token), row, 0, top)
            grid.addWidget(Words(_clock_words(told.wall_s, self._look.taste.zone), tone="dim"), row, 1, top)
            grid.addWidget(Words(f"{told.health.room} · {told.health.subject}", tone="dim"), row, 2, top)
            words = Words(told.health.words or "Well.", tone="text" if told.health.words else "dim")
            words.setWordWrap(True)
            grid.addWidget(words, row, 3, top)
        return grid


def _clock_words(wall_s: float, zone: str) -> str:
    moment = time.gmtime(wall_s) if zone == "utc" else time.localtime(wall_s)
    return time.strftime("%H:%M:%S", moment) + (" UTC" if zone == "utc" else "")
