"""Who has to be told now that a stint of theirs is near, to drive or to spot, or not theirs any more. Pure.

    said = reminders(plan, marks_min, now_utc_s, told)

What was told goes in and comes out: the same plan asked again tells nobody anything.
"""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from pitbox.model.participation import Part
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
    part: Part = Part.DRIVER


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
    part: Part = Part.DRIVER
    """What the person does there: drive, or spot."""
    drives: str = ""
    """Of a spotter's: name of who drives."""

    @property
    def what(self) -> str:
        """The same for the same note on every machine; the start, which they round differently, is apart."""
        return f"{self.kind}/{self.part}/{self.seat}/{self.mark_min}"

    @property
    def key(self) -> str:
        return f"{self.what}/{self.leg}/{round(self.start_utc_s)}"


class Reminders(msgspec.Struct, frozen=True):
    notes: tuple[Note, ...]
    told: tuple[Told, ...]
    """For the next time."""


class _Turn(msgspec.Struct, frozen=True):
    """A stretch of one person that has yet to begin."""

    leg: Leg
    before: Leg | None
    start_utc_s: float
    part: Part = Part.DRIVER

    @property
    def seat(self) -> str:
        return _seat(self.leg, self.part)

    @property
    def seat_before(self) -> str:
        return "" if self.before is None else _seat(self.before, self.part)


def reminders(
    plan: PlanNow, marks_min: Sequence[int], now_utc_s: float, told: Sequence[Told] = ()
) -> Reminders:
    """No notes while nobody knows when the flag goes green; what was told is then kept as it is."""
    green_utc_s = _green_utc_s(plan)
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
    if note.part is Part.SPOTTER:
        return _words(note, zone, "Your turn as spotter", "You do not spot", "Your next turn begins")
    return _words(note, zone, "Your stint", "You do not drive", "Your next stint begins")


def words_about(note: Note, zone: str) -> str:
    """For others: `Ada: stint in 15 min, at 03:40 (Berlin): 52 l, new tyres, after Kai`."""
    name = note.name
    if note.part is Part.SPOTTER:
        return _words(note, zone, f"{name}: spots", f"{name} does not spot", "The next turn begins")
    return _words(note, zone, f"{name}: stint", f"{name} does not drive", "The next stint begins")


def details(note: Note) -> str:
    """`52 l, new tyres, after Kai`: what the plan says of the stop before; empty where it says nothing."""
    if note.part is Part.SPOTTER:
        return ", ".join([f"for {note.drives or 'nobody'}", *([f"after {note.after}"] if note.after else [])])
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
    """Where the person changes: a stop at which somebody stays on is nobody's turn."""
    befores = (None, *plan.legs[:-1])
    return [
        _Turn(leg, before, green_utc_s + leg.start_s, part)
        for part in (Part.DRIVER, Part.SPOTTER)
        for before, leg in zip(befores, plan.legs, strict=True)
        if _seat(leg, part) and not leg.is_done and not leg.is_driving
        if before is None or _seat(before, part) != _seat(leg, part)
    ]


def _seat(leg: Leg, part: Part) -> str:
    return leg.spotter if part is Part.SPOTTER else leg.driver


def _green_utc_s(plan: PlanNow) -> float | None:
    return plan.relay.start_utc_s if plan.green_utc_s is None else plan.green_utc_s


def _due(
    relay: Relay, turn: _Turn, marks_min: list[int], now_utc_s: float, told: tuple[Told, ...]
) -> tuple[Note | None, tuple[Told, ...]]:
    """The smallest mark that is reached, unless it was told; larger ones that were missed count as told."""
    lead_s = turn.start_utc_s - now_utc_s
    mark = next((mark for mark in marks_min if 0.0 < lead_s <= mark * 60.0), None)
    before = [one for one in told if (one.seat, one.part) == (turn.seat, turn.part) and _is_of(one, turn)]
    if mark is None or any(one.mark_min <= mark and _is_near(one, turn) for one in before):
        return None, told
    is_gap = turn.part is Part.DRIVER and turn.before is not None and not turn.seat_before
    note = Note(
        kind=NoteKind.DUE,
        seat=turn.seat,
        name=_name(relay, turn.seat),
        leg=turn.leg.key,
        start_utc_s=turn.start_utc_s,
        lead_s=lead_s,
        mark_min=mark,
        was_utc_s=_was(before, turn),
        after="nobody" if is_gap else _name(relay, turn.seat_before),
        fuel_l=turn.leg.fuel_l,
        is_new_tyres=turn.leg.is_new_tyres,
        is_first=not any(_is_near(one, turn) for one in before),
        part=turn.part,
        drives=_name(relay, turn.leg.driver),
    )
    kept = tuple(one for one in told if one not in before or _is_near(one, turn))
    return note, (*kept, Told(turn.seat, turn.leg.key, mark, turn.start_utc_s, turn.part))


def _was(before: list[Told], turn: _Turn) -> float | None:
    """The start that was told last, if it was another one."""
    last = before[-1] if before else None
    return None if last is None or _is_near(last, turn) else last.start_utc_s


def _off(
    plan: PlanNow, turns: list[_Turn], told: tuple[Told, ...], now_utc_s: float, reach_s: float
) -> tuple[list[Note], tuple[Told, ...]]:
    """One note for each person whose told start is still to come and holds no more."""
    notes: dict[tuple[str, Part], Note] = {}
    gone: set[Told] = set()
    begun = {leg.key for leg in plan.legs if leg.is_driving or leg.is_done}
    for one in told:
        theirs = [turn for turn in turns if (turn.seat, turn.part) == (one.seat, one.part)]
        holds = any(_is_near(one, turn) or turn.start_utc_s - now_utc_s <= reach_s for turn in theirs)
        is_in = any(leg.is_driving and _seat(leg, one.part) == one.seat for leg in plan.legs)
        is_past = one.start_utc_s <= now_utc_s or one.leg in begun or is_in
        if holds or is_past:
            continue
        gone.add(one)
        notes[one.seat, one.part] = _off_note(plan, one, theirs, now_utc_s)
    return list(notes.values()), tuple(one for one in told if one not in gone)


def _off_note(plan: PlanNow, told: Told, theirs: list[_Turn], now_utc_s: float) -> Note:
    race_s = told.start_utc_s - (_green_utc_s(plan) or 0.0)
    there = next((leg for leg in plan.legs if leg.end_s > race_s), None)
    instead = "" if there is None else _seat(there, told.part)
    return Note(
        kind=NoteKind.OFF,
        seat=told.seat,
        name=_name(plan.relay, told.seat),
        leg=told.leg,
        start_utc_s=told.start_utc_s,
        lead_s=told.start_utc_s - now_utc_s,
        mark_min=told.mark_min,
        instead="" if instead == told.seat else _name(plan.relay, instead),
        next_utc_s=min((turn.start_utc_s for turn in theirs), default=None),
        part=told.part,
    )


def _is_of(told: Told, turn: _Turn) -> bool:
    """A plan that was made anew may call the same stint by another key."""
    return told.leg == turn.leg.key or _is_near(told, turn)


def _is_near(told: Told, turn: _Turn) -> bool:
    return abs(told.start_utc_s - turn.start_utc_s) <= SAME_START_S


def _name(relay: Relay, key: str) -> str:
    return next((seat.name for seat in relay.seats if seat.key == key), key)
