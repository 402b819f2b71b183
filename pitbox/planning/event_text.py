"""How an event file is written: its tables and keys, read strictly, with the place of what is wrong."""

import re
import tomllib
from datetime import date, time
from typing import Annotated, Any

import msgspec

from pitbox.model.errors import EditError

Many = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
Positive = Annotated[float, msgspec.Meta(gt=0, le=7 * 86400.0)]
Length = Annotated[str, msgspec.Meta(pattern=r"^\d{1,3}:[0-5]\d(:[0-5]\d)?$")]
"""`24:00`, `1:30`, `0:02:30`: hours, minutes, and seconds if they matter."""
Stretch = tuple[Length, Length]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Liking = Annotated[int, msgspec.Meta(ge=-2, le=2)]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class EventTable(_Table, frozen=True):
    name: Name
    length: Length | None = None
    laps: Many | None = None
    series: str = ""
    track: str = ""
    car_class: str = ""
    start: str = ""
    zone: str = "UTC"
    dark: tuple[Stretch, ...] = ()
    template: str = ""
    note: str = ""


class RulesTable(_Table, frozen=True):
    """Over those of the template. Times are lengths."""

    name: str | None = None
    fair_share: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    least_drive: Length | None = None
    most_drive: Length | None = None
    most_in_window: Length | None = None
    window: Length | None = None
    longest_stretch: Length | None = None
    longest_stint: Length | None = None
    least_rest: Length | None = None
    most_stints_in_a_row: Many | None = None
    least_drivers: Many | None = None
    most_drivers: Many | None = None
    starter: str | None = None
    no_night: tuple[str, ...] | None = None
    mandatory_stops: Many | None = None
    stop_service: str | None = None
    has_spotter: bool | None = None
    longest_spotting: Length | None = None


class TeamTable(_Table, frozen=True):
    name: Name = "Our team"
    car: str = ""
    number: str = ""


class VariantTable(_Table, frozen=True):
    name: Name = "Plan"
    lap_s: Positive | None = None
    pit_s: Annotated[float, msgspec.Meta(gt=0, le=3600)] | None = None
    swap_s: Annotated[float, msgspec.Meta(ge=0, le=3600)] | None = None
    target_stint: Length | None = None
    least_rest: Length | None = None
    fuel_per_stint_l: Positive | None = None
    fuel_per_lap_l: Positive | None = None
    stints_per_set: Many | None = None
    wet: tuple[Stretch, ...] = ()


class LikesTable(_Table, frozen=True):
    night: Liking = 0
    rain: Liking = 0
    start: Liking = 0
    longest: Length | None = None


class DriverTable(_Table, frozen=True):
    name: Name
    zone: str = ""
    user_id: int = 0
    rating: int | None = None
    drives: bool = True
    spots: bool = True
    lap_s: Positive | None = None
    free: tuple[tuple[str, str], ...] = ()
    maybe: tuple[tuple[str, str], ...] = ()
    cars: tuple[str, ...] = ()
    likes: LikesTable = LikesTable()
    wet_lap_s: Positive | None = None


class EventText(_Table, frozen=True):
    event: EventTable
    driver: Annotated[tuple[DriverTable, ...], msgspec.Meta(min_length=1, max_length=64)]
    rules: RulesTable = RulesTable()
    team: TeamTable = TeamTable()
    variant: VariantTable = VariantTable()


def read_text(text: str) -> EventText:
    """Raises EditError: one sentence that names the place."""
    try:
        return msgspec.convert(_plain(tomllib.loads(text)), EventText)
    except tomllib.TOMLDecodeError as error:
        raise EditError(f"This is no TOML: {error}.") from error
    except (msgspec.ValidationError, RecursionError) as error:
        raise EditError(_sentence(str(error))) from error


def length_s(text: str) -> float:
    """Of `1:30` or `0:02:30`."""
    hours, minutes, *seconds = (int(part) for part in text.split(":"))
    return hours * 3600.0 + minutes * 60.0 + (seconds[0] if seconds else 0)


def _plain(value: Any) -> Any:
    """TOML has times of its own; here they are text like all others."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date | time) else value


def _sentence(said: str) -> str:
    """The checker's words, with the place as people count: the second driver is `driver 2`."""
    what, _, where = said.partition(" - at ")
    place = where.strip("`").removeprefix("$").removeprefix(".")
    place = re.sub(r"\[(\d+)\]", lambda found: f" {int(found[1]) + 1}", place).replace(".", ", ")
    what = what.replace("Object", "The table").replace("`", "'")
    if "regex" in what:
        what = "A length is written as hours and minutes, 1:30"
    return f"{place}: {what}." if place else f"{what}."
