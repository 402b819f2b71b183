"""`pitbox engineer`: follows the drivers' machines, keeps what they record and folds it as one race."""

import sys
import threading
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from pitbox.cli.desk import EXIT_ERROR, Desk, desk_of, pick_sessions
from pitbox.cli.driver import DEFAULT_PORT, asked_to_end
from pitbox.cli.lines import Lines
from pitbox.cli.team_words import TeamWords
from pitbox.cli.telling import named
from pitbox.wall.errors import SettingError
from pitbox.wall.health import HealthRegistry
from pitbox.wall.settings_file import change

if TYPE_CHECKING:
    from pitbox.model.ids import SessionId
    from pitbox.store.clerk import Clerk
    from pitbox.sync.live import Row
    from pitbox.wall.engineer import Engineer
    from pitbox.wall.feed import Feed
    from pitbox.wall.ledger import News

_LOOK_S = 0.25
_DEMO_SPEED = 5.0


def engineer(
    context: typer.Context,
    *,
    headless: Annotated[bool, typer.Option("--headless", help="JSON lines instead of a window.")] = False,
    session: Annotated[
        str | None, typer.Option(help="A recording to open; `pitbox sessions` lists them.")
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where paired machines connect; 0: any.")
    ] = DEFAULT_PORT,
    store: Annotated[bool, typer.Option("--store/--no-store", help="Keep the database up to date.")] = True,
    trace: Annotated[Path | None, typer.Option(help="Note here when live values came, as JSON.")] = None,
) -> None:
    """Follow the paired machines in a window, or --headless: their recordings as one race, live values."""
    desk = desk_of(context)
    if session is not None:
        open_recording(desk, session)
    else:
        run_engineer(desk, port, trace, is_storing=store, is_headless=headless)


def run_engineer(
    desk: Desk,
    port: int = DEFAULT_PORT,
    trace: Path | None = None,
    *,
    is_storing: bool = True,
    is_headless: bool = False,
) -> None:
    """Until the user ends it."""
    from pitbox.model.role import Role
    from pitbox.wall.engineer import Engineer
    from pitbox.wall.share import radio_plan

    if not is_headless:
        _check_window()
        _remember(desk)
    with ExitStack() as stack:
        asked = stack.enter_context(asked_to_end())
        health = stack.enter_context(_kept(desk))
        clerk = stack.enter_context(_clerk(desk, health)) if is_storing else None
        plan = radio_plan(desk.profile, desk.settings, Role.ENGINEER, port=port, is_watching=True)
        news = _News() if is_headless else None  # a window reads the hub
        hear = None if news is None else news.hear_facts
        engineer = Engineer(plan, desk.folders, health, hear, desk.settings)
        if is_headless:  # a window has its own
            stack.enter_context(_trained(desk, engineer, health))
            stack.enter_context(_planned(engineer))
        _follow(desk, engineer, news, trace, asked, clerk=clerk)
    for error in engineer.errors():
        raise error


def _follow(
    desk: Desk,
    engineer: "Engineer",
    news: "_News | None",
    trace: Path | None,
    asked: threading.Event,
    *,
    clerk: "Clerk | None",
) -> None:
    engineer.start()
    try:
        if news is None:
            _show(desk, engineer, asked, until=lambda: bool(engineer.errors()), clerk=clerk)
        else:
            _tell(engineer, news, trace, asked)
    finally:
        engineer.stop()


@contextmanager
def _kept(desk: Desk) -> Iterator[HealthRegistry]:
    """The profile is ours, and what goes wrong is written down."""
    from pitbox.wall.crash import CrashReporter
    from pitbox.wall.instance import Instance
    from pitbox.wall.journal import Journal

    health = HealthRegistry(time.time)
    with (
        Instance.claim(desk.profile.lock_file, "engineer", time.time()),
        Instance.claim_data(desk.folders.lock_file, "engineer", time.time()),
        Journal(desk.folders.data, health.tell) as journal,
        CrashReporter(desk.folders.data, journal.recent),
    ):
        yield health


