"""A panel: one thing to look at, in a dock that can be moved, torn off and brought back.

    class Relative(Panel):
        def __init__(self, stage: Stage) -> None:
            super().__init__(stage)
            stage.bridge.raced.connect(self._show)

    RELATIVE = PanelPlan("relative", "Relative", Relative, column=1, row=1)

and its plan stands in the page's list: that is all.
"""

from collections.abc import Callable

import msgspec
from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QDockWidget,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QToolButton,
    QWidget,
)

from pitbox.ui.shell.stage import Stage
from pitbox.ui.shell.words import Clipped, Words
from pitbox.ui.theme.icon import icon_pixmap
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID, ICON, PADDING, Type, Weight

_BAR_HEIGHT, _LEAST_WIDTH = 28, 120
_BUTTON = 24


class Panel(QWidget):
    """`bar_parts` stand in its title bar, right of the title."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.stage = stage
        self.bar_parts: list[QWidget] = []


class PanelPlan(msgspec.Struct, frozen=True):
    """A panel and where it stands on its page as long as nobody moved it."""

    name: str
    title: str
    make: Callable[[Stage], Panel]
    column: int = 0
    row: int = 0
    cell: int = 0
    """From left to right in the same column and row."""
    width: int = 1
    height: int = 1
    """Shares of the page."""
    tab: bool = False
    """Behind the panel before it in the list, as a tab."""


class PanelDock(QDockWidget):
    """A panel with its title bar."""

    def __init__(self, plan: PanelPlan, stage: Stage, page: QWidget | None = None) -> None:
        super().__init__(plan.title, page)
        self.setObjectName(plan.name)
        self.plan = plan
        self.panel = plan.make(stage)
        self.setWidget(self.panel)
        self.setTitleBarWidget(PanelBar(self, stage.look))

    def float_away(self) -> None:
        """Off the page, onto the next screen where there is one."""
        self.setFloating(True)
        screens = QGuiApplication.screens()
        here = self.screen()
        if len(screens) > 1 and here in screens:
            other = screens[(screens.index(here) + 1) % len(screens)].availableGeometry()
            self.setGeometry(other.adjusted(0, 0, -other.width() // 4, -other.height() // 4))
        self.show()


class PanelBar(QWidget):
    """Dragged by its free room, as Qt wants it."""

    def __init__(self, dock: PanelDock, look: Look) -> None:
        super().__init__(dock)
        self.setObjectName("panelbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._dock, self._look = dock, look
        self._least = QSize()
        self._drawn: tuple[bool, int, str, float] | None = None
        self.title = Words(dock.plan.title, size=Type.BODY, weight=Weight.STRONG)
        self._away = _button("external-link", f"Tear {dock.plan.title} off")
        self._away.clicked.connect(self._turn)
        self.more = _button("ellipsis-vertical", f"More of {dock.plan.title}")
        self.more.setToolTip("What there is no room for")
        self.more.clicked.connect(self._offer)
        self.more.hide()
        self._places = [_Place(part) for part in dock.panel.bar_parts]
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.title)
        for place in self._places:
            self._row.addWidget(place)
        self._row.addStretch(1)
        self._row.addWidget(self.more)
        self._row.addWidget(self._away)
        self._wear()
        look.changed.connect(self._wear)
        dock.topLevelChanged.connect(self._dress)
        dock.visibilityChanged.connect(self._dress)

    def sizeHint(self) -> QSize:
        return self._least

    def minimumSizeHint(self) -> QSize:
        """Kept: a page of docks asks for it thousands of times while it is laid out."""
        return self._least

    def event(self, event: QEvent) -> bool:
        is_done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:  # a part has other words now
            self._fit()
        return is_done

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @property
    def left_out(self) -> list[QWidget]:
        """Parts for which there is no room now; their buttons stand in the menu."""
        return [place.part for place in self._places if place.isHidden() and not place.part.isHidden()]

    def _fit(self) -> None:
        """All of a part or nothing of it: half a word is no word."""
        page = self._dock.parentWidget()
        is_tab = isinstance(page, QMainWindow) and bool(page.tabifiedDockWidgets(self._dock))
        self.title.setVisible(not is_tab or self._dock.isFloating())
        margins, gap = self._row.contentsMargins(), self._row.spacing()
        room = self.width() - margins.left() - margins.right() - self._away.width()
        room -= 0 if self.title.isHidden() else self.title.sizeHint().width() + gap
        wants = [place.wants + gap if not place.part.isHidden() else 0 for place in self._places]
        is_tight = sum(wants) > room
        room -= self.more.width() + gap if is_tight else 0
        is_over = False
        for place, want in zip(self._places, wants, strict=True):
            is_over = is_over or want > room
            room -= want
            place.setVisible(not is_over)
        self.more.setVisible(any(_buttons(part) for part in self.left_out))

    def _offer(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for button in (button for part in self.left_out for button in _buttons(part)):
            action = menu.addAction(button.text())
            action.setCheckable(button.isCheckable())
            action.setChecked(button.isChecked())
            action.setEnabled(button.isEnabled())
            action.triggered.connect(lambda _=False, button=button: button.click())
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _turn(self) -> None:
        if self._dock.isFloating():
            self._dock.setFloating(False)
        else:
            self._dock.float_away()

    def _wear(self) -> None:
        px = self._look.px
        self._least = QSize(px(_LEAST_WIDTH), px(_BAR_HEIGHT))
        self._row.setContentsMargins(px(PADDING), 0, px(GRID), 0)
        self.title.setContentsMargins(0, 0, px(PADDING), 0)
        self._row.setSpacing(px(GRID))
        self.setFixedHeight(px(_BAR_HEIGHT))
        self._dress()

    def _dress(self) -> None:
        self._show_buttons()
        self._fit()

    def _show_buttons(self) -> None:
        """Drawn again only where they are others: a page that is laid out shows and hides its docks a lot."""
        px, colour, ratio = self._look.px, self._look.palette.dim, self.devicePixelRatioF()
        is_away = self._dock.isFloating() and self._dock.isVisible()
        drawn = is_away, px(ICON - 2), colour, ratio
        if drawn == self._drawn:
            return
        self._drawn = drawn
        name = "rotate-ccw" if is_away else "external-link"
        for button, icon in ((self._away, name), (self.more, "ellipsis-vertical")):
            side = px(ICON - 2)
            button.setIcon(QIcon(icon_pixmap(icon, colour, side, ratio)))
            button.setIconSize(QSize(side, side))
            button.setFixedSize(px(_BUTTON), px(_BUTTON))
        self._away.setToolTip("Put it back on its page" if is_away else "Tear off, for another screen")


class _Place(QWidget):
    """Around a part of the bar: the panel says whether the part is shown, the bar whether it has room."""

    def __init__(self, part: QWidget) -> None:
        super().__init__()
        self.part = part
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(part)

    @property
    def wants(self) -> int:
        part = self.part
        return (part.minimumSizeHint() if isinstance(part, Clipped) else part.sizeHint()).width()


def _buttons(part: QWidget) -> list[QAbstractButton]:
    """Those that the panel itself would show."""
    found = [part] if isinstance(part, QAbstractButton) else part.findChildren(QAbstractButton)
    return [button for button in found if not button.isHidden()]


def _button(name: str, words: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setAccessibleName(words)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
