"""Offs and spins of a synthetic race, from its own rows to the truth that it tells apart."""

import msgspec
import numpy as np
import pytest

from pitbox.analysis.driven import MistakeKind
from pitbox.analysis.lap_cut import cut_laps
from pitbox.analysis.mistake.find import find_mistakes
from pitbox.analysis.mistake.need import CHANNELS
from pitbox.model.source import Closed, Ticks
from pitbox.sim.synthetic.scenario import CautionPlan, Mishaps, scenario_of
from pitbox.sim.synthetic.source import SyntheticSource

KINDS = {"off_track": MistakeKind.OFF, "spin": MistakeKind.SPIN}


@pytest.mark.slow
def test_offs_and_spins_are_those_that_happened() -> None:
    """Only those on whole laps are asked for: what a pit stop or the end cuts short is no lap."""
    trouble = Mishaps(off_track=0.4, tow=0.0, retirement=0.0, penalty=0.0, spin=0.35)
    scenario = msgspec.structs.replace(
        scenario_of("duel", 10.0, 3), mishaps=trouble, caution=CautionPlan(), drivers_per_car=1
    )
    source, blocks, is_over = SyntheticSource(scenario), [], False
    while not is_over:
        for event in source.poll(0.0):
            is_over |= isinstance(event, Closed)
            if isinstance(event, Ticks):
                blocks.append(event.own[[name for name in (*CHANNELS, "SessionTime", "LapDistPct", "Lap")
                                         if name in event.own.dtype.names]])  # fmt: skip
    laps = cut_laps(np.concatenate(blocks), CHANNELS, track_m=scenario.track_length_m).laps
    incidents = [each for each in source.truth.incidents if each.car_idx == scenario.own_car_idx]
    hit = false = 0
    wanted = []
    for lap, found in zip(laps, find_mistakes(laps), strict=True):
        begin_s, end_s = lap.start_s, lap.start_s + lap.time_s
        mine = [(KINDS[each.kind], each.start_s - begin_s) for each in incidents
                if each.kind in KINDS and begin_s <= each.start_s < end_s - 3.0]  # fmt: skip
        wanted += mine
        for kind in KINDS.values():
            told = [each.t_s for each in found.mistakes if each.kind is kind]
            for at_s in [at_s for what, at_s in mine if what is kind]:
                near = [t_s for t_s in told if abs(t_s - at_s) < 1.5]
                hit += bool(near)
                for t_s in near[:1]:
                    told.remove(t_s)
            false += len(told)
        spun = [each for each in found.mistakes if each.kind is MistakeKind.SPIN]
        assert all(each.lost_s is None or each.lost_s > 1.0 or len(found.mistakes) > 1 for each in spun)
    assert {what for what, _ in wanted} == set(KINDS.values())
    assert (hit, false) == (len(wanted), 0), (hit, len(wanted), false)
