"""Where driver mode's ticks come from, as the command line says."""

import secrets
from functools import partial
from pathlib import Path

import msgspec
import typer

from pitbox.crew.health import HealthSink
from pitbox.model.ids import SessionId
from pitbox.model.source import TickSource


class Spring(msgspec.Struct, frozen=True):
    source: TickSource
    is_paced_by_us: bool = False
    is_lasting: bool = True
    """After a session it opens the next one."""
    waits_for: str = "iRacing"


def sim_spring(on_health: HealthSink) -> Spring:
    """The running sim, whenever it runs."""
    from pitbox.sim.iracing.live import IracingSource
    from pitbox.sim.iracing.text import SessionTextReader

    return Spring(IracingSource(SessionTextReader(), on_health=on_health))


def memory_spring(path: Path, on_health: HealthSink) -> Spring:
    """A file that holds the sim's memory, whenever it is there."""
    from pitbox.sim.iracing.connection import open_file
    from pitbox.sim.iracing.live import IracingSource
    from pitbox.sim.iracing.text import SessionTextReader

    source = IracingSource(SessionTextReader(), partial(open_file, path), on_health=on_health)
    return Spring(source, waits_for=path.name)


def demo_spring(scenario: str, speed: float, minutes: float | None, seed: int | None = None) -> Spring:
    """A synthetic race; it is over when the race is."""
    from pitbox.sim.synthetic.scenario import SCENARIOS, scenario_of
    from pitbox.sim.synthetic.source import SyntheticSource

    if scenario not in SCENARIOS:
        raise typer.BadParameter(f"There is no scenario {scenario!r}: {', '.join(SCENARIOS)}.")
    session = SessionId(f"local-{secrets.token_hex(6)}")
    source = SyntheticSource(scenario_of(scenario, minutes, seed), speed, session=session)
    return Spring(source, is_paced_by_us=True, is_lasting=False, waits_for="the race")
