"""A new message in the driver's window and over the sim: large words, who said them, how long ago."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QGuiApplication, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from pitbox.ui.driver.part import Elided, Words
from pitbox.ui.driver.reading import message_age
from pitbox.ui.theme.face import face
from pitbox.ui.theme.token import GRID, PADDING, Theme, Type, Weight
from pitbox.wall.messenger import ShownMessage

_BAR, _STEP = 3, 4
_SPARE = 8
"""Pixels by which two ways to measure a line may differ."""
_OK_WIDTH, _OK_HEIGHT = 44, 20
_SIZES = ((Type.FIGURE, 1), (Type.HEAD, 2), (Type.BODY, 3))
"""The largest in which the words fit; the last one takes what does not."""
_OVER_SIZES = ((Type.GREAT, 1), (Type.GREAT, 2), (Type.FIGURE, 3))
_OVER_WIDTH = 640
_OVER_TOP = 0.12
"""Of the screen's height: above what a driver looks at, below what the sim writes at the top."""
_OVER_OPACITY = 0.92


class Large(Elided):
    """Words in the largest of some sizes that holds them, given a width and a number of lines."""

    def __init__(self, theme: Theme, sizes: tuple[tuple[Type, int], ...]) -> None:
        super().__init__(theme, sizes[0][0], Weight.FIRST)
        self._theme = theme
        self._sizes = sizes
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def show_words(self, words: str, width: int) -> None:
        for size, line_count in self._sizes:
            font = face(self._theme, size, Weight.FIRST if size > Type.BODY else Weight.STRONG)
            if line_count >= _lines_needed(words, QFontMetrics(font), width):
                break
        self.setFont(font)
        self.line_count = line_count
        self.setText(words)
        self.updateGeometry()

    def widest(self, width: int) -> int:
        """Of its lines, where they may have this width."""
        lines = _balanced(self.text(), self.fontMetrics(), width)
        return min(width, max(self.fontMetrics().horizontalAdvance(line) for line in lines))

    def _lines(self) -> list[str]:
        lines = _balanced(self.text(), self.fontMetrics(), self.width())
        return lines if 1 < len(lines) <= self.line_count else super()._lines()


class MessagePanel(QWidget):
    """Stands where the rows stand while a message is new. A click anywhere on it acknowledges."""

    acknowledged = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        px = theme.px
        self.who = Elided(theme, Type.NOTE, Weight.STRONG, theme.palette.accent)
        self.words = Large(theme, _SIZES)
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.confirm = QToolButton()
        self.confirm.setText("OK")
        self.confirm.setFont(face(theme, Type.BODY, Weight.FIRST))
        self.confirm.setObjectName("confirm")
        self.confirm.setFixedSize(px(_OK_WIDTH), px(_OK_HEIGHT))
        self.confirm.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.confirm.setToolTip("Acknowledge (Enter)")
        self.confirm.setAccessibleName("Acknowledge")
        self.confirm.clicked.connect(self.acknowledged)
        head = QHBoxLayout()
        head.setSpacing(px(PADDING))
        head.addWidget(self.who, 1)
        head.addWidget(self.confirm)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(PADDING + GRID), px(GRID), px(PADDING), px(GRID) // 2)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.words, 1)

    def show_message(self, message: ShownMessage, width: int) -> None:
        """`width`: of the window."""
        px = self._theme.px
        who = f"{message.who} · {message_age(message.age_s)}"
        self.who.setText(f"{who} · {message.more} more" if message.more else who)
        self.words.show_words(message.text, width - px(PADDING + GRID) - px(PADDING))
        self.setAccessibleName(f"{self.who.text()}: {message.text}")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.acknowledged.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        _paint_ground(painter, self.rect(), self._theme, self._theme.px(_BAR))
        painter.end()


class MessageOverlay(QWidget):
    """The same over the sim. Nothing can be clicked or focused here; input goes to what lies below."""

    def __init__(self, theme: Theme) -> None:
        flags = Qt.WindowType
        super().__init__(
            None,
            flags.Tool
            | flags.FramelessWindowHint
            | flags.WindowStaysOnTopHint
            | flags.WindowTransparentForInput
            | flags.WindowDoesNotAcceptFocus,
        )
        self._theme = theme
        px = theme.px
        self.setWindowTitle("PitBox message")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.who = Words(theme, Type.HEAD, Weight.STRONG, theme.palette.accent)
        self.words = Large(theme, _OVER_SIZES)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(px(3 * PADDING), px(PADDING + GRID), px(3 * PADDING), px(PADDING + GRID))
        column.setSpacing(px(GRID))
        column.addWidget(self.who)
        column.addWidget(self.words)

    def show_message(self, message: ShownMessage | None) -> None:
        """Only while it is new."""
        if message is None or not message.is_new:
            self.hide()
            return
        px = self._theme.px
        self.who.setText(
            message.who if message.age_s < 10 else f"{message.who} · {message_age(message.age_s)}"
        )
        room = px(_OVER_WIDTH) - 2 * px(3 * PADDING)
        self.words.show_words(message.text, room)
        # No wider than its words: it hides a piece of the road.
        width = max(self.words.widest(room), min(room, self.who.sizeHint().width())) + _SPARE
        self.setFixedSize(QSize(width + 2 * px(3 * PADDING), self._column.sizeHint().height()))
        self._place()
        if not self.isVisible():
            self.show()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setOpacity(_OVER_OPACITY)
        _paint_ground(painter, self.rect(), self._theme, self._theme.px(2 * _BAR))
        painter.end()

    def _place(self) -> None:
        screen = QGuiApplication.primaryScreen()
        if screen is not None:
            area = screen.geometry()
            left = area.left() + (area.width() - self.width()) // 2
            self.move(left, area.top() + round(area.height() * _OVER_TOP))


def _paint_ground(painter: QPainter, area: QRect, theme: Theme, bar_width: int) -> None:
    painter.fillRect(area, QColor(theme.palette.raised))
    bar = QRect(area.left(), area.top(), bar_width, area.height())
    painter.fillRect(bar, QColor(theme.palette.accent))


def _lines_needed(words: str, metrics: QFontMetrics, width: int) -> int:
    return len(_wrapped(words, metrics, width))


def _balanced(words: str, metrics: QFontMetrics, width: int) -> list[str]:
    """As few lines as there can be, and those as even as they can be: no word stands alone in the last."""
    count = _lines_needed(words, metrics, width)
    while width > _STEP and _lines_needed(words, metrics, width - _STEP) == count and count > 1:
        width -= _STEP
    return _wrapped(words, metrics, width)


def _wrapped(words: str, metrics: QFontMetrics, width: int) -> list[str]:
    lines = [""]
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and metrics.horizontalAdvance(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