def _tell(engineer: "Engineer", news: "_News", trace: Path | None, asked: threading.Event) -> None:
    words = _Words(engineer, news, is_tracing=trace is not None)
    try:
        while not engineer.errors() and not asked.wait(_LOOK_S):
            words.look()
    finally:
        engineer.stop()
        words.end()
        if trace is not None:
            pairs = [words.rows[at : at + 2].tolist() for at in range(0, len(words.rows), 2)]
            trace.write_bytes(msgspec.json.encode({"live": pairs}))


def open_recording(desk: Desk, session: str) -> None:
    """In the window, folded anew from its logs; the recording is only read, corrections lie beside it."""
    from pitbox.identity.device import Identity
    from pitbox.wall.recorded import RecordedRace
    from pitbox.wall.roles import roles_of

    _check_window()
    (named_session,) = pick_sessions(desk, session)
    folder = desk.profile.identity_folder
    race = RecordedRace(
        desk.shelf,
        named_session,
        HealthRegistry(time.time),
        signer=Identity.load_or_create(folder),
        settings=desk.settings,
        role_of=roles_of(folder),
        annals=desk.folders.checkpoints,
    )
    with asked_to_end() as asked:
        print(f"{named_session} opens in PitBox's window; close it to end.", flush=True)
        race.start()
        try:
            _show(desk, race, asked, until=lambda: False)
        finally:
            race.stop()
    for error in race.errors():
        raise error


def _check_window() -> None:
    """Before anything is started; Qt itself would end the process where it finds no screen."""
    from pitbox.ui.screen import check_screen

    check_screen(without="`pitbox engineer --headless` follows without one.")
    try:
        from pitbox.ui import application  # noqa: F401 - whether it can be loaded at all
    except ImportError as error:
        words = f"The window cannot open: {error}. `pitbox engineer --headless` follows without it."
        print(words, file=sys.stderr)
        raise typer.Exit(EXIT_ERROR) from error


def _show(
    desk: Desk,
    feed: "Feed",
    asked: threading.Event,
    until: Callable[[], bool],
    clerk: "Clerk | None" = None,
) -> None:
    from pitbox.ui.engineer.desk import EngineerDesk
    from pitbox.wall.demo_team import DemoPlan, DemoTeam, demo_place

    place = demo_place(desk.settings)

    def make_demo() -> DemoTeam:
        """No example is ever sent to the team."""
        return DemoTeam(*place, DemoPlan(speed=_DEMO_SPEED))

    window = EngineerDesk(
        feed, desk.profile, desk.settings, make_demo=make_demo, archive=clerk, demo_place=place
    )
    window.run(asked, until=until)


def _remember(desk: Desk) -> None:
    """Plain `pitbox` opens the window from now on."""
    if desk.settings.general.mode == "engineer":
        return
    try:
        change(desk.profile.settings_file, {"general.mode": "engineer"})
    except SettingError as error:  # no reason not to follow
        print(f"The mode is not remembered: {error}", file=sys.stderr)


@contextmanager
def _trained(desk: Desk, engineer: "Engineer", health: HealthRegistry) -> Iterator[None]:
    from pitbox.wall.trainer import hire_trainer

    def is_busy() -> bool:
        return engineer.link.is_recorded

    trainer = hire_trainer(desk.profile.name, desk.settings.models, health.tell, is_busy)
    trainer.start()
    try:
        yield
    finally:
        trainer.stop()


@contextmanager
def _planned(engineer: "Engineer") -> Iterator[None]:
    """The plan is laid over the race for those who wait elsewhere; a window does it itself."""
    from pitbox.crew.clock import SystemClock
    from pitbox.wall.plan_watch import PlanWatch

    watch = PlanWatch(engineer, SystemClock())
    if engineer.crier is not None:
        engineer.crier.reminders.running, engineer.crier.reminders.view = watch.now, watch.view
    watch.start()
    try:
        yield
    finally:
        watch.stop()


