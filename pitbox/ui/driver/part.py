"""The pieces that the driver's window is made of."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from pitbox.ui.driver.reading import Figure
from pitbox.ui.theme.face import face
from pitbox.ui.theme.token import GRID, Theme, Type, Weight


class Words(QLabel):
    """Text in a token's colour. Where there is too little room it ends in dots; the tip has all of it."""

    def __init__(
        self, theme: Theme, size: Type = Type.BODY, weight: Weight = Weight.PLAIN, colour: str = ""
    ) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)  # names come from elsewhere
        self.setFont(face(theme, size, weight))
        self.set_colour(colour or theme.palette.text)

    def set_colour(self, colour: str) -> None:
        palette = self.palette()
        palette.setColor(self.foregroundRole(), QColor(colour))
        self.setPalette(palette)


class Elided(Words):
    """One line, or a few, that give way to their neighbours."""

    def __init__(
        self, theme: Theme, size: Type = Type.BODY, weight: Weight = Weight.PLAIN, colour: str = ""
    ) -> None:
        super().__init__(theme, size, weight, colour)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.line_count = 1

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.fontMetrics().height() * self.line_count)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        lines = self._lines()
        self.setToolTip("" if " ".join(lines) == self.text() else self.text())
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), int(self.alignment()), "\n".join(lines))
        painter.end()

    def _lines(self) -> list[str]:
        """As many as there may be; the last one takes the rest and ends in dots when it is too long."""
        metrics, lines, left = self.fontMetrics(), [""], self.text().split(" ")
        while left and len(lines) < self.line_count:
            longer = f"{lines[-1]} {left[0]}".strip()
            if lines[-1] and metrics.horizontalAdvance(longer) > self.width():
                lines.append("")
            else:
                lines[-1] = longer
                left = left[1:]
        rest = " ".join([lines[-1], *left]).strip()
        return [*lines[:-1], metrics.elidedText(rest, Qt.TextElideMode.ElideRight, self.width())]


class FigureBlock(QWidget):
    """A caption, a large figure with its unit, and a note."""

    def __init__(self, theme: Theme, caption: str, weight: Weight = Weight.STRONG) -> None:
        super().__init__()
        self._theme = theme
        colours = theme.palette
        self._own_caption = caption
        self._caption = Words(theme, Type.NOTE, colour=colours.dim)
        self._caption.setText(caption)
        self.value = Words(theme, Type.FIGURE, weight)
        self.unit = Words(theme, Type.BODY, colour=colours.dim)
        self.note = Elided(theme, Type.NOTE, colour=colours.dim)
        line = QHBoxLayout()
        line.setSpacing(theme.px(GRID))
        line.addWidget(self.value, 0, Qt.AlignmentFlag.AlignBaseline)
        line.addWidget(self.unit, 0, Qt.AlignmentFlag.AlignBaseline)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._caption)
        column.addLayout(line)
        column.addWidget(self.note)

    def show_figure(self, figure: Figure) -> None:
        self._caption.setText(figure.caption or self._own_caption)
        self.value.setText(figure.value)
        self.unit.setText(figure.unit)
        self.note.setText(figure.note)
        colours = self._theme.palette
        self.value.set_colour(colours.faint if figure.is_dim else colours.text)
        self.setAccessibleName(f"{self._caption.text()}: {figure.value} {figure.unit} {figure.note}".strip())


class NamedRow(QWidget):
    """A caption and what stands behind it."""

    _CAPTION_WIDTH = 84

    def __init__(self, theme: Theme, caption: str, empty: str) -> None:
        super().__init__()
        self._theme = theme
        self._empty = empty
        name = Words(theme, Type.NOTE, colour=theme.palette.dim)
        name.setText(caption)
        name.setFixedWidth(theme.px(self._CAPTION_WIDTH))
        self.words = Elided(theme)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(name)
        row.addWidget(self.words, 1)
        self.setFixedHeight(theme.px(20))
        self.show_words("")

    def show_words(self, words: str) -> None:
        """Empty words give the sentence that says what will stand here."""
        self.words.setText(words or self._empty)
        colours = self._theme.palette
        self.words.set_colour(colours.text if words else colours.dim)
