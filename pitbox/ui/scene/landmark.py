"""What stands out in the race so far, on its axis of time: cautions, incidents, our stops. Pure."""

import msgspec

from pitbox.strategy.story import CAUTION, RED, Story


class Shade(msgspec.Struct, frozen=True):
    """A stretch under another flag than green."""

    start_s: float
    end_s: float | None
    """None while it lasts."""
    flag: str


class Landmark(msgspec.Struct, frozen=True, order=True):
    at_s: float
    car_idx: int
    kind: str
    is_ours: bool


class Landmarks(msgspec.Struct, frozen=True):
    start_s: float
    """When the race went green, else when the first car began its first lap."""
    shades: tuple[Shade, ...] = ()
    incidents: tuple[Landmark, ...] = ()
    """In order of time."""
    stops: tuple[Shade, ...] = ()
    """Ours: in the lane from and to."""
    lap_ends_s: tuple[float, ...] = ()
    """Ours, in order."""

    def incident_after(self, at_s: float) -> Landmark | None:
        return next((mark for mark in self.incidents if mark.at_s > at_s + 0.5), None)

    def incident_before(self, at_s: float) -> Landmark | None:
        return next((mark for mark in reversed(self.incidents) if mark.at_s < at_s - 0.5), None)


def shades_of(story: Story) -> tuple[Shade, ...]:
    return tuple(
        Shade(phase.start_s, phase.end_s, phase.flag)
        for phase in story.phases
        if phase.flag in (CAUTION, RED)
    )


def start_of(story: Story) -> float | None:
    """None before anything happened."""
    green = next((phase.start_s for phase in story.phases if phase.flag == "green"), None)
    if green is not None:
        return green
    return min((car.stints[0].start_s for car in story.cars.values() if len(car.stints)), default=None)


def landmarks_of(story: Story, own_car_idx: int) -> Landmarks:
    own = story.cars.get(own_car_idx)
    incidents = sorted(
        Landmark(each.start_s, each.car_idx, each.kind, each.car_idx == own_car_idx)
        for car in story.cars.values()
        for each in car.incidents
    )
    return Landmarks(
        start_s=start_of(story) or 0.0,
        shades=shades_of(story),
        incidents=tuple(incidents),
        stops=() if own is None else tuple(Shade(s.lane_in_s, s.lane_out_s, "stop") for s in own.stops),
        lap_ends_s=() if own is None else tuple(lap.end_s for lap in own.laps),
    )
