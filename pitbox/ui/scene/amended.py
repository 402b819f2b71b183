"""What people set right about a car, in words: what it was, what it is, who said so and when. Loads no Qt."""

from collections.abc import Mapping
from typing import Any

from pitbox.model.amendment import Amendment, Said
from pitbox.model.correction import said_retired
from pitbox.model.edit import NOWHERE, Edit
from pitbox.model.fact import Stint, Stop, TyreStint
from pitbox.ui.scene.row import Amended
from pitbox.ui.scene.words import race_words

SERVICE_WORDS = {
    "fuel": "fuel",
    "tyres": "tyres",
    "repairs": "repairs",
    "swap": "driver change",
    "drive_through": "drive-through",
    "tow": "tow",
}
_FIELDS = {
    "stint": "driver",
    "driver_stint": "driver",
    "stop": "stop",
    "tyre_stint": "tyres",
    "car": "retired",
}
_SUBJECTS = {
    ("stint", "user_id"): "Driver of stint {}",
    ("driver_stint", "user_id"): "Driver of turn {}",
    ("lap", "user_id"): "Driver of lap {}",
    ("lap", "fuel_used_l"): "Fuel of lap {}",
    ("stop", "kind"): "Stop {}",
    ("stop", "fuel_added_l"): "Fuel at stop {}",
    ("tyre_stint", "compound"): "Compound of set {}",
    ("tyre_stint", "start_lap"): "Set {} was fitted",
    ("car", "retired"): "Car",
}


def amended_of(
    amendment: Amendment, people: Mapping[int, str], start_s: float | None = None
) -> tuple[Amended, ...]:
    """The newest first. `start_s`: where race time is zero."""
    said = sorted(amendment.said, key=lambda one: one.correction.edit.stamp, reverse=True)
    last = _last_keys(amendment)
    return tuple(
        Amended(
            _FIELDS.get(one.key.partition("/")[0], "") if _is_now(one.key, last) else "",
            _words(one, people, start_s),
            bool(one.correction.others),
        )
        for one in said
    )


def services_words(kind: object) -> str:
    """`fuel,tyres` as people say it."""
    names = [name for name in str(kind or "").split(",") if name]
    return " and ".join(SERVICE_WORDS.get(name, name) for name in names) or "nothing"


def _words(one: Said, people: Mapping[int, str], start_s: float | None) -> str:
    kind, number = one.key.partition("/")[0], one.key.rpartition("/")[2]
    correction = one.correction
    subject = _SUBJECTS.get((kind, correction.field), kind).format(number)
    was = _value(correction.field, correction.derived, people)
    now = _value(correction.field, correction.value, people)
    words = f"{subject}: {now}, not {was}" if was != now else f"{subject}: {now}"
    words = f"{words} ({_who(one.who, correction.edit, start_s)})"
    for who, edit in zip(one.others, correction.others, strict=True):
        words += f"; {_value(correction.field, edit.value, people)} ({_who(who, edit, start_s)})"
    return words


def _who(name: str, edit: Edit, start_s: float | None) -> str:
    return name if edit.at == NOWHERE else f"{name} at {race_words(edit.at.sim_time_s, start_s)}"


def _value(field: str, value: Any, people: Mapping[int, str]) -> str:
    if field == "user_id":
        return people.get(value, f"driver {value}")
    if field == "kind":
        return services_words(value)
    if field == "retired":
        return "retired" if said_retired(value) else "still racing"  # at 0.0 s is a moment too
    if field == "start_lap":
        return f"on lap {value}"
    if field == "compound":
        return f"C{value}"
    return "unknown" if value is None else f"{value:.1f} l"


def _last_keys(amendment: Amendment) -> dict[str, int]:
    """By kind: the number of the one that runs, or was last."""
    last = {"car": -1}
    for fact in amendment.facts:
        if isinstance(fact, Stint):
            last["stint"] = max(last.get("stint", 0), fact.stint)
        elif isinstance(fact, Stop):
            last["stop"] = max(last.get("stop", 0), fact.stop)
        elif isinstance(fact, TyreStint):
            last["tyre_stint"] = max(last.get("tyre_stint", 0), fact.tyre_stint)
    return last


def _is_now(key: str, last: Mapping[str, int]) -> bool:
    kind, number = key.partition("/")[0], key.rpartition("/")[2]
    return kind == "car" or (number.isdecimal() and last.get(kind) == int(number))
