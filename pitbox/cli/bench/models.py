"""What a model costs live, in `pitbox bench strategy`: 63 cars at the line, their features and lap times.

The model is taught on the spot by made-up laps: how long an answer takes hangs on its trees, not on what they
learnt. Beside it LightGBM's own walk through the same trees.
"""

import statistics
import time
from collections.abc import Callable

import numpy as np

from pitbox.cli.bench.figure import Figure
from pitbox.predict.feature import AHEAD_NAMES, NAMES
from pitbox.predict.field import Field, Reading
from pitbox.predict.interval import Calibration
from pitbox.predict.lap_row import LapRow
from pitbox.predict.lap_time import LapTimeModel

CARS, _LAPS, _FROM = 63, 40, 20
_AHEAD = (1.0, 5.0, 10.0)
_ROWS, _ROUNDS = 12_000, 15
_GOAL_MS = 5.0


def measure_models() -> list[Figure]:
    from pitbox.predict.boosting import fit_boosting

    laps = _race()
    field, features_ms, readings = Field(), list[float](), list[Reading]()
    for lap, rows in enumerate(laps):
        began_s = time.process_time()
        readings = [found for found in map(field.take, rows) if found is not None]
        if lap >= _FROM:
            features_ms.append((time.process_time() - began_s) * 1e3)
    luck = np.random.default_rng(7)
    x = luck.normal(size=(_ROWS, len(AHEAD_NAMES)))
    y = x[:, :20].sum(axis=1) + luck.normal(size=_ROWS)
    boosting = fit_boosting(x, y, np.ones(_ROWS), np.arange(_ROWS) % 5 == 0)
    model = LapTimeModel(None, boosting, Calibration())
    values = np.array([reading.values for reading in readings])
    one_ms, all_ms = (_spent_ms(lambda some=some: _ask(model, values, some)) for some in (_AHEAD[:1], _AHEAD))  # type: ignore[misc]
    seen = np.column_stack([values, np.ones((len(values), len(AHEAD_NAMES) - len(NAMES)))])
    walk_ms = _spent_ms(lambda: boosting.asked_of_lightgbm(seen))
    packed_ms = _spent_ms(lambda: boosting.ask(seen))
    took_ms = statistics.median(features_ms)
    return [
        Figure(
            "field's lap times",
            took_ms + one_ms,
            "ms",
            _GOAL_MS,
            how=f"{CARS} cars of three classes: features, next lap",
        ),
        Figure("features", took_ms, "ms", how="in it: of a lap of the whole field"),
        Figure("three distances", took_ms + all_ms, "ms", how="features, and 1, 5 and 10 laps ahead"),
        Figure("LightGBM / packed", walk_ms / packed_ms, "x", how="CPU time of the same trees, side by side"),
    ]


def _ask(
    model: LapTimeModel, values: "np.ndarray[tuple[int, int], np.dtype[np.float64]]", ahead: tuple[float, ...]
) -> object:
    rows = np.repeat(values, len(ahead), axis=0)
    return model.predict(rows, np.tile(ahead, len(values)), np.full(len(rows), 9.0))


def _spent_ms(ask: Callable[[], object]) -> float:
    """Median of CPU time."""
    found = []
    for _ in range(_ROUNDS):
        began_s = time.process_time()
        ask()
        found.append((time.process_time() - began_s) * 1e3)
    return statistics.median(found)


def _race() -> list[list[LapRow]]:
    """By lap: all cars, in the order of the line."""
    luck, clock_s = np.random.default_rng(5), [float(car) for car in range(CARS)]
    found = []
    for lap in range(1, _LAPS + 1):
        rows = []
        for car in range(CARS):
            time_s = 90.0 + 0.1 * car + 0.04 * lap + luck.normal(0.0, 0.2)
            clock_s[car] += time_s
            rows.append(_row(car, lap, clock_s[car], time_s))
        found.append(sorted(rows, key=lambda row: row.end_s))
    return found


def _row(car: int, lap: int, end_s: float, time_s: float) -> LapRow:
    return LapRow(
        race="r",
        circuit="Ring",
        class_name=str(car % 3),
        car=str(car),
        driver=str(car),
        lap=lap,
        end_s=end_s,
        time_s=time_s,
        stint=1,
        position=car + 1,
        compound="0",
        tyre_age=float(lap),
    )
