"""Rules of an event that can hardly be meant so: they contradict another one, or ask nothing as they are."""

from collections.abc import Callable, Collection, Iterator

from pitbox.model.drive_rules import DriveRules
from pitbox.model.event import Event
from pitbox.model.session import UNLIMITED

SERVICES = ("fuel", "tyres", "swap")
"""What a mandatory stop may be asked to do."""
Doubt = tuple[str, str]
"""The name of the rule, and the sentence."""


def doubts(event: Event, drivers: Collection[str], name_of: Callable[[str], str]) -> dict[str, str]:
    """By the name of the rule, one sentence each; `drivers`: who signed up to drive, none: not known yet."""
    rules = event.rules
    found: dict[str, str] = {}
    for rule, words in (
        *_times(rules),
        *_drivers(event),
        *_people(event, drivers, name_of),
        *_stops(rules),
        *_spotters(rules),
    ):
        found.setdefault(rule, words)
    return found


def _times(rules: DriveRules) -> Iterator[Doubt]:
    least_s, most_s = rules.least_drive_s, rules.most_drive_s
    if least_s is not None and most_s is not None and least_s > most_s:
        yield "least_drive_s", "This is more than anybody may drive."
    within_s, window_s = rules.most_in_window_s, rules.window_s
    if within_s is not None and window_s is None:
        yield "window_s", "Say in which window: without it nothing is asked."
    if window_s is not None and within_s is None:
        yield "most_in_window_s", "Say how long in the window: without it nothing is asked."
    if within_s is not None and window_s is not None and within_s >= window_s:
        yield "most_in_window_s", "The window is no longer than this, so nothing is asked."


def _drivers(event: Event) -> Iterator[Doubt]:
    rules = event.rules
    if rules.most_drivers < rules.least_drivers:
        yield "most_drivers", f"{rules.least_drivers} have to drive."
    most_s, length_s = rules.most_drive_s, event.length_s
    if most_s is None or length_s is None or rules.most_drivers >= UNLIMITED:
        return
    if most_s * rules.most_drivers < length_s:
        yield "most_drive_s", "With so few drivers as are allowed, nobody drives the rest of the race."


def _people(event: Event, drivers: Collection[str], name_of: Callable[[str], str]) -> Iterator[Doubt]:
    rules = event.rules
    if rules.starter and rules.starter not in drivers:
        yield "starter", f"{name_of(rules.starter)} has not signed up to drive."
    starts_dark = any(one.start_s <= 0.0 < one.end_s for one in event.dark)
    if rules.starter in rules.no_night and starts_dark:
        yield "starter", f"{name_of(rules.starter)} must not drive at night, and it is night at the start."
    if rules.no_night and not event.dark:
        yield "no_night", "Say above when it is night: without it nothing is asked."
    elif drivers and set(drivers) <= set(rules.no_night):
        yield "no_night", "Nobody is left to drive at night."


def _stops(rules: DriveRules) -> Iterator[Doubt]:
    services = [word.strip() for word in rules.stop_service.split(",") if word.strip()]
    strange = [word for word in services if word not in SERVICES]
    if strange:
        yield "stop_service", f"Nobody knows what {strange[0]!r} is: it is none of {', '.join(SERVICES)}."
    elif services and not rules.mandatory_stops:
        yield "stop_service", "Say at how many stops: without it nothing is asked."


def _spotters(rules: DriveRules) -> Iterator[Doubt]:
    if rules.longest_spotting_s is not None and not rules.has_spotter:
        yield "longest_spotting_s", "This counts only if somebody has to spot."
