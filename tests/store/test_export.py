"""Sessions as files: what stands in them is what was recorded, and nothing half of one is ever left."""

import csv
import errno
import io
import os
import shutil
import struct
import sys
import tracemalloc
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from mcap.reader import make_reader
from recorded import SESSION, Recording, record, sprint, until

from pitbox.log.original import Original, Originals
from pitbox.log.shelf import Shelf
from pitbox.model.channel import Channel, Layout, Stream
from pitbox.model.correction import correct
from pitbox.model.edit import NOWHERE
from pitbox.model.fact import Stop
from pitbox.model.ids import DeviceId, LogId
from pitbox.model.ledger import Ledger
from pitbox.model.message import say
from pitbox.model.source import Ticks
from pitbox.model.stamp import Stamp
from pitbox.store.errors import ExportError, ExportStoppedError
from pitbox.store.export import csv_files
from pitbox.store.export.csv_files import own_csv
from pitbox.store.export.exporter import export
from pitbox.store.export.mcap_race import McapRace
from pitbox.store.export.own import OwnRows
from pitbox.store.export.parquet_files import own_parquet
from pitbox.store.export.passage import Passage
from pitbox.store.export.roll import Roll
from pitbox.store.export.wish import Format, Wish, lap_spans

ME = Stamp(0, DeviceId("ab" * 32), 1)


def read_csv(path: Path) -> list[dict[str, str]]:
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    text = data.decode("utf-8-sig")
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def own_ticks() -> int:
    return sum(len(event.own) for event in sprint() if isinstance(event, Ticks))


@pytest.fixture
def shelf(sprint_logs: Path) -> Shelf:
    return Shelf(sprint_logs)


@pytest.fixture(scope="module")
def race_shelf(race_logs: Path) -> Shelf:
    return Shelf(race_logs)


def test_parquet_holds_every_tick_as_it_was_sampled(shelf: Shelf, tmp_path: Path) -> None:
    done = export(shelf, Wish(SESSION, Format.PARQUET), tmp_path / "out", Ledger())
    own = pyarrow.parquet.read_table(done.path / "own.parquet")
    sampled = np.concatenate([event.own["Speed"] for event in sprint() if isinstance(event, Ticks)])
    assert own.num_rows == own_ticks() == done.rows["own"]
    assert np.array_equal(own.column("Speed").to_numpy(), sampled)
    assert own.schema.field("Speed").metadata[b"unit"] == b"m/s"
    assert own.schema.field("Speed").type == "float"
    assert (
        pyarrow.parquet.ParquetFile(done.path / "own.parquet").metadata.row_group(0).column(0).compression
        == "ZSTD"
    )


def test_csv_says_what_parquet_says_and_no_cell_is_run(race_shelf: Shelf, tmp_path: Path) -> None:
    ledger = Ledger()
    for draft in say("abababababababab.1", '=HYPERLINK(1), "box"\u00e9'):
        ledger.write(draft, ME, NOWHERE, 1e9)
    stop = next(f for f in Passage(race_shelf, SESSION).walk(lambda _: None).facts if isinstance(f, Stop))
    ledger.write(correct(stop, "fuel_added_l", 33.0), ME)
    wish = Wish(SESSION, Format.CSV, channels=("Speed", "Lap"), laps=lap_spans("2"))
    done = export(race_shelf, wish, tmp_path, ledger)
    (message,) = read_csv(done.path / "messages.csv")
    assert message["text"] == '\'=HYPERLINK(1), "box"\u00e9'
    assert message["said_utc"] == "2001-09-09T01:46:40Z"
    stops = read_csv(done.path / "stops.csv")
    (mine,) = [row for row in stops if (row["car_idx"], row["stop"]) == (str(stop.car_idx), str(stop.stop))]
    assert (mine["fuel_added_l"], mine["corrected"]) == ("33.0", "fuel_added_l by abababab")
    laps = read_csv(done.path / "laps.csv")
    assert len(laps) == done.rows["laps"] > 8
    for lap in laps:
        assert float(lap["time_s"]) == pytest.approx(float(lap["end_s"]) - float(lap["start_s"]))
        assert lap["driver"]
        assert lap["number"]
        assert lap["part"] == "Race"
    own = read_csv(done.path / "own.csv")
    assert {row["Lap"] for row in own} == {"2"}
    assert set(own[0]) == {
        "device", "session_num", "run", "SessionTime (s)", "SessionTick", "Speed (m/s)", "Lap",
    }  # fmt: skip
    assert len(own) == done.rows["own"] > 1000


