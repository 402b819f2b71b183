"""What the race timeline draws: our stints by each choice, a trial, and rivals' windows. Loads no Qt."""

from typing import TYPE_CHECKING

import msgspec

from pitbox.ui.scene.race import RaceScene

if TYPE_CHECKING:
    from pitbox.strategy.decision.answer import PlannedStop, Rated, StrategyAnswer
    from pitbox.strategy.forecast import Forecast

_MOST = 5
"""Choices that are drawn."""
_NEAR = 4
"""Class mates on either side whose windows matter."""


class Lane(msgspec.Struct, frozen=True):
    """One way to the flag."""

    label: str
    name: str
    stops: "tuple[PlannedStop, ...]"
    flag: tuple[float, float, float] | None
    """10, 50 and 90 % of our last lap."""
    is_tried: bool = False
    is_start: bool = False
    key: str = ""


class RivalLane(msgspec.Struct, frozen=True):
    """A class mate's window, counted in laps of ours from now: whoever is of our pace comes in beside us."""

    car_idx: int
    label: str
    place: str
    rank: int
    first: int
    last: int
    confidence: float
    tip: str
    likely: tuple[int, int, int] | None = None
    """Where it comes in by what it has done so far: laps of ours too, the middle between the others."""
    note: str = ""
    """`about lap 41, 38 to 45`: laps of its own."""


class Lanes(msgspec.Struct, frozen=True):
    now: int
    """Laps that our car has driven."""
    last: int
    """The lap that most reach at the latest."""
    lanes: tuple[Lane, ...]
    rivals: tuple[RivalLane, ...]
    window: tuple[int, int] | None
    """Of our next stop."""


def lanes_of(
    answer: "StrategyAnswer",
    forecast: "Forecast | None",
    scene: RaceScene,
    tried: "Lane | None",
    start_key: str,
) -> Lanes:
    lanes = [
        lane_of(str(number), one, answer.laps, is_start=one.choice.key == start_key)
        for number, one in enumerate(answer.rated[:_MOST], 1)
    ]
    if tried is not None:
        lanes.insert(0, tried)
    flags = [lane.flag[2] for lane in lanes if lane.flag is not None]
    flags += [float(answer.final_laps[2])] if answer.final_laps is not None else []
    stops = [stop.lap for lane in lanes for stop in lane.stops]
    ours = None if forecast is None else forecast.windows.get(answer.car_idx)
    window = None if ours is None or not ours.is_overlap else (ours.earliest, ours.latest)
    return Lanes(
        now=answer.laps,
        last=int(max([answer.laps + 2, *flags, *stops])),
        lanes=tuple(lanes),
        rivals=() if forecast is None else _rivals(answer, forecast, scene),
        window=window,
    )


def lane_of(label: str, one: "Rated", laps: int, *, is_start: bool = False) -> Lane:
    flag = flag_of(one, laps)
    return Lane(label, one.choice.words, one.choice.stops, flag, False, is_start, one.choice.key)


def flag_of(one: "Rated", laps: int) -> tuple[float, float, float] | None:
    """10, 50 and 90 % of our last lap: simulated races begin now, and count laps from here."""
    to_go = one.prospect.laps
    return None if to_go is None else (laps + to_go[0], laps + to_go[1], laps + to_go[2])


def _rivals(answer: "StrategyAnswer", forecast: "Forecast", scene: RaceScene) -> tuple[RivalLane, ...]:
    """The nearest first in the order of the race."""
    own = scene.row(answer.car_idx)
    if own is None:
        return ()
    head = scene.class_of(own.class_id)
    calls = () if forecast.said is None else forecast.said.rivals
    stops = {one.car_idx: one.next_stop for one in calls}
    found = []
    for row in scene.rows:
        window = forecast.windows.get(row.car_idx)
        is_near = abs(row.class_position - own.class_position) <= _NEAR
        if row.class_id != own.class_id or row.is_ours or window is None or not is_near:
            continue
        now = window.latest - window.closes_in - 1
        name = row.entry.team or row.entry.driver
        stop = stops.get(row.car_idx)
        likely = None if stop is None else stop.likely
        tip = [
            f"#{row.entry.number} {name}: window its lap {window.earliest} to {window.latest}.",
            f"That is in {max(0, window.opens_in)} to {max(0, window.closes_in)} laps.",
            *(_stop_words(stop.words) if stop is not None and likely is not None else ()),
            f"That its tank is about that size: {100 * window.confidence:.0f} %.",
            *(f"{words[:1].upper()}{words[1:]}." for words in window.assumptions),
        ]
        found.append(
            RivalLane(
                row.car_idx,
                f"#{row.entry.number}",
                f"P{row.class_position}",
                0 if head is None else head.rank,
                answer.laps + max(0, window.earliest - now),
                answer.laps + max(1, window.latest - now),
                window.confidence,
                "\n".join(tip),
                None if likely is None else _ours(likely, answer.laps - now),
                "" if stop is None else stop.words.removeprefix("stops ") or "rather no further stop",
            )
        )
    return tuple(found)


def _stop_words(words: str) -> tuple[str]:
    return (f"By its stops so far, cautions to come among them, it {words} in 9 of 10.",)


def _ours(laps: tuple[int, int, int], ahead: int) -> tuple[int, int, int]:
    first, middle, last = laps
    return first + ahead, middle + ahead, last + ahead
