"""What whole races teach: when cautions come, what a stop costs, and where everybody finishes.

As in `training`, the last fifth of the races is kept apart for the scores; what is handed out has learnt
from all of them. Practice and qualifying teach nothing here.
"""

import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from pitbox.predict.caution import LOCAL, OFF, CautionModel, CautionRace, fit_cautions, questions_of
from pitbox.predict.caution_race import caution_race
from pitbox.predict.errors import NoRacesError
from pitbox.predict.finish_form import FinishForms
from pitbox.predict.lap_row import LapRow
from pitbox.predict.pit_level import PitLevels, PitLoss, PlaceOfStop
from pitbox.predict.pit_service import Service, ServicePrior, fit_service
from pitbox.predict.pit_visit import PitVisit, pit_visits
from pitbox.predict.registry_card import CAUTION, FINISH, PIT_LOSS, SHEET, Score
from pitbox.predict.taught import FinishTaught, caution_bytes, finish_bytes, pit_loss_bytes
from pitbox.predict.training import Lesson, Race, Tell, card_of, first_apart, quiet
from pitbox.predict.trial.calibration import calibration_error, log_loss

if TYPE_CHECKING:
    from pitbox.predict.finish import FinishModel
    from pitbox.predict.finish_question import Asked

_LEAST_ASKED = 5
_AHEAD = 10
_USUAL = Service(60.0, has_tyres=True)
_CIRCUIT = ServicePrior(lane_s=45.0, fuel_spl=1.0 / 2.2, is_tyres_while_fuel=False)
"""The plain formula of timing sheets; of all else, that of the sim."""


def learnt_cautions(races: Sequence[Race], made_s: float, code: str, tell: Tell = quiet) -> Lesson:
    """Raises NoRacesError where no race could have seen a full-course caution."""
    began_s = time.process_time()
    open_to = [race for race in _driven(races) if race.cautions not in (OFF, LOCAL)]
    if not open_to:
        raise NoRacesError("No race in which a full-course caution could come.")
    told = [caution_race(race.rows, race.caution_world or race.world) for race in open_to]
    at = first_apart(len(told))
    tell("trial run", 0.3)
    scores = _caution_scores(told[:at], told[at:]) if at else ()
    model = fit_cautions(told)
    tell("done", 1.0)
    began = sum(is_start for race in told for _, is_start in questions_of(race))
    more = {"cautions": began, "races": len(told)}
    data = caution_bytes(model)
    return _lesson(CAUTION, open_to, (made_s, code), ("rates", scores, more), data, began_s)


def learnt_pit_loss(races: Sequence[Race], made_s: float, code: str, tell: Tell = quiet) -> Lesson:
    """Raises NoRacesError where nobody came in under green."""
    began_s, levels = time.process_time(), PitLevels()
    raced = _driven(races)
    said: list[tuple[float, float, bool]] = []
    count, at_apart = 0, first_apart(len(raced))
    for at, race in enumerate(raced):
        tell(f"stops of {race.name}", at / len(raced))
        visits = green_visits(race)
        if at >= at_apart > 0:
            plain_s = _plain_s(race.world)
            said += [_judged(levels.expect(place_of(race, visit)), visit, plain_s) for visit in visits]
        for visit in visits:
            levels.take(place_of(race, visit), race.rows[0].race, visit.loss_s)
        count += len(visits)
    if not count:
        raise NoRacesError("Nobody came in under green: there is no stop to learn from.")
    tell("done", 1.0)
    scores = _stop_scores(said)
    data = pit_loss_bytes(levels)
    return _lesson(PIT_LOSS, raced, (made_s, code), ("levels", scores, {"stops": count}), data, began_s)


def learnt_finish(races: Sequence[Race], made_s: float, code: str, tell: Tell = quiet) -> Lesson:
    """Each class is a race of its own; raises NoRacesError where fewer than two cars raced each other."""
    from pitbox.predict.finish import fit_finish  # noqa: PLC0415 - LightGBM takes half a second
    from pitbox.predict.finish_question import asked_of  # noqa: PLC0415 - the same

    began_s, forms, raced = time.process_time(), FinishForms(), _driven(races)
    found: list[list[Asked]] = []
    for at, race in enumerate(raced):
        tell(f"places of {race.name}", 0.4 * at / len(raced))
        found.append([asked for rows in by_class(race.rows) for asked in asked_of(rows, forms)])
    if not any(found):
        raise NoRacesError("No race in which two cars of a class were classified.")

    def fitted(some: Sequence[Sequence["Asked"]]) -> "FinishModel":
        every = [asked for race in some for asked in race]
        count = sum(bool(race) for race in some)
        return fit_finish([one.sample for one in every], [one.places for one in every], count)

    at = first_apart(len(found))
    tell("trial run", 0.5)
    scores = _finish_scores(fitted(found[:at]), found[at:]) if any(found[:at]) else ()
    tell("training", 0.75)
    model = fitted(found)
    tell("done", 1.0)
    step = "boosting" if model.booster is not None else "stay"
    data = finish_bytes(FinishTaught(model, forms))
    return _lesson(FINISH, raced, (made_s, code), (step, scores, {"races": model.races}), data, began_s)


