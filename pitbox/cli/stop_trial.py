"""Asks the forecasts about a race that is over: each answer knows the lines before it and no more."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median

import msgspec

from pitbox.model.fact import Stop
from pitbox.model.session import SessionInfo
from pitbox.predict.pit_level import PitLevels, pit_rules
from pitbox.predict.race_training import green_visits, place_of
from pitbox.predict.registry_card import SHEET
from pitbox.predict.training import Race
from pitbox.sim.sheet.entry import session_info
from pitbox.sim.sheet.record import Sheet, sheet_lap
from pitbox.sim.sheet.table import Line
from pitbox.strategy.learned_pit import pit_calls
from pitbox.strategy.listen import Listener
from pitbox.strategy.next_stop import NextStopModel
from pitbox.strategy.pace import NOTHING, Learned
from pitbox.strategy.rejoin import RejoinModel, plain_rejoin
from pitbox.strategy.stop_cost import seen_stops
from pitbox.strategy.stop_kind import stop_kind
from pitbox.strategy.story import CarNow, Moment, Story
from pitbox.timing.service import SWAP
from pitbox.wall.lap_rows import LapRows
from pitbox.wall.pace_fold import driven_of
from pitbox.wire.record import InfoRecord, RunRecord, SheetRecord

_NO_LOSS_SEEN_S = 60.0
"""For the plain rule, before the first stop of a class."""
_EVERY = 7
_OPENING_S = 1200.0


class Question(msgspec.Struct, frozen=True):
    """Asked when this car completes this lap; the rest is the truth, for the judge alone."""

    car_idx: int
    lap: int
    kind: str
    """`half` of the stint, `any` lap, or `before` a stop."""
    stop_lap: int
    plain_lap: float = 0.0
    is_swap: bool | None = None
    stays_green: bool = False
    class_position: int = 0
    loss_s: float | None = None
    """That the stop then cost; None where nobody can say, as after repairs."""


class Answer(msgspec.Struct, frozen=True):
    question: Question
    lap: int = 0
    chance: float = 0.0
    green_lap: int = 0
    green_chance: float = 0.0
    swap_chance: float = 0.0
    class_position: int = 0
    near_chance: float = 0.0
    plain_position: int = 0
    stay_position: int = 0
    """Where it was when it was asked."""
    cost_s: float = 0.0
    cost_low_s: float = 0.0
    cost_high_s: float = 0.0
    plain_cost_s: float = 0.0
    """The mean of the class so far."""
    source: str = ""


def tried_stops(path: Path, levels: PitLevels | None = None) -> tuple[str, list[Answer]]:
    """A sheet's title and all answers about it; raises SheetError.

    `levels`: what earlier races taught of pit losses; this one is added to it when all has been asked.
    """
    sheet = Sheet(path)
    found = list(answers(sheet, questions(sheet), levels))
    if levels is not None:
        _teach(levels, sheet)
    return sheet.info.title, found


def _teach(levels: PitLevels, sheet: Sheet) -> None:
    info, rows = entry_list(sheet), LapRows(sheet.info.title, entry_list(sheet))
    for _, _, story in listen_to(sheet):
        told = story
    for fact in driven_of(told):
        rows.take(fact)
    race = Race(sheet.info.title, SHEET, rows.fresh(), rules=pit_rules(info))
    for visit in green_visits(race):
        levels.take(place_of(race, visit), race.name, visit.loss_s)


def listen_to(sheet: Sheet, lines: Sequence[Line] | None = None) -> Iterator[tuple[Line, int, Story]]:
    """The story after each line; who races is told by the entry list, not by what cars did later."""
    info = entry_list(sheet)
    cars = {entry.number: entry.car_idx for entry in info.entries}
    listener = Listener()
    listener.fold_record(RunRecord(sim_time_s=0.0, session_num=0, run=0, reason="entered"))
    listener.fold_record(InfoRecord(sim_time_s=0.0, session_num=0, run=0, info=info))
    for line, record in _line_records(sheet.lines if lines is None else lines, cars):
        listener.fold_record(record)
        yield line, cars[line.number], listener.story


def entry_list(sheet: Sheet) -> SessionInfo:
    """From the opening laps; of a car that comes later only that it is entered."""
    opening = [line for line in sheet.lines if line.end_s <= _OPENING_S]
    known = {line.number for line in opening}
    late = [line for line in sheet.lines if line.number not in known]
    entered = [msgspec.structs.replace(line, time_s=1e6, kph=None) for line in late if line.lap == 1]
    others = {line.number: line for line in reversed(late) if line.number not in {e.number for e in entered}}
    entered += [msgspec.structs.replace(line, time_s=1e6, kph=None) for line in others.values()]
    return session_info([*opening, *entered], sheet.info.title)


def questions(sheet: Sheet) -> list[Question]:
    """About every stop of the race that somebody could have asked about."""
    story: Story | None = None
    for _, _, told in listen_to(sheet):
        story = told
    if story is None:
        return []
    moment = story.at(sheet.end_s)
    return [question for car in moment.cars for question in _of_car(moment, car)]


def _of_car(moment: Moment, car: CarNow) -> list[Question]:
    found: list[Question] = []
    stops = list(car.story.stops)
    laps = {lap.lap: lap for lap in car.story.laps}
    losses_s = {seen.stop.lap: seen.loss_s for seen in seen_stops(car.story) if not seen.is_slow}
    ends = [0, *(stop.lap for stop in stops)]
    stints = [after - before for before, after in pairwise(ends)]
    for at, stop in enumerate(stops):
        before, after = laps.get(stop.lap - 1), laps.get(stop.lap + 1)
        if before is not None and after is not None:
            found.append(
                Question(
                    car.car_idx,
                    before.lap,
                    "before",
                    stop.lap,
                    class_position=after.class_position,
                    loss_s=losses_s.get(stop.lap),
                )
            )
        if at >= 2:
            half = Question(
                car.car_idx,
                ends[at] + stints[at] // 2,
                "half",
                stop.lap,
                plain_lap=ends[at] + median(stints[:at]),
                is_swap=_is_swap(stop),
            )
            found.append(_with_flags(half, car.story.laps.get(half.lap), stop, moment))
            found += [
                msgspec.structs.replace(half, lap=lap, kind="any")
                for lap in range(ends[at] + 1, stop.lap)
                if lap % _EVERY == car.car_idx % _EVERY
            ]
    return found


def answers(sheet: Sheet, asked: Sequence[Question], levels: PitLevels | None = None) -> Iterator[Answer]:
    """In the order of the race; a line that comes later than an answer cannot change it."""
    by_moment: dict[tuple[int, int], list[Question]] = {}
    for question in asked:
        by_moment.setdefault((question.car_idx, question.lap), []).append(question)
    stops = NextStopModel()
    rejoins = RejoinModel(stops)
    info = entry_list(sheet)
    learned = NOTHING if levels is None else Learned(pits=pit_calls(info, levels, SHEET))
    for line, car_idx, story in listen_to(sheet):
        for question in by_moment.pop((car_idx, line.lap), ()):
            moment = msgspec.structs.replace(story.at(line.end_s), learned=learned)
            if question.kind == "before":
                yield _rejoin(moment, question, rejoins)
            else:
                yield _next_stop(moment, question, stops)


def _next_stop(moment: Moment, question: Question, model: NextStopModel) -> Answer:
    car = moment.car(question.car_idx)
    found = None if car is None else model.next_stop(moment, car)
    if car is None or found is None:
        return Answer(question)
    return Answer(
        question,
        lap=found.overall.lap,
        chance=found.overall.chance,
        green_lap=found.if_green.lap,
        green_chance=found.if_green.chance,
        swap_chance=stop_kind(moment, car).swap_chance,
    )


def _rejoin(moment: Moment, question: Question, model: RejoinModel) -> Answer:
    car = moment.car(question.car_idx)
    if car is None:
        return Answer(question)
    loss_s = model.costs.class_mean_s(moment, car.class_id)
    found = model.rejoin(moment, car)
    return Answer(
        question,
        class_position=found.class_position,
        near_chance=found.near_chance,
        plain_position=plain_rejoin(moment, car, _NO_LOSS_SEEN_S if loss_s is None else loss_s),
        stay_position=car.class_position,
        cost_s=found.cost.loss_s,
        cost_low_s=found.cost.low_s,
        cost_high_s=found.cost.high_s,
        plain_cost_s=_NO_LOSS_SEEN_S if loss_s is None else loss_s,
        source=found.cost.source,
    )


def _line_records(lines: Sequence[Line], cars: dict[str, int]) -> Iterator[tuple[Line, SheetRecord]]:
    for line in lines:
        lap = sheet_lap(line, cars[line.number])
        yield line, SheetRecord(sim_time_s=line.end_s, session_num=0, run=0, laps=(lap,), is_last=False)


def _is_swap(stop: Stop) -> bool | None:
    if stop.lane_out_s is None:
        return None
    return any(service.what == SWAP for service in stop.service)


def _with_flags(question: Question, asked: object, stop: Stop, moment: Moment) -> Question:
    """Whether the track stayed green from the question to the stop."""
    from_s = getattr(asked, "end_s", 0.0)
    slow = any(
        phase.flag in ("caution", "red")
        and phase.start_s < stop.lane_in_s
        and (phase.end_s is None or phase.end_s > from_s)
        for phase in moment.phases
    )
    return msgspec.structs.replace(question, stays_green=not slow)
