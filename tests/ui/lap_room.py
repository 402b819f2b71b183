"""A window on its Laps page: a short synthetic race, recorded, projected and read as any other."""

import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pitbox.identity.device import Identity
from pitbox.log.scribe import Scribe, ScribeLimits
from pitbox.log.shelf import Shelf
from pitbox.model.ids import SessionId
from pitbox.model.source import Closed, Ticks
from pitbox.sim.synthetic.scenario import SCENARIOS
from pitbox.sim.synthetic.source import SyntheticSource
from pitbox.store.database import Database
from pitbox.store.gate import Gate
from pitbox.store.projector import Projector

SESSION = SessionId("sub-4711")


def store_race(folder: Path) -> None:
    """Some laps of our car and of three others, as a database."""
    duel = SCENARIOS["duel"]
    plans = tuple(msgspec.structs.replace(one, lap_s=one.lap_s / 5, tank_l=20.0) for one in duel.classes)
    plan = msgspec.structs.replace(
        duel, classes=plans, race_s=92.0, parade_s=4.0, track_length_m=1200.0, stint_s=70.0
    )
    source = SyntheticSource(plan, session=SESSION)
    scribe = Scribe(
        folder / "log", Identity.load_or_create(folder / "kai"), limits=ScribeLimits(reserve_bytes=0)
    )
    rows, is_open = 0, True
    while is_open:
        for event in source.poll(0.0):
            scribe.take([event])
            is_open &= not isinstance(event, Closed)
            rows += len(event) if isinstance(event, Ticks) else 0
            if rows >= 60:
                rows = 0
                scribe.commit()
    scribe.close("done")
    with Database(folder / "race.duckdb") as database:
        Projector(database, Shelf(folder / "log")).catch_up()


class LapRoom:
    def __init__(self, opened: Callable[..., object], database: Database, **more: object) -> None:
        self.gate = Gate()
        self.gate.open(database)
        self.room = opened(archive=self.gate, **more)
        bridge = self.room.desk.bridge
        if bridge._forecaster is not None:
            bridge._forecaster.stop()
            bridge._forecaster = None
        if bridge._surveyor is not None:
            bridge._surveyor.stop()
            bridge._surveyor = None
        self.room.feed.hub.enter(SESSION)
        self.room.feed.give()
        self.room.window.go_to("laps")
        self.settle(lambda: self.board.list is not None)

    @property
    def page(self):
        return self.room.window.laps

    @property
    def board(self):
        return self.page.board

    def settle(self, is_done: Callable[[], bool] = lambda: True, seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while True:
            self.room.pull()
            self.board.take()
            if is_done():
                break
            assert time.monotonic() < deadline, "the page never came to rest"
            time.sleep(0.01)
        QApplication.processEvents()

    def is_drawn(self) -> bool:
        board = self.board
        return board.set is not None and board.set.number == board._number and board.habit is not None

    def own(self, *, is_clean: bool = True):
        return [one for one in self.board.list.laps if one.is_own and (one.is_clean or not is_clean)]

    def draw(self, count: int) -> None:
        self.board._choose(self.own()[:count])
        self.settle(self.is_drawn)

    def key(
        self,
        qtbot: QtBot,
        key: Qt.Key,
        modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        where=None,
    ) -> None:
        where = where or self.page.plot
        self.room.window.activateWindow()
        where.setFocus()
        qtbot.keyClick(where, key, modifier)
        self.settle()

    def at(self, share: float, down: float = 0.5) -> QPoint:
        """On the traces."""
        self.page.plot.grab()
        body, axis = self.page.plot.body, self.page.plot.axis
        x = (axis.of_share(share) - axis.begin) / (axis.end - axis.begin) * body.width()
        return QPoint(round(body.left() + x), round(body.top() + down * body.height()))

    def spot(self, picture, words: str):
        """The middle of what tells these words."""
        picture.grab()
        found = next(one for one in picture.spots if words in one.tip)
        return found.box.center().toPoint()
