"""Free time as people write it, on their own clocks; zones as they call them; heads of grids."""

from datetime import UTC, date, datetime

import pytest

from pitbox.model.span import Span
from pitbox.planning.sign_up.hours import HourHead, Listener, hour_head
from pitbox.planning.sign_up.zone import zone_named

SATURDAY_S = datetime(2026, 3, 28, 14, tzinfo=UTC).timestamp()
LISTENER = Listener((Span(SATURDAY_S, SATURDAY_S + 86400),))


def heard(text: str, zone: str = "Europe/Berlin") -> list[str]:
    said = LISTENER.hear(text, zone).said
    return [
        f"{one.start:%a %H:%M}-{one.end:%a %H:%M}{'?' if one.is_maybe else ''}"
        + (" UTC" if one.zone == "UTC" else "")
        for one in said
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("all race", ["Sat 14:00-Sun 14:00 UTC"]),
        ("ganzes Rennen", ["Sat 14:00-Sun 14:00 UTC"]),
        ("Sat 16:00 - Sun 02:00", ["Sat 16:00-Sun 02:00"]),
        ("Sat, 16:00-18:00, 20:00-23:00", ["Sat 16:00-Sat 18:00", "Sat 20:00-Sat 23:00"]),
        ("20:00-02:00", ["Sat 20:00-Sun 02:00"]),
        ("4-6pm", ["Sat 16:00-Sat 18:00"]),
        ("11am to 1pm", ["Sun 11:00-Sun 13:00"]),
        ("from 20:00", ["Sat 19:00-Sun 14:00 UTC"]),
        ("22:00+", ["Sat 21:00-Sun 14:00 UTC"]),
        ("bis 18 Uhr", ["Sat 14:00-Sat 17:00 UTC"]),
        ("all race except 02:00-06:00", ["Sat 14:00-Sun 01:00 UTC", "Sun 04:00-Sun 14:00 UTC"]),
        ("sabato", ["Sat 00:00-Sun 00:00"]),
        ("maybe 20-22", ["Sat 20:00-Sat 22:00?"]),
        ("20:00-22:00?", ["Sat 20:00-Sat 22:00?"]),
        ("2026-03-28 20:00 - 2026-03-29 02:00", ["Sat 20:00-Sun 02:00"]),
        ("2026-03-28T20:00/2026-03-28T22:00", ["Sat 20:00-Sat 22:00"]),
        ("28.03. 16-18 Uhr", ["Sat 16:00-Sat 18:00"]),
        ("3/28 16:00-18:00", ["Sat 16:00-Sat 18:00"]),
        ("28/03/2026 16h00 à 18h00", ["Sat 16:00-Sat 18:00"]),
        ("17:00, 18:00", ["Sat 17:00-Sat 18:00", "Sat 18:00-Sat 19:00"]),
        ("16:00-18:00 UTC", ["Sat 16:00-Sat 18:00 UTC"]),
        ("20:00-midnight", ["Sat 20:00-Sun 00:00"]),
    ],
)
def test_free_time_in_words(text: str, expected: list[str]) -> None:
    assert heard(text) == expected


def test_what_makes_no_sense_is_given_back_and_the_rest_is_kept() -> None:
    found = LISTENER.hear("Sat 16:00-18:00; when the dog sleeps", "UTC")
    assert [f"{one.start:%H:%M}" for one in found.said] == ["16:00"]
    assert found.unread == ("when the dog sleeps",)
    assert LISTENER.hear("never", "UTC").is_never
    assert Listener(()).hear("all race", "UTC").unread == ("all race",)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("europe/berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("CET", "Europe/Berlin"),
        ("EST", "America/New_York"),
        ("UTC+2", "Etc/GMT-2"),
        ("GMT-5", "Etc/GMT+5"),
        ("GMT+5:30", "Asia/Kolkata"),
        ("(GMT+01:00) Amsterdam", "Etc/GMT-1"),
        ("the Moon", None),
        ("UTC+99", None),
    ],
)
def test_zones_as_people_call_them(text: str, zone: str | None) -> None:
    assert zone_named(text) == zone


@pytest.mark.parametrize(
    ("head", "slot"),
    [
        ("14:00", HourHead(None, 840)),
        ("14:00-15:30", HourHead(None, 840, 930)),
        ("Availability [Sat 14:00 - 15:00]", HourHead(5, 840, 900)),
        ("2026-03-28 14:00", HourHead(date(2026, 3, 28), 840)),
        ("18:00 UTC", HourHead(None, 1080, is_utc=True)),
        ("H+3", HourHead(race_hour=4)),
        ("Hour 5", HourHead(race_hour=5)),
        ("Night (1-5)", None),
        ("3", None),
        ("Name", None),
    ],
)
def test_heads_of_columns_of_hours(head: str, slot: HourHead | None) -> None:
    assert hour_head(head) == slot
