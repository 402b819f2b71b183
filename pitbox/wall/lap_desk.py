"""The hand that reads laps out of the store beside the window and analyses them. The newest wish counts.

desk = LapDesk(archive_of)      # where a session's rows are, a clerk or one that is hired when asked
desk.list_laps(session)         # -> desk.lists
desk.draw(LapWish(...))         # -> desk.sets, and a moment later desk.habits
"""

import threading
from collections.abc import Callable

import msgspec

from pitbox.analysis.driven import DrivenLap
from pitbox.analysis.outline import Outline
from pitbox.crew.health import HealthSink, unheard
from pitbox.crew.mailbox import Mailbox
from pitbox.crew.thread import Hand
from pitbox.model.errors import PitBoxError
from pitbox.model.ids import SessionId
from pitbox.store.lap_list import ListedChannel, ListedLap, lap_count, listed_channels, listed_laps
from pitbox.store.query import StoredSession, sessions
from pitbox.store.recorded import Cursor
from pitbox.store.trace import LapKey
from pitbox.wall.hired_clerk import Archive
from pitbox.wall.lap_reading import LapReading
from pitbox.wall.lap_set import Habit, Kin, LapSet, SetLap, habit_of, lap_set

_PATIENCE_S = 4.0
_WAIT_S = 5.0
"""For a database that is being opened."""
_HABIT_LAPS, _OTHERS_LAPS = 40, 12
"""Of the reference's driver and of each other, the newest: enough to know what is ordinary, read in a second
or two."""


class LapList(msgspec.Struct, frozen=True):
    """What there is to choose from."""

    session: SessionId
    laps: tuple[ListedLap, ...] = ()
    channels: tuple[ListedChannel, ...] = ()
    sessions: tuple[StoredSession, ...] = ()
    trouble: str = ""


class LapWish(msgspec.Struct, frozen=True, eq=False):
    """Two to eight laps, the first of them the reference; one alone is drawn too."""

    number: int
    laps: tuple[ListedLap, ...]
    channels: tuple[str, ...]
    """Beside those that laps are always looked at by."""
    outline: Outline | None = None
    is_metric: bool = True
    kin: tuple[ListedLap, ...] = ()
    """Other laps of those who drove these: what is ordinary for each."""


class LapDesk:
    """Any thread asks; answers lie in mailboxes. The hand begins with the first wish."""

    def __init__(self, archive_of: Callable[[SessionId], Archive], on_health: HealthSink = unheard) -> None:
        self.lists: Mailbox[LapList] = Mailbox()
        self.sets: Mailbox[LapSet] = Mailbox()
        self.habits: Mailbox[Habit] = Mailbox()
        self._archive_of, self._on_health = archive_of, on_health
        self._lock = threading.Lock()
        self._due = threading.Event()
        self._listing: SessionId | None = None
        self._wish: LapWish | None = None
        self._hand: Hand | None = None
        self._is_over = False
        self._known: LapList | None = None
        self._reading = LapReading()

    def list_laps(self, session: SessionId) -> None:
        """Told only where it is another list than the last one."""
        with self._lock:
            self._listing = session
        self._wake()

    def draw(self, wish: LapWish) -> None:
        with self._lock:
            self._wish = wish
        self._wake()

    def stop(self) -> None:
        self._is_over = True
        if self._hand is not None:
            self._hand.stop(timeout_s=_PATIENCE_S)

    def _wake(self) -> None:
        if self._hand is None:
            self._hand = Hand("laps", self._main, self._on_health, woken=self._due)
            self._hand.start()
        self._due.set()

    def _main(self, stop: threading.Event) -> None:
        while not stop.is_set() and not self._is_over:
            self._due.wait()
            self._due.clear()
            with self._lock:
                session, self._listing = self._listing, None
                wish, self._wish = self._wish, None
            if session is not None and not self._is_over:
                self._list(session)
            if wish is not None and not self._is_over:
                self._draw(wish)

    def _list(self, session: SessionId) -> None:
        known = self._known
        try:
            with self._archive_of(session).cursor(_WAIT_S) as cursor:
                count = lap_count(cursor, session)
                if known is not None and known.session == session and len(known.laps) == count and count:
                    return
                laps = tuple(listed_laps(cursor, session))
                channels, others = tuple(listed_channels(cursor)), tuple(sessions(cursor))
            found = LapList(session, laps, channels, others)
        except PitBoxError as error:
            found = LapList(session, trouble=str(error))
        self._known = found
        self.lists.put(found)

    def _draw(self, wish: LapWish) -> None:
        try:
            found = [self._read_of(lap, wish.channels) for lap in wish.laps]
        except PitBoxError as error:
            self.sets.put(LapSet(wish.number, trouble=str(error)))
            return
        made = lap_set(wish.number, wish.laps, found, wish.outline, is_metric=wish.is_metric)
        self.sets.put(made)
        if made.laps:
            self._look_at_habit(wish, made)

    def _read_of(self, lap: ListedLap, channels: tuple[str, ...]) -> DrivenLap | str:
        """Two laps may be kept in two places."""
        with self._archive_of(SessionId(lap.session_id)).cursor(_WAIT_S) as cursor:
            return self._read(cursor, lap, channels)

    def _read(self, cursor: Cursor, lap: ListedLap, channels: tuple[str, ...]) -> DrivenLap | str:
        return self._reading.read(cursor, key_of(lap), name_of(lap), channels)

    def _look_at_habit(self, wish: LapWish, made: LapSet) -> None:
        """Given up as soon as somebody asks for something else."""
        chosen: dict[_Driver, list[SetLap]] = {}
        for one in made.laps:
            chosen.setdefault(_driver_of(one.listed), []).append(one)
        found: list[Kin] = []
        for driver, theirs in chosen.items():
            laps = self._kin([one for one in wish.kin if _driver_of(one) == driver], theirs, found)
            if laps is None:
                return
            found.append(Kin(laps, tuple((one.at, one.lap) for one in theirs)))
        self.habits.put(habit_of(wish.number, found[0], found[1:], made.corners, wish.outline))

    def _kin(
        self, listed: list[ListedLap], chosen: list[SetLap], before: list[Kin]
    ) -> tuple[DrivenLap, ...] | None:
        """None: something else is asked for by now."""
        known = {key_of(one.listed): one.lap for one in chosen}
        laps = []
        for one in listed[-(_OTHERS_LAPS if before else _HABIT_LAPS) :]:
            if self._due.is_set() or self._is_over:
                return None
            try:
                lap = known.get(key_of(one)) or self._read_of(one, ())
            except PitBoxError:
                return None
            if isinstance(lap, DrivenLap):
                laps.append(lap)
        return tuple(laps)


_Driver = tuple[str, int, str]
"""Session, car and name."""


def _driver_of(lap: ListedLap) -> _Driver:
    return lap.session_id, lap.car_idx, lap.driver


def key_of(lap: ListedLap) -> LapKey:
    return LapKey(SessionId(lap.session_id), lap.session_num, lap.run, lap.car_idx, lap.lap)


def name_of(lap: ListedLap) -> str:
    """`12 · Ada`: as it is called wherever it is drawn."""
    return f"{lap.lap} · {lap.driver or lap.number}"
