"""Sessions on their way out as files: what was asked for, how far it is, and whether somebody stopped it."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal

from pitbox.crew.health import Level
from pitbox.crew.mailbox import Mailbox
from pitbox.model.ids import SessionId
from pitbox.store.errors import ExportError, ExportStoppedError
from pitbox.store.export.wish import Format, Wish, lap_spans
from pitbox.ui.scene.words import count_words, size_words
from pitbox.ui.sessions.board import SessionBoard
from pitbox.ui.sessions.deeds import OPENABLE
from pitbox.ui.sessions.words import name_words
from pitbox.wall.library import Recorded

if TYPE_CHECKING:  # they load what only a reader and an export need
    from pitbox.store.export.exporter import Exported
    from pitbox.wall.reading_room import ReadingRoom

_KEPT = "sessions.export"
_STOPPED = "Stopped"
FORMATS = (
    (Format.CSV, "CSV: a table for each kind of fact"),
    (Format.PARQUET, "Parquet: the same, for analysis"),
    (Format.IBT, ".ibt: the files that were imported"),
    (Format.MCAP, "MCAP: for Foxglove and the like"),
)
Progress = Callable[[float], None]


class Kept(msgspec.Struct, frozen=True):
    """What somebody chose the last time."""

    format: str = "csv"
    folder: str = ""
    channels: str = ""


class Leaving(QObject):
    """One export at a time, on the thread for long work: of the marked sessions, else of the chosen one."""

    changed = Signal()

    def __init__(self, board: SessionBoard) -> None:
        super().__init__()
        self.board = board
        self.kept = board.stage.memory.recall(_KEPT, Kept) or Kept()
        self.laps = ""
        """Of the own car, like `5-9,12`; all of them when empty."""
        self.is_replacing = False
        self.running: tuple[Recorded, ...] = ()
        """What is being written; empty while nothing is."""
        self.share = 0.0
        self.words = ""
        """What came of the last one."""
        self.is_wrong = False
        self._stop = threading.Event()
        self._progress: Mailbox[float] = Mailbox()
        self._seen = 0
        board.stage.bridge.beaten.connect(self._beat)
        board.marked_changed.connect(self.changed)
        board.stage.at_end.insert(0, self.cancel)

    @property
    def folder(self) -> str:
        return self.kept.folder or str(Path.home())

    @property
    def wanted(self) -> list[Recorded]:
        """The marked sessions; the chosen one where none is marked."""
        marked = [one for key in self.board.marked if (one := self.board.find(key)) is not None]
        chosen = self.board.one
        return marked or ([] if chosen is None else [chosen])

    @property
    def has_cut(self) -> bool:
        """Laps and channels can be chosen; a file that was imported leaves as it came."""
        return self.kept.format != Format.IBT

    def choose(self, **changes: str) -> None:
        """`format`, `folder` or `channels`."""
        self.kept = msgspec.structs.replace(self.kept, **changes)
        self.board.stage.memory.keep(_KEPT, self.kept)
        self.changed.emit()

    def choose_laps(self, text: str) -> None:
        """Raises ValueError for what names none."""
        if text:
            try:
                lap_spans(text)
            except ExportError as error:
                raise ValueError(str(error)) from error
        self.laps = text
        self.changed.emit()

    def replace(self, is_on: bool) -> None:
        """What lies there already is replaced."""
        self.is_replacing = is_on

    def start(self) -> None:
        """Into the chosen folder; what lies there is not overwritten unless it is to be."""
        wanted = self.wanted
        sessions = [one for one in wanted if one.state in OPENABLE]
        if not wanted or self.running:
            return
        if not sessions:
            self._end("Only what is on the shelf is exported: restore it first.", is_wrong=True)
            return
        self._stop = stop = threading.Event()
        wishes = [self._wish(one) for one in sessions]
        folder, progress = Path(self.folder).expanduser(), self._progress
        left = len(wanted) - len(sessions)

        def run(room: "ReadingRoom") -> "list[Exported | str]":
            return write_all(room, wishes, folder, progress.put, stop)

        def told(done: "list[Exported | str]") -> None:
            self._tell(sessions, done, left)

        if self.board.worker.ask(run, told, lambda words: self._end(words, is_wrong=True)):
            self.running, self.share, self.words, self.is_wrong = tuple(sessions), 0.0, "", False
            self.changed.emit()

    def cancel(self) -> None:
        self._stop.set()

    def _wish(self, one: Recorded) -> Wish:
        names = tuple(dict.fromkeys(part.strip() for part in self.kept.channels.split(",") if part.strip()))
        channels = () if names == ("none",) else names or None
        return Wish(
            SessionId(one.session),
            Format(self.kept.format),
            channels=channels if self.has_cut else None,
            laps=lap_spans(self.laps) if self.laps and self.has_cut else (),
            is_replacing=self.is_replacing,
        )

    def _tell(self, sessions: Sequence[Recorded], done: "Sequence[Exported | str]", left: int) -> None:
        lines, is_wrong = [], False
        for one, what in zip(sessions, done, strict=True):
            if not isinstance(what, str):
                lines.append(" ".join((f"{what.path}: {size_words(what.size)}.", *what.words)))
            elif what == _STOPPED:
                lines.append(f"Stopped; nothing of {name_words(one)} was left behind.")
            else:
                is_wrong = True
                lines.append(f"{name_words(one)}: {what}" if len(sessions) > 1 else what)
        if left:
            lines.append(f"{count_words(left, 'session is', 'sessions are')} not here: restore them first.")
        self._end("\n".join(lines), is_wrong=is_wrong)
        whole = [one for one in done if not isinstance(one, str)]
        if whole:
            name = whole[0].path.name if len(whole) == 1 else self.folder
            what = (
                name_words(sessions[0]) if len(done) == 1 else count_words(len(whole), "session", "sessions")
            )
            verb = "is" if len(whole) == 1 else "are"
            self.board.tell(f"{what} {verb} exported to {name}.", Level.OK)

    def _end(self, words: str, *, is_wrong: bool = False) -> None:
        self.running, self.words, self.is_wrong = (), words, is_wrong
        self.changed.emit()

    def _beat(self, _: float) -> None:
        self._seen, share = self._progress.take(self._seen)
        if share is not None and self.running and round(share, 2) != round(self.share, 2):
            self.share = share
            self.changed.emit()


def write_all(
    room: "ReadingRoom", wishes: Sequence[Wish], folder: Path, progress: Progress, stop: threading.Event
) -> "list[Exported | str]":
    """Of each what was written, or why not; what one fails with keeps the next from nothing."""
    from pitbox.store.export.exporter import export, target_of  # noqa: PLC0415 - for who exports

    done: list[Exported | str] = []
    for at, wish in enumerate(wishes):

        def note(part: int, whole: int, at: int = at) -> None:
            progress((at + part / max(1, whole)) / len(wishes))

        target = target_of(wish, folder)
        if target.exists() and not wish.is_replacing:
            done.append(f"{target} lies there already: choose another folder, or Replace.")
            continue
        try:
            with room.keepsakes() as people:
                ledger = people.ledger(wish.session)
                is_stopped = stop.is_set
                done.append(export(room.shelf, wish, folder, ledger, on_progress=note, is_stopped=is_stopped))
        except ExportStoppedError:
            done.append(_STOPPED)
        except ExportError as error:
            done.append(str(error))
        except OSError as error:
            done.append(f"{folder} cannot be written: {error.strerror or error}.")
    return done
