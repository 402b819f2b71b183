"""One person and one event, from the first interest to the flag: an entity of kind `participation`."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import msgspec

from pitbox.model.edit import MAX_KEY, Draft, Edit, Value
from pitbox.model.errors import EditError
from pitbox.model.form import MAX_KEY_PART, Form, check_key
from pitbox.model.ledger import Ledger
from pitbox.model.spelling import Choice, Count, Figure, Flag, Text
from pitbox.model.wall_time import clock_of, zone_of

KIND = "participation"
_LIKES = "likes."
_MOST_LIKED = 2


class Step(StrEnum):
    """Forward one at a time; `withdrawn` from anywhere, and from there back to `interested`."""

    INTERESTED = "interested"
    SIGNED_UP = "signed up"
    IN_TEAM = "in a team"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


class Part(StrEnum):
    """What somebody is there for; several may be true of one person."""

    DRIVER = "driver"
    SPOTTER = "spotter"
    ENGINEER = "engineer"
    RESERVE = "reserve"


class FreeTime(msgspec.Struct, frozen=True):
    """A stretch in which a person can be there, as said on that person's clock."""

    token: str
    """Names it among the person's others."""
    start: str
    """`2026-03-29T01:30`, wall clock in the zone."""
    end: str
    zone: str
    is_maybe: bool = False
    """Only if it must be."""


class Likings(msgspec.Struct, frozen=True):
    """-2 (rather not) to 2 (gladly); 0: all the same."""

    night: int = 0
    rain: int = 0
    start: int = 0
    longest_s: float | None = None
    """At a stretch."""


class Participation(msgspec.Struct, frozen=True):
    key: str
    event: str
    member: str
    step: Step = Step.INTERESTED
    parts: tuple[Part, ...] = (Part.DRIVER,)
    free: tuple[FreeTime, ...] = ()
    """Empty: nothing was said, which is not the same as never."""
    cars: tuple[str, ...] = ()
    """Preferred ones, the best first."""
    likings: Likings = Likings()
    lap_s: float | None = None
    """Expected pace here."""
    wanted: tuple[str, ...] = ()
    """Members this person wants to drive with."""
    unwanted: tuple[str, ...] = ()
    car: str = ""
    """As assigned."""
    team: str = ""
    """Key of the team that the person is in."""
    instance: str = ""
    others: tuple[Edit, ...] = ()
    wet_lap_s: float | None = None
    """Expected pace here in the wet."""


def participation_key(event: str, member: str) -> str:
    """One record per person and event: two people who sign somebody up write the same one."""
    key = f"{event}/{member}"
    if len(key) > MAX_KEY:
        raise EditError("The names of event and person are too long together.")
    return key


class _Stretch(msgspec.Struct, frozen=True):
    """`2026-03-29T01:30 2026-03-29T06:00 Europe/Berlin`, and `maybe` behind it. Its token is the field's."""

    expected: str = "a start and a later end like 2026-03-29T01:30, on the clock of a zone like Europe/Berlin"

    def spell(self, value: FreeTime) -> Value:
        zone_of(value.zone)
        if clock_of(value.end) <= clock_of(value.start):
            raise ValueError
        return " ".join([value.start, value.end, value.zone, *(["maybe"] if value.is_maybe else [])])

    def read(self, value: Value) -> FreeTime | None:
        words = value.split(" ") if isinstance(value, str) else []
        try:
            start, end, zone, *rest = words
            is_sound = clock_of(start) < clock_of(end) and rest in ([], ["maybe"]) and zone
        except (ValueError, EditError):
            return None
        return FreeTime("", start, end, zone, is_maybe=bool(rest)) if is_sound else None


FORM = Form(
    KIND,
    "a participation",
    {
        "step": Choice(Step),
        f"{_LIKES}night": Count(-_MOST_LIKED, _MOST_LIKED),
        f"{_LIKES}rain": Count(-_MOST_LIKED, _MOST_LIKED),
        f"{_LIKES}start": Count(-_MOST_LIKED, _MOST_LIKED),
        f"{_LIKES}longest_s": Figure(60.0, 86400.0),
        "lap_s": Figure(5.0, 3600.0),
        "wet_lap_s": Figure(5.0, 3600.0),
        "car": Text(64),
        "team": Text(MAX_KEY_PART),
        "instance": Text(MAX_KEY_PART),
    },
    {
        "part": Flag(),
        "free": _Stretch(),
        "cars": Count(1, 99),
        "wanted": Flag(),
        "unwanted": Flag(),
    },
)


def participations(ledger: Ledger, event: str | None = None) -> tuple[Participation, ...]:
    """Of one event, or of all, by key; whoever has withdrawn is still in it."""
    found = (participation(ledger, key) for key in FORM.keys(ledger) if event is None or _is_of(key, event))
    return tuple(one for one in found if one is not None)


