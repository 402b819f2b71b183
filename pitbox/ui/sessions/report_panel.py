"""The report of the chosen session: write it, see how far it is, open what came of it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from pitbox.ui.sessions.board import SessionBoard
from pitbox.ui.sessions.reporting import Reporting
from pitbox.ui.sessions.scroll import fill
from pitbox.ui.sessions.words import name_words
from pitbox.ui.shell.panel import Panel
from pitbox.ui.shell.stage import Stage
from pitbox.ui.shell.words import Words
from pitbox.ui.team.field import Chip
from pitbox.ui.theme.token import PADDING, Weight

_ABOUT = (
    "Result, stints, stops, plan, fuel, tyres, corners and decisions of a session, as a page for any browser "
    "and as a PDF. Settings, Report: colour, logo, and the folder."
)


class ReportPanel(Panel):
    def __init__(self, stage: Stage, board: SessionBoard, reporting: Reporting) -> None:
        super().__init__(stage)
        self.board, self.reporting = board, reporting
        self.title = Words(weight=Weight.STRONG)
        self.about = Words(_ABOUT, tone="dim")
        self.start, self.cancel = QPushButton("Write the report"), QPushButton("Cancel")
        self.start.clicked.connect(reporting.start)
        self.cancel.clicked.connect(reporting.cancel)
        self.words = Words(tone="dim")
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for words in (self.title, self.about, self.words):
            words.setWordWrap(True)
        self.page = Chip("Open page", "In the browser", is_checkable=False)
        self.book = Chip("Open PDF", is_checkable=False)
        self.folder = Chip("Open folder", is_checkable=False)
        self.page.clicked.connect(reporting.open_page)
        self.book.clicked.connect(reporting.open_book)
        self.folder.clicked.connect(reporting.open_folder)
        self._lay_out()
        self.setFocusProxy(self.start)
        reporting.changed.connect(self.refresh)
        board.chosen.connect(self.refresh)
        stage.look.changed.connect(self._wear)
        self._wear()
        self.refresh()

    def refresh(self) -> None:
        reporting = self.reporting
        one = self.board.find(reporting.running) or self.board.one
        self.title.tell("Nothing is chosen" if one is None else name_words(one))
        is_running = bool(reporting.running)
        self.start.setEnabled(one is not None and not is_running)
        self.cancel.setEnabled(is_running)
        self.words.set_tone("warn" if reporting.is_wrong else "dim")
        self.words.tell(f"{reporting.step} ..." if is_running else reporting.words)
        self.words.setVisible(bool(self.words.text()))
        names = {file.name for file in reporting.files}
        self.page.setVisible("report.html" in names)
        self.book.setVisible("report.pdf" in names)
        self.folder.setVisible(bool(names))

    def _lay_out(self) -> None:
        body = QWidget()
        self._buttons, self._links = QHBoxLayout(), QHBoxLayout()
        self._buttons.addWidget(self.start, 1)
        self._buttons.addWidget(self.cancel, 1)
        for link in (self.page, self.book, self.folder):
            self._links.addWidget(link)
        self._links.addStretch(1)
        self._column = QVBoxLayout(body)
        self._column.addWidget(self.title)
        self._column.addLayout(self._buttons)
        self._column.addWidget(self.words)
        self._column.addLayout(self._links)
        self._column.addWidget(self.about)
        self._column.addStretch(1)
        fill(self, body)

    def _wear(self) -> None:
        px = self.stage.look.px
        self._column.setContentsMargins(px(PADDING), px(PADDING), px(PADDING), px(PADDING))
        for layout in (self._column, self._buttons, self._links):
            layout.setSpacing(px(PADDING))