def test_mcap_is_read_by_its_own_reader(race_shelf: Shelf, tmp_path: Path) -> None:
    ledger = Ledger()
    for draft in say("abababababababab.1", "Box now"):
        ledger.write(draft, ME, NOWHERE, 1e9)
    done = export(race_shelf, Wish(SESSION, Format.MCAP), tmp_path, ledger)
    with done.path.open("rb") as file:
        reader = make_reader(file, validate_crcs=True)
        summary = reader.get_summary()
        counts: dict[str, int] = {}
        before, speeds = 0, []
        for schema, channel, message in reader.iter_messages():
            counts[channel.topic] = counts.get(channel.topic, 0) + 1
            assert message.log_time >= before
            before = message.log_time
            if channel.topic.startswith("/own/"):
                speeds.append(ros1(schema.data.decode(), message.data)["Speed"])
        about = [one.metadata for one in reader.iter_metadata() if one.name == "session"]
        (said,) = [msgspec.json.decode(m.data) for _, _, m in reader.iter_messages(topics=["/messages"])]
    own = next(count for topic, count in counts.items() if topic.startswith("/own/"))
    assert own == done.rows["own"] == len(speeds)
    assert counts["/facts/laps"] == done.rows["laps"]
    assert any(topic.startswith("/field/") for topic in counts)
    assert sum(counts.values()) == summary.statistics.message_count
    assert 20 < max(speeds) < 150
    assert said["text"] == "Box now"
    assert about[0]["track"]


def ros1(schema: str, data: bytes) -> dict[str, object]:
    """Decoded by the schema alone, as a reader that knows nothing of us does."""
    codes = {
        "bool": "?",
        "int8": "b",
        "int16": "h",
        "int32": "i",
        "uint32": "I",
        "float32": "f",
        "float64": "d",
    }
    out, at = {}, 0
    for line in schema.splitlines():
        kind, name = line.split()
        kind, _, size = kind.partition("[")
        form = f"<{size.rstrip(']') or ''}{codes[kind]}"
        values = struct.unpack_from(form, data, at)
        out[name], at = (values if size else values[0]), at + struct.calcsize(form)
    assert at == len(data)
    return out


