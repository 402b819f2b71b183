"""The timing table on the screen: rows are painted whole, one call for each, which sixty-three cars need."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from pitbox.ui.race.timing.arrange import key_of
from pitbox.ui.race.timing.column import COLUMNS, LEAST_NAMES
from pitbox.ui.race.timing.head import TimingHead
from pitbox.ui.race.timing.model import TimingModel
from pitbox.ui.race.timing.own import OwnLine
from pitbox.ui.race.timing.painter import RowPainter, RowState, Slot
from pitbox.ui.scene.row import CarRow
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import FLASH_MS, FLASH_SHARE, SLIDE_MS

_BAR = 3


class TimingView(QTreeView):
    car_clicked = Signal(int)

    def __init__(self, look: Look, model: TimingModel) -> None:
        super().__init__()
        self._look, self._model = look, model
        self._painter = RowPainter(look)
        self._slots: tuple[Slot, ...] = ()
        self._now_s = 0.0
        self._is_stale = False
        self._slides: dict[int, int] = {}
        self._slid_s = 0.0
        self._rows: dict[int, int] = {}
        self.is_fitted = True
        """Nobody chose columns: those that matter less give way to names."""
        self.own_line = OwnLine(self, lambda: self.own_row, self.draw_line)
        self.setModel(model)
        self.setItemDelegate(_Heights(look, self))
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setItemsExpandable(False)
        self.setAllColumnsShowFocus(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName("Timing")
        self.viewport().setObjectName("timing-viewport")
        self.setMouseTracking(True)
        self._set_up_header()
        model.layoutAboutToBeChanged.connect(self._note_places)
        model.layoutChanged.connect(self._slide)
        model.modelReset.connect(lambda: self._painter.forget_others(set()))
        self.verticalScrollBar().valueChanged.connect(self.own_line.place)
        for changed in (model.layoutChanged, model.modelReset, self.verticalScrollBar().rangeChanged):
            changed.connect(self.own_line.place)
        model.dataChanged.connect(self.own_line.update)
        look.changed.connect(self._wear)
        self._wear()

    def beat(self, now_s: float) -> None:
        """Let go what fades and moves; at rest this does nothing."""
        self._now_s = now_s
        fading = self._model.beat(now_s)
        if self._slides:
            if now_s - self._slid_s >= SLIDE_MS / 1000 or self._look.taste.is_still:
                self._slides = {}
            self.viewport().update()
            return
        for row in fading:
            self.viewport().update(self._row_box(row))
        if self.own_row in fading:
            self.own_line.update()

    def set_stale(self, *, is_stale: bool) -> None:
        if is_stale != self._is_stale:
            self._is_stale = is_stale
            self.viewport().update()
            self.own_line.update()

    @property
    def own_row(self) -> int:
        """-1 where it is not in the table."""
        return self._model.row_of(self._model.scene.own_car_idx)

    def select_car(self, car_idx: int) -> None:
        row = self._model.row_of(car_idx)
        if row >= 0 and row != self.currentIndex().row():
            self.setCurrentIndex(self._model.index(row, 0))

    def keyboardSearch(self, search: str) -> None:
        """Letters are keys of the panel here."""

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Not under the line of our car, which stands over the first or the last row."""
        super().scrollTo(index, hint)
        self.own_line.place()
        box, over = self.visualRect(index), self.own_line
        if over.isHidden() or not box.isValid():
            return
        bar, under = self.verticalScrollBar(), 0
        if over.is_above and box.top() < over.height():
            under = box.top() - over.height()
        elif not over.is_above and box.bottom() >= over.foot_of_rows:
            under = box.bottom() + 1 - over.foot_of_rows
        rows = -(-abs(under) // box.height())
        bar.setValue(bar.value() + (rows if under > 0 else -rows))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt makes the first row the current one, and so would choose a car that nobody chose."""
        has_current = self.currentIndex().isValid()
        quiet = QSignalBlocker(self.selectionModel())
        super().focusInEvent(event)
        if not has_current:
            self.selectionModel().clearCurrentIndex()
        quiet.unblock()
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()
        self.own_line.place()

    def fit(self) -> None:
        """Names first; what there is no room for then comes back with the room."""
        if not self.is_fitted:
            return
        px, header = self._look.px, self.header()
        wanted = {at for at, column in enumerate(COLUMNS) if column.is_shown}
        wanted |= {
            at
            for at, column in enumerate(COLUMNS)
            if column.name == "reference" and not header.isSectionHidden(at)
        }
        room = self.viewport().width() - px(LEAST_NAMES)
        need = sum(px(COLUMNS[at].width) for at in wanted if not COLUMNS[at].is_wide)
        for at in sorted(wanted, key=lambda at: COLUMNS[at].gives_way):
            if need > room and COLUMNS[at].gives_way:
                wanted.discard(at)
                need -= px(COLUMNS[at].width)
        for at in range(len(COLUMNS)):
            if header.isSectionHidden(at) == (at in wanted):
                self.setColumnHidden(at, at not in wanted)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._slots = self._find_slots()
        super().paintEvent(event)

    def drawRow(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        box = QRect(0, option.rect.top(), self.viewport().width(), option.rect.height())
        if box.bottom() < self.own_line.foot_of_rows:  # half a row helps nobody
            is_chosen = index.row() == self.currentIndex().row()
            self.draw_line(painter, index.row(), box, is_chosen=is_chosen, is_sliding=True)

    def draw_line(
        self, painter: QPainter, row: int, box: QRect, *, is_chosen: bool, is_sliding: bool = False
    ) -> None:
        model, palette, line = self._model, self._look.palette, self._model.lines[row]
        key, is_ours = key_of(line), isinstance(line, CarRow) and line.is_ours
        box = box.translated(0, self._offset(key) if is_sliding else 0)
        state = RowState(self._is_stale, not isinstance(line, CarRow), is_ours)
        painter.fillRect(box, QColor(palette.line if is_chosen else self._ground(state, key)))
        self._draw_flashes(painter, key, box)
        shift = -self.header().offset()
        picture = self._painter.picture(key, model.cells(row), self._slots, state, self.devicePixelRatioF())
        painter.drawPixmap(shift, box.top(), picture)
        painter.fillRect(0, box.bottom(), box.width(), 1, QColor(palette.raised))
        if state.is_ours:
            painter.fillRect(0, box.top(), self._look.px(_BAR), box.height(), QColor(palette.accent))
            painter.setPen(QColor(palette.text))
            painter.drawRect(box.adjusted(0, 0, -1, -1))
        if is_chosen and self.hasFocus():
            painter.setPen(QColor(palette.accent))
            painter.drawRect(box.adjusted(0, 0, -1, -1))

    def restore_columns(self, shown: list[str], widths: dict[str, int], order: list[str]) -> None:
        header = self.header()
        for at, column in enumerate(COLUMNS):
            self.setColumnHidden(at, column.name not in shown)
            if column.name in widths and not column.is_wide:
                header.resizeSection(at, self._look.px(widths[column.name]))
        names = [column.name for column in COLUMNS]
        for to, name in enumerate(name for name in order if name in names):
            header.moveSection(header.visualIndex(names.index(name)), to)

    def column_state(self) -> tuple[list[str], dict[str, int], list[str]]:
        """(shown, widths at full scale, order), for `restore_columns`."""
        header, scale = self.header(), self._look.theme.scale
        in_order = [COLUMNS[header.logicalIndex(at)].name for at in range(len(COLUMNS))]
        shown = [column.name for at, column in enumerate(COLUMNS) if not self.isColumnHidden(at)]
        widths = {
            column.name: round(header.sectionSize(at) / scale)
            for at, column in enumerate(COLUMNS)
            if not self.isColumnHidden(at)
        }
        return shown, widths, in_order

    def first_columns(self) -> tuple[list[str], dict[str, int], list[str]]:
        """As long as nobody chose otherwise."""
        return (
            [column.name for column in COLUMNS if column.is_shown],
            {column.name: column.width for column in COLUMNS},
            [column.name for column in COLUMNS],
        )

    def _set_up_header(self) -> None:
        header = TimingHead(self._look)
        self.setHeader(header)
        for at, column in enumerate(COLUMNS):
            mode = QHeaderView.ResizeMode.Stretch if column.is_wide else QHeaderView.ResizeMode.Interactive
            header.setSectionResizeMode(at, mode)
            self.setColumnHidden(at, not column.is_shown)

    def _wear(self) -> None:
        self._painter.wear()
        header = self.header()
        header.setMinimumSectionSize(self._look.px(28))
        header.setFixedHeight(self._look.row_height)
        for at, column in enumerate(COLUMNS):
            if not column.is_wide:
                header.resizeSection(at, self._look.px(column.width))
        self.fit()
        self.scheduleDelayedItemsLayout()
        self.own_line.place()
        self.viewport().update()

    def _find_slots(self) -> tuple[Slot, ...]:
        """The same object as long as nothing moved: pictures of rows hang on it."""
        header = self.header()
        slots = tuple(
            Slot(at, header.sectionPosition(at), header.sectionSize(at))
            for at in range(len(COLUMNS))
            if not header.isSectionHidden(at)
        )
        return self._slots if slots == self._slots else slots

    def _ground(self, state: RowState, key: int) -> str:
        palette = self._look.palette
        is_reference = key >= 0 and key == self._model.reference_idx
        return palette.raised if state.is_ours or state.is_head or is_reference else palette.panel

    def _draw_flashes(self, painter: QPainter, key: int, box: QRect) -> None:
        if self._look.taste.is_still or not self._model.flashes:
            return
        colour, shift = QColor(self._look.palette.accent), -self.header().offset()
        for slot in self._slots:
            since_s = self._model.flashes.get((key, slot.column))
            if since_s is not None:
                left = 1.0 - (self._now_s - since_s) * 1000 / FLASH_MS
                colour.setAlphaF(max(0.0, min(1.0, left)) * FLASH_SHARE)
                painter.fillRect(slot.left + shift, box.top(), slot.width, box.height(), colour)

    def _note_places(self) -> None:
        self._rows = {key_of(line): row for row, line in enumerate(self._model.lines)}

    def _slide(self) -> None:
        """Rows go to their new places in a moment, so that the eye can follow."""
        if self._look.taste.is_still or not self._now_s:
            return
        height = self._look.row_height
        moved = {
            key: (self._rows[key] - row) * height
            for row, key in enumerate(map(key_of, self._model.lines))
            if key in self._rows and self._rows[key] != row
        }
        # A new sort order moves everything: that is no overtaking.
        self._slides = moved if len(moved) <= len(self._rows) // 3 else {}
        self._slid_s = self._now_s

    def _offset(self, key: int) -> int:
        if key not in self._slides:
            return 0
        left = max(0.0, 1.0 - (self._now_s - self._slid_s) * 1000 / SLIDE_MS)
        return round(self._slides[key] * left * left)

    def _row_box(self, row: int) -> QRect:
        box = self.visualRect(self._model.index(row, 0))
        return QRect(0, box.top(), self.viewport().width(), box.height())


class _Heights(QStyledItemDelegate):
    """Rows are as high as the look says."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(
        self,
        option: QStyleOptionViewItem,  # noqa: ARG002
        index: QModelIndex | QPersistentModelIndex,  # noqa: ARG002
    ) -> QSize:
        return QSize(0, self._look.row_height)
