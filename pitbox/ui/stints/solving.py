"""A plan that is worked out beside the page: how far it is, what was found, and what to do about it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal

from pitbox.crew.health import Level
from pitbox.model.errors import EditError, PitBoxError
from pitbox.model.plan_offer import Clash, Driven, Offer
from pitbox.model.relay import Legs
from pitbox.ui.scene import plan_edit, plan_relax
from pitbox.ui.scene.plan import PlanScene, is_standing
from pitbox.ui.shell.setright import set_right
from pitbox.ui.shell.stage import Stage
from pitbox.ui.stints.board import StintBoard
from pitbox.ui.stints.workshop import Progress, Workshop

if TYPE_CHECKING:
    from pitbox.planning.live.wish import Wish

SOLVED = "solved"
"""Key of the offer that was worked out here; others come from whoever follows the race."""


_SURE = 0.95
"""Who is picked with such a chance, as who starts by the rules, is not worth a question."""


class Solving(QObject):
    """One for each window."""

    changed = Signal()

    def __init__(self, stage: Stage, board: StintBoard, workshop: Workshop) -> None:
        super().__init__()
        self._stage, self._board, self._workshop = stage, board, workshop
        self._asked: PlanScene | None = None
        self._number = self._version = 0
        self.is_running = False
        self.progress: Progress | None = None
        self.own: Offer | None = None
        """What was worked out here; None where nothing was, or it was accepted or refused."""
        self.at = ""
        """Key of the offer that is looked at."""
        self.said = ""
        """Why a wish was not granted."""
        board.replaced.connect(self.forget)
        stage.bridge.beaten.connect(self._take)
        stage.plans.changed.connect(self._follow)
        stage.plans.said.connect(self._hear)

    @property
    def offers(self) -> tuple[Offer, ...]:
        """That of here first, then those of the race."""
        scene = self._board.base
        own = () if self.own is None else (self.own,)
        is_live = scene is not None and scene.is_live
        return (*own, *(scene.now.offers if scene is not None and is_live else ()))

    @property
    def offer(self) -> Offer | None:
        """The one that is looked at."""
        offers = self.offers
        return next((one for one in offers if one.key == self.at), offers[0] if offers else None)

    def start(self) -> None:
        """Work out the whole plan, or the rest of a race that runs."""
        scene = self._board.base
        if scene is None:
            return
        if not scene.variant:
            self._stage.notices.tell("There is no strategy to plan by yet: make one first.")
            return
        fixed = tuple(leg for leg in scene.legs if is_standing(leg))
        self._asked, self.own, self.progress, self.is_running = scene, None, None, True
        self._number = self._workshop.solve(scene.relay, fixed, scene.legs[len(fixed) :])
        self.changed.emit()

    def cancel(self) -> None:
        """What was found so far stands."""
        if self.is_running:
            self._workshop.give_up()
            self.is_running, self._number = False, 0
            self.changed.emit()

    def turn(self) -> None:
        if self.is_running:
            self.cancel()
        else:
            self.start()

    def forget(self) -> None:
        self.cancel()
        self.own = self.progress = None
        self.changed.emit()

    def look(self, key: str) -> None:
        self.at = key
        self.changed.emit()

    def accept(self, key: str = "") -> None:
        """Write it into the plan; one that the plan has outrun is refused in words."""
        chosen = self._chosen(key)
        if chosen is None:
            self._stage.notices.tell("No new plan is on offer.")
        elif chosen.key == SOLVED:
            asked = self._asked
            self.cancel()
            self._board.edit("accept a new plan", lambda scene: _taken(asked, chosen, scene))
            self.own = None
            self.changed.emit()
        else:
            self._reply(chosen.key, is_accepted=True)

    def refuse(self, key: str = "") -> None:
        chosen = self._chosen(key)
        if chosen is None:
            return
        if chosen.key == SOLVED:
            self.own = None
            self.changed.emit()
        else:
            self._reply(chosen.key, is_accepted=False)

    def wish(self, wish: "Wish") -> None:
        """A new plan from now, of a race that runs."""
        live, scene = self._stage.plans.live, self._board.base
        if live is None or scene is None or not scene.is_live:
            self._stage.notices.tell("That can be asked for while the race of this plan runs.")
            return
        self.said = ""
        live.wish(wish)
        self.changed.emit()

    @property
    def doubt(self) -> Driven | None:
        """The stint to ask about, where nobody says who drove: the picked one, else the least certain."""
        scene, picked = self._board.base, self._board.leg
        if scene is None or not scene.is_live:
            return None
        here = None if picked is None else scene.doubted(picked)
        if here is not None and here.odds[0][1] < _SURE:
            return here
        unsaid = [one for one in scene.now.driven if one.odds]
        return max(unsaid, key=lambda one: one.doubt(scene.now.race_s or 0.0), default=None)

    def drove(self, driven: Driven, seat: str) -> None:
        """It is a correction like any other: with its author, and a step of the window's undo."""
        live, scene = self._stage.plans.live, self._board.base
        if live is None or scene is None:
            return
        try:
            draft = live.drove(driven.stint, seat)
        except EditError as error:
            self._stage.notices.tell(str(error))
            return
        set_right(self._stage, draft, f"stint {scene.number(driven)} was driven by {scene.name(seat)}")

    def relax(self) -> None:
        """Do what costs least to make a plan possible, and ask again."""
        scene, progress = self._asked, self.progress
        if scene is None or progress is None or progress.solved is None:
            return
        relaxation = progress.solved.relaxation
        if relaxation is not None and self._board.write(
            "give way in a rule", lambda ledger: plan_relax.drafts(ledger, scene, relaxation)
        ):
            self.progress = None
            self._stage.notices.tell(f"Done: {relaxation.words} Solve again.", Level.OK, "Solve", self.start)
            self.changed.emit()

    @property
    def can_relax(self) -> bool:
        scene, progress = self._asked, self.progress
        solved = None if progress is None else progress.solved
        if scene is None or solved is None or solved.relaxation is None:
            return False
        return plan_relax.can_apply(solved.relaxation)

    def clash_words(self, clashes: Sequence[Clash]) -> tuple[str, ...]:
        """A line each; what is said of several people alike is said once."""
        from pitbox.planning.solver import clash_words  # noqa: PLC0415 - only where somebody solved

        scene = self._asked
        return tuple(one.words for one in clashes) if scene is None else clash_words(scene.relay, clashes)

    @property
    def gives_way(self) -> str:
        """Who may do more or less then."""
        scene, progress = self._asked, self.progress
        solved = None if progress is None else progress.solved
        if scene is None or solved is None or solved.relaxation is None:
            return ""
        return plan_relax.whom(scene, solved.relaxation)

    def _chosen(self, key: str) -> Offer | None:
        if not key:
            return self.offer
        return next((one for one in self.offers if one.key == key), None)

    def _reply(self, key: str, *, is_accepted: bool) -> None:
        live = self._stage.plans.live
        if live is None:
            return
        try:
            if is_accepted:
                live.accept(key)
                self._stage.notices.tell("The new plan stands.", Level.OK)
            else:
                live.refuse(key)
        except PitBoxError as error:
            self._stage.notices.tell(str(error), Level.DEGRADED)
        self._board.read()
        self.changed.emit()

    def _take(self, _: float) -> None:
        self._version, progress = self._workshop.progress.take(self._version)
        if progress is None or progress.number != self._number or self._asked is None:
            return
        self.progress = progress
        self.is_running = progress.solved is None and not progress.trouble
        if progress.legs:
            made = plan_edit.offer_of(self._asked, progress.legs, "Worked out", SOLVED)
            levels = () if progress.solved is None else progress.solved.levels
            self.own = msgspec.structs.replace(
                made, levels=levels, took_s=progress.took_s, is_final=not self.is_running
            )
            self.at = SOLVED
        self.changed.emit()

    def _follow(self) -> None:
        """An offer of the race that is new is the one to look at."""
        keys = [one.key for one in self.offers if one.key != SOLVED]
        if keys and self.at not in {*keys, SOLVED}:
            self.at = keys[-1]
        self.changed.emit()

    def _hear(self, words: str) -> None:
        self.said = words
        self.changed.emit()


def _taken(asked: PlanScene | None, offer: Offer, scene: PlanScene) -> Legs:
    standing = sum(is_standing(leg) for leg in scene.legs)
    is_same = asked is not None and asked.rows == scene.rows and asked.relay.rules == scene.relay.rules
    if not is_same or standing != sum(is_standing(leg) for leg in offer.legs):
        raise EditError("The plan was edited since this one was worked out: solve again.")
    return offer.legs