@pytest.mark.parametrize("form", [Format.CSV, Format.PARQUET, Format.MCAP])
def test_what_stops_it_leaves_nothing(
    shelf: Shelf, tmp_path: Path, form: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    calls = iter(range(10**6))
    with pytest.raises(ExportStoppedError):
        export(shelf, Wish(SESSION, form), out, Ledger(), is_stopped=lambda: next(calls) > 40)
    assert list(out.iterdir()) == []

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("pitbox.store.export.draft.Disk.sync", full)
    with pytest.raises(ExportError, match="no room"):
        export(shelf, Wish(SESSION, form, channels=()), out, Ledger())
    assert list(out.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of a file's size there")
@pytest.mark.parametrize("form", [Format.CSV, Format.PARQUET, Format.MCAP])
def test_a_disk_that_ends_under_the_pen_leaves_nothing(shelf: Shelf, tmp_path: Path, form: Format) -> None:
    """Not told by a stand-in: the system itself refuses to let the file grow."""
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        with pytest.raises(ExportError, match=r"File too large\. Nothing of it was left"):
            export(shelf, Wish(SESSION, form), tmp_path / "out", Ledger())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_file_in_the_place_of_the_folder_is_said(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(ExportError, match="out is no folder"):
        export(shelf, Wish(SESSION, Format.CSV), tmp_path / "out", Ledger())
    assert (tmp_path / "out").read_text() == "mine"


_LAYOUT = Layout(Stream.OWN, (*(Channel(name, "f8") for name in ("SessionTime", "SessionTick", "Speed")),))


@pytest.mark.parametrize("form", [Format.CSV, Format.PARQUET, Format.MCAP])
def test_a_longer_race_needs_no_more_memory(
    tmp_path: Path, form: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of rows that are three times as many, a twentieth may show in what is held at most."""
    monkeypatch.setattr("pitbox.store.export.mcap_file._CHUNK_BYTES", 256 << 10)  # else 70,000 rows are one
    peaks = [_held_at_most(form, tmp_path / str(count), count) for count in (1, 40_000, 120_000)][1:]
    assert peaks[1] - peaks[0] < 80_000 * _LAYOUT.dtype.itemsize / 20


def _held_at_most(form: Format, folder: Path, count: int) -> int:
    """Bytes of Python, numpy and Arrow, while so many rows go through the sink."""
    folder.mkdir()
    if form is Format.MCAP:
        sink = McapRace(folder / "race.mcap", Roll())
    else:
        sink = own_csv(folder) if form is Format.CSV else own_parquet(folder)
    log, most = LogId(SESSION, DeviceId("ab" * 32), 1), 0
    tracemalloc.start()
    try:
        for first in range(0, count, 600):
            rows = np.zeros(min(600, count - first), _LAYOUT.dtype)
            rows["SessionTime"] = np.arange(first, first + len(rows)) / 60
            rows["Speed"] = np.random.default_rng(first).random(len(rows))
            sink.take(OwnRows(log, 0, 0, _LAYOUT, rows))
            most = max(most, pa.total_allocated_bytes())
        sink.close()
        most += tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    return most


def test_nothing_is_overwritten_unless_it_is_said(shelf: Shelf, tmp_path: Path) -> None:
    wish = Wish(SESSION, Format.CSV, channels=())
    done = export(shelf, wish, tmp_path / "out", Ledger())
    (done.path / "mine.txt").write_text("mine")
    with pytest.raises(ExportError, match="exists already"):
        export(shelf, wish, tmp_path / "out", Ledger())
    assert (done.path / "mine.txt").exists()
    export(shelf, msgspec.structs.replace(wish, is_replacing=True), tmp_path / "out", Ledger())
    assert not (done.path / "mine.txt").exists()
    assert [path.name for path in (tmp_path / "out").iterdir()] == [done.path.name]


def test_a_session_can_leave_while_it_is_recorded(tmp_path: Path) -> None:
    recording = Recording(tmp_path / "logs")
    recording.feed(until(sprint(), 12.0))
    try:
        recording.scribe.take([event for event in sprint() if isinstance(event, Ticks)][-3:])  # not committed
        done = export(Shelf(tmp_path / "logs"), Wish(SESSION, Format.PARQUET), tmp_path / "out", Ledger())
    finally:
        recording.stop()
    times = pyarrow.parquet.read_table(done.path / "own.parquet").column("SessionTime").to_numpy()
    assert 11.0 < times.max() < 12.1
    assert "being recorded" in done.words[0]


def test_channels_and_laps_that_are_none_are_said(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="Nope"):
        export(shelf, Wish(SESSION, Format.CSV, channels=("Speed", "Nope")), tmp_path, Ledger())
    done = export(shelf, Wish(SESSION, Format.PARQUET, laps=((900, 901),)), tmp_path, Ledger())
    assert "none of these laps" in done.words[0]
    for odd in ("", "x", "5-", "9-5", "-1"):
        with pytest.raises(ExportError):
            lap_spans(odd)
    with pytest.raises(ExportError, match="no recording"):
        export(shelf, Wish("sub-1", Format.CSV), tmp_path, Ledger())


def test_an_ibt_leaves_to_the_byte_or_says_why_not(shelf: Shelf, tmp_path: Path) -> None:
    wish = Wish(SESSION, Format.IBT)
    with pytest.raises(ExportError, match="recorded live"):
        export(shelf, wish, tmp_path / "out", Ledger())
    import hashlib

    file = tmp_path / "drive.ibt"
    file.write_bytes(bytes(range(256)) * 99)
    original = Original(str(file), file.stat().st_size, hashlib.sha256(file.read_bytes()).hexdigest())
    originals = Originals(shelf.root)
    originals.note(SESSION, original)
    done = export(shelf, wish, tmp_path / "out", Ledger())
    assert (done.path / "drive.ibt").read_bytes() == file.read_bytes()
    changed = file.read_bytes()[:-1] + b"x"
    kept = file.read_bytes()
    file.write_bytes(changed)
    with pytest.raises(ExportError, match="not as it was"):
        export(shelf, wish, tmp_path / "second", Ledger())
    file.write_bytes(kept)
    originals.keep(original)
    file.unlink()
    done = export(shelf, wish, tmp_path / "second", Ledger())
    assert (done.path / "drive.ibt").read_bytes() == kept
    originals.forget(SESSION)
    assert originals.kept_bytes() == 0


def test_two_machines_are_told_apart(tmp_path: Path) -> None:
    root = tmp_path / "logs"
    record(root, until(sprint(), 6.0), "kai")
    record(root, until(sprint(), 6.0), "ada")
    done = export(Shelf(root), Wish(SESSION, Format.PARQUET, channels=("Speed",)), tmp_path / "out", Ledger())
    devices = pyarrow.parquet.read_table(done.path / "own.parquet").column("device").to_pylist()
    counts = {device: devices.count(device) for device in set(devices)}
    assert len(counts) == 2
    assert len(set(counts.values())) == 1
    laps = pyarrow.parquet.read_table(done.path / "laps.parquet")
    keys = list(zip(laps.column("car_idx").to_pylist(), laps.column("lap").to_pylist(), strict=True))
    assert len(keys) == len(set(keys)), "laps of one race, not of two machines"


def test_a_damaged_stretch_is_left_out_and_said(shelf: Shelf, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(shelf.root, copy)
    (segment,) = sorted(copy.rglob("*.seg"))[:1]
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 0xFF
    segment.write_bytes(data)
    done = export(Shelf(copy), Wish(SESSION, Format.PARQUET), tmp_path / "out", Ledger())
    assert 0 < done.rows["own"] < own_ticks()


def test_a_cell_is_text_that_no_spreadsheet_runs(tmp_path: Path) -> None:
    for odd in ("=1+1", "+1", "-x", "@a", "\t=1", " =1"):
        assert str(csv_files._cell(odd)).startswith("'")
    assert csv_files._cell(-1.5) == -1.5
