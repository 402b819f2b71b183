"""What the world writes against what iRacing wrote: header, types, units, the text's keys and their order."""

import re
import struct
from pathlib import Path

import irsdk
import msgspec
import pytest

from pitbox.sim.synthetic.disk import disk_variables, write_ibt
from pitbox.sim.synthetic.event import Event
from pitbox.sim.synthetic.frame import memory_variables
from pitbox.sim.synthetic.memory import MemoryFile
from pitbox.sim.synthetic.scenario import SCENARIOS
from pitbox.sim.synthetic.text import session_text

IMAGE = "memory-dumps/h2h_shared-memory_practise.bin"
TEAM_RACE = "ibt/racedirector_telemetry.ibt"
WORDS = {
    "UserName", "TeamName", "AbbrevName", "Initials", "CarScreenName", "CarScreenNameShort", "CarPath",
    "TrackName", "TrackDisplayName", "TrackDisplayShortName", "TrackConfigName", "TrackCity", "TrackState",
    "TrackCountry", "RaceFarm", "FlairName", "DriverSetupName", "DriverSetupLoadTypeName",
    "DriverCarShiftAid",
    "TelemetryDiskFile", "CarDesignStr", "HelmetDesignStr", "SuitDesignStr", "SessionTrackRubberState",
    "SessionType", "SessionName", "EventType", "DCRuleSet", "CourseCautions", "IncidentLimit",
}  # fmt: skip
"""Keys whose values are free words or the event's own choice."""
KINDS = {1: "b1", 2: "i4", 3: "u4", 4: "f4", 5: "f8"}


def real(real_data: Path, name: str) -> Path:
    path = real_data / name
    if not path.exists():
        pytest.skip(f"no real recording {path.name} here")
    return path


def text_of(raw: bytes) -> str:
    length, offset = struct.unpack_from("<ii", raw, 16)
    return raw[offset : offset + length].rstrip(b"\0").decode("cp1252", "replace")


def shape(text: str, section: str) -> list[tuple[int, str]]:
    """Depth and key of each line of a section; list items after the first of their kind left out."""
    found: list[tuple[int, str]] = []
    match = re.search(rf"^{section}:\n(.*?)(?:\n\n|\Z)", text, re.MULTILINE | re.DOTALL)
    assert match is not None, section
    for line in match.group(1).split("\n"):
        plain = line.lstrip(" ")
        key = (len(line) - len(plain), plain.split(":")[0])
        if key not in found:
            found.append(key)
    return found


@pytest.fixture(scope="module")
def event() -> Event:
    """Well into a race, with practice and qualifying behind it."""
    event = Event(msgspec.structs.replace(SCENARIOS["chaos"], practice_s=0.0, qualify_s=230.0))
    while event.part.kind != "Race" or event.world.now_s < 30:
        event.turn_over()
        event.step()
    return event


def test_the_header_is_that_of_a_real_image_number_for_number(real_data, tmp_path):
    raw = real(real_data, IMAGE).read_bytes()
    path = tmp_path / "sim.bin"
    table = memory_variables(72)
    with MemoryFile(path, table) as memory:
        memory.write_text(b"---\n")
        for _ in range(3):
            memory.write_row(bytes(8619))
        ours = path.read_bytes()
    assert len(ours) == len(raw)
    names = (
        "version",
        "status",
        "rate",
        "updates",
        "text bytes",
        "text at",
        "variables",
        "table at",
        "buffers",
        "row",
    )
    mine, theirs = (dict(zip(names, struct.unpack_from("<10i", one), strict=True)) for one in (ours, raw))
    mine.pop("updates")
    theirs.pop("updates")
    assert mine == theirs
    for at in range(3):
        assert struct.unpack_from("<i", ours, 52 + 16 * at) == struct.unpack_from("<i", raw, 52 + 16 * at)
    begin, end = mine["table at"], mine["table at"] + 144 * mine["variables"]
    for at in range(begin, end, 144):
        assert fields(ours, at) == fields(raw, at)


def fields(raw: bytes, at: int) -> tuple[object, ...]:
    kind, offset, count, is_time, name, words, unit = struct.unpack_from("<iii?3x32s64s32s", raw, at)
    return (kind, offset, count, is_time, *(word.split(b"\0")[0] for word in (name, words, unit)))


@pytest.mark.parametrize(
    "section", ["WeekendInfo", "SessionInfo", "CameraInfo", "RadioInfo", "DriverInfo", "SplitTimeInfo"]
)
def test_the_text_has_the_keys_of_a_real_one_in_their_order(real_data, event, section):
    theirs = shape(text_of(real(real_data, IMAGE).read_bytes()), section)
    ours = shape(session_text(event).decode("cp1252"), section)
    assert ours == theirs


def test_the_sections_of_a_race_follow_as_in_a_real_one(real_data, event):
    raw = real(real_data, "memory-dumps/h2h_shared-memory_ai_race.bin").read_bytes()
    sections = [
        re.findall(r"^(\w+):", text, re.MULTILINE)
        for text in (session_text(event).decode("cp1252"), text_of(raw))
    ]
    assert sections[0] == sections[1]
    assert shape(session_text(event).decode("cp1252"), "QualifyResultsInfo") == shape(
        text_of(raw), "QualifyResultsInfo"
    )


def test_values_look_like_real_ones(real_data, event):
    """The same words, figures for figures, digits behind the point for digits behind the point."""
    theirs, ours = (
        kinds(text)
        for text in (text_of(real(real_data, IMAGE).read_bytes()), session_text(event).decode("cp1252"))
    )
    shared = theirs.keys() & ours.keys() - WORDS
    assert len(shared) > 150
    assert not {key: (ours[key], theirs[key]) for key in shared if not ours[key] & theirs[key]}


def kinds(text: str) -> dict[str, set[str]]:
    """For each key the patterns of its values: 9 for a figure, a for words."""
    found: dict[str, set[str]] = {}
    for key, value in re.findall(r"^[ -]*(\w+): ?(.*)$", text, re.MULTILINE):
        pattern = re.sub(r"\d+", "9", re.sub(r"\.(\d+)", lambda m: "." + "d" * len(m.group(1)), value))
        found.setdefault(key, set()).add(pattern.lstrip("-"))
    return found


def test_a_disk_file_has_the_header_and_the_channels_of_a_real_one(real_data, tmp_path):
    path = tmp_path / "ours.ibt"
    write_ibt(SCENARIOS["duel"], path, 0.05)
    raw, ours = real(real_data, TEAM_RACE).read_bytes(), path.read_bytes()
    for one in (raw, ours):
        head = struct.unpack_from("<10i", one)
        rows_at = struct.unpack_from("<i", one, 52)[0]
        assert (head[0], head[2], head[7], head[8]) == (2, 60, 144, 1)
        assert head[5] == 144 + 144 * head[6], "the text follows the table"
        assert rows_at == head[5] + head[4], "the rows follow the text"
        records = struct.unpack_from("<i", one, 140)[0]
        assert len(one) == rows_at + records * head[9]
    file = irsdk.IBT()
    file.open(str(real(real_data, TEAM_RACE)))
    theirs = {h.name: (KINDS[h.type], h.unit, h.desc) for h in file._var_headers}
    file.close()
    table = {v.name: (v.kind, v.unit, v.description) for v in disk_variables()}
    shared = theirs.keys() & table.keys()
    assert len(shared) == len(theirs), theirs.keys() - table.keys()
    assert {name: table[name] for name in shared} == theirs
