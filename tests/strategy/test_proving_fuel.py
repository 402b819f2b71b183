"""Fuel for a chosen risk on the proving ground: how often it is not enough, and what is carried for it.

python tests/strategy/test_proving_fuel.py 200     # the whole proof, as the docs have it
"""

import sys

import msgspec
import pytest
from proving import QUARTERS, SLOW_RACES, played

from pitbox.strategy.fuel import fuel_use
from pitbox.strategy.fuel_plan import RESERVE_L, Level, need_l
from pitbox.strategy.race_end import race_end

FIRST_S = 400.0
"""Some clean laps must have been driven."""


class FuelCall(msgspec.Struct):
    seed: int
    quarter: float
    said_l: float
    needed_l: float
    """In hindsight: what the car burnt from there to the flag."""


def fuel_calls(seeds, risk):
    for seed in seeds:
        race = played(seed)
        own = race.scenario.own_car_idx
        final = race.laps_at_flag(own)
        if final is None:
            continue
        for quarter in QUARTERS:
            now_s = race.green_s + max(FIRST_S, quarter * race.race_s)
            moment = race.story_at(now_s).at(now_s, time_left_s=race.green_s + race.race_s - now_s)
            car = moment.car(own)
            use = fuel_use(car.story).best_guess()
            if use is None:
                continue
            said_l = need_l(Level(car.laps, 0.0, 0.0), use, race_end(moment).cars[own].laps, risk) - RESERVE_L
            burnt = [lap.fuel_used_l for lap in race.truth.laps if lap.car_idx == own and lap.lap > car.laps]
            if None not in burnt:
                yield FuelCall(seed, quarter, said_l, sum(burnt))


def dry(found):
    return sum(call.needed_l > call.said_l for call in found) / len(found)


def spare_l(found):
    return sum(call.said_l - call.needed_l for call in found) / len(found)


def test_a_dozen_races_have_enough_at_one_percent_and_do_not_carry_a_tank_for_it():
    found = list(fuel_calls(range(12), 0.01))
    assert len(found) >= 36
    assert dry(found) <= 0.09  # the calls of one race go together: one odd race is four of 48
    assert 0.5 <= spare_l(found) <= 14.0
    last = [call for call in found if call.quarter == QUARTERS[-1]]
    assert spare_l(last) <= 8.0


def test_half_the_risk_is_half_the_time():
    found = list(fuel_calls(range(12), 0.5))
    assert 0.15 <= dry(found) <= 0.75


@pytest.mark.long
def test_one_percent_is_about_one_percent():
    found = list(fuel_calls(range(SLOW_RACES), 0.01))
    assert dry(found) <= 0.03
    assert spare_l(found) <= 12.0


if __name__ == "__main__":
    for risk in (0.05, 0.01):
        found = list(fuel_calls(range(int(sys.argv[1])), risk))
        for quarter in QUARTERS:
            some = [call for call in found if call.quarter == quarter]
            head = f"risk {risk:.0%} at {quarter:4.0%}: {len(some)} calls"
            sys.stdout.write(f"{head}, dry {dry(some):.1%}, {spare_l(some):.1f} l over\n")
        sys.stdout.write(f"risk {risk:.0%}: dry {dry(found):.2%}, {spare_l(found):.2f} l over the need\n")
