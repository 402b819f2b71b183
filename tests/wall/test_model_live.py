"""Models in live use: who speaks, what a fault costs, and that a world that drifts is noticed."""

import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest
import scenes

from pitbox.crew.health import Level
from pitbox.model.fact import Lap, LapKind
from pitbox.model.session import SessionInfo
from pitbox.predict.feature import NAMES
from pitbox.predict.lap_row import LapRow, in_order
from pitbox.predict.lap_time import LapTimeModel
from pitbox.predict.past import Past
from pitbox.predict.registry import Registry
from pitbox.predict.registry_card import LAP_TIME, TYRES, gain_of
from pitbox.predict.taught import LapTimeTaught, lap_time_bytes
from pitbox.predict.training import Lesson, Race, learnt_lap_time, learnt_tyres
from pitbox.wall.forecast_log import Asked, Came, ForecastLog
from pitbox.wall.health import HealthRegistry
from pitbox.wall.model_watch import ModelWatch
from pitbox.wall.models import Models
from pitbox.wall.pace_fold import PaceFold

CARS = 8


class Clock:
    now_s = 100.0

    def monotonic_s(self) -> float:
        return self.now_s

    def wall_s(self) -> float:
        return self.now_s


def driven(seed: int, *, laps: int = 40, noise_s: float = 0.2, drift_s: float = 0.0) -> list[Lap]:
    """Laps that slow with age; `drift_s`: what a lap of age costs on top."""
    luck, found = np.random.default_rng(seed), []
    for car in range(CARS):
        clock_s, level_s = float(car), 90.0 + luck.normal(0.0, 0.5)
        for lap in range(1, laps + 1):
            stint, age = (1, lap) if lap <= 20 else (2, lap - 20)
            is_odd = lap in (1, 20, 21)
            time_s = level_s + (0.06 + drift_s) * age + luck.normal(0.0, noise_s) + 20.0 * is_odd
            found.append(
                Lap(
                    session_num=0,
                    run=0,
                    car_idx=car,
                    lap=lap,
                    user_id=car,
                    start_s=clock_s,
                    end_s=clock_s + time_s,
                    kind=LapKind(is_in=lap == 20, is_out=lap == 21),
                    stint=stint,
                    position=car + 1,
                    class_position=car + 1,
                    compound=0,
                )
            )
            clock_s += time_s
    return sorted(found, key=lambda lap: lap.end_s)


def info(world: str = "iRacing") -> SessionInfo:
    return msgspec.structs.replace(scenes.info(), sim=world)


def rows(seed: int, **how: float) -> list[LapRow]:
    from pitbox.wall.lap_rows import LapRows

    taker = LapRows(f"{seed:04d}", info())
    for lap in driven(seed, **how):  # type: ignore[arg-type]
        taker.take(lap)
    return in_order(taker.fresh())


@pytest.fixture(scope="module")
def races() -> list[Race]:
    return [Race(f"evening {seed}", "iracing", rows(seed)) for seed in range(5)]


@pytest.fixture(scope="module")
def taught(races: list[Race]) -> Lesson:
    return learnt_lap_time(races, 1_790_000_000.0, "test")


@pytest.fixture
def registry(tmp_path: Path, taught: Lesson) -> Registry:
    made = Registry(tmp_path / "models")
    for at in range(2):
        card = msgspec.structs.replace(taught.card, made_s=taught.card.made_s + at)
        lesson = msgspec.structs.replace(taught, card=card)
        made.promote(made.add(lesson.card, lesson.data).version, float(at))
    return made


def live(registry: Registry, log: ForecastLog | None = None) -> tuple[PaceFold, Models, HealthRegistry]:
    health = HealthRegistry(lambda: 0.0)
    models = Models(registry, health.tell, Clock(), "test")
    fold = PaceFold(models, log)
    fold.begin("evening 9")
    fold.hear(info())
    return fold, models, health


def states(health: HealthRegistry) -> dict[str, tuple[Level, str]]:
    return {told.health.subject: (told.health.level, told.health.words) for told in health.snapshot().states}


