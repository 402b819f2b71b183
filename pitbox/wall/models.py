"""The promoted models of one process: loaded when they are first asked, and given up when they fail.

    models = Models(registry, on_health, clock, who="engineer")
    standing = models.lap_time("iracing")       # the version that speaks now; None: the plain formula does
    models.give_up(standing, "is slow")         # the one before speaks from now on, and Health says so

Loads no LightGBM before a version with boosters is asked for.
"""

import time
from typing import TYPE_CHECKING, Any

import msgspec

from pitbox.crew.health import Health, HealthSink, Level
from pitbox.model.clock import Clock
from pitbox.predict.errors import ModelError, RegistryError
from pitbox.predict.registry import Registry
from pitbox.predict.registry_card import (
    CAUTION,
    FINISH,
    LAP_TIME,
    PIT_LOSS,
    TYRES,
    Card,
    Promotion,
    Use,
)

if TYPE_CHECKING:
    from pitbox.predict.caution import CautionModel
    from pitbox.predict.pit_level import PitLevels
    from pitbox.predict.taught import FinishTaught, LapTimeTaught
    from pitbox.predict.tyre_prior import TyrePriors

ROOM = "predict"
_LOOK_S = 5.0
"""A promotion in another process is followed that soon."""
_SLOW_LOAD_S = 8.0
"""Of CPU: a version that takes longer to read is not worth a live race."""


class Standing(msgspec.Struct, frozen=True):
    """A version that may speak."""

    card: Card
    promotion: Promotion
    taught: Any
    """What `taught.READERS` read."""

    @property
    def lap_time(self) -> "LapTimeTaught":
        found: LapTimeTaught = self.taught
        return found

    @property
    def tyres(self) -> "TyrePriors":
        found: TyrePriors = self.taught
        return found

    @property
    def cautions(self) -> "CautionModel":
        found: CautionModel = self.taught
        return found

    @property
    def pit_loss(self) -> "PitLevels":
        found: PitLevels = self.taught
        return found

    @property
    def finish(self) -> "FinishTaught":
        found: FinishTaught = self.taught
        return found


class _Seat(msgspec.Struct):
    """Who speaks of one model and world."""

    standing: Standing | None = None
    looked_s: float = float("-inf")
    chain: tuple[str, ...] = ()
    faults: dict[str, str] = {}
    """By version: why it does not speak."""


class Models:
    """Belongs to one thread."""

    def __init__(self, registry: Registry, on_health: HealthSink, clock: Clock, who: str) -> None:
        self.registry = registry
        self._on_health, self._clock, self._who = on_health, clock, who
        self._seats: dict[tuple[str, str], _Seat] = {}

    def lap_time(self, world: str) -> Standing | None:
        return self._standing(LAP_TIME, world)

    def tyres(self, world: str) -> Standing | None:
        return self._standing(TYRES, world)

    def cautions(self, world: str) -> Standing | None:
        return self._standing(CAUTION, world)

    def pit_loss(self, world: str) -> Standing | None:
        return self._standing(PIT_LOSS, world)

    def finish(self, world: str) -> Standing | None:
        return self._standing(FINISH, world)

    def give_up(self, standing: Standing, why: str) -> None:
        """`why` follows the version's name in a sentence."""
        card = standing.card
        seat = self._seats[card.model, card.world]
        seat.faults[card.version] = why
        self._seat(card.model, card.world, seat)

    def _standing(self, model: str, world: str) -> Standing | None:
        seat = self._seats.setdefault((model, world), _Seat(faults={}))
        now_s = self._clock.monotonic_s()
        if now_s - seat.looked_s >= _LOOK_S:
            seat.looked_s = now_s
            chain = tuple(one.version for one in self._chain(model, world))
            if chain != seat.chain:
                if chain[:1] != seat.chain[:1] and chain:
                    seat.faults.pop(chain[0], None)  # somebody promoted it anew: it gets another chance
                seat.chain = chain
                self._seat(model, world, seat)
        return seat.standing

    def _chain(self, model: str, world: str) -> list[Promotion]:
        try:
            return self.registry.chain(model, world)
        except RegistryError:  # a sim with a name that no folder can have
            return []

    def _seat(self, model: str, world: str, seat: _Seat) -> None:
        before, seat.standing = seat.standing, None
        for promotion in self._chain(model, world):
            if promotion.version in seat.faults:
                continue
            if before is not None and before.card.version == promotion.version:
                seat.standing = msgspec.structs.replace(before, promotion=promotion)
                break
            try:
                seat.standing = self._loaded(model, world, promotion)
                break
            except (ModelError, RegistryError) as error:
                seat.faults[promotion.version] = f"cannot speak: {error}"
        self._tell(model, seat)

    def _loaded(self, model: str, world: str, promotion: Promotion) -> Standing:
        from pitbox.predict import taught  # noqa: PLC0415 - not before a model is asked

        began_s = time.thread_time()
        card = self.registry.card(promotion.version)
        if (card.model, card.world) != (model, world):
            raise RegistryError(f"{card.version} knows {card.model} of {card.world}.")
        data = self.registry.data(card)
        found = Standing(card, promotion, taught.READERS[model](data))
        spent_s = time.thread_time() - began_s
        if spent_s > _SLOW_LOAD_S:
            raise ModelError(f"it took {spent_s:.0f} s to read.")
        self._note(model, promotion.version)
        return found

    def _note(self, model: str, version: str) -> None:
        if not self._who:  # somebody who only looks
            return
        try:
            self.registry.note_use(model, Use(self._who, version, round(self._clock.wall_s(), 1)))
        except (OSError, RegistryError):
            return  # only for people to read

    def _tell(self, model: str, seat: _Seat) -> None:
        chain = [version for version in seat.chain if version in seat.faults]
        standing = seat.standing
        if not seat.chain:
            self._on_health(
                Health(ROOM, model, Level.OK, "No version is promoted: the plain formula speaks.")
            )
            return
        now = "The plain formula speaks" if standing is None else f"{standing.card.version} speaks"
        if standing is not None and seat.chain[0] == standing.card.version:
            self._on_health(Health(ROOM, model, Level.OK, f"{now}."))
            return
        why = "; ".join(f"{version} {seat.faults[version]}".rstrip(".") for version in chain)
        self._on_health(Health(ROOM, model, Level.DEGRADED, f"{now} instead: {why}."))
