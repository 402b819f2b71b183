"""Tells of incidents: who leaves the road, loses pace where nobody else does, hits somebody, or is towed."""

import numpy as np
from numpy.typing import NDArray

from pitbox.model.code import TrackSurface
from pitbox.model.fact import Incident
from pitbox.timing.car import Car
from pitbox.timing.flag import CHECKERED, GREEN, WHITE
from pitbox.timing.jolt import Jolt
from pitbox.timing.mishap import CONTACT, OFF_TRACK, SLOW, SPIN, TOW, Brush, Sign
from pitbox.timing.motion import Moment
from pitbox.timing.stretch import Stretch
from pitbox.timing.watch import LOOK_S, Look

_OFF = int(TrackSurface.OFF_TRACK)
_ON = int(TrackSurface.ON_TRACK)

_BLIP_S = 0.25
"""Four wheels over a kerb for less than this cost nothing and are nobody's business."""
_SLOW = 0.65
"""Of the usual pace over two seconds: traffic, fuel saving and a blue flag stay above it."""
_SLACK = 0.85
_DROPPED = 0.93
_AT_SPEED = 0.88
_STANDING = 0.12
_STANDS = 2
"""Looks in a row at a stand, where nobody knows yet what is usual."""
_LAG_S = 1.0
"""A window of two seconds shows a loss of pace about this late."""
_SPIN_S = 12.0
"""Who stands for longer has more than a spin."""
_BRUSH_S = 3.5
"""Between a jolt and the spin that it led to."""
_QUIET_START_S = 8.0
_QUIET_RESTART_S = 15.0
"""Until then not everybody is at speed yet."""
_QUIET_PITS_S = 12.0
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
        self._taken = 0
        """Rows of the block that the watch has."""

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
        self._heat.watch.make_room(len(self._heat.motion.pct))
        self._heat.watch.quiet_until_s[car.car_idx] = moment.time_s + _QUIET_PITS_S

    def look(self, moment: Moment) -> None:
        """One look at everybody."""
        heat, row, watch = self._heat, moment.row, self._heat.watch
        self.take(row + 1)
        classes = self._classes()
        width, cars = self._stretch.rows.width, len(classes)
        pct, is_here = self._stretch.rows.pct[row], self._stretch.is_on_road[row]
        if width < cars:
            pct, is_here = np.pad(pct, (0, cars - width)), np.pad(is_here, (0, cars - width))
        look = watch.look(moment.time_s, pct, is_here & (classes >= 0), classes)
        is_racing = self._is_racing(moment.time_s)
        is_seen = self._stretch.rows.is_seen[row]
        dropped = set(np.flatnonzero(look.is_known & (look.share < _DROPPED)).tolist())
        dropped.update(np.flatnonzero(look.is_standing).tolist())
        for car_idx in sorted(heat.cars):
            car = heat.cars[car_idx]
            if car_idx not in dropped and not car.mishap.has_signs:
                continue  # nearly everybody, nearly always
            if car.mishap.is_open and not (car_idx < width and is_seen[car_idx]):
                self._lose_sight(car, moment)
            else:
                self._judge(car, look, is_racing=is_racing)
        self._pair(watch.jolts.tell(), look)
        if is_racing:
            is_fit = self._is_fit(look, row)
            watch.learn(classes, is_fit & (classes >= 0))

    def take(self, until_row: int) -> None:
        """The watch sees the ticks up to there."""
        rows, first = self._stretch.rows, self._taken
        if until_row > first:
            here = slice(first, until_row)
            pct = np.where(self._stretch.is_on_road[here], rows.pct[here], np.nan)
            self._heat.watch.jolts.take(rows.time_s[here], pct)
            self._taken = until_row

    def _classes(self) -> NDArray[np.intp]:
        """By car_idx: who races, by its class's row of what is usual."""
        usual = self._heat.watch.usual
        classes = np.full(len(self._heat.motion.pct), -1, np.intp)
        for car in self._heat.cars.values():
            if car.is_started and not car.pit.is_inside and car.finish_s is None:
                classes[car.car_idx] = usual.row(car.class_id)
        return classes

    def _is_fit(self, look: Look, row: int) -> NDArray[np.bool_]:
        """Whose pace is worth learning from."""
        is_on = self._stretch.rows.surface[row] == _ON
        is_fit = ~look.is_known | (look.share > _LEARNS_FROM)
        is_fit[: len(is_on)] &= is_on
        is_fit[len(is_on) :] = False
        is_fit &= look.at_s >= self._heat.watch.quiet_until_s
        for car in self._heat.cars.values():
            if car.mishap.fact is not None and car.mishap.is_open:
                is_fit[car.car_idx] = False
        return is_fit

    def _is_racing(self, now_s: float) -> bool:
        """At full speed: nobody has a reason to be slow."""
        heat = self._heat
        if not heat.is_live or heat.is_over or heat.flag.flag not in _AT_RACING_SPEED:
            return False
        begun_s, slow_s = heat.flag.green_s, heat.flag.slow_until_s
        return now_s >= begun_s + _QUIET_START_S and now_s >= slow_s + _QUIET_RESTART_S

    def _lose_sight(self, car: Car, moment: Moment) -> None:
        seen_s = self._stretch.latest(car, moment.row).time_s
        if moment.time_s - seen_s > _GONE_S and car.mishap.kind != TOW:
            self._end(car, seen_s)

    def _judge(self, car: Car, look: Look, *, is_racing: bool) -> None:
        mishap, at, watch = car.mishap, car.car_idx, self._heat.watch
        if look.is_known[at] and look.share[at] < _SLACK:
            watch.slack_s[at] = look.at_s
        if mishap.off is not None and not mishap.is_open and look.at_s - mishap.off.at_s >= _BLIP_S:
            self._open(car, OFF_TRACK, mishap.off, 0.9)
        if mishap.is_open:
            self._follow(car, look)
        elif is_racing and look.at_s >= watch.quiet_until_s[at]:
            self._suspect(car, look)
        else:
            mishap.slow, mishap.standing = None, 0

    def _suspect(self, car: Car, look: Look) -> None:
        mishap, at, held_s = car.mishap, car.car_idx, self._heat.watch.held_s
        mishap.standing = mishap.standing + 1 if look.is_standing[at] else 0
        is_slow = bool(look.is_known[at] and look.share[at] < _SLOW)
        if not is_slow and mishap.standing == 0:
            mishap.slow = None
            return
        if mishap.standing == 0 and self._is_held_up(car, look):
            held_s[at] = look.at_s
        if mishap.standing < _STANDS and look.at_s - held_s[at] <= _TRAIN_S:
            mishap.slow = None
        elif mishap.slow is None:
            mishap.slow = Sign(look.at_s - _LAG_S, car.lap.number, float(look.pct[at]))
        elif is_slow or mishap.standing >= _STANDS:
            self._open(car, SLOW, mishap.slow, 0.8)

    def _is_held_up(self, car: Car, look: Look, partner: Car | None = None) -> bool:
        """Behind somebody else who is slow, or just was: it waits, or gathers speed again in a train."""
        ahead = (look.pct - look.pct[car.car_idx]) % 1.0
        is_slack = self._heat.watch.slack_s >= look.at_s - _TRAIN_S
        is_slack[car.car_idx] = False
        if partner is not None:
            is_slack[partner.car_idx] = False
        return bool((is_slack & (ahead < _QUEUE_LAPS)).any())

    def _follow(self, car: Car, look: Look) -> None:
        """An incident that lasts: how bad it is, and whether it is over."""
        mishap, at = car.mishap, car.car_idx
        if mishap.kind == TOW:
            return
        if look.is_standing[at] or (look.is_known[at] and look.step_share[at] < _STANDING):
            mishap.stood_s += LOOK_S
        if mishap.off is not None:
            return
        if look.share[at] > _AT_SPEED if look.is_known[at] else look.is_rolling[at]:
            back_s = look.at_s - _LAG_S if mishap.back_s is None else mishap.back_s
            self._end(car, max(back_s, look.at_s - _LAG_S))

    def _end(self, car: Car, at_s: float) -> None:
        mishap = car.mishap
        if 0 < mishap.stood_s <= _SPIN_S:
            self._stretch.facts += mishap.worsen(SPIN, 0.8)
            self._confirm_brush(car)
        self._stretch.facts += mishap.close(at_s)
        mishap.forget_signs()

    def _pair(self, jolts: list[Jolt], look: Look) -> None:
        """Two cars that lost speed at one place and instant have probably met."""
        if not self._heat.is_live or self._heat.flag.flag not in _AT_RACING_SPEED:
            return  # a queue behind the pace car brakes as one
        slack_s = self._heat.watch.slack_s
        for jolt in sorted(jolts, key=lambda jolt: (jolt.at_s, jolt.car_idx)):
            car, other = self._racing(jolt.car_idx), self._racing(jolt.other_idx)
            if car is None or other is None:
                continue
            if self._is_held_up(car, look, other) or self._is_held_up(other, look, car):
                continue  # they came upon somebody slower, and stood on the brakes
            if jolt.is_mutual:
                self._meet(car, jolt)
                self._meet(other, jolt)
                slack_s[[car.car_idx, other.car_idx]] = jolt.at_s
            else:
                other.mishap.brush = Brush(jolt.at_s, car.car_idx)
                car.mishap.brush = Brush(jolt.at_s, other.car_idx)

    def _racing(self, car_idx: int) -> Car | None:
        car = self._heat.cars.get(car_idx)
        return None if car is None or car.pit.is_inside or car.finish_s is not None else car

    def _confirm_brush(self, car: Car) -> None:
        """It spun: then whoever was jolted beside it at that moment was hit by it."""
        brush, fact = car.mishap.brush, car.mishap.fact
        if brush is None or fact is None or abs(fact.start_s - brush.at_s) > _BRUSH_S:
            return
        jolt = Jolt(car.car_idx, brush.at_s, fact.lap_pct, brush.other_idx, is_mutual=True)
        other = self._racing(brush.other_idx)
        if other is not None:
            self._meet(car, jolt)
            self._meet(other, jolt)

    def _meet(self, car: Car, jolt: Jolt) -> None:
        mishap = car.mishap
        if mishap.is_open:
            self._stretch.facts += mishap.worsen(CONTACT, 0.6)
            return
        fact = mishap.fact
        if fact is not None and fact.end_s is not None and fact.start_s - 1 <= jolt.at_s <= fact.end_s:
            return
        self._open(car, CONTACT, Sign(jolt.at_s, car.lap.number, jolt.pct), 0.5)

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
