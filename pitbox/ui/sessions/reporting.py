"""The report of a session, written beside the window: how far it is, what came of it, where it lies."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QObject, Signal

from pitbox.crew.health import Level
from pitbox.crew.mailbox import Mailbox
from pitbox.model.errors import PitBoxError
from pitbox.model.ids import SessionId
from pitbox.ui.sessions.board import SessionBoard
from pitbox.ui.sessions.outside import open_outside
from pitbox.ui.sessions.words import name_words
from pitbox.wall.race_report import report_folder
from pitbox.wall.settings_file import read

if TYPE_CHECKING:  # it loads what only a report needs
    from pitbox.store.recorded import Cursor
    from pitbox.wall.reading_room import ReadingRoom
    from pitbox.wall.reporter import Written

Say = Callable[[str], None]


class ReportStoppedError(PitBoxError):
    pass


class Reporting(QObject):
    """One report at a time, on the thread for long work; `report.*` of the settings say how and where."""

    changed = Signal()

    def __init__(self, board: SessionBoard) -> None:
        super().__init__()
        self.board = board
        self.running = ""
        """The session that is being told; empty while none is."""
        self.step = ""
        """What is done for it now."""
        self.words = ""
        """What came of the last one."""
        self.is_wrong = False
        self.files: tuple[Path, ...] = ()
        """Of the last one: page and book."""
        self._stop = threading.Event()
        self._said: Mailbox[str] = Mailbox()
        self._seen = 0
        board.stage.bridge.beaten.connect(self._beat)
        board.stage.at_end.insert(0, self.cancel)

    def start(self) -> None:
        """Of the chosen session; what an earlier one left there is replaced."""
        one = self.board.one
        if one is None or self.running:
            return
        self._stop = stop = threading.Event()
        session, name, said = SessionId(one.session), name_words(one), self._said

        def run(room: "ReadingRoom") -> "Written":
            return write_report(room, session, said.put, stop)

        def told(done: "Written") -> None:
            self.files = tuple(Path(file) for file in done.files)
            no_pdf = f" There is no PDF: {done.no_pdf}" if done.no_pdf else ""
            self._end(f"The report of {name} lies in {self.files[0].parent}.{no_pdf}", is_wrong=bool(no_pdf))
            level = Level.DEGRADED if no_pdf else Level.OK
            self.board.tell(f"The report of {name} is written.{no_pdf}", level, "Open", self.open_page)

        def failed(words: str) -> None:
            self._end(words, is_wrong=not stop.is_set())
            if not stop.is_set():
                self.board.refused(f"No report of {name}: {words}")

        if self.board.worker.ask(run, told, failed):
            self.running, self.step, self.words, self.files = session, "Waiting", "", ()
            self.is_wrong = False
            self.changed.emit()

    def cancel(self) -> None:
        self._stop.set()

    def open_page(self) -> None:
        self._open("report.html")

    def open_book(self) -> None:
        self._open("report.pdf")

    def open_folder(self) -> None:
        if self.files:
            self._show(self.files[0].parent)

    def _open(self, name: str) -> None:
        file = next((one for one in self.files if one.name == name), None)
        if file is not None:
            self._show(file)

    def _show(self, path: Path) -> None:
        if not open_outside(path):
            self.board.refused(f"Nothing on this machine opens {path}.")

    def _end(self, words: str, *, is_wrong: bool) -> None:
        self.running, self.step, self.words, self.is_wrong = "", "", words, is_wrong
        self.changed.emit()

    def _beat(self, _: float) -> None:
        self._seen, said = self._said.take(self._seen)
        if said is not None and self.running and said != self.step:
            self.step = said
            self.changed.emit()


def write_report(room: "ReadingRoom", session: SessionId, say: Say, stop: threading.Event) -> "Written":
    """On the thread that may take its time. Raises PitBoxError."""
    from pitbox.report.document import digest  # noqa: PLC0415 - for who wants a report
    from pitbox.report.errors import ReportError  # noqa: PLC0415 - the same
    from pitbox.wall.reporter import Reporter, style_of, write  # noqa: PLC0415 - the same

    settings = read(room.profile.settings_file).settings
    folder = report_folder(settings.report, room.folders.data, session)
    try:
        style = style_of(settings.report)
        _wait(room, session, say, stop)
        say("Asking the database")
        reporter = Reporter(room.profile, settings, room.shelf)
        document = room.ask(lambda cursor: reporter.document(_watched(cursor, say, stop), session))
        _go_on(stop)
        say("Writing the page")
        page = write(document, style, folder, digest(document), has_pdf=False)
        _go_on(stop)
        say("Setting the PDF")
        book = write(document, style, folder, page.digest, has_html=False)
    except (ReportError, OSError) as error:
        raise PitBoxError(str(error)) from error
    return type(page)((*page.files, *book.files), page.digest, book.no_pdf)


def _wait(room: "ReadingRoom", session: SessionId, say: Say, stop: threading.Event) -> None:
    """While the race is younger in the database than in its log."""
    catching_up = room.catching_up(session)
    if catching_up is not None:
        catching_up.wait(lambda share: say(f"The database catches up: {share:.0%}".replace("%", " %")), stop)
        _go_on(stop)


def _go_on(stop: threading.Event) -> None:
    if stop.is_set():
        raise ReportStoppedError("Stopped; no report is there.")


class _Watched:
    """A cursor that says how far it is, and asks nothing more once somebody stopped it."""

    def __init__(self, cursor: "Cursor", say: Say, stop: threading.Event) -> None:
        self._cursor, self._say, self._stop, self._count = cursor, say, stop, 0

    def execute(self, *said: Any) -> Any:
        _go_on(self._stop)
        self._count += 1
        self._say(f"Asking the database: {self._count:,} questions so far")
        return self._cursor.execute(*said)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


def _watched(cursor: "Cursor", say: Say, stop: threading.Event) -> "Cursor":
    return cast("Cursor", _Watched(cursor, say, stop))
