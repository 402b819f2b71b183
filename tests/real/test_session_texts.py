"""Session texts as the sim wrote them: every name, and nothing lost to the odd one."""

import re

import pytest

from pitbox.sim.iracing.text import parse_session_text

BROKEN = "invalid"


@pytest.fixture(scope="session")
def texts(real_data):
    found = {path.name: path.read_bytes() for path in sorted((real_data / "session-info").iterdir())}
    if not found:
        pytest.skip("no session texts among the real recordings")
    return found


def letters(raw):
    """As an editor would show it: what is not sound UTF-8 is code page 1252."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.translate(bytes.maketrans(b"\x81\x8d\x8f\x90\x9d", b"     ")).decode("cp1252")


def told(raw, key):
    """Every value of one field in DriverInfo, by search alone."""
    section = letters(raw).replace("\r\n", "\n").partition("\nDriverInfo:")[2]
    section = re.split(r"^[A-Z]\w*:[ ]*$", section, maxsplit=1, flags=re.MULTILINE)[0]
    found = re.findall(rf"^ +(?:- )?{key}:(.*)$", section, re.MULTILINE)
    return [value.strip().removeprefix('"').removesuffix('"') for value in found]


def test_every_text_names_its_cars_and_drivers_as_written(texts):
    for name, raw in texts.items():
        info = parse_session_text(raw).info
        assert info is not None, name
        assert [str(entry.car_idx) for entry in info.entries] == told(raw, "CarIdx"), name
        assert [str(entry.user_id) for entry in info.entries] == told(raw, "UserID"), name
        assert [entry.driver for entry in info.entries] == told(raw, "UserName"), name
        teams, numbers = told(raw, "TeamName"), told(raw, "CarNumber")
        for at, entry in enumerate(info.entries):
            assert entry.team == ((teams[at] if teams else "") or entry.driver), name
            assert entry.number == (numbers[at] if numbers else ""), name


def test_every_text_says_where_and_what(texts):
    for name, raw in texts.items():
        info = parse_session_text(raw).info
        assert info.track.name, name
        assert 500 < info.track.length_m < 30_000
        assert 5 < info.track.pit_speed_mps < 40
        assert info.entry(info.own.car_idx) is not None, name
        assert info.own.fuel_kg_per_l > 0
        racing = [entry for entry in info.entries if not entry.is_pace_car]
        assert {entry.class_id for entry in racing} == {found.class_id for found in info.classes}


def test_only_what_is_odd_is_called_a_problem(texts):
    for name, raw in texts.items():
        problems = parse_session_text(raw).problems
        if BROKEN in name:
            assert any("DriverInfo" in problem for problem in problems)
        else:
            assert all("is not there" in problem for problem in problems), (name, problems)


def test_the_deliberately_broken_one_loses_nobody(texts):
    broken = next((raw for name, raw in texts.items() if BROKEN in name), None)
    valid = next((raw for name, raw in texts.items() if name.endswith("_valid.yaml")), None)
    if broken is None or valid is None:
        pytest.skip("the pair of texts is not here")
    damaged, whole = parse_session_text(broken).info, parse_session_text(valid).info
    assert damaged.entries[1:] == whole.entries[1:]
    assert (damaged.track, damaged.parts, damaged.own) == (whole.track, whole.parts, whole.own)
    assert damaged.entries[0].car_idx == whole.entries[0].car_idx


def test_team_events_say_who_has_to_drive(texts):
    rules = {name: parse_session_text(raw).info.rules for name, raw in texts.items()}
    teams = [found for found in rules.values() if found.is_team_event]
    assert teams
    assert any(found.fair_share == 0.25 for found in teams)
    assert all(found.most_drivers and found.most_drivers > 1 for found in teams)
