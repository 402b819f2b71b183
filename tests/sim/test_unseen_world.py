"""A world that nobody looks at: the same truth as with rows, in less time."""

import msgspec

from pitbox.sim.synthetic.scenario import SCENARIOS
from pitbox.sim.synthetic.world import World


def test_what_happens_does_not_depend_on_who_looks():
    scenario = msgspec.structs.replace(SCENARIOS["duel"], race_s=420.0, cool_down_s=2.0)
    seen, unseen, both = World(scenario), World(scenario), World(scenario)
    looks = 0
    while not seen.is_over:
        seen.step()
        unseen.advance()
        looks += 1
        if looks % 3:
            both.advance()
        else:
            rows = both.step().field
            assert len(rows) == 15
    assert unseen.is_over
    assert both.is_over
    for truth in (unseen.truth, both.truth):
        assert truth.laps == seen.truth.laps
        assert truth.stops == seen.truth.stops
        assert truth.flags == seen.truth.flags
        assert truth.classification == seen.truth.classification
    assert len(seen.truth.laps) > 8
