"""`pitbox demo`: a synthetic race, recorded, folded, stored and shown, all with the real parts."""

import os
import signal
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from pitbox.cli.board import Scene, draw, event_words
from pitbox.cli.desk import Desk, console, desk_of
from pitbox.cli.words import span_words
from pitbox.crew.health import Health, Level
from pitbox.model.session import SessionInfo
from pitbox.model.standing import Standings

if TYPE_CHECKING:
    from pitbox.ui.engineer.desk import EngineerDesk
    from pitbox.wall.demo import DemoRace
    from pitbox.wall.demo_team import DemoTeam

SCENARIO_NAMES = "duel, sprint, endurance, relay, storm, chaos, laps, mistakes or night-24"
"""Written down, so that a command line does not load the world; a test compares them."""
_DRAW_S = 0.25
_SPEED, _WINDOW_SPEED = 20.0, 5.0
_PICTURE_S = 60.0
"""The race runs for so long before its pictures are drawn."""
_PLAIN_S = 5.0
_PATIENCE_S = 3.0
"""Ctrl+C again within this is impatience; sealing takes less."""


class View(Enum):
    """By what the race is looked at."""

    PLAIN = "plain"
    BOARD = "board"
    WINDOW = "window"
    PICTURES = "pictures"
    """The window where nobody can see it: for a minute, into files."""


class DemoWishes(msgspec.Struct, frozen=True):
    """What the command line asked for; what it left open hangs on the view."""

    view: View
    scenario: str | None = None
    minutes: float | None = None
    speed: float | None = None
    seed: int | None = None
    shots: Path | None = None


def demo(
    context: typer.Context,
    *,
    scenario: Annotated[str | None, typer.Option(help=f"{SCENARIO_NAMES}.")] = None,
    minutes: Annotated[float | None, typer.Option(min=1, max=1440, help="Length of the race.")] = None,
    speed: Annotated[float | None, typer.Option(min=0.1, max=1000, help="Times real time.")] = None,
    seed: Annotated[int | None, typer.Option(help="Another race of the same kind.")] = None,
    plain: Annotated[bool, typer.Option("--plain", help="Lines instead of the window.")] = False,
    board: Annotated[bool, typer.Option("--board", help="The terminal instead of the window.")] = False,
    shots: Annotated[Path | None, typer.Option(help="Draw the window's pictures into this folder.")] = None,
) -> None:
    """Run a live synthetic race in the engineer's window, recorded and stored; Ctrl+C ends it early."""
    from pitbox.wall.crash import CrashReporter
    from pitbox.wall.instance import Instance
    from pitbox.wall.journal import Journal

    desk, view = desk_of(context), _view(is_plain=plain, is_board=board, shots=shots)
    wishes = DemoWishes(view, scenario, minutes, speed, seed, shots)
    with (
        Instance.claim(desk.profile.lock_file, "demo", time.time()),
        Instance.claim_data(desk.folders.lock_file, "demo", time.time()),
        Journal(desk.folders.data) as journal,
        CrashReporter(desk.folders.data, journal.recent),
        _interrupt() as interrupted,
    ):
        _Demo(desk, wishes).run(interrupted)


def _view(*, is_plain: bool, is_board: bool, shots: Path | None) -> View:
    from pitbox.ui.errors import NoScreenError
    from pitbox.ui.screen import check_screen

    if is_plain or is_board:
        return View.BOARD if is_board and console().is_terminal else View.PLAIN
    if shots is not None or os.environ.get("QT_QPA_PLATFORM") == "offscreen":
        return View.PICTURES
    try:
        check_screen()
    except NoScreenError:
        return View.PICTURES
    return View.WINDOW


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


def _wall(desk: Desk, wishes: DemoWishes, scenario: str, speed: float) -> "DemoRace":
    """All in this process: for a terminal."""
    from pitbox.wall.demo import DemoRace

    return DemoRace(
        desk.profile, desk.settings, scenario, minutes=wishes.minutes, speed=speed, seed=wishes.seed
    )


def _team(desk: Desk, wishes: DemoWishes, scenario: str, speed: float) -> "DemoTeam":
    """With a driver's process behind it: for a window."""
    from pitbox.wall.demo_team import DemoPlan, DemoTeam

    plan = DemoPlan(scenario, wishes.minutes, speed, wishes.seed)
    return DemoTeam(desk.profile, desk.settings, plan)


