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
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QToolButton, QWidget

from pitbox.ui.shell.stage import Stage
from pitbox.ui.shell.words import Words
from pitbox.ui.theme.icon import icon_pixmap
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID, ICON, PADDING, Type, Weight

_BAR_HEIGHT = 28


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

    def __init__(self, plan: PanelPlan, stage: Stage) -> None:
        super().__init__(plan.title)
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
        super().__init__()
        self.setObjectName("panelbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._dock, self._look = dock, look
        self.title = Words(dock.plan.title, size=Type.BODY, weight=Weight.STRONG)
        self._away = _button("external-link", f"Tear {dock.plan.title} off")
        self._away.clicked.connect(self._turn)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.title)
        self._row.addSpacing(look.px(PADDING))
        for part in dock.panel.bar_parts:
            self._row.addWidget(part)
        self._row.addStretch(1)
        self._row.addWidget(self._away)
        self._wear()
        look.changed.connect(self._wear)
        dock.topLevelChanged.connect(self._wear)
        dock.visibilityChanged.connect(self._wear)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._look.px(_BAR_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.px(120), self._look.px(_BAR_HEIGHT))

    def _turn(self) -> None:
        if self._dock.isFloating():
            self._dock.setFloating(False)
        else:
            self._dock.float_away()

    def _wear(self) -> None:
        px = self._look.px
        self._row.setContentsMargins(px(PADDING), 0, px(GRID), 0)
        self._row.setSpacing(px(GRID))
        self.setFixedHeight(px(_BAR_HEIGHT))
        is_away = self._dock.isFloating() and self._dock.isVisible()
        name = "rotate-ccw" if is_away else "external-link"
        side = px(ICON - 2)
        drawn = icon_pixmap(name, self._look.palette.dim, side, self.devicePixelRatioF())
        self._away.setIcon(QIcon(drawn))
        self._away.setIconSize(QSize(side, side))
        self._away.setFixedSize(px(24), px(24))
        self._away.setToolTip("Put it back on its page" if is_away else "Tear off, for another screen")


def _button(name: str, words: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setAccessibleName(words)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
