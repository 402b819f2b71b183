"""What the page shows and what people do to it: the plan, the stint that is picked, what is being dragged.

Edits are seen at once and written at once; the plan is then read out of the edits again, beside the window.
"""

import secrets
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal

from pitbox.crew.health import Level
from pitbox.model.edit import Draft
from pitbox.model.errors import EditError
from pitbox.model.ledger import Ledger
from pitbox.model.relay import Leg, Legs
from pitbox.ui.scene import plan_edit
from pitbox.ui.scene.plan import PlanScene, is_standing
from pitbox.ui.shell.stage import Stage
from pitbox.ui.stints.deed import Written
from pitbox.ui.stints.workshop import Read, Workshop

if TYPE_CHECKING:
    from pitbox.wall.planner import Planner

_PATIENCE_BEATS = 200
"""So long an edit of one's own stands before the race's word for it has come."""
_MOST_WAITING = 32
_KEY = "stints.shown"
Edit = Callable[[PlanScene], Legs]


class Pending(msgspec.Struct, frozen=True):
    """Written, and not read out of the edits yet."""

    count: int
    legs: Legs


class StintBoard(QObject):
    """One for each window."""

    changed = Signal()
    """Another plan, another stint picked, or another fault."""
    dragged = Signal()
    """The plan as it would be, while a hand is at it."""
    replaced = Signal()
    """Another team or strategy is shown: what was solved for the one before is worth nothing."""

    def __init__(self, stage: Stage, workshop: Workshop) -> None:
        super().__init__()
        self._stage, self._workshop = stage, workshop
        self.base: PlanScene | None = None
        """As it was read, and laid over the race."""
        self.trouble = ""
        self.has_read = False
        self.at = ""
        """Key of the stint that keys act on."""
        self.preview: Legs | None = None
        self._judged: tuple[object, PlanScene | None] = (None, None)
        self._read_scene: PlanScene | None = None
        self._pending: Pending | None = None
        self._make: Edit | None = None
        self._waiting: list[tuple[str, Edit]] = []
        self._beats = self._version = 0
        self._team, self._variant = stage.memory.recall(_KEY, tuple[str, str]) or ("", "")
        stage.plans.edited.connect(self.read)
        stage.plans.changed.connect(self._lay)
        stage.bridge.beaten.connect(self._take)
        self.read()

    @property
    def planner(self) -> "Planner | None":
        return self._stage.plans.planner

    @property
    def scene(self) -> PlanScene | None:
        """As it is shown: with what is dragged, or was written just now."""
        return self._with(self.preview)

    def _with(self, preview: Legs | None) -> PlanScene | None:
        written = None if self._pending is None else self._pending.legs
        legs = written if preview is None else preview
        if legs is None or self.base is None:
            return self.base
        mark = (legs, self.base)
        if self._judged[0] is None or not _same(self._judged[0], mark):
            self._judged = mark, plan_edit.judged(self.base, legs)
        return self._judged[1]

    @property
    def leg(self) -> Leg | None:
        """The one that keys act on."""
        scene = self.scene
        return None if scene is None else scene.leg(self.at)

    def read(self) -> None:
        planner = self.planner
        if planner is not None:
            self._workshop.read(planner, self._wanted_team(), self._variant)

    def show(self, team: str, variant: str = "") -> None:
        """Another team's plan, or one by another strategy."""
        self._team, self._variant = team, variant
        self._stage.memory.keep(_KEY, (team, variant))
        self._pending = self.preview = None
        self._waiting = []
        self.read()
        self.replaced.emit()

    def pick(self, key: str) -> None:
        if key != self.at:
            self.at = key
            self.changed.emit()

    def step(self, by: int) -> None:
        """To the stint so many on."""
        scene = self.scene
        if scene is None or not scene.legs:
            return
        keys = [leg.key for leg in scene.legs]
        at = keys.index(self.at) + by if self.at in keys else (0 if by > 0 else len(keys) - 1)
        self.pick(keys[min(max(0, at), len(keys) - 1)])

    def try_out(self, make: Edit) -> None:
        """While a hand is at it; what cannot be done leaves it as it was."""
        scene = self._with(None)
        if scene is None:
            return
        try:
            legs = make(scene)
        except EditError:
            return
        self._make = make
        if legs != self.preview:
            self.preview = legs
            self.dragged.emit()

    def let_go(self, words: str, *, is_kept: bool = True) -> None:
        """The end of a drag."""
        make, self._make, legs, self.preview = self._make, None, self.preview, None
        if is_kept and make is not None and legs is not None:
            self.edit(words, make)
        self._lay()

    def edit(self, words: str, make: Edit) -> None:
        """Do it, after what was done just before is read back; what cannot be done is said."""
        if self._pending is not None:
            self._waiting = [*self._waiting, (words, make)][-_MOST_WAITING:]
            return
        scene = self.base
        if scene is None:
            return
        try:
            legs = make(scene)
        except EditError as error:
            self._stage.notices.tell(str(error))
            return
        if legs != scene.legs:
            self._write(words, legs)
            self.changed.emit()

    def write(self, words: str, make: Callable[[Ledger], Sequence[Draft]]) -> bool:
        """Any edit of what is planned, as one step that can be undone; what goes wrong is said."""
        planner = self.planner
        if planner is None:
            self._stage.notices.tell("Nothing can be planned before a race or its example is open.")
            return False
        try:
            count, drafts = planner.ask(lambda ledger: (ledger.count, list(make(ledger))))
            edits = planner.write(drafts, count) if drafts else []
        except EditError as error:
            self._stage.notices.tell(str(error), Level.DEGRADED)
            return False
        if edits:
            done = Written(planner, edits, self._complain)
            self._stage.do(words, done.run, done.back)
        self.read()
        return True

    def _write(self, words: str, legs: Legs) -> None:
        scene, planner = self.base, self.planner
        if scene is None or planner is None:
            return
        salt = secrets.randbits(31)
        if self.write(words, lambda ledger: plan_edit.leg_drafts(scene, legs, ledger, salt)):
            self._pending, self._beats = Pending(planner.revision[1], legs), 0

    def _wanted_team(self) -> str:
        now = self._stage.plans.now
        return self._team or ("" if now is None else now.team)

    def _take(self, _: float) -> None:
        self._version, read = self._workshop.read_out.take(self._version)
        if read is not None:
            self._hear(read)
        elif self._pending is not None:
            self._beats += 1
            if self._beats > _PATIENCE_BEATS:
                self._pending = None
                self._lay()

    def _hear(self, read: Read) -> None:
        self.has_read, self.trouble = True, read.trouble
        before, self._read_scene = self._read_scene, read.scene
        if (before is None) != (read.scene is None) or _is_other(before, read.scene):
            self.replaced.emit()
        self._lay()

    def _lay(self) -> None:
        """What was read, over the race as it is followed."""
        scene = None if self._read_scene is None else self._read_scene.over(self._stage.plans.now)
        pending = self._pending
        if pending is not None and scene is not None and self._read_scene is not None:
            stands = min(self._read_scene.count, scene.now.base) if scene.is_live else scene.count
            if stands < pending.count:
                return
        self._pending = None
        if self.preview is not None:
            return  # what a hand holds is not moved under it; the next word comes after it
        self.base = scene
        if scene is not None and scene.leg(self.at) is None:
            coming = next((leg.key for leg in scene.legs if not is_standing(leg)), "")
            self.at = coming or (scene.legs[-1].key if scene.legs else "")
        self.changed.emit()
        if self._waiting:
            (words, make), self._waiting = self._waiting[0], self._waiting[1:]
            self.edit(words, make)

    def _complain(self, words: str) -> None:
        self._stage.notices.tell(words, Level.DEGRADED)


def _same(one: object, other: tuple[object, object]) -> bool:
    return isinstance(one, tuple) and one[0] is other[0] and one[1] is other[1]


def _is_other(one: PlanScene | None, other: PlanScene | None) -> bool:
    if one is None or other is None:
        return False
    return (one.team.key, one.variant) != (other.team.key, other.variant)
