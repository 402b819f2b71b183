"""What an engineer supposes: another pace, saving, lost time, a caution, rain; each asks at once."""

from collections.abc import Callable

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPushButton, QVBoxLayout

from pitbox.ui.shell.panel import Panel
from pitbox.ui.shell.stage import Stage
from pitbox.ui.shell.words import Words
from pitbox.ui.strategy.trial import Trial
from pitbox.ui.theme.token import GRID, PADDING

_FIELD = 64


class Supposition(msgspec.Struct, frozen=True):
    """One field: how what is typed becomes what is asked, and back."""

    name: str
    title: str
    unit: str
    factor: float
    """Of what is shown, to what is asked."""
    least: float
    most: float
    step: float
    off: float | None = 0.0
    """What an empty field means."""

    def read(self, text: str) -> float | None:
        """Raises ValueError for what is no number."""
        text = text.strip().replace(",", ".").replace("\u2212", "-").rstrip("%").strip()
        if not text:
            return self.off
        return min(max(self.least, float(text)), self.most) * self.factor

    def show(self, value: float | None) -> str:
        return "" if value is None or value == self.off else f"{value / self.factor:g}"


SUPPOSITIONS = (
    Supposition("pace_s", "Our lap longer by", "s", 1.0, -10.0, 60.0, 0.1),
    Supposition("save_share", "Save fuel", "%", 0.01, 0.0, 30.0, 1.0),
    Supposition("lose_s", "Lose now", "s", 1.0, 0.0, 3600.0, 5.0),
    Supposition("caution_in_s", "Caution in", "min", 60.0, 0.0, 720.0, 1.0, None),
    Supposition("rain_in_s", "Rain in", "min", 60.0, 0.0, 720.0, 1.0, None),
    Supposition("rain_s", "Rain lasts", "min", 60.0, 1.0, 720.0, 5.0, 1200.0),
)


class Field(QLineEdit):
    """Up and down count; Enter asks, Escape takes back what is typed."""

    def __init__(self, supposition: Supposition, ask: Callable[[float | None], None]) -> None:
        super().__init__()
        self.supposition, self._ask = supposition, ask
        self._value: float | None = supposition.off
        self.setAccessibleName(f"{supposition.title}, {supposition.unit}")
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        off = supposition.off
        self.setPlaceholderText("no" if off is None else f"{off / supposition.factor:g}")
        self.editingFinished.connect(self.commit)

    def tell(self, value: float | None) -> None:
        """As it is asked now; what somebody types meanwhile stays."""
        self._value = value
        if not (self.hasFocus() and self.isModified()):
            self.setText(self.supposition.show(value))

    def commit(self) -> None:
        try:
            value = self.supposition.read(self.text())
        except ValueError:
            value = self._value
        self.setModified(False)
        self.setText(self.supposition.show(value))
        if value != self._value:
            self._value = value
            self._ask(value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, step = Qt.Key(event.key()), self.supposition.step
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            now = self._value if self._value is not None else 0.0
            shown = now / self.supposition.factor + (step if key == Qt.Key.Key_Up else -step)
            self.setText(f"{round(shown, 6):g}")
            self.commit()
        elif key == Qt.Key.Key_Escape and self.isModified():
            self.setModified(False)
            self.setText(self.supposition.show(self._value))
        else:
            super().keyPressEvent(event)


class WhatIfPanel(Panel):
    def __init__(self, stage: Stage, trial: Trial) -> None:
        super().__init__(stage)
        self.trial = trial
        self.fields = [Field(one, self._asker(one)) for one in SUPPOSITIONS]
        self.reset = QPushButton("As it is")
        self.reset.setProperty("is_chip", True)
        self.reset.setToolTip("Forget what is tried; Ctrl Z brings it back")
        self.reset.clicked.connect(lambda _=False: trial.reset())
        self.bar_parts = [self.reset]
        self._grid = QGridLayout()
        for at, field in enumerate(self.fields):
            row, column = at // 2, 4 * (at % 2)
            self._grid.addWidget(Words(field.supposition.title, tone="dim"), row, column)
            self._grid.addWidget(field, row, column + 1)
            self._grid.addWidget(Words(field.supposition.unit, tone="dim"), row, column + 2)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(4, 1)
        rows = QVBoxLayout(self)
        rows.addLayout(self._grid)
        rows.addStretch(1)
        self.setFocusProxy(self.fields[0])
        trial.changed.connect(self._show)
        stage.counsel.changed.connect(self._show)
        stage.look.changed.connect(self._wear)
        self._wear()
        self._show()

    def _asker(self, one: Supposition) -> Callable[[float | None], None]:
        return lambda value: self.trial.suppose(one.title.lower(), **{one.name: value})

    def _show(self) -> None:
        for field in self.fields:
            field.tell(getattr(self.trial.asked, field.supposition.name))
            if field.supposition.name == "save_share":  # empty: what the choice saves by itself
                share = self.trial.saved_share if self.trial.asked.stops is None else 0.0
                field.setPlaceholderText(f"{share / field.supposition.factor:g}")
        self.reset.setVisible(not self.trial.is_empty)

    def _wear(self) -> None:
        px = self.stage.look.px
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(px(PADDING), px(GRID), px(PADDING), px(GRID))
        self._grid.setHorizontalSpacing(px(PADDING))
        self._grid.setVerticalSpacing(px(GRID))
        self._grid.setColumnMinimumWidth(3, px(2 * PADDING))
        for field in self.fields:
            field.setFixedWidth(px(_FIELD))