def place_of(race: Race, visit: PitVisit) -> PlaceOfStop:
    return PlaceOfStop(race.world, race.rows[0].circuit, race.rules, visit.car_model or visit.class_name)


def green_visits(race: Race) -> list[PitVisit]:
    """Under caution a stop loses less, and what it does says nothing about the others."""
    return [visit for visit in pit_visits(race.rows) if not visit.is_slow]


def by_class(rows: Sequence[LapRow]) -> Iterable[list[LapRow]]:
    found: dict[str, list[LapRow]] = {}
    for row in rows:
        found.setdefault(row.class_name, []).append(row)
    return found.values()


def _driven(races: Sequence[Race]) -> list[Race]:
    raced = [race for race in races if race.is_race and race.rows]
    if not raced:
        raise NoRacesError("There is no race to learn from, only practice and qualifying.")
    return raced


def _caution_scores(old: Sequence[CautionRace], new: Sequence[CautionRace]) -> tuple[Score, ...]:
    model, every = fit_cautions(old), [one for race in old for one in questions_of(race)]
    rate = (sum(is_start for _, is_start in every) + 0.5) / (len(every) + 0.5)
    found = []
    for laps in (1, _AHEAD):
        told = [one for race in new for one in _caution_answers(model, race, laps)]
        if len(told) >= _LEAST_ASKED:
            said, true = [one for one, _, _ in told], [is_start for _, _, is_start in told]
            plain = [1.0 - (1.0 - rate) ** left for _, left, _ in told]
            calibrated = 1.0 - calibration_error(said, true)
            found.append(Score(laps, len(told), log_loss(said, true), log_loss(plain, true), calibrated))
    return tuple(found)


def _caution_answers(model: CautionModel, race: CautionRace, laps: int) -> Iterable[tuple[float, int, bool]]:
    """What was said, of how many laps, and whether it came."""
    asked = questions_of(race)
    starts = {question.lap for question, is_start in asked if is_start}
    for question, _ in asked:
        left = min(laps, len(race.is_slow) - question.lap + 1)
        said = model.within(question, left)
        if said is not None:
            yield said, left, any(lap in starts for lap in range(question.lap, question.lap + left))


def _judged(said: PitLoss, visit: PitVisit, plain_s: float) -> tuple[float, float, bool]:
    """Error, that of the plain formula, and whether the interval held."""
    is_inside = said.low_s <= visit.loss_s <= said.high_s
    return abs(said.loss_s - visit.loss_s), abs(plain_s - visit.loss_s), is_inside


def _plain_s(world: str) -> float:
    prior = _CIRCUIT if world == SHEET else ServicePrior()
    return fit_service([], prior).loss(_USUAL).value


def _finish_scores(model: "FinishModel", races: Sequence[Sequence["Asked"]]) -> tuple[Score, ...]:
    from pitbox.predict.finish import plain_odds  # noqa: PLC0415 - LightGBM takes half a second
    from pitbox.predict.finish_question import CUTS, rps  # noqa: PLC0415 - the same

    found = []
    for cut in CUTS:
        errors: list[float] = []
        plain: list[float] = []
        said: list[float] = []
        true: list[float] = []
        for asked in (one for race in races for one in race if one.cut == cut):
            odds = model.odds(asked.sample)[0]
            errors += rps(odds, asked.places)
            plain += rps(plain_odds(asked.sample), asked.places)
            said += np.cumsum(odds, axis=1)[:, :-1].ravel().tolist()
            below = np.asarray(asked.places)[:, None] <= np.arange(1, asked.sample.starters)
            true += below.ravel().tolist()
        if len(errors) >= _LEAST_ASKED:
            means = float(np.mean(errors)), float(np.mean(plain)), 1.0 - calibration_error(said, true)
            found.append(Score(round(100 * cut), len(errors), *means))
    return tuple(found)


def _stop_scores(said: Sequence[tuple[float, float, bool]]) -> tuple[Score, ...]:
    if len(said) < _LEAST_ASKED:
        return ()
    error, plain, inside = np.array(said, dtype=float).mean(axis=0).tolist()
    return (Score(0, len(said), error, plain, inside),)


def _lesson(  # noqa: PLR0917 - all of a card
    model: str,
    races: Sequence[Race],
    made: tuple[float, str],
    learnt: tuple[str, tuple[Score, ...], dict[str, int]],
    data: bytes,
    began_s: float,
) -> Lesson:
    step, scores, parameters = learnt
    card = msgspec.structs.replace(
        card_of(model, races, *made),
        step=step,
        scores=scores,
        parameters=dict(parameters),
        tested=tuple(race.name for race in races[first_apart(len(races)) :]) if scores else (),
        trained_s=round(time.process_time() - began_s, 3),
    )
    return Lesson(card, data)
