"""Models of whole races in live use: each speaks in its place, and each fault falls back and is told."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from test_model_live import CARS, driven, info, live, rows, states

from pitbox.crew.health import Level
from pitbox.model.fact import Lap
from pitbox.model.session import Entry
from pitbox.predict.lessons import LESSONS
from pitbox.predict.registry import Registry
from pitbox.predict.registry_card import CAUTION, FINISH, MEASURES, PIT_LOSS, USERS
from pitbox.predict.training import Lesson, Race
from pitbox.strategy.caution import SIM, custom_of
from pitbox.strategy.stop_cost import EARLIER, StopCosts
from pitbox.strategy.story import Moment, Story
from pitbox.wall import race_calls
from pitbox.wall.pace_fold import PaceFold

SPOKEN = (CAUTION, PIT_LOSS, FINISH)
WHEN_S = 1_790_000_000.0
SESSION = msgspec.structs.replace(
    info(),
    entries=tuple(Entry(at, str(at), at, "T", at, f"D{at}", 1, "Car") for at in range(CARS)),
    own=msgspec.structs.replace(info().own, car_idx=2),
)


def race(seed: int) -> Race:
    """With a caution of three laps, and a stop of everybody after lap 20 that costs 40 s."""
    slow = (6, 7, 8) if seed % 2 else ()
    told = [
        msgspec.structs.replace(row, is_slow=row.lap in slow, car_model="Car", is_clean=row.is_clean)
        for row in rows(seed)
    ]
    return Race(f"evening {seed}", "iracing", told)


@pytest.fixture(scope="module")
def lessons() -> dict[str, Lesson]:
    races = [race(seed) for seed in range(8)]
    return {model: LESSONS[model](races, WHEN_S, "test") for model in SPOKEN}


@pytest.fixture
def registry(tmp_path: Path, lessons: dict[str, Lesson]) -> Registry:
    """Two versions of each: the one before stands by."""
    made = Registry(tmp_path / "models")
    for model in SPOKEN:
        for at in range(2):
            card = msgspec.structs.replace(lessons[model].card, made_s=WHEN_S + at)
            made.promote(made.add(card, lessons[model].data).version, float(at))
    return made


def told(fold: PaceFold, laps: list[Lap]) -> Moment:
    story = Story()
    story.hear(SESSION)
    story.take_all(laps)
    fold.hear(SESSION)
    fold.take_all(laps)
    return story.at(max(lap.end_s for lap in laps))


def half() -> list[Lap]:
    return [lap for lap in driven(77) if lap.lap <= 18]


def test_every_model_has_a_user_a_measure_and_scores(lessons: dict[str, Lesson]) -> None:
    assert LESSONS.keys() == USERS.keys() == MEASURES.keys()
    for model, lesson in lessons.items():
        assert lesson.card.model == model
        assert lesson.card.scores
        assert len(lesson.card.sources) == 8


def test_each_speaks_in_its_place(registry: Registry) -> None:
    fold, _, health = live(registry)
    moment = told(fold, half())
    spoken = fold.lay_on(moment)
    learned = spoken.learned
    assert learned.cautions is not None
    assert custom_of(moment) == SIM
    assert custom_of(spoken).words == learned.cautions.words
    plain, ours = (StopCosts().of(one, one.cars[0]) for one in (moment, spoken))
    assert plain.source != EARLIER
    assert (ours.source, round(ours.loss_s)) == (EARLIER, 40)
    assert ours.low_s < ours.loss_s < ours.high_s < plain.high_s
    assert "earlier races" in ours.words
    assert learned.finish is not None
    assert sum(learned.finish.chances) == pytest.approx(1.0, abs=1e-3)
    assert len(learned.finish.chances) == CARS
    said = states(health)
    for model, speaker in zip(
        SPOKEN, (learned.caution_speaker, learned.pit_speaker, learned.finish_speaker), strict=True
    ):
        assert speaker is not None
        assert speaker.version == registry.chain(model, "iracing")[0].version
        assert said[model] == (Level.OK, f"{speaker.version} speaks.")


def test_in_another_world_the_plain_formulas_speak(registry: Registry) -> None:
    fold, _, _ = live(registry)
    moment = told(fold, half())
    other = msgspec.structs.replace(moment, info=msgspec.structs.replace(SESSION, sim="timing sheet"))
    assert fold.lay_on(other).learned.pits == {}
    assert fold.lay_on(other).learned.cautions is None
    assert fold.lay_on(other).learned.finish is None


def damage(place: Path) -> None:
    data = (place / "model.msgpack").read_bytes()
    (place / "model.msgpack").write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


def remove(place: Path) -> None:
    (place / "model.msgpack").unlink()


@pytest.mark.parametrize("harm", [damage, remove])
@pytest.mark.parametrize("model", SPOKEN)
def test_a_version_that_cannot_be_read_gives_way(
    registry: Registry, model: str, harm: Callable[[Path], None]
) -> None:
    first, second = registry.chain(model, "iracing")
    harm(registry.folder / model / first.version)
    fold, _, health = live(registry)
    fold.lay_on(told(fold, half()))
    level, words = states(health)[model]
    assert level is Level.DEGRADED
    assert f"{second.version} speaks instead: {first.version} cannot speak" in words
    harm(registry.folder / model / second.version)
    fold, _, health = live(registry)
    fold.lay_on(told(fold, half()))
    assert states(health)[model][1].startswith("The plain formula speaks instead")


def test_a_slow_version_gives_way(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(race_calls, "_SLOW_S", -1.0)
    fold, _, health = live(registry)
    moment = told(fold, half())
    for _ in range(2):
        fold.lay_on(moment)
    assert states(health)[CAUTION][0] is Level.OK
    fold.lay_on(moment)
    assert "took more than" in states(health)[CAUTION][1]


def test_a_version_that_raises_gives_way(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("no")

    monkeypatch.setattr(race_calls, "caution_call", broken)
    fold, _, health = live(registry)
    assert fold.lay_on(told(fold, half())).learned.cautions is None
    assert "cannot answer (ZeroDivisionError: no)" in states(health)[CAUTION][1]


def test_taking_a_promotion_back_is_followed(registry: Registry) -> None:
    fold, models, _ = live(registry)
    moment = told(fold, half())
    assert fold.lay_on(moment).learned.pit_speaker is not None
    for _ in range(2):
        registry.roll_back(PIT_LOSS, "iracing", WHEN_S)
    models._clock.now_s += 60.0  # type: ignore[attr-defined]
    assert fold.lay_on(moment).learned.pits == {}
