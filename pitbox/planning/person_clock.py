"""A moment as the clock of one person shows it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from pitbox.model.errors import EditError
from pitbox.model.wall_time import zone_of

_UTC = "UTC"


def clock(utc_s: float, zone: str) -> str:
    """`03:40`; in UTC where this machine does not know the zone."""
    return f"{moment(utc_s, zone):%H:%M}"


def day_clock(utc_s: float, zone: str) -> str:
    """`Sat 28 Mar 03:40`."""
    at = moment(utc_s, zone)
    return f"{at:%a} {at.day} {at:%b %H:%M}"


def clock_with_place(utc_s: float, zone: str) -> str:
    """`03:40 (Berlin)`."""
    return f"{clock(utc_s, zone)} ({place(zone)})"


def place(zone: str) -> str:
    """`Berlin` of `Europe/Berlin`; `UTC` where this machine does not know the zone."""
    key = known(zone).key
    return key.rpartition("/")[2].replace("_", " ")


def moment(utc_s: float, zone: str) -> datetime:
    return datetime.fromtimestamp(utc_s, known(zone))


def known(zone: str) -> ZoneInfo:
    try:
        return zone_of(zone)
    except EditError:
        return ZoneInfo(_UTC)
