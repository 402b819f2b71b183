"""A car's race as bars: who drove when, what each stop was, and when the next one is due. Pure."""

from collections.abc import Mapping
from itertools import pairwise
from statistics import mean

import msgspec

from pitbox.model.fact import Lap, Stint, Stop, TyreStint
from pitbox.strategy.series import Series
from pitbox.strategy.story import FINISHED, LOST, CarStory
from pitbox.ui.scene.row import LapWindow

_SURE = 0.6
"""What was done in a stop is named from this confidence on."""
_SAME_S = 1.0


class Driver(msgspec.Struct, frozen=True):
    """One person of a car's crew, as bars tell them apart."""

    user_id: int
    name: str
    letter: str
    """One or two, unlike those of the others in this car."""
    tone: int
    """0 for who drove first."""


class Bar(msgspec.Struct, frozen=True):
    """From the pits (or the start) to the pits."""

    start_s: float
    end_s: float | None
    """None while it runs."""
    first_lap: int
    laps: int
    driver: Driver
    average_s: float | None
    """Of its clean laps."""
    best_s: float | None
    clean_laps: int
    compound: int
    end: str
    """`stop`, `finish` or `lost`; empty while it runs."""


class StopMark(msgspec.Struct, frozen=True):
    number: int
    lap: int
    start_s: float
    end_s: float | None
    stall_s: float | None
    kind: str
    """`tow`, `through`, `repairs`, `tyres`, `fuel` or empty: the one thing that a small sign can say."""
    done: tuple[str, ...]
    """All that was done, as far as it can be told."""
    driver_in: str
    driver_out: str
    """Empty while it stands there, and where nobody knows."""
    fuel_added_l: float | None = None
    compound: int = -1

    @property
    def lane_s(self) -> float | None:
        return None if self.end_s is None else self.end_s - self.start_s


class Planned(msgspec.Struct, frozen=True):
    """Where on the time axis a window of laps lies."""

    start_s: float
    end_s: float
    window: LapWindow


class StintLine(msgspec.Struct, frozen=True):
    """One car."""

    car_idx: int
    bars: tuple[Bar, ...] = ()
    stops: tuple[StopMark, ...] = ()
    planned: Planned | None = None
    out_s: float | None = None
    """When it was lost; None while it races or when it took the flag."""

    def at(self, time_s: float) -> Bar | StopMark | None:
        """What the car was doing."""
        for stop in self.stops:
            if stop.start_s <= time_s and (stop.end_s is None or time_s <= stop.end_s):
                return stop
        for bar in reversed(self.bars):
            if bar.start_s <= time_s and (bar.end_s is None or time_s <= bar.end_s):
                return bar
        return None


def stint_line(story: CarStory, people: Mapping[int, str], window: LapWindow | None = None) -> StintLine:
    """Everything about one car; work for a car whose facts changed, not for each picture."""
    stints = list(story.stints)
    crew = crew_of([stint.user_id for stint in stints], people)
    laps = list(story.laps)
    bars, at = [], 0
    for stint in stints:
        mine: list[Lap] = []
        while at < len(laps) and (stint.end_s is None or laps[at].end_s <= stint.end_s + _SAME_S):
            if laps[at].end_s > stint.start_s:
                mine.append(laps[at])
            at += 1
        bars.append(_bar(stint, mine, crew[stint.user_id]))
    last = bars[-1] if bars else None
    return StintLine(
        car_idx=story.car_idx,
        bars=tuple(bars),
        stops=tuple(_mark(stop, story.tyre_stints, people) for stop in story.stops),
        planned=_planned(story, window),
        out_s=last.end_s if last is not None and story.status == LOST else None,
    )


def crew_of(user_ids: list[int], people: Mapping[int, str]) -> dict[int, Driver]:
    """Drivers by their id, in the order in which they drove."""
    crew: dict[int, Driver] = {}
    taken: set[str] = set()
    for user_id in dict.fromkeys(user_ids):
        name = people.get(user_id, "")
        tone = len(crew)
        letters = _initials(name)
        letter = next((each for each in letters if each not in taken), chr(ord("A") + tone % 26))
        if letter in taken:
            letter = str(tone + 1)
        taken.add(letter)
        crew[user_id] = Driver(user_id, name or "somebody", letter, tone)
    return crew


def _initials(name: str) -> list[str]:
    """The shortest first."""
    words = [word for word in name.split() if word[0].isalpha()]
    if not words:
        return []
    first = words[0][0].upper()
    return [first, first + words[-1][0].upper()] if len(words) > 1 else [first]


def _bar(stint: Stint, laps: list[Lap], driver: Driver) -> Bar:
    times_s = [lap.time_s for lap in laps if lap.kind.is_clean()]
    return Bar(
        start_s=stint.start_s,
        end_s=stint.end_s,
        first_lap=stint.start_lap,
        laps=max(stint.laps, len(laps)),
        driver=driver,
        average_s=mean(times_s) if times_s else None,
        best_s=min(times_s, default=None),
        clean_laps=len(times_s),
        compound=stint.compound,
        end=stint.end,
    )


def _mark(stop: Stop, tyres: Series[TyreStint], people: Mapping[int, str]) -> StopMark:
    done = [each.what for each in stop.service if each.confidence >= _SURE]
    if "tyres" not in done and _has_new_tyres(stop, tyres):
        done.append("tyres")
    if stop.user_id_out and stop.user_id_out != stop.user_id_in and "swap" not in done:
        done.append("swap")
    stall_s = None
    if stop.stall_in_s is not None and stop.stall_out_s is not None:
        stall_s = stop.stall_out_s - stop.stall_in_s
    return StopMark(
        number=stop.stop,
        lap=stop.lap,
        start_s=stop.lane_in_s,
        end_s=stop.lane_out_s,
        stall_s=stall_s,
        kind=_kind(stop, done),
        done=tuple(done),
        driver_in=people.get(stop.user_id_in, ""),
        driver_out=people.get(stop.user_id_out, "") if stop.lane_out_s is not None else "",
        fuel_added_l=stop.fuel_added_l,
        compound=stop.compound_out,
    )


def _kind(stop: Stop, done: list[str]) -> str:
    if stop.is_tow or "tow" in done:
        return "tow"
    if stop.lane_out_s is not None and (stop.stall_in_s is None or "drive_through" in done):
        return "through"
    return next((kind for kind in ("repairs", "tyres", "fuel") if kind in done), "")


def _has_new_tyres(stop: Stop, tyres: Series[TyreStint]) -> bool:
    """A set that was fitted while the car was in there."""
    begin_s = stop.lane_in_s - _SAME_S
    end_s = (stop.lane_out_s if stop.lane_out_s is not None else float("inf")) + _SAME_S
    sets = list(tyres)
    return any(
        before.end == "change" and begin_s <= fitted.start_s <= end_s for before, fitted in pairwise(sets)
    )


def _planned(story: CarStory, window: LapWindow | None) -> Planned | None:
    """Laps are turned into time by how the car laps of late."""
    lap_s, line_s = story.typical_lap_s(), story.line_s
    if window is None or lap_s is None or line_s is None or story.status in (FINISHED, LOST):
        return None
    start_s = line_s + (window.first - story.laps_done) * lap_s
    end_s = line_s + (window.last + 1 - story.laps_done) * lap_s
    return Planned(start_s, end_s, window)
