"""What the card beside a stint bar tells. Loads no Qt itself."""

from typing import Protocol

from pitbox.ui.plot.card import CardLine
from pitbox.ui.scene.dayclock import Zone, day_words
from pitbox.ui.scene.row import CarRow
from pitbox.ui.scene.span import race_words
from pitbox.ui.scene.stint import Bar, Planned, StopMark
from pitbox.ui.scene.words import Units, count_words, lap_words, volume

_DONE = {
    "fuel": "fuel",
    "tyres": "tyres",
    "repairs": "repairs",
    "swap": "driver",
    "drive_through": "drove through",
    "tow": "tow",
}


class _Times(Protocol):
    def race_s(self, at_s: float) -> float: ...

    def utc_s(self, at_s: float) -> float | None: ...


class _Taste(Protocol):
    @property
    def units(self) -> Units: ...

    @property
    def zone(self) -> Zone: ...


def card_of(
    row: CarRow, rank: int, thing: Bar | StopMark | Planned | None, times: _Times, taste: _Taste
) -> list[CardLine]:
    team = row.entry.team or row.entry.driver
    lines = [CardLine((f"{row.entry.number}  {team}",), rank=rank, is_strong=True)]
    if isinstance(thing, Bar):
        return [*lines, *_bar_lines(thing, times, taste)]
    if isinstance(thing, StopMark):
        return [*lines, *_stop_lines(thing, times, taste)]
    if isinstance(thing, Planned):
        window = thing.window
        laps = (
            f"lap {window.first}" if window.first == window.last else f"laps {window.first} to {window.last}"
        )
        when = f"about {_when(thing.start_s, times, taste)}"
        return [*lines, CardLine((f"Has to stop: {laps}",)), CardLine((when,), "dim")]
    return []


def _bar_lines(bar: Bar, times: _Times, taste: _Taste) -> list[CardLine]:
    last = bar.first_lap + max(0, bar.laps - 1)
    lines = [
        CardLine((bar.driver.name,)),
        CardLine((f"{count_words(bar.laps, 'lap', 'laps')}, {bar.first_lap} to {last}",), "dim"),
    ]
    if bar.average_s is not None:
        laps = count_words(bar.clean_laps, "clean lap", "clean laps")
        lines.append(CardLine((f"Average {lap_words(bar.average_s, 2)} of {laps}",), "dim"))
        lines.append(CardLine((f"Best {lap_words(bar.best_s)}",), "dim"))
    else:
        lines.append(CardLine(("No clean lap yet" if bar.end_s is None else "No clean lap",), "dim"))
    words = f"From {_when(bar.start_s, times, taste)}"
    if bar.end_s is not None:
        words += f" to {_when(bar.end_s, times, taste)}"
    if bar.end == "lost":
        words += ", then out"
    return [*lines, CardLine((words,), "dim")]


def _stop_lines(stop: StopMark, times: _Times, taste: _Taste) -> list[CardLine]:
    lines = [CardLine((f"Stop {stop.number} on lap {stop.lap}",))]
    if stop.lane_s is None:
        lines.append(CardLine(("In the pits now",), "warn"))
    else:
        stood = ", drove through" if stop.kind == "through" else ""
        if stop.stall_s is not None:
            stood = f", {stop.stall_s:.1f} s standing"
        lines.append(CardLine((f"{stop.lane_s:.1f} s in the lane{stood}",), "dim"))
    done = [_DONE.get(what, what) for what in stop.done if what not in ("swap", "drive_through")]
    if stop.fuel_added_l is not None and "fuel" in done:
        done[done.index("fuel")] = "fuel " + " ".join(volume(stop.fuel_added_l, taste.units))
    if done:
        lines.append(CardLine((", ".join(done).capitalize(),), "dim"))
    if stop.driver_out and stop.driver_out != stop.driver_in:
        lines.append(CardLine((f"{stop.driver_in or 'somebody'} out, {stop.driver_out} in",), "dim"))
    return [*lines, CardLine((f"At {_when(stop.start_s, times, taste)}",), "dim")]


def _when(at_s: float, times: _Times, taste: _Taste) -> str:
    """Race time, and the time of day where it is known."""
    utc_s = times.utc_s(at_s)
    words = race_words(times.race_s(at_s))
    return words if utc_s is None else f"{words} ({day_words(utc_s, taste.zone)})"
