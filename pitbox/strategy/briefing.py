"""What the pit wall would say at one moment, all in one: race end, fuel, windows, catch and rejoin."""

from collections.abc import Iterable

import msgspec

from pitbox.model.standing import Standings
from pitbox.strategy.allowance import DriverShare, Limits, allowance, shares
from pitbox.strategy.catch import Catch, Slower, Traffic, catch, slower_on_the_way, traffic
from pitbox.strategy.errors import NoRaceError, StrategyError
from pitbox.strategy.form import Forms
from pitbox.strategy.fuel import fuel_use
from pitbox.strategy.fuel_plan import FuelPlan, Level, Tank, fuel_plan, tank_of
from pitbox.strategy.gauge import Gauge, gauge
from pitbox.strategy.next_stop import NextStop, NextStopModel
from pitbox.strategy.opponent_stop import OpponentStop, OpponentStops
from pitbox.strategy.pace import NOTHING, Learned
from pitbox.strategy.pit_rule import PitRules
from pitbox.strategy.race_end import CarEnd, RaceEnd, RaceEndModel
from pitbox.strategy.rejoin import Rejoin, RejoinModel
from pitbox.strategy.stop_cost import StopCosts
from pitbox.strategy.stop_kind import Habits, StopKind, stop_kind
from pitbox.strategy.story import FINISHED, CarNow, Moment
from pitbox.strategy.window import Allowance, PitWindow, Reach, pit_window, rival_window
from pitbox.timing.wetness import WET_FROM, WORDS, Wetness

_REPAIR_S = 30.0
_LEAST_FILL_L = 0.5
"""Less is not worth the name of refuelling."""


class RivalCall(msgspec.Struct, frozen=True):
    car_idx: int
    class_position: int
    gap_s: float | None
    """Behind us; negative: ahead."""
    next_stop: NextStop | None
    kind: StopKind
    window: PitWindow | None
    last_stop: OpponentStop | None = None
    """What its last stop was for; None before one that tells, and on a sheet, where nobody saw the box."""


class RejoinCall(msgspec.Struct, frozen=True):
    service: str
    rejoin: Rejoin
    repair_s: float = 0.0
    """Assumed, beyond what the stop itself costs."""


class Track(msgspec.Struct, frozen=True):
    """As our own cars' sims tell it; never what is to come."""

    wetness: int
    """0 to 7, the sim's own steps; 1 is dry."""
    words: str
    is_declared_wet: bool | None
    """Wet tyres are allowed."""


class Case(msgspec.Struct, frozen=True):
    """What is known beside the race itself."""

    standings: Standings | None = None
    wetness: Wetness | None = None
    limits: Limits = Limits()
    rules: PitRules | None = None
    """Of service; None: what is usual."""
    risk: float = 0.05
    target_l: float | None = None
    """A lap."""


class Briefing(msgspec.Struct, frozen=True):
    """About one car; what cannot be said is None or empty, and `silent` says why."""

    moment_s: float
    car_idx: int
    laps: int
    position: int
    class_position: int
    flag: str
    time_left_s: float | None
    status: str
    """`running`, `finished` or `lost`."""
    on_board_l: float | None
    """Litres or kWh by our gauge, or as they were at the line if it is silent."""
    end: CarEnd | None
    leader_end: CarEnd | None
    fuel: FuelPlan | None
    window: PitWindow | None
    next_stop: NextStop | None
    rejoins: tuple[RejoinCall, ...]
    ahead: Catch | None
    behind: Catch | None
    on_the_way: tuple[Slower, ...]
    """Slower cars that we meet before we catch who is ahead, by class."""
    traffic: tuple[Traffic, ...]
    rivals: tuple[RivalCall, ...]
    drivers: tuple[DriverShare, ...]
    """Of this car, whoever drives first."""
    track: Track | None
    silent: tuple[str, ...]
    learned: Learned = NOTHING
    """What models say of this car, and which; empty where the plain formula speaks."""


class Mind:
    """What is worth keeping from one moment of a race to the next: the same answers, in less time."""

    def __init__(self, rules: PitRules | None = None) -> None:
        self.forms = Forms()
        self.ends = RaceEndModel(self.forms)
        self.stops = NextStopModel()
        self.costs = StopCosts(rules)
        self.opponents = OpponentStops(self.costs)


def briefing(moment: Moment, car_idx: int, case: Case | None = None) -> Briefing:
    """Raises NoRaceError for a car that is not in this race."""
    car = moment.car(car_idx)
    if car is None:
        raise NoRaceError("This car has not been seen in this race.")
    return BriefingDesk(moment, car, case or Case()).briefing()


