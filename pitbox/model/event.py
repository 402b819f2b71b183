"""A race that a team may plan, weeks before it is run: an entity of kind `event`, and its start times."""

from typing import Any

import msgspec

from pitbox.model.drive_rules import RULE_FIELDS, DriveRules
from pitbox.model.edit import Draft, Edit
from pitbox.model.form import MAX_KEY_PART, Form, check_key
from pitbox.model.ledger import Ledger
from pitbox.model.span import Spans
from pitbox.model.spelling import Count, Figure, Flag, Stretches, Text, Zone

KIND = "event"
INSTANCE = "instance"
_RULE = "rule."
_NO_NIGHT = "no_night"
_LATEST_UTC_S = 4_102_444_800.0
"""2100."""

FORM = Form(
    KIND,
    "an event",
    {
        "name": Text(80, least=1),
        "series": Text(80),
        "track": Text(80),
        "car_class": Text(64),
        "length_s": Figure(60.0, 7 * 86400.0),
        "laps": Count(1, 10_000),
        "zone": Zone(),
        "dark": Stretches(),
        "template": Text(64),
        "note": Text(2000),
        **{f"{_RULE}{name}": spelling for name, spelling in RULE_FIELDS.items()},
    },
    {_NO_NIGHT: Flag()},
)
INSTANCE_FORM = Form(
    INSTANCE,
    "a start time",
    {"event": Text(MAX_KEY_PART, least=1), "start_utc_s": Figure(0.0, _LATEST_UTC_S), "name": Text(64)},
)


class Instance(msgspec.Struct, frozen=True):
    """One of the start times of an event: the same race, run at another hour."""

    key: str
    event: str
    start_utc_s: float | None = None
    """When the flag goes green, as announced."""
    name: str = ""
    others: tuple[Edit, ...] = ()


class Event(msgspec.Struct, frozen=True):
    """What nobody has filled in is None or empty."""

    key: str
    name: str
    series: str = ""
    track: str = ""
    car_class: str = ""
    length_s: float | None = None
    laps: int | None = None
    """With a length in time too: whatever comes first."""
    zone: str = "UTC"
    """In which its times are shown to people; IANA."""
    dark: Spans = ()
    """In race time: night on the track, which is not night in anybody's bedroom."""
    rules: DriveRules = DriveRules()
    template: str = ""
    """The rule set it began with."""
    instances: tuple[Instance, ...] = ()
    """In the order of their starts."""
    note: str = ""
    others: tuple[Edit, ...] = ()
    """Values that stand against those shown, of any field; an edit of the field ends that."""


def events(ledger: Ledger) -> tuple[Event, ...]:
    """By name. An event is there as soon as it has one."""
    found = (event(ledger, key) for key in FORM.keys(ledger))
    return tuple(sorted((one for one in found if one is not None), key=lambda one: (one.name, one.key)))


def event(ledger: Ledger, key: str) -> Event | None:
    """None where there is no event of this key, or it was deleted."""
    reading = FORM.read(ledger, key)
    if reading.is_deleted or reading.value("name") is None:
        return None
    values = {name: value for name, value in reading.values().items() if not name.startswith(_RULE)}
    rules = DriveRules(**reading.values(ahead=_RULE), no_night=reading.chosen(_NO_NIGHT))
    own = tuple(one for one in instances(ledger) if one.event == key)
    others = reading.others + tuple(edit for one in own for edit in one.others)
    return Event(key=key, rules=rules, instances=own, others=others, **values)


def instances(ledger: Ledger) -> tuple[Instance, ...]:
    """Of all events, in the order of their starts; those without one last."""
    found = [_instance(ledger, key) for key in INSTANCE_FORM.keys(ledger)]
    return tuple(sorted((one for one in found if one is not None), key=_start))


def add_event(key: str, name: str, **values: Any) -> list[Draft]:
    """The name comes last: with it the event is there, whole."""
    return FORM.drafts(check_key(key, FORM.one), **values, name=name)


def fill_event(key: str, **values: Any) -> list[Draft]:
    """Fields as `Event` names them; None for what is not known any more. Raises EditError."""
    return FORM.drafts(key, **values)


def rule_drafts(key: str, rules: DriveRules, now: DriveRules) -> list[Draft]:
    """What makes the event's rules these, where they are `now`; what is the same is not written."""
    unset = DriveRules()
    drafts = []
    for name in RULE_FIELDS:
        wanted = getattr(rules, name)
        if wanted != getattr(now, name):
            drafts.append(FORM.draft(key, _RULE + name, None if wanted == getattr(unset, name) else wanted))
    changed = sorted(set(rules.no_night) ^ set(now.no_night))
    return drafts + [FORM.draft(key, f"{_NO_NIGHT}.{m}", m in rules.no_night) for m in changed]


def remove_event(key: str) -> Draft:
    return FORM.remove(key)


def add_instance(key: str, event_key: str, start_utc_s: float | None, name: str = "") -> list[Draft]:
    check_key(key, INSTANCE_FORM.one)
    named = {"name": name} if name else {}
    return INSTANCE_FORM.drafts(key, start_utc_s=start_utc_s, **named, event=event_key)


def fill_instance(key: str, **values: Any) -> list[Draft]:
    return INSTANCE_FORM.drafts(key, **values)


def remove_instance(key: str) -> Draft:
    return INSTANCE_FORM.remove(key)


def start_of(event: Event, instance: str = "") -> float | None:
    """When the flag goes green in this instance; without one, in the first that has a start."""
    own = [one.start_utc_s for one in event.instances if not instance or one.key == instance]
    return next((start for start in own if start is not None), None)


def _instance(ledger: Ledger, key: str) -> Instance | None:
    reading = INSTANCE_FORM.read(ledger, key)
    values = reading.values()
    return None if "event" not in values else Instance(key=key, others=reading.others, **values)


def _start(one: Instance) -> tuple[bool, float, str]:
    return one.start_utc_s is None, one.start_utc_s or 0.0, one.key
