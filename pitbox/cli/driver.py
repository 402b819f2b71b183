"""`pitbox driver`: the collector beside the sim, with its small window or without one."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from pitbox.cli.desk import EXIT_ERROR, Desk, desk_of
from pitbox.cli.spring import Spring, demo_spring, memory_spring, sim_spring
from pitbox.wall.errors import SettingError
from pitbox.wall.health import HealthRegistry
from pitbox.wall.settings_file import change

if TYPE_CHECKING:
    from pitbox.wall.driver import Collector
    from pitbox.wall.trace import Trace

_LOOK_S = 0.2
DEFAULT_PORT = 47300


class DriverWishes(msgspec.Struct, frozen=True):
    """What the command line asked for."""

    is_headless: bool = False
    memory: Path | None = None
    demo: str | None = None
    speed: float = 1.0
    minutes: float | None = None
    seed: int | None = None
    trace: Path | None = None
    port: int | None = None
    """Where paired machines connect; None shares nothing."""
    is_behind_demo: bool = False
    """Whoever started this ends it by closing standard input; the network does not hear of it."""

    @property
    def is_plain(self) -> bool:
        """Driver mode as a user opens it every day: the one to remember."""
        return not self.is_headless and self.memory is None and self.demo is None


def driver(
    context: typer.Context,
    *,
    headless: Annotated[bool, typer.Option("--headless", help="JSON lines instead of a window.")] = False,
    memory: Annotated[
        Path | None, typer.Option(help="A file that holds the sim's memory, instead of the running sim.")
    ] = None,
    demo: Annotated[str | None, typer.Option(help="A synthetic race instead: duel, sprint, ...")] = None,
    speed: Annotated[float, typer.Option(min=0.1, max=1000, help="Times real time; for --demo.")] = 1.0,
    minutes: Annotated[
        float | None, typer.Option(min=0.5, max=1440, help="Length of the race; for --demo.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Another race of the same kind; for --demo.")] = None,
    trace: Annotated[Path | None, typer.Option(help="Note here when each tick came, as JSON.")] = None,
    share: Annotated[bool, typer.Option("--share/--no-share", help="With paired machines.")] = True,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where paired machines connect; 0: any.")
    ] = DEFAULT_PORT,
    behind_demo: Annotated[
        bool, typer.Option("--behind-demo", hidden=True, help="End with standard input; do not announce it.")
    ] = False,
) -> None:
    """Record beside the sim: a small window and the tray, or --headless."""
    shown_port = port if share else None
    wishes = DriverWishes(headless, memory, demo, speed, minutes, seed, trace, shown_port, behind_demo)
    run_driver(desk_of(context), wishes)


def run_driver(desk: Desk, wishes: DriverWishes) -> None:
    """Until the user ends it, or a source that has an end is over."""
    from pitbox.wall.crash import CrashReporter
    from pitbox.wall.instance import Instance
    from pitbox.wall.journal import Journal

    if not wishes.is_headless:
        _check_window()
    with ExitStack() as stack:
        asked = stack.enter_context(asked_to_end())
        if wishes.is_behind_demo:
            _end_with_input(asked)
        stack.enter_context(Instance.claim(desk.profile.lock_file, "driver", time.time()))
        stack.enter_context(Instance.claim_data(desk.folders.lock_file, "driver", time.time()))
        health = HealthRegistry(time.time)
        journal = stack.enter_context(Journal(desk.folders.data, health.tell))
        stack.enter_context(CrashReporter(desk.folders.data, journal.recent))
        spring = _spring(wishes, health)
        if wishes.is_plain:
            _remember(desk)
        run = _run_headless if wishes.is_headless else _run_window
        errors = run(stack.enter_context(_recording(desk, spring, health, wishes)), desk, asked)
    for error in errors:
        raise error


def _check_window() -> None:
    """Before anything is started; Qt itself would end the process where it finds no screen."""
    from pitbox.ui.screen import check_screen

    check_screen()
    try:
        from pitbox.ui import application  # noqa: F401 - whether it can be loaded at all
    except ImportError as error:
        words = f"The window cannot open: {error}. `pitbox driver --headless` records without it."
        print(words, file=sys.stderr)
        raise typer.Exit(EXIT_ERROR) from error


def _spring(wishes: DriverWishes, health: HealthRegistry) -> Spring:
    if wishes.demo is not None:
        return demo_spring(wishes.demo, wishes.speed, wishes.minutes, wishes.seed)
    if wishes.memory is not None:
        return memory_spring(wishes.memory, health.tell)
    return sim_spring(health.tell)


def _remember(desk: Desk) -> None:
    if desk.settings.general.mode == "driver":
        return
    try:
        change(desk.profile.settings_file, {"general.mode": "driver"})
    except SettingError as error:  # no reason not to record
        print(f"The mode is not remembered: {error}", file=sys.stderr)


def _collector(desk: Desk, spring: Spring, health: HealthRegistry, trace: "Trace | None") -> "Collector":
    from pitbox.wall.driver import Collector
    from pitbox.wall.roles import roles_of

    collector = Collector(
        desk.profile,
        desk.settings,
        spring.source,
        health,
        is_paced_by_us=spring.is_paced_by_us,
        is_lasting=spring.is_lasting,
        waits_for=spring.waits_for,
        role_of=roles_of(desk.profile.identity_folder),
    )
    if trace is not None:
        trace.install(collector.hub)
    return collector


@contextmanager
def _recording(
    desk: Desk, spring: Spring, health: HealthRegistry, wishes: DriverWishes
) -> "Iterator[Collector]":
    """From the first tick to the seal, whatever happens in between."""
    from pitbox.wall.trace import Trace

    trace_file = wishes.trace
    trace = None if trace_file is None else Trace()
    collector = _collector(desk, spring, health, trace)
    if wishes.port is not None:
        _share(collector, desk, wishes.port, is_announced=not wishes.is_behind_demo)
    collector.start()
    try:
        yield collector
    finally:
        collector.stop()
        if trace is not None and trace_file is not None:
            trace.write(trace_file)


def _share(collector: "Collector", desk: Desk, port: int, *, is_announced: bool) -> None:
    from pitbox.model.role import Role
    from pitbox.wall.share import Sharing, radio_plan

    plan = radio_plan(desk.profile, desk.settings, Role.DRIVER, port=port, is_announced=is_announced)
    collector.sharing = Sharing(plan, collector.hub, collector.office.book, collector.health.tell)
    collector.sharing.radio.stored.heard = lambda _: collector.office.look_now()  # a message may be in it


def _end_with_input(asked: threading.Event) -> None:
    """Also when whoever holds the other end was killed."""

    def wait() -> None:
        with suppress(OSError, ValueError):
            while os.read(0, 4096):
                pass
        asked.set()

    threading.Thread(target=wait, name="pitbox-input", daemon=True).start()


def _run_headless(collector: "Collector", _: Desk, asked: threading.Event) -> list[Exception]:
    from pitbox.cli.lines import Lines
    from pitbox.cli.team_words import TeamWords
    from pitbox.cli.telling import Telling

    telling = Telling(collector)
    team = None if collector.sharing is None else TeamWords(collector.sharing.radio, Lines())
    while not collector.has_ended and not asked.wait(_LOOK_S):
        telling.look()
        if team is not None:
            team.look()
    if collector.has_ended:
        collector.settle(asked)
    collector.stop()
    if team is not None:
        team.end()
    telling.end()
    return collector.errors()


def _run_window(collector: "Collector", desk: Desk, asked: threading.Event) -> list[Exception]:
    from pitbox.ui.driver.desk import DriverDesk

    DriverDesk(collector, desk.profile, desk.settings).run(asked)
    collector.stop()
    return collector.errors()


@contextmanager
def asked_to_end() -> Iterator[threading.Event]:
    """Set by Ctrl+C or the system, so that the log is sealed."""
    event = threading.Event()

    def note(*_: Any) -> None:
        event.set()

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield event
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
