"""Who has to be told now that a stint of theirs is near, or that it is not theirs any more. Pure.

    said = reminders(plan, marks_min, now_utc_s, told)

What was told goes in and comes out: the same plan asked again tells nobody anything.
"""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from pitbox.model.plan_offer import PlanNow
from pitbox.model.relay import Leg, Relay
from pitbox.planning.person_clock import clock, clock_with_place

SAME_START_S = 300.0
"""A start that moves by more is another start, and worth another note."""
_KEPT_S = 86400.0
"""What was told is forgotten so long after its start."""


class NoteKind(StrEnum):
    DUE = "due"
    OFF = "off"
    """What was told does not hold: the stint is another's, or later than any mark."""


class Told(msgspec.Struct, frozen=True):
    seat: str
    leg: str
    mark_min: int
    start_utc_s: float


class Note(msgspec.Struct, frozen=True):
    kind: NoteKind
    seat: str
    name: str
    leg: str
    start_utc_s: float
    """Of an `OFF`: the start that was told."""
    lead_s: float
    mark_min: int = 0
    was_utc_s: float | None = None
    """The start that was told before this one."""
    after: str = ""
    """Name of who hands over; empty at the start of the race."""
    fuel_l: float | None = None
    is_new_tyres: bool | None = None
    instead: str = ""
    """Of an `OFF`: name of who drives now."""
    next_utc_s: float | None = None
    """Of an `OFF`: when the person's next stint begins, if there is one."""
    is_first: bool = False
    """Of this start the person has heard nothing yet."""

    @property
    def key(self) -> str:
        """The same for the same note on every machine, though their clocks differ."""
        return f"{self.kind}/{self.seat}/{self.leg}/{self.mark_min}/{round(self.start_utc_s)}"


class Reminders(msgspec.Struct, frozen=True):
    notes: tuple[Note, ...]
    told: tuple[Told, ...]
    """For the next time."""


class _Turn(msgspec.Struct, frozen=True):
    """A stretch of one person that has yet to begin."""

    leg: Leg
    before: Leg | None
    start_utc_s: float


def reminders(
    plan: PlanNow, marks_min: Sequence[int], now_utc_s: float, told: Sequence[Told] = ()
) -> Reminders:
    """No notes while nobody knows when the flag goes green; what was told is then kept as it is."""
    green_utc_s = plan.relay.start_utc_s if plan.green_utc_s is None else plan.green_utc_s
    kept = tuple(one for one in told if one.start_utc_s > now_utc_s - _KEPT_S)
    if green_utc_s is None:
        return Reminders((), kept)
    turns = _turns(plan, green_utc_s)
    off, kept = _off(plan, turns, kept, now_utc_s, max(marks_min, default=0) * 60.0)
    due: list[Note] = []
    for turn in turns:
        note, kept = _due(plan.relay, turn, sorted(marks_min), now_utc_s, kept)
        due += [] if note is None else [note]
    return Reminders((*off, *due), kept)


def words_to(note: Note, zone: str) -> str:
    """For the person: `Your stint in 15 min, at 03:40 (Berlin): 52 l, new tyres, after Kai`."""
    return _words(note, zone, "Your stint", "You do not drive", "Your next stint begins")


def words_about(note: Note, zone: str) -> str:
    """For others: `Ada: stint in 15 min, at 03:40 (Berlin): 52 l, new tyres, after Kai`."""
    return _words(note, zone, f"{note.name}: stint", f"{note.name} does not drive", "The next stint begins")


def details(note: Note) -> str:
    """`52 l, new tyres, after Kai`: what the plan says of the stop before; empty where it says nothing."""
    parts = [] if note.fuel_l is None else [f"{note.fuel_l:.0f} l"]
    if note.is_new_tyres is not None:
        parts.append("new tyres" if note.is_new_tyres else "no tyres")
    parts.append(f"after {note.after}" if note.after else "the start of the race")
    return ", ".join(parts)


def lead_words(lead_s: float) -> str:
    minutes = max(1, round(lead_s / 60))
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60}:{minutes % 60:02d} h"


def _words(note: Note, zone: str, stint: str, not_driving: str, following: str) -> str:
    at = clock_with_place(note.start_utc_s, zone)
    if note.kind is NoteKind.OFF:
        who = f": {note.instead} does" if note.instead else ""
        then = f" {following} at {clock(note.next_utc_s, zone)}." if note.next_utc_s is not None else ""
        return f"{not_driving} at {at}{who}.{then}"
    moved = "" if note.was_utc_s is None else f", not {clock(note.was_utc_s, zone)}"
    return f"{stint} in {lead_words(note.lead_s)}, at {at}{moved}: {details(note)}"


