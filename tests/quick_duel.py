"""The demo's duel on a shorter road: as many laps, stops and stints in a fraction of the rows."""

import msgspec
import pytest

from pitbox.sim.synthetic.scenario import SCENARIOS, Scenario


def quick_duel(race_s: float = 45.0, times: float = 5.0, **changes: object) -> Scenario:
    """Laps of 20 s instead of 100, and drivers who want out after two: a race ends a lap after its time."""
    duel = SCENARIOS["duel"]
    plans = tuple(msgspec.structs.replace(kind, lap_s=kind.lap_s / times) for kind in duel.classes)
    made = msgspec.structs.replace(
        duel,
        classes=plans,
        track_length_m=duel.track_length_m / times,
        stint_s=40.0,
        race_s=race_s,
        parade_s=20.0,
    )
    return msgspec.structs.replace(made, **changes)


@pytest.fixture
def duel_is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """For whoever asks for the demo by its name, as long as this test runs."""
    monkeypatch.setitem(SCENARIOS, "duel", quick_duel())