@contextmanager
def _clerk(desk: Desk, health: HealthRegistry) -> "Iterator[Clerk]":
    from pitbox.wall.clerk import hire_clerk

    clerk = hire_clerk(desk.folders, desk.settings, health.tell)
    clerk.start()
    try:
        yield clerk
    finally:
        clerk.stop(timeout_s=30.0)


class _News:
    """Facts on their way from the timekeeper's thread to whoever prints them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._facts: list[tuple[SessionId, News]] = []

    def hear_facts(self, session: "SessionId", facts: "News") -> None:
        with self._lock:
            self._facts.append((session, facts))

    def take(self) -> "list[tuple[SessionId, News]]":
        with self._lock:
            facts, self._facts = self._facts, []
        return facts


class _Words:
    """What is new, as one JSON object a line."""

    def __init__(self, engineer: "Engineer", news: _News, *, is_tracing: bool) -> None:
        self._engineer = engineer
        self._news = news
        self._lines = Lines()
        self._team = TeamWords(engineer.radio, self._lines)
        self._health_version = 0
        self._counts: dict[tuple[str, str], int] = {}
        self._message: tuple[str, bool] | None = None
        self.rows = array("d")
        """Sim time and monotonic clock of own rows, in turn: sixteen bytes each, however long it lasts."""
        if is_tracing:
            engineer.live.changed.heard = self._note_row

    def look(self) -> None:
        self._tell_facts()
        self._tell_health()
        self._tell_message()
        if self._team.look() is not None:
            self._tell_live()
            self._tell_race()

    def end(self) -> None:
        self._tell_facts()
        self._tell_health()
        self._team.end()
        self._lines.say("end")

    def _note_row(self, row: "Row") -> None:
        if row.stream == "own":
            self.rows.extend((row.sim_time_s, time.monotonic()))

    def _tell_facts(self) -> None:
        for session, news in self._news.take():
            for told, fact in enumerate(news.facts, news.number):
                what = str(type(fact).__struct_config__.tag)
                self._lines.say(what, session=session, told=told, **named(fact))
            for told, fact in enumerate(news.retracted, news.number + len(news.facts)):
                what = str(type(fact).__struct_config__.tag)
                self._lines.say("retracted", session=session, told=told, what=what, **named(fact))

    def _tell_message(self) -> None:
        office = self._engineer.office
        message = None if office is None else office.messenger.shown()
        if message is not None and (message.key, message.is_new) != self._message:
            self._message = (message.key, message.is_new)
            self._lines.say("message", **named(message))

    def _tell_race(self) -> None:
        following = self._engineer.following
        standings = self._engineer.hub.standings.take()[1]
        if standings is not None:
            self._lines.say(
                "race",
                session=following.provisional or following.session,
                sim_time_s=standings.sim_time_s,
                cars=len(standings.cars),
                is_provisional=following.provisional is not None,
                recorded=self._recorded(),
            )

    def _recorded(self) -> dict[str, object] | None:
        """On how many machines the race is safe, and up to where."""
        link, place = self._engineer.link, self._engineer.following.safe_place()
        if not link.machines:
            return None
        return {"machines": link.machines, **({} if place is None else named(place))}

    def _tell_live(self) -> None:
        for rate in self._engineer.live.rates(time.monotonic()):
            key = rate.device, rate.stream
            fresh = rate.count - self._counts.get(key, 0)
            self._counts[key] = rate.count
            words = {"device": rate.device, "stream": rate.stream, "is_stale": rate.is_stale}
            self._lines.say("live", **words, count=fresh, age_ms=round(rate.age_s * 1000, 1))

    def _tell_health(self) -> None:
        ward = self._engineer.health.snapshot()
        fresh, self._health_version = ward.version - self._health_version, ward.version
        for told in ward.history[-fresh:] if fresh else ():
            self._lines.say("health", **{**named(told.health), "level": told.health.level.name.lower()})
