"""How long the traces take: eight made-up laps of eight channels, moved over and zoomed as a hand does it."""

import time
from collections.abc import Callable, Sequence
from functools import partial

import msgspec
import numpy as np
from PySide6.QtWidgets import QApplication, QWidget

from pitbox.analysis.delta import delta
from pitbox.analysis.driven import DrivenLap
from pitbox.store.lap_list import ListedLap
from pitbox.ui.laps.page import LapsPage
from pitbox.ui.scene.lap_layout import DELTA, LapLayout
from pitbox.wall.lap_set import LapSet, SetLap

LAPS, CHANNELS, ROWS = 8, 8, 7200
"""Two minutes at 60 Hz each."""
_TIMES = 120


class Took(msgspec.Struct, frozen=True):
    """Seconds from the wish to what is painted: by the clock, and those in which the main thread worked."""

    cursor_s: list[float]
    draft_s: list[float]
    whole_s: list[float]
    cursor_cpu_s: list[float]
    draft_cpu_s: list[float]
    whole_cpu_s: list[float]


def measure_traces(page: LapsPage) -> Took:
    """The page stands in a window that is shown."""
    names = tuple(f"Channel{number}" for number in range(1, CHANNELS))
    board = page.board
    board.layout = LapLayout((DELTA, *names))
    laps = [_lap(at, names) for at in range(LAPS)]
    made = [SetLap(at, _listed(at), one, delta(one, laps[0]), None) for at, one in enumerate(laps)]
    board.set = LapSet(0, tuple(made))
    board.reckon()
    page.plot.repaint()
    QApplication.processEvents()
    moved, all_panels = (page.plot, page.map), (page.plot, page.map, page.corners, page.figure)
    cursor = [_timed(partial(board.point_at, at / _TIMES), moved) for at in range(_TIMES)]
    spans = [(0.5 - wide, 0.5 + wide) for wide in np.linspace(0.49, 0.02, _TIMES // 2)]
    draft, whole = [], []
    for span in (*spans, *spans[::-1]):
        draft.append(_timed(partial(board.show, *span), all_panels))
        whole.append(_timed(page.plot.finish, all_panels))
    by_clock = ([one[0] for one in took] for took in (cursor, draft, whole))
    by_work = ([one[1] for one in took] for took in (cursor, draft, whole))
    return Took(*by_clock, *by_work)


def _timed(wish: Callable[[], None], panels: Sequence[QWidget]) -> tuple[float, float]:
    """By the clock, and at work."""
    began_s, worked_s = time.perf_counter(), time.thread_time()
    wish()
    for panel in panels:
        panel.repaint()
    return time.perf_counter() - began_s, time.thread_time() - worked_s


def _lap(at: int, names: tuple[str, ...]) -> DrivenLap:
    chance = np.random.default_rng(at)
    time_s = 120.0 + at * 0.1
    t_s = np.linspace(0.0, time_s, ROWS)
    pct = np.linspace(0.0, 1.0, ROWS) + 0.002 * np.sin(np.linspace(0, 40 + at, ROWS))
    pct = np.maximum.accumulate(np.clip(pct, 0.0, 1.0))
    pct[0], pct[-1] = 0.0, 1.0
    channels = {
        name: np.sin(np.linspace(0, 60 + number, ROWS)) + chance.normal(0, 0.05, ROWS)
        for number, name in enumerate(names)
    }
    return DrivenLap(str(at), time_s, 6000.0, t_s, pct, pct * 6000.0, channels)


def _listed(at: int) -> ListedLap:
    return ListedLap(
        session_id="bench",
        session_num=0,
        run=0,
        car_idx=1,
        lap=at,
        part="Race",
        number="1",
        driver="Bench",
        class_name="",
        time_s=120.0,
        start_s=0.0,
        is_clean=True,
        is_valid=True,
        marks="",
        stint=1,
        fuel_left_l=None,
        tyre_laps=None,
        is_own=True,
    )
