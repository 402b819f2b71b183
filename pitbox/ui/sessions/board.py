"""What is listed, chosen and marked on the page; all that is read or done goes beside the window."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

import msgspec
from PySide6.QtCore import QObject, Signal

from pitbox.crew.health import Level
from pitbox.model.edit import Draft
from pitbox.model.ids import SessionId
from pitbox.ui.sessions.scene import Near, Shelved, read_near, read_shelf
from pitbox.ui.sessions.words import FALLING, Order, filter_of, ordered
from pitbox.ui.shell.stage import Stage
from pitbox.ui.team.errand import Errands
from pitbox.wall.library import Recorded, is_wanted
from pitbox.wall.search import Filter

if TYPE_CHECKING:  # it loads what only a reader needs
    from pitbox.wall.reading_room import ReadingRoom

MakeRoom = Callable[[], "ReadingRoom"]
T = TypeVar("T")
_LOOK_S = 10.0
"""Between two looks at the shelf while somebody looks at the page."""
_KEPT = "sessions.order"
_ALL = Filter()


class Desk:
    """A thread with a reading room of its own."""

    def __init__(self, name: str, make_room: MakeRoom) -> None:
        self.make_room = make_room
        self._rooms: dict[MakeRoom, ReadingRoom] = {}
        self.errands = Errands(name)
        self.errands.start()

    def ask(
        self,
        run: "Callable[[ReadingRoom], T]",
        then: Callable[[T], object],
        failed: Callable[[str], object],
        make_room: MakeRoom | None = None,
    ) -> bool:
        """In the room of the list that is shown, or in `make_room`'s: where something was done before.

        False: too much is asked already, and this is not done.
        """
        make = make_room or self.make_room
        return self.errands.ask(lambda: run(self._entered(make)), then, failed)

    def _entered(self, make: MakeRoom) -> "ReadingRoom":
        """Made on the thread that works in it."""
        if make not in self._rooms:
            self._rooms[make] = make()
        return self._rooms[make]


class SessionBoard(QObject):
    """One for each window; `reader` is asked for short things, `worker` for long ones."""

    changed = Signal()
    """Another list, or another order of it."""
    chosen = Signal()
    """Another session, or more is known of it."""
    marked_changed = Signal()

    def __init__(self, stage: Stage, make_room: MakeRoom, make_demo_room: MakeRoom | None = None) -> None:
        """`make_demo_room`: a reader of the races that a demo keeps apart, where there is one."""
        super().__init__()
        self.stage = stage
        self._make_room, self._make_demo_room = make_room, make_demo_room
        self.is_demo = False
        """The demo's races are listed, and not the team's."""
        self.shelved = Shelved()
        self.is_read = False
        self.is_watched = False
        """Somebody looks at the page."""
        self.shown: list[Recorded] = []
        self.order = stage.memory.recall(_KEPT, Order) or Order()
        self.text = ""
        self.wanted = Filter()
        """Beside the words."""
        self.key = ""
        self.near = Near()
        self.marked: list[str] = []
        """To be compared, in the order in which they were marked."""
        self.reader, self.worker = Desk("sessions", make_room), Desk("sessions work", make_room)
        stage.at_end += [self.reader.errands.stop, self.worker.errands.stop]
        stage.bridge.beaten.connect(self._beat)
        self._is_asked = False
        self._looked_s = 0.0

    @property
    def has_demo(self) -> bool:
        return self._make_demo_room is not None

    def show_demo(self, *, is_demo: bool) -> None:
        """List the races that a demo keeps apart, or the team's again."""
        make = self._make_demo_room if is_demo else self._make_room
        if make is None or is_demo == self.is_demo:
            return
        self.is_demo, self.is_read, self._is_asked = is_demo, False, False
        for desk in (self.reader, self.worker):
            desk.make_room = make
        self.shelved, self.marked, self.key, self.near = Shelved(), [], "", Near()
        self._arrange()
        self.chosen.emit()
        self.marked_changed.emit()
        self.refresh()

    @property
    def one(self) -> Recorded | None:
        """The chosen session."""
        return self.find(self.key)

    @property
    def is_idle(self) -> bool:
        return self.reader.errands.is_idle and self.worker.errands.is_idle

    def find(self, key: str) -> Recorded | None:
        return next((one for one in self.shelved.found if one.session == key), None)

    def refresh(self) -> None:
        """Read the shelf anew; asked twice, it is read once."""
        where = self.is_demo

        def show(shelved: Shelved) -> None:
            if where is self.is_demo:  # else the other races were asked for meanwhile
                self._show(shelved)

        if not self._is_asked:
            self._is_asked = self.reader.ask(read_shelf, show, self._fail)

    def choose(self, key: str) -> None:
        if key != self.key:
            self.key = key
            self.near = Near()
            self.chosen.emit()
            self.look_near()

    def look_near(self) -> None:
        one = self.one
        if one is not None:
            self.reader.ask(lambda room: read_near(room, one), self._show_near, self.refused)

    def mark(self, key: str) -> None:
        """For comparing; again: not any more."""
        if self.find(key) is None:
            return
        self.marked = (
            [one for one in self.marked if one != key] if key in self.marked else [*self.marked, key]
        )
        self.marked_changed.emit()

    def clear_marks(self) -> None:
        self.marked = []
        self.marked_changed.emit()

    def search(self, text: str) -> None:
        self.text = text
        self._arrange()

    def sift(self, wanted: Filter) -> None:
        """Only what is like that, of what the words find."""
        self.wanted = wanted
        self._arrange()

    def sort(self, column: str) -> None:
        """By that; again: the other way round."""
        is_same = column == self.order.column
        self.order = Order(column, not self.order.is_falling if is_same else column in FALLING)
        self.stage.memory.keep(_KEPT, self.order)
        self._arrange()

    def write(self, words: str, drafts: Sequence[Draft], back: Sequence[Draft] = ()) -> None:
        """Into the chosen session, as one step of undo where `back` says how it is taken back."""
        key, where = self.key, self.reader.make_room
        if not back:
            self._write(key, drafts, where)
            return
        self.stage.do(words, lambda: self._write(key, drafts, where), lambda: self._write(key, back, where))

    def tell(
        self, words: str, level: Level = Level.OK, action: str = "", run: Callable[[], None] | None = None
    ) -> None:
        self.stage.notices.tell(words, level, action, run)

    def refused(self, words: str) -> None:
        """It was not done."""
        self.tell(words, Level.DEGRADED)

    def _write(self, key: str, drafts: Sequence[Draft], where: MakeRoom) -> None:
        def run(room: "ReadingRoom") -> None:
            with room.keepsakes() as keepsakes:
                keepsakes.write(SessionId(key), list(drafts))

        def then(_: None) -> None:
            self.refresh()
            if key == self.key:
                self.look_near()

        self.reader.ask(run, then, self.refused, where)

    def _show(self, shelved: Shelved) -> None:
        self._is_asked, is_first = False, not self.is_read
        self.is_read = True
        if shelved == self.shelved and not is_first:
            return
        before, self.shelved = self.one, shelved
        known = {one.session for one in shelved.found}
        self.marked = [key for key in self.marked if key in known]
        self._arrange()
        if self.one is None:
            self.choose(self.shown[0].session if self.shown else "")
        elif self.one != before:
            self.chosen.emit()
            self.look_near()

    def _fail(self, words: str) -> None:
        self._is_asked = False
        self.refused(f"The list is not new: {words}")

    def _show_near(self, near: Near) -> None:
        if near.session == self.key and near != self.near:
            self.near = near
            self.chosen.emit()

    def _arrange(self) -> None:
        typed, wanted = filter_of(self.text), self.wanted
        wanted = msgspec.structs.replace(wanted, words=typed.words, tags=(*typed.tags, *wanted.tags))
        found = [one for one in self.shelved.found if wanted == _ALL or is_wanted(one, wanted)]
        self.shown = ordered(found, self.order)
        self.changed.emit()

    def _beat(self, now_s: float) -> None:
        self.reader.errands.pull()
        self.worker.errands.pull()
        if self.is_watched and now_s - self._looked_s >= _LOOK_S:
            self._looked_s = now_s
            self.refresh()
