"""The world as a spring of the river: polled like a sim, at its own pace or as fast as can be."""

import threading
from collections import deque
from collections.abc import Mapping, Sequence

from pitbox.crew.clock import SystemClock
from pitbox.model.clock import Clock
from pitbox.model.ids import SessionId
from pitbox.model.session import SessionInfo
from pitbox.model.source import Closed, InfoChanged, Opened, SourceEvent, Ticks
from pitbox.sim.synthetic.channels import field_layout, own_layout, slow_layout
from pitbox.sim.synthetic.event import Event
from pitbox.sim.synthetic.fleet import first_tick
from pitbox.sim.synthetic.part import Part
from pitbox.sim.synthetic.policy import PitPolicy
from pitbox.sim.synthetic.scenario import Scenario
from pitbox.sim.synthetic.truth import Truth
from pitbox.sim.synthetic.world import TICKS_PER_S

_MOST_TICKS = TICKS_PER_S
"""What one poll gives at most when it has to catch up."""


class SyntheticSource:
    """A `TickSource`. `speed` is a multiple of real time; None runs as fast as it is polled."""

    def __init__(
        self,
        scenario: Scenario,
        speed: float | None = None,
        *,
        session: SessionId | None = None,
        policies: Mapping[int, PitPolicy] | None = None,
        clock: Clock | None = None,
        head_start_s: float = 0.0,
    ) -> None:
        """`head_start_s`: so much of the race comes as fast as it is polled, and only then at that speed."""
        self.scenario = scenario
        self._event = Event(scenario, policies)
        self._session = session
        self._speed = speed
        self._clock = clock or SystemClock()
        self._head_start_s = head_start_s
        self._began_s: float | None = None
        self._given = 0
        self._waiting: deque[SourceEvent] = deque()
        self._closing = threading.Event()
        self._is_closed = False
        self._open()

    @property
    def truth(self) -> Truth:
        """What really happened so far in this part; at most a quarter of a second ahead of the rows."""
        return self._event.world.truth

    @property
    def truths(self) -> list[tuple[Part, Truth]]:
        """The truth of every part of the event so far."""
        return self._event.truths

    def poll(self, timeout_s: float) -> Sequence[SourceEvent]:
        if self._is_closed or self._closing.is_set():
            return ()
        if self._speed is None:
            if not self._waiting:
                self._advance()
            return self._take(None)
        due = self._wait(timeout_s, self._speed)
        return self._take(due) if due > 0 or self._given == 0 else ()

    def close(self) -> None:
        """May be called from any thread; a poll that waits returns at once."""
        self._closing.set()

    def _open(self) -> None:
        info = self._event.world.info()
        slots = self.scenario.slots
        session = self._session or SessionId(f"sub-{info.sub_session_id}")
        self._waiting.append(Opened(session, own_layout(), field_layout(slots), slow_layout(slots)))
        self._tell(self._event.world.now_s, info)

    def _tell(self, at_s: float, info: SessionInfo) -> None:
        self._waiting.append(InfoChanged(self._event.part.session_num, at_s, info))

    def _wait(self, timeout_s: float, speed: float) -> int:
        """Ticks that are due, after waiting for the next one if there is none."""
        now_s = self._clock.monotonic_s()
        if self._began_s is None:
            self._began_s = now_s - self._head_start_s / speed
        due = int((now_s - self._began_s) * speed * TICKS_PER_S) - self._given
        if due <= 0:
            next_s = self._began_s + (self._given + 1) / (speed * TICKS_PER_S)
            self._closing.wait(min(timeout_s, max(0.0, next_s - now_s)))
            due = int((self._clock.monotonic_s() - self._began_s) * speed * TICKS_PER_S) - self._given
        return min(due, _MOST_TICKS)

    def _take(self, limit: int | None) -> list[SourceEvent]:
        """What waits, up to so many ticks."""
        found: list[SourceEvent] = []
        left = limit
        while True:
            if not self._waiting and left and not self._is_closed:
                self._advance()
            if not self._waiting:
                return found
            event = self._waiting[0]
            if isinstance(event, Ticks) and left is not None:
                if left == 0:
                    return found
                if len(event) > left:
                    self._waiting[0] = _cut(event, left, len(event))
                    event = _cut(event, 0, left)
                    found.append(event)
                    self._given += left
                    return found
                left -= len(event)
            self._waiting.popleft()
            found.append(event)
            self._given += len(event) if isinstance(event, Ticks) else 0
            self._is_closed = self._is_closed or isinstance(event, Closed)

    def _advance(self) -> None:
        """One more step of the world into the queue; driver swaps cut its ticks."""
        event = self._event
        if event.is_over:
            self._waiting.append(Closed(event.world.now_s, "The session is over."))
            return
        if event.turn_over():
            self._tell(event.world.now_s, event.world.info())
        step, own = event.step()
        ticks = Ticks(own, step.field, step.slow)
        at = 0
        for changed_s, info in step.infos:
            tick = first_tick(step.times_s, changed_s)
            if tick > at:
                self._waiting.append(_cut(ticks, at, tick))
                at = tick
            self._tell(changed_s, info)
        if at < len(ticks):
            self._waiting.append(_cut(ticks, at, len(ticks)))


def _cut(ticks: Ticks, low: int, high: int) -> Ticks:
    return Ticks(ticks.own[low:high], ticks.field[low:high], ticks.slow[low:high])
