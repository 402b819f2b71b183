"""`pitbox doctor`: what works here, what does not, and what to do about it."""

from pitbox.wall.checkup.cars import examine_cars
from pitbox.wall.checkup.clocks import examine_clocks, read_clocks
from pitbox.wall.checkup.disk import examine_disk
from pitbox.wall.checkup.finding import Context, Finding
from pitbox.wall.checkup.machine import examine_machine
from pitbox.wall.checkup.network import examine_network
from pitbox.wall.checkup.software import examine_software
from pitbox.wall.errors import ProfileError
from pitbox.wall.instance import holder


def examine(context: Context) -> list[Finding]:
    """All findings, in the order in which people should read them. Takes a second or two."""
    clocks = read_clocks(context.clock)
    return [
        *examine_machine(),
        *_settings(context),
        *_profile(context),
        *examine_disk(context),
        *examine_software(),
        *examine_cars(context.data_folder / "log"),
        *examine_network(),
        *examine_clocks(clocks, context.clock),
    ]


def _settings(context: Context) -> list[Finding]:
    if not context.problems:
        return [Finding("settings", "ok", "All settings can be used.")]
    advice = "Mend it with `pitbox settings set`, or in the file."
    return [Finding("settings", "note", problem, advice) for problem in context.problems]


def _profile(context: Context) -> list[Finding]:
    try:
        other = holder(context.lock_file)
    except ProfileError as error:
        return [Finding("profile", "bad", str(error), "Make the folder writable.")]
    if other is None:
        return [Finding("profile", "ok", "No other PitBox works with this profile.")]
    return [Finding("profile", "note", f"PitBox works with this profile: {other.words()}.")]
