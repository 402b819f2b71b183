"""Cautions of later races, lap by lap: what was said before each lap against the constant rate."""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from pitbox.predict.caution import (
    CautionModel,
    CautionQuestion,
    CautionRace,
    caution_lengths,
    fit_cautions,
    lap_group,
    questions_of,
)
from pitbox.predict.caution_race import caution_race
from pitbox.predict.errors import NoRacesError
from pitbox.predict.trial.calibration import calibration_error, log_loss
from pitbox.predict.trial.race_laps import RaceLaps

WORLD = "single-seater series"
"""Of lap tables; its rates are no other world's."""
_AHEAD = 10
_SEASONS = 200


class LapGroup(msgspec.Struct, frozen=True):
    laps: str
    asked: int
    said: float
    constant: float
    came_true: float


class CautionTrial(msgspec.Struct, frozen=True):
    """Log-losses of a caution that begins on a lap, the lap before being green."""

    world: str
    trained: list[str]
    tested: list[str]
    asked: int
    cautions: int
    constant: float
    ours: float
    calibration: float
    calibration_ahead: float
    """Of a caution within ten laps."""
    constant_calibration_ahead: float
    constant_ahead: float
    ours_ahead: float
    by_lap: list[LapGroup]
    length_laps: float
    """Median, as said before the last race."""
    length_seen: float
    luck: float = 0.0
    """The calibration error that these laps would give in the mean if every chance were exactly right."""
    luck_ahead: float = 0.0


class _Said(msgspec.Struct, frozen=True):
    lap: str
    ours: float
    constant: float
    is_start: bool
    ours_ahead: float
    constant_ahead: float
    is_ahead: bool
    race: int = 0
    lap_no: int = 0


def tried_cautions(
    old: Sequence[RaceLaps], new: Sequence[RaceLaps], tell: Callable[[str], None] = lambda _: None
) -> CautionTrial:
    """Learnt again after each race, the constant rate as well."""
    past = [_race(race) for race in old]
    said: list[_Said] = []
    seen, length_laps = list[int](), 0.0
    for race in new:
        now, model = _race(race), fit_cautions(past)
        said += [msgspec.structs.replace(one, race=len(past)) for one in _asked(model, past, now)]
        seen += caution_lengths(now)
        told = model.length(CautionQuestion(WORLD, now.series, now.circuit))
        length_laps = told.laps if told is not None else 0.0
        past.append(now)
        tell(race.title)
    if not said:
        raise NoRacesError("No lap of these races could have seen a caution begin.")
    luck, luck_ahead = _luck(said)
    ours, constant = [one.ours for one in said], [one.constant for one in said]
    true, true_ahead = [one.is_start for one in said], [one.is_ahead for one in said]
    ours_ahead, constant_ahead = [one.ours_ahead for one in said], [one.constant_ahead for one in said]
    return CautionTrial(
        world=WORLD,
        trained=[race.title for race in old],
        tested=[race.title for race in new],
        asked=len(said),
        cautions=sum(true),
        constant=log_loss(constant, true),
        ours=log_loss(ours, true),
        calibration=calibration_error(ours, true),
        calibration_ahead=calibration_error(ours_ahead, true_ahead),
        constant_calibration_ahead=calibration_error(constant_ahead, true_ahead),
        constant_ahead=log_loss(constant_ahead, true_ahead),
        ours_ahead=log_loss(ours_ahead, true_ahead),
        by_lap=_by_lap(said),
        length_laps=length_laps,
        length_seen=float(sorted(seen)[len(seen) // 2]) if seen else 0.0,
        luck=luck,
        luck_ahead=luck_ahead,
    )


def _race(race: RaceLaps) -> CautionRace:
    return caution_race(race.rows, WORLD, race.rows[0].class_name)


def _asked(model: CautionModel, past: Sequence[CautionRace], race: CautionRace) -> list[_Said]:
    every = [found for one in past for found in questions_of(one)]
    rate = sum(is_start for _, is_start in every) / max(len(every), 1)
    asked = questions_of(race)
    starts = {question.lap for question, is_start in asked if is_start}
    found = []
    for question, is_start in asked:
        left = min(_AHEAD, len(race.is_slow) - question.lap + 1)
        chance, ahead = model.chance(question), model.within(question, left)
        if chance is None or ahead is None:
            continue
        is_ahead = any(lap in starts for lap in range(question.lap, question.lap + left))
        found.append(
            _Said(
                lap_group(question),
                chance,
                rate,
                is_start,
                ahead,
                1.0 - (1.0 - rate) ** left,
                is_ahead,
                lap_no=question.lap,
            )
        )
    return found


def _luck(said: Sequence[_Said]) -> tuple[float, float]:
    """Of this lap, and of ten: seasons drawn from the chances themselves, so that only luck is off."""
    draw, now, ahead = np.random.default_rng(7), [], []
    race, lap = (np.array([getattr(one, name) for one in said]) for name in ("race", "lap_no"))
    chance = np.array([one.ours for one in said])
    # Within one race, laps that begin no later than nine after this one.
    reach = (race[:, None] == race) & (lap >= lap[:, None]) & (lap < lap[:, None] + _AHEAD)
    soon = 1.0 - np.exp(reach @ np.log1p(-chance))
    for _ in range(_SEASONS):
        starts = draw.random(len(said)) < chance
        now.append(calibration_error(chance.tolist(), starts.tolist()))
        ahead.append(calibration_error(soon.tolist(), (reach @ starts > 0).tolist()))
    return float(np.mean(now)), float(np.mean(ahead))


def _by_lap(said: Sequence[_Said]) -> list[LapGroup]:
    found: dict[str, list[_Said]] = {}
    for one in said:
        found.setdefault(one.lap, []).append(one)
    return [
        LapGroup(
            name,
            len(some),
            sum(one.ours for one in some) / len(some),
            sum(one.constant for one in some) / len(some),
            sum(one.is_start for one in some) / len(some),
        )
        for name, some in found.items()
    ]
