"""A real race under a real window: driven, logged, folded, foreseen and advised by their own threads.

Only time is in the hands of the test: the race goes on when it is told to, and stands else.
"""

import time
from collections.abc import Callable

from PySide6.QtWidgets import QApplication

from pitbox.ui.engineer.desk import EngineerDesk
from pitbox.wall.demo import DemoRace
from pitbox.wall.profile import Profile
from pitbox.wall.settings import Settings, Storage, Window

PATIENCE_S = 60.0


class HandClock:
    """Goes on when somebody says so."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def monotonic_s(self) -> float:
        return self.now_s

    def wall_s(self) -> float:
        return self.now_s


class LiveRace:
    """The window's clock and the race's are one; whoever made it closes it."""

    def __init__(
        self,
        profile: Profile,
        clock: HandClock,
        scenario: str,
        *,
        window: Window | None = None,
        minutes: float | None = None,
        has_past: bool = False,
    ):
        self.clock, self.profile = clock, profile
        self.settings = Settings(storage=Storage(reserve_bytes=1 << 20), window=window or Window())
        self.race = DemoRace(profile, self.settings, scenario, minutes=minutes, speed=1.0, has_past=has_past)
        self.race.source._clock = clock
        self.driven_s = 0.0
        self.desk = EngineerDesk(self.race, profile, self.settings)
        self.race.start()
        self.desk.open()

    @property
    def bridge(self):
        return self.desk.bridge

    @property
    def window(self):
        return self.desk.window

    @property
    def page(self):
        return self.window.strategy

    @property
    def answer(self):
        return self.bridge.advice

    def panel(self, name: str):
        return self.page.docks[name].panel

    def pull(self) -> None:
        self.bridge.pull()
        QApplication.processEvents()

    def until(self, holds: Callable[[], object], what: str) -> None:
        end_s = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < end_s, f"{what}: it never is"
            time.sleep(0.02)
            self.pull()

    def run(self, name: str) -> None:
        self.desk.stage.commands[name].run()
        self.pull()

    def drive(self, seconds: float) -> None:
        """So much of the race comes; answers about it may still be on their way."""
        self.driven_s += seconds
        self.clock.now_s += seconds
        self.until(lambda: self.sim_time_s >= self.driven_s - 0.5, f"{self.driven_s} s of race")

    @property
    def sim_time_s(self) -> float:
        return self.bridge.scene.head.sim_time_s or 0.0

    def be_answered(self) -> None:
        """About the lap that we are on, to the last race of it. Time trickles, as strategy is paced by it."""
        end_s = time.monotonic() + PATIENCE_S
        while not self.is_answered:
            assert time.monotonic() < end_s, "no answer about now"
            self.drive(0.5)
            waited_s = time.monotonic() + 0.25
            while time.monotonic() < waited_s and not self.is_answered:
                time.sleep(0.02)
                self.pull()

    @property
    def is_answered(self) -> bool:
        said = self.answer
        return said is not None and said.is_whole and said.laps == self.own_laps

    @property
    def own_laps(self) -> int:
        row = self.bridge.scene.row(self.bridge.scene.own_car_idx)
        return 0 if row is None else row.laps

    def close(self) -> None:
        self.desk.close()
        self.race.stop()
