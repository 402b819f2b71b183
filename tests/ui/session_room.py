"""A window on its Sessions page: one race that lies on the disk, and rows of as many more as a test wants."""

import time
import zlib
from collections.abc import Callable
from functools import cached_property

import msgspec
import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from short_session import SESSION, record

from pitbox.store.closeup import Closeup, StoredCar, StoredPart
from pitbox.store.errors import StoreBusyError
from pitbox.store.pace import OwnLaps
from pitbox.store.recorded import StoredRecording, recordings
from pitbox.ui.sessions.page import SessionsPage
from pitbox.ui.sessions.scene import Near, Shelved
from pitbox.ui.sessions.words import Order
from pitbox.wall import form_book
from pitbox.wall.library import Library, Recorded
from pitbox.wall.profile import Profile
from pitbox.wall.reading_room import ReadingRoom
from pitbox.wall.settings import Settings

__all__ = ("SESSION", "SessionRoom", "record", "row", "season")

DAY_S = 86_400.0
FIRST_S = 1_760_000_000.0
BUSY = "Another process has it."
CARS = ("Comet GT3", "Falcon GT4", "Orbit LMP2")
TRACKS = (("Long Lake", "Grand Prix"), ("North Ring", ""), ("Harbour Street", "Night"))


def row(session: str, **values) -> StoredRecording:
    plain = {
        "sim": "iRacing", "title": None, "track": None, "track_config": None, "car": None,
        "kinds": ("Practice", "Qualify", "Race"), "began_utc_s": None, "until_s": None, "cars": 24,
        "laps": 900, "own_laps": 40, "clean_laps": 36, "best_lap_s": None, "median_lap_s": None,
        "best_of_all_s": None, "drivers": ("Ada Lovelace", "Kai Nakamura"), "machines": 2, "log_count": 3,
        "is_orphan": False,
    }  # fmt: skip
    return StoredRecording(session_id=session, **(plain | values))


def season(count: int) -> dict[str, StoredRecording]:
    """Sessions of months, one a day or so, of three cars on three tracks."""
    found = {}
    for at in range(count):
        track, config = TRACKS[at % 3]
        name = f"sub-{700_000 + at}"
        best_s = 95.0 + 7 * (at % 3) - 0.01 * at + 0.2 * (at % 5)
        found[name] = row(
            name, title=("Team race", "Club evening", "Six hours", None)[at % 4], track=track,
            track_config=config, car=CARS[at % 3], began_utc_s=FIRST_S + at * 1.4 * DAY_S,
            until_s=3600.0 * (1 + at % 6), best_lap_s=best_s, median_lap_s=best_s + 0.9,
            best_of_all_s=best_s - 0.6, own_laps=30 + at % 17, machines=1 + at % 3,
        )  # fmt: skip
    return found


