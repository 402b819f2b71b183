"""A list of sign-ups before it is taken in: what each column holds, who comes of it, what is not read."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from pitbox.crew.health import Level
from pitbox.ui.shell.stage import Stage
from pitbox.ui.team.board import TeamBoard

if TYPE_CHECKING:
    from pitbox.planning.sign_up.file import SignUps

_MOST_BYTES = 8 << 20
FIELD_TITLES = {
    "": "not read",
    "name": "name",
    "first name": "first name",
    "last name": "last name",
    "user_id": "iRacing id",
    "rating": "rating",
    "zone": "time zone",
    "free": "free times",
    "maybe": "maybe free",
    "from": "free from",
    "to": "free until",
    "hour": "an hour of a grid",
    "cars": "cars",
    "parts": "driver, spotter ...",
    "wanted": "with",
    "unwanted": "not with",
    "night": "likes night",
    "rain": "likes rain",
    "start": "likes the start",
    "longest": "longest stretch",
    "lap": "lap time",
    "note": "note",
    "team": "team",
}


class Import(QObject):
    """Read beside the window; nothing is in the plans before it is taken in."""

    changed = Signal()

    def __init__(self, stage: Stage, board: TeamBoard) -> None:
        super().__init__()
        self._stage, self._board = stage, board
        self.found: SignUps | None = None
        self.file = ""
        self.wrong = ""
        self._asked: SignUps | None = None
        """Being taken in: a second press does not do it again."""
        self._data = b""
        self._chosen: dict[int, str] = {}
        self.has_head: bool | None = None
        """Whether the first row is a heading, as somebody has said; None: it is found out."""

    def open(self, file: str) -> None:
        path = Path(file).expanduser()
        self._chosen, self.wrong, self.has_head = {}, "", None

        def read() -> bytes:
            if path.stat().st_size > _MOST_BYTES:
                raise OSError(None, "It is larger than any list of people.")
            return path.read_bytes()

        def take(data: bytes | OSError) -> None:
            if isinstance(data, OSError):
                self._fail(f"{path.name} cannot be read: {data.strerror or data}.")
                return
            self.file, self._data = path.name, data
            self._read()

        def tried() -> bytes | OSError:
            try:
                return read()
            except OSError as error:
                return error

        self._board.errands.ask(tried, take, self._fail)

    def choose(self, column: int, field: str) -> None:
        """That column holds this."""
        self._chosen.pop(column, None)
        self._chosen[column] = field
        self._read()

    def take_head(self, has_head: bool | None) -> None:
        """The first row is a heading, or is none; None: find it out."""
        if has_head is not self.has_head:
            self.has_head = has_head
            self._read()

    def take_in(self) -> None:
        """Write what was read into the plans, as one step of undo."""
        from pitbox.planning.sign_up.intake import intake  # noqa: PLC0415 - not before somebody imports

        found, event = self.found, self._board.scene.event
        if found is None or event is None or not found.members or found is self._asked:
            return
        people = self._board.scene.people
        members = {one.key: one.member for one in people}
        said = {one.key: one.said for one in people if one.said is not None}
        words = f"{len(found.members)} people of {self.file} are taken in; Ctrl Z takes that back."

        def done() -> None:
            self._board.tell(words, Level.OK)
            if self.found is found:
                self.drop()

        def refused(why: str) -> None:
            self._asked = None
            self._board.refused(why)

        drafts = lambda: intake(found, event.key, members, said)  # noqa: E731 - one line
        if self._board.do_beside("sign-ups of a list", drafts, done, refused):
            self._asked = found

    def drop(self) -> None:
        self.found, self._data, self._chosen, self.file, self.wrong = None, b"", {}, "", ""
        self.has_head = None
        self.changed.emit()

    def _read(self) -> None:
        from pitbox.planning.sign_up.file import Setting, SignUps, read_sign_ups  # noqa: PLC0415 - as above

        scene, data, chosen = self._board.scene, self._data, dict(self._chosen)
        has_head = self.has_head
        setting = Setting(
            event="" if scene.event is None else scene.event.key,
            races=() if scene.span is None else (scene.span,),
            zone="UTC" if scene.event is None else scene.event.zone,
            known=tuple(one.member for one in scene.people),
        )

        def show(found: SignUps) -> None:
            self.found, self.wrong = found, ""
            self.changed.emit()

        self._board.errands.ask(
            lambda: read_sign_ups(data, setting, None, chosen, has_head), show, self._fail
        )

    def _fail(self, words: str) -> None:
        self.found, self.wrong = None, words
        self.changed.emit()
