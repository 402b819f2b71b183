"""The race as the panels see it at one moment, and what changed since the moment before."""

from collections.abc import Mapping

import msgspec

from pitbox.model.amendment import Amendment
from pitbox.model.fact import Fact
from pitbox.model.session import SessionInfo
from pitbox.model.standing import Standings
from pitbox.ui.scene.row import CarRow, ClassHead


class RaceHead(msgspec.Struct, frozen=True):
    """What stands in the top bar."""

    title: str = ""
    track: str = ""
    part: str = ""
    """Practice, qualifying or race."""
    phase: str = ""
    flag: str = ""
    lap: int | None = None
    """The leader's."""
    laps: int | None = None
    """Of a race by laps."""
    time_left_s: float | None = None
    sim_time_s: float = 0.0


class RaceScene(msgspec.Struct, frozen=True):
    head: RaceHead = RaceHead()
    rows: tuple[CarRow, ...] = ()
    """In order of position."""
    classes: tuple[ClassHead, ...] = ()
    """The quickest first."""
    own_car_idx: int = -1
    amendments: Mapping[int, Amendment] = {}
    """By car: what people set right."""
    crews: Mapping[int, Mapping[int, str]] = {}
    """By car: who was named in it so far, by user."""

    window_laps: int = 20
    """The scale on which pit windows are drawn: tens of laps, so that it rarely changes."""

    @property
    def is_empty(self) -> bool:
        return not self.rows

    def row(self, car_idx: int) -> CarRow | None:
        return next((row for row in self.rows if row.car_idx == car_idx), None)

    def class_of(self, class_id: int) -> ClassHead | None:
        return next((head for head in self.classes if head.class_id == class_id), None)


class RaceChange(msgspec.Struct, frozen=True):
    """A scene and how it differs from the one before."""

    scene: RaceScene
    cars: frozenset[int]
    """Whose rows differ, newcomers included."""
    is_reordered: bool
    """Cars came, went or changed places."""
    is_other_race: bool
    """Nothing of before belongs to it."""
    facts: tuple[Fact, ...] = ()
    """Told since the scene before, in their order; of a car that somebody set right, all of them again."""
    standings: Standings | None = None
    info: SessionInfo | None = None


class Weather(msgspec.Struct, frozen=True):
    air_c: float
    track_c: float
    wetness: int
    """0 is unknown, 1 dry, 7 under water."""


def same_rows(before: CarRow, after: CarRow) -> bool:
    """Alike for a table: where on the lap a car is changes with every tick and stands in no column."""
    return before == after or before == msgspec.structs.replace(after, lap_pct=before.lap_pct)
