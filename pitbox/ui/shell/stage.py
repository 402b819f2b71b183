"""What every panel is given: how it looks, where its data comes from, and whom it tells what a person did."""

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand, QUndoStack

from pitbox.model.ids import Axis
from pitbox.ui.bridge import RaceBridge
from pitbox.ui.scene.landmark import start_of
from pitbox.ui.scene.plan_live import LivePlan
from pitbox.ui.shell.command import CommandBook
from pitbox.ui.shell.counsel import Counsel
from pitbox.ui.shell.lookback import LookBack
from pitbox.ui.shell.memory import Memory
from pitbox.ui.shell.notice import Notices
from pitbox.ui.shell.plan_board import PlanBoard
from pitbox.ui.shell.selection import Selection
from pitbox.ui.shell.timeline import Timeline
from pitbox.ui.theme.look import Look


class Stage:
    """One for each window. Panels connect to `bridge`, ask `look`, and share `selection`."""

    def __init__(self, look: Look, bridge: RaceBridge, memory: Memory, plans: LivePlan | None = None) -> None:
        self.look = look
        self.bridge = bridge
        self.memory = memory
        self.selection = Selection()
        self.commands = CommandBook()
        self.notices = Notices()
        self.undo = UndoStack()
        self.timeline = Timeline()
        self.look_back = LookBack(bridge, self.notices)
        self.counsel = Counsel(bridge)
        self.plans = PlanBoard(bridge, plans)
        self.at_end: list[Callable[[], object]] = []
        """Called when the window goes: what works beside it is stopped."""
        self.selection.moment_wished.connect(self.look_back.look_at)
        bridge.newest.connect(lambda change: self.timeline.hear(change, start_of(bridge.newest_story)))

    @property
    def green(self) -> Axis | None:
        """Where race time is zero; None before anything happened."""
        part, start_s = self.look_back.part, start_of(self.bridge.newest_story)
        return None if part is None or start_s is None else Axis(*part, start_s)

    def do(
        self,
        words: str,
        run: Callable[[], None],
        back: Callable[[], None],
        holds: Callable[[], bool] = lambda: True,
    ) -> None:
        """Do it now, so that it can be undone: `words` say what it was.

        `holds`: what it was done to is still there; else the step is passed over, and forgotten.
        """
        self.undo.push(_Step(words, run, back, holds))


class UndoStack(QUndoStack):
    """Each call takes back one step, or does one again, that still means something."""

    def undo(self) -> None:
        while self.canUndo():
            is_done = _holds(self.command(self.index() - 1))
            super().undo()
            if is_done:
                return

    def redo(self) -> None:
        while self.canRedo():
            is_done = _holds(self.command(self.index()))
            super().redo()
            if is_done:
                return


class _Step(QUndoCommand):
    def __init__(
        self, words: str, run: Callable[[], None], back: Callable[[], None], holds: Callable[[], bool]
    ) -> None:
        super().__init__(words)
        self._run, self._back, self.holds = run, back, holds

    def redo(self) -> None:
        self._turn(self._run)

    def undo(self) -> None:
        self._turn(self._back)

    def _turn(self, way: Callable[[], None]) -> None:
        if self.holds():
            way()
        else:
            self.setObsolete(True)  # the stack drops it


def _holds(command: QUndoCommand) -> bool:
    return not isinstance(command, _Step) or command.holds()
