"""A plan as iCalendar (RFC 5545): one event a stint, in UTC, so that every calendar shows its owner's clock.

A stint keeps its UID as long as the plan has it, and SEQUENCE is the count of the plan's edits: a calendar
that reads the file again moves what was moved.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256

from pitbox import __version__
from pitbox.planning.exchange.cell import race_clock
from pitbox.planning.exchange.errors import NoStartError
from pitbox.planning.exchange.sheet import PlanLine, PlanSheet

_OCTETS = 75
_MOST_SEQUENCE = 2**31 - 1
_ESCAPED = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def write_calendar(sheet: PlanSheet, person: str = "", alarms_min: Sequence[int] = ()) -> bytes:
    """All stints, or those that one person drives or spots in. Raises NoStartError."""
    if sheet.start_utc_s is None:
        raise NoStartError(
            f"Nobody has said when {sheet.event or 'the race'} starts: a calendar needs that. "
            "Set the start time of the event."
        )
    name = f"{sheet.event}: {sheet.name(person) if person else sheet.team}"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//PitBox//PitBox {__version__}//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
    ]
    for number, line in enumerate(sheet.lines, 1):
        if line.start_s is not None and (not person or person in (line.driver, line.spotter)):
            lines += _event(sheet, line, number, person, alarms_min)
    lines.append("END:VCALENDAR")
    return "".join(folded(line) + "\r\n" for line in lines).encode()


def folded(line: str) -> str:
    """At most 75 octets a line, never cut within a letter."""
    pieces, piece, octets = [], "", 0
    for letter in line:
        size = len(letter.encode())
        if octets + size > _OCTETS:
            pieces.append(piece)
            piece, octets = " ", 1
        piece, octets = piece + letter, octets + size
    return "\r\n".join([*pieces, piece])


def _event(
    sheet: PlanSheet, line: PlanLine, number: int, person: str, alarms_min: Sequence[int]
) -> Iterator[str]:
    is_spotting = bool(person) and person != line.driver
    title = _title(sheet, line, person, is_spotting=is_spotting)
    yield "BEGIN:VEVENT"
    yield f"UID:{_uid(sheet, line, number, 'spot' if is_spotting else 'drive')}"
    yield f"DTSTAMP:{_utc(sheet.made_utc_s)}"
    yield f"SEQUENCE:{min(max(0, sheet.base), _MOST_SEQUENCE)}"
    yield f"DTSTART:{_utc(sheet.utc_s(line.start_s) or 0.0)}"
    yield f"DTEND:{_utc(sheet.utc_s(line.end_s) or 0.0)}"
    yield f"SUMMARY:{_text(title)}"
    yield f"DESCRIPTION:{_text(_description(sheet, line, number))}"
    if sheet.track:
        yield f"LOCATION:{_text(sheet.track)}"
    yield f"STATUS:{'CONFIRMED' if line.driver else 'TENTATIVE'}"
    yield "TRANSP:OPAQUE"
    for minutes in sorted(set(alarms_min), reverse=True):
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:-PT{minutes}M",
                    f"DESCRIPTION:{_text(title)}", "END:VALARM")  # fmt: skip
    yield "END:VEVENT"


def _title(sheet: PlanSheet, line: PlanLine, person: str, *, is_spotting: bool) -> str:
    where = sheet.event or sheet.track or "Race"
    driver = sheet.name(line.driver) or "nobody yet"
    if is_spotting:
        return f"Spot for {driver}, {where}"
    return f"Drive, {where}" if person else f"{driver}, {where}"


def _description(sheet: PlanSheet, line: PlanLine, number: int) -> str:
    said = [f"Stint {number} of {sheet.team}, {race_clock(line.start_s or 0.0)} into the race"]
    if line.laps is not None:
        said.append(f"{line.laps} laps")
    if line.fuel_l is not None:
        said.append(f"Fuel: {line.fuel_l:.0f} l")
    if line.is_new_tyres is not None:
        said.append("New tyres" if line.is_new_tyres else "No tyres")
    if line.spotter:
        said.append(f"Spotter: {sheet.name(line.spotter)}")
    if line.instructions:
        said.append(line.instructions)
    return "\n".join(said)


def _uid(sheet: PlanSheet, line: PlanLine, number: int, part: str) -> str:
    """Of keys alone: names may change. A stint that nobody planned has only its number."""
    known = f"{sheet.key}/{line.key or number}/{part}"
    return f"{sha256(known.encode(errors='replace')).hexdigest()[:32]}@pitbox"


def _utc(utc_s: float) -> str:
    return f"{datetime.fromtimestamp(round(utc_s), UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    plain = _CONTROL.sub(" ", value.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(_ESCAPED.get(letter, letter) for letter in plain)