def test_the_promoted_version_speaks_for_every_car(registry: Registry) -> None:
    fold, _, health = live(registry)
    laps = driven(77)
    for lap in laps[: CARS * 15]:
        fold.take_all([lap])
    said = fold.learned(0)
    current = registry.chain(LAP_TIME, "iracing")[0]
    assert said.speaker is not None
    assert (said.speaker.version, said.speaker.since_s, said.speaker.step) == (current.version, 1.0, "ridge")
    assert len(said.paces) == CARS
    last = {lap.car_idx: lap for lap in laps[: CARS * 15]}
    for car, pace in said.paces.items():
        assert pace.low_s < pace.next_s < pace.high_s
        assert abs(pace.soon_s - last[car].time_s) < 2.0
        assert said.pace(car, pace.lap) == pace
        assert said.pace(car, pace.lap + 1) is None, "a lap later it is not what it was made for"
    assert states(health)[LAP_TIME] == (Level.OK, f"{current.version} speaks.")
    assert [use.version for use in registry.uses(LAP_TIME)] == [current.version]


def test_training_and_live_use_see_the_same(registry: Registry, tmp_path: Path) -> None:
    """The inputs that were noted live are the features that the same laps give in training."""
    from pitbox.predict.field import Field

    log = ForecastLog(tmp_path / "noted")
    fold, models, _ = live(registry, log)
    for lap in driven(5):
        fold.take_all([lap])
    standing = models.lap_time("iracing")
    assert standing is not None
    field = Field(standing.lap_time.past)
    readings = [field.take(row) for row in rows(5)]
    values = {(found.car, found.lap): found.values for found in readings if found is not None}
    noted = [record for record in log.read() if isinstance(record, Asked)]
    assert len(noted) == len(values) > CARS * 30
    for asked in noted:
        assert np.array_equal(
            np.frombuffer(asked.inputs, "<f4"),
            np.array(values[str(asked.car_idx), asked.lap], "<f4"),
            equal_nan=True,
        )
    assert len(noted[0].inputs) == 4 * len(NAMES)
    assert any(isinstance(record, Came) for record in log.read())


@pytest.mark.parametrize("harm", ["flip", "gone", "other features", "nonsense"])
def test_a_broken_version_gives_way_to_the_one_before(registry: Registry, harm: str) -> None:
    newest, before = registry.chain(LAP_TIME, "iracing")
    place = registry.folder / LAP_TIME / newest.version
    if harm == "gone":
        (place / "model.msgpack").unlink()
    elif harm == "flip":
        (place / "model.msgpack").write_bytes(b"\x00" + (place / "model.msgpack").read_bytes()[1:])
    else:
        data = lap_time_bytes(LapTimeTaught(LapTimeModel(), Past()))
        odd = data[:20] if harm == "nonsense" else data.replace(b"\xa8features\x01", b"\xa8features\x63")
        assert odd != data
        card = msgspec.structs.replace(registry.card(newest.version), made_s=1_790_000_009.0)
        registry.promote(registry.add(card, odd).version, 9.0)
        newest, before = registry.chain(LAP_TIME, "iracing")[:2]
    fold, _, health = live(registry)
    fold.take_all(driven(77)[: CARS * 8])
    speaker = fold.learned(0).speaker
    assert speaker is not None
    assert speaker.version == before.version
    level, words = states(health)[LAP_TIME]
    assert level is Level.DEGRADED
    assert f"{before.version} speaks instead: {newest.version} cannot speak" in words


def test_with_none_left_the_plain_formula_speaks(registry: Registry) -> None:
    for promotion in registry.chain(LAP_TIME, "iracing"):
        (registry.folder / LAP_TIME / promotion.version / "card.json").unlink()
    fold, _, health = live(registry)
    fold.take_all(driven(77)[: CARS * 8])
    assert fold.learned(0).paces == {}
    assert states(health)[LAP_TIME][0] is Level.DEGRADED
    assert "The plain formula speaks instead" in states(health)[LAP_TIME][1]


