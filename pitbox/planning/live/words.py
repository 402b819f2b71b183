"""What happened, as an engineer would say it."""

import msgspec

from pitbox.model.relay import Legs, Relay
from pitbox.planning.live.alignment import STRANGER, Told
from pitbox.planning.live.course import Spell

NOTABLE_S = 240.0
"""A stint that is so much longer or shorter than planned is worth a word."""


def clock(race_s: float) -> str:
    """`3:07`: hours and minutes since the green flag."""
    minutes = int(race_s // 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def name_of(relay: Relay, key: str) -> str:
    return next((seat.name for seat in relay.seats if seat.key == key), key or "nobody")


class Part(msgspec.Struct, frozen=True):
    """One spell of those that are told together."""

    told: Told
    part: int
    driver: str
    """A seat's key, `STRANGER`, or empty where nobody knows."""
    now_s: float


def part_words(one: Part, spells: tuple[Spell, ...], rows: Legs, relay: Relay, done: set[int]) -> str:
    """What was other than planned; empty where nothing was. `done`: rows told before."""
    told = one.told
    spell = spells[told.spells[one.part]]
    if not told.rows:
        return ", ".join([*_who(one.driver, "", relay), "not planned", *_why(spell)])
    row = told.rows[0]
    said = _who(one.driver, rows[row].driver, relay)
    if one.part > 0:
        said.append(f"part {one.part + 1} of stint {row + 1}, after a stop that nobody planned")
    elif any(other > row for other in done):
        said.append("after its turn")
    if len(told.rows) > 1:
        said.append("stints " + " and ".join(str(each + 1) for each in told.rows) + " in one")
    if one.part == len(told.spells) - 1:
        said += _length(one, spells, rows)
    return ", ".join([*said, *_why(spell)]) if said or not spell.is_caution else ""


def length_words(planned_s: float, now_s: float) -> str:
    minutes = round(abs(now_s - planned_s) / 60)
    return f"The race is {minutes} min {'longer' if now_s > planned_s else 'shorter'} than planned."


def _who(driver: str, planned: str, relay: Relay) -> list[str]:
    if driver == STRANGER:
        return ["somebody who is not in the team"]
    if driver and planned and driver != planned:
        return [f"{name_of(relay, driver)} instead of {name_of(relay, planned)}"]
    return [name_of(relay, driver)] if driver and not planned else []


def _length(one: Part, spells: tuple[Spell, ...], rows: Legs) -> list[str]:
    some = [spells[at] for at in one.told.spells]
    driven_s = sum((one.now_s if spell.end_s is None else spell.end_s) - spell.start_s for spell in some)
    off_s = driven_s - sum(rows[row].end_s - rows[row].start_s for row in one.told.rows)
    if abs(off_s) < NOTABLE_S or (some[-1].end_s is None and off_s < 0):
        return []
    return [f"{round(abs(off_s) / 60)} min {'longer' if off_s > 0 else 'shorter'}"]


def _why(spell: Spell) -> list[str]:
    if spell.is_towed:
        return ["towed"]
    if spell.is_bare:
        return ["ended by a drive through the pits"]
    return ["in under caution"] if spell.is_caution else []
