"""Training from the user's own races: what is learnt, how good it is on races kept apart, and from what.

The last fifth of the races is kept apart for the scores; with one race, its second half. What is handed
out has then learnt from all of them: its scores are those of the trial run, so they flatter nobody.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np

from pitbox.predict.caution import FULL
from pitbox.predict.errors import NoRacesError
from pitbox.predict.feature import NAMES, VERSION
from pitbox.predict.lap_row import LapRow
from pitbox.predict.lap_time import LapTimeModel, fit_lap_time
from pitbox.predict.past import Past
from pitbox.predict.registry_card import FORMAT, LAP_TIME, TYRES, Card, Score, Source
from pitbox.predict.sample import Array, Samples, joined, samples_of
from pitbox.predict.taught import LapTimeTaught, lap_time_bytes, tyre_bytes
from pitbox.predict.tyre import fit_tyres
from pitbox.predict.tyre_prior import TyrePriors

SCORED_AHEAD = (1, 5, 10)
_KEPT_APART = 5
_LEAST_JUDGED = 30
Tell = Callable[[str, float], object]
"""Of the stage, in words, and the share that is done."""


class Race(msgspec.Struct, frozen=True):
    """One session's laps, in the order of the line."""

    name: str
    world: str
    rows: list[LapRow]
    is_refuelled: bool = True
    is_race: bool = True
    """Practice and qualifying teach pace and tyres only."""
    caution_world: str = ""
    """Whose cautions it shares; empty: its own world's."""
    cautions: str = FULL
    """What the session's rules allow: `off`, `local` or `full`."""
    rules: str = ""
    """Under which stops were made, as `PlaceOfStop` names them."""


class Lesson(msgspec.Struct, frozen=True):
    """For a registry: the card lacks only its version's name."""

    card: Card
    data: bytes


def quiet(_: str, __: float) -> None:
    pass


def fingerprint_of(rows: Sequence[LapRow]) -> str:
    return hashlib.sha256(msgspec.msgpack.encode(rows)).hexdigest()[:16]


def learnt_lap_time(races: Sequence[Race], made_s: float, code: str, tell: Tell = quiet) -> Lesson:
    """Raises NoRacesError where there is not one pair of laps."""
    began_s, past, parts = time.process_time(), Past(), []
    for at, race in enumerate(races):
        tell(f"features of {race.name}", 0.5 * at / len(races))
        parts.append(samples_of(race.rows, past, at))
    every = joined(parts)
    if not len(every):
        raise NoRacesError("There are no two clean laps of one stint to learn from.")
    old, new = _apart(every, len(races))
    tell("trial run", 0.5)
    scores = _lap_time_scores(fit_lap_time(old), new) if len(old) and len(new) else ()
    tell("training", 0.75)
    model = fit_lap_time(every)
    tell("done", 1.0)
    step = "boosting" if model.boosting is not None else "ridge" if model.ridge is not None else "level"
    card = msgspec.structs.replace(
        card_of(LAP_TIME, races, made_s, code),
        step=step,
        scores=scores,
        parameters={"pairs": len(every), "features": len(NAMES)},
        tested=tuple(races[int(at)].name for at in np.unique(new.race)),
        trained_s=round(time.process_time() - began_s, 3),
    )
    return Lesson(card, lap_time_bytes(LapTimeTaught(model, past)))


def learnt_tyres(races: Sequence[Race], made_s: float, code: str, tell: Tell = quiet) -> Lesson:
    """Beliefs that later races begin with; raises NoRacesError where no race has a clean lap."""
    began_s, priors, found = time.process_time(), TyrePriors(), []
    for at, race in enumerate(races):
        tell(f"tyres of {race.name}", at / len(races))
        if any(row.is_pace for row in race.rows):
            if at >= first_apart(len(races)):
                found.append(_tyre_answers(race, priors))
            fit = fit_tyres(race.rows, priors, is_refuelled=race.is_refuelled)
            priors.add(fit.memory(race.rows[0].circuit))
    if not priors.races:
        raise NoRacesError("There is no clean lap to learn from.")
    tell("done", 1.0)
    card = msgspec.structs.replace(
        card_of(TYRES, races, made_s, code),
        step="fitted",
        scores=_tyre_scores(found),
        parameters={"races": len(priors.races)},
        tested=tuple(race.name for race in races[first_apart(len(races)) :]),
        trained_s=round(time.process_time() - began_s, 3),
    )
    return Lesson(card, tyre_bytes(priors))


