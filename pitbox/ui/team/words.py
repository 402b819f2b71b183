"""What the page says of times, lengths and steps, and what it reads of them. Loads no Qt."""

from pitbox.model.drive_rules import RULE_FIELDS, DriveRules
from pitbox.model.errors import EditError
from pitbox.model.participation import Step
from pitbox.model.span import Span, Spans
from pitbox.model.wall_time import moment_s, words_of
from pitbox.planning.person_clock import clock, day_clock, moment, place
from pitbox.planning.sign_up.cells import length_s

STEP_TITLES = {
    Step.INTERESTED: "Interested",
    Step.SIGNED_UP: "Signed up",
    Step.IN_TEAM: "In team",
    Step.CONFIRMED: "Confirmed",
    Step.WITHDRAWN: "Withdrawn",
}
LIKINGS = ((2, "gladly"), (1, "rather"), (0, "all the same"), (-1, "rather not"), (-2, "not at all"))
RULE_TITLES = {
    "fair_share": "Fair share",
    "least_drive_s": "Each at least",
    "most_drive_s": "Each at most",
    "most_in_window_s": "In a window",
    "window_s": "Window of",
    "longest_stretch_s": "At a stretch",
    "least_rest_s": "Rest",
    "most_stints_in_a_row": "In a row",
    "least_drivers": "Drivers, least",
    "most_drivers": "Drivers, most",
    "starter": "Must start",
    "no_night": "Not at night",
    "mandatory_stops": "Stops, least",
    "stop_service": "At each stop",
    "longest_stint_s": "Longest stint",
    "has_spotter": "Spotter",
    "longest_spotting_s": "Spots at most",
    "name": "Called",
}
"""What each rule is called, in the order of the page."""
NOT_ASKED = "not asked"


def percent(share: float, digits: int = 0) -> str:
    """`97 %`."""
    return f"{100 * share:.{digits}f} %"


def hours(seconds: float) -> str:
    """`4:40`."""
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def length_of(text: str) -> float | None:
    """Of `24h`, `2:40`, `90 min`; None for nothing. Raises EditError."""
    if not text:
        return None
    found = length_s(text)
    if found is None:
        raise EditError(f"{text!r:.40} is no length of time; one looks like 24h, 2:40 or 90 min.")
    return found


def start_words(utc_s: float | None, zone: str) -> str:
    return "" if utc_s is None else words_of(utc_s, zone).replace("T", " ")


def start_of_text(text: str, zone: str) -> float | None:
    """On that clock, as `2026-06-27 16:00`; raises EditError."""
    return None if not text else moment_s(text.replace(" ", "T"), zone)


def now_at(utc_s: float, zone: str) -> str:
    """`03:12 Sun, Berlin`."""
    return f"{moment(utc_s, zone):%H:%M %a}, {place(zone)}"


def instant(utc_s: float, zone: str) -> str:
    """`Sat 28 Mar 03:40 Berlin`."""
    return f"{day_clock(utc_s, zone)} {place(zone)}"


def span_at(span: Span, zone: str) -> str:
    """`14:00-18:30`."""
    return f"{clock(span.start_s, zone)}-{clock(span.end_s, zone)}"


def rule_words(name: str, rules: DriveRules) -> str:
    """As its field shows it; empty where there is no such rule."""
    value = getattr(rules, name)
    if value is None or value == getattr(DriveRules(), name):
        return ""
    if name == "fair_share":
        return f"{100 * value:g} %"
    return hours(value) if name.endswith("_s") else str(value)


def rule_value(name: str, text: str) -> object:
    """Raises EditError; nothing typed is no rule."""
    unset = getattr(DriveRules(), name)
    if not text:
        return unset
    spelling = RULE_FIELDS[name]
    if name.endswith("_s"):
        value: object = length_of(text)
        expected = "a length of time up to a week"
    elif name == "name":
        value, expected = text, spelling.expected
    else:
        value, expected = _figure(name, text), spelling.expected
    if name == "fair_share":
        expected = "a share from 0 to 100 %"
    if name == "most_drivers":
        expected = "a whole number, 1 or more"
    try:
        return spelling.spell(value)
    except (ValueError, OverflowError) as error:
        raise EditError(f"{text!r:.40} cannot be: it is {expected}.") from error


def _figure(name: str, text: str) -> float | int | None:
    """None: no figure, or one with a fraction where there can be none."""
    try:
        figure = float(text.rstrip("% ").replace(",", "."))
    except ValueError:
        return None
    if name == "fair_share":
        return figure / 100
    return int(figure) if figure.is_integer() else None


def dark_words(spans: Spans) -> str:
    """`5:00-11:00, 29:00-35:00`, in race time."""
    return ", ".join(f"{hours(span.start_s)}-{hours(span.end_s)}" for span in spans)


def dark_of(text: str) -> Spans:
    """Raises EditError."""
    found = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        start, _, end = part.replace("\N{EN DASH}", "-").partition("-")
        ends = [_race_s(one) for one in (start, end)]
        if ends[0] >= ends[1]:
            raise EditError(f"{part!r:.40} is no stretch of race time; one looks like 5:00-11:00.")
        found.append(Span(*ends))
    return tuple(sorted(found))


def _race_s(text: str) -> float:
    """`0:30` too, which is no length but a moment."""
    hour, _, minute = text.strip().partition(":")
    if not hour.isdecimal() or not (minute or "0").isdecimal():
        raise EditError(f"{text.strip()!r:.40} is no race time; one looks like 5:00.")
    return int(hour) * 3600.0 + int(minute or 0) * 60.0
