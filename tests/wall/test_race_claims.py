"""What models of whole races say live: noted with inputs and truth, judged, and put down if it is worse."""

import math
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from test_model_live import CARS, driven, live, states
from test_race_calls import SESSION, WHEN_S, race

from pitbox.crew.health import Level
from pitbox.model.fact import FlagPhase, Lap, Stint
from pitbox.predict.caution import CautionModel
from pitbox.predict.lessons import LESSONS
from pitbox.predict.pit_level import PitLevels
from pitbox.predict.registry import Registry
from pitbox.predict.registry_card import (
    CAUTION,
    FINISH,
    FORMAT,
    PIT_LOSS,
    TYRES,
    Card,
    Score,
)
from pitbox.predict.taught import READERS, FinishTaught, caution_bytes, finish_bytes, pit_loss_bytes
from pitbox.predict.training import Lesson
from pitbox.strategy.story import Story
from pitbox.wall.claim_watch import ClaimWatch
from pitbox.wall.forecast_log import Asked, ForecastLog, Proved, Said
from pitbox.wall.pace_fold import PaceFold
from pitbox.wall.wager import Wager

LAPS = 40
SPOKEN = (CAUTION, PIT_LOSS, FINISH, TYRES)


@pytest.fixture(scope="module")
def lessons() -> dict[str, Lesson]:
    races = [race(seed) for seed in range(5)]
    return {model: LESSONS[model](races, WHEN_S, "test") for model in SPOKEN}


def kept(tmp_path: Path, lessons: dict[str, Lesson], **worse: bytes) -> Registry:
    """A good version of each, and above it, of those that are named, a wrong one with a good one's card."""
    made = Registry(tmp_path / "models")
    for model, lesson in lessons.items():
        made.promote(made.add(lesson.card, lesson.data).version, 0.0)
        data = worse.get(model.replace("-", "_"))
        if data is not None:
            card = msgspec.structs.replace(lesson.card, made_s=WHEN_S + 1.0)
            made.promote(made.add(card, data).version, 1.0)
    return made


def raced(fold: PaceFold, seed: int, drift_s: float = 0.0) -> None:
    """A whole race as a follower tells it: asked after each lap of the leader, and after the flag."""
    fold.begin(f"evening {seed}")
    fold.hear(SESSION)
    story, laps = Story(), driven(seed, laps=LAPS, drift_s=drift_s)
    story.hear(SESSION)
    if seed % 2:
        laps = [_slow(lap) if lap.lap in (6, 7, 8) else lap for lap in laps]
    at = 0
    for lead in sorted({lap.lap: lap.end_s for lap in reversed(laps)}.items()):
        fresh = [lap for lap in laps[at:] if lap.end_s <= lead[1]]
        at += len(fresh)
        story.take_all(fresh)
        fold.take_all(fresh)
        fold.lay_on(msgspec.structs.replace(story.at(lead[1]), time_left_s=(LAPS - lead[0]) * 91.0))
    story.take_all(laps[at:])
    fold.take_all(laps[at:])
    end_s = laps[-1].end_s
    for car in range(CARS):
        story.take(Stint(0, 0, car, 2, car, 0, 0.0, 1, LAPS, end_s, "finish"))
    story.take(FlagPhase(0, 0, 9, "checkered", end_s - 60.0))
    assert fold.lay_on(story.at(end_s + 400.0)).learned.finish is None, "our place is no chance any more"


def _slow(lap: Lap) -> Lap:
    return msgspec.structs.replace(lap, kind=msgspec.structs.replace(lap.kind, is_caution=True))


def test_each_answer_is_noted_with_its_inputs_and_later_its_truth(
    tmp_path: Path, lessons: dict[str, Lesson]
) -> None:
    registry, log = kept(tmp_path, lessons), ForecastLog(tmp_path / "noted")
    fold, _, health = live(registry, log)
    raced(fold, 21)
    noted = list(log.read())
    said = {one: [r for r in noted if isinstance(r, Said) and r.model == one] for one in SPOKEN}
    proved = {one: [r for r in noted if isinstance(r, Proved) and r.model == one] for one in SPOKEN}
    assert len([one for one in said[CAUTION] if one.ahead == 1]) == LAPS - 3, "each green lap but the first"
    assert [one.about for one in proved[CAUTION] if one.came and one.ahead == 1] == ["lap 6"]
    assert len(proved[PIT_LOSS]) >= 6
    assert all(abs(one.truth[0] - 40.0) < 3.0 for one in proved[PIT_LOSS])
    quarters = [one for one in proved[FINISH] if one.ahead >= 0]
    assert [one.ahead for one in quarters] == [0, 25, 50, 75]
    assert all(sorted(one.truth) == list(range(1, CARS + 1)) for one in quarters)
    assert len(proved[FINISH]) == LAPS - 1 + 4, "each lap of ours but the last, and the quarters"
    assert all(0.0 <= one.error < 0.5 for one in quarters)
    tyres = [one for one in noted if isinstance(one, Asked) and one.model == TYRES]
    assert {one.car_idx for one in tyres} == set(range(CARS))
    for one in (found for some in said.values() for found in some):
        assert msgspec.msgpack.decode(one.inputs)
        assert np.isfinite(np.frombuffer(one.said, "<f4")).all()
    assert all(states(health)[model][0] is Level.OK for model in SPOKEN)


def test_told_anew_a_race_is_noted_once(tmp_path: Path, lessons: dict[str, Lesson]) -> None:
    log = ForecastLog(tmp_path / "noted")
    fold, _, _ = live(kept(tmp_path, lessons), log)
    raced(fold, 21)
    before = [one for one in log.read() if isinstance(one, Said | Proved)]
    raced(fold, 21)
    again, _, _ = live(kept(tmp_path, lessons), log)
    raced(again, 21)
    assert [one for one in log.read() if isinstance(one, Said | Proved)] == before


