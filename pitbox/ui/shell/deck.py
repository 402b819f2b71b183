"""A page of panels, with layouts that are saved under names, restored and reset."""

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QMainWindow, QTabBar, QTabWidget, QWidget

from pitbox.crew.health import Level
from pitbox.ui.shell.command import Command
from pitbox.ui.shell.panel import PanelDock, PanelPlan
from pitbox.ui.shell.stage import Stage
from pitbox.ui.theme.token import GRID

_VERSION = 1
_WIDTH, _HEIGHT = 1536, 928
"""As large as it is at first: shares of less would be spoilt by what panels need at least."""
LAST = "last"
"""The layout of the last evening; it is no name that a person gave."""


class Deck(QMainWindow):
    """Plain Qt docks: saved states last over versions, and nothing is pinned to one release of Qt."""

    def __init__(
        self, stage: Stage, name: str, plans: Sequence[PanelPlan], parent: QWidget | None = None
    ) -> None:
        """`parent`: where it will stand; panels that move house with it are styled once more each."""
        super().__init__(parent)
        self.setObjectName("deck")
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setDockNestingEnabled(True)
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._stage, self._name = stage, name
        self._key = f"layouts.{name}"
        self.docks = {plan.name: PanelDock(plan, stage, self) for plan in plans}
        self.resize(stage.look.px(_WIDTH), stage.look.px(_HEIGHT))
        self._arrange()
        self._first = self.saveState(_VERSION)
        for dock in self.docks.values():
            self._add_command(dock)

    @property
    def layouts(self) -> list[str]:
        """Names that people gave, in their order."""
        return sorted(name for name in self._layouts() if name != LAST)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._hide_stray_tabs()

    def keep_layout(self, name: str) -> None:
        kept = self._layouts()
        kept[name] = bytes(self.saveState(_VERSION).toBase64().data()).decode()
        self._stage.memory.keep(self._key, kept)
        self._stage.memory.store()

    def restore_layout(self, name: str) -> bool:
        state = self._layouts().get(name)
        if state is None:
            return False
        is_restored = self.restoreState(QByteArray.fromBase64(state.encode()), _VERSION)
        self._hide_stray_tabs()
        return is_restored

    def drop_layout(self, name: str) -> None:
        kept = self._layouts()
        kept.pop(name, None)
        self._stage.memory.keep(self._key, kept)
        self._stage.memory.store()

    def reset_layout(self) -> None:
        """As it was on the first evening; can be undone."""
        before = self.saveState(_VERSION)
        self._stage.do(
            "reset layout",
            self.arrange_anew,
            lambda: self._return_to(before),
        )
        self._stage.notices.tell("The layout is as it was at first.", Level.OK, "Undo", self._stage.undo.undo)

    def arrange_anew(self) -> None:
        """Each panel in its place, with its share of the page as large as the page is now."""
        self._return_to(self._first)
        self._share()

    def _return_to(self, state: QByteArray) -> None:
        for dock in self.docks.values():
            dock.setFloating(False)
        self.restoreState(state, _VERSION)
        self._hide_stray_tabs()

    def _hide_stray_tabs(self) -> None:
        """Qt 6.11 makes tabs beside a neighbour twice while nothing is shown, and forgets the first ones."""
        layout = self.layout()
        if layout is None or not self.isVisible():
            return
        layout.activate()
        tops = {(dock.x(), dock.y()) for dock in self.docks.values() if not dock.isFloating()}
        for bar in self.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
            box = bar.geometry()
            if (box.left(), box.bottom() + 1) not in tops:
                bar.hide()

    def _layouts(self) -> dict[str, str]:
        return self._stage.memory.recall(self._key, dict[str, str]) or {}

    def _arrange(self) -> None:
        """Columns side by side, rows in a column one below the other, cells in a row side by side."""
        placed: dict[tuple[int, int], PanelDock] = {}
        cells: dict[tuple[int, int, int], PanelDock] = {}
        before: PanelDock | None = None
        for dock in sorted(self.docks.values(), key=_place_of):
            column, row = dock.plan.column, dock.plan.row
            here, above = placed.get((column, row)), placed.get((column, row - 1))
            front = cells.get((column, row, dock.plan.cell))
            if front is not None and dock.plan.tab:
                self.tabifyDockWidget(front, dock)
                front.raise_()
                continue
            if here is not None:
                self.splitDockWidget(here, dock, Qt.Orientation.Horizontal)
            elif above is not None:
                self.splitDockWidget(above, dock, Qt.Orientation.Vertical)
            elif before is not None:
                self.splitDockWidget(before, dock, Qt.Orientation.Horizontal)
            else:
                self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
            placed[column, row] = cells[column, row, dock.plan.cell] = before = dock
        self._share()

    def _share(self) -> None:
        """Rows of each column, cells of each row, then columns: all at once they pull at each other."""
        docks = [dock for dock in self.docks.values() if not dock.plan.tab]
        unit = self._stage.look.px(25 * GRID)
        firsts = [dock for dock in docks if dock.plan.cell == 0]
        heads = [dock for dock in firsts if dock.plan.row == 0]
        for column in {dock.plan.column for dock in docks}:
            rows = [dock for dock in firsts if dock.plan.column == column]
            self.resizeDocks(rows, [dock.plan.height * unit for dock in rows], Qt.Orientation.Vertical)
            for row in {dock.plan.row for dock in rows}:
                cells = [dock for dock in docks if (dock.plan.column, dock.plan.row) == (column, row)]
                if len(cells) > 1:
                    widths = [dock.plan.width * unit for dock in cells]
                    self.resizeDocks(cells, widths, Qt.Orientation.Horizontal)
        self.resizeDocks(heads, [dock.plan.width * unit for dock in heads], Qt.Orientation.Horizontal)

    def _add_command(self, dock: PanelDock) -> None:
        title, name = dock.plan.title, f"{self._name}.{dock.plan.name}"
        add = self._stage.commands.add
        add(Command(f"{name}.toggle", f"Show or hide {title}", "Panels", dock.toggleViewAction().trigger))
        add(Command(f"{name}.float", f"Tear {title} off to another screen", "Panels", dock.float_away))


def _place_of(dock: PanelDock) -> tuple[bool, bool, int, int, int]:
    """Heads of columns first: so a row stays in its column. Then rows: so a cell stays in its row.

    Tabs last: what is to stand beside tabs would become one of them.
    """
    plan = dock.plan
    is_head = plan.row == 0 and plan.cell == 0 and not plan.tab
    return (plan.tab, not is_head, plan.cell, plan.column, plan.row)
