"""The race end from rows of the sim, through the folds: the same story, with the clock that the sim shows."""

import msgspec
import pytest

from pitbox.model.source import Closed, InfoChanged, Ticks
from pitbox.sim.synthetic.scenario import SCENARIOS, CautionPlan, Mishaps
from pitbox.sim.synthetic.source import SyntheticSource
from pitbox.strategy.listen import Listener
from pitbox.strategy.race_end import RaceEndModel
from pitbox.timing.field import field_rows
from pitbox.wire.record import InfoRecord, RunRecord

RACE_S = 500.0
DUE = (0.5, 0.7, 0.9)


@pytest.mark.slow
def test_a_race_that_is_driven_ends_as_was_told():
    duel = SCENARIOS["duel"]
    tanks = tuple(msgspec.structs.replace(plan, tank_l=60.0) for plan in duel.classes)
    scenario = msgspec.structs.replace(
        duel, classes=tanks, race_s=RACE_S, mishaps=Mishaps(0.0, 0.0, 0.0, 0.0), caution=CautionPlan()
    )
    source, listener, model = SyntheticSource(scenario), Listener(), RaceEndModel()
    listener.fold_record(RunRecord(sim_time_s=0.0, session_num=0, run=0, reason="entered"))
    told, is_over = {}, False
    while not is_over:
        for event in source.poll(0.0):
            if isinstance(event, InfoChanged):
                listener.fold_record(InfoRecord(sim_time_s=0.0, session_num=0, run=0, info=event.info))
            elif isinstance(event, Ticks):
                fold, story = listener.fold, listener.story
                story.take_all(fold.fold_own(event.own))
                story.take_all(fold.fold_field(field_rows(event.field)))
                now_s = float(event.own["SessionTime"][-1])
                if (
                    len(told) == len(DUE)
                    or not story.cars
                    or now_s < scenario.parade_s + DUE[len(told)] * RACE_S
                ):
                    continue
                standings = fold.standings()
                moment = story.at(now_s, standings)
                assert moment.time_left_s == standings.time_left_s
                assert moment.length.has_white_lap
                assert all(car.is_pct_seen for car in moment.cars)
                assert moment.length.time_s == RACE_S
                told[now_s] = model.at(moment)
            is_over |= isinstance(event, Closed)
    actual = {car.car_idx: car.laps for car in source.truth.classification}
    flag_s = next(flag.start_s for flag in source.truth.flags if flag.flag == "checkered")
    assert len(told) == 3
    for now_s, end in told.items():
        assert end.cars.keys() == actual.keys()
        for car_idx, car in end.cars.items():
            low, high = car.laps.interval(0.98)
            assert low <= actual[car_idx] <= high, (now_s, car_idx, car.laps)
        assert end.end_s[0] - 30.0 <= flag_s - now_s <= end.end_s[2] + 30.0
    last = told[max(told)]
    assert last.cars[scenario.own_car_idx].laps.most_likely == actual[scenario.own_car_idx]
    assert "fuel measured" in last.cars[scenario.own_car_idx].assumptions[0]