def laps_of(sessions, rows: dict[str, StoredRecording]) -> OwnLaps:
    """Thirty laps of each, a little faster from week to week."""
    rng = np.random.default_rng(5)
    names = [name for name in sessions for _ in range(30) if name in rows]
    count = len(names)
    week = np.array([(rows[name].began_utc_s - FIRST_S) / (7 * DAY_S) for name in names])
    fuel = np.tile(np.linspace(60, 5, 30), count // 30 if count else 0)
    time_s = 96.0 - 0.06 * week + 0.02 * fuel + rng.normal(0, 0.25, count)
    none = np.full(count, np.nan)
    stint = np.repeat(np.arange(count // 30), 30) if count else np.zeros(0, np.int64)
    return OwnLaps(
        tuple(names), ("Ada Lovelace",) * count, stint, time_s, fuel, np.full(count, 1.9), none, none + 31,
        np.ones(count),
    )  # fmt: skip


def _there(one: Recorded) -> Recorded:
    """As if its recording lay here, archived or deleted."""
    if one.state != "rows only":
        return one
    number = zlib.crc32(one.session.encode())
    state = "recording" if one.session.endswith("00005") else ("here", "here", "here", "archived")[number % 4]
    tags = (("wet", "six hours"), ("setup 4",), (), ())[number % 4]
    return msgspec.structs.replace(one, state=state, bytes=(1 + number % 90) * 11_000_000, tags=tags)


class Rows(ReadingRoom):
    """Instead of a database, rows by hand; the shelf is a real one."""

    rows: dict[str, StoredRecording]
    state: dict[str, object]

    @cached_property
    def library(self) -> Library:
        known = super().library
        if self.state["is_full"]:
            read = known.recorded
            known.recorded = lambda wanted=None: [_there(one) for one in read(wanted)]
        return known

    def ask(self, question):
        if self.state["is_busy"]:
            raise StoreBusyError(BUSY)
        if question is recordings:
            return dict(self.rows)
        return question(self)


NEAR = Closeup(
    (
        StoredPart(0, 0, "Practice", 0.0, 14.9, None),
        StoredPart(1, 0, "Race", 10.0, 40.0, 12.0),
    ),
    (
        StoredCar("7", "Night Shift", "GT3", "Comet GT3", 40, 95.4, True),
        StoredCar("12", "Blue Rhino Racing", "GT3", "Falcon GT3", 41, 94.8, False),
        StoredCar("31", "Sundown", "LMP2", "Orbit LMP2", 47, None, False),
    ),
)


class SessionRoom:
    def __init__(
        self,
        opened: Callable[..., object],
        profile: Profile,
        monkeypatch,
        rows: dict[str, StoredRecording] | None = None,
        *,
        is_full: bool = False,
        **more: object,
    ) -> None:
        self.rows, self.state = dict(rows or {}), {"is_busy": False, "is_full": is_full, "near": Closeup()}
        monkeypatch.setattr(
            form_book,
            "own_laps",
            lambda cursor, names, driver=None: laps_of(names, cursor.rows),
        )
        monkeypatch.setattr("pitbox.ui.sessions.scene.closeup", lambda cursor, name: cursor.state["near"])
        self.state["near"] = NEAR if rows else Closeup()

        def make_room() -> ReadingRoom:
            room = Rows(profile, Settings())
            room.rows, room.state = self.rows, self.state
            return room

        self.profile = profile
        self.room = opened(make_room=make_room, **more)
        self.window.go_to("sessions")
        self.page.board._looked_s = float("inf")  # looks when a test says so
        self.settle()

    def show_rows(self, rows: dict[str, StoredRecording], *, size: tuple[int, int] | None = None) -> None:
        """As if the window had just been opened on these: nothing sought, sifted, marked or chosen."""
        page, board = self.page, self.board
        self.rows.clear()
        self.rows.update(rows)
        self.state["near"] = NEAR if rows else Closeup()
        self.room.run("sessions.leave")
        page.table.search.clear()
        page.table.filters.open_all()
        for chip in page.table.chips.values():
            chip.setChecked(False)
        board.order, board.key, board.near, board.shelved = Order(), "", Near(), Shelved()
        board.clear_marks()
        page.leaving.laps = ""
        self.window.go_to("sessions")
        if size is not None:
            self.window.setMinimumSize(1, 1)
            self.window.resize(*size)
        board.refresh()
        self.window.activateWindow()  # another window may have been here meanwhile
        self.settle(lambda: len(board.shelved.found) >= len(rows) and self.window.isActiveWindow())

    @property
    def window(self):
        return self.room.window

    @property
    def page(self) -> SessionsPage:
        return self.window.sessions

    @property
    def board(self):
        return self.page.board

    @property
    def reading(self) -> ReadingRoom:
        """As another program sees it."""
        return ReadingRoom(self.profile, Settings())

    def settle(self, is_done: Callable[[], bool] = lambda: True, seconds: float = 60.0) -> None:
        """Until all that was asked is told and shown, and that is so."""
        deadline = time.monotonic() + seconds
        while True:
            self.room.pull()
            if self.board.is_read and self.board.is_idle and is_done():
                break
            assert time.monotonic() < deadline, "the page never came to rest"
            time.sleep(0.01)
        QApplication.processEvents()

    def key(self, where: QWidget, key: Qt.Key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        self.window.activateWindow()
        where.setFocus()
        QTest.keyClick(where, key, modifier)
        self.settle()

    def type(self, entry: QWidget, text: str) -> None:
        self.window.activateWindow()
        entry.setFocus()
        entry.selectAll()
        QTest.keyClick(entry, Qt.Key.Key_Delete)
        QTest.keyClicks(entry, text)
        QTest.keyClick(entry, Qt.Key.Key_Return)
        self.settle()

    def click(self, where: QWidget, pos=None, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        at = where.rect().center() if pos is None else pos
        QTest.mouseClick(where, Qt.MouseButton.LeftButton, modifier, at)
        self.settle()

    def words(self) -> list[str]:
        """What stands in the list, by event."""
        return [line.parts[2].text for line in self.page.table.list.lines]

    def notices(self) -> list[str]:
        return [card.words for card in self.window.notice_stack.cards]
