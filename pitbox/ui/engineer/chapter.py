"""The pages of the window, and what those that are not built yet will hold. Loads no Qt."""

import msgspec


class Chapter(msgspec.Struct, frozen=True):
    name: str
    title: str
    icon: str
    words: str
    """One sentence for as long as there is nothing on it."""
    is_low: bool = False


CHAPTERS = (
    Chapter("race", "Race", "flag", "The race as it runs."),
    Chapter(
        "strategy",
        "Strategy",
        "route",
        "Pit windows, fuel to the flag and the chance of each strategy will stand here.",
    ),
    Chapter(
        "stints",
        "Stints",
        "chart-gantt",
        "Who drives when, over the race.",
    ),
    Chapter("laps", "Laps", "timer", "Laps laid over each other by distance."),
    Chapter("team", "Team", "users", "Events, the people of each, when they can, and teams of them."),
    Chapter(
        "sessions",
        "Sessions",
        "folder-clock",
        "Everything that was recorded or imported.",
    ),
    Chapter("season", "Season", "calendar", "Series, weeks and start times on your clock will stand here."),
    Chapter(
        "peers",
        "Peers",
        "radio-tower",
        "The team's machines will stand here. Until then pitbox pair joins two, and pitbox peers lists them.",
        is_low=True,
    ),
    Chapter("settings", "Settings", "settings", "", is_low=True),
    Chapter("health", "Health", "activity", "", is_low=True),
)

GUIDE = "Three steps to the first one, once; or see all of it at work in the demo race now."
GUIDE_STEPS = (
    "On the driver's computer start pitbox driver. It finds iRacing, records beside it, needs nothing else.",
    "Pair both computers: pitbox pair on each, compare six digits, accept. Then they find each other.",
    "Get in the car: the race opens here by itself. Recorded ones: Sessions, or pitbox engineer --session.",
)
"""How a race comes onto the page, for whoever opens it for the first time."""
