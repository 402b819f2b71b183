"""What people call the things they plan, their fields and what stands in them: for history and conflicts."""

from collections.abc import Callable

from pitbox.model import event, member, participation, team, variant
from pitbox.model.edit import DELETED, QUIET, Entity, Value
from pitbox.model.ledger import Ledger
from pitbox.model.offer_reply import KIND as OFFER
from pitbox.model.person import KIND as PERSON
from pitbox.model.spelling import Stretches
from pitbox.model.stint_plan import KIND as STINT
from pitbox.model.stint_plan import plan
from pitbox.model.wall_time import words_of

_DRIVE = ("driver", "spotter", "starter", "shared", "wanted", "unwanted", "no_night")
"""Fields that name a member, in their value or behind their dot."""
_HOURS_FROM_S = 600.0
_TICKED = ("shared", "wanted", "unwanted", "no_night", "part")
"""Lists of which each element is there or is not."""
_WORDS = {
    "driver": "driver",
    "spotter": "spotter",
    "order": "place in the list",
    "length_s": "length",
    "fuel_l": "fuel",
    "is_new_tyres": "new tyres",
    "start_utc_s": "start",
    "lap_s": "lap time",
    "wet_lap_s": "lap time in the wet",
    "pit_s": "pit time",
    "swap_s": "time of a swap",
    "user_id": "iRacing id",
    "car_class": "class",
    "target_stint_s": "target stint",
    "least_rest_s": "least rest",
    "fuel_per_stint_l": "fuel per stint",
    "fuel_per_lap_l": "fuel per lap",
    "stints_per_set": "stints per set of tyres",
    "variant": "strategy",
}
_RULES = {
    "name": "name of the rules",
    "fair_share": "fair share",
    "least_drive_s": "least drive time",
    "most_drive_s": "most drive time",
    "most_in_window_s": "longest drive in any window",
    "window_s": "length of that window",
    "longest_stretch_s": "longest drive at a stretch",
    "least_rest_s": "least rest between drives",
    "most_stints_in_a_row": "stints in a row at most",
    "least_drivers": "drivers at least",
    "most_drivers": "drivers at most",
    "starter": "who starts",
    "mandatory_stops": "mandatory stops",
    "stop_service": "service at mandatory stops",
    "has_spotter": "spotter in every stint",
    "longest_spotting_s": "longest spotting without a break",
    "longest_stint_s": "longest stint of the car",
}


