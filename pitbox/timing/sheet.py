"""Lines of a timing sheet into the same facts that rows of the field give.

A sheet sees cars at the line only. A visit to the pits is told where a car crossed it in the lane: then the
visit begins, for all that anybody knows; when it ends follows from the time that the sheet says it took.
"""

from pitbox.model.code import SessionState
from pitbox.model.fact import Fact, Lap, LapKind, Service, Stint, Stop
from pitbox.model.sheet import SheetLap
from pitbox.timing.car import Car
from pitbox.timing.flag import CAUTION, CHECKERED, GREEN, RED
from pitbox.timing.heat import Heat
from pitbox.timing.service import with_swap
from pitbox.timing.stint import FINISH, LOST, STOP
from pitbox.wire.limit import MAX_CHANNEL_COUNT

_FLAGS = frozenset({GREEN, CAUTION, RED, CHECKERED})
_LONGEST_S = 1e6


def fold_sheet(heat: Heat, laps: tuple[SheetLap, ...], *, is_last: bool) -> list[Fact]:
    """Lines in the order of the line; those that make no sense or came before are left out."""
    teller = Sheet(heat)
    for lap in laps:
        if (
            0 <= lap.car_idx < MAX_CHANNEL_COUNT
            and 0 < lap.time_s < _LONGEST_S
            and 0 < lap.end_s < _LONGEST_S
        ):
            teller.tell(lap)
    if is_last:
        teller.end()
    return teller.facts


class Sheet:
    """Tells of the lines of one record."""

    def __init__(self, heat: Heat) -> None:
        self._heat = heat
        self.facts: list[Fact] = []

    def tell(self, line: SheetLap) -> None:
        heat = self._heat
        if heat.info is None and heat.notices:
            heat.learn(heat.notices.pop(0))
        heat.motion.make_room(line.car_idx + 1)
        car = heat.car(line.car_idx)
        if car is None or line.lap <= car.lap.told or line.end_s < heat.motion.time_s:
            return
        heat.state = max(heat.state, int(SessionState.RACING))
        self._turn_flag(line)
        heat.motion.cross(line.car_idx, line.end_s)
        start_s = line.end_s - line.time_s
        self._leave_pits(car, line, start_s)
        self._open_stint(car, line, start_s)
        came_s = line.end_s
        if line.pit_s is not None and not car.lap.is_out:  # the visit began before the line
            came_s = max(start_s, line.end_s - line.pit_s)
        self._tell_lap(car, line, start_s)
        if line.is_in_pit:
            self._enter_pits(car, line, came_s)
        if line.flag == CHECKERED:
            car.finish_s = line.end_s
            self.facts += car.end_stint(line.end_s, FINISH)

    def end(self) -> None:
        """Nobody crosses the line any more: who did not take the flag is lost."""
        heat = self._heat
        heat.state = int(SessionState.COOL_DOWN)
        for car_idx in sorted(heat.cars):
            car = heat.cars[car_idx]
            self.facts += car.end_stint(heat.motion.time_s if car.line_s is None else car.line_s, LOST)

    def _turn_flag(self, line: SheetLap) -> None:
        """The flag at the line, from the first car that crosses under it; the chequered one stays."""
        heat, flag = self._heat, line.flag
        if not heat.flag.count:
            self.facts += heat.flag.turn(heat.session_num, heat.run, GREEN, 0.0)
        if flag in _FLAGS and heat.flag.flag != CHECKERED:
            self.facts += heat.flag.turn(heat.session_num, heat.run, flag, line.end_s)
        if flag == CHECKERED:
            heat.state = max(heat.state, int(SessionState.CHECKERED))
            heat.checkered_s = line.end_s if heat.checkered_s is None else heat.checkered_s

    def _open_stint(self, car: Car, line: SheetLap, start_s: float) -> None:
        if car.stint.is_open and car.user_id != line.user_id:
            # Somebody else drives, and no visit to the pits was noted: a red flag, mostly.
            self.facts += car.end_stint(start_s, STOP)
        car.user_id = line.user_id
        if car.stint.is_open:
            return
        stop = car.pit.fact
        begun_s = start_s
        if stop is not None and stop.lane_out_s is not None:
            begun_s = max(begun_s, stop.lane_out_s)
        stint = Stint(
            session_num=self._heat.session_num,
            run=self._heat.run,
            car_idx=car.car_idx,
            stint=car.stint.count + 1,
            user_id=line.user_id,
            compound=-1,
            start_s=begun_s,
            start_lap=line.lap,
        )
        self.facts += car.begin_stint(stint, has_new_tyres=None)

    def _tell_lap(self, car: Car, line: SheetLap, start_s: float) -> None:
        heat = self._heat
        car.laps, car.line_s, car.is_started = line.lap, line.end_s, True
        kind = LapKind(
            is_out=car.lap.is_out,
            is_in=line.is_in_pit or (line.pit_s is not None and not car.lap.is_out),
            is_caution=heat.flag.slow_until_s > start_s,
        )
        car.last_lap_s = line.time_s
        car.best_lap_s = min(line.time_s, car.best_lap_s or line.time_s)
        position, class_position = heat.rank(car)
        fact = Lap(
            session_num=heat.session_num,
            run=heat.run,
            car_idx=car.car_idx,
            lap=line.lap,
            user_id=line.user_id,
            start_s=start_s,
            end_s=line.end_s,
            kind=kind,
            stint=car.stint.count,
            position=position,
            class_position=class_position,
            compound=-1,
            sectors_s=line.sectors_s,
        )
        car.lap.remember(fact)
        car.lap.number, car.lap.is_out = line.lap + 1, line.is_in_pit
        self.facts.append(fact)
        self.facts += car.add_lap()

    def _enter_pits(self, car: Car, line: SheetLap, came_s: float) -> None:
        self.facts += car.end_stint(came_s, STOP)
        car.pit.is_inside = True
        stop = Stop(
            session_num=self._heat.session_num,
            run=self._heat.run,
            car_idx=car.car_idx,
            stop=car.pit.count + 1,
            lap=line.lap,
            lane_in_s=came_s,
            user_id_in=line.user_id,
            compound_in=-1,
        )
        self.facts.append(car.pit.begin(stop))

    def _leave_pits(self, car: Car, line: SheetLap, start_s: float) -> None:
        """The lap after: the car is out again, and the line says how long it was in there."""
        if not car.pit.is_inside:
            return
        car.pit.is_inside = False
        out_s = min(start_s + (line.pit_s or 0.0), line.end_s)
        stop = car.pit.close(out_s, line.user_id, -1)
        if stop is not None:
            known: tuple[Service, ...] = ()
            self.facts += car.pit.tell(with_swap(known, stop))
