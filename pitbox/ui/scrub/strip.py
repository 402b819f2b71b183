"""The strip that nobody can overlook: the page shows the past, and how to come back."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from pitbox.ui.scene.dayclock import day_words
from pitbox.ui.scene.span import race_words
from pitbox.ui.shell.stage import Stage
from pitbox.ui.shell.words import Words
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight

_HEIGHT = 32
_SLOW_S = 1.0


class LookBackStrip(QWidget):
    """Hidden while the page is live."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.setObjectName("lookback")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._stage = stage
        self.words = Words(size=Type.STRONG, weight=Weight.FIRST)
        self.more = Words(size=Type.BODY)
        self.button = QPushButton("Go live")
        self.button.setObjectName("golive")
        self.button.setToolTip("Back to the race as it runs; L or Escape")
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(stage.look_back.go_live)
        px = stage.look.px
        row = QHBoxLayout(self)
        row.setContentsMargins(px(PADDING + GRID), px(2), px(PADDING), px(2))
        row.setSpacing(px(PADDING))
        row.addWidget(self.words)
        row.addWidget(self.more)
        row.addStretch(1)
        row.addWidget(self.button)
        self.setFixedHeight(px(_HEIGHT))
        self._wear()
        self.hide()
        stage.look_back.changed.connect(self.refresh)
        stage.timeline.grew.connect(self.refresh)
        stage.look.changed.connect(self._wear)

    def refresh(self) -> None:
        look_back, timeline = self._stage.look_back, self._stage.timeline
        wished_s, still = look_back.wished_s, look_back.still
        self.setVisible(wished_s is not None)
        if wished_s is None:
            return
        shown_s = wished_s
        lap = ""
        if still is not None and still.standings is not None:
            shown_s = still.standings.sim_time_s
            if still.standings.cars:
                lap = f", lap {still.standings.cars[0].laps + 1}"
        is_there = still is not None and abs(shown_s - wished_s) <= _SLOW_S
        at_s = shown_s if is_there else wished_s
        self.words.tell(f"Looking back: {race_words(timeline.race_s(at_s))}{lap if is_there else ''}")
        self.more.tell(self._more_words(at_s, is_there=is_there))

    def _more_words(self, at_s: float, *, is_there: bool) -> str:
        if not is_there:
            return "a moment ..."
        timeline = self._stage.timeline
        parts = []
        utc_s = timeline.utc_s(at_s)
        if utc_s is not None:
            parts.append(f"at {day_words(utc_s, self._stage.look.taste.zone, has_seconds=True)}")
        if timeline.now_s is not None:
            parts.append(f"{race_words(timeline.now_s - at_s)} ago; the race goes on behind")
        return ", ".join(parts)

    def _wear(self) -> None:
        palette, px = self._stage.look.palette, self._stage.look.px
        self.setStyleSheet(
            f"QWidget#lookback {{ background: {palette.accent}; }}"
            f"QWidget#lookback QLabel {{ color: {palette.ground}; }}"
            f"QPushButton#golive {{ background: {palette.ground}; color: {palette.text};"
            f" border: 1px solid {palette.ground}; font-weight: 600; min-height: {px(22)}px; }}"
            f"QPushButton#golive:hover, QPushButton#golive:focus {{ border-color: {palette.text}; }}"
        )
