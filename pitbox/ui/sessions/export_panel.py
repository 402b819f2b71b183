"""Export of the chosen or the marked sessions: as what, how much of it, into which folder, how far it is."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from pitbox.ui.sessions.board import SessionBoard
from pitbox.ui.sessions.folder import FolderEntry
from pitbox.ui.sessions.leaving import FORMATS, Leaving
from pitbox.ui.sessions.scroll import fill
from pitbox.ui.sessions.words import name_words
from pitbox.ui.shell.panel import Panel
from pitbox.ui.shell.pen import Pen
from pitbox.ui.shell.picture import Picture
from pitbox.ui.shell.stage import Stage
from pitbox.ui.shell.words import Words
from pitbox.ui.team.field import Chip, Choice, Entry, Form
from pitbox.ui.theme.token import GRID, PADDING, Weight

_BAR = 6


class ExportPanel(Panel):
    def __init__(self, stage: Stage, board: SessionBoard, leaving: Leaving) -> None:
        super().__init__(stage)
        self.board, self.leaving = board, leaving
        self.title = Words(weight=Weight.STRONG)
        self.title.setWordWrap(True)
        self.form = Form(stage.look)
        self.format = Choice("Format", lambda key: leaving.choose(format=key))
        self.folder = FolderEntry("Folder of the export", lambda path: leaving.choose(folder=path))
        self.laps = Entry("Laps of our car", leaving.choose_laps, "all; or 5-9,12")
        hint = "all; or Speed, Throttle; or none"
        self.channels = Entry("Channels of our car", lambda text: leaving.choose(channels=text), hint)
        self.replacing = Chip("Replace", "What lies there of an earlier export goes", is_ticked=True)
        self.replacing.toggled.connect(leaving.replace)
        self.form.add("As", self.format)
        self.form.add("Into", self.folder, self.folder.pick)
        self.form.add("Laps", self.laps)
        self.form.add("Channels", self.channels)
        self.start, self.cancel = QPushButton("Export"), QPushButton("Cancel")
        self.start.clicked.connect(leaving.start)
        self.cancel.clicked.connect(leaving.cancel)
        self.progress = Picture(stage.look, "Progress", self._draw_progress)
        self.words = Words(tone="dim")
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._lay_out()
        self.setFocusProxy(self.format)
        leaving.changed.connect(self.refresh)
        board.chosen.connect(self.refresh)
        stage.look.changed.connect(self._wear)
        self._wear()
        self.refresh()

    def refresh(self) -> None:
        leaving = self.leaving
        shown = leaving.running or leaving.wanted
        one = name_words(shown[0]) if len(shown) == 1 else f"{len(shown)} marked sessions"
        self.title.tell(one if shown else "Nothing is chosen")
        self.format.offer([(str(name), words) for name, words in FORMATS], leaving.kept.format)
        self.folder.tell(leaving.folder)
        self.laps.tell(leaving.laps)
        self.channels.tell(leaving.kept.channels)
        for entry in (self.laps, self.channels):
            entry.setEnabled(leaving.has_cut)
        is_running = bool(leaving.running)
        self.start.setEnabled(bool(shown) and not is_running)
        self.cancel.setEnabled(is_running)
        self.progress.setVisible(is_running)
        self.progress.renew()
        self.words.set_tone("warn" if leaving.is_wrong else "dim")
        self.words.tell(f"{leaving.share:.0%} is written" if is_running else leaving.words)
        self.words.setVisible(bool(self.words.text()))

    def _draw_progress(self, pen: Pen, box: QRectF) -> float:
        bar = QRectF(0, (box.height() - pen.px(_BAR)) / 2, box.width(), pen.px(_BAR))
        pen.fill(bar, "line")
        pen.fill(QRectF(bar.left(), bar.top(), bar.width() * self.leaving.share, bar.height()), "accent")
        return box.bottom()

    def _lay_out(self) -> None:
        body = QWidget()
        self._buttons = QHBoxLayout()
        self._buttons.addWidget(self.start, 1)
        self._buttons.addWidget(self.cancel, 1)
        self._buttons.addWidget(self.replacing)
        self._column = QVBoxLayout(body)
        self._column.addWidget(self.title)
        self._column.addLayout(self._buttons)  # in sight however low the window is
        self._column.addWidget(self.progress)
        self._column.addWidget(self.words)
        self._column.addWidget(self.form)
        self._column.addStretch(1)
        fill(self, body)

    def _wear(self) -> None:
        px = self.stage.look.px
        self._column.setContentsMargins(px(PADDING), px(PADDING), px(PADDING), px(PADDING))
        self._column.setSpacing(px(PADDING))
        self._buttons.setSpacing(px(PADDING))
        self.progress.setFixedHeight(px(4 * GRID))
