"""The race-end model on timing sheets: it sees the rows before a cut, and is judged by the rows after it."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import fmean

import msgspec

from pitbox.sim.sheet.record import Sheet
from pitbox.sim.sheet.table import Line
from pitbox.strategy.length import RaceLength
from pitbox.strategy.listen import listen
from pitbox.strategy.plain_end import PlainEnd, plain_end
from pitbox.strategy.race_end import CarEnd, race_end

CUTS = (0.10, 0.25, 0.50, 0.75, 0.90)
"""Of the scheduled length, so that a cut is known without a look at what comes after it."""
FORMULAS = ("mean_lap", "last_green", "rolling")


class Forecast(msgspec.Struct, frozen=True):
    """What was said of one car at a cut, from the rows before it alone."""

    number: str
    is_class_leader: bool
    laps_done: int
    end: CarEnd
    plain: PlainEnd


class Trial(msgspec.Struct, frozen=True):
    """A forecast and what became of it."""

    file: str
    cut: float
    number: str
    is_class_leader: bool
    took_flag: bool
    """False: it stopped for good somewhere after the cut, and has no last lap to be judged by."""
    is_cut_short: bool
    actual: int
    said: int
    low: int
    high: int
    mean_lap: int
    last_green: int
    rolling: int

    @property
    def is_inside(self) -> bool:
        return self.low <= self.actual <= self.high

    def error(self, said: str = "said") -> float:
        """As a share of the laps that it was."""
        return float(abs(getattr(self, said) - self.actual)) / self.actual


class Race(msgspec.Struct, frozen=True):
    """One sheet, tried at every cut that it reached."""

    file: str
    title: str
    scheduled_s: float
    schedule: str
    """How long it was to be, in words, and where that is from."""
    flag_s: float
    is_cut_short: bool
    trials: tuple[Trial, ...]


class Score(msgspec.Struct, frozen=True):
    """Many trials at one cut, in figures; errors are shares of the laps in the mean."""

    cut: float
    cars: int
    error: float
    formulas: tuple[float, float, float]
    """Mean lap, last green lap, rolling median with losses."""
    gain: float
    """Less error than the best of the three, as a share of it."""
    covered: float
    """By the interval that should hold 90 %."""
    width_laps: float
    width: float
    """As a share of the laps."""


def forecasts(sheet: Sheet, cut_s: float, length: RaceLength) -> list[Forecast]:
    """At one moment, from the rows before it and from nothing else."""
    known = sheet.before(cut_s)
    moment = listen(known.records(), cut_s, length).story.at(cut_s)
    ends = race_end(moment).cars
    numbers = {entry.car_idx: entry.number for entry in known.info.entries}
    leaders = {car.car_idx for car in moment.class_leaders().values()}
    found = []
    for car in moment.cars:
        plain = plain_end(car, moment)
        if car.car_idx in ends and plain is not None:
            is_leader = car.car_idx in leaders
            found.append(Forecast(numbers[car.car_idx], is_leader, car.laps, ends[car.car_idx], plain))
    return found


def tried(path: Path, length_s: float | None = None) -> Race:
    """Raises SheetError. `length_s` is the scheduled length where the caller knows better than the name."""
    sheet = Sheet(path)
    part = sheet.info.parts[0]
    source = "as told" if length_s is not None else sheet.schedule.source
    laps = part.laps if length_s is None else None
    length = RaceLength(length_s or part.length_s, laps, has_white_lap=False, source=source)
    assert length.time_s is not None
    flag_s = _flag_s(sheet.lines)
    is_cut_short = flag_s < length.time_s and (laps is None or max(line.lap for line in sheet.lines) < laps)
    trials = [
        trial
        for cut in CUTS
        if cut * length.time_s < flag_s
        for trial in _judged(sheet, cut, cut * length.time_s, length, is_cut_short=is_cut_short)
    ]
    words = f"{length.words()} ({source})"
    return Race(path.name, sheet.info.title, length.time_s, words, flag_s, is_cut_short, tuple(trials))


def scores(trials: Iterable[Trial]) -> list[Score]:
    by_cut: dict[float, list[Trial]] = {}
    for trial in trials:
        by_cut.setdefault(trial.cut, []).append(trial)
    return [_score(cut, found) for cut, found in sorted(by_cut.items())]


def _judged(
    sheet: Sheet, cut: float, cut_s: float, length: RaceLength, *, is_cut_short: bool
) -> Iterator[Trial]:
    """Cars that cross the line again after the cut: the others had stopped for good already."""
    last = {line.number: line for line in sheet.lines}
    flag_s = _flag_s(sheet.lines)
    for forecast in forecasts(sheet, cut_s, length):
        line = last[forecast.number]
        if line.end_s <= cut_s:
            continue
        low, high = forecast.end.laps.interval(0.9)
        yield Trial(
            file=sheet.path.name,
            cut=cut,
            number=forecast.number,
            is_class_leader=forecast.is_class_leader,
            took_flag=line.end_s >= flag_s,
            is_cut_short=is_cut_short,
            actual=line.lap,
            said=forecast.end.laps.quantile(0.5),
            low=low,
            high=high,
            mean_lap=forecast.plain.mean_lap,
            last_green=forecast.plain.last_green,
            rolling=forecast.plain.rolling,
        )


def _flag_s(lines: Sequence[Line]) -> float:
    """When the chequered flag fell; without one in the sheet, when the winner crossed the line last."""
    shown = [line.end_s for line in lines if line.flag == "checkered"]
    if shown:
        return min(shown)
    return min(lines, key=lambda line: (-line.lap, line.end_s)).end_s


def _score(cut: float, trials: Sequence[Trial]) -> Score:
    error = fmean(trial.error() for trial in trials)
    plain = [fmean(trial.error(name) for trial in trials) for name in FORMULAS]
    best = min(plain)
    return Score(
        cut=cut,
        cars=len(trials),
        error=error,
        formulas=(plain[0], plain[1], plain[2]),
        gain=1.0 - error / best if best else 0.0,
        covered=fmean(trial.is_inside for trial in trials),
        width_laps=fmean(trial.high - trial.low for trial in trials),
        width=fmean((trial.high - trial.low) / trial.actual for trial in trials),
    )
