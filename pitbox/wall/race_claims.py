"""What models of whole races said, held against the race: each claim with its inputs, and later its truth.

Cautions are asked what they were asked in training, at each green lap of the leader; stops are those that
this race made under green; a finish is asked of a whole class at the quarters of its race, and of us at each
lap of ours. A claim whose truth nobody saw stays open.
"""

import math
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from pitbox.model.session import SessionInfo
from pitbox.predict.caution import FULL, LOCAL, OFF, CautionQuestion
from pitbox.predict.caution_race import caution_world
from pitbox.predict.pit_level import SHARE, PlaceOfStop, pit_rules
from pitbox.predict.pit_visit import PitVisit, pit_visits
from pitbox.strategy.pace import PitCall
from pitbox.strategy.story import RUNNING, CarNow, Moment
from pitbox.wall.claim_watch import ClaimWatch, Race
from pitbox.wall.forecast_log import Proved, Said
from pitbox.wall.lap_book import LapBook
from pitbox.wall.models import Standing
from pitbox.wall.witness import Witness

if TYPE_CHECKING:
    from pitbox.predict.finish import FinishSample

_AHEAD = 10
_CUTS, _NEAR = (0.0, 0.25, 0.5, 0.75), 0.1
"""Quarters of a race, and how late after one it still is asked."""
_NONE = -1
"""The distance of claims that no score judges."""
_SCAN_ROWS = 60
_ABSOLUTE, _Z = 0.798, 1.645
"""Of a normal error: its mean size in spreads, and where nine of ten lie."""
_SURE = 1e-9
_GONE_LAPS = 2.5


class FinishClaim(msgspec.Struct, frozen=True):
    """What was said of a whole class at one moment."""

    class_name: str
    cars: tuple[str, ...]
    mine: int
    """Which of them is ours."""
    lap: int
    """Of ours."""
    odds: Any
    """By car, by place."""
    sample: "FinishSample"
    step: str


class RaceClaims:
    """Follows one race after the other; `begin` when its laps are told anew."""

    def __init__(self, witness: Witness) -> None:
        self._witness = witness
        self.begin()

    def begin(self) -> None:
        self._read = self._scanned = 0
        self._leads: dict[int, tuple[float, bool]] = {}
        """By lap: when it was first completed, and whether under caution."""

    def cautions(self, standing: Standing, moment: Moment, laps: LapBook, race: Race) -> None:
        for row in laps.after(self._read):
            if row.lap not in self._leads or row.end_s < self._leads[row.lap][0]:
                self._leads[row.lap] = row.end_s, row.is_slow
        self._read = len(laps)
        info = moment.info
        if info is None or not self._leads or info.rules.cautions in (OFF, LOCAL):
            return
        watch, newest = self._witness.watch(standing), max(self._leads)
        came = [self._caution_truth(said) for said in watch.pending(race) if _last_lap(said) <= newest]
        self._witness.prove(standing, came)
        if not self._is_slow(newest):
            asked = _caution_question(moment, info, newest + 1)
            self._witness.say(standing, list(_caution_claims(standing, watch, asked, race, moment.now_s)))

    def pits(
        self, standing: Standing, calls: dict[str, PitCall], moment: Moment, laps: LapBook, race: Race
    ) -> None:
        watch, info = self._witness.watch(standing), moment.info
        if info is None or watch.is_full(race):
            return
        fresh = [make for make in calls if not watch.knows(race, make, _NONE)]
        self._witness.say(
            standing, [_pit_claim(standing, info, make, calls[make], race, moment.now_s) for make in fresh]
        )
        if len(laps) - self._scanned < _SCAN_ROWS and not moment.is_checkered:
            return
        self._scanned = len(laps)
        seen = [visit for visit in pit_visits(list(laps)) if not visit.is_slow]
        told = [(visit, calls.get(visit.car_model or visit.class_name)) for visit in seen]
        came = [_stop_truth(standing, call, visit, race) for visit, call in told if call is not None]
        self._witness.prove(standing, came)

    def finish(self, standing: Standing, claim: FinishClaim, race: Race, at_s: float) -> None:
        watch = self._witness.watch(standing)
        self._witness.say(standing, list(_finish_claims(standing, watch, claim, race, at_s)))

    def finish_came(self, standing: Standing, moment: Moment, laps: LapBook, race: Race) -> None:
        """Once all who were spoken of have the flag, or will not get it."""
        own = moment.car(moment.own_car_idx)
        if own is None or not moment.is_checkered:
            return
        watch = self._witness.watch(standing)
        pending = watch.pending(race)
        running = any(_is_coming(car, moment.now_s) for car in moment.of_class(own.class_id))
        last = laps.last_of(str(own.car_idx))
        if not pending or running or last is None:
            return
        from pitbox.predict.finish_state import finish_order  # noqa: PLC0415 - a race is over once

        order = finish_order(laps.mates(last.class_name, len(laps)))
        places = {car: place for place, car in enumerate(order, 1)}
        self._witness.prove(standing, [_finish_truth(said, places) for said in pending])

    def _is_slow(self, lap: int) -> bool:
        return self._leads.get(lap, (0.0, False))[1]

    def _caution_truth(self, said: Said) -> Proved:
        first, chance = int(said.about.rpartition(" ")[2]), float(_floats(said)[0])
        after = range(first, first + said.ahead)
        came = any(self._is_slow(lap) and not self._is_slow(lap - 1) for lap in after)
        error = -math.log(max(_SURE, chance if came else 1.0 - chance))
        return _proved(said, (float(came),), error, chance, float(came))