def participation(ledger: Ledger, key: str) -> Participation | None:
    """None where the person has not said a word about the event, or the record was deleted."""
    event, slash, member = key.partition("/")
    reading = FORM.read(ledger, key)
    if reading.is_deleted or not slash or reading.value("step") is None:
        return None
    return Participation(
        key=key,
        event=event,
        member=member,
        parts=_parts(dict(reading.elements("part"))),
        free=tuple(
            sorted(
                (msgspec.structs.replace(one, token=token) for token, one in reading.elements("free")),
                key=lambda one: (one.start, one.end, one.token),
            )
        ),
        cars=tuple(car for car, _ in sorted(reading.elements("cars"), key=lambda one: (one[1], one[0]))),
        likings=Likings(**reading.values(ahead=_LIKES)),
        wanted=reading.chosen("wanted"),
        unwanted=reading.chosen("unwanted"),
        others=reading.others,
        **{name: value for name, value in reading.values().items() if not name.startswith(_LIKES)},
    )


def sign_up(event: str, member: str, step: Step = Step.INTERESTED) -> list[Draft]:
    """Somebody's first word about an event: interested, or signed up at once."""
    if step not in (Step.INTERESTED, Step.SIGNED_UP):
        raise EditError(f"Nobody begins {step.value!r}: one is interested or signed up first.")
    check_key(event, "an event")
    check_key(member, "a member")
    return FORM.drafts(participation_key(event, member), step=step)


def take_step(now: Participation, step: Step) -> list[Draft]:
    """The wish to be there; raises EditError for a step that does not follow on the one before.

    Who leaves a team is signed up again, who withdraws leaves it too.
    """
    forward = list(Step)[: list(Step).index(Step.WITHDRAWN)]
    if now.step is step:
        return []
    if now.step is Step.WITHDRAWN:
        is_next = step is Step.INTERESTED
    elif step is Step.WITHDRAWN:
        is_next = True
    else:
        is_leaving = step is Step.SIGNED_UP and now.step in (Step.IN_TEAM, Step.CONFIRMED)
        is_next = is_leaving or forward.index(step) == forward.index(now.step) + 1
    if not is_next:
        raise EditError(f"From {now.step.value!r} nobody gets to {step.value!r} in one step.")
    if step is Step.IN_TEAM and not now.team:
        raise EditError("Say which team: that puts somebody into it.")
    left = {"team": None} if now.team and step in (Step.SIGNED_UP, Step.WITHDRAWN) else {}
    return FORM.drafts(now.key, **left, step=step)


def join_team(now: Participation, team: str) -> list[Draft]:
    """Into this car, out of another one; a confirmation that was for the other one is void."""
    if now.step in (Step.INTERESTED, Step.WITHDRAWN):
        raise EditError(f"Somebody who is {now.step.value} has to sign up before there is a team.")
    if now.team == team and now.step is not Step.SIGNED_UP:
        return []
    return FORM.drafts(now.key, team=check_key(team, "a team"), step=Step.IN_TEAM)


def fill_participation(key: str, **values: Any) -> list[Draft]:
    """Paces, `car`, `instance`; likings as `night`, `rain`, `start`, `longest_s`. Raises EditError."""
    likes = Likings.__struct_fields__
    plain = {(_LIKES + name if name in likes else name): value for name, value in values.items()}
    wrong = plain.keys() & {"step", "team"}
    if wrong:
        raise EditError(f"{min(wrong)} of a participation follows from its steps.")
    return FORM.drafts(key, **plain)


def set_parts(now: Participation, parts: Iterable[Part]) -> list[Draft]:
    wanted = set(parts)
    changed = [part for part in Part if (part in wanted) != (part in now.parts)]
    return [FORM.draft(now.key, f"part.{part.value}", part in wanted) for part in changed]


def be_free(key: str, free: FreeTime) -> Draft:
    """Under its token, which the caller makes up; the same token again replaces the stretch."""
    return FORM.draft(key, f"free.{free.token}", free)


def be_no_more_free(key: str, token: str) -> Draft:
    return FORM.draft(key, f"free.{token}", None)


def prefer_cars(now: Participation, cars: Iterable[str]) -> list[Draft]:
    """These, the best first; what stands there and is not among them goes."""
    wanted = list(dict.fromkeys(cars))
    gone = [FORM.draft(now.key, f"cars.{car}", None) for car in now.cars if car not in wanted]
    return gone + [FORM.draft(now.key, f"cars.{car}", rank) for rank, car in enumerate(wanted, 1)]


def want(key: str, member: str, *, is_in: bool = True) -> Draft:
    """To drive with somebody."""
    return FORM.draft(key, f"wanted.{member}", is_in)


def want_not(key: str, member: str, *, is_in: bool = True) -> Draft:
    """Not to drive with somebody."""
    return FORM.draft(key, f"unwanted.{member}", is_in)


def remove_participation(key: str) -> Draft:
    return FORM.remove(key)


def _is_of(key: str, event: str) -> bool:
    return key.partition("/")[0] == event


def _parts(said: dict[str, bool]) -> tuple[Part, ...]:
    """A driver, if nobody says otherwise."""
    return tuple(part for part in Part if said.get(part.value, part is Part.DRIVER))
