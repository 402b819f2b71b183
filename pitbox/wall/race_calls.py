"""What models of whole races say at one moment: cautions to come, what stops cost here, places at the flag.

Beside the pace of each car (`pace_fold`): these speak of the race, and are asked as often as strategy is.
What they say is held against the race (`race_claims`).
"""

import time
from collections.abc import Callable
from typing import TypeVar

import msgspec

from pitbox.model.session import SessionInfo
from pitbox.predict.registry_card import world_of
from pitbox.strategy.learned_caution import caution_call
from pitbox.strategy.learned_pit import pit_calls
from pitbox.strategy.pace import CautionCall, FinishCall, Learned, PitCall, Speaker
from pitbox.strategy.story import FINISHED, Moment
from pitbox.wall.claim_watch import Race
from pitbox.wall.lap_book import LapBook
from pitbox.wall.models import Models, Standing
from pitbox.wall.notebook import Notebook
from pitbox.wall.race_claims import FinishClaim, RaceClaims
from pitbox.wall.witness import Witness

_SLOW_S, _MOST_SLOW = 0.25, 3
"""Of CPU for an answer, and how often in a row: such a version is given up."""
_T = TypeVar("_T")


class RaceCalls:
    """Belongs to the thread that looks ahead."""

    def __init__(self, models: Models, notes: Notebook) -> None:
        self._models = models
        self._claims = RaceClaims(Witness(models, notes))
        self._slow: dict[str, int] = {}
        self._pits: tuple[str, SessionInfo, dict[str, PitCall]] | None = None
        self._finish: tuple[tuple[str, int, int], FinishCall | None] | None = None

    def begin(self) -> None:
        """Another race, or its laps told anew."""
        self._finish = None
        self._claims.begin()

    def on(self, moment: Moment, laps: LapBook, race: Race) -> Learned:
        """What the moment has learnt already, and what these models add. `laps`: the race so far."""
        learned, info = moment.learned, moment.info
        if info is None:
            return learned
        world = world_of(info)
        found = learned
        standing = self._models.cautions(world)
        if standing is not None:
            call = self._asked(standing, lambda: _cautions(moment, standing))
            speaker = None if call is None else speaker_of(standing)
            found = msgspec.structs.replace(found, cautions=call, caution_speaker=speaker)
            self._held(standing, lambda: self._claims.cautions(standing, moment, laps, race))
        pits = self._models.pit_loss(world)
        if pits is not None:
            calls = self._pit_calls(pits, info)
            speaker = speaker_of(pits) if calls else None
            found = msgspec.structs.replace(found, pits=calls, pit_speaker=speaker)
            self._held(pits, lambda: self._claims.pits(pits, calls, moment, laps, race))
        ends = self._models.finish(world)
        if ends is not None:
            finish = self._finish_call(ends, moment, laps, race)
            speaker = None if finish is None else speaker_of(ends, finish.step)
            found = msgspec.structs.replace(found, finish=finish, finish_speaker=speaker)
            self._held(ends, lambda: self._claims.finish_came(ends, moment, laps, race))
        return found

    def _pit_calls(self, standing: Standing, info: SessionInfo) -> dict[str, PitCall]:
        """The same for as long as the session text is."""
        known, version = self._pits, standing.card.version
        if known is None or known[0] != version or known[1] is not info:
            calls = self._asked(standing, lambda: pit_calls(info, standing.pit_loss, standing.card.world))
            known = self._pits = version, info, calls or {}
        return known[2]

    def _finish_call(
        self, standing: Standing, moment: Moment, laps: LapBook, race: Race
    ) -> FinishCall | None:
        """Once a lap of ours: it reads the whole race of our class."""
        own, known = moment.car(moment.own_car_idx), self._finish
        if own is not None and own.status == FINISHED:
            return None  # its place is no chance any more
        key = (standing.card.version, moment.own_car_idx, 0 if own is None else own.story.laps_done)
        if known is None or known[0] != key or key[2] == 0:
            ask = _finish_question(moment, standing, laps)
            said = None if ask is None else self._asked(standing, ask)
            known = self._finish = key, None if said is None else _call_of(said)
            if said is not None and not moment.is_checkered:
                self._held(standing, lambda: self._claims.finish(standing, said, race, moment.now_s))
        return known[1]

    def _held(self, standing: Standing, hold: Callable[[], None]) -> None:
        """Against the race; whoever cannot be held against it gives way too."""
        try:
            hold()
        except Exception as error:  # noqa: BLE001 - whatever a learned thing raises must not end a race
            self._models.give_up(standing, f"cannot be judged ({type(error).__name__}: {error})")

    def _asked(self, standing: Standing, ask: Callable[[], _T]) -> _T | None:
        """A version that fails or is slow gives way to the one before; this once the plain formula speaks."""
        model, began_s = standing.card.model, time.thread_time()
        try:
            found = ask()
        except Exception as error:  # noqa: BLE001 - whatever a learned thing raises must not end a race
            self._models.give_up(standing, f"cannot answer ({type(error).__name__}: {error})")
            return None
        is_slow = time.thread_time() - began_s > _SLOW_S
        self._slow[model] = self._slow.get(model, 0) + 1 if is_slow else 0
        if self._slow[model] >= _MOST_SLOW:
            self._slow[model] = 0
            self._models.give_up(standing, f"took more than {_SLOW_S:g} s for an answer")
        return found


def _cautions(moment: Moment, standing: Standing) -> CautionCall | None:
    return caution_call(moment, standing.cautions)


def _call_of(said: FinishClaim) -> FinishCall:
    return FinishCall(tuple(round(float(chance), 5) for chance in said.odds[said.mine]), said.step)


def _finish_question(moment: Moment, standing: Standing, laps: LapBook) -> Callable[[], FinishClaim] | None:
    """Of our car among its class, as its laps tell; None before it and another one have driven."""
    own = moment.car(moment.own_car_idx)
    mine = None if own is None else laps.last_of(str(own.car_idx))
    if own is None or mine is None:
        return None
    from pitbox.predict.finish import finish_sample  # noqa: PLC0415 - LightGBM takes half a second
    from pitbox.predict.finish_state import race_state  # noqa: PLC0415 - with it

    mates = laps.mates(mine.class_name, len(laps))
    state = race_state(mates, moment.now_s, _laps(moment, own.class_id), None, mine.circuit)
    at = next((at for at, car in enumerate(state.cars) if car.car == mine.car), None)
    if at is None or state.starters < 2:
        return None
    place, taught, cars = at, standing.finish, tuple(car.car for car in state.cars)

    def ask() -> FinishClaim:
        sample = finish_sample(state, taught.forms)
        odds, step = taught.model.odds(sample)
        return FinishClaim(mine.class_name, cars, place, mine.lap, odds, sample, step)

    return ask


def _laps(moment: Moment, class_id: int) -> int:
    """How many the winner of the class will have done, by the pace of now."""
    leader = next((car for car in moment.cars if car.class_id == class_id), None)
    lap_s = None if leader is None else leader.story.typical_lap_s()
    done = 1 if leader is None else max(1, leader.laps)
    by_time = done + round((moment.time_left_s or 0.0) / lap_s) if lap_s else done
    if moment.length.laps is None:
        return by_time
    return moment.length.laps if moment.time_left_s is None else min(moment.length.laps, by_time)


def speaker_of(standing: Standing, step: str = "") -> Speaker:
    card = standing.card
    return Speaker(card.model, card.version, step or card.step, standing.promotion.at_s)
