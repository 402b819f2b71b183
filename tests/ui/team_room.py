"""A window on its Team page, with an event and its people, few or as many as two hundred."""

import csv
import io
import time
from collections.abc import Callable
from pathlib import Path

import stint_room
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from staffed import StaffedRoom

from pitbox.model.edit import Draft
from pitbox.model.event import add_event, add_instance
from pitbox.model.ledger import Ledger
from pitbox.model.member import members
from pitbox.model.participation import Participation, participation, participation_key
from pitbox.model.span import Span
from pitbox.planning.formation.noun import Race
from pitbox.planning.formation.sample import sample_table
from pitbox.planning.sign_up.file import Setting, read_sign_ups
from pitbox.planning.sign_up.intake import intake
from pitbox.ui.race.calls.panel import CALLS
from pitbox.ui.team.page import TeamPage

DAY_S, HOUR_S = stint_room.DAY_S, stint_room.HOUR_S
START_S = stint_room.GREEN_S
RACE = Race("start", Span(START_S, START_S + DAY_S))
NOW_S = START_S - 6 * HOUR_S


def table(count: int, seed: int = 1) -> bytes:
    """Sign-ups as a form gives them."""
    out = io.StringIO()
    csv.writer(out).writerows(sample_table(count, (RACE,), seed))
    return out.getvalue().encode()


def crowd(count: int, *, length_s: float | None = DAY_S) -> list[Draft]:
    """An event and so many people who signed up for it."""
    found = read_sign_ups(table(count), Setting("spa", (RACE.span,)))
    return [
        *add_event("spa", "Spa 24 h", track="Spa", car_class="GT3", length_s=length_s, zone="Europe/Brussels",
                   dark=(Span(8 * HOUR_S, 17 * HOUR_S),)),
        *add_instance("start", "spa", START_S),
        *intake(found, "spa", {}, {}),
    ]  # fmt: skip


class TeamRoom:
    def __init__(
        self, opened: Callable[..., object], folder: Path, planned: list[Draft] | None = None, **more: object
    ) -> None:
        self.live = stint_room.HandPlan()
        self.room = opened(plans=self.live, **{"panels": (CALLS,), **more})
        forecaster = self.room.desk.bridge._forecaster
        if forecaster is not None:
            forecaster.stop()
            self.room.desk.bridge._forecaster = None
        self.staff = StaffedRoom(self.room, folder)
        self.planner = self.staff.office.planner
        if planned:
            self.planner.write(planned)
        # The page with the clock of the test.
        window = self.room.window
        page = TeamPage(window.stage, lambda: NOW_S)
        window._made["team"] = page
        window.pages.widget(window._page_names.index("team")).fill(page)
        window.go_to("team")
        self.settle()

    @property
    def page(self) -> TeamPage:
        return self.room.window.team

    @property
    def board(self):
        return self.page.board

    @property
    def scene(self):
        return self.board.scene

    def ask(self, question: Callable[[Ledger], object]):
        return self.planner.ask(question)

    def said(self, member: str) -> Participation:
        found = self.ask(lambda ledger: participation(ledger, participation_key("spa", member)))
        assert found is not None
        return found

    def key_of(self, name: str) -> str:
        return next(one.key for one in self.ask(members) if one.name == name)

    def settle(self, is_done: Callable[[], bool] = lambda: True, seconds: float = 60.0) -> None:
        """Until all that was asked is told and shown, and that is so."""
        deadline = time.monotonic() + seconds
        while True:
            self.staff.pull()
            self.room.pull()
            if self.board.errands.is_idle and self._is_read() and is_done():
                break
            assert time.monotonic() < deadline, "the page never came to rest"
            time.sleep(0.01)
        QApplication.processEvents()

    def _is_read(self) -> bool:
        mark = self.board._mark
        return not mark or mark[1] == self.planner.revision

    def show(self, name: str) -> QWidget:
        """That panel before the others of its place."""
        dock = self.page.docks[name]
        dock.show()
        dock.raise_()
        QApplication.processEvents()
        return dock.panel

    def key(self, where: QWidget, key: Qt.Key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        self.room.window.activateWindow()
        where.setFocus()
        QTest.keyClick(where, key, modifier)
        self.settle()

    def type(self, entry: QWidget, text: str) -> None:
        """As somebody does who fills in a field and presses Enter."""
        self.room.window.activateWindow()
        entry.setFocus()
        entry.selectAll()
        QTest.keyClick(entry, Qt.Key.Key_Delete)
        QTest.keyClicks(entry, text)
        QTest.keyClick(entry, Qt.Key.Key_Return)
        self.settle()

    def drag(self, where: QWidget, start: QPoint, *points: QPoint) -> None:
        left = Qt.MouseButton.LeftButton
        QTest.mousePress(where, left, pos=start)
        for point in points:
            QTest.mouseMove(where, (start + point) / 2)
            QTest.mouseMove(where, point)
        QTest.mouseRelease(where, left, pos=points[-1])
        self.settle()

    def close(self) -> None:
        self.staff.close()