def _turns(plan: PlanNow, green_utc_s: float) -> list[_Turn]:
    """Where the driver changes: a stop at which the driver stays in is nobody's turn."""
    befores = (None, *plan.legs[:-1])
    return [
        _Turn(leg, before, green_utc_s + leg.start_s)
        for before, leg in zip(befores, plan.legs, strict=True)
        if leg.driver and not leg.is_done and not leg.is_driving
        if before is None or before.driver != leg.driver
    ]


def _due(
    relay: Relay, turn: _Turn, marks_min: list[int], now_utc_s: float, told: tuple[Told, ...]
) -> tuple[Note | None, tuple[Told, ...]]:
    """The smallest mark that is reached, unless it was told; larger ones that were missed count as told."""
    lead_s = turn.start_utc_s - now_utc_s
    mark = next((mark for mark in marks_min if 0.0 < lead_s <= mark * 60.0), None)
    seat = turn.leg.driver
    before = [one for one in told if one.seat == seat and _is_of(one, turn)]
    if mark is None or any(one.mark_min <= mark and _is_near(one, turn) for one in before):
        return None, told
    note = Note(
        kind=NoteKind.DUE,
        seat=seat,
        name=_name(relay, seat),
        leg=turn.leg.key,
        start_utc_s=turn.start_utc_s,
        lead_s=lead_s,
        mark_min=mark,
        was_utc_s=_was(before, turn),
        after="" if turn.before is None else _name(relay, turn.before.driver) or "nobody",
        fuel_l=turn.leg.fuel_l,
        is_new_tyres=turn.leg.is_new_tyres,
        is_first=not any(_is_near(one, turn) for one in before),
    )
    kept = tuple(one for one in told if one not in before or _is_near(one, turn))
    return note, (*kept, Told(seat, turn.leg.key, mark, turn.start_utc_s))


def _was(before: list[Told], turn: _Turn) -> float | None:
    """The start that was told last, if it was another one."""
    last = before[-1] if before else None
    return None if last is None or _is_near(last, turn) else last.start_utc_s


def _off(
    plan: PlanNow, turns: list[_Turn], told: tuple[Told, ...], now_utc_s: float, reach_s: float
) -> tuple[list[Note], tuple[Told, ...]]:
    """One note for each person whose told start is still to come and holds no more."""
    notes: dict[str, Note] = {}
    gone: set[Told] = set()
    at_wheel = {leg.driver for leg in plan.legs if leg.is_driving}
    begun = {leg.key for leg in plan.legs if leg.is_driving or leg.is_done}
    for one in told:
        theirs = [turn for turn in turns if turn.leg.driver == one.seat]
        holds = any(_is_near(one, turn) or turn.start_utc_s - now_utc_s <= reach_s for turn in theirs)
        is_past = one.start_utc_s <= now_utc_s or one.leg in begun or one.seat in at_wheel
        if holds or is_past:
            continue
        gone.add(one)
        notes[one.seat] = _off_note(plan, one, theirs, now_utc_s)
    return list(notes.values()), tuple(one for one in told if one not in gone)


def _off_note(plan: PlanNow, told: Told, theirs: list[_Turn], now_utc_s: float) -> Note:
    green_utc_s = plan.relay.start_utc_s if plan.green_utc_s is None else plan.green_utc_s
    race_s = told.start_utc_s - (green_utc_s or 0.0)
    there = next((leg for leg in plan.legs if leg.end_s > race_s), None)
    other = "" if there is None or there.driver == told.seat else _name(plan.relay, there.driver)
    return Note(
        kind=NoteKind.OFF,
        seat=told.seat,
        name=_name(plan.relay, told.seat),
        leg=told.leg,
        start_utc_s=told.start_utc_s,
        lead_s=told.start_utc_s - now_utc_s,
        mark_min=told.mark_min,
        instead=other,
        next_utc_s=min((turn.start_utc_s for turn in theirs), default=None),
    )


def _is_of(told: Told, turn: _Turn) -> bool:
    """A plan that was made anew may call the same stint by another key."""
    return told.leg == turn.leg.key or _is_near(told, turn)


def _is_near(told: Told, turn: _Turn) -> bool:
    return abs(told.start_utc_s - turn.start_utc_s) <= SAME_START_S


def _name(relay: Relay, key: str) -> str:
    return next((seat.name for seat in relay.seats if seat.key == key), key)
