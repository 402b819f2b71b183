"""Which moment of a session is opened: part, slider and time, three ways to say the same."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QSlider, QWidget

from pitbox.model.ids import Axis
from pitbox.store.closeup import StoredPart
from pitbox.ui.scene.span import race_words
from pitbox.ui.sessions.words import clock_s
from pitbox.ui.team.field import Choice, Entry
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID, PADDING

_TIME = 84
_TRACK, _HANDLE = 4, 12
_PAGE_S = 60


class MomentPicker(QWidget):
    """Race time counts from green, or from where the recording of the part begins."""

    wished = Signal(object)
    """An `Axis` to open; None: the session as it ended."""
    laps_wished = Signal(object)
    """The same, for its laps."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.parts: tuple[StoredPart, ...] = ()
        self._at = -1
        self.part = Choice("Part to open", self._pick)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Moment to open")
        self.slider.setPageStep(_PAGE_S)
        self.slider.valueChanged.connect(self._slid)
        self.time = Entry("Race time to open", self._type, "1:02:03")
        self.button = QPushButton("Open on the Race page")
        self.button.setProperty("is_first", True)
        self.button.clicked.connect(lambda: self.wished.emit(self.axis))
        self.laps = QPushButton("Open on the Laps page")
        self.laps.clicked.connect(lambda: self.laps_wished.emit(self.axis))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.addWidget(self.part, 0, 0)
        self._grid.addWidget(self.time, 0, 1)
        self._grid.addWidget(self.slider, 1, 0, 1, 2)
        self._grid.addWidget(self.button, 2, 0, 1, 2)
        self._grid.addWidget(self.laps, 3, 0, 1, 2)
        self._grid.setColumnStretch(0, 1)
        look.changed.connect(self._wear)
        self._wear()
        self.show_parts(())

    @property
    def axis(self) -> Axis | None:
        """None where no moment is known, or where the handle stands at the end of the last part."""
        if not 0 <= self._at < len(self.parts):
            return None
        part, is_last = self.parts[self._at], self._at == len(self.parts) - 1
        if is_last and self.slider.value() == self.slider.maximum():
            return None
        return Axis(part.session_num, part.run, part.start_s + self.slider.value())

    def show_parts(
        self, parts: tuple[StoredPart, ...], *, is_openable: bool = False, has_laps: bool = False
    ) -> None:
        self.button.setVisible(is_openable)
        self.laps.setVisible(has_laps)
        for widget in (self.part, self.slider, self.time):
            widget.setVisible(bool(parts) and (is_openable or has_laps))
        if parts == self.parts:
            return
        self.parts = parts
        names = [(str(at), _part_words(part)) for at, part in enumerate(parts)]
        self._show(len(parts) - 1)
        self.part.offer(names, str(self._at))

    def _pick(self, key: str) -> None:
        self._show(int(key))

    def _show(self, at: int) -> None:
        self._at = at
        if 0 <= at < len(self.parts):
            part = self.parts[at]
            self.slider.setRange(0, max(0, int(part.end_s - part.start_s)))
            self.slider.setValue(self.slider.maximum())
            self._slid(self.slider.value())

    def _slid(self, value: int) -> None:
        if 0 <= self._at < len(self.parts):
            part = self.parts[self._at]
            self.time.setModified(False)
            self.time.tell(race_words(part.start_s + value - _zero_s(part)))

    def _type(self, text: str) -> None:
        """Raises ValueError for what is no time."""
        sign = -1.0 if text.startswith("-") else 1.0
        at_s = sign * clock_s(text.lstrip("-"))
        if 0 <= self._at < len(self.parts):
            part = self.parts[self._at]
            value = round(at_s + _zero_s(part) - part.start_s)
            if not 0 <= value <= self.slider.maximum():
                raise ValueError(
                    f"It was recorded from {self._words(0)} to {self._words(self.slider.maximum())}."
                )
            self.slider.setValue(value)

    def _words(self, value: int) -> str:
        part = self.parts[self._at]
        return race_words(part.start_s + value - _zero_s(part))

    def _wear(self) -> None:
        px, palette = self._look.px, self._look.palette
        self._grid.setHorizontalSpacing(px(PADDING))
        self._grid.setVerticalSpacing(px(GRID))
        self.time.setFixedWidth(px(_TIME))
        side = px(_HANDLE)
        self.slider.setStyleSheet(
            f"QSlider {{ min-height: {px(_HANDLE + GRID)}px; }}"
            f"QSlider::groove:horizontal {{ height: {px(_TRACK)}px; background: {palette.line}; }}"
            f"QSlider::sub-page:horizontal {{ background: {palette.accent}; }}"
            f"QSlider::handle:horizontal {{ width: {side}px; margin: -{px(_TRACK)}px 0;"
            f" background: {palette.text}; border: 1px solid {palette.panel}; border-radius: {px(GRID)}px; }}"
            f"QSlider::handle:horizontal:focus {{ border-color: {palette.accent}; }}"
        )


def _zero_s(part: StoredPart) -> float:
    return part.start_s if part.green_s is None else part.green_s


def _part_words(part: StoredPart) -> str:
    again = f", start {part.run + 1}" if part.run else ""
    return f"{part.kind or 'Part'}{again}, {race_words(part.end_s - part.start_s)}"
