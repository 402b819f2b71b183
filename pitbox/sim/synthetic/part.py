"""The parts of an event: practice, qualifying and the runs of the race, one after the other."""

import msgspec

from pitbox.sim.synthetic.scenario import Scenario

FIRST_TICK = 4_800
"""SessionTick of the first row; it runs on through parts, SessionTime does not."""


class Part(msgspec.Struct, frozen=True):
    """What is run under one clock."""

    session_num: int
    run: int
    """Counts restarts of this session."""
    unique_id: int
    kind: str
    """`Practice`, `Open Qualify` or `Race`, as the session text says it."""
    length_s: float | None
    laps: int | None
    until_s: float | None = None
    """Broken off for a restart at this session time."""

    @property
    def is_open(self) -> bool:
        """Everybody leaves the pits when they like, and the best lap counts."""
        return self.kind != "Race"


def parts(scenario: Scenario) -> tuple[Part, ...]:
    """All of them in order; the last is the one that counts."""
    found: list[Part] = []
    for kind, length_s in (("Practice", scenario.practice_s), ("Open Qualify", scenario.qualify_s)):
        if length_s > 0:
            number = len(found)
            found.append(Part(number, 0, number + 1, kind, length_s, None))
    number, unique_id = len(found), len(found) + 1
    for run, restart in enumerate(scenario.restarts):
        race = Part(number, run, unique_id, "Race", scenario.race_s, scenario.race_laps, restart.at_s)
        found.append(race)
        unique_id += restart.is_new_id
    last = Part(number, len(scenario.restarts), unique_id, "Race", scenario.race_s, scenario.race_laps)
    return (*found, last)


def sessions(scenario: Scenario) -> tuple[Part, ...]:
    """One part for each session number, as the session text lists them."""
    return tuple(part for part in parts(scenario) if part.run == 0)
