"""What everything recorded takes of the disk, and what of it can be made again."""

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QVBoxLayout

from pitbox.ui.scene.words import size_words
from pitbox.ui.sessions.board import SessionBoard
from pitbox.ui.shell.panel import Panel
from pitbox.ui.shell.pen import DIM, NOTE, PLAIN, Pen, Style
from pitbox.ui.shell.picture import Picture, Scroll
from pitbox.ui.shell.stage import Stage
from pitbox.ui.theme.token import GRID, PADDING, Weight

_ROW = 22
_PARTS = (
    ("sessions", "Recordings", "Signed logs: the only copy of what was recorded"),
    ("archives", "Archives", "One file for each archived session"),
    ("deleted", "Deleted, can be had back", "Free when PitBox ends"),
    ("originals", "Copies of imported files", "As they came, so that they can leave again"),
    ("database", "Database", "Made from the recordings; can be made again"),
    ("folds", "Folded races", "So that recordings open at once; can be made again"),
)


class StoragePanel(Panel):
    def __init__(self, stage: Stage, board: SessionBoard) -> None:
        super().__init__(stage)
        self.board = board
        self.picture = Picture(stage.look, "Storage", self.draw, is_tall=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(Scroll(self.picture))
        self.setFocusProxy(self.picture)
        board.changed.connect(self.picture.renew)

    def draw(self, pen: Pen, box: QRectF) -> float:
        px, storage = pen.px, self.board.shelved.storage
        room = box.adjusted(px(PADDING), px(GRID), -px(PADDING), 0)
        if storage is None:
            return pen.wrap(room, "Counting ...", DIM, row=_ROW)
        sizes = [(title, tip, int(getattr(storage, name))) for name, title, tip in _PARTS]
        whole, most = sum(size for _, _, size in sizes), max(size for _, _, size in sizes)
        top = room.top()
        for title, tip, size in (*sizes, ("All of it", "On this machine's disk", whole)):
            row = QRectF(room.left(), top, room.width(), px(_ROW))
            is_sum = title == "All of it"
            pen.write(row, title, Style(weight=Weight.STRONG) if is_sum else PLAIN if size else NOTE)
            pen.write(row, size_words(size), Style("text" if size else "dim", side="right"))
            if most and not is_sum:
                wide = (row.width()) * size / most
                pen.fill(QRectF(row.left(), row.bottom() - 2, row.width(), 1), "raised")
                pen.fill(QRectF(row.left(), row.bottom() - 2, wide, 2), "accent", 0.6)
            pen.spot(row, f"{title}: {size_words(size)}\n{tip}")
            top = row.bottom() + px(2)
        return top + px(PADDING)
