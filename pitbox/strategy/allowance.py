"""What calls our car in beside its tank: tyres, stint and drive time, and the laps that others still owe."""

import math
from collections import Counter

import msgspec

from pitbox.model.session import EventRules
from pitbox.strategy.story import CarNow, Moment
from pitbox.strategy.window import Allowance


class Limits(msgspec.Struct, frozen=True):
    """What the event or the team has set; None: no limit. iRacing tells the fair share, people the rest."""

    tyre_laps: int | None = None
    """That one set may do."""
    stint_s: float | None = None
    """Without a stop."""
    drive_s: float | None = None
    """Of each driver in the whole race."""
    drivers: int | None = None
    """Who will drive; else those seen so far, and as many as the event demands."""


class DriverShare(msgspec.Struct, frozen=True):
    """What one driver has done, against what the event demands of everybody."""

    user_id: int
    """0: somebody who has not driven yet."""
    laps: int
    drive_s: float
    needed: int | None
    """None: the event demands no share."""

    @property
    def owed(self) -> int:
        return max(0, (self.needed or 0) - self.laps)


def fair_share(laps: int, drivers: int, share: float) -> int:
    """Laps that each driver has to do at least: 200 laps, 4 drivers, a quarter of an equal share: 13."""
    return math.ceil(share * laps / max(1, drivers) - 1e-9)


def shares(moment: Moment, car: CarNow, final_lap: int | None, limits: Limits) -> tuple[DriverShare, ...]:
    """Of everybody who drove, whoever is in the car first, then of those who must still come."""
    rules = EventRules() if moment.info is None else moment.info.rules
    done = Counter(lap.user_id for lap in car.story.laps)
    times: dict[int, float] = {}
    for stint in car.story.driver_stints:
        until_s = moment.now_s if stint.end_s is None else min(stint.end_s, moment.now_s)
        times[stint.user_id] = times.get(stint.user_id, 0.0) + max(0.0, until_s - stint.start_s)
    now = _driver(car)
    known = sorted({user_id for user_id in (*done, *times) if user_id != 0}, key=lambda one: one != now)
    missing = max(limits.drivers or rules.least_drivers or 0, len(known)) - len(known)
    needed = None
    if rules.fair_share is not None and final_lap is not None:
        needed = fair_share(final_lap, len(known) + missing, rules.fair_share)
    found = [DriverShare(one, done[one], times.get(one, 0.0), needed) for one in known]
    return (*found, *(DriverShare(0, 0, 0.0, needed) for _ in range(missing)))


def allowance(moment: Moment, car: CarNow, final_lap: int | None, limits: Limits) -> Allowance:
    """Counted from the line that was crossed last."""
    line_s = car.line_s if car.line_s is not None else moment.now_s
    stint, tyres = car.story.stints.last, car.story.tyre_stints.last
    started_s = moment.green_s if stint is None else stint.start_s
    set_lap = 0 if tyres is None else max(0, tyres.start_lap - 1)
    found = shares(moment, car, final_lap, limits)
    driven_s = next((one.drive_s for one in found if one.user_id == _driver(car)), 0.0)
    # The driver's time counts to now, the window from the line: what was driven since is given back.
    since_s = max(0.0, moment.now_s - line_s)
    return Allowance(
        tyre_laps=None if limits.tyre_laps is None else float(limits.tyre_laps - (car.laps - set_lap)),
        stint_s=None if limits.stint_s is None else limits.stint_s - (line_s - started_s),
        drive_s=None if limits.drive_s is None else limits.drive_s - max(0.0, driven_s - since_s),
        owed_laps=sum(one.owed for one in found if one.user_id != _driver(car)) or None,
    )


def _driver(car: CarNow) -> int:
    stint, last = car.story.driver_stints.last, car.story.laps.last
    if stint is not None:
        return stint.user_id
    return 0 if last is None else last.user_id