def test_a_slow_version_gives_way(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    from pitbox.wall import pace_fold

    newest, before = registry.chain(LAP_TIME, "iracing")
    fold, _, health = live(registry)
    monkeypatch.setattr(pace_fold, "_SLOW_S", -1.0)
    for lap in driven(77)[: CARS * 3]:
        fold.take_all([lap])
        if states(health)[LAP_TIME][0] is Level.DEGRADED:
            break
    assert f"{before.version} speaks instead: {newest.version} took more than" in states(health)[LAP_TIME][1]


def test_no_model_speaks_of_another_world(registry: Registry) -> None:
    fold, _, _ = live(registry)
    made_up = msgspec.structs.replace(
        info(), track=msgspec.structs.replace(info().track, name="Synthetic Ring 5")
    )
    for other in (info("timing sheet"), made_up):
        fold.begin("evening 9")
        fold.hear(other)
        fold.take_all(driven(77)[: CARS * 8])
        assert fold.learned(0).paces == {}


def test_a_promotion_elsewhere_is_followed(registry: Registry) -> None:
    health, clock = HealthRegistry(lambda: 0.0), Clock()
    models = Models(registry, health.tell, clock, "test")
    newest, before = registry.chain(LAP_TIME, "iracing")
    first = models.lap_time("iracing")
    assert first is not None
    assert first.card.version == newest.version
    registry.roll_back(LAP_TIME, "iracing", 5.0)
    clock.now_s += 60.0
    second = models.lap_time("iracing")
    assert second is not None
    assert second.card.version == before.version
    assert states(health)[LAP_TIME] == (Level.OK, f"{before.version} speaks.")


def test_a_world_that_drifts_is_noticed_and_one_that_does_not_is_left_alone(
    registry: Registry, tmp_path: Path
) -> None:
    newest = registry.chain(LAP_TIME, "iracing")[0]
    calm_fold, _, calm = live(registry)
    for seed in (50, 51, 52):
        calm_fold.begin(f"evening {seed}")
        calm_fold.hear(info())
        for lap in driven(seed):
            calm_fold.take_all([lap])
    assert states(calm)[LAP_TIME] == (Level.OK, f"{newest.version} speaks.")

    log = ForecastLog(tmp_path / "noted")
    fold, _, health = live(registry, log)
    for lap in driven(60, noise_s=0.8, drift_s=0.2):
        fold.take_all([lap])
        if states(health)[LAP_TIME][0] is Level.DEGRADED:
            break
    level, words = states(health)[LAP_TIME]
    assert level is Level.DEGRADED
    assert f"{newest.version} does worse than in training: it errs by" in words

    again, _, retold = live(registry, log)
    again.take_all(driven(61)[:CARS])
    for lap in driven(61)[CARS : CARS * 14]:
        again.take_all([lap])
    assert states(retold)[LAP_TIME][0] is Level.DEGRADED, "the next start is told the same by what was noted"


def test_the_tyre_model_speaks_of_our_set(registry: Registry, races: list[Race]) -> None:
    lesson = learnt_tyres(races, 1_790_000_000.0, "test")
    assert [score.ahead for score in lesson.card.scores] == [5, 10]
    assert gain_of(lesson.card) > 0.0
    registry.promote(registry.add(lesson.card, lesson.data).version, 3.0)
    fold, _, _ = live(registry)
    fold.take_all(driven(77)[: CARS * 18])
    said = fold.learned(0)
    assert said.tyres is not None
    assert said.tyres.low_s < said.tyres.slope_s < said.tyres.high_s
    assert said.tyre_speaker is not None
    assert (said.tyre_speaker.model, said.tyre_speaker.since_s) == (TYRES, 3.0)


def test_the_log_of_forecasts_is_bounded_and_outlives_a_torn_end(tmp_path: Path) -> None:
    log = ForecastLog(tmp_path, most_bytes=2000)
    for lap in range(200):
        log.write([Came("s", 0, 0, 1, lap, 1, 90.0)])
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 4000
    kept = [record.lap for record in log.read() if isinstance(record, Came)]
    assert kept == list(range(kept[0], 200))
    log.path.write_bytes(log.path.read_bytes()[:-5])
    log.write([Came("s", 0, 0, 1, 500, 1, 90.0)])
    told = [record.lap for record in log.read() if isinstance(record, Came)]
    assert told == [*range(kept[0], 199), 500]


def test_a_full_disk_silences_the_log_only(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    log = ForecastLog(registry.folder / "nowhere")

    def full(_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(log, "write", full)
    fold, _, _ = live(registry, log)
    fold.take_all(driven(77)[: CARS * 8])
    assert len(fold.learned(0).paces) == CARS


def test_the_watch_wants_more_than_a_few_answers(registry: Registry) -> None:
    assert ModelWatch(registry.cards()[0]).verdict() is None


def test_nothing_heavy_is_loaded_before_a_model_is_asked() -> None:
    import subprocess

    heavy = '{"lightgbm", "polars", "sklearn", "scipy", "numba"} & set(sys.modules)'
    code = f"import sys, pitbox.wall.forecaster, pitbox.wall.trainer, pitbox.wall.models; print({heavy})"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
