"""Small races told in facts: each car with its laps, its stops and nothing random."""

import msgspec

from pitbox.model.fact import FlagPhase, Lap, LapKind, Stint, Stop
from pitbox.model.session import CarClass, Entry, EventRules, OwnCar, SessionInfo, SessionPart, Track
from pitbox.strategy.length import RaceLength
from pitbox.strategy.story import Story

NO_CAUTIONS = EventRules(cautions="off")


class Runner(msgspec.Struct):
    car_idx: int
    lap_s: float
    class_id: int = 1
    stops: tuple[int, ...] = ()
    """In-laps."""
    stop_loss_s: float = 60.0
    until_s: float = 1e9
    """Crosses the line no more after this."""


def info(runners, rules=NO_CAUTIONS, length_s=None, laps=None, own=1):
    classes = sorted({runner.class_id for runner in runners})
    return SessionInfo(
        sim="iRacing",
        sub_session_id=1,
        track=Track(1, "Ring", "", 5000.0, 20.0),
        parts=(SessionPart(0, "Race", length_s, laps),),
        classes=tuple(CarClass(class_id, f"C{class_id}") for class_id in classes),
        entries=tuple(
            Entry(
                runner.car_idx,
                str(runner.car_idx),
                runner.car_idx,
                "T",
                runner.car_idx,
                "D",
                runner.class_id,
                "car",
            )
            for runner in runners
        ),
        own=OwnCar(own, 60.0, 0.75),
        rules=rules,
    )


def facts(runner, now_s):
    """All that was told of one car by then; the race began at 0."""
    end_s, lap, stop = 0.0, 1, 0
    while True:
        is_in, is_out = lap in runner.stops, lap - 1 in runner.stops
        lap_s = runner.lap_s + 0.5 * runner.stop_loss_s * (is_in + is_out)
        start_s, end_s = end_s, end_s + lap_s
        if end_s > min(now_s, runner.until_s):
            break
        kind = LapKind(is_in=is_in, is_out=is_out)
        yield Lap(0, 0, runner.car_idx, lap, runner.car_idx, start_s, end_s, kind, stop + 1, 1, 1, 0)
        if is_in:
            stop += 1
            out_s = end_s + 0.5 * runner.stop_loss_s
            yield Stop(
                session_num=0,
                run=0,
                car_idx=runner.car_idx,
                stop=stop,
                lap=lap,
                lane_in_s=end_s - 10.0,
                user_id_in=runner.car_idx,
                compound_in=0,
                lane_out_s=out_s if out_s <= now_s else None,
            )
        lap += 1
    yield Stint(0, 0, runner.car_idx, stop + 1, runner.car_idx, 0, 0.0, 1)


def story(runners, now_s, *, flags=(("green", 0.0),), rules=NO_CAUTIONS, length_s=None, laps=None):
    found = Story(None if laps is None and length_s is None else RaceLength(length_s, laps))
    found.hear(info(runners, rules, length_s, laps))
    for runner in runners:
        found.take_all(facts(runner, now_s))
    for number, (flag, start_s) in enumerate(flags, 1):
        end_s = flags[number][1] if number < len(flags) else None
        found.take(FlagPhase(0, 0, number, flag, start_s, end_s))
    return found
