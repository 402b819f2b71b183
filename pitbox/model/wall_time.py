"""A person's wall clock against UTC: hours that a change leaves out, and hours that come twice."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from pitbox.model.errors import EditError

WALL_CLOCK = "%Y-%m-%dT%H:%M"


def zone_of(name: str) -> ZoneInfo:
    """Raises EditError for a zone that this machine does not know."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, TypeError, OSError) as error:
        raise EditError(f"There is no time zone {name!r:.80} here; one looks like Europe/Berlin.") from error


def clock_of(text: str) -> datetime:
    """Of `2026-03-29T01:30`, spelt just so; raises EditError."""
    try:
        clock = datetime.strptime(text, WALL_CLOCK)  # noqa: DTZ007 - which zone it is on, the caller knows
    except (ValueError, TypeError):
        clock = None
    if clock is None or f"{clock:{WALL_CLOCK}}" != text or not datetime(1971, 1, 1) <= clock:  # noqa: DTZ001
        raise EditError(f"{text!r:.80} is no time; one looks like 2026-03-29T01:30.")
    return clock


def moments_s(clock: datetime, zone: ZoneInfo) -> tuple[float, ...]:
    """When the clock shows this, in UTC: once, twice in an hour that comes twice, never in one left out."""
    both = [clock.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    true = {one for one in both if one.astimezone(zone).replace(tzinfo=None) == clock}
    return tuple(sorted(one.timestamp() for one in true))


def change_s(clock: datetime, zone: ZoneInfo) -> float:
    """The moment at which the clock jumped over this time; only for one that it never shows."""
    low, high = sorted(int(clock.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1))
    before = datetime.fromtimestamp(low, zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return float(high)


def moment_s(text: str, zone_name: str) -> float:
    """The one moment that a person means; raises EditError where there is none, or there are two."""
    clock, zone = clock_of(text), zone_of(zone_name)
    found = moments_s(clock, zone)
    if not found:
        raise EditError(f"The clock of {zone_name} never shows {text}: it is put forward over it.")
    if len(found) > 1:
        raise EditError(f"The clock of {zone_name} shows {text} twice: say it in UTC.")
    return found[0]


def words_of(utc_s: float, zone_name: str) -> str:
    """As that clock shows it, in UTC where this machine does not know the zone."""
    try:
        zone = zone_of(zone_name)
    except EditError:
        zone = ZoneInfo("UTC")
    return f"{datetime.fromtimestamp(utc_s, zone):{WALL_CLOCK}}"
