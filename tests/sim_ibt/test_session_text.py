"""The session text, with what people type into names and what goes wrong on the way."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitbox.model.session import UNLIMITED
from pitbox.sim.iracing.text import SessionTextReader, parse_session_text, session_info
from pitbox.sim.iracing.visit import visit_of
from pitbox.sim.synthetic.event import Event
from pitbox.sim.synthetic.scenario import SCENARIOS
from pitbox.sim.synthetic.text import LATIN, UTF8, session_text
from pitbox.wire.limit import MAX_PLAIN_PAYLOAD
from pitbox.wire.record import InfoRecord, decode, encode

WEEKEND = """---
WeekendInfo:
 TrackName: ring gp
 TrackID: 12
 TrackLength: 5.05 km
 TrackDisplayName: The Ring
 TrackConfigName: Grand Prix
 TrackPitSpeedLimit: 72.00 kph
 SubSessionID: 4711
 Official: 1
 TeamRacing: 1
 MinDrivers: 2
 MaxDrivers: 6
 DCRuleSet: DriveFairShare
 WeekendOptions:
  CourseCautions: local
  Restarts: single file
  StandingStart: 0
  IncidentLimit: 17
  IncidentWarningInitialLimit: 9
  FastRepairsLimit: unlimited
 TelemetryOptions:
  TelemetryDiskFile: ""

"""
SESSIONS = """SessionInfo:
 Sessions:
 - SessionNum: 0
   SessionLaps: unlimited
   SessionTime: 1200.0000 sec
   SessionType: Practice
   ResultsPositions:
   - Position: 1
     CarIdx: 3
     SessionNum: 99
 - SessionNum: 2
   SessionLaps: 40
   SessionTime: unlimited
   SessionType: Race
   ResultsPositions:

"""
SECTORS = """SplitTimeInfo:
 Sectors:
 - SectorNum: 0
   SectorStartPct: 0.000000
 - SectorNum: 1
   SectorStartPct: 0.4
