"""Made-up sign-ups: people of all time zones, for examples and for measuring. Nobody in them exists."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np

from pitbox.model.participation import Likings, Part
from pitbox.model.span import Span, Spans, joined
from pitbox.planning.formation.noun import Candidate, Race

_GIVEN = (
    "Ada Ben Cleo Dario Elin Finn Gwen Hugo Iris Jon Kaja Leo Mira Nils Oona Pim Quinn Rosa Sven Tove Uma"
    " Vito Wanda Xander Yara Zeno"
)
_FAMILY = "Abel Birk Conti Dahl Egger Falk Grau Holt Imhof Jansen Kern Lund Moor Novak Ortiz Pohl"
ZONES = (
    ("Europe/Berlin", 24),
    ("Europe/London", 16),
    ("America/New_York", 16),
    ("America/Los_Angeles", 9),
    ("Europe/Helsinki", 7),
    ("America/Sao_Paulo", 6),
    ("Australia/Sydney", 6),
    ("Asia/Tokyo", 5),
    ("Asia/Kolkata", 4),
    ("Pacific/Auckland", 3),
    ("Africa/Johannesburg", 2),
    ("Asia/Kathmandu", 2),
)
"""Where they live, and in what proportions."""
CARS = (
    "Ferrari 296 GT3",
    "Porsche 992 GT3 R",
    "BMW M4 GT3",
    "Audi R8 GT3",
    "McLaren 720S GT3",
    "Mustang GT3",
)
_DAY_S = 86400.0
_HEAD = (
    "Driver",
    "iRacing ID",
    "iRating",
    "Time zone",
    "Preferred cars",
    "Availability",
    "Role",
    "Night",
    "Rain",
    "Start",
    "Drive with",
    "Not with",
)


def sample(count: int, races: Sequence[Race], seed: int = 1) -> list[tuple[Candidate, str]]:
    """Candidates and the time zone of each."""
    random = np.random.default_rng(seed)
    weights = np.array([weight for _, weight in ZONES], float)
    keys = [f"person-{number}" for number in range(1, count + 1)]
    out = []
    for number, key in enumerate(keys):
        zone = ZONES[int(random.choice(len(ZONES), p=weights / weights.sum()))][0]
        free, maybe = _free(zone, races, random)
        others = [other for other in keys if other != key]
        one = Candidate(
            key=key,
            name=_name(number),
            strength=float(np.clip(round(random.normal(2400, 800)), 400, 7000)),
            free=free,
            maybe=maybe,
            cars=_cars(random),
            parts=_parts(random),
            likings=Likings(*(int(np.clip(random.integers(-3, 4), -2, 2)) for _ in range(3))),
            wanted=_some(others, random, chance=0.3, most=2),
            unwanted=_some(others, random, chance=0.08, most=1),
        )
        out.append((one, zone))
    return out


def _name(number: int) -> str:
    givens, families = _GIVEN.split(), _FAMILY.split()
    again, rest = divmod(number, len(givens) * len(families))
    return f"{givens[rest % len(givens)]} {families[rest // len(givens)]}" + (
        f" {again + 1}" if again else ""
    )


def _free(zone: str, races: Sequence[Race], random: np.random.Generator) -> tuple[Spans, Spans]:
    """Awake from some hour in the morning to some hour at night, on the own clock; a few at any time."""
    if random.random() < 0.06:
        return joined(race.span for race in races), ()
    rise_h, bed_h = random.integers(7, 11), random.integers(22, 27)
    late_h = int(random.choice([0, 1, 2, 3]))
    first_s = min(race.span.start_s for race in races) - 2 * _DAY_S
    last_s = max(race.span.end_s for race in races) + 2 * _DAY_S
    offset_s = _offset_s(zone, first_s)
    midnight_s = (first_s + offset_s) // _DAY_S * _DAY_S - offset_s
    free, maybe = [], []
    while midnight_s < last_s:
        bed_s = midnight_s + bed_h * 3600
        free.append(Span(midnight_s + rise_h * 3600, bed_s))
        maybe.append(Span(bed_s, bed_s + late_h * 3600))
        midnight_s += _DAY_S
    wide = joined(Span(race.span.start_s - 3600, race.span.end_s + 3600) for race in races)
    return _within(free, wide), _within(maybe, wide)


def _within(spans: list[Span], wide: Spans) -> Spans:
    return joined(
        span for span in spans if any(span.start_s < one.end_s and one.start_s < span.end_s for one in wide)
    )


def _offset_s(zone: str, utc_s: float) -> float:
    offset = datetime.fromtimestamp(utc_s, UTC).astimezone(ZoneInfo(zone)).utcoffset()
    return offset.total_seconds() if offset is not None else 0.0


def _cars(random: np.random.Generator) -> tuple[str, ...]:
    count = int(random.choice([0, 1, 2, 3], p=[0.15, 0.25, 0.35, 0.25]))
    return tuple(str(car) for car in random.choice(CARS, count, replace=False))


def _parts(random: np.random.Generator) -> tuple[Part, ...]:
    share = random.random()
    if share < 0.03:
        return (Part.SPOTTER,)
    if share < 0.05:
        return (Part.RESERVE,)
    return (Part.DRIVER, Part.SPOTTER) if share < 0.5 else (Part.DRIVER,)


def _some(keys: list[str], random: np.random.Generator, *, chance: float, most: int) -> tuple[str, ...]:
    if not keys or random.random() >= chance:
        return ()
    return tuple(str(key) for key in random.choice(keys, min(most, len(keys)), replace=False))


def sample_table(count: int, races: Sequence[Race], seed: int = 1) -> list[tuple[str, ...]]:
    """The same as a table that somebody could have exported; the first row is its head."""
    people = sample(count, races, seed)
    name_of = {one.key: one.name for one, _ in people}
    rows: list[tuple[str, ...]] = [_HEAD]
    for number, (one, zone) in enumerate(people, 1):
        surely = [_words(span, zone) for span in one.free]
        perhaps = [f"maybe {_words(span, zone)}" for span in one.maybe]
        likings = (one.likings.night, one.likings.rain, one.likings.start)
        rows.append(
            (
                one.name,
                str(100_000 + number),
                f"{one.strength:.0f}",
                zone,
                ", ".join(one.cars),
                "; ".join([*surely, *perhaps]),
                ", ".join(one.parts),
                *map(str, likings),
                ", ".join(name_of[key] for key in one.wanted),
                ", ".join(name_of[key] for key in one.unwanted),
            )
        )
    return rows


def _words(span: Span, zone: str) -> str:
    ends = (datetime.fromtimestamp(at_s, ZoneInfo(zone)) for at_s in (span.start_s, span.end_s))
    return " - ".join(f"{end:%Y-%m-%d %H:%M}" for end in ends)
