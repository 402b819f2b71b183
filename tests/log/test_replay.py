"""What was recorded comes back, and recording it again gives the same log."""

from pathlib import Path

import numpy as np
from replayed import replayed
from river import FIELD, INFO, OPENED, OWN, SLOW, ticks, write_log

from pitbox.identity.device import Identity
from pitbox.log.merge import merged
from pitbox.log.reader import LogReader
from pitbox.log.recorder import Recorder, RunStart
from pitbox.log.resume import known_runs
from pitbox.log.shelf import Shelf
from pitbox.model.source import Closed, InfoChanged, Missed, Opened, SourceEvent, Ticks
from pitbox.wire.block import quantise
from pitbox.wire.record import BlockRecord, LostRecord, RunRecord, decode


def play(folder: Path) -> list[SourceEvent]:
    return list(replayed(LogReader(folder)))


def records(payloads: list) -> list:
    return [decode(item.data) for item in payloads]


def test_replay_gives_every_tick_of_every_stream(tmp_path: Path, identity: Identity) -> None:
    writer, _ = write_log(tmp_path, identity, commits=20)
    events = play(writer.folder)
    assert [e for e in events if isinstance(e, Opened)] == [OPENED]
    assert [e.info for e in events if isinstance(e, InfoChanged)] == [INFO.info]
    assert isinstance(events[-1], Closed)
    whole = ticks(0, 300)
    played = [e for e in events if isinstance(e, Ticks)]
    for layout, name in ((OWN, "own"), (FIELD, "field"), (SLOW, "slow")):
        rows = np.concatenate([getattr(e, name) for e in played])
        assert rows.tobytes() == quantise(layout, getattr(whole, name)).tobytes(), name


def test_recording_a_replay_gives_the_same_records(tmp_path: Path, identity: Identity) -> None:
    writer, _ = write_log(tmp_path, identity)
    blocks = [
        bytes(e.payload) for e in LogReader(writer.folder).entries() if e.payload[2] == BlockRecord.KIND
    ]
    recorder, again = Recorder(), []
    for event in play(writer.folder):
        again += recorder.take(event)
        again += recorder.flush()
    assert [item.data for item in again if item.data[2] == BlockRecord.KIND] == blocks


def test_damage_shows_as_missed_ticks(tmp_path: Path, identity: Identity) -> None:
    writer, _ = write_log(tmp_path, identity)
    reader = LogReader(writer.folder)
    victim = next(e for e in reader.entries(12) if e.payload[2] == BlockRecord.KIND)
    for path in writer.folder.iterdir():
        data = path.read_bytes()
        if (at := data.find(bytes(victim.frame))) >= 0:
            path.write_bytes(data[: at + 30] + bytes([data[at + 30] ^ 8]) + data[at + 31 :])
    events = play(writer.folder)
    assert sum(len(e) for e in events if isinstance(e, Ticks)) in (225, 240)
    assert len(reader.damages) == 0
    list(reader.entries())
    assert len(reader.damages) == 1


def test_a_restart_is_evidence_for_a_new_run() -> None:
    recorder = Recorder()
    recorder.take(OPENED)
    first = records(recorder.take(ticks(0, 30)))
    assert [(r.run, r.reason) for r in first if isinstance(r, RunRecord)] == [(0, "entered")]
    back = records(recorder.take(ticks(0, 30, at_s=2.0)))
    assert [(r.run, r.reason) for r in back if isinstance(r, RunRecord)] == [(1, "restarted")]
    other = records(recorder.take(ticks(30, 5, session_num=2, unique_id=7)))
    assert [(r.session_num, r.run) for r in other if isinstance(r, RunRecord)] == [(2, 0)]
    rows = records(recorder.flush())
    assert {(r.session_num, r.run) for r in rows if isinstance(r, BlockRecord)} == {(2, 0)}


def test_a_restart_inside_one_batch_cuts_the_block() -> None:
    before, after = ticks(600, 10), ticks(0, 10)
    batch = Ticks(
        *(np.concatenate([getattr(before, n), getattr(after, n)]) for n in ("own", "field", "slow"))
    )
    recorder = Recorder()
    recorder.take(OPENED)
    out = records(recorder.take(batch) + recorder.flush())
    assert [r.run for r in out if isinstance(r, RunRecord)] == [0, 1]
    assert [(r.run, r.row_count) for r in out if isinstance(r, BlockRecord) and r.layout_no == 0] == [
        (0, 10),
        (1, 10),
    ]


def test_a_repeated_or_late_tick_is_no_restart() -> None:
    recorder = Recorder()
    recorder.take(OPENED)
    recorder.take(ticks(0, 30))
    assert recorder.take(ticks(20, 15)) == []


def test_run_numbers_go_on_after_a_crash(tmp_path: Path, identity: Identity) -> None:
    writer, _ = write_log(tmp_path, identity)
    known = known_runs(Shelf(tmp_path), writer.log.session, identity.device)
    assert known[0] == RunStart(0, 10.0 + 239 / 60, 1)
    again = Recorder(known)
    again.take(OPENED)
    assert [r.reason for r in records(again.take(ticks(300, 5))) if isinstance(r, RunRecord)] == ["resumed"]
    restarted = Recorder(known)
    restarted.take(OPENED)
    start = records(restarted.take(ticks(0, 5, at_s=0.0)))
    assert [(r.run, r.reason) for r in start if isinstance(r, RunRecord)] == [(1, "restarted")]


def test_missed_ticks_stand_in_the_log() -> None:
    recorder = Recorder()
    recorder.take(OPENED)
    recorder.take(ticks(0, 5))
    out = records(recorder.take(Missed(3, 10.1, 10.15, "torn reads")))
    assert isinstance(out[-1], LostRecord)
    assert (out[-1].count, out[-1].reason) == (3, "torn reads")
    assert [r.row_count for r in out if isinstance(r, BlockRecord)][-1] == 5, "rows before it come first"


def test_slow_rows_are_kept_only_where_they_change() -> None:
    recorder = Recorder()
    recorder.take(OPENED)
    recorder.take(ticks(0, 100))
    slow = [r for r in records(recorder.flush()) if isinstance(r, BlockRecord) and r.layout_no == 2]
    assert [r.row_count for r in slow] == [3], "at ticks 0, 40 and 80"


def test_merged_logs_come_in_the_order_of_the_axis(tmp_path: Path, identity: Identity) -> None:
    one, _ = write_log(tmp_path, identity, epoch=1)
    two, _ = write_log(tmp_path, identity, epoch=2)
    readers = [LogReader(one.folder), LogReader(two.folder)]
    forth = list(merged(readers))
    back = list(merged(readers[::-1]))
    assert [(m.log, m.seq) for m in forth] == [(m.log, m.seq) for m in back]
    assert [m.axis for m in forth] == sorted(m.axis for m in forth)
    assert forth[0].axis.session_num == 0, "layouts stand with the first place that is named"
    for reader in readers:
        assert [m.seq for m in forth if m.log == reader.log] == [e.seq for e in reader.entries()]
