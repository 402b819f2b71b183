"""The plan of our car as it is followed now, for every panel: the newest, and who keeps the plans."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from pitbox.crew.mailbox import Mailbox
from pitbox.model.plan_offer import Offer, PlanNow
from pitbox.ui.scene.plan_live import LivePlan
from pitbox.wall.staff import staff_of

if TYPE_CHECKING:
    from pitbox.ui.bridge import RaceBridge
    from pitbox.wall.planner import Planner


class PlanBoard(QObject):
    """One for each window. Looks with every beat of the bridge; waits for nobody."""

    changed = Signal()
    """Another plan as it is followed, or none any more."""
    carded = Signal()
    """Other cards for who could be missing."""
    said = Signal(str)
    """Why a wish is not granted."""
    edited = Signal()
    """Somebody edited what is planned, or another race brought other plans."""

    def __init__(self, bridge: "RaceBridge", live: LivePlan | None = None) -> None:
        super().__init__()
        self._bridge = bridge
        self.live = live
        self.now: PlanNow | None = None
        self.cards: tuple[Offer, ...] = ()
        self._boxes: dict[str, tuple[Mailbox[Any], int]] = {}
        self._revision: object = None
        bridge.beaten.connect(self._look)

    @property
    def planner(self) -> "Planner | None":
        """None where nobody keeps edits: a window that shows nothing yet."""
        staff = staff_of(self._bridge.feed)
        return None if staff is None else staff.planner

    def _look(self, _: float) -> None:
        planner = self.planner
        revision = (id(planner), None if planner is None else planner.revision)
        if revision != self._revision:
            self._revision = revision
            self.edited.emit()
        if self.live is None:
            return
        is_new, now = self._take("now", self.live.now)
        if is_new and now != self.now:
            self.now = now
            self.changed.emit()
        is_new, cards = self._take("cards", self.live.cards)
        if is_new and (cards or ()) != self.cards:
            self.cards = cards or ()
            self.carded.emit()
        is_new, words = self._take("said", self.live.said)
        if is_new and words:
            self.said.emit(words)

    def _take(self, name: str, box: Mailbox[Any]) -> tuple[bool, Any]:
        """Whether it is another value than at the look before, and which."""
        known, version = self._boxes.get(name, (None, 0))
        is_other = known is not box
        after = 0 if is_other else version
        newest, value = box.take(after)
        self._boxes[name] = box, newest
        return newest != after or (is_other and known is not None), value
