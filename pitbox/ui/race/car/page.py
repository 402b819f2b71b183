"""What the panel of our car says: every figure as words, in the units that were chosen. Loads no Qt."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from pitbox.ui.race.car.figure import Figure, Origin, unknown
from pitbox.ui.race.car.fuel_words import call_table, menu_figure, need_figure, scenario_table
from pitbox.ui.race.car.head import heads
from pitbox.ui.race.car.line import Line, car_lines
from pitbox.ui.race.car.table import Table
from pitbox.ui.scene.own_car import OwnCar
from pitbox.ui.scene.words import Units, count_words, span_words

if TYPE_CHECKING:
    from pitbox.strategy.briefing import Briefing

NO_FORECAST = "Worked out as soon as our car has done a lap."


class Band(msgspec.Struct, frozen=True):
    """The laps ahead as a bar: from now to a little behind the last lap that the tank does."""

    now: float
    until: float
    first: int | None = None
    """Of the window, by laps at whose end it may come in."""
    last: int | None = None
    is_open: bool = False
    likely: tuple[int, int] | None = None
    """Between these it comes in, in 9 of 10 races."""
    tank: float | None = None
    """Where the tank is empty."""
    flag: int | None = None
    """The last lap of all."""
    figure: Figure = Figure("Window")


class Page(msgspec.Struct, frozen=True):
    heads: tuple[Figure, ...]
    band: Band | None
    calls: Table
    menu: Figure
    need: Figure
    scenarios: Table
    lines: tuple[Line, ...]

    def figures(self) -> Iterable[Figure]:
        """In reading order."""
        yield from self.heads
        if self.band is not None:
            yield self.band.figure
        for table in (self.calls, self.scenarios):
            for row in table.rows:
                yield from row.figures
        yield from (self.menu, self.need, *(line.figure for line in self.lines))


def page(car: OwnCar, units: Units) -> Page:
    said = None if car.forecast is None else car.forecast.said
    plan = None if said is None else said.fuel
    why = why_silent(said)
    return Page(
        heads=heads(car, units, why),
        band=_band(car),
        calls=call_table(plan, units, why),
        menu=menu_figure(car.reading, "l" if plan is None else plan.unit, units),
        need=need_figure(said, units, why),
        scenarios=scenario_table(plan, units, why),
        lines=(_end_line(said, why), *car_lines(car, units)),
    )


def why_silent(said: "Briefing | None") -> str:
    """One sentence for all that cannot be said about the race ahead."""
    if said is None:
        return NO_FORECAST
    return " ".join(said.silent) or "Strategy does not say."


def _end_line(said: "Briefing | None", why: str) -> Line:
    end = None if said is None else said.end
    if said is None or end is None or said.status == "finished":
        return Line("Race end", unknown("Race end", why))
    low, high = end.laps.interval(0.9)
    last = end.laps.quantile(0.5)
    spread = "" if low == high else f", {low} to {high}"
    note = f"{count_words(max(0, last - said.laps), 'lap', 'laps')} to go{spread}"
    words = (*(f"{low} to {high} in 9 of 10." for _ in range(low != high)), *_sentences(end.assumptions))
    return Line("Race end", Figure("Our last lap", f"lap {last}", "", note, "text", Origin.AHEAD, words))


def _band(car: OwnCar) -> Band | None:
    """None while it is not known how far the car gets."""
    said = None if car.forecast is None else car.forecast.said
    if said is None or said.end is None or said.status != "running":
        return None
    window, stop, plan = said.window, said.next_stop, said.fuel
    now, flag = car.lap_place, said.end.laps.quantile(0.5)
    tank = None if plan is None or said.on_board_l is None else now + said.on_board_l / plan.use.mean_l
    likely = None
    if stop is not None and stop.overall.no_stop <= 0.5:
        likely = (stop.overall.first, stop.overall.last)
    ends = [
        now + 4.0,
        0.0 if window is None else window.latest,
        tank or 0.0,
        0 if likely is None else likely[1],
    ]
    until = min(max(ends) + 2.0, max(float(flag), now + 1.0))
    words: list[str] = []
    if window is not None:
        words += _sentences(window.assumptions)
    if stop is not None and likely is not None:
        words.append(
            f"Most likely at the end of lap {stop.overall.lap}, {likely[0]} to {likely[1]} in 9 of 10."
        )
    return Band(
        now=now,
        until=until,
        first=None if window is None else window.earliest,
        last=None if window is None else window.latest,
        is_open=window is not None and window.is_open,
        likely=likely,
        tank=tank,
        flag=flag if flag <= until else None,
        figure=_window_figure(car, said, tuple(words)),
    )


def _window_figure(car: OwnCar, said: "Briefing", words: tuple[str, ...]) -> Figure:
    name, window = "Pit window", said.window
    if window is None:
        return Figure(name, "no stop needed", "", "to the flag", "good", Origin.AHEAD, words)
    stops = f"{count_words(window.stops_left, 'stop', 'stops')} to go"
    lap_s = None if car.forecast is None else car.forecast.lap_s
    if not window.is_overlap:
        value = f"in by lap {window.latest}"
        return Figure(name, value, "", f"{stops}, one too few", "warn", Origin.AHEAD, words)
    ahead = (window.latest if window.is_open else window.earliest - 1) - car.lap_place
    left = "" if lap_s is None else span_words(max(0.0, ahead) * lap_s)
    value = f"lap {window.earliest} to {window.latest}"
    what = "closes" if window.is_open else "opens"
    tone = "good" if window.is_open else "text"
    return Figure(name, value, "", f"{what} in {left}, {stops}" if left else stops, tone, Origin.AHEAD, words)


def _sentences(assumptions: Iterable[str]) -> list[str]:
    return [f"{words[:1].upper()}{words[1:]}." for words in assumptions]
