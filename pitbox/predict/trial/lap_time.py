"""Lap times of later seasons, each forecast from what was known when its car crossed the line."""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from pitbox.predict.boosting import plain_boosting
from pitbox.predict.interval import EARLY_LAPS
from pitbox.predict.lap_time import Forecast, LapTimeModel, fit_lap_time
from pitbox.predict.past import Past
from pitbox.predict.sample import Array, Samples, joined, samples_of
from pitbox.predict.trial.race_laps import RaceLaps

JUDGED_AHEAD = (1, 2, 3, 5, 7, 10, 13, 15)
_WINDOW_S = 60.0


class Score(msgspec.Struct, frozen=True):
    """At one distance ahead, or at all of them (0); mean absolute errors in seconds."""

    ahead: int
    laps: int
    rolling_median: float
    last_lap: float
    ridge: float
    lightgbm: float
    ours: float
    gain: float
    """Less error than plain LightGBM, as a share of its."""
    covered: float
    """By the 80 % interval."""
    early_laps: int
    covered_early: float
    """Asked in the first three laps of a stint."""
    width_s: float


class LapTimeTrial(msgspec.Struct, frozen=True):
    trained: list[str]
    tested: list[str]
    trained_laps: int
    step: str
    scores: list[Score]
    races: dict[str, tuple[float, float, float]]
    """Error of ours and of plain LightGBM, and what the interval covered, over all distances."""


class _Answers(msgspec.Struct, frozen=True):
    samples: Samples
    said: dict[str, Array]
    inside: Array
    width_s: Array


def tried_lap_time(
    old: Sequence[RaceLaps], new: Sequence[RaceLaps], tell: Callable[[str], None] = lambda _: None
) -> LapTimeTrial:
    """Trained once on the old races; new ones add to the past, and their answers to the intervals."""
    past = Past()
    tell(f"features of {len(old)} races")
    train = joined([samples_of(race.rows, past, at) for at, race in enumerate(old)])
    tell(f"training on {len(train)} pairs of laps")
    model = fit_lap_time(train)
    plain = plain_boosting(train.x, train.y)
    answers: list[_Answers] = []
    by_race: dict[str, tuple[float, float, float]] = {}
    step = ""
    for at, race in enumerate(new):
        asked = samples_of(race.rows, past, at, JUDGED_AHEAD)
        if not len(asked):
            continue
        found, step = _answered(model, plain, asked)
        answers.append(found)
        by_race[race.title] = _of_race(found)
        tell(race.title)
    return LapTimeTrial(
        trained=[race.title for race in old],
        tested=[race.title for race in new],
        trained_laps=len(train),
        step=step,
        scores=[_score(answers, ahead) for ahead in (*JUDGED_AHEAD, 0)] if answers else [],
        races=by_race,
    )


def _answered(model: LapTimeModel, plain: object, asked: Samples) -> tuple[_Answers, str]:
    rows = asked.x[:, : asked.x.shape[1] - 5]
    found = _forecast(model, rows, asked)
    ridge = np.zeros(len(asked)) if model.ridge is None else model.ridge.predict(asked.x)
    boosted = np.asarray(plain.predict(asked.x))  # type: ignore[attr-defined]
    said = {
        "rolling_median": asked.rolling_s,
        "last_lap": asked.last_s,
        "ridge": asked.ref_s * (1.0 + ridge / 1000.0),
        "lightgbm": asked.ref_s * (1.0 + boosted / 1000.0),
        "ours": found.median_s,
    }
    inside = (found.low_s <= asked.truth_s) & (asked.truth_s <= found.high_s)
    return _Answers(asked, said, inside.astype(float), found.high_s - found.low_s), found.step


def _forecast(model: LapTimeModel, rows: Array, asked: Samples) -> Forecast:
    """A minute of questions at a time, each after the answers that had come before it."""
    asked_at, came_at = np.floor(asked.asked_s / _WINDOW_S), np.floor(asked.answered_s / _WINDOW_S)
    found = Forecast(np.empty(len(asked)), np.empty(len(asked)), np.empty(len(asked)), "")
    for now in np.unique(np.concatenate([asked_at, came_at + 1.0])):
        came = np.flatnonzero(came_at == now - 1.0)
        if len(came):
            said = Forecast(found.median_s[came], found.low_s[came], found.high_s[came], found.step)
            model.learn(said, asked.truth_s[came], asked.ahead[came], asked.stint_lap[came])
        which = np.flatnonzero(asked_at == now)
        if len(which):
            said = model.predict(rows[which], asked.ahead[which], asked.stint_lap[which])
            found.median_s[which], found.low_s[which], found.high_s[which] = (
                said.median_s,
                said.low_s,
                said.high_s,
            )
            found = msgspec.structs.replace(found, step=said.step)
    return found


def _of_race(found: _Answers) -> tuple[float, float, float]:
    ours, plain = (
        float(np.abs(found.said[name] - found.samples.truth_s).mean()) for name in ("ours", "lightgbm")
    )
    return ours, plain, float(found.inside.mean())


def _score(answers: Sequence[_Answers], ahead: int) -> Score:
    samples = joined([answer.samples for answer in answers])
    which = samples.ahead == ahead if ahead else np.ones(len(samples), dtype=bool)
    truth_s = samples.truth_s[which]
    errors = {
        name: float(np.abs(np.concatenate([answer.said[name] for answer in answers])[which] - truth_s).mean())
        for name in answers[0].said
    }
    inside = np.concatenate([answer.inside for answer in answers])[which]
    early = samples.stint_lap[which] <= EARLY_LAPS
    width_s = np.concatenate([answer.width_s for answer in answers])[which]
    return Score(
        ahead=ahead,
        laps=int(which.sum()),
        **errors,
        gain=1.0 - errors["ours"] / errors["lightgbm"],
        covered=float(inside.mean()),
        early_laps=int(early.sum()),
        covered_early=float(inside[early].mean()) if early.any() else float("nan"),
        width_s=float(np.median(width_s)),
    )
