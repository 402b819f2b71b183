"""The event file of the manual is read and solved; a bad one is refused with its place."""

import re
from pathlib import Path

import pytest

from pitbox.cli.app import main
from pitbox.model.errors import EditError
from pitbox.model.participation import Part
from pitbox.model.session import EventRules
from pitbox.planning.event_file import read_event, relay_of_file
from pitbox.planning.template import TEMPLATES, rules_of

PAGE = Path(__file__).parents[2] / "docs" / "stint-plans.md"
EXAMPLE = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[0]


def test_the_example_of_the_manual_is_what_it_says() -> None:
    file = read_event(EXAMPLE)
    relay = relay_of_file(file)
    assert relay.length_s == 86400.0
    assert relay.rules.fair_share == 0.25, "of the template"
    assert relay.rules.longest_stretch_s == 3 * 3600.0
    assert relay.rules.starter == relay.seats[0].key
    assert relay.most_stint_s == 22 * 138.5, "whole laps of a tank"
    wet = relay_of_file(read_event(EXAMPLE.replace("lap_s = 138.1", "lap_s = 138.1\nwet_lap_s = 151.0")))
    assert (wet.seats[0].wet_lap_s, relay.seats[0].wet_lap_s) == (151.0, None)
    kai = next(seat for seat in relay.seats if seat.name == "Kai Example")
    assert kai.free[0].start_s == -3600.0, "08:00 in New York is 14:00 in Berlin"
    assert file.participations[-1].parts == (Part.SPOTTER,)
    assert len(file.members) == len(file.participations) == 5


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            'length = "24:00"',
            'length = "a day"',
            "event, length: A length is written as hours and minutes, 1:30.",
        ),
        ('length = "24:00"', 'length = "0:00"', "event, length: A race is longer than nothing."),
        ("pit_s = 62 ", "pit_s = 90000 ", "variant, pit_s: Expected 'float' <= 3600.0."),
        (
            "fuel_per_stint_l = 70.0",
            "fuel_per_stint_l = 2.0",
            "variant, fuel_per_stint_l: That does not last for one lap of fuel_per_lap_l.",
        ),
        ('most_drive = "8:00"', 'window = "6:00"', "rules: window and most_in_window go together"),
        ("lap_s = 138.1", 'lap_s = "fast"', "driver 1, lap_s: Expected 'float | null', got 'str'."),
        ('zone = "America/New_York"', 'zone = "Mars"', "driver 2, zone: There is no time zone 'Mars' here"),
        (
            'name = "Noa Example"',
            'name = "Ada Example"',
            "driver 4: Two people cannot both be called Ada Example.",
        ),
        ('starter = "Ada Example"', 'starter = "Eve"', "rules, starter: Eve is none of the drivers."),
        (
            'template = "iracing-team"',
            'template = "dakar"',
            "event, template: There is no 'dakar'; there are",
        ),
        ("[team]", "[teams]", "teams"),
        ("[event]", "[event", "This is no TOML"),
        ('"2026-10-24T21:00"]', '"2026-10-24T07:00"]', "driver 2: From 2026-10-24T08:00 to 2026-10-24T07:00"),
    ],
)
def test_a_bad_file_is_refused_with_the_place(old: str, new: str, words: str) -> None:
    assert old in EXAMPLE
    with pytest.raises(EditError) as found:
        read_event(EXAMPLE.replace(old, new, 1))
    assert words in str(found.value)
    assert "\n" not in str(found.value)


def test_every_template_is_in_the_manual() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"| `{one.key}` |" in text and one.source.endswith(".") for one in TEMPLATES)
    assert rules_of(EventRules(fair_share=0.25, least_drivers=2)).least_drivers == 2


def test_the_command_tells_by_its_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "race.toml"
    people = "".join(f'[[driver]]\nname = "{name}"\n' for name in ("Ada", "Ben"))
    file.write_text('[event]\nname = "Short"\nlength = "4:00"\n' + people)
    assert main(["plan", str(file), "--out", str(tmp_path / "plan.json")]) == 0
    assert "Every rule is kept." in capsys.readouterr().out
    assert '"is_feasible": true' in (tmp_path / "plan.json").read_text()
    file.write_text('[event]\nname = "Short"\nlength = "4:00"\n' + people + '[rules]\nmost_drive = "1:00"\n')
    assert main(["plan", str(file)]) == 1
    out = capsys.readouterr().out
    assert "Everybody drives 1:00 h in all at most." in out
    file.write_text("[event]\n")
    assert main(["plan", str(file)]) == 1
    assert "race.toml: event: " in capsys.readouterr().err
