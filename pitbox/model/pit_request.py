"""What an engineer wants to stand in the pit menu, and what the driver's PitBox answers to that."""

from enum import StrEnum

import msgspec

from pitbox.model.edit import Draft, Edit, Entity, Value, is_owner
from pitbox.model.errors import EditError
from pitbox.model.ids import Axis, DeviceId
from pitbox.model.ledger import Ledger

KIND = "pit_request"
CORNERS = ("LF", "RF", "LR", "RR")
"""Of a car seen from above, as the sim names them."""
LIVES_S = 20.0
"""Sim time in which a request is worth doing; what comes later than that surprises a driver."""
MOST_FUEL = 999.0

_FUEL, _TYRES, _TEAR_OFF, _FAST_REPAIR, _ASKED = "fuel", "tyres", "tear_off", "fast_repair", "asked"
_ANSWER = "answer."


class Outcome(StrEnum):
    DONE = "done"
    """The menu shows what was asked."""
    DIFFERENT = "different"
    """The menu shows something else."""
    UNANSWERED = "unanswered"
    """The sim did not change its menu in time."""
    REFUSED = "refused"
    """Nothing was sent to the sim; the words say why."""
    NOT_IN_CAR = "not in the car"
    """Its person does not sit in the car: not for it to answer. Builds that do not know this wait on."""

    @property
    def is_last_word(self) -> bool:
        """Nobody can answer better; whoever is not in the car speaks for nobody who may be."""
        return self is not Outcome.NOT_IN_CAR


class PitMenu(msgspec.Struct, frozen=True):
    """What is to stand in the menu, or stands there; None leaves a box as it is, or is not known."""

    fuel: float | None = None
    """Litres, or kWh in an electric car; 0 unticks the box."""
    tyres: frozenset[str] | None = None
    """Corners to change; none at all unticks all four."""
    tear_off: bool | None = None
    fast_repair: bool | None = None


class Answer(msgspec.Struct, frozen=True):
    device: DeviceId
    outcome: Outcome
    words: str


class PitRequest(msgspec.Struct, frozen=True):
    key: str
    author: DeviceId
    menu: PitMenu
    at: Axis
    """Where the race was when it was asked."""
    order: tuple[int, str]
    answers: tuple[Answer, ...] = ()


def ask(key: str, menu: PitMenu) -> tuple[Draft, ...]:
    """The last draft completes it; raises EditError for a request that no pit menu could take.

    The key is the author's own, of `owned_key`: what others write into a request is not part of it.
    """
    entity = Entity(KIND, key)
    wishes: list[Draft] = []
    if menu.fuel is not None:
        if not 0 <= menu.fuel <= MOST_FUEL:
            raise EditError(f"Fuel has to be from 0 to {MOST_FUEL:g}.")
        wishes.append(Draft(entity, _FUEL, menu.fuel))
    if menu.tyres is not None:
        if menu.tyres - set(CORNERS):
            raise EditError(f"Tyres are {', '.join(CORNERS)}.")
        wishes.append(Draft(entity, _TYRES, ",".join(c for c in CORNERS if c in menu.tyres)))
    for name, value in ((_TEAR_OFF, menu.tear_off), (_FAST_REPAIR, menu.fast_repair)):
        if value is not None:
            wishes.append(Draft(entity, name, value))
    if not wishes:
        raise EditError("A request for the pit menu has to ask for something.")
    return (*wishes, Draft(entity, _ASKED, True))


def answer(request: PitRequest, device: DeviceId, outcome: Outcome, words: str) -> tuple[Draft, ...]:
    entity = Entity(KIND, request.key)
    return (Draft(entity, f"{_ANSWER}{device}", f"{outcome}: {words}"),)


def pit_requests(ledger: Ledger) -> tuple[PitRequest, ...]:
    """All of them, in the order in which they were asked."""
    found = (_request(ledger, entity) for entity in ledger.entities(KIND, is_deleted_too=True))
    return tuple(sorted((r for r in found if r is not None), key=lambda request: request.order))


def verdict(request: PitRequest) -> Answer | None:
    """The answer that counts: of who could do something, before those of who could not."""
    return min(request.answers, key=lambda given: list(Outcome).index(given.outcome), default=None)


def menu_words(menu: PitMenu, unit: str) -> str:
    """`42 l, tyres LF RF, no tear-off`; empty for a menu that says nothing."""
    words = []
    if menu.fuel is not None:
        words.append(f"{menu.fuel:g} {unit}" if menu.fuel else "no fuel")
    if menu.tyres is not None:
        some = " ".join(corner for corner in CORNERS if corner in menu.tyres)
        words.append("no tyres" if not some else "four tyres" if len(menu.tyres) == len(CORNERS) else some)
    for is_on, name in ((menu.tear_off, "tear-off"), (menu.fast_repair, "fast repair")):
        if is_on is not None:
            words.append(name if is_on else f"no {name}")
    return ", ".join(words)


def _request(ledger: Ledger, entity: Entity) -> PitRequest | None:
    history = ledger.history(entity)
    own = {edit.field: edit for edit in history if is_owner(edit.author, entity)}
    asked = own.get(_ASKED)
    if asked is None or asked.value is not True:
        return None
    answers = (_answer(edit) for edit in history if edit.field == _ANSWER + edit.author)
    return PitRequest(
        key=entity.key,
        author=asked.author,
        menu=_menu({name: edit.value for name, edit in own.items()}),
        at=asked.at,
        order=(asked.stamp.lamport, asked.author),
        answers=tuple(given for given in answers if given is not None),
    )


def _menu(values: dict[str, Value]) -> PitMenu:
    fuel, tyres = values.get(_FUEL), values.get(_TYRES)
    tear_off, fast_repair = values.get(_TEAR_OFF), values.get(_FAST_REPAIR)
    is_fuel = isinstance(fuel, int | float) and not isinstance(fuel, bool) and 0 <= fuel <= MOST_FUEL
    return PitMenu(
        fuel=float(fuel) if is_fuel and isinstance(fuel, int | float) else None,
        tyres=frozenset(tyres.split(",")) & set(CORNERS) if isinstance(tyres, str) else None,
        tear_off=tear_off if isinstance(tear_off, bool) else None,
        fast_repair=fast_repair if isinstance(fast_repair, bool) else None,
    )


def _answer(edit: Edit) -> Answer | None:
    outcome, _, words = str(edit.value).partition(": ")
    return Answer(edit.author, Outcome(outcome), words) if outcome in set(Outcome) else None