def wrong_cautions(lesson: Lesson) -> bytes:
    """A caution on every second lap."""
    model: CautionModel = READERS[CAUTION](lesson.data)
    rates = {name: msgspec.structs.replace(one, rate=0.7) for name, one in model.worlds.items()}
    return caution_bytes(CautionModel(rates))


def wrong_stops(lesson: Lesson) -> bytes:
    """A minute more than they cost."""
    levels: PitLevels = READERS[PIT_LOSS](lesson.data)
    for _, level in levels.state.levels:
        level.mean_s += 60.0
    for world in levels.state.worlds.values():
        world.total_s += 60.0 * world.weight
    return pit_loss_bytes(levels)


def wrong_finish(lesson: Lesson) -> bytes:
    """The first will be the last."""
    taught: FinishTaught = READERS[FINISH](lesson.data)
    spread = {cut: np.fliplr(np.eye(CARS)) * 1000.0 for cut in (0.0, 0.25, 0.5, 0.75)}
    return finish_bytes(FinishTaught(msgspec.structs.replace(taught.model, spread=spread), taught.forms))


@pytest.mark.parametrize(
    ("model", "harm", "races"),
    [(CAUTION, wrong_cautions, 1), (PIT_LOSS, wrong_stops, 3), (FINISH, wrong_finish, 6)],
)
def test_a_version_that_is_wrong_on_purpose_is_put_down(
    tmp_path: Path, lessons: dict[str, Lesson], model: str, harm: Callable[[Lesson], bytes], races: int
) -> None:
    registry = kept(tmp_path, lessons, **{model.replace("-", "_"): harm(lessons[model])})
    newest, before = registry.chain(model, "iracing")
    log = ForecastLog(tmp_path / "noted")
    fold, _, health = live(registry, log)
    for seed in range(20, 20 + races):
        raced(fold, seed)
        level, words = states(health)[model]
        if level is Level.DEGRADED:
            break
    assert level is Level.DEGRADED
    assert f"{before.version} speaks instead: {newest.version} does worse than in training" in words
    assert all(states(health)[other][0] is Level.OK for other in SPOKEN if other != model)

    again, _, retold = live(registry, log)
    raced(again, 60)
    assert states(retold)[model][0] is Level.DEGRADED, "the next start is told the same by what was noted"


def test_versions_that_are_right_are_left_in_peace(tmp_path: Path, lessons: dict[str, Lesson]) -> None:
    fold, _, health = live(kept(tmp_path, lessons))
    for seed in range(20, 24):
        raced(fold, seed)
    assert {model: states(health)[model][0] for model in SPOKEN} == dict.fromkeys(SPOKEN, Level.OK)


def test_tyres_that_wear_as_they_never_did_are_noticed(tmp_path: Path, lessons: dict[str, Lesson]) -> None:
    """The model's card is of calm tyres; here its beliefs hold, and what it promised does not."""
    card = msgspec.structs.replace(
        lessons[TYRES].card, scores=tuple(Score(n, 500, 0.4, 0.6, 0.9) for n in (5, 10)), made_s=WHEN_S + 2.0
    )
    registry = kept(tmp_path, lessons)
    registry.promote(registry.add(card, lessons[TYRES].data).version, 2.0)
    newest, before = registry.chain(TYRES, "iracing")
    fold, _, health = live(registry)
    for seed in (21, 22):
        raced(fold, seed)
    level, words = states(health)[TYRES]
    assert level is Level.DEGRADED
    assert f"{before.version} speaks instead: {newest.version} does worse than in training: it errs" in words


def caution_life(seed: int, says: float, comes: float, races: int = 12) -> int:
    """The race in which a version was put down, 0 if it never was; races differ in how wild they are."""
    luck = np.random.default_rng(seed)
    card = Card(FORMAT, CAUTION, "v", 0.0, "1", 1, "w", "rates", 400, "f", (), (), "", 0)
    scores = Score(1, 1000, 0.098, 0.101, 0.985), Score(10, 1000, 0.47, 0.49, 0.93)
    watch = ClaimWatch(msgspec.structs.replace(card, scores=scores))
    own = -says * math.log(says) - (1.0 - says) * math.log1p(-says)
    for number in range(races):
        begins = luck.random(50) < comes * luck.gamma(2.5, 0.4)
        for lap, came in enumerate(begins.tolist()):
            error = -math.log(says if came else 1.0 - says)
            told = (float(came),), error, own, says, float(came)
            watch.hear(Proved(str(number), 0, 0, f"lap {lap}", 1, CAUTION, "v", *told))
        if watch.verdict().why:
            return number + 1
    return 0


def test_cautions_said_rightly_raise_no_alarm_and_said_wrongly_do() -> None:
    assert sum(caution_life(seed, 0.02, 0.02) > 0 for seed in range(60)) == 0
    assert all(caution_life(seed, 0.2, 0.02) for seed in range(10))
    assert all(caution_life(seed, 0.001, 0.04) for seed in range(10))


def test_nobody_wins_against_an_honest_forecast() -> None:
    """Errors with heavy tails and the mean that is allowed: at most one in a hundred lives ends."""
    won, luck = 0, np.random.default_rng(8)
    for _ in range(300):
        wager, most = Wager(), 0.0
        for at, ratio in enumerate(luck.pareto(1.5, 200) * 0.5):
            if at % 20 == 0:
                wager.begin()
            wager.take(float(ratio))
            most = max(most, wager.odds)
        won += most >= 100.0
    assert won <= 6, "three are allowed by the bound, and luck"
    wager = Wager()
    wager.begin()
    for _ in range(20):
        wager.take(2.0)
    assert wager.odds > 100.0
