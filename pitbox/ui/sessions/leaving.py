"""A session on its way out as files: what was asked for, how far it is, and whether somebody stopped it."""

import threading
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

from pitbox.crew.health import Level
from pitbox.crew.mailbox import Mailbox
from pitbox.model.ids import SessionId
from pitbox.store.errors import ExportError, ExportStoppedError
from pitbox.store.export.exporter import Exported, export, target_of
from pitbox.store.export.wish import Format, Wish
from pitbox.ui.scene.words import size_words
from pitbox.ui.sessions.board import SessionBoard
from pitbox.ui.sessions.deeds import OPENABLE
from pitbox.ui.sessions.words import name_words
from pitbox.wall.reading_room import ReadingRoom

_KEPT = "sessions.export"
FORMATS = (
    (Format.CSV, "CSV: a table for each kind of fact"),
    (Format.PARQUET, "Parquet: the same, for analysis"),
    (Format.IBT, ".ibt: the files that were imported"),
    (Format.MCAP, "MCAP: for Foxglove and the like"),
)


class Kept(msgspec.Struct, frozen=True):
    """What somebody chose the last time."""

    format: str = "csv"
    folder: str = ""


class Leaving(QObject):
    """One export at a time, on the thread for long work."""

    changed = Signal()

    def __init__(self, board: SessionBoard) -> None:
        super().__init__()
        self.board = board
        self.kept = board.stage.memory.recall(_KEPT, Kept) or Kept()
        self.running = ""
        """The session that is being written; empty while none is."""
        self.share = 0.0
        self.words = ""
        """What came of the last one."""
        self.is_wrong = False
        self._stop = threading.Event()
        self._progress: Mailbox[float] = Mailbox()
        self._seen = 0
        board.stage.bridge.beaten.connect(self._beat)
        board.stage.at_end.insert(0, self.cancel)

    @property
    def folder(self) -> str:
        return self.kept.folder or str(Path.home())

    def choose(self, *, format_name: str = "", folder: str = "") -> None:
        self.kept = Kept(format_name or self.kept.format, folder or self.kept.folder)
        self.board.stage.memory.keep(_KEPT, self.kept)
        self.changed.emit()

    def start(self) -> None:
        """Of the chosen session, into the chosen folder; what lies there is not overwritten."""
        one = self.board.one
        if one is None or self.running:
            return
        if one.state not in OPENABLE:
            self._end("Only what is on the shelf is exported: restore it first.", is_wrong=True)
            return
        self._stop = stop = threading.Event()
        wish = Wish(SessionId(one.session), Format(self.kept.format))
        folder, progress = Path(self.folder).expanduser(), self._progress

        def run(room: ReadingRoom) -> Exported | None:
            try:
                with room.keepsakes() as people:
                    return export(
                        room.shelf,
                        wish,
                        folder,
                        people.ledger(wish.session),
                        on_progress=lambda done, total: progress.put(done / max(1, total)),
                        is_stopped=stop.is_set,
                    )
            except ExportStoppedError:
                return None
            except OSError as error:
                raise ExportError(f"{folder} cannot be written: {error.strerror or error}.") from error

        def told(done: Exported | None) -> None:
            if done is None:
                self._end(f"Stopped; nothing of {name_words(one)} was left behind.")
                return
            more = " ".join(("", *done.words))
            self._end(f"{target_of(wish, folder)}: {size_words(done.size)}.{more}")
            self.board.tell(f"{name_words(one)} is exported to {done.path.name}.", Level.OK)

        if self.board.worker.ask(run, told, lambda words: self._end(words, is_wrong=True)):
            self.running, self.share, self.words, self.is_wrong = one.session, 0.0, "", False
            self.changed.emit()

    def cancel(self) -> None:
        self._stop.set()

    def _end(self, words: str, *, is_wrong: bool = False) -> None:
        self.running, self.words, self.is_wrong = "", words, is_wrong
        self.changed.emit()

    def _beat(self, _: float) -> None:
        self._seen, share = self._progress.take(self._seen)
        if share is not None and self.running and round(share, 2) != round(self.share, 2):
            self.share = share
            self.changed.emit()