class _Demo:
    def __init__(self, desk: Desk, wishes: DemoWishes) -> None:
        from pitbox.sim.synthetic.scenario import SCENARIOS
        from pitbox.wall.clerk import hire_clerk

        is_seen = wishes.view in (View.WINDOW, View.PICTURES)
        scenario = wishes.scenario or ("endurance" if is_seen else "sprint")
        if scenario not in SCENARIOS:
            raise typer.BadParameter(f"There is no scenario {scenario!r}: {', '.join(SCENARIOS)}.")
        speed = wishes.speed or (_WINDOW_SPEED if wishes.view is View.WINDOW else _SPEED)
        self._desk, self._wishes, self._speed = desk, wishes, speed
        self._race = _team(desk, wishes, scenario, speed) if is_seen else _wall(desk, wishes, scenario, speed)
        self._health = self._race.health
        self._clerk = hire_clerk(desk.folders, desk.settings, self._health.tell)
        self._events: deque[str] = deque(maxlen=20)
        self._cursor = 0
        self._bad: dict[tuple[str, str], Health] = {}
        """What was bad at the last look, by room and subject."""
        self._standings: Standings | None = None
        self._info: SessionInfo | None = None

    def run(self, interrupted: threading.Event) -> None:
        began_s = time.monotonic()
        show = {
            View.PLAIN: self._print_lines,
            View.BOARD: self._draw_live,
            View.WINDOW: self._open_window,
            View.PICTURES: self._take_pictures,
        }[self._wishes.view]
        self._clerk.start()
        try:
            self._race.start()
            show(interrupted)
        finally:
            self._race.stop()
            if self._race.errors():
                self._clerk.stop(timeout_s=30)
        for error in self._race.errors():
            raise error
        self._look()
        if self._wishes.view is View.PLAIN:
            self._print_end()
        print(f"The race is recorded ({time.monotonic() - began_s:.0f} s); the database catches up ...")
        try:
            progress = self._clerk.project_now().result()
        finally:
            self._clerk.stop(timeout_s=30)
        for words in progress.words:
            print(words)
        self._sum_up()

    def _open_window(self, interrupted: threading.Event) -> None:
        """A driver's process records and sends the race; this one follows it as an engineer's does."""
        print(f"A synthetic race at {self._speed:g} x real time in PitBox's window; close it to end.")
        self._window().run(interrupted)

    def _take_pictures(self, interrupted: threading.Event) -> None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        if self._wishes.shots is not None:
            os.environ["QT_QPA_PLATFORM"] = "offscreen"
        from pitbox.ui.engineer.picture import take_pictures

        folder = self._wishes.shots or self._desk.folders.data / "pictures"
        print(f"A synthetic race at {self._speed:g} x real time, drawn where nobody looks.", flush=True)
        end_s = time.monotonic() + _PICTURE_S
        desk = self._window()
        desk.run(
            interrupted,
            until=lambda: self._race.has_ended or time.monotonic() > end_s,
            at_end=lambda: [print(f"  {file}") for file in take_pictures(desk, folder)],
        )

    def _window(self) -> "EngineerDesk":
        """It reads through the clerk, who has the database."""
        from pitbox.ui.engineer.desk import EngineerDesk

        return EngineerDesk(self._race, self._desk.profile, self._desk.settings, archive=self._clerk)

    def _draw_live(self, interrupted: threading.Event) -> None:
        from rich.live import Live

        screen = console()
        with Live(console=screen, auto_refresh=False, screen=True) as live:
            while not self._race.has_ended and not interrupted.wait(_DRAW_S):
                live.update(draw(self._look(), screen.width, screen.height), refresh=True)

    def _print_lines(self, interrupted: threading.Event) -> None:
        print(f"A synthetic race at {self._speed:g} x real time; Ctrl+C ends it early.")
        next_s = 0.0
        while not self._race.has_ended and not interrupted.wait(_DRAW_S):
            self._look()
            if time.monotonic() >= next_s and self._standings is not None:
                next_s = time.monotonic() + _PLAIN_S
                print(self._line(self._standings), flush=True)
            self._print_health()

    def _print_end(self) -> None:
        """What came after the last look: all of it where the disk kept a short race waiting."""
        if self._standings is not None:
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
        hub = self._race.hub
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

        if self._race.session is None:
            print("Nothing was recorded.")
            return
        entry = None if self._info is None else self._info.entry(self._info.own.car_idx)
        number = "" if entry is None else entry.number
        with Database(self._desk.folders.database, is_read_only=True) as database:
            print_summary(console(), self._race.session, number, database, self._desk.shelf)
