"""Tells of incidents: who leaves the road, loses pace where nobody else does, or is towed."""

import numpy as np
from numpy.typing import NDArray

from pitbox.model.code import TrackSurface
from pitbox.model.fact import Incident
from pitbox.timing.car import Car
from pitbox.timing.field import Bools
from pitbox.timing.flag import CHECKERED, GREEN, WHITE
from pitbox.timing.mishap import CONTACT, OFF_TRACK, SLOW, SPIN, TOW, Sign
from pitbox.timing.motion import Moment
from pitbox.timing.stretch import Stretch
from pitbox.timing.watch import Look

_OFF = int(TrackSurface.OFF_TRACK)
_ON = int(TrackSurface.ON_TRACK)

_BLIP_S = 0.25
"""Four wheels over a kerb for less than this cost nothing and are nobody's business."""
_SLOW = 0.65
"""Of the usual pace over two seconds: traffic, fuel saving and a blue flag stay above it."""
_DIP = 0.78
"""Within half a second: a knock takes speed at once, following somebody slower does not."""
_DIPPED = 0.93
_AT_SPEED = 0.88
_STANDING = 0.12
_LAG_S = 1.0
"""A window of two seconds shows a loss of pace about this late."""
_SPIN_S = 12.0
"""Who stands for longer has more than a spin."""
_TOGETHER_S = 0.6
_TOGETHER_LAPS = 0.004
_QUIET_START_S = 30.0
_QUIET_RESTART_S = 15.0
_QUIET_PITS_S = 12.0
_SLACK = 0.85
_QUEUE_LAPS = 0.025
_TRAIN_S = 3.0
_GONE_S = 5.0
_AT_RACING_SPEED = (GREEN, WHITE, CHECKERED)
"""Under the last one who has not taken it yet still races."""
_LEARNS_FROM = 0.8


