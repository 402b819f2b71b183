"""Every model against odd races, a poisoned future, a kill in mid-training, and alarms that are none."""

import math
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from made_race import made_race

from pitbox.predict.caution_race import caution_race
from pitbox.predict.errors import ModelError, NoRacesError
from pitbox.predict.field import Field
from pitbox.predict.lap_row import NAN, LapRow
from pitbox.predict.lessons import LESSONS
from pitbox.predict.pit_visit import pit_visits
from pitbox.predict.registry import Registry
from pitbox.predict.registry_card import FINISH, FORMAT, LAP_TIME, Card, Score
from pitbox.predict.taught import READERS
from pitbox.predict.training import Race
from pitbox.predict.tyre import fit_tyres
from pitbox.wall.forecast_log import Asked, Came
from pitbox.wall.model_watch import ModelWatch

ROOT = Path(__file__).parents[2]
WHEN_S = 1_790_000_000.0


def with_all(rows: list[LapRow], **more: object) -> list[LapRow]:
    return [msgspec.structs.replace(row, **more) for row in rows]


ODD: dict[str, Callable[[list[LapRow]], list[LapRow]]] = {
    "empty": lambda rows: [],
    "one lap": lambda rows: [row for row in rows if row.lap == 1],
    "one car": lambda rows: [row for row in rows if row.car == "c00"],
    "all caution": lambda rows: with_all(rows, is_slow=True, is_clean=False),
    "nan": lambda rows: with_all(rows, time_s=NAN, tyre_age=NAN, fuel_left_l=NAN, wetness=NAN),
}


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("model", LESSONS)
def test_odd_races_teach_or_are_refused_in_words(model: str, kind: str) -> None:
    """Alone, and beside good ones: what is handed out can be read again."""
    odd = Race("odd", "w", ODD[kind](made_race(9, cars=6, laps=24, race="z")))
    good = [Race(f"g{seed}", "w", made_race(seed, cars=6, laps=24, race=f"r{seed}")) for seed in range(3)]
    for races in ([odd], [*good, odd], [odd, *good]):
        try:
            lesson = LESSONS[model](races, WHEN_S, "test")
        except NoRacesError:
            alone = races == [odd]
            assert alone, "beside good races an odd one is passed over"
            continue
        READERS[model](lesson.data)
        assert all(math.isfinite(score.error) for score in lesson.card.scores)


@pytest.mark.parametrize("model", LESSONS)
def test_bytes_of_other_models_are_refused(model: str) -> None:
    for data in (
        b"",
        b"\xc1",
        b"\x91" * 5000,
        msgspec.msgpack.encode([1, 2]),
        msgspec.msgpack.encode({"worlds": 3}),
    ):
        with pytest.raises(ModelError):
            READERS[model](data)


