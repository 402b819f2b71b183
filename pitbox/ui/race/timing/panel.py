"""The timing panel: the table with what a person can do to it."""

from collections.abc import Callable

import msgspec
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout

from pitbox.ui.race.classes import ClassChips
from pitbox.ui.race.timing.arrange import Order
from pitbox.ui.race.timing.column import COLUMNS, NAMES
from pitbox.ui.race.timing.correction import Corrector
from pitbox.ui.race.timing.model import TimingModel, text_of
from pitbox.ui.race.timing.view import TimingView
from pitbox.ui.scene.race import RaceChange, RaceScene
from pitbox.ui.scene.row import CarRow
from pitbox.ui.scene.words import age_words
from pitbox.ui.shell.chip import Chip
from pitbox.ui.shell.command import Command
from pitbox.ui.shell.keys import bind
from pitbox.ui.shell.panel import Panel, PanelPlan
from pitbox.ui.shell.selection import NOBODY
from pitbox.ui.shell.stage import Stage
from pitbox.ui.shell.words import Words
from pitbox.wall.outlook import Pulse

_KEY = "timing"
_GROUP = "Timing"
_REFERENCE = NAMES["reference"]


class _Kept(msgspec.Struct, frozen=True):
    """What the panel remembers until the next evening."""

    shown: list[str]
    widths: dict[str, int]
    order: list[str]
    is_grouped: bool = False
    is_fitted: bool = True
    """Nobody chose columns: as many are shown as there is room for."""


