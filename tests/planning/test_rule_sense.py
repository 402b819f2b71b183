"""Rules that contradict each other are said where they stand; those that can be meant are let be."""

import pytest

from pitbox.model.drive_rules import DriveRules
from pitbox.model.event import Event
from pitbox.model.span import Span
from pitbox.planning.rule_sense import doubts
from pitbox.planning.template import TEMPLATES

HOUR_S = 3600.0
NIGHT = (Span(0.0, 5 * HOUR_S),)


def said(rules: DriveRules, *, dark=NIGHT, drivers=("ada", "kai")) -> dict[str, str]:
    event = Event("spa", "Spa", length_s=24 * HOUR_S, dark=dark, rules=rules)
    return doubts(event, drivers, str.title)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.key)
def test_known_rule_sets_make_sense(template) -> None:
    assert said(template.rules) == {}


@pytest.mark.parametrize(
    ("rules", "at", "words"),
    [
        (DriveRules(least_drive_s=5.0, most_drive_s=4.0), "least_drive_s", "more than anybody may"),
        (DriveRules(window_s=6.0), "most_in_window_s", "how long"),
        (DriveRules(most_in_window_s=6.0), "window_s", "which window"),
        (DriveRules(most_in_window_s=6.0, window_s=6.0), "most_in_window_s", "no longer than this"),
        (DriveRules(least_drivers=4, most_drivers=3), "most_drivers", "4 have to drive"),
        (DriveRules(most_drive_s=7 * HOUR_S, most_drivers=3), "most_drive_s", "rest of the race"),
        (DriveRules(starter="zoe"), "starter", "Zoe has not signed up"),
        (DriveRules(starter="ada", no_night=("ada",)), "starter", "night at the start"),
        (DriveRules(no_night=("ada", "kai")), "no_night", "Nobody is left"),
        (DriveRules(stop_service="fuel"), "stop_service", "how many stops"),
        (DriveRules(stop_service="wax", mandatory_stops=1), "stop_service", "'wax'"),
        (DriveRules(longest_spotting_s=60.0), "longest_spotting_s", "somebody has to spot"),
    ],
)
def test_what_cannot_be_meant_is_said_at_its_rule(rules: DriveRules, at: str, words: str) -> None:
    found = said(rules)
    assert list(found) == [at]
    assert words in found[at]


def test_without_a_night_nobody_is_kept_from_it() -> None:
    assert list(said(DriveRules(no_night=("ada",)), dark=())) == ["no_night"]
    assert said(DriveRules(starter="ada", no_night=("ada",)), dark=(Span(HOUR_S, 2 * HOUR_S),)) == {}
