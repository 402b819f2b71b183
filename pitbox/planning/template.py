"""Rule sets to begin an event's rules with. Only figures that are sure; the event's own regulations count."""

import msgspec

from pitbox.model.drive_rules import DriveRules
from pitbox.model.session import UNLIMITED, EventRules

_HOUR_S = 3600.0


class Template(msgspec.Struct, frozen=True):
    key: str
    rules: DriveRules
    source: str
    """Where the figures come from, in words, and what is left to be looked up."""

    @property
    def name(self) -> str:
        return self.rules.name


TEMPLATES = (
    Template(
        "iracing-team",
        DriveRules(name="iRacing team event", fair_share=0.25),
        "iRacing's fair share: each driver does at least a quarter of an equal share of the laps, rounded up."
        " How many have to drive stands in the session: it is taken from there once the sim tells.",
    ),
    Template(
        "iracing-open",
        DriveRules(name="iRacing, drivers as you like"),
        "For events without a driver change rule: nothing is demanded.",
    ),
    Template(
        "le-mans-24",
        DriveRules(
            name="Le Mans 24 hours",
            most_drivers=3,
            most_drive_s=14 * _HOUR_S,
            most_in_window_s=4 * _HOUR_S,
            window_s=6 * _HOUR_S,
        ),
        "The ACO's regulations: at most four hours in any six, fourteen in all, three drivers. Least drive"
        " times differ by class and grade: fill them in.",
    ),
    Template(
        "wec-6",
        DriveRules(
            name="WEC six hours",
            most_drivers=3,
            least_drive_s=40 * 60.0,
            most_in_window_s=4 * _HOUR_S,
            window_s=6 * _HOUR_S,
        ),
        "The WEC's regulations: at least forty minutes for each in the top class; other classes and grades"
        " ask for more, so look it up. Four hours in any six is the most that anybody may drive.",
    ),
    Template(
        "imsa",
        DriveRules(name="IMSA endurance", most_in_window_s=4 * _HOUR_S, window_s=6 * _HOUR_S),
        "IMSA's regulations: at most four hours in any six. The least drive time goes by class, grade and"
        " length of the race: fill it in.",
    ),
    Template(
        "nurburgring-24",
        DriveRules(
            name="Nürburgring 24 hours",
            longest_stretch_s=2.5 * _HOUR_S,
            least_rest_s=2 * _HOUR_S,
        ),
        "The strictest of what was published over the years: two and a half hours at a stretch, two hours of"
        " rest. Some years allowed three hours: look it up.",
    ),
    Template(
        "gtwc-spa-24",
        DriveRules(
            name="GT World Challenge, Spa 24 hours",
            longest_stint_s=65 * 60.0,
            most_drive_s=14 * _HOUR_S,
        ),
        "The series' regulations: at most 65 minutes from stop to stop, fourteen hours in all. Technical"
        " stops and least drive times by cup are not in it: fill them in.",
    ),
)


def template(key: str) -> Template | None:
    return next((one for one in TEMPLATES if one.key == key), None)


def rules_of(said: EventRules) -> DriveRules:
    """What the session text demands of drivers; what it does not say is no rule."""
    return DriveRules(
        name="From the session",
        fair_share=said.fair_share,
        least_drivers=said.least_drivers or 1,
        most_drivers=said.most_drivers or UNLIMITED,
    )