def first_apart(races: int) -> int:
    return min(races - 1, races - max(1, races // _KEPT_APART)) if races > 1 else 0


def _apart(every: Samples, races: int) -> tuple[Samples, Samples]:
    if races > 1:
        is_new = every.race >= first_apart(races)
        return every.pick(~is_new), every.pick(is_new)
    middle_s = float(np.median(every.asked_s))
    return every.pick(every.answered_s <= middle_s), every.pick(every.asked_s > middle_s)


def _lap_time_scores(model: LapTimeModel, asked: Samples) -> tuple[Score, ...]:
    said = model.predict(asked.x[:, : len(NAMES)], asked.ahead, asked.stint_lap)
    error = np.abs(said.median_s - asked.truth_s) / asked.ref_s * 1000.0
    plain = np.abs(asked.rolling_s - asked.truth_s) / asked.ref_s * 1000.0
    inside = (said.low_s <= asked.truth_s) & (asked.truth_s <= said.high_s)
    return _scores(asked.ahead, error, plain, inside)


def _tyre_answers(race: Race, priors: TyrePriors) -> Array:
    """Rows of (ahead, error, plain error, inside): changes within stints after three fifths of the race."""
    cut_s = float(np.quantile([row.end_s for row in race.rows], 0.6))
    known = [row for row in race.rows if row.end_s <= cut_s]
    fit = fit_tyres(known, priors, is_refuelled=race.is_refuelled)
    clean = {(row.car, row.stint, row.lap): row for row in race.rows if row.is_pace and row.end_s > cut_s}
    found = []
    for (car, stint, lap), row in clean.items():
        for ahead in SCORED_AHEAD[1:]:
            later = clean.get((car, stint, lap + ahead))
            if later is None or not np.isfinite(row.tyre_age):
                continue
            said = fit.change(row.compound, row.tyre_age, float(ahead))
            change_s, noise_s = later.time_s - row.time_s, 1.645 * 2.0**0.5 * fit.noise_s
            is_inside = said.low - noise_s <= change_s <= said.high + noise_s
            errors = abs(said.value - change_s), abs(change_s)
            found.append((ahead, *(error / row.time_s * 1000.0 for error in errors), is_inside))
    return np.array(found, dtype=float).reshape(len(found), 4)


def _tyre_scores(answers: Sequence[Array]) -> tuple[Score, ...]:
    every = np.concatenate(answers) if answers else np.empty((0, 4))
    every = every[np.isfinite(every).all(axis=1)]
    return _scores(every[:, 0], every[:, 1], every[:, 2], every[:, 3])


def _scores(ahead: Array, error: Array, plain: Array, inside: Any) -> tuple[Score, ...]:
    is_known = np.isfinite(error) & np.isfinite(plain)
    found = []
    for laps in SCORED_AHEAD:
        mine = is_known & (ahead == laps)
        if mine.sum() >= _LEAST_JUDGED:
            means = (float(values[mine].mean()) for values in (error, plain, inside))
            found.append(Score(laps, int(mine.sum()), *means))
    return tuple(found)


def card_of(model: str, races: Sequence[Race], made_s: float, code: str) -> Card:
    sources = tuple(Source(race.name, len(race.rows), fingerprint_of(race.rows)) for race in races)
    whole = hashlib.sha256("".join(source.fingerprint for source in sources).encode()).hexdigest()[:16]
    return Card(
        format=FORMAT,
        model=model,
        version="",
        made_s=made_s,
        code=code,
        features=VERSION,
        world=races[0].world,
        step="",
        rows=sum(len(race.rows) for race in races),
        fingerprint=whole,
        sources=sources,
        scores=(),
        sha256="",
        size_bytes=0,
    )
