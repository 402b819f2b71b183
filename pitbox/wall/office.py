"""The thread between people: edits are stored and read, messages spoken, the pit menu set on request.

Beside the recording, never in its way: it waits for no network and nothing waits for it.
"""

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from pitbox.crew.clock import SystemClock
from pitbox.crew.health import Health, HealthSink, Level
from pitbox.crew.mailbox import Mailbox
from pitbox.log.edits import races
from pitbox.log.segment import segment_paths
from pitbox.log.shelf import Shelf
from pitbox.model.clock import Clock
from pitbox.model.edit import NOWHERE
from pitbox.model.errors import EditError
from pitbox.model.ids import Axis, SessionId
from pitbox.model.message import Receipt
from pitbox.model.session import SessionInfo
from pitbox.model.sign import Signer
from pitbox.model.source import Ticks
from pitbox.model.standing import Standings
from pitbox.sim.iracing.command import CommandSink, Gate, SimCommands
from pitbox.wall.audience import Mates
from pitbox.wall.author import author_name
from pitbox.wall.button import Binding, bind
from pitbox.wall.edit_book import EditBook, RoleOf, nobody_else
from pitbox.wall.herald import Herald, quiet_zones
from pitbox.wall.hub import Hub
from pitbox.wall.letter_box import LetterBox
from pitbox.wall.messenger import Forward, Messenger, ShownMessage, quick_texts
from pitbox.wall.outbox import Outbox, Wish
from pitbox.wall.pit_menu import Cockpit, PitDesk, answer_words, menu_of, request_menu
from pitbox.wall.planner import Planner
from pitbox.wall.roles import in_plans
from pitbox.wall.settings import Settings
from pitbox.wall.voice import Voice, find_voice, missing_words

_STEP_S = 0.05
"""Twenty times a second: what a thumb on a button needs, and a menu that is read back."""
_CALM_STEP_S = 0.2
"""Where there is no button to ask and no menu is being set; what wakes less costs the sim less."""
_READ_S = 0.5
"""Between two looks at the shelf, unless somebody knows of something new."""
_FRESH_S = 2.0
"""Rows older than this are not of now."""


class Office:
    """`main` is its thread; `messenger` and `book.write` may be used from any."""

    def __init__(
        self,
        shelf: Shelf,
        signer: Signer,
        settings: Settings,
        hub: Hub,
        on_health: HealthSink,
        *,
        outbox: Path,
        session: Callable[[], SessionId | None],
        role_of: RoleOf = nobody_else,
        sink: CommandSink | None = None,
        voice: Voice | None = None,
        clock: Clock | None = None,
        mates: Mates | None = None,
        planner: Planner | None = None,
    ) -> None:
        """`session`: people work on it. `sink`, `planner`: instead of the usual. `mates`: who is here."""
        self._clock = clock or SystemClock()
        self._session = session
        self._hub = hub
        self._on_health = on_health
        name = author_name(settings)
        make = partial(EditBook, shelf, signer, self._clock, role_of=role_of, name=name, on_health=on_health)
        self.book, self._letters = make(), LetterBox(make, on_health)
        self.messenger = messenger_of(self.book, settings, self._clock, mates, self._letters.put)
        self.planner = planner or Planner(make(role_of=in_plans(role_of)), mates)
        self.shown: Mailbox[ShownMessage] = Mailbox()
        """The message for the window, each time it is another one."""
        self._outbox = Outbox(outbox)
        self._herald = _herald(settings, on_health, voice) if settings.messages.is_spoken else None
        self._binding = _binding(settings, on_health)
        self._driving = _Driving(hub, self._clock)
        gate = _gate(sink, settings, self._driving)
        self._pit_desk = PitDesk(self.book, gate, self._clock, lambda: settings.sim.accept_pit_requests)
        self._news = threading.Event()
        self._next_read_s = 0.0

    def main(self, stop: threading.Event) -> None:
        try:
            while not stop.wait(self._pause_s()):
                self.step()
        finally:
            self.close()

    def look_now(self) -> None:
        """Something new lies on the shelf; from any thread."""
        self._news.set()

    def step(self) -> None:
        now_s = self._clock.monotonic_s()
        session = self._session()
        if session is not None:
            self.book.enter(session)
        cockpit = self._driving.look()
        if cockpit.at != NOWHERE:
            self.book.at = cockpit.at
        # What is planned weeks before, or while an old race is open, belongs to no moment of a race.
        self.planner.book.at = cockpit.at if cockpit.is_live else NOWHERE
        self.book.store()
        self._letters.post(self.book.heard)
        self.planner.step(self.book.heard, is_reading=False)
        if self._news.is_set() or now_s >= self._next_read_s:
            self._news.clear()
            self._next_read_s = now_s + _READ_S
            self.book.read()
            self.planner.step(self.book.heard, is_reading=self.planner.is_read_due)
            self._outbox.serve(self._grant)
        self._pit_desk.step(cockpit)
        if self._binding.is_pressed():
            self.messenger.acknowledge()
        self._show(cockpit, now_s)

    def close(self) -> None:
        self._outbox.serve(self._grant)
        self._letters.post(self.book.heard)
        self.planner.close()
        self.book.close()
        self._binding.close()
        if self._herald is not None:
            self._herald.close()

    def _pause_s(self) -> float:
        is_awaited = self._binding.is_bound or self._pit_desk.is_reading_back
        return _STEP_S if is_awaited else _CALM_STEP_S

    def _show(self, cockpit: Cockpit, now_s: float) -> None:
        self.messenger.note_delivered()
        shown = self.messenger.shown()
        if shown is not None and shown != self.shown.take()[1]:
            self.shown.put(shown)
        if self._herald is None:
            return
        waiting = {message.key: message.text for message in self.messenger.unread()}
        for key, text in waiting.items():
            self._herald.put(key, text, now_s)
        self._herald.keep(set(waiting))
        self._herald.step(now_s, cockpit.lap_pct if cockpit.is_driving else None)
        if self._herald.spoken:
            self.messenger.note(Receipt.SPOKEN, *self._herald.spoken)
            self._herald.spoken.clear()

    def _grant(self, wish: Wish) -> str:
        if wish.what == "ack":
            return "Acknowledged." if self.messenger.acknowledge() else "There is no new message."
        if wish.what == "say":
            return self.messenger.say(wish.text, wish.to)
        if wish.what == "fate":
            return self.messenger.fate(wish.text, wish.to)
        if wish.what == "ask":
            return request_menu(self.book, wish.menu)
        if wish.what == "answer":
            return answer_words(self.book, wish.text)
        if wish.what in ("plan", "undo"):
            return self._plan(wish)
        raise EditError(f"Nothing here knows how to {wish.what[:20]!r}.")

    def _plan(self, wish: Wish) -> str:
        """On the disk before it is answered: the command that asked looks there next."""
        words = self.planner.undo(wish.text) if wish.what == "undo" else ""
        if wish.what == "plan":
            self.planner.write(wish.drafts)
        self.planner.step(self.book.heard, is_reading=False)
        return words


