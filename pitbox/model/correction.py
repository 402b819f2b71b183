"""People can be right against the machine: what an edit says of a fact stands in for what was derived.

Pure: facts and a ledger in, facts with their corrections out. The facts themselves stay as they were folded.
"""

import math
from collections.abc import Callable
from typing import Any

import msgspec

from pitbox.model.edit import Draft, Edit, Entity, Value
from pitbox.model.errors import EditError
from pitbox.model.fact import DriverStint, Fact, Lap, Service, Stint, Stop, TyreStint
from pitbox.model.ids import Axis, DeviceId
from pitbox.model.ledger import Ledger

KIND = "correction"
RETIRED = "retired"
SERVICES = ("fuel", "tyres", "repairs", "swap", "drive_through", "tow")
_MAX_LITRES = 1000.0


class Correction(msgspec.Struct, frozen=True):
    """One field of one fact, as somebody says it was."""

    field: str
    derived: Any
    """What the fold says."""
    value: Value
    """What stands now."""
    edit: Edit
    others: tuple[Edit, ...] = ()
    """What others said at the same time without knowing of it."""

    @property
    def author(self) -> DeviceId:
        return self.edit.author


class Corrected(msgspec.Struct, frozen=True):
    """A fact as it is to be shown."""

    fact: Fact
    corrections: tuple[Correction, ...] = ()


Setter = Callable[[Any, Value], Any]
"""The fact with this value in it; raises EditError for a value that makes no sense."""


def correct(fact: Fact, field: str, value: Value) -> Draft:
    """The wish that says so; raises EditError for what cannot be corrected, or not to that."""
    setters = _SETTERS.get(type(fact), {})
    if field not in setters:
        known = ", ".join(sorted(setters)) or "nothing"
        raise EditError(f"{field!r} cannot be corrected here: of such a fact, {known} can.")
    setters[field](fact, value)
    return Draft(Entity(KIND, fact_key(fact)), field, value)


def retire(
    session_num: int, run: int, car_idx: int, *, is_retired: bool = True, from_s: float | None = None
) -> Draft:
    """The wish that says that a car will not come back, or that it will.

    `from_s`: since when, as sim time; None: since it is said. Raises EditError for no such time.
    """
    value = is_retired if from_s is None else is_retired and from_s
    if said_retired(value) is None:
        raise EditError("A car is retired from a moment of the session on.")
    return Draft(car_entity(session_num, run, car_idx), RETIRED, value)


def said_retired(value: Value) -> bool | None:
    """What such a correction says; None: nothing that makes sense."""
    if isinstance(value, bool):
        return value
    return True if isinstance(value, int | float) and 0 <= value < math.inf else None


def retired_since(correction: Correction, session_num: int, run: int) -> Axis:
    """The moment that it names, else when it was said; before everything where nobody said it in a race."""
    value, said_at = correction.value, correction.edit.at
    if isinstance(value, bool) or not isinstance(value, int | float):
        return said_at
    return Axis(session_num, run, float(value))


def fact_key(fact: Fact) -> str:
    """The fact's own key as a text: the same on every machine that folds the same logs."""
    number = {"flag": "phase"}.get(tag := str(fact.__struct_config__.tag), tag)
    parts = [tag, fact.session_num, fact.run, getattr(fact, "car_idx", "-"), getattr(fact, number)]
    return "/".join(str(part) for part in parts)


def corrected(fact: Fact, ledger: Ledger) -> Corrected:
    """The fact as people have set it right; what makes no sense for its field is passed over."""
    entity = Entity(KIND, fact_key(fact))
    shown, found = fact, []
    for name, setter in _SETTERS.get(type(fact), {}).items():
        field = ledger.field(entity, name)
        if field is None or field.value is None:
            continue
        try:
            shown = setter(shown, field.value)
        except EditError:
            continue
        found.append(Correction(name, _derived(fact, name), field.value, field.edit, field.others))
    return Corrected(shown, tuple(found))


def car_entity(session_num: int, run: int, car_idx: int) -> Entity:
    """What is said of a car as a whole."""
    return Entity(KIND, f"car/{session_num}/{run}/{car_idx}")


def _derived(fact: Fact, name: str) -> Any:
    if name == "kind" and isinstance(fact, Stop):
        return ",".join(service.what for service in fact.service)
    return getattr(fact, name)


def _user(fact: Any, value: Value) -> Any:
    return msgspec.structs.replace(fact, user_id=_whole(value))


def _compound(fact: Any, value: Value) -> Any:
    return msgspec.structs.replace(fact, compound=_whole(value), confidence=1.0)


def _start_lap(fact: Any, value: Value) -> Any:
    return msgspec.structs.replace(fact, start_lap=_whole(value))


def _fuel_used(fact: Any, value: Value) -> Any:
    return msgspec.structs.replace(fact, fuel_used_l=_litres(value))


def _fuel_added(fact: Any, value: Value) -> Any:
    return msgspec.structs.replace(fact, fuel_added_l=_litres(value))


def _stop_kind(fact: Stop, value: Value) -> Stop:
    """Names of services with commas between them; none at all for a stop without service."""
    if not isinstance(value, str):
        raise EditError("The kind of a stop is a list of services.")
    names = [name.strip() for name in value.split(",") if name.strip()]
    odd = [name for name in names if name not in SERVICES]
    if odd or len(set(names)) != len(names):
        raise EditError(f"A stop may be for {', '.join(SERVICES)}, each once.")
    services = tuple(Service(name, 1.0) for name in names)
    return msgspec.structs.replace(fact, service=services, is_tow="tow" in names)


def _whole(value: Value) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -(2**31) <= value < 2**31:
        raise EditError("This takes a whole number.")
    return value


def _litres(value: Value) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MAX_LITRES:
        raise EditError(f"This takes an amount from 0 to {_MAX_LITRES:g}.")
    return float(value)


_SETTERS: dict[type, dict[str, Setter]] = {
    Lap: {"fuel_used_l": _fuel_used, "user_id": _user},
    Stint: {"user_id": _user},
    DriverStint: {"user_id": _user},
    Stop: {"kind": _stop_kind, "fuel_added_l": _fuel_added},
    TyreStint: {"compound": _compound, "start_lap": _start_lap},
}
