"""The driver's window: 320 x 200, read in one glance, never in the way."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QIcon, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSpacerItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from pitbox.crew.health import Level
from pitbox.ui.driver.message import MessagePanel
from pitbox.ui.driver.part import Elided, FigureBlock, NamedRow, Words
from pitbox.ui.driver.reading import Reading, read
from pitbox.ui.driver.sign import HEALTH_SIGNS, PHASE_SIGNS, Sign
from pitbox.ui.theme.icon import icon_pixmap
from pitbox.ui.theme.token import FLAG_COLOURS, FLAG_STRIP, GRID, ICON, PADDING, Theme, Type, Weight
from pitbox.wall.dashboard import Glance

WIDTH, HEIGHT = 320, 200
_HEADER = 32


class DriverWindow(QWidget):
    """Shows glances. Wishes go out as signals."""

    close_wished = Signal()
    acknowledge_wished = Signal()

    def __init__(self, theme: Theme, menu: QMenu) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self._theme = theme
        self.setWindowTitle("PitBox driver")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFixedSize(theme.px(WIDTH), theme.px(HEIGHT))
        self._state_sign, self._health_sign = QLabel(), QLabel()
        self.state = Words(theme, Type.STRONG, Weight.FIRST)
        self.session = Elided(theme, Type.BODY, colour=theme.palette.dim)
        self.session.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.lap = FigureBlock(theme, "Lap")
        self.fuel = FigureBlock(theme, "Fuel for", Weight.FIRST)
        self.left = FigureBlock(theme, "To go")
        self.message = NamedRow(theme, "Message", "none from the pit wall")
        self.panel = MessagePanel(theme)
        self.panel.acknowledged.connect(self.acknowledge_wished)
        self.stint = NamedRow(theme, "My next stint", "no plan yet")
        self.team = NamedRow(theme, "Connected", "nobody yet")
        self.health = Elided(theme, Type.NOTE, colour=theme.palette.dim)
        self._flag = QFrame()
        self._flag_gap = QSpacerItem(0, 0)
        self._lay_out(self._menu_button(menu))
        self._last: Glance | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()  # else the menu's button has it, and its frame is the first thing seen
        QShortcut(QKeySequence("Escape"), self, self.close)
        for key in ("Return", "Enter"):
            QShortcut(QKeySequence(key), self, self._acknowledge)

    def show_glance(self, glance: Glance) -> None:
        reading = read(glance)
        self._last = glance
        self._draw(self._state_sign, PHASE_SIGNS[glance.phase])
        self.state.setText(glance.words)
        self.session.setText(reading.session)
        self.lap.show_figure(reading.lap)
        self.fuel.show_figure(reading.fuel)
        self.left.show_figure(reading.left)
        self.stint.show_words(reading.stint)
        self.team.show_words(reading.team)
        self._show_flag(glance)
        self._show_message(glance, reading)
        self._show_health(reading)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.close_wished.emit()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange and self._last is not None:
            self.show_glance(self._last)
        return super().event(event)

    def _show_flag(self, glance: Glance) -> None:
        """Green is how things should be: a plain line, so that any other flag is seen."""
        is_shown = glance.flag != "green" and not glance.is_stale
        colour = FLAG_COLOURS.get(glance.flag) if is_shown else None
        self._flag.setStyleSheet(f"background: {colour or self._theme.palette.line}")
        self._flag.setFixedHeight(self._theme.px(FLAG_STRIP) if colour else 1)
        self._flag_gap.changeSize(0, 0 if colour else self._theme.px(FLAG_STRIP) - 1)
        self._column.invalidate()

    def _show_message(self, glance: Glance, reading: Reading) -> None:
        """A new one takes the place of the rows, large; an old one is a row."""
        message = glance.message
        is_new = message is not None and message.is_new
        if message is not None and is_new:
            self.panel.show_message(message, self.width())
        self.message.show_words(reading.message)
        self._rows.setVisible(not is_new)
        self.panel.setVisible(is_new)

    def _acknowledge(self) -> None:
        if self.panel.isVisible():
            self.acknowledge_wished.emit()

    def _show_health(self, reading: Reading) -> None:
        """Trouble takes two lines; who is connected matters less then, and new words matter more."""
        is_trouble = reading.health_level > Level.NOTE
        self.health.line_count = 2 if is_trouble and self.panel.isHidden() else 1
        self.health.updateGeometry()
        self.team.setVisible(not is_trouble)
        self._draw(self._health_sign, HEALTH_SIGNS[reading.health_level])
        self.health.setText(reading.health)
        colours = self._theme.palette
        self.health.set_colour(colours.text if is_trouble else colours.dim)

    def _draw(self, label: QLabel, sign: Sign) -> None:
        ratio = self.devicePixelRatioF()
        size = self._theme.px(sign.size)
        colour = sign.colour(self._theme.palette)
        label.setPixmap(icon_pixmap(sign.icon, colour, size, ratio, is_filled=sign.is_filled))

    def _menu_button(self, menu: QMenu) -> QToolButton:
        button = QToolButton()
        side = self._theme.px(ICON)
        drawn = icon_pixmap("ellipsis-vertical", self._theme.palette.dim, side, self.devicePixelRatioF())
        button.setIcon(QIcon(drawn))
        button.setIconSize(QSize(side, side))
        button.setFixedSize(self._theme.px(24), self._theme.px(24))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(menu)
        button.setToolTip("Menu")
        button.setAccessibleName("Menu")
        return button

    def _lay_out(self, button: QToolButton) -> None:
        px = self._theme.px
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._header(button))
        column.addWidget(self._flag)
        column.addSpacerItem(self._flag_gap)
        figures = QHBoxLayout()
        figures.setContentsMargins(px(PADDING + GRID), px(GRID), px(PADDING + GRID), px(PADDING))
        figures.setSpacing(px(PADDING))
        for block, share in ((self.lap, 68), (self.fuel, 112), (self.left, 100)):
            block.setFixedWidth(px(share))
            figures.addWidget(block)
        column.addLayout(figures)
        column.addWidget(self._line())
        self._rows = QWidget()
        rows = QVBoxLayout(self._rows)
        rows.setContentsMargins(px(PADDING + GRID), px(GRID), px(PADDING + GRID), px(GRID))
        rows.setSpacing(0)
        for row in (self.message, self.stint, self.team):
            rows.addWidget(row)
        column.addWidget(self._rows)
        column.addStretch(1)
        column.addWidget(self.panel, 100)
        column.addWidget(self._line())
        column.addLayout(self._footer())

    def _header(self, button: QToolButton) -> QHBoxLayout:
        px = self._theme.px
        header = QHBoxLayout()
        header.setContentsMargins(px(PADDING + GRID), px(GRID), px(GRID), px(GRID))
        header.setSpacing(px(PADDING))
        self._state_sign.setFixedSize(px(ICON), px(24))
        self._state_sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        header.addWidget(self._state_sign)
        header.addWidget(self.state)
        header.addWidget(self.session, 1)
        header.addWidget(button)
        return header

    def _footer(self) -> QHBoxLayout:
        px = self._theme.px
        footer = QHBoxLayout()
        footer.setContentsMargins(px(PADDING + GRID), px(GRID), px(PADDING + GRID), px(GRID))
        footer.setSpacing(px(PADDING))
        self._health_sign.setFixedSize(px(ICON), px(ICON))
        self._health_sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        footer.addWidget(self._health_sign)
        footer.addWidget(self.health, 1)
        return footer

    def _line(self) -> QFrame:
        line = QFrame()
        line.setFixedHeight(1)
        line.setStyleSheet(f"background: {self._theme.palette.line}")
        return line