def _is_coming(car: CarNow, now_s: float) -> bool:
    """It still drives to the flag: who stopped somewhere never crosses the line again."""
    lap_s, line_s = car.story.typical_lap_s(), car.line_s
    is_gone = lap_s is None or line_s is None or now_s - line_s > _GONE_LAPS * lap_s
    return car.status == RUNNING and not is_gone


def _caution_question(moment: Moment, info: SessionInfo, lap: int) -> CautionQuestion:
    return CautionQuestion(
        world=caution_world(info),
        circuit=info.track.name,
        lap=lap,
        cars=len(moment.cars),
        rules=info.rules.cautions or FULL,
    )


def _last_lap(said: Said) -> int:
    return int(said.about.rpartition(" ")[2]) + said.ahead - 1


def _caution_claims(
    standing: Standing, watch: ClaimWatch, asked: CautionQuestion, race: Race, at_s: float
) -> "list[Said]":
    """Of the next lap, and at each tenth of the next ten: windows that share no lap."""
    found, about = [], f"lap {asked.lap}"
    for ahead in (1, _AHEAD) if asked.lap % _AHEAD == 1 else (1,):
        chance = standing.cautions.within(asked, ahead)
        if chance is None or watch.knows(race, about, ahead):
            continue
        sure = min(max(chance, _SURE), 1.0 - _SURE)
        own = -(sure * math.log(sure) + (1.0 - sure) * math.log1p(-sure))
        found.append(_said(standing, race, (about, ahead, at_s, own), [chance], asked))
    return found


def _pit_claim(  # noqa: PLR0917 - all of a claim
    standing: Standing, info: SessionInfo, make: str, call: PitCall, race: Race, at_s: float
) -> Said:
    """Of all its stops to come; each of them is a truth of its own."""
    place = PlaceOfStop(standing.card.world, info.track.name, pit_rules(info), make)
    told = [call.loss_s, call.low_s, call.high_s]
    return _said(standing, race, (make, _NONE, at_s, _own_of(call)), told, place, call.step)


def _stop_truth(standing: Standing, call: PitCall, visit: PitVisit, race: Race) -> Proved:
    card, is_inside = standing.card, call.low_s <= visit.loss_s <= call.high_s
    return Proved(
        *race,
        about=f"{visit.car} lap {visit.lap}",
        ahead=0,
        model=card.model,
        version=card.version,
        truth=(visit.loss_s,),
        error=abs(visit.loss_s - call.loss_s),
        own=_own_of(call),
        promised=SHARE,
        came=float(is_inside),
    )


def _own_of(call: PitCall) -> float:
    return (call.high_s - call.low_s) / 2.0 / _Z * _ABSOLUTE


def _finish_claims(
    standing: Standing, watch: ClaimWatch, claim: FinishClaim, race: Race, at_s: float
) -> "list[Said]":
    """Ours, and at a quarter of the race the whole class."""
    found = []
    mine = claim.odds[claim.mine : claim.mine + 1]
    about, row = f"{claim.cars[claim.mine]} lap {claim.lap}", claim.sample.x[claim.mine]
    if not watch.knows(race, about, _NONE):
        told = about, _NONE, at_s, _own_score(mine)
        found.append(_said(standing, race, told, mine.ravel(), row.tolist(), claim.step))
    cut = max(cut for cut in _CUTS if cut <= claim.sample.share)
    ahead = round(100 * cut)
    about = f"{claim.class_name}: {' '.join(claim.cars)}"
    if claim.sample.share < cut + _NEAR and not watch.knows_at(race, ahead):
        told = about, ahead, at_s, _own_score(claim.odds)
        inputs = claim.sample.share, claim.sample.starters, claim.sample.x.tolist()
        found.append(_said(standing, race, told, claim.odds.ravel(), inputs, claim.step))
    return found


def _finish_truth(said: Said, places: dict[str, int]) -> Proved:
    from pitbox.predict.finish_question import rps  # noqa: PLC0415 - LightGBM takes half a second

    who = said.about.rpartition(": ")[2] if said.ahead >= 0 else said.about.partition(" ")[0]
    cars = who.split(" ")
    odds = _floats(said).reshape(len(cars), -1)
    got = [min(places.get(car, odds.shape[1]), odds.shape[1]) for car in cars]
    error = float(np.mean(rps(odds, got)))
    return _proved(said, tuple(float(place) for place in got), error, _NONE, 0.0)


def _own_score(odds: Any) -> float:
    """The ranked probability score that these chances expect of themselves."""
    below = np.cumsum(odds, axis=1)[:, :-1]
    return float((below * (1.0 - below)).mean()) if below.size else 0.0


def _said(  # noqa: PLR0917 - all of a claim
    standing: Standing,
    race: Race,
    claim: tuple[str, int, float, float],
    told: Any,
    inputs: Any,
    step: str = "",
) -> Said:
    card, (about, ahead, at_s, own) = standing.card, claim
    data = np.asarray(told, dtype="<f4").tobytes()
    head = (*race, about, ahead, at_s, card.world, card.model, card.version, step or card.step)
    return Said(*head, data, own, msgspec.msgpack.encode(inputs))


def _proved(said: Said, truth: tuple[float, ...], error: float, promised: float, came: float) -> Proved:
    head = said.session, said.session_num, said.run, said.about, said.ahead, said.model, said.version
    return Proved(*head, truth, error, said.own, promised, came)


def _floats(said: Said) -> Any:
    return np.frombuffer(said.said, "<f4").astype(float)
