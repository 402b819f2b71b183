"""iRacing's place at the table: an event, played into a memory file at its pace for any tool to read."""

import threading
from pathlib import Path

from pitbox.crew.clock import SystemClock
from pitbox.model.clock import Clock
from pitbox.model.source import RowArray
from pitbox.sim.synthetic.event import Event
from pitbox.sim.synthetic.frame import Frames, memory_variables
from pitbox.sim.synthetic.memory import MemoryFile
from pitbox.sim.synthetic.pit_menu import SyntheticPitMenu
from pitbox.sim.synthetic.scenario import Scenario
from pitbox.sim.synthetic.text import LATIN, session_text
from pitbox.sim.synthetic.world import STEP_TICKS, TICKS_PER_S

_RESULTS_S = 5.0
"""Session time between texts that tell only new results; a driver change is told at once."""
_LEAST_SHARE = 0.5
"""Of a tick's time: late rows follow each other no quicker, or readers would miss them."""


class Simulator:
    """Plays a whole event, tick by tick; `speed` is a multiple of real time."""

    def __init__(
        self,
        scenario: Scenario,
        path: Path,
        speed: float = 1.0,
        *,
        encoding: str = LATIN,
        clock: Clock | None = None,
    ) -> None:
        self.event = Event(scenario)
        self.pit_menu = SyntheticPitMenu(self.event.world.own().member.plan.tank_l)
        """Takes the sim's broadcast commands; the rows of the next quarter of a second show it."""
        self._path = path
        self._tick_s = 1.0 / (speed * TICKS_PER_S)
        self._encoding = encoding
        self._clock = clock or SystemClock()
        self._frames = Frames(self.event.world)
        self._text = b""
        self._told_s = 0.0

    def run(self, stop: threading.Event, most_s: float = float("inf")) -> int:
        """Until the event is over, `most_s` of it are played, or `stop` is set; gives the ticks written."""
        with MemoryFile(self._path, memory_variables(self.event.scenario.slots)) as memory:
            self._tell(memory)
            due_s = self._clock.monotonic_s()
            while not (self.event.is_over or stop.is_set()) and memory.ticks < most_s * TICKS_PER_S:
                rows = self._step(memory)
                for tick in range(STEP_TICKS):
                    now_s = self._clock.monotonic_s()
                    due_s = max(due_s + self._tick_s, now_s - _LEAST_SHARE * self._tick_s)
                    if now_s < due_s and stop.wait(due_s - now_s):
                        break
                    memory.write_row(rows[tick].tobytes())
            return memory.ticks

    def _step(self, memory: MemoryFile) -> RowArray:
        """The rows of the next quarter of a second; a text that changed is written before them."""
        event = self.event
        is_new = event.turn_over()
        if is_new:
            self._frames = Frames(event.world)
        step, own = event.step()
        now_s = event.world.now_s
        if is_new or step.infos or not 0 <= now_s - self._told_s < _RESULTS_S:
            self._tell(memory)
            self._told_s = now_s
        rows = self._frames.rows(step, own)
        self.pit_menu.fill(rows)
        return rows

    def _tell(self, memory: MemoryFile) -> None:
        text = session_text(self.event, self._encoding)
        if text != self._text:
            memory.write_text(text)
            self._text = text
