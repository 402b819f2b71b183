"""What the pit wall would say at one moment, all in one: race end, fuel, windows, catch and rejoin."""

from collections.abc import Iterable

import msgspec

from pitbox.model.standing import Standings
from pitbox.strategy.catch import Catch, Traffic, catch, traffic
from pitbox.strategy.errors import NoRaceError, StrategyError
from pitbox.strategy.fuel import fuel_use
from pitbox.strategy.fuel_plan import FuelPlan, Level, fuel_plan, tank_of
from pitbox.strategy.next_stop import NextStop, NextStopModel
from pitbox.strategy.race_end import CarEnd, RaceEnd, race_end
from pitbox.strategy.rejoin import Rejoin, RejoinModel
from pitbox.strategy.stop_kind import StopKind, stop_kind
from pitbox.strategy.story import CarNow, Moment
from pitbox.strategy.window import PitWindow, Reach, pit_window, rival_window

_REPAIR_S = 30.0


class RivalCall(msgspec.Struct, frozen=True):
    car_idx: int
    class_position: int
    gap_s: float | None
    """Behind us; negative: ahead."""
    next_stop: NextStop | None
    kind: StopKind
    window: PitWindow | None


class RejoinCall(msgspec.Struct, frozen=True):
    service: str
    rejoin: Rejoin


class Briefing(msgspec.Struct, frozen=True):
    """About one car; what cannot be said is None, and `silent` says why."""

    moment_s: float
    car_idx: int
    laps: int
    position: int
    class_position: int
    flag: str
    time_left_s: float | None
    end: CarEnd | None
    leader_end: CarEnd | None
    fuel: FuelPlan | None
    window: PitWindow | None
    next_stop: NextStop | None
    rejoins: tuple[RejoinCall, ...]
    ahead: Catch | None
    behind: Catch | None
    traffic: tuple[Traffic, ...]
    rivals: tuple[RivalCall, ...]
    silent: tuple[str, ...]


def briefing(
    moment: Moment, car_idx: int, standings: Standings | None = None, risk: float = 0.05
) -> Briefing:
    """Raises NoRaceError for a car that is not in this race."""
    car = moment.car(car_idx)
    if car is None:
        raise NoRaceError("This car has not been seen in this race.")
    silent: list[str] = []
    end = _race_end(moment, silent)
    own_end = None if end is None else end.cars.get(car_idx)
    leader = moment.leader
    stops = NextStopModel()
    fuel = _fuel(moment, car, own_end, standings, risk=risk, silent=silent)
    mates = [mate for mate in moment.of_class(car.class_id) if mate.car_idx != car_idx]
    near = {mate.class_position: mate for mate in mates}
    ahead, behind = near.get(car.class_position - 1), near.get(car.class_position + 1)
    next_stop = stops.next_stop(moment, car)
    return Briefing(
        moment_s=moment.now_s,
        car_idx=car_idx,
        laps=car.laps,
        position=car.position,
        class_position=car.class_position,
        flag=moment.flag,
        time_left_s=moment.time_left_s,
        end=own_end,
        leader_end=None if end is None or leader is None else end.cars.get(leader.car_idx),
        fuel=fuel,
        window=_window(car, own_end, fuel, stops, standings),
        next_stop=next_stop,
        rejoins=tuple(_rejoins(moment, car, stops, silent)),
        ahead=None if ahead is None else catch(moment, car, ahead),
        behind=None if behind is None else catch(moment, behind, car),
        traffic=tuple(traffic(moment, car)),
        rivals=tuple(_rivals(moment, car, mates, stops, end)),
        silent=tuple(silent),
    )


def _race_end(moment: Moment, silent: list[str]) -> RaceEnd | None:
    try:
        return race_end(moment)
    except StrategyError as error:
        silent.append(str(error))
        return None


def _fuel(
    moment: Moment,
    car: CarNow,
    end: CarEnd | None,
    standings: Standings | None,
    *,
    risk: float,
    silent: list[str],
) -> FuelPlan | None:
    tank = None if moment.info is None else tank_of(moment.info.own)
    if tank is None or car.car_idx != moment.own_car_idx:
        silent.append("No fuel: nobody of ours measures it in this car.")
        return None
    level = _level(car, standings)
    if level is None or end is None:
        silent.append("No fuel: nobody of ours is in the car now, or the race's end is not known.")
        return None
    earlier_l = None if standings is None else standings.fuel_per_lap_l
    driver = car.story.laps.last
    try:
        return fuel_plan(
            level,
            tank,
            fuel_use(car.story, earlier_l=earlier_l),
            end.laps,
            user_id=None if driver is None else driver.user_id,
            risk=risk,
        )
    except StrategyError as error:
        silent.append(str(error))
        return None


def _level(car: CarNow, standings: Standings | None) -> Level | None:
    if standings is not None and standings.fuel_l is not None:
        return Level(car.laps, car.lap_pct, standings.fuel_l)
    last = car.story.laps.last
    if last is None or last.fuel_left_l is None:
        return None
    return Level(last.lap, 0.0, last.fuel_left_l)


def _window(
    car: CarNow,
    end: CarEnd | None,
    fuel: FuelPlan | None,
    stops: NextStopModel,
    standings: Standings | None,
) -> PitWindow | None:
    lap_s = car.story.typical_lap_s()
    if end is None or lap_s is None:
        return None
    level = _level(car, standings)
    if fuel is not None and level is not None and fuel.tank_l > 0:
        reach = Reach(
            car.laps, level.lap_pct + level.fuel_l / fuel.use.mean_l, fuel.tank_l / fuel.use.mean_l, lap_s
        )
        return pit_window(reach, end.laps.quantile(0.5))
    return _rival_window(car, stops, end)


def _rival_window(car: CarNow, stops: NextStopModel, end: CarEnd | None) -> PitWindow | None:
    """From what its stops and its class have shown."""
    lap_s = car.story.typical_lap_s()
    if lap_s is None or end is None or car.car_idx not in stops.book.cars:
        return None
    return rival_window(car, stops.book, end.laps, lap_s)


def _rejoins(moment: Moment, car: CarNow, stops: NextStopModel, silent: list[str]) -> Iterable[RejoinCall]:
    model = RejoinModel(stops)
    options: tuple[tuple[str, bool | None, float], ...] = (
        ("fuel", False, 0.0),
        ("fuel and tyres", True, 0.0),
        (f"fuel, tyres and {_REPAIR_S:.0f} s of repairs", True, _REPAIR_S),
    )
    for name, has_tyres, repair_s in options:
        try:
            yield RejoinCall(name, model.rejoin(moment, car, has_tyres=has_tyres, repair_s=repair_s))
        except StrategyError as error:
            silent.append(str(error))
            return


def _rivals(
    moment: Moment, car: CarNow, mates: list[CarNow], stops: NextStopModel, end: RaceEnd | None
) -> Iterable[RivalCall]:
    for mate in mates:
        stop = stops.next_stop(moment, mate)
        theirs = None if end is None else end.cars.get(mate.car_idx)
        common = min(mate.laps, car.laps)
        ours, at = car.story.laps.get(common), mate.story.laps.get(common)
        yield RivalCall(
            mate.car_idx,
            mate.class_position,
            None if ours is None or at is None else at.end_s - ours.end_s,
            stop,
            stop_kind(moment, mate),
            _rival_window(mate, stops, theirs) if stop is not None else None,
        )
