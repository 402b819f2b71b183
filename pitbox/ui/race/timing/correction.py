"""People can be right against the machine: the menu by which they are, and its undo."""

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from pitbox.model.edit import Draft
from pitbox.ui.scene.offer import OfferGroup, offers_of, offers_then
from pitbox.ui.shell.setright import set_right
from pitbox.ui.shell.stage import Stage
from pitbox.wall.staff import Staff, staff_of


class Corrector:
    """Writes edits of one car's facts, so that each can be undone."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    @property
    def staff(self) -> Staff | None:
        """None while nothing that is shown can be edited."""
        return staff_of(self._stage.bridge.feed)

    def groups(self, car_idx: int) -> tuple[OfferGroup, ...]:
        """What can be said of this car at the moment that is shown; empty where nothing is."""
        bridge = self._stage.bridge
        scene, story, still = bridge.scene, bridge.story, bridge.still
        car, row = story.cars.get(car_idx), scene.row(car_idx)
        if car is None or row is None or self.staff is None:
            return ()
        if still is not None:
            return offers_then(car, scene.amendments.get(car_idx), still.moment.sim_time_s)
        drove = {lap.user_id: story.people[lap.user_id] for lap in car.laps if lap.user_id in story.people}
        crew = {**drove, **scene.crews.get(car_idx, {})}
        return offers_of(car, crew, scene.amendments.get(car_idx), row.amended)

    def fill(self, menu: QMenu, car_idx: int) -> None:
        """Add a part for each group; nothing where nothing can be corrected."""
        groups = self.groups(car_idx)
        if groups:
            menu.addSection("Correct")
        for group in groups:
            part = menu.addMenu(group.title)
            radio = QActionGroup(part)
            radio.setExclusive(not group.title.startswith("Stop"))
            for offer in group.offers:
                action = part.addAction(offer.title)
                action.setCheckable(group.title != "Take back")
                action.setChecked(offer.is_now)
                radio.addAction(action)
                action.triggered.connect(lambda _=False, offer=offer: self.write(offer.draft, offer.words))
            if group.empty:
                part.addAction(group.empty).setEnabled(False)

    def write(self, draft: Draft, words: str) -> None:
        """Say it now; refused in words where nobody keeps edits."""
        set_right(self._stage, draft, words)
