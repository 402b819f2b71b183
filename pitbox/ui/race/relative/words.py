"""A neighbour on the track as a line of the panel. Loads no Qt."""

from pitbox.ui.scene.relative import CatchLaps, Neighbour, Terms, Trend
from pitbox.ui.scene.row import ClassHead
from pitbox.ui.scene.words import NONE, signed
from pitbox.ui.shell.line import Line, LineColumn, Part, Sign

COLUMNS = (
    LineColumn(40),
    LineColumn(least=80, gives_way=2),
    LineColumn(64, gives_way=3),
    LineColumn(44, is_left=False, gives_way=1),
    LineColumn(54, is_left=False),
)
_STATES = {
    "off": Part("off", "bad", sign=Sign.ALERT),
    "lane": Part("lane", "warn", sign=Sign.ALERT),
    "stall": Part("stall", "warn", sign=Sign.ALERT),
}
_INCIDENTS = {"slow": "slow", "off_track": "off", "spin": "spin", "contact": "hit?"}
_SOON_LAPS = 3.0
_BESIDE_S = 0.05
"""Nearer than this a car is neither ahead nor behind."""
_NOTHING = Part(NONE, "faint")


def line_of(one: Neighbour, head: ClassHead | None) -> Line:
    row = one.row
    rank = -1 if head is None else head.rank
    is_ours = one.terms is Terms.OURS
    name = row.entry.team or row.entry.driver
    return Line(
        key=str(row.car_idx),
        parts=(
            Part(row.entry.number, is_strong=True, rank=rank),
            Part(name, is_strong=is_ours),
            Part() if is_ours else terms_part(one, head),
            Part() if is_ours else catch_part(one.catch),
            Part("us", "accent", is_strong=True) if is_ours else gap_part(one),
        ),
        tip="" if is_ours else tip_of(one, head),
        is_ours=is_ours,
        car_idx=row.car_idx,
    )


def terms_part(one: Neighbour, head: ClassHead | None) -> Part:
    """What is wrong with it comes before what it is to us."""
    row = one.row
    if row.status in _STATES:
        return _STATES[row.status]
    if row.incident:
        return Part(_INCIDENTS.get(row.incident, row.incident), "bad", sign=Sign.ALERT)
    if one.terms is Terms.PLACE:
        return Part(f"P{row.class_position}", is_strong=True, sign=Sign.SAME)
    if one.terms is Terms.LAPS_US:
        return Part("laps us", "warn", sign=Sign.UP)
    if one.terms is Terms.WE_LAP:
        return Part("we lap", "dim", sign=Sign.DOWN)
    name = "other" if head is None else head.name
    tone, sign = ("text", Sign.UP) if one.is_quicker_class else ("dim", Sign.RING)
    return Part(name, tone, sign=sign)


def gap_part(one: Neighbour) -> Part:
    """The shape points to where the car moves in the list: towards us, or away."""
    words = signed(f"{one.gap_s:+.1f}") if abs(one.gap_s) >= _BESIDE_S else "0.0"
    is_ahead = one.gap_s > 0
    if one.trend is Trend.CLOSING:
        return Part(words, "good" if is_ahead else "warn", sign=Sign.DOWN if is_ahead else Sign.UP)
    if one.trend is Trend.OPENING:
        return Part(words, "dim", sign=Sign.UP if is_ahead else Sign.DOWN)
    return Part(words)


def catch_part(catch: CatchLaps | None) -> Part:
    if catch is None:
        return _NOTHING
    words = f"{_laps_words(catch)} L"
    return Part(words, "text" if catch.first <= _SOON_LAPS else "dim")


def tip_of(one: Neighbour, head: ClassHead | None) -> str:
    row = one.row
    side = "ahead" if one.gap_s > 0 else "behind"
    words = [
        f"{row.entry.number} {row.entry.team}, {row.entry.driver}",
        f"{abs(one.gap_s):.1f} s {side} on the track{', ' + one.trend if one.trend else ''}",
        _terms_words(one, head),
    ]
    if one.catch is not None:
        who = "We are there" if one.gap_s > 0 else "It is here"
        last = "or perhaps never" if one.catch.last is None else f"to {one.catch.last:.0f}"
        words.append(f"{who} in {one.catch.first:.0f} {last} laps, both at the pace of their last clean laps")
    else:
        words.append("No catch at the pace of now, or not enough clean laps yet")
    return "\n".join(word for word in words if word)


def _terms_words(one: Neighbour, head: ClassHead | None) -> str:
    if one.terms is Terms.PLACE:
        return f"Same class, same lap: P{one.row.class_position} in class"
    if one.terms is Terms.LAPS_US:
        return "Same class, a lap or more ahead of us"
    if one.terms is Terms.WE_LAP:
        return "Same class, a lap or more behind us"
    name = "another class" if head is None else head.name
    return f"{name}, {'quicker' if one.is_quicker_class else 'slower'} than ours"


def _laps_words(catch: CatchLaps) -> str:
    first = max(0, round(catch.first))
    if catch.last is None:
        return f"{first}+"
    last = round(catch.last)
    if last == 0:
        return "<1"
    return str(first) if last <= first else f"{first}-{last}"
