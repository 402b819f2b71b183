"""Driving on the track from one place to the next."""

from collections.abc import Generator

from pitbox.sim.synthetic.race import Car, Race

Script = Generator[None, float, float]
"""A car's course: sets `race.until_s`, yields, is sent that moment, returns the moment it ended."""

_SLOWEST = 0.02
"""Share of the racing speed below which no driving car falls."""


def drive(race: Race, car: Car, t_s: float, goal: float) -> Script:
    """To a place in lap phase, as fast as the pace allows."""
    idx = car.idx
    place = race.fleet.place_now(idx, t_s)
    if goal <= place:
        return t_s
    race.goal[idx] = goal
    speed = max(float(race.fleet.speed[idx]), _SLOWEST / float(race.lap_s[idx]))
    race.until_s[idx] = t_s + (goal - place) / speed
    race.move(car, t_s, place, speed, is_phase=True)
    t_s = yield
    race.goal[idx] = float("inf")
    race.move(car, t_s, goal, race.fleet.speed_now(idx, t_s), is_phase=True)
    return t_s


def rest(race: Race, car: Car, t_s: float, for_s: float) -> Script:
    """Whatever the car does now, for so long."""
    race.until_s[car.idx] = t_s + for_s
    t_s = yield
    return t_s


def knock(race: Race, car: Car, t_s: float, share: float) -> None:
    """A driving car loses speed at once and drives on; its pace brings it back."""
    idx = car.idx
    place = race.fleet.place_now(idx, t_s)
    speed = max(share * race.fleet.speed_now(idx, t_s), _SLOWEST / float(race.lap_s[idx]))
    race.move(car, t_s, place, speed, is_phase=True)
    race.until_s[idx] = t_s + (float(race.goal[idx]) - place) / speed