class BriefingDesk:
    """Gathers the answers about one car at one moment."""

    def __init__(self, moment: Moment, car: CarNow, case: Case, mind: Mind | None = None) -> None:
        self.moment, self.car, self.case = moment, car, case
        self.silent: list[str] = []
        self.mind = mind or Mind(case.rules)
        self.stops = self.mind.stops
        self.stops.book.read(moment)
        self.end = self._race_end()
        self.own_end = None if self.end is None else self.end.cars.get(car.car_idx)
        self.level = self._level()
        self.final_lap = None if self.own_end is None else self.own_end.laps.quantile(0.5)

    @property
    def is_over(self) -> bool:
        return self.car.status == FINISHED or self.moment.is_checkered

    def briefing(self) -> Briefing:
        moment, car = self.moment, self.car
        if self.is_over:
            self.silent.append("The flag is out: what is still to come needs no plan.")
            return self._said()
        fuel = self._fuel()
        measured = self._gauge(fuel)
        mates = [mate for mate in moment.of_class(car.class_id) if mate.car_idx != car.car_idx]
        near = {mate.class_position: mate for mate in mates}
        ahead, behind = near.get(car.class_position - 1), near.get(car.class_position + 1)
        hunt = None if ahead is None else catch(moment, car, ahead)
        return msgspec.structs.replace(
            self._said(),
            fuel=fuel,
            window=self._window(measured),
            next_stop=self.stops.next_stop(moment, car, measured),
            rejoins=tuple(self._rejoins(fuel)) if mates else (),
            ahead=hunt,
            behind=None if behind is None else catch(moment, behind, car),
            on_the_way=tuple(slower_on_the_way(moment, car, hunt)),
            traffic=tuple(traffic(moment, car)),
            rivals=tuple(_rivals(moment, car, mates, self.mind, self.end)),
            silent=tuple(self.silent),
        )

    def _said(self) -> Briefing:
        """What holds before and after the flag."""
        moment, car, leader = self.moment, self.car, self.moment.leader
        return Briefing(
            moment_s=moment.now_s,
            car_idx=car.car_idx,
            laps=car.laps,
            position=car.position,
            class_position=car.class_position,
            flag=moment.flag,
            time_left_s=moment.time_left_s,
            status=car.status,
            on_board_l=None if self.level is None else self.level.fuel_l,
            end=self.own_end,
            leader_end=None if self.end is None or leader is None else self.end.cars.get(leader.car_idx),
            fuel=None,
            window=None,
            next_stop=None,
            rejoins=(),
            ahead=None,
            behind=None,
            on_the_way=(),
            traffic=(),
            rivals=(),
            drivers=shares(moment, car, self.final_lap, self.case.limits),
            track=self._track(),
            silent=tuple(self.silent),
            learned=_of_car(moment, car),
        )

    def _race_end(self) -> RaceEnd | None:
        try:
            return self.mind.ends.at(self.moment)
        except StrategyError as error:
            self.silent.append(str(error))
            return None

    @property
    def _tank(self) -> Tank | None:
        is_ours = self.car.car_idx == self.moment.own_car_idx
        return tank_of(self.moment.info.own) if self.moment.info is not None and is_ours else None

    def _fuel(self) -> FuelPlan | None:
        tank, level, standings = self._tank, self.level, self.case.standings
        if tank is None:
            self.silent.append("No fuel: nobody of ours measures it in this car.")
            return None
        if level is None or self.own_end is None:
            why = "nobody of ours is in the car now" if level is None else "the race's end is not known"
            self.silent.append(f"No fuel: {why}.")
            return None
        wetness, last = self.case.wetness, self.car.story.laps.last
        uses = fuel_use(
            self.car.story,
            None if wetness is None else wetness.is_wet,
            None if standings is None else standings.fuel_per_lap_l,
            is_wet_now=wetness is not None and (wetness.at(self.moment.now_s) or 0) >= WET_FROM,
        )
        try:
            return fuel_plan(
                level,
                tank,
                uses,
                self.own_end.laps,
                user_id=None if last is None else last.user_id,
                target_l=self.case.target_l,
                risk=self.case.risk,
            )
        except StrategyError as error:
            self.silent.append(str(error))
            return None

    def _gauge(self, fuel: FuelPlan | None) -> Gauge | None:
        tank = self._tank
        return (
            None if fuel is None or tank is None or self.level is None else gauge(self.level, tank, fuel.use)
        )

    def _level(self) -> Level | None:
        car, standings = self.car, self.case.standings
        if car.car_idx != self.moment.own_car_idx:
            return None
        if standings is not None and standings.fuel_l is not None:
            return Level(car.laps, car.lap_pct, standings.fuel_l)
        last = car.story.laps.last
        if last is None or last.fuel_left_l is None or last.lap < car.laps - 1:
            return None
        return Level(last.lap, 0.0, last.fuel_left_l)

    def _window(self, measured: Gauge | None) -> PitWindow | None:
        lap_s = self.car.story.typical_lap_s()
        if self.own_end is None or self.final_lap is None or lap_s is None:
            return None
        allowed = allowance(self.moment, self.car, self.final_lap, self.case.limits)
        if measured is None:
            return window_seen(self.car, self.stops, self.own_end, allowed)
        reach = Reach(self.car.laps, measured.on_board_laps, measured.full_laps, lap_s)
        return pit_window(reach, self.final_lap, allowed)

    def _rejoins(self, fuel: FuelPlan | None) -> Iterable[RejoinCall]:
        model = RejoinModel(self.stops, self.mind.costs)
        fuel_l = None if fuel is None else fuel.calls[0].to_add_l
        options: tuple[tuple[str, bool | None, float], ...] = _services(fuel)
        if self.moment.is_sheet:  # it does not tell what was done in the lane
            options = (
                ("a stop as usual", None, 0.0),
                (f"a stop and {_REPAIR_S:.0f} s of repairs", None, _REPAIR_S),
            )
        for name, has_tyres, repair_s in options:
            try:
                said = model.rejoin(
                    self.moment, self.car, has_tyres=has_tyres, repair_s=repair_s, fuel_l=fuel_l
                )
            except StrategyError as error:
                self.silent.append(str(error))
                return
            yield RejoinCall(name, said, repair_s)

    def _track(self) -> Track | None:
        wetness = self.case.wetness
        step = None if wetness is None else wetness.at(self.moment.now_s)
        if wetness is None or step is None:
            return None
        return Track(step, WORDS[step], wetness.is_declared_wet)