class Titles:
    """What things are called now; for as long as the ledger is not edited."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._known: dict[Entity, str] = {}
        self._rows: dict[str | None, list[str]] = {}
        """Keys of stints in their order, by strategy."""

    def of(self, entity: Entity) -> str:
        """`stint 3`, `Ada for Spa 24 h`; what was deleted keeps its name."""
        if entity not in self._known:
            self._known[entity] = self._title(entity)
        return self._known[entity]

    def _title(self, entity: Entity) -> str:
        ledger = self._ledger
        if entity.kind == STINT:
            return self._stint(entity)
        if entity.kind == participation.KIND:
            of, _, who = entity.key.partition("/")
            return f"{_name(ledger, member.KIND, who)} for {_name(ledger, event.KIND, of)}"
        if entity.kind == event.INSTANCE:
            start = ledger.value(entity, "start_utc_s")
            of = str(ledger.value(entity, "event") or "")
            return f"start {_moment(start)} of {_name(ledger, event.KIND, of)}"
        if entity.kind == OFFER:
            return f"offer {ledger.value(entity, 'reason') or ''}".strip()
        kinds = {event.KIND: "event ", team.KIND: "team ", variant.KIND: "strategy "}
        return kinds.get(entity.kind, "") + _name(ledger, entity.kind, entity.key)

    def _stint(self, entity: Entity) -> str:
        said = self._ledger.value(entity, "variant")
        of = said if isinstance(said, str) else None
        if of not in self._rows:
            self._rows[of] = [row.key for row in plan(self._ledger, of)]
        rows = self._rows[of]
        return f"stint {rows.index(entity.key) + 1}" if entity.key in rows else "a stint"


def title_of(ledger: Ledger, entity: Entity) -> str:
    return Titles(ledger).of(entity)


def field_words(ledger: Ledger, field: str) -> str:
    """`driver`, `free time`, `wants Kai`."""
    head, _, token = field.partition(".")
    if head == "rule":
        return _RULES.get(token, f"rule {token}".removesuffix("_s").replace("_", " "))
    if head in _DRIVE and token:
        verb = {
            "shared": "shares",
            "wanted": "wants",
            "unwanted": "does not want",
            "no_night": "no night for",
        }
        return f"{verb[head]} {_name(ledger, member.KIND, token)}"
    if head == "free":
        return "free time"
    if head in ("cars", "part", "likes"):
        return f"{head.removesuffix('s') if head == 'cars' else head} {token}"
    return _WORDS.get(field, field.removesuffix("_s").removesuffix("_l").replace("_", " "))


def value_words(ledger: Ledger, field: str, value: Value) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    read = _SPECIAL.get(field.removeprefix("rule."))
    if read is not None:
        return read(ledger, value)
    if isinstance(value, int | float):
        return _figure_words(field, float(value))
    return value if len(value) <= 60 else f"{value[:59]}…"


def _figure_words(field: str, value: float) -> str:
    """As people say it: hours for what lasts, seconds for a lap or a stop, a share in percent."""
    if field == "rule.fair_share":
        return f"{100 * value:g} %"
    if field.endswith("_s") and (field.startswith("rule.") or abs(value) >= _HOURS_FROM_S):
        return _hours(value)
    return f"{value:g}{_unit(field)}"


def _unit(field: str) -> str:
    return {"s": " s", "l": " l"}.get(field.rpartition("_")[2], "") if "_" in field else ""


def _name(ledger: Ledger, kind: str, key: str) -> str:
    name = ledger.value(Entity(kind, key), "name")
    if not isinstance(name, str):
        # Taken back or not here yet: the last name that it had is what people remember.
        names = [edit.value for edit in ledger.history(Entity(kind, key)) if edit.field == "name"]
        name = next((one for one in reversed(names) if isinstance(one, str)), key)
    return name


def _moment(value: Value) -> str:
    is_known = isinstance(value, int | float)
    return f"{words_of(float(value), 'UTC')} UTC" if is_known else "not known"  # type: ignore[arg-type]


def _named(kind: str) -> Callable[[Ledger, Value], str]:
    return lambda ledger, value: _name(ledger, kind, str(value)) if value else "nobody"


_SPECIAL: dict[str, Callable[[Ledger, Value], str]] = {
    "driver": _named(member.KIND),
    "spotter": _named(member.KIND),
    "starter": _named(member.KIND),
    "team": _named(team.KIND),
    "event": _named(event.KIND),
    "variant": _named(variant.KIND),
    "start_utc_s": lambda _, value: _moment(value),
    "length_s": lambda _, value: _hours(value),
    "user_id": lambda _, value: str(value),
    "dark": lambda _, value: _stretch_words(value),
    "wet": lambda _, value: _stretch_words(value),
}
HIDDEN = (PERSON, *sorted(QUIET))
"""Kinds that are no part of a plan: who is called what, and what machines tell each other."""


def _hours(value: Value) -> str:
    minutes = round(float(value) / 60) if isinstance(value, int | float) else 0
    return f"{minutes // 60}:{minutes % 60:02} h"


def _stretch_words(value: Value) -> str:
    spans = Stretches().read(value) or ()
    return ", ".join(f"{_hours(span.start_s)} to {_hours(span.end_s)}" for span in spans) or "never"


def deed_words(ledger: Ledger, field: str, before: Value, after: Value) -> str:
    """`driver Ada → Kai`; `added` and `deleted` for a thing as a whole."""
    if field == DELETED:
        return "deleted" if after is True else "brought back"
    if field.partition(".")[0] in _TICKED:
        return field_words(ledger, field) if after is True else f"not any more: {field_words(ledger, field)}"
    shown = value_words(ledger, field, after)
    if field == "order":
        return "added" if before is None else "taken out" if after is None else "moved"
    if before is None:
        return f"{field_words(ledger, field)} {shown}"
    return f"{field_words(ledger, field)} {value_words(ledger, field, before)} → {shown}"
