"""`pitbox demo`: a synthetic race, recorded, folded, stored and drawn, all with the real parts."""

import secrets
import signal
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import msgspec
import typer

from pitbox.cli.board import Scene, draw, event_words
from pitbox.cli.desk import Desk, console, desk_of
from pitbox.cli.words import span_words
from pitbox.crew.health import Health, Level
from pitbox.model.ids import SessionId
from pitbox.model.session import SessionInfo
from pitbox.model.standing import Standings
from pitbox.wall.health import HealthRegistry
from pitbox.wall.wall import Wall

SCENARIO_NAMES = "duel, sprint, endurance, relay, storm, chaos, laps or night-24"
"""Written down, so that a command line does not load the world; a test compares them."""
_DRAW_S = 0.25
_PLAIN_S = 5.0
_PATIENCE_S = 3.0
"""Ctrl+C again within this is impatience; sealing takes less."""


def demo(
    context: typer.Context,
    *,
    scenario: Annotated[str, typer.Option(help=f"{SCENARIO_NAMES}.")] = "sprint",
    minutes: Annotated[float | None, typer.Option(min=1, max=1440, help="Length of the race.")] = None,
    speed: Annotated[float, typer.Option(min=0.1, max=1000, help="Times real time.")] = 20.0,
    seed: Annotated[int | None, typer.Option(help="Another race of the same kind.")] = None,
    plain: Annotated[bool, typer.Option("--plain", help="Lines instead of a picture.")] = False,
) -> None:
    """Run a live synthetic race: recorded, folded, stored in DuckDB and drawn here; Ctrl+C ends it early."""
    from pitbox.wall.crash import CrashReporter
    from pitbox.wall.instance import Instance
    from pitbox.wall.journal import Journal

    desk = desk_of(context)
    with (
        Instance.claim(desk.profile.lock_file, "demo", time.time()),
        Instance.claim_data(desk.folders.lock_file, "demo", time.time()),
        Journal(desk.folders.data) as journal,
        CrashReporter(desk.folders.data, journal.recent),
        _interrupt() as interrupted,
    ):
        _Demo(desk, scenario, minutes, speed, seed).run(interrupted, is_plain=plain)


@contextmanager
def _interrupt() -> Iterator[threading.Event]:
    """Set by Ctrl+C, so that the race is sealed and summed up instead of torn down."""
    event = threading.Event()
    asked_s = time.monotonic()

    def note(*_: Any) -> None:
        nonlocal asked_s
        now_s = time.monotonic()
        if event.is_set() and now_s - asked_s > _PATIENCE_S:
            raise KeyboardInterrupt  # still here, and asked again: now
        if not event.is_set():
            asked_s = now_s
        event.set()

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield event
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Demo:
    def __init__(
        self, desk: Desk, scenario: str, minutes: float | None, speed: float, seed: int | None
    ) -> None:
        from pitbox.sim.synthetic.scenario import SCENARIOS
        from pitbox.sim.synthetic.source import SyntheticSource
        from pitbox.wall.clerk import hire_clerk

        if scenario not in SCENARIOS:
            raise typer.BadParameter(f"There is no scenario {scenario!r}: {', '.join(SCENARIOS)}.")
        plan = SCENARIOS[scenario]
        changes: dict[str, Any] = {} if seed is None else {"seed": seed}
        if minutes is not None:
            changes["race_s"] = minutes * 60
        plan = msgspec.structs.replace(plan, **changes)
        self._speed = speed
        self._desk = desk
        self._health = HealthRegistry(time.time)
        self._session = SessionId(f"local-{secrets.token_hex(6)}")
        self._source = SyntheticSource(plan, speed, session=self._session)
        self._wall = Wall(desk.profile, desk.settings, self._source, is_paced_by_us=True, health=self._health)
        self._clerk = hire_clerk(desk.folders, desk.settings, self._health.tell)
        self._events: deque[str] = deque(maxlen=20)
        self._cursor = 0
        self._bad: dict[tuple[str, str], Health] = {}
        """What was bad at the last look, by room and subject."""
        self._standings: Standings | None = None
        self._info: SessionInfo | None = None

    def run(self, interrupted: threading.Event, *, is_plain: bool) -> None:
        began_s = time.monotonic()
        self._clerk.start()
        self._wall.start()
        try:
            if is_plain or not console().is_terminal:
                self._print_lines(interrupted)
            else:
                self._draw_live(interrupted)
        finally:
            self._wall.stop()
            if self._wall.errors():
                self._clerk.stop(timeout_s=30)
        for error in self._wall.errors():
            raise error
        self._look()
        print(f"The race is recorded ({time.monotonic() - began_s:.0f} s); the database catches up ...")
        try:
            progress = self._clerk.project_now().result()
        finally:
            self._clerk.stop(timeout_s=30)
        for words in progress.words:
            print(words)
        self._sum_up()

    def _draw_live(self, interrupted: threading.Event) -> None:
        from rich.live import Live

        screen = console()
        with Live(console=screen, auto_refresh=False, screen=True) as live:
            while not self._wall.has_ended and not interrupted.wait(_DRAW_S):
                live.update(draw(self._look(), screen.width, screen.height), refresh=True)

    def _print_lines(self, interrupted: threading.Event) -> None:
        print(f"A synthetic race at {self._speed:g} x real time; Ctrl+C ends it early.")
        next_s = 0.0
        while not self._wall.has_ended and not interrupted.wait(_DRAW_S):
            self._look()
            if time.monotonic() >= next_s and self._standings is not None:
                next_s = time.monotonic() + _PLAIN_S
                print(self._line(self._standings), flush=True)
            self._print_health()

    def _print_health(self) -> None:
        """What became bad since the last look, and what is well again."""
        ward = self._health.snapshot()
        bad = {
            (t.health.room, t.health.subject): t.health
            for t in ward.states
            if t.health.level >= Level.DEGRADED
        }
        for key, health in bad.items():
            if self._bad.get(key) != health:
                print(f"! {health.words}", flush=True)
        for told in ward.states:
            if (told.health.room, told.health.subject) in self._bad.keys() - bad.keys():
                print(f"Well again: {told.health.words or told.health.subject}", flush=True)
        self._bad = bad

    def _look(self) -> Scene:
        """What the hub holds now; new facts go to the feed."""
        hub = self._wall.hub
        self._standings = hub.standings.take()[1] or self._standings
        self._info = hub.info.take()[1] or self._info
        self._cursor, facts = hub.facts_since(self._cursor)
        self._events.extend(words for fact in facts if (words := event_words(fact, self._info)))
        return Scene(
            standings=self._standings,
            info=self._info,
            durable=hub.durable.take()[1],
            ward=self._health.snapshot(),
            events=tuple(self._events),
        )

    def _line(self, standings: Standings) -> str:
        leader = standings.cars[0] if standings.cars else None
        ours = next((c for c in standings.cars if self._info and c.car_idx == self._info.own.car_idx), None)
        words = standings.flag or "before the start"
        if standings.time_left_s is not None:
            words = f"{span_words(standings.time_left_s)} left, {words}"
        if leader is not None and ours is not None:
            words += f", leader on lap {leader.laps + 1}, we are P{ours.position} with {ours.stops} stops"
        return words

    def _sum_up(self) -> None:
        from pitbox.cli.summary import print_summary
        from pitbox.store.database import Database

        own_idx = self._source.scenario.own_car_idx
        entries = self._info.entries if self._info else ()
        number = next((entry.number for entry in entries if entry.car_idx == own_idx), "")
        with Database(self._desk.folders.database, is_read_only=True) as database:
            print_summary(console(), self._session, number, database, self._desk.shelf)
