"""Labels that take their colour and size from the theme by name, so that another theme dresses them anew."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from pitbox.ui.theme.icon import icon_pixmap
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import ICON, Type, Weight

_SIZES = {
    Type.NOTE: "note",
    Type.BODY: "body",
    Type.STRONG: "strong",
    Type.HEAD: "head",
    Type.FIGURE: "figure",
    Type.GREAT: "great",
}
_WEIGHTS = {Weight.PLAIN: "plain", Weight.STRONG: "strong", Weight.FIRST: "first"}


class Words(QLabel):
    """Plain text, never markup: names come from elsewhere."""

    def __init__(
        self, text: str = "", tone: str = "text", size: Type = Type.BODY, weight: Weight = Weight.PLAIN
    ) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("tone", tone)
        self.setProperty("type_size", _SIZES[size])
        self.setProperty("type_weight", _WEIGHTS[weight])

    def set_tone(self, tone: str) -> None:
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            self.style().unpolish(self)
            self.style().polish(self)

    def tell(self, text: str) -> None:
        """Set the text if it is another one: a label that is told the same is not laid out again."""
        if text != self.text():
            self.setText(text)


class IconLabel(QLabel):
    """An icon in a token's colour, drawn anew when the look changes."""

    def __init__(self, look: Look, name: str, token: str, size: int = ICON) -> None:
        super().__init__()
        self._look, self._name, self._token, self._size = look, name, token, size
        self._is_filled = False
        self.draw()
        look.changed.connect(self.draw)

    def show_icon(self, name: str, token: str, *, is_filled: bool = False) -> None:
        if (name, token, is_filled) != (self._name, self._token, self._is_filled):
            self._name, self._token, self._is_filled = name, token, is_filled
            self.draw()

    def draw(self) -> None:
        side = self._look.px(self._size)
        colour = getattr(self._look.palette, self._token)
        drawn = icon_pixmap(self._name, colour, side, self.devicePixelRatioF(), is_filled=self._is_filled)
        self.setPixmap(drawn)
        self.setFixedSize(side, side)


def rule(*, is_upright: bool = False) -> QFrame:
    """A line between two things."""
    line = QFrame()
    line.setObjectName("rule")
    if is_upright:
        line.setFixedWidth(1)
    else:
        line.setFixedHeight(1)
    return line


def spring() -> QWidget:
    """Takes the room that nobody wants."""
    gap = QWidget()
    gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    gap.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return gap


class Clipped(Words):
    """Gives way to its neighbours: ends in dots where there is too little room, and tells all in its tip."""

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance("…") * 2, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self.text()) + 2
        return QSize(width, super().sizeHint().height())

    @property
    def is_cut(self) -> bool:
        return self.fontMetrics().horizontalAdvance(self.text()) > self.width()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        self.setToolTip(self.text() if shown != self.text() else "")
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), shown)
        painter.end()
