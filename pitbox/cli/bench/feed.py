"""The sim's place in `pitbox bench capture`: a process that writes memory and notes when each row stood.

`python -m pitbox.cli.bench.feed FILE SECONDS SPEED STAMPS`. The stamps are float64 pairs: the row's
sim time, and the monotonic clock when it was about to be whole.
"""

import sys
import time
from array import array
from pathlib import Path

import msgspec

from pitbox.sim.synthetic.event import Event
from pitbox.sim.synthetic.frame import Frames, memory_variables
from pitbox.sim.synthetic.memory import MemoryFile
from pitbox.sim.synthetic.scenario import SCENARIOS, Scenario
from pitbox.sim.synthetic.text import session_text

_TICKS_PER_S = 60
_LAST_S = 0.5
"""The sim does not vanish in the moment of a tick."""
_LEAST_SHARE = 0.5
"""Of a tick's time between two rows: a late row must not push the next ones together."""


def scenario(seconds: float) -> Scenario:
    """63 cars; the race outlasts the bench."""
    return msgspec.structs.replace(SCENARIOS["endurance"], race_s=seconds + 600)


def main(path: Path, seconds: float, speed: float, stamps: Path) -> None:
    """Rows keep to the clock, and after a late one catch up with it slowly."""
    event = Event(scenario(seconds))
    frames = Frames(event.world)
    noted = array("d")
    tick_s = 1.0 / (_TICKS_PER_S * speed)
    with MemoryFile(path, memory_variables(event.scenario.slots)) as memory:
        memory.write_text(session_text(event))
        due_s = stood_s = time.monotonic()
        while memory.ticks < seconds * _TICKS_PER_S:
            step, own = event.step()
            if step.infos:
                memory.write_text(session_text(event))
            rows = frames.rows(step, own)
            for row, sim_time_s in zip(rows, rows["SessionTime"].tolist(), strict=True):
                due_s = max(due_s + tick_s, stood_s + _LEAST_SHARE * tick_s)
                time.sleep(max(0.0, due_s - time.monotonic()))
                # Noted before: after it, a busy machine may let the reader go first.
                stood_s = time.monotonic()
                memory.write_row(row.tobytes())
                noted.extend((sim_time_s, stood_s))
        time.sleep(_LAST_S)
    stamps.write_bytes(noted.tobytes())


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4]))