def _services(fuel: FuelPlan | None) -> tuple[tuple[str, bool | None, float], ...]:
    """Name, tyres, seconds of repairs."""
    repairs = f"{_REPAIR_S:.0f} s of repairs"
    if fuel is None:
        filled, tyres = "fuel", "fuel and tyres"
    elif fuel.calls[0].to_add_l >= _LEAST_FILL_L:
        filled = f"{fuel.calls[0].to_add_l:.0f} {fuel.unit}"
        tyres = f"{filled} and tyres"
    else:
        filled, tyres = "drive through", "tyres alone"
    return (filled, False, 0.0), (tyres, True, 0.0), (f"{tyres}, {repairs}", True, _REPAIR_S)


def window_seen(
    car: CarNow, stops: NextStopModel, end: CarEnd | None, allowed: Allowance | None = None
) -> PitWindow | None:
    """From what its stops and its class have shown."""
    lap_s = car.story.typical_lap_s()
    if lap_s is None or end is None or car.car_idx not in stops.book.cars:
        return None
    return rival_window(car, stops.book, end.laps, lap_s, allowed)


def _of_car(moment: Moment, car: CarNow) -> Learned:
    learned, pace = moment.learned, moment.learned.pace(car.car_idx, car.story.laps_done)
    is_ours = car.car_idx == moment.own_car_idx
    return Learned(
        paces={} if pace is None else {car.car_idx: pace},
        speaker=None if pace is None else learned.speaker,
        tyres=learned.tyres if is_ours else None,
        tyre_speaker=learned.tyre_speaker if is_ours else None,
        cautions=learned.cautions,
        caution_speaker=learned.caution_speaker,
        pits=learned.pits,
        pit_speaker=learned.pit_speaker,
        finish=learned.finish if is_ours else None,
        finish_speaker=learned.finish_speaker if is_ours else None,
    )


def _rivals(
    moment: Moment, car: CarNow, mates: list[CarNow], mind: Mind, end: RaceEnd | None
) -> Iterable[RivalCall]:
    stops = mind.stops
    is_known = car.class_id in stops.book.classes
    tank_laps = float(round(stops.book.class_tank(car.class_id))) if is_known else 0.0
    habits: dict[int, Habits] = {}
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
            stop_kind(moment, mate, habits),
            window_seen(mate, stops, theirs) if stop is not None else None,
            None if moment.is_sheet else mind.opponents.last(moment, mate, tank_laps),
        )
