"""The picture in the terminal: nothing cut that matters, our car always on it, words beside colours."""

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from pitbox.cli.board import Scene, draw, event_words
from pitbox.crew.health import Health, Level
from pitbox.log.recorder import Recorder
from pitbox.model.fact import FlagPhase, Stop
from pitbox.model.ids import LogId, SessionId
from pitbox.model.session import SessionInfo
from pitbox.model.source import InfoChanged
from pitbox.model.standing import Standings
from pitbox.sim.synthetic.scenario import SCENARIOS
from pitbox.sim.synthetic.source import SyntheticSource
from pitbox.timing.race import RaceFold
from pitbox.wall.health import HealthRegistry, Ward
from pitbox.wall.hub import Durable
from pitbox.wire.record import decode


@pytest.fixture(scope="module")
def race() -> tuple[Standings, SessionInfo]:
    """Six minutes into the sprint."""
    source, recorder, fold = SyntheticSource(SCENARIOS["sprint"]), Recorder(), RaceFold()
    info = None
    while recorder.sim_time_s < 400:
        for event in source.poll(0.0):
            info = event.info if isinstance(event, InfoChanged) else info
            for item in recorder.take(event):
                fold.fold(decode(item.data))
    standings = fold.standings()
    assert standings is not None
    assert info is not None
    return standings, info


def picture(scene: Scene, width: int = 140, height: int = 40) -> str:
    screen = Console(file=io.StringIO(), width=width, height=height, force_terminal=False)
    screen.print(draw(scene, width, height))
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


def scene(race: tuple[Standings, SessionInfo], ward: Ward | None = None) -> Scene:
    durable = Durable(LogId(SessionId("local-x"), "ab" * 32, 1), 99, 0.002, 3_800_000)
    return Scene(*race, durable=durable, ward=ward or HealthRegistry(lambda: 0.0).snapshot())


def test_before_the_first_ticks_it_says_what_will_come() -> None:
    empty = Scene(None, None, None, HealthRegistry(lambda: 0.0).snapshot())
    assert "Waiting for the first ticks" in picture(empty)


@pytest.mark.parametrize("width", [80, 100, 140, 220])
def test_no_line_is_wider_than_the_terminal(race: tuple[Standings, SessionInfo], width: int) -> None:
    lines = picture(scene(race), width).splitlines()
    assert max(cell_len(line.rstrip()) for line in lines) <= width


@pytest.mark.parametrize("height", [24, 30, 50])
def test_it_fits_and_our_car_is_on_it(race: tuple[Standings, SessionInfo], height: int) -> None:
    shown = picture(scene(race), height=height)
    assert len(shown.splitlines()) <= height
    assert shown.count("▌") == 1


def test_the_flag_stands_in_words(race: tuple[Standings, SessionInfo]) -> None:
    assert "━━ green ━" in picture(scene(race))


def test_every_car_and_class_is_there(race: tuple[Standings, SessionInfo]) -> None:
    shown = picture(scene(race))
    for entry in race[1].entries:
        if not entry.is_pace_car:
            assert f" {entry.number} " in shown
    for name in ("GTP", "LMP2", "GT3"):
        assert name in shown


def test_trouble_comes_first_in_words(race: tuple[Standings, SessionInfo]) -> None:
    registry = HealthRegistry(lambda: 0.0)
    registry.tell(Health("log", "storing", Level.FAILED, "The disk is full."))
    assert "! The disk is full." in picture(scene(race, registry.snapshot()))


def test_events_are_sentences(race: tuple[Standings, SessionInfo]) -> None:
    info = race[1]
    stop = Stop(0, 0, 3, 1, 9, 100.0, 7, 0, 120.0, 150.5, 171.0, 8, 0, 41.6)
    words = event_words(stop, info)
    assert words is not None
    assert words.startswith("2:51  #")
    assert words.endswith("stop of 30.5 s, 71.0 s in the lane, 42 l, new driver")
    drive_through = Stop(0, 0, 3, 2, 12, 300.0, 7, 0, lane_out_s=330.0)
    assert "drive-through, 30.0 s" in str(event_words(drive_through, info))
    assert event_words(FlagPhase(0, 0, 1, "caution", 60.0), info) == "1:00  Caution flag"
    assert event_words(FlagPhase(0, 0, 1, "caution", 60.0, 90.0), info) is None
    open_stop = Stop(0, 0, 3, 3, 20, 500.0, 7, 0)
    assert event_words(open_stop, info) is None