class Marshal:
    """Incidents are told when they are sure, and again as they get worse and when they end."""

    def __init__(self, stretch: Stretch) -> None:
        self._stretch = stretch
        self._heat = stretch.heat

    def change_surface(self, car: Car, moment: Moment) -> None:
        """Off the road and back on it, to the tick."""
        before, surface = self._stretch.before(moment).surface, self._stretch.surface(moment)
        mishap = car.mishap
        if not self._heat.is_live or car.finish_s is not None:
            return
        if surface == _OFF and before == _ON:
            mishap.off = Sign(moment.time_s, car.lap.number, self._stretch.pct(moment))
        elif surface == _ON and mishap.off is not None:
            if moment.time_s - mishap.off.at_s >= _BLIP_S:
                self._open(car, OFF_TRACK, mishap.off, 0.9)
            mishap.off, mishap.back_s = None, moment.time_s

    def enter_pits(self, car: Car, moment: Moment, *, is_tow: bool) -> None:
        """Slowing down for the lane was no incident; a tow is one of its own."""
        mishap = car.mishap
        self._stretch.facts += mishap.close(moment.time_s)
        mishap.forget_signs()
        if is_tow and self._heat.is_live and car.finish_s is None:
            before = self._stretch.before(moment)
            self._open(car, TOW, Sign(before.time_s, car.lap.number, before.pct), 1.0)

    def leave_pits(self, car: Car, moment: Moment) -> None:
        self._stretch.facts += car.mishap.close(moment.time_s)
        car.mishap.quiet_until_s = moment.time_s + _QUIET_PITS_S

    def look(self, moment: Moment) -> None:
        """One look at everybody."""
        rows, row, watch = self._stretch.rows, moment.row, self._heat.watch
        classes = self._classes()
        pct, surface, is_seen = np.zeros(len(classes)), np.full(len(classes), -1, np.int32), self._nobody()
        width = rows.width
        pct[:width], surface[:width], is_seen[:width] = rows.pct[row], rows.surface[row], rows.is_seen[row]
        look = watch.look(moment.time_s, pct, surface, is_seen, classes)
        is_racing = self._is_racing(moment.time_s)
        is_fit = (surface == _ON) & (~look.is_known | (look.share > _LEARNS_FROM))
        is_slack = (look.is_known & (look.share < _DIPPED)).tolist()
        for car_idx in sorted(self._heat.cars):
            car = self._heat.cars[car_idx]
            if moment.time_s < car.mishap.quiet_until_s:
                is_fit[car_idx] = False
            if not (is_slack[car_idx] or car.mishap.has_signs):
                continue  # nearly everybody, nearly always
            if car.mishap.is_open and not is_seen[car_idx]:
                self._lose_sight(car, moment)
            else:
                self._judge(car, look, is_racing=is_racing)
            is_fit[car_idx] &= not car.mishap.is_open
        if is_racing:
            watch.learn(classes, is_fit)
            self._pair(look)

    def _nobody(self) -> Bools:
        return np.zeros(len(self._heat.motion.pct), np.bool_)

    def _classes(self) -> NDArray[np.int64]:
        classes = np.full(len(self._heat.motion.pct), -1, np.int64)
        for car in self._heat.cars.values():
            if car.is_started and not car.pit.is_inside and car.finish_s is None:
                classes[car.car_idx] = car.class_id
        return classes

    def _is_racing(self, now_s: float) -> bool:
        """At full speed: nobody has a reason to be slow."""
        heat = self._heat
        if not heat.is_race or heat.is_over or heat.flag.flag not in _AT_RACING_SPEED:
            return False
        begun_s = heat.flag.green_s
        return now_s >= heat.flag.slow_until_s + _QUIET_RESTART_S and now_s >= begun_s + _QUIET_START_S

    def _lose_sight(self, car: Car, moment: Moment) -> None:
        seen_s = self._stretch.latest(car, moment.row).time_s
        if moment.time_s - seen_s > _GONE_S and car.mishap.kind != TOW:
            self._end(car, seen_s)

    def _judge(self, car: Car, look: Look, *, is_racing: bool) -> None:
        mishap, at = car.mishap, car.car_idx
        if mishap.off is not None and not mishap.is_open and look.at_s - mishap.off.at_s >= _BLIP_S:
            self._open(car, OFF_TRACK, mishap.off, 0.9)
        if mishap.is_open:
            self._follow(car, look)
        elif is_racing and look.is_known[at] and look.at_s >= mishap.quiet_until_s:
            self._suspect(car, look)
        else:
            mishap.slow = mishap.dip = None

    def _suspect(self, car: Car, look: Look) -> None:
        mishap, share = car.mishap, float(look.share[car.car_idx])
        mishap.note_pace(look.at_s, is_slack=share < _SLACK)
        here = Sign(look.at_s - _LAG_S, car.lap.number, float(look.pct[car.car_idx]))
        if share >= _DIPPED:
            mishap.dip = None
        elif mishap.dip is None and look.step_share[car.car_idx] < _DIP:
            mishap.dip = here
        if share >= _SLOW:
            mishap.slow = None
        elif mishap.slow is None:
            mishap.slow = here
        elif not self._is_held_up(car, look):
            self._open(car, SLOW, mishap.slow, 0.8)

    def _is_held_up(self, car: Car, look: Look, partner: Car | None = None) -> bool:
        """Behind somebody else who is slow, or just was: it waits, or gathers speed again in a train."""
        here = float(look.pct[car.car_idx])
        for other in self._heat.cars.values():
            ahead = (float(look.pct[other.car_idx]) - here) % 1.0
            is_slack = other.mishap.slack_until_s >= look.at_s - _TRAIN_S
            if other is not car and other is not partner and is_slack and ahead < _QUEUE_LAPS:
                return True
        return False

    def _follow(self, car: Car, look: Look) -> None:
        """An incident that lasts: how bad it is, and whether it is over."""
        mishap, at = car.mishap, car.car_idx
        if mishap.kind == TOW:
            return
        mishap.note_pace(look.at_s, is_slack=bool(look.share[at] < _SLACK))
        if look.is_known[at] and look.step_share[at] < _STANDING:
            mishap.stood_s += _LAG_S / 2
        if mishap.off is not None:
            return
        if not look.is_known[at] or look.share[at] > _AT_SPEED:
            back_s = look.at_s - _LAG_S if mishap.back_s is None else mishap.back_s
            self._end(car, max(back_s, look.at_s - _LAG_S) if look.is_known[at] else back_s)

    def _end(self, car: Car, at_s: float) -> None:
        mishap = car.mishap
        if 0 < mishap.stood_s <= _SPIN_S:
            self._stretch.facts += mishap.worsen(SPIN, 0.8)
        self._stretch.facts += mishap.close(at_s)
        mishap.forget_signs()

    def _pair(self, look: Look) -> None:
        """Two cars that lost pace at one place and time have probably met."""
        dipped = [car for car in self._heat.cars.values() if car.mishap.dip is not None]
        fresh = [
            car for car in dipped if car.mishap.dip is not None and car.mishap.dip.at_s > look.at_s - 2.0
        ]
        for car in sorted(fresh, key=lambda car: car.car_idx):
            for other in sorted(dipped, key=lambda other: other.car_idx):
                if other is car or not _are_together(car.mishap.dip, other.mishap.dip):
                    continue
                if not (self._is_held_up(car, look, other) or self._is_held_up(other, look, car)):
                    self._meet(car)
                    self._meet(other)

    def _meet(self, car: Car) -> None:
        mishap = car.mishap
        if mishap.is_open:
            self._stretch.facts += mishap.worsen(CONTACT, 0.6)
        elif mishap.dip is not None:
            self._open(car, CONTACT, mishap.dip, 0.5)

    def _open(self, car: Car, kind: str, sign: Sign, confidence: float) -> None:
        mishap, heat = car.mishap, self._heat
        if mishap.is_open:
            self._stretch.facts += mishap.worsen(kind, confidence)
            return
        mishap.back_s = None
        fact = Incident(
            session_num=heat.session_num,
            run=heat.run,
            car_idx=car.car_idx,
            incident=mishap.count + 1,
            kind=kind,
            start_s=sign.at_s,
            lap=sign.lap,
            lap_pct=sign.pct,
            confidence=confidence,
        )
        self._stretch.facts.append(mishap.begin(fact))
        self._stretch.facts += car.lap.mark_incident(sign.at_s)


def _are_together(one: Sign | None, other: Sign | None) -> bool:
    if one is None or other is None:
        return False
    away = one.pct - other.pct
    return abs(one.at_s - other.at_s) <= _TOGETHER_S and abs(away - round(away)) <= _TOGETHER_LAPS
