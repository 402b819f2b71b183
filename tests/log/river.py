"""A small river for the log's tests: a source with few channels, written through the real parts."""

from pathlib import Path

import numpy as np

from pitbox.identity.device import Identity
from pitbox.log.disk import Disk
from pitbox.log.recorder import Recorder
from pitbox.log.writer import Committed, LogWriter, WriterLimits
from pitbox.model.channel import LAP_STEP, Channel, Layout, Stream
from pitbox.model.ids import LogId, SessionId
from pitbox.model.session import OwnCar, SessionInfo, Track
from pitbox.model.source import InfoChanged, Opened, Ticks

SESSION = SessionId("local-river")
CARS = 8
TIME = (Channel("SessionTime", "f8", unit="s"), Channel("SessionTick", "i4"))
OWN = Layout(
    Stream.OWN,
    (
        *TIME,
        Channel("SessionNum", "i4"),
        Channel("SessionUniqueID", "i4"),
        Channel("Speed", "f4", unit="m/s"),
    ),
)
FIELD = Layout(
    Stream.FIELD,
    (*TIME, Channel("CarIdxLapDistPct", "f4", CARS, "%", step=LAP_STEP), Channel("CarIdxLap", "i4", CARS)),
)
SLOW = Layout(Stream.SLOW, (*TIME, Channel("CarIdxLastLapTime", "f4", CARS, "s")))
OPENED = Opened(SESSION, OWN, FIELD, SLOW)
INFO = InfoChanged(
    0, 0.0, SessionInfo("test", 0, Track(1, "ring", "", 5000.0, 20.0), (), (), (), OwnCar(0, 60.0, 0.75))
)


def ticks(first: int, count: int, *, session_num: int = 0, unique_id: int = 1, at_s: float = 10.0) -> Ticks:
    """Consecutive rows; every value follows from the tick's number."""
    number = np.arange(first, first + count)
    own, field, slow = (np.zeros(count, layout.dtype) for layout in (OWN, FIELD, SLOW))
    for rows in (own, field, slow):
        rows["SessionTime"], rows["SessionTick"] = at_s + number / 60, number
    own["SessionNum"], own["SessionUniqueID"] = session_num, unique_id
    own["Speed"] = 50 + 10 * np.sin(number / 30)
    field["CarIdxLapDistPct"] = (number[:, None] / 6000 + np.arange(CARS) / 10) % 1
    field["CarIdxLap"] = 1 + number[:, None] // 6000
    slow["CarIdxLastLapTime"] = 100 + number[:, None] // 40
    return Ticks(own=own, field=field, slow=slow)


def open_writer(
    root: Path,
    identity: Identity,
    *,
    epoch: int = 1,
    disk: Disk | None = None,
    limits: WriterLimits | None = None,
) -> LogWriter:
    log = LogId(SESSION, identity.device, epoch)
    return LogWriter(root, log, identity, disk=disk, limits=limits)


def write_log(
    root: Path,
    identity: Identity,
    *,
    commits: int = 16,
    epoch: int = 1,
    segment_bytes: int = 2500,
    at_s: float = 10.0,
) -> tuple[LogWriter, list[Committed]]:
    """A closed log of several sealed segments, and what each commit acknowledged."""
    limits = WriterLimits(segment_bytes=segment_bytes, trail_marks=5)
    writer = open_writer(root, identity, epoch=epoch, limits=limits)
    recorder = Recorder()
    done: list[Committed] = []
    for number in range(commits):
        events = [OPENED, INFO] if number == 0 else []
        for event in [*events, ticks(number * 15, 15, at_s=at_s)]:
            _append(writer, recorder.take(event))
        _append(writer, recorder.flush())
        committed = writer.commit(recorder.sim_time_s)
        assert committed is not None
        done.append(committed)
    last = writer.close(recorder.sim_time_s, "done")
    assert last is not None
    return writer, [*done, last]


def _append(writer: LogWriter, payloads: list) -> None:
    for payload in payloads:
        if payload.context:
            writer.set_context(payload.context, payload.data)
        else:
            writer.append(payload.data)