def test_tyres_and_pace_of_a_race_know_nothing_of_laps_to_come() -> None:
    """The scores of a race that is judged as it goes: what follows a lap changes no answer about it."""
    rows = made_race(4, cars=8, laps=40)
    now_s = rows[len(rows) // 2].end_s
    poisoned = [row if row.end_s <= now_s else msgspec.structs.replace(row, time_s=1e3) for row in rows]
    said = []
    for some in (rows, poisoned):
        field, answers = Field(), []
        for row in some:
            reading = field.take(row)
            if row.end_s <= now_s:
                answers.append(msgspec.msgpack.encode(reading))
        fit = fit_tyres([row for row in some if row.end_s <= now_s])
        said.append((answers, msgspec.msgpack.encode(fit.curve("SOFT", 30, ("c00", "d00")))))
    assert said[0] == said[1]


def test_visits_and_cautions_know_nothing_of_laps_to_come() -> None:
    rows = made_race(3, cars=8, laps=40)
    now_s = rows[len(rows) // 2].end_s
    poisoned = [
        row if row.end_s <= now_s else msgspec.structs.replace(row, time_s=1e6, is_slow=True) for row in rows
    ]
    clean, other = ([v for v in pit_visits(some) if v.end_s <= now_s] for some in (rows, poisoned))
    assert clean
    assert clean == other
    laps = min(row.lap for row in rows if row.end_s > now_s) - 1
    told = [caution_race(some, "w").is_slow[:laps] for some in (rows, poisoned)]
    assert told[0] == told[1]


def watch() -> ModelWatch:
    scores = tuple(Score(ahead, 2000, 4.0, 6.0, 0.8) for ahead in (1, 5, 10))
    card = Card(FORMAT, LAP_TIME, "v", WHEN_S, "1", 1, "w", "ridge", 400, "f", (), scores, "", 0)
    return ModelWatch(card)


def follow(watched: ModelWatch, seed: int, worse: float, laps: int = 30, cars: int = 63) -> list[str]:
    """What is said after each lap of a field that errs alike on a lap: traffic, wind, a slow zone."""
    luck, found = np.random.default_rng(seed), []
    for lap in range(1, laps + 1):
        size = luck.gamma(3.0, 4.0 / 3.0) * worse
        for car in range(cars):
            error = size * luck.exponential(1.0) * luck.choice((-1.0, 1.0))
            watched.hear(Came("s", 0, 0, car, lap, 1, 100.0 + error / 10.0))
            watched.ask(_asked(car, lap))
        verdict = watched.verdict() if lap % 4 == 0 else None
        found.append("" if verdict is None else verdict.why)
    return found


def _asked(car: int, lap: int) -> Asked:
    """With intervals that hold eight of ten such errors."""
    same, wide_s = (100.0,) * 3, 0.69
    low, high = (tuple(value + side * wide_s for value in same) for side in (-1.0, 1.0))
    head = ("s", 0, 0, car, lap, 0.0, 1, lap + 5, "w", LAP_TIME, "v", "ridge", 100.0, 100.0)
    return Asked(*head, (1, 5, 10), same, low, high, 1, b"")


def test_a_big_field_that_errs_alike_on_a_lap_is_no_drift() -> None:
    """63 cars give 63 answers about one and the same slow lap: that is one surprise and not 63."""
    alarms = sum(any(follow(watch(), seed, 1.0)) for seed in range(5))
    assert alarms == 0


def test_a_big_field_that_drifts_is_noticed() -> None:
    assert all(follow(watch(), seed, 2.0, laps=40)[-1] for seed in range(2))


_TRAINER = """
import sys
from pathlib import Path
from made_race import made_race
from pitbox.predict.lessons import LESSONS
from pitbox.predict.registry import Registry
from pitbox.predict.training import Race
from pitbox.predict.tyre import fit_tyres
registry = Registry(Path(sys.argv[1]))
races = [Race(f"r{at}", "w", made_race(at, cars=6, laps=24, race=f"r{at}")) for at in range(3)]
print("ready", flush=True)
at = 0
while True:
    for name, learn in LESSONS.items():
        if name == "lap-time":
            continue
        lesson = learn(races, 1_790_000_000.0 + at, "test")
        registry.promote(registry.add(lesson.card, lesson.data).version, float(at))
    at += 1
"""


@pytest.mark.chaos
def test_a_kill_inside_training_leaves_the_registry_whole(tmp_path: Path) -> None:
    luck, registry = random.Random(11), Registry(tmp_path / "models")
    for _ in range(2):
        with subprocess.Popen(
            [sys.executable, "-c", _TRAINER, str(registry.folder)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{Path(__file__).parent}"},
        ) as child:
            assert child.stdout is not None
            assert child.stdout.readline().strip() == b"ready"
            time.sleep(luck.uniform(0.0, 0.3))  # where it dies is the point, and left to chance
            child.send_signal(signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
        assert registry.broken() == []
        for card in registry.cards():
            READERS[card.model](registry.data(card))
        known = {card.version for card in registry.cards()}
        for model in registry.models():
            assert {one.version for one in registry.chain(model, "w")} <= known


def test_the_finish_of_one_who_drives_alone_is_nobodys_question() -> None:
    alone = Race("alone", "w", ODD["one car"](made_race(1, cars=6, laps=24)))
    with pytest.raises(NoRacesError, match="two cars"):
        LESSONS[FINISH]([alone], WHEN_S, "test")
