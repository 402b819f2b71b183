"""The table as Qt sees it: keeps cells, tells which rows changed, and what of them is worth a flash."""

import msgspec
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from pitbox.ui.race.timing.arrange import Line, Order, arrange, key_of
from pitbox.ui.race.timing.cell import EMPTY, Cell, Mark
from pitbox.ui.race.timing.column import AMENDED, COLUMNS, NAMES, Sight
from pitbox.ui.scene.race import RaceScene
from pitbox.ui.scene.row import CarRow, ClassHead
from pitbox.ui.scene.words import NONE, count_words, lap_words
from pitbox.ui.theme.token import FLASH_MS

_MOVED_S = 10.0
"""An arrow stands beside a place for so long after it was won or lost."""
_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_POSITION, _TEAM, _BEST = NAMES["position"], NAMES["team"], NAMES["best"]


class _Moved(msgspec.Struct, frozen=True):
    mark: Mark
    at_s: float


class TimingModel(QAbstractTableModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []
        self.order = Order()
        self.scene = RaceScene()
        self.reference_idx = -1
        self.flashes: dict[tuple[int, int], float] = {}
        """When a cell changed, by (key of the line, column)."""
        self._cells: dict[int, tuple[Cell, ...]] = {}
        self._rows: dict[int, int] = {}
        self._moved: dict[int, _Moved] = {}

    # What Qt asks.

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return text_of(self.cells(index.row())[index.column()])
        if role == Qt.ItemDataRole.ToolTipRole:
            line = self.lines[index.row()]
            return "\n".join(one.words for one in line.amended) if isinstance(line, CarRow) else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(index.column())
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation == Qt.Orientation.Vertical or not 0 <= section < len(COLUMNS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        if role == Qt.ItemDataRole.ToolTipRole:
            return COLUMNS[section].tip
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(section)
        return None

    # What the view and the panel ask.

    def cells(self, row: int) -> tuple[Cell, ...]:
        return self._cells[key_of(self.lines[row])]

    def row_of(self, key: int) -> int:
        """-1 where it is not shown."""
        return self._rows.get(key, -1)

    # What changes.

    def show_scene(self, scene: RaceScene, cars: frozenset[int] | None, now_s: float) -> None:
        """`cars` are those that differ; None when everything may, and nothing is worth a flash."""
        before, self.scene = self.scene, scene
        if cars is None:
            self._moved.clear()
            self.flashes.clear()
        else:
            self._note_moves(before, scene, now_s)
        self._lay_out(arrange(scene, self.order), cars, now_s)

    def set_order(self, order: Order) -> None:
        self.order = order
        self._lay_out(arrange(self.scene, order), frozenset(), 0.0)

    def set_reference(self, car_idx: int) -> None:
        self.reference_idx = car_idx
        self._refresh({key_of(line) for line in self.lines}, None)

    def beat(self, now_s: float) -> set[int]:
        """Rows in which something fades or has just faded."""
        fading = {key for key, _ in self.flashes}
        self.flashes = {at: since for at, since in self.flashes.items() if now_s - since < FLASH_MS / 1000}
        over = {car for car, moved in self._moved.items() if now_s - moved.at_s >= _MOVED_S}
        for car in over:
            del self._moved[car]
        if over:
            self._refresh(over, None)
        return {self._rows[key] for key in fading if key in self._rows}

    def _note_moves(self, before: RaceScene, scene: RaceScene, now_s: float) -> None:
        places = {row.car_idx: row.position for row in before.rows}
        for row in scene.rows:
            was = places.get(row.car_idx, row.position)
            if row.position != was:
                self._moved[row.car_idx] = _Moved(Mark.UP if row.position < was else Mark.DOWN, now_s)

    def _lay_out(self, lines: list[Line], cars: frozenset[int] | None, now_s: float) -> None:
        keys = [key_of(line) for line in lines]
        old = [key_of(line) for line in self.lines]
        if keys == old:
            self.lines = lines
            changed = set(keys) if cars is None else {key for key in keys if key < 0 or key in cars}
            if self._is_relative():
                changed = set(keys)
            self._refresh(changed | set(self._moved), None if cars is None else now_s)
            return
        if set(keys) == set(old):
            self.layoutAboutToBeChanged.emit()
            self._take(lines, keys, None if cars is None else now_s)
            self._carry(old)
            self.layoutChanged.emit()
            return
        self.beginResetModel()
        self._cells.clear()
        self._take(lines, keys, None)
        self.endResetModel()

    def _carry(self, old: list[int]) -> None:
        """What was selected stays selected, wherever its car went."""
        indexes = self.persistentIndexList()
        there = [self.index(self._rows[old[index.row()]], index.column()) for index in indexes]
        self.changePersistentIndexList(indexes, there)

    def _take(self, lines: list[Line], keys: list[int], now_s: float | None) -> None:
        self.lines = lines
        self._rows = {key: row for row, key in enumerate(keys)}
        for key in keys:
            self._renew(key, now_s)

    def _refresh(self, keys: set[int], now_s: float | None) -> None:
        rows = sorted(self._rows[key] for key in keys if key in self._rows and self._renew(key, now_s))
        start = 0
        for at in range(1, len(rows) + 1):
            if at == len(rows) or rows[at] != rows[at - 1] + 1:
                self.dataChanged.emit(self.index(rows[start], 0), self.index(rows[at - 1], len(COLUMNS) - 1))
                start = at

    def _renew(self, key: int, now_s: float | None) -> bool:
        """True when the line looks different now."""
        line, before = self.lines[self._rows[key]], self._cells.get(key)
        cells = self._car_cells(line) if isinstance(line, CarRow) else _head_cells(line)
        if cells == before:
            return False
        self._cells[key] = cells
        if before is not None and now_s is not None and key >= 0:
            for at, column in enumerate(COLUMNS):
                if column.is_flashing and cells[at] != before[at]:
                    self.flashes[key, at] = now_s
        return True

    def _car_cells(self, row: CarRow) -> tuple[Cell, ...]:
        reference = self.scene.row(self.reference_idx) if self.reference_idx >= 0 else None
        sight = Sight(self.scene, reference)
        cells = [column.cell(row, sight) for column in COLUMNS]
        moved = self._moved.get(row.car_idx)
        if moved is not None:
            cells[_POSITION] = msgspec.structs.replace(cells[_POSITION], mark=moved.mark)
        for one in row.amended:
            if one.field:
                at = NAMES[AMENDED[one.field]]
                corner = "warn" if one.is_disputed else cells[at].corner or "accent"
                cells[at] = msgspec.structs.replace(cells[at], corner=corner)
        if row.status in ("out", "retired"):
            cells = [msgspec.structs.replace(cell, tone="faint") for cell in cells]
        return tuple(cells)

    def _is_relative(self) -> bool:
        return self.reference_idx >= 0


def text_of(cell: Cell) -> str:
    return f"{cell.text}  {cell.rest}" if cell.rest else cell.text


def _head_cells(head: ClassHead) -> tuple[Cell, ...]:
    cells = [EMPTY] * len(COLUMNS)
    cells[_TEAM] = Cell(head.name, rest=count_words(head.cars, "car", "cars"), is_strong=True, rank=head.rank)
    words = lap_words(head.best_lap_s)
    cells[_BEST] = EMPTY if words == NONE else Cell(words, "best", mark=Mark.CLASS_BEST)
    return tuple(cells)


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if COLUMNS[column].is_left else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter
