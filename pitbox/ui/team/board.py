"""What is chosen on the page and how it stands: one event, one person, and the wishes of who edits them."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from pitbox.crew.health import Level
from pitbox.model.edit import Draft
from pitbox.model.errors import EditError
from pitbox.ui.shell.stage import Stage
from pitbox.ui.team.errand import Errands
from pitbox.ui.team.scene import Attendant, TeamScene, scene_of
from pitbox.wall.planner import Planner

_KEPT = "team.event"


class TeamBoard(QObject):
    """One for each window. The scene is read beside it and follows every edit, one's own and others'."""

    changed = Signal()
    """Another scene or event."""
    chosen = Signal(str)
    """Key of another person."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage
        self.scene = TeamScene()
        self.event_key = stage.memory.recall(_KEPT, str) or ""
        self.person_key = ""
        self.errands = Errands("team")
        self._mark: tuple[object, ...] = ()
        self.errands.start()
        stage.at_end.append(self.errands.stop)
        stage.plans.edited.connect(self.refresh)
        stage.bridge.beaten.connect(self._beat)
        self.refresh()

    @property
    def planner(self) -> Planner | None:
        return self._stage.plans.planner

    @property
    def person(self) -> Attendant | None:
        return self.scene.attendant(self.person_key)

    def choose_event(self, key: str) -> None:
        if key != self.event_key:
            self.event_key = key
            self._stage.memory.keep(_KEPT, key)
            self.refresh()

    def choose(self, key: str) -> None:
        if key != self.person_key:
            self.person_key = key
            self.chosen.emit(key)

    def do(self, words: str, drafts: Callable[[], Sequence[Draft]], base: int | None = None) -> bool:
        """Edit, as one step of undo; False where it cannot be, which is told."""
        planner, key = self.planner, ""
        if planner is None:
            self.tell("Nobody keeps plans here: open a race, or join a team.", Level.DEGRADED)
            return False
        try:
            wanted = list(drafts())
            if wanted:
                key = planner.do(wanted, base)
        except EditError as error:
            self.tell(str(error), Level.DEGRADED)
            return False
        if key:
            self._note(words, planner, key)
            self.refresh()
        return True

    def do_beside(
        self,
        words: str,
        drafts: Callable[[], Sequence[Draft]],
        done: Callable[[], object],
        refused: Callable[[str], object],
    ) -> bool:
        """As `do`, of many people at once: worked out and written beside the window, one step of undo.

        `drafts` is called there too. False: nobody keeps plans, or too much is asked already.
        """
        planner = self.planner
        if planner is None:
            self.refused("Nobody keeps plans here: open a race, or join a team.")
            return False

        def write() -> str:
            wanted = list(drafts())
            return planner.do(wanted) if wanted else ""

        def written(key: str) -> None:
            if key:
                self._note(words, planner, key)
                self.refresh()
            done()

        return self.errands.ask(write, written, refused)

    def tell(self, words: str, level: Level = Level.NOTE) -> None:
        self._stage.notices.tell(words, level)

    def refused(self, words: str) -> None:
        """It was not done."""
        self.tell(words, Level.DEGRADED)

    def refresh(self) -> None:
        """Read the plans anew, if anything is new in them."""
        planner = self.planner
        if planner is None:
            self._mark = ()
            if self.scene != TeamScene():
                self.scene = TeamScene()
                self.changed.emit()
            return
        mark, key = (id(planner), planner.revision, self.event_key), self.event_key
        if mark == self._mark:
            return
        read = lambda: scene_of(planner.ask, key)  # noqa: E731 - one line says it best
        if self.errands.ask(read, lambda scene: self._show(scene, mark), self.refused):
            self._mark = mark

    def _show(self, scene: TeamScene, mark: tuple[object, ...]) -> None:
        if mark != self._mark:  # a newer one is on its way
            return
        self.scene = scene
        if scene.event is not None:
            self.event_key = scene.event.key
            self._mark = (*mark[:2], self.event_key)
        self.changed.emit()

    def _beat(self, _: float) -> None:
        self.errands.pull()

    def _note(self, words: str, planner: Planner, key: str) -> None:
        """Taking back is worked out beside: it looks through all that was ever done."""
        last = key

        def turned(key: str) -> None:
            nonlocal last
            last = key

        def turn() -> None:
            was = last
            self.errands.ask(lambda: planner.take_back(was), turned, self.refused)

        is_done = True

        def again() -> None:
            nonlocal is_done
            if is_done:  # the stack does what it is given at once, and this is done already
                is_done = False
            else:
                turn()

        self._stage.do(words, again, turn, lambda: self.planner is planner)
