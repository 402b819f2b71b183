"""Short words at the edge instead of dialogs: they come, say what was done or what to do, and go."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from pitbox.crew.health import Level
from pitbox.ui.shell.words import IconLabel, Words
from pitbox.ui.theme.icon import icon_pixmap
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID, ICON, NOTICE_S, PADDING, Type

LEVEL_ICONS = {
    Level.OK: ("circle-check", "good"),
    Level.NOTE: ("info", "accent"),
    Level.DEGRADED: ("triangle-alert", "warn"),
    Level.FAILED: ("octagon-x", "bad"),
}
_MOST = 4
_WIDTH = 360


class Notices(QObject):
    """Where anybody in the window says something. The newest is nearest to the edge."""

    told = Signal(object, str, str, object)
    """(Level, words, what the button says or nothing, what it does or None)."""

    def tell(
        self, words: str, level: Level = Level.NOTE, action: str = "", run: Callable[[], None] | None = None
    ) -> None:
        self.told.emit(level, words, action, run)


class NoticeCard(QFrame):
    dismissed = Signal()

    def __init__(
        self, look: Look, level: Level, words: str, action: str, run: Callable[[], None] | None
    ) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.level, self.words = level, words
        self.goes_at_s: float | None = None
        px = look.px
        icon, token = LEVEL_ICONS[level]
        sign = IconLabel(look, icon, token)
        text = Words(words, size=Type.BODY)
        text.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(PADDING + GRID), px(PADDING), px(PADDING), px(PADDING))
        row.setSpacing(px(PADDING))
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(text, 1)
        if run is not None:
            button = QPushButton(action)
            button.clicked.connect(run)
            button.clicked.connect(self.dismissed)
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        close = QToolButton()
        close.setIcon(QIcon(icon_pixmap("x", look.palette.dim, px(ICON), self.devicePixelRatioF())))
        close.setIconSize(QSize(px(ICON), px(ICON)))
        close.setAccessibleName("Dismiss")
        close.clicked.connect(self.dismissed)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        for part in (self, *self.findChildren(QWidget)):
            part.ensurePolished()  # before that it does not know how high its words are
        text.setMinimumHeight(text.heightForWidth(px(_WIDTH) - self._beside(row, text)))
        self.setFixedWidth(px(_WIDTH))

    def _beside(self, row: QHBoxLayout, text: QWidget) -> int:
        """What the words cannot have of the width."""
        margins = row.contentsMargins()
        parts = [part for part in self.findChildren(QWidget) if part is not text]
        gaps = row.spacing() * len(parts)
        return margins.left() + margins.right() + gaps + sum(part.sizeHint().width() for part in parts)


class NoticeStack(QWidget):
    """Lies over a window's lower right corner, and is no larger than what it says."""

    def __init__(self, look: Look, notices: Notices, window: QWidget) -> None:
        super().__init__(window)
        self._look, self._window = look, window
        self._now_s = 0.0
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(look.px(PADDING))
        self.cards: list[NoticeCard] = []
        notices.told.connect(self._show)
        window.installEventFilter(self)
        self.hide()

    def beat(self, now_s: float) -> None:
        """What is read by now goes; what is wrong stays until it is dismissed."""
        self._now_s = now_s
        for card in list(self.cards):
            if card.goes_at_s is not None and now_s >= card.goes_at_s:
                self._drop(card)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.cards:
            self._place()
        return super().eventFilter(watched, event)

    def _show(self, level: Level, words: str, action: str, run: Callable[[], None] | None) -> None:
        for card in [card for card in self.cards if card.words == words]:
            self._drop(card)
        card = NoticeCard(self._look, level, words, action, run)
        if level < Level.DEGRADED and self._now_s:
            card.goes_at_s = self._now_s + NOTICE_S
        card.dismissed.connect(lambda: self._drop(card))
        self.cards.append(card)
        self._column.addWidget(card)
        card.show()  # else it is shown in the next turn of the loop, and takes no room in this one
        for old in self.cards[:-_MOST]:
            self._drop(old)
        self._place()

    def _drop(self, card: NoticeCard) -> None:
        if card in self.cards:
            self.cards.remove(card)
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
            self._place()

    def _place(self) -> None:
        self.setVisible(bool(self.cards))
        self._column.activate()
        self.resize(self._column.sizeHint())
        corner, edge = self._window.rect(), self._look.px(2 * PADDING)
        self.move(corner.width() - self.width() - edge, corner.height() - self.height() - edge)
        self.raise_()
