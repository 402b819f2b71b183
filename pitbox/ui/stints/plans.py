"""What is done to a plan as a whole: strategies made, copied, followed; an event begun; files written."""

import secrets
from collections.abc import Callable
from pathlib import Path

import msgspec

from pitbox.crew.health import Level
from pitbox.model.edit import Draft
from pitbox.model.errors import PitBoxError
from pitbox.model.form import new_key
from pitbox.model.ledger import Ledger
from pitbox.model.stint_plan import plan, rewrite
from pitbox.model.variant import Variant, activate, add_variant, remove_variant
from pitbox.ui.scene.plan import PlanScene
from pitbox.ui.scene.plan_file import SUFFIXES, written
from pitbox.ui.scene.plan_new import race_drafts
from pitbox.ui.shell.stage import Stage
from pitbox.ui.stints.board import StintBoard
from pitbox.ui.stints.workshop import Workshop

Ask = Callable[[str, str, Callable[[str], None]], None]
_OWN = {"key", "team", "name", "is_active", "others"}
_COPIED = tuple(name for name in Variant.__struct_fields__ if name not in _OWN)


class Plans:
    def __init__(self, stage: Stage, board: StintBoard, ask: Ask, workshop: Workshop) -> None:
        """`ask`: for a name, beside the page: nothing waits for the answer."""
        self._stage, self._board, self._ask, self._workshop = stage, board, ask, workshop
        stage.bridge.beaten.connect(self._tell_files)

    def ask_variant(self, *, is_copy: bool = False) -> None:
        scene = self._scene()
        if scene is not None:
            name = "Strategy" if not is_copy else f"{self._name(scene)} 2"
            self._ask("Name of the strategy", name, lambda text: self.add_variant(text, is_copy=is_copy))

    def add_variant(self, name: str, *, is_copy: bool = False) -> None:
        scene = self._scene()
        if scene is None:
            return
        salt = secrets.randbits(31)
        key, team = new_key(name, salt), scene.team.key
        was = next((one for one in scene.variants if one.key == scene.variant), None)
        said = {} if was is None else {f: getattr(was, f) for f in _COPIED if getattr(was, f)}

        def drafts(ledger: Ledger) -> list[Draft]:
            rows = plan(ledger, scene.variant) if is_copy and scene.variant else ()
            copies = [
                msgspec.structs.replace(
                    row, key=new_key(row.driver or "stint", salt + n), variant=key, others=()
                )
                for n, row in enumerate(rows, 1)
            ]
            return [*add_variant(key, team, name, **said), *rewrite((), copies, salt)]

        if self._board.write(f"new strategy {name}", drafts):
            self._board.show(team, key)

    def activate(self) -> None:
        """The race follows the one that is shown."""
        scene = self._scene()
        chosen = None if scene is None else next((v for v in scene.variants if v.key == scene.variant), None)
        if chosen is not None and self._board.write("follow a strategy", lambda _: [activate(chosen)]):
            self._stage.notices.tell(f"The race follows {chosen.name}.", Level.OK)

    def remove(self) -> None:
        scene = self._scene()
        if scene is None or not scene.variant:
            return
        key, name, undo = scene.variant, self._name(scene), self._stage.undo.undo
        if self._board.write("delete a strategy", lambda _: [remove_variant(key)]):
            self._board.show(scene.team.key)
            self._stage.notices.tell(f"{name} is deleted.", Level.OK, "Undo", undo)

    def begin_from_race(self) -> None:
        """An event with the people who were seen in our car, ready to be planned."""
        story = self._stage.bridge.newest_story
        info = story.info
        if info is None:
            self._stage.notices.tell("No race is shown here that a plan could be made from.")
            return
        crew = dict(self._stage.bridge.newest_scene.crews.get(info.own.car_idx, {}))
        start_s = self._stage.plans.now.green_utc_s if self._stage.plans.now is not None else None
        salt = secrets.randbits(31)
        team, drafts = race_drafts(info, crew, salt, start_s)
        if self._board.write("new event", lambda _: drafts):
            self._board.show(team)
            self._stage.notices.tell("The event is made; press S, and a plan is worked out.", Level.OK)

    def be_ours(self) -> None:
        """The race that is shown is run by the plan that is shown."""
        scene, live = self._scene(), self._stage.plans.live
        if scene is None or live is None:
            return
        try:
            live.is_ours(scene.team.key)
        except PitBoxError as error:
            self._stage.notices.tell(str(error), Level.DEGRADED)

    def ask_file(self, kind: str) -> None:
        scene = self._scene()
        if scene is not None:
            head = new_key(f"{scene.event} {scene.team.name}", 0).rpartition("-")[0] or "plan"
            start = Path.home() / f"{head}{SUFFIXES[kind]}"
            self._ask("Write the plan to this file", str(start), lambda text: self.export(kind, text))

    def export(self, kind: str, path: str) -> None:
        """Beside the window; where it went is said when it is there."""
        scene, planner = self._scene(), self._board.planner
        if scene is not None and planner is not None:
            self._workshop.write(
                planner, lambda ledger: written(ledger, scene, kind), Path(path).expanduser()
            )

    def _tell_files(self, _: float) -> None:
        while self._workshop.wrote:
            done = self._workshop.wrote.popleft()
            if done.trouble:
                self._stage.notices.tell(f"The plan was not written: {done.trouble}", Level.DEGRADED)
            else:
                self._stage.notices.tell(f"The plan is written to {done.path}.", Level.OK)

    def _scene(self) -> PlanScene | None:
        scene = self._board.base
        if scene is None:
            self._stage.notices.tell("There is no plan here yet.")
        return scene

    def _name(self, scene: PlanScene) -> str:
        return next((one.name for one in scene.variants if one.key == scene.variant), "Strategy")