"""


def drivers(*cars, setup="race.sto"):
    head = (
        f"DriverInfo:\n DriverCarIdx: 3\n DriverCarFuelKgPerLtr: 0.750\n DriverCarFuelMaxLtr: 100.000\n"
        f" DriverCarMaxFuelPct: 0.500\n DriverSetupName: {setup}\n DriverTires:\n - TireIndex: 0\n"
        f"   TireCompoundType: Hard\n Drivers:\n"
    )
    return head + "".join(cars) + "\n"


def car(idx, name="Ada Lovelace", user_id=7, team="Team", **more):
    fields = {
        "UserName": name, "UserID": user_id, "TeamID": 900, "TeamName": team, "CarNumber": '"07"',
        "CarClassID": 4, "CarScreenName": "GT3", "CarClassShortName": "Any", "CarClassColor": "0x33ceff",
        "IRating": 2000, "IsSpectator": 0, "CarIsPaceCar": 0, **more,
    }  # fmt: skip
    return f" - CarIdx: {idx}\n" + "".join(f"   {key}: {value}\n" for key, value in fields.items())


def text(*cars, **more):
    return (WEEKEND + SESSIONS + drivers(*cars, **more) + SECTORS + "\n...\n").encode("cp1252")


def test_place_parts_classes_and_tank():
    info = session_info(text(car(3)))
    assert (info.sim, info.sub_session_id) == ("iRacing", 4711)
    assert (info.track.name, info.track.config, info.track.track_id) == ("The Ring", "Grand Prix", 12)
    assert info.track.length_m == 5050.0
    assert info.track.pit_speed_mps == pytest.approx(20.0)
    assert info.track.sector_starts == (0.0, 0.4)
    parts = [(part.session_num, part.kind, part.length_s, part.laps) for part in info.parts]
    assert parts == [(0, "Practice", 1200.0, None), (2, "Race", None, 40)]
    assert [(found.class_id, found.name, found.colour) for found in info.classes] == [(4, "Any", 0x33CEFF)]
    assert (info.own.car_idx, info.own.tank_l, info.own.fuel_kg_per_l) == (3, 50.0, 0.75)


def test_the_rules_of_the_event():
    rules = session_info(text(car(3))).rules
    assert rules.is_team_event is True
    assert (rules.driver_change_rule, rules.fair_share) == ("DriveFairShare", 0.25)
    assert (rules.least_drivers, rules.most_drivers) == (2, 6)
    assert (rules.incident_limit, rules.first_warning, rules.next_warnings) == (17, 9, None)
    assert rules.fast_repairs == UNLIMITED
    assert (rules.cautions, rules.restarts, rules.is_standing_start) == ("local", "single file", False)
    assert (rules.is_official, rules.is_fixed_setup) == (True, None)


def test_incidents_are_counted_against_the_limit():
    cars = car(3, CurDriverIncidentCount=4, TeamIncidentCount=11), car(5, CurDriverIncidentCount=-1)
    info = session_info(text(*cars))
    assert (info.entry(3).incidents, info.entry(3).team_incidents) == (4, 11)
    assert info.incidents_left(3) == 6, "in a team event the team's points count"
    assert info.entry(5).incidents is None, "the sim keeps it from us"
    assert info.incidents_left(5) is None
    alone = session_info(text(*cars).replace(b"TeamRacing: 1", b"TeamRacing: 0"))
    assert alone.incidents_left(3) == 13
    free = session_info(text(*cars).replace(b"IncidentLimit: 17", b"IncidentLimit: unlimited"))
    assert free.incidents_left(3) is None


NAMES = [
    "#1 Fan", "- dash", "? who", ", comma", "[", "]", ":", "@", "{curly}", "& anchor", "*star", "!bang", "%",
    "`tick", "'quoted'", 'The "Fast" One', '"Half', "a: b", "a #b", "Søren Müßig", "|", ">", "~tilde", "None",
    "UserID: 5", "back\\slash", "€uro",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_fact_10_names_come_through_whatever_stands_in_them(name):
    parsed = parse_session_text(text(car(3, name, team=name), car(4, "Next", 8)))
    assert [(entry.driver, entry.team) for entry in parsed.info.entries] == [(name, name), ("Next", "Team")]
    assert parsed.problems == ()


def test_fact_10_bytes_that_the_code_page_lacks_cost_nobody_the_session():
    raw = text(car(3, "A@@B"), car(4, "Bäcker", 8)).replace(b"A@@B", b"A\x81\x8d\x8f\x90\x9dB\x07")
    first, second = session_info(raw).entries
    assert re.fullmatch("A +B", first.driver)
    assert second.driver == "Bäcker"


def test_fact_10_utf8_since_2026_where_names_are_quoted():
    names = ["Łucja Zięba", 'The "Fast" One', "日本 太郎", "plain"]
    cars = [car(at, f'"{name}"', at) for at, name in enumerate(names, 3)]
    whole = WEEKEND.replace(" TrackName:", " Encoding: UTF8\n TrackName:") + SESSIONS + drivers(*cars)
    parsed = parse_session_text(whole.encode())
    assert [entry.driver for entry in parsed.info.entries] == names
    cut = whole.encode().replace("太郎".encode(), "太郎".encode()[:-1])
    damaged = parse_session_text(cut)
    assert len(damaged.info.entries) == 4, "a name cut in the middle of a letter costs that letter"
    assert any("UTF-8" in problem for problem in damaged.problems)


def test_fact_10_a_newline_in_the_setup_name():
    parsed = parse_session_text(text(car(3), setup="first\nsecond part: 5"))
    assert parsed.info.own.car_idx == 3
    assert len(parsed.info.entries) == 1
    assert any("second part" in problem for problem in parsed.problems)


def test_fact_12_a_text_without_drivers_speaks_of_nobody():
    parsed = parse_session_text((WEEKEND + SESSIONS + drivers()).encode())
    assert parsed.info is None
    assert parsed.weekend.sub_session_id == 4711
    assert any("DriverInfo" in problem for problem in parsed.problems)


def test_pace_car_and_spectators_are_known_as_such():
    cars = car(0, "Pace Car", -1, CarIsPaceCar=1, CarClassID=11), car(3), car(9, "Eve", 9, IsSpectator=1)
    info = session_info(text(*cars))
    assert [(entry.is_pace_car, entry.is_spectator) for entry in info.entries] == [
        (True, False), (False, False), (False, True),
    ]  # fmt: skip
    assert [found.class_id for found in info.classes] == [4], "the pace car is in no race"


def test_fact_14_a_swap_changes_the_person_and_not_the_car():
    read = SessionTextReader()
    before = read(text(car(3, "Ada", 7), car(4, "Bob", 8))).entry(3)
    after = read(text(car(3, "Cleo", 17), car(4, "Bob", 8))).entry(3)
    assert (before.car_idx, before.team_id) == (after.car_idx, after.team_id)
    assert (before.user_id, after.user_id, after.driver) == (7, 17, "Cleo")


def test_a_broken_section_keeps_its_last_good_content():
    read = SessionTextReader()
    good = read(text(car(3)))
    assert read.problems == ()
    broken = text(car(3)).replace(b"SessionInfo:\n Sessions:", b"SessionInfo:\n Sess\x00ions:")
    assert read(broken) is not None
    no_parts = text(car(3, "Cleo", 17)).replace(b" Sessions:\n", b" Sezzions:\n")
    info = read(no_parts)
    assert info.parts == good.parts
    assert info.entry(3).driver == "Cleo", "what is whole is new"
    assert any("SessionInfo" in problem and "stays" in problem for problem in read.problems)


def test_a_broken_driver_keeps_what_was_known_and_the_others_are_new():
    read = SessionTextReader()
    read(text(car(3, "Ada", 7), car(4, "Bob", 8)))
    info = read(
        text(car(3, "Cleo", 17), car(4, "Bob", 8)).replace(b"   UserName: Bob\n   UserID", b"   User")
    )
    assert [(entry.car_idx, entry.driver) for entry in info.entries] == [(3, "Cleo"), (4, "Bob")]
    assert any(problem.startswith("Car 4") for problem in read.problems)
    fresh = parse_session_text(text(car(3), car(4)).replace(b"   UserID: 7\n   TeamID: 900\n", b"", 1))
    assert [entry.car_idx for entry in fresh.info.entries] == [4], (
        "a car of which nothing is known is left out"
    )


def test_another_session_inherits_nothing():
    read = SessionTextReader()
    read(text(car(3)))
    other = text(car(3)).replace(b"4711", b"4712").replace(b" Sessions:\n", b" Sezzions:\n")
    assert read(other).parts == ()


@pytest.mark.parametrize("encoding", [LATIN, UTF8])
@pytest.mark.parametrize("name", ["sprint", "relay", "chaos", "endurance"])
def test_the_worlds_own_text_is_read_name_by_name(name, encoding):
    event = Event(SCENARIOS[name])
    parsed = parse_session_text(session_text(event, encoding))
    truth = event.world.info()
    letters = (lambda words: words) if encoding == UTF8 else _in_code_page
    assert parsed.problems == ()
    assert [(e.car_idx, e.number, e.driver, e.team, e.user_id, e.team_id, e.class_id) for e in truth.entries]
    for ours, theirs in zip(parsed.info.entries, truth.entries, strict=True):
        assert (ours.car_idx, ours.number, ours.user_id, ours.team_id, ours.class_id, ours.car) == (
            theirs.car_idx, theirs.number, theirs.user_id, theirs.team_id, theirs.class_id, theirs.car,
        )  # fmt: skip
        assert (ours.driver, ours.team) == (letters(theirs.driver), letters(theirs.team))
    assert parsed.info.parts == truth.parts
    assert parsed.info.own == truth.own


def _in_code_page(words):
    return words.encode("cp1252", "replace").decode("cp1252")


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_said_to_say_nothing(data):
    parsed = parse_session_text(data)
    assert parsed.info is None or parsed.info.entries


@given(st.data())
def test_lines_may_be_lost_doubled_and_cut(data):
    lines = text(car(3), car(4, "Bob", 8), car(5, "- x", 9)).split(b"\n")
    at = data.draw(st.integers(0, len(lines) - 1))
    what = data.draw(st.sampled_from(["lost", "doubled", "cut"]))
    lines[at : at + 1] = {
        "lost": [], "doubled": [lines[at], lines[at]], "cut": [lines[at][: len(lines[at]) // 2]],
    }[what]  # fmt: skip
    parsed = parse_session_text(b"\n".join(lines))
    if parsed.info is not None:
        assert {entry.driver for entry in parsed.info.entries} <= {"Ada Lovelace", "Bob", "- x"} | {
            name[:cut] for name in ("Ada Lovelace", "Bob", "- x") for cut in range(len(name))
        }


printable = st.text(
    st.characters(codec="cp1252", exclude_categories=("Cc", "Zl", "Zp")), min_size=1, max_size=20
)


@given(printable.map(str.strip).filter(lambda name: name and not (name[0] == name[-1] == '"')))
def test_any_name_of_the_code_page_comes_through(name):
    told = text(car(3, name), car(4, "Bob", 8)).replace(b" TrackName", b" Encoding: ISO_8859_1\n TrackName")
    assert session_info(told).entry(3).driver == name


def test_texts_before_2026_do_not_say_what_they_are():
    assert session_info(text(car(3, "Bäcker"))).entry(3).driver == "Bäcker"
    saved = text(car(3, "Bäcker")).decode("cp1252").encode("utf-8-sig")
    assert session_info(saved).entry(3).driver == "Bäcker", "saved anew by an editor"


AREA_BYTES = 524_288
"""The largest room that a sim has given the text so far."""
NUMBERS = [
    "9" * 5000,
    "1e308",
    "-1e308",
    "9007199254740993",
    "-9" * 40,
    "nan",
    "inf",
    "0x1p9",
    "1_0",
    "\u0663",
]


def through_the_log(info):
    return decode(encode(InfoRecord(sim_time_s=1.0, session_num=0, run=0, info=info))).info


@pytest.mark.parametrize("figure", NUMBERS)
def test_no_figure_is_too_great_for_the_log(figure):
    """What the log does not take would end the thread that records."""
    plain = text(car(3, CurDriverIncidentCount=4), car(4, "Bob", 8)).decode("cp1252")
    for field, value in re.findall(r"^[ -]*(\w+): (\S*\d\S*)", plain, re.MULTILINE):
        told = plain.replace(f"{field}: {value}", f"{field}: {figure}").encode("utf-8")
        info = session_info(told)
        assert info is None or through_the_log(info) == info, field
        visit = visit_of(told)
        assert visit is None or len(visit.session) < 40, field


def test_a_name_without_end_costs_its_end_only():
    info = session_info(text(car(3, "x" * 400_000), car(4, "Bob", 8)))
    assert [(entry.driver[:3], len(entry.driver)) for entry in info.entries] == [("xxx", 200), ("Bob", 3)]
    assert through_the_log(info) == info


def test_a_field_that_no_log_could_hold_keeps_the_one_before():
    reader = SessionTextReader()
    known = reader(text(car(3)))
    long = [
        car(at, f"{at:\u2020<200}", at, team="\u2021" * 200, CarScreenName="y" * 200) for at in range(256)
    ]
    info = reader(text(*long))
    assert info.entries == known.entries
    assert "more than a log can hold" in reader.problems[-1]
    assert len(encode(InfoRecord(sim_time_s=0.0, session_num=0, run=0, info=info))) < MAX_PLAIN_PAYLOAD
    assert session_info(text(*long)) is None


def test_a_text_that_fills_its_area_is_read():
    """As after a day with a full field, whose results fill the text."""
    line = "   - Position: 1\n     CarIdx: 3\n     LastTime: 92.1234\n"
    cars = "".join(car(at, f"Driver {at}", at) for at in range(63))
    rest = len(WEEKEND + SESSIONS + drivers(cars) + SECTORS) + 8
    sessions = SESSIONS.rstrip() + "\n" + line * ((AREA_BYTES - rest) // len(line)) + "\n"
    told = (WEEKEND + sessions + drivers(cars) + SECTORS).encode("cp1252")
    assert AREA_BYTES - 200 < len(told) <= AREA_BYTES
    info = session_info(told)
    assert [entry.driver for entry in info.entries] == [f"Driver {at}" for at in range(63)]
    assert [part.laps for part in info.parts] == [None, 40]
