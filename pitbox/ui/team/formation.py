"""From sign-ups to teams in four steps: sign up, form, move by hand, confirm."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from pitbox.ui.shell.panel import Panel
from pitbox.ui.shell.stage import Stage
from pitbox.ui.shell.words import Words
from pitbox.ui.team.board import TeamBoard
from pitbox.ui.team.demand import DemandBar
from pitbox.ui.team.field import Chip, Entry
from pitbox.ui.team.forming import Forming
from pitbox.ui.team.imports import Import
from pitbox.ui.team.mapping import MappingSheet
from pitbox.ui.team.teams import TeamsView
from pitbox.ui.theme.token import GRID, PADDING

STEPS = ("1 Sign up", "2 Form", "3 Move", "4 Confirm")
_ABOUT = (
    "Bring a list of sign-ups in: a CSV file of any form or sheet, with a line for each person. "
    "Drop it here, or name it above. One by one, people are added under People."
)


class FormationPanel(Panel):
    def __init__(self, stage: Stage, board: TeamBoard, forming: Forming, imported: Import) -> None:
        super().__init__(stage)
        self.board, self.forming, self.imported = board, forming, imported
        self.steps = [Chip(title) for title in STEPS]
        for at, chip in enumerate(self.steps):
            chip.clicked.connect(lambda _=False, at=at: self.go_to(at))
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for chip in self.steps:
            row.addWidget(chip)
        self.bar_parts = [bar]
        self.at = 0
        self.file = Entry("A list of sign-ups", self._open, "sign-ups.csv")
        self.browse = QPushButton("Choose a file")
        self.browse.clicked.connect(lambda _=False: self.choose_file())
        self.about = Words(_ABOUT, tone="dim")
        self.about.setWordWrap(True)
        self.about.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.mapping = MappingSheet(stage.look, imported)
        self.demand = DemandBar(stage.look, forming)
        self.teams = TeamsView(stage.look, board, forming)
        self.confirm = QPushButton("Confirm")
        self.confirm.clicked.connect(lambda _=False: forming.confirm())
        self.again = QPushButton("Drop it")
        self.again.setToolTip("The plans stay as they are")
        self.again.clicked.connect(lambda _=False: forming.drop())
        self.sum = Words(tone="dim")
        self.sum.setWordWrap(True)
        self._dialog: QFileDialog | None = None
        self._lay_out()
        self.setAcceptDrops(True)
        imported.changed.connect(self.refresh)
        forming.changed.connect(self.refresh)
        self.go_to(0, is_led=False)

    def go_to(self, step: int, *, is_led: bool = True) -> None:
        self.at = step
        self.pages.setCurrentIndex(0 if step == 0 else 1)
        for at, chip in enumerate(self.steps):
            chip.setChecked(at == step)
        if is_led:
            focus = (self.file, self.demand.form, self.teams, self.confirm)[step]
            focus.setFocus()
        self.refresh()

    def choose_file(self) -> None:
        """In a window that keeps nobody from anything else."""
        self._dialog = QFileDialog(self, "A list of sign-ups", "", "Lists (*.csv *.tsv *.txt);;All files (*)")
        self._dialog.setModal(False)
        self._dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._dialog.fileSelected.connect(self.imported.open)
        self._dialog.show()

    def refresh(self) -> None:
        found, formed = self.imported.found, self.forming.formed
        self.sheet.setCurrentIndex(0 if found is None else 1)
        self.about.tell(self.imported.wrong or _ABOUT)
        self.about.set_tone("bad" if self.imported.wrong else "dim")
        self.foot.setVisible(formed is not None and not self.forming.is_running)
        self.confirm.setProperty("is_first", self.at == 3 or self.forming.is_changed)
        self.confirm.style().unpolish(self.confirm)
        self.confirm.style().polish(self.confirm)
        if formed is not None:
            people = sum(len(one.members) for one in formed.lineups)
            now = len(self.board.scene.teams)
            rest = f"; {now} teams stand there now" if now else ""
            self.sum.tell(
                f"Writes {len(formed.lineups)} teams with {people} people{rest}. Nothing is written before."
            )
        if formed is not None and self.at == 1 and not self.forming.is_running:
            self.go_to(2, is_led=False)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            self.go_to(0)
            self.imported.open(files[0])

    def _open(self, text: str) -> None:
        if text:
            self.imported.open(text)

    def _lay_out(self) -> None:
        px = self.stage.look.px
        first, board = QWidget(), QWidget()
        top = QHBoxLayout()
        top.setContentsMargins(px(PADDING), px(PADDING), px(PADDING), 0)
        top.addWidget(self.file, 1)
        top.addWidget(self.browse)
        blank = QWidget()
        room = QVBoxLayout(blank)
        room.setContentsMargins(px(2 * PADDING), px(2 * PADDING), px(2 * PADDING), 0)
        room.addWidget(self.about)
        room.addStretch(1)
        self.sheet = QStackedWidget()
        self.sheet.addWidget(blank)
        self.sheet.addWidget(self.mapping)
        column = QVBoxLayout(first)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(top)
        column.addWidget(self.sheet, 1)
        self.foot = QWidget()
        foot = QHBoxLayout(self.foot)
        foot.setContentsMargins(px(PADDING), px(GRID), px(PADDING), px(GRID))
        foot.addWidget(self.sum, 1)
        foot.addWidget(self.again)
        foot.addWidget(self.confirm)
        rows = QVBoxLayout(board)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.demand)
        rows.addWidget(self.teams, 1)
        rows.addWidget(self.foot)
        self.pages = QStackedWidget()
        self.pages.addWidget(first)
        self.pages.addWidget(board)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.pages)
