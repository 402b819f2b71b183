"""Situations, whole small races and their strategist, for tests of decisions."""

from functools import cache

from grid import Runner, info
from hypothesis import strategies as st
from proving import facts_at, played

from pitbox.strategy.briefing import Case, Mind
from pitbox.strategy.decision.situation import DriverNow, Rules, Situation, StopTimes, TyreCurveNow
from pitbox.strategy.decision.strategist import Strategist
from pitbox.strategy.forecast import forecast
from pitbox.strategy.laps import LapChances
from pitbox.strategy.story import Story

RACES = 128


def _seldom(draw, values):
    """One time in four: so that mostly a rule or two bind, and there is a way."""
    return draw(values) if draw(st.integers(0, 3)) == 0 else None


@st.composite
def situations(draw):
    """From a sprint to a day, with every rule that there is."""
    laps = draw(st.integers(1, 300))
    left = draw(st.integers(2, 120))
    spread = draw(st.lists(st.floats(0.01, 1.0), min_size=1, max_size=4))
    total = sum(spread)
    use_l = draw(st.floats(0.5, 8.0))
    tank_l = use_l * draw(st.floats(8.0, 60.0))
    owed = _seldom(draw, st.lists(st.integers(0, 15), min_size=1, max_size=3)) or []
    left_laps = _seldom(draw, st.integers(20, 200))
    tyre_age = draw(st.integers(0, 20))
    return Situation(
        laps=laps,
        final=LapChances(laps + left, tuple(share / total for share in spread)),
        lap_s=draw(st.floats(50.0, 500.0)),
        fuel_l=tank_l * draw(st.floats(0.1, 1.0)),
        tank_l=tank_l,
        use_l=use_l,
        unit=draw(st.sampled_from(("l", "kWh", "laps"))),
        tyre_age=tyre_age,
        tyre_limit=_seldom(draw, st.integers(tyre_age + 3, 90)),
        tyres=TyreCurveNow(slope_s=draw(st.floats(0.0, 0.2))),
        stint_left_laps=_seldom(draw, st.integers(2, 60)),
        stint_laps=_seldom(draw, st.integers(8, 60)),
        driver=1 if owed else 0,
        drivers=tuple(DriverNow(number, 0.0, laps, left_laps) for number, laps in enumerate(owed, 1)),
        stops_done=draw(st.integers(0, 5)),
        rules=Rules(
            least_stops=_seldom(draw, st.integers(0, 5)) or 0,
            is_tyres_each_stop=draw(st.integers(0, 5)) == 0,
            least_tyre_changes=_seldom(draw, st.integers(0, 2)) or 0,
            tyre_sets=_seldom(draw, st.integers(0, 6)),
            is_fuel_or_tyres=draw(st.integers(0, 9)) == 0,
        ),
        times=StopTimes(),
        is_lap_called=draw(st.integers(0, 3)) == 0,
    )


def plain(**changes):
    """30 laps left, 10 on board, 20 on a tank: two stops, no rule, no wear."""
    known = {
        "laps": 20,
        "final": LapChances(50, (1.0,)),
        "lap_s": 100.0,
        "fuel_l": 30.3,
        "tank_l": 60.3,
        "use_l": 3.0,
    }
    return Situation(**{**known, **changes})


@cache
def followed(seed, from_s, to_s, step_s, engine="numpy"):
    """(moment, forecast, answers) of a played race, by one strategist."""
    race = played(seed)
    story, mind = Story(), Mind()
    story.hear(race.info)
    strategist = Strategist(mind, engine=engine)
    found, now_s = [], race.green_s + from_s
    while now_s < race.green_s + min(to_s, race.race_s):
        story.take_all(facts_at(race.truth, now_s, race.scenario.own_car_idx))
        moment = story.at(now_s)
        said = forecast(moment, Case(), mind)
        answers = tuple(strategist.answers(moment, said, Case(), races=RACES))
        found.append((moment, said, answers))
        now_s += step_s
    return strategist, tuple(found)


__all__ = ["Runner", "followed", "info", "plain", "situations"]