class TimingPanel(Panel):
    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.model = TimingModel(self)
        self.view = TimingView(stage.look, self.model)
        self.corrector = Corrector(stage)
        self._frozen_s: float | None = None
        self._waiting: RaceScene | None = None
        self._now_s = 0.0
        self.classes = ClassChips(stage)
        self._grouped = Chip("By class", self.toggle_groups, "Each class under its own head; key G")
        self._freeze = Chip("Freeze", self.toggle_freeze, "Let the table stand still; key F")
        self._age = Words(tone="warn")
        self.bar_parts = [self.classes, self._grouped, self._freeze, self._age]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        self.setFocusProxy(self.view)
        self._recall()
        self._add_commands()
        self._connect()

    @property
    def is_frozen(self) -> bool:
        return self._frozen_s is not None

    def show_change(self, change: RaceChange) -> None:
        if self.is_frozen and not change.is_other_race:
            self._waiting = change.scene
            return
        self._thaw()
        cars = None if change.is_other_race else change.cars
        self.classes.show_classes(change.scene.classes)
        self.model.show_scene(change.scene, cars, self._now_s)
        self.view.own_line.place()
        self.view.select_car(self.stage.selection.car_idx)

    def show_pulse(self, pulse: Pulse) -> None:
        self.view.set_stale(is_stale=pulse.is_stale)

    def beat(self, now_s: float) -> None:
        self._now_s = now_s
        self.view.beat(now_s)
        if self._frozen_s is not None:
            self._age.tell(f"frozen for {age_words(int(now_s - self._frozen_s))}")

    def toggle_freeze(self) -> None:
        if self.is_frozen:
            scene = self._waiting
            self._thaw()
            if scene is not None:
                self.model.show_scene(scene, frozenset(row.car_idx for row in scene.rows), self._now_s)
            return
        self._frozen_s = self._now_s
        self._freeze.setChecked(True)
        self._age.tell("frozen")

    def toggle_groups(self) -> None:
        is_grouped = not self.model.order.is_grouped
        self._grouped.setChecked(is_grouped)
        self._order(is_grouped=is_grouped)
        self._keep()

    def pin(self) -> None:
        """Hold all cars against the selected one, or against none when it is that one already."""
        selection = self.stage.selection
        car = selection.car_idx
        selection.refer_to(NOBODY if car == selection.reference_idx else car)

    def go_to_ours(self) -> None:
        self.stage.selection.select(self.model.scene.own_car_idx)

    def sort_by(self, section: int) -> None:
        """First by it, then the other way round, then by position again."""
        order, name = self.model.order, COLUMNS[section].name
        if order.column != name:
            self._order(column=name, is_falling=False)
        elif not order.is_falling:
            self._order(is_falling=True)
        else:
            self._order(column=COLUMNS[0].name, is_falling=False)

    def toggle_column(self, name: str) -> None:
        at = NAMES[name]
        is_hidden = not self.view.isColumnHidden(at)
        title = COLUMNS[at].title or "Status"
        words = f"hide {title}" if is_hidden else f"show {title}"

        was_fitted = self.view.is_fitted

        def turn(*, to: bool, is_fitted: bool) -> None:
            self.view.setColumnHidden(at, to)
            self.view.is_fitted = is_fitted
            self.view.fit()
            self._keep()

        back = lambda: turn(to=not is_hidden, is_fitted=was_fitted)  # noqa: E731
        self.stage.do(words, lambda: turn(to=is_hidden, is_fitted=False), back)

    def reset_columns(self) -> None:
        before, first = self.view.column_state(), self.view.first_columns()
        was_fitted = self.view.is_fitted

        def turn(state: tuple[list[str], dict[str, int], list[str]], *, is_fitted: bool) -> None:
            self.view.restore_columns(*state)
            self.view.is_fitted = is_fitted
            self.view.fit()
            self._keep()

        back = lambda: turn(before, is_fitted=was_fitted)  # noqa: E731
        self.stage.do("reset columns", lambda: turn(first, is_fitted=True), back)

    def copy_row(self) -> None:
        row = self.view.currentIndex().row()
        if row >= 0:
            self._copy([row])

    def copy_all(self) -> None:
        self._copy(list(range(len(self.model.lines))))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_sort()

    def _copy(self, rows: list[int]) -> None:
        """Tabs between columns, as spreadsheets take them."""
        header = self.view.header()
        columns = [header.logicalIndex(at) for at in range(len(COLUMNS))]
        columns = [at for at in columns if not self.view.isColumnHidden(at)]
        lines = ["\t".join(COLUMNS[at].title or "Status" for at in columns)]
        lines += ["\t".join(text_of(self.model.cells(row)[at]) for at in columns) for row in rows]
        QGuiApplication.clipboard().setText("\n".join(lines))
        self.stage.notices.tell("Copied." if len(rows) == 1 else f"{len(rows)} rows copied.")

    def _order(self, **changes: object) -> None:
        order: Order = msgspec.structs.replace(self.model.order, **changes)
        self.model.set_order(order)
        self._show_sort()
        self.view.select_car(self.stage.selection.car_idx)

    def _show_sort(self) -> None:
        order, header = self.model.order, self.view.header()
        is_plain = order.column == COLUMNS[0].name and not order.is_falling
        header.setSortIndicatorShown(not is_plain)
        way = Qt.SortOrder.DescendingOrder if order.is_falling else Qt.SortOrder.AscendingOrder
        header.setSortIndicator(NAMES[order.column], way)

    def _thaw(self) -> None:
        self._frozen_s = self._waiting = None
        self._freeze.setChecked(False)
        self._age.tell("")

    def _connect(self) -> None:
        stage = self.stage
        stage.bridge.raced.connect(self.show_change)
        self.classes.chosen_changed.connect(lambda chosen: self._order(classes=chosen))
        stage.bridge.pulsed.connect(self.show_pulse)
        stage.bridge.beaten.connect(self.beat)
        stage.selection.car_changed.connect(self.view.select_car)
        stage.selection.reference_changed.connect(self._refer)
        header = self.view.header()
        header.sectionClicked.connect(self.sort_by)
        header.customContextMenuRequested.connect(self._choose_columns)
        header.sectionMoved.connect(lambda *_: self._keep())
        header.sectionResized.connect(lambda *_: self._keep())
        self.view.customContextMenuRequested.connect(self._offer)
        self.view.selectionModel().currentChanged.connect(lambda now, _: self._select(now.row()))

    def _select(self, row: int) -> None:
        line = self.model.lines[row] if 0 <= row < len(self.model.lines) else None
        if isinstance(line, CarRow):
            self.stage.selection.select(line.car_idx)

    def _refer(self, car_idx: int) -> None:
        self.model.set_reference(car_idx)
        self.view.setColumnHidden(_REFERENCE, car_idx == NOBODY)
        self.view.fit()

    def _recall(self) -> None:
        kept = self.stage.memory.recall(_KEY, _Kept)
        if kept is not None:
            self.view.restore_columns(kept.shown, kept.widths, kept.order)
            self.view.setColumnHidden(_REFERENCE, True)
            self.view.is_fitted = kept.is_fitted
            self.view.fit()
            self._grouped.setChecked(kept.is_grouped)
            self.model.set_order(Order(is_grouped=kept.is_grouped))

    def _keep(self) -> None:
        kept = _Kept(*self.view.column_state(), self.model.order.is_grouped, self.view.is_fitted)
        self.stage.memory.keep(_KEY, kept)

    def _choose_columns(self, at: QPoint) -> None:
        menu = QMenu(self)
        for column in COLUMNS:
            action = menu.addAction(column.tip.partition(":")[0].partition(";")[0])
            action.setCheckable(True)
            action.setChecked(not self.view.isColumnHidden(NAMES[column.name]))
            action.triggered.connect(lambda _=False, name=column.name: self.toggle_column(name))
        menu.addSeparator()
        menu.addAction("Reset columns", self.reset_columns)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.view.header().mapToGlobal(at))

    def offer_row(self) -> None:
        """What can be done with the selected row, in a menu below it."""
        self._offer(self.view.visualRect(self.view.currentIndex()).bottomLeft())

    def make_menu(self, car_idx: int) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for name in ("timing.pin", "timing.copy", "timing.copy_all"):
            command = self.stage.commands[name]
            menu.addAction(command.title, command.run)
        self.corrector.fill(menu, car_idx)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu

    def _offer(self, at: QPoint) -> None:
        """The menu key comes without a place of its own: the selected row is meant."""
        row = self.view.indexAt(at).row()
        chosen = self.view.currentIndex()
        if row != chosen.row() and chosen.isValid():
            at = self.view.visualRect(chosen).bottomLeft()
        line = self.model.lines[chosen.row()] if chosen.isValid() else None
        menu = self.make_menu(line.car_idx if isinstance(line, CarRow) else NOBODY)
        menu.popup(self.view.viewport().mapToGlobal(at))

    def _add_commands(self) -> None:
        """Letters count while the panel has the focus; the palette reaches all of it from anywhere."""
        added = [
            self._add("group", "Group by class", "G", self.toggle_groups),
            self._add("freeze", "Freeze the table, or let it go on", "F", self.toggle_freeze),
            self._add("ours", "Go to our car", "O", self.go_to_ours),
            self._add("pin", "Hold all cars against this one, or against none", "R", self.pin),
            self._add("all_classes", "Show all classes", "0", self.classes.choose),
            self._add("copy", "Copy this row", "Ctrl+C", self.copy_row),
            self._add("copy_all", "Copy the whole table", "Ctrl+Shift+C", self.copy_all),
            self._add("correct", "Correct this car: driver, stop, tyres, retired", "C", self.offer_row),
            self._add("reset_columns", "Reset the columns of the table", "", self.reset_columns),
        ]
        of_classes = self.classes.commands(_KEY, _GROUP, "Only class {}, by pace", "Only that class, by pace")
        added += map(self.stage.commands.add, of_classes)
        for column in COLUMNS:
            title = f"Column: {column.tip.partition(':')[0].partition(';')[0]}"
            self._add(f"column.{column.name}", title, "", self._column_toggler(column.name))
        bind(added, self)

    def _column_toggler(self, name: str) -> Callable[[], None]:
        return lambda: self.toggle_column(name)

    def _add(self, name: str, title: str, keys: str, run: Callable[[], None]) -> Command:
        return self.stage.commands.add(Command(f"timing.{name}", title, _GROUP, run, keys, scope="timing"))


TIMING = PanelPlan("timing", "Timing", TimingPanel, column=0, row=0, width=6, height=6)