class _Driving:
    """What the hub tells of our own car now. Belongs to one thread."""

    def __init__(self, hub: Hub, clock: Clock) -> None:
        self._hub = hub
        self._clock = clock
        self._versions = {"live": 0, "standings": 0, "info": 0}
        self._ticks: Ticks | None = None
        self._standings: Standings | None = None
        self._info: SessionInfo | None = None
        self._news_s = float("-inf")

    def look(self) -> Cockpit:
        self._pull()
        if self._standings is None:
            return Cockpit(NOWHERE)
        at = Axis(self._standings.session_num, self._standings.run, self._standings.sim_time_s)
        own = None if self._ticks is None else self._ticks.own
        if own is None or not len(own) or self._clock.monotonic_s() - self._news_s > _FRESH_S:
            return Cockpit(at)
        row, names = own[-1], own.dtype.names or ()
        if "SessionNum" in names and int(row["SessionNum"]) == at.session_num:
            at = msgspec.structs.replace(at, sim_time_s=max(at.sim_time_s, float(row["SessionTime"])))
        info = self._info
        entry = None if info is None else info.entry(info.own.car_idx)
        return Cockpit(
            at=at,
            is_live=True,
            is_driving="IsOnTrack" in names and bool(row["IsOnTrack"]),
            menu=menu_of(own),
            unit="kWh" if info is not None and info.own.is_electric else "l",
            driver=entry.driver if entry is not None else "",
            lap_pct=float(row["LapDistPct"]) if "LapDistPct" in names else None,
        )

    def _pull(self) -> None:
        self._versions["standings"], standings = self._hub.standings.take(self._versions["standings"])
        self._versions["info"], info = self._hub.info.take(self._versions["info"])
        self._versions["live"], ticks = self._hub.live.take(self._versions["live"])
        self._standings, self._info = standings or self._standings, info or self._info
        if ticks is not None:
            self._ticks, self._news_s = ticks, self._clock.monotonic_s()


def messenger_of(
    book: EditBook,
    settings: Settings,
    clock: Clock,
    mates: Mates | None = None,
    forward: Forward | None = None,
) -> Messenger:
    messages = settings.messages
    return Messenger(
        book,
        lives_s=messages.lives_s,
        clock=clock,
        quick=quick_texts(messages.quick_texts),
        mates=mates,
        forward=forward,
    )


def newest_session(shelf: Shelf) -> SessionId | None:
    """The race that was written to last."""

    def written_s(session: SessionId) -> float:
        paths = [path for reader in shelf.readers(session) for path in segment_paths(reader.folder)]
        return max((path.stat().st_mtime for path in paths), default=0.0)

    return max(races(shelf), key=written_s, default=None)


def _gate(sink: CommandSink | None, settings: Settings, driving: _Driving) -> Gate:
    return Gate(
        sink or SimCommands(),
        is_on=lambda: settings.sim.send_commands,
        is_driving=lambda: driving.look().is_driving,
    )


def _herald(settings: Settings, on_health: HealthSink, voice: Voice | None) -> Herald:
    try:
        zones = quiet_zones(settings.messages.quiet_zones)
    except EditError as error:
        zones = ()
        words = f"The quiet zones are not used: {error}"
        on_health(Health("wall", "quiet zones", Level.DEGRADED, words))
    return Herald(
        voice or find_voice(),
        on_health,
        volume_percent=settings.messages.volume_percent,
        zones=zones,
        missing=missing_words(),
    )


def _binding(settings: Settings, on_health: HealthSink) -> Binding:
    binding, words = bind(settings.messages.acknowledge_key, settings.messages.acknowledge_button)
    if words:
        on_health(Health("wall", "acknowledging", Level.NOTE, f"Not all that is bound works: {words}."))
    return binding
