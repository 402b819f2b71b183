"""When the stints to come will really begin: an entity of kind `expected`, one a team.

A machine that follows the race tells it to those that do not. Each device writes fields of its own, so two
that tell at the same time dispute nothing; what was said last counts.
"""

import msgspec

from pitbox.model.edit import MAX_TEXT, Draft
from pitbox.model.form import Form
from pitbox.model.ids import DeviceId
from pitbox.model.ledger import Field, Ledger
from pitbox.model.spelling import Count, Text
from pitbox.model.stamp import Stamp

KIND = "expected"
_SAID, _BEAT = "said", "beat"
_MOST_S = 8 * 86400
FORM = Form(KIND, "what is expected", {}, {_SAID: Text(MAX_TEXT), _BEAT: Count(0, _MOST_S)})
_NAME = 16
"""Digits of a device in the name of its fields."""


class Row(msgspec.Struct, frozen=True, array_like=True):
    leg: str
    seat: int
    """Which of `seats`; -1: nobody is named."""
    start_s: int
    """Since the green flag."""


class Expected(msgspec.Struct, frozen=True, array_like=True):
    """Of one race of one team."""

    variant: str
    """The strategy whose rows they are."""
    green_utc_s: float
    """When the flag really went green."""
    end_s: int
    """When the race ends, since then."""
    seats: tuple[str, ...]
    rows: tuple[Row, ...]
    """Those to come, in their order. None: nothing is to come any more."""
    has_driver: bool = False
    """The first row is at the wheel already."""

    def driver(self, row: Row) -> str:
        return self.seats[row.seat] if 0 <= row.seat < len(self.seats) else ""

    def start_utc_s(self, row: Row) -> float:
        return self.green_utc_s + row.start_s


class Telling(msgspec.Struct, frozen=True):
    """What one device expects, and when it last said that this holds."""

    expected: Expected
    device: DeviceId
    stamp: Stamp
    wall_s: float
    """By that device's clock."""


def expect(team: str, device: DeviceId, now: Expected) -> Draft:
    """The wish that says all of it; the farthest rows are left out where it would be too long."""
    rows = now.rows
    text = _text(now)
    while len(text) > MAX_TEXT and rows:
        rows = rows[:-1]
        text = _text(msgspec.structs.replace(now, rows=rows))
    return FORM.draft(team, f"{_SAID}.{device[:_NAME]}", text)


def still(team: str, device: DeviceId, race_s: float) -> Draft:
    """What this device said last holds still."""
    return FORM.draft(team, f"{_BEAT}.{device[:_NAME]}", min(_MOST_S, max(0, round(race_s))))


def tellings(ledger: Ledger, team: str) -> tuple[Telling, ...]:
    """One a device, what was said last first; what a device said in another's name is passed over."""
    fields = ledger.fields(FORM.entity(team))
    found = [one for name, field in fields.items() if (one := _telling(fields, name, field)) is not None]
    return tuple(sorted(found, key=lambda one: one.stamp, reverse=True))


def expected(ledger: Ledger, team: str) -> Telling | None:
    """What was said last, however long ago."""
    return next(iter(tellings(ledger, team)), None)


def _telling(fields: dict[str, Field], name: str, field: Field) -> Telling | None:
    head, _, device = name.partition(".")
    if head != _SAID or not isinstance(field.value, str) or not _is_own(field, device):
        return None
    try:
        said = msgspec.json.decode(field.value, type=Expected)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return None
    beat = fields.get(f"{_BEAT}.{device}")
    edits = [field.edit, *([beat.edit] if beat is not None and _is_own(beat, device) else [])]
    last = max(edits, key=lambda edit: edit.stamp)
    return Telling(said, field.edit.author, last.stamp, last.wall_s)


def _is_own(field: Field, device: str) -> bool:
    return len(device) == _NAME and field.edit.author.startswith(device)


def _text(now: Expected) -> str:
    return msgspec.json.encode(now).decode()
