"""Where this machine's earlier logs of a session ended, so that run numbers go on across restarts."""

from collections.abc import Iterator

from pitbox.log.reader import LogReader
from pitbox.log.recorder import RunStart
from pitbox.log.scan import Entry
from pitbox.log.shelf import Shelf
from pitbox.model.ids import DeviceId, SessionId
from pitbox.wire.errors import WireError
from pitbox.wire.record import AnyRecord, MarkRecord, RunRecord, SealRecord, decode, kind_of

_KINDS = (MarkRecord.KIND, SealRecord.KIND, RunRecord.KIND)


def known_runs(shelf: Shelf, session: SessionId, device: DeviceId) -> dict[int, RunStart]:
    """By session number: the last run that this device has logged and when it was last seen."""
    known: dict[int, RunStart] = {}
    for log in shelf.logs(session):
        if log.device != device:
            continue
        reader = shelf.reader(log)
        # Each segment repeats the run it is in, so the last one tells; if it is damaged, all do.
        runs = _runs(reader, reader.last_segment_seq) or _runs(reader, 0)
        for number, start in runs.items():
            before = known.get(number)
            if before is None or (start.run, start.until_s) > (before.run, before.until_s):
                known[number] = start
    return known


def _runs(reader: LogReader, from_seq: int) -> dict[int, RunStart]:
    runs: dict[int, RunStart] = {}
    current: int | None = None
    for entry in reader.entries(from_seq):
        record = _record(entry)
        if isinstance(record, RunRecord):
            before = runs.get(record.session_num)
            is_repeat = before is not None and before.run == record.run
            current = record.session_num
            if not is_repeat:
                runs[current] = RunStart(record.run, record.sim_time_s, record.unique_id)
        elif current is not None and isinstance(record, MarkRecord | SealRecord):
            runs[current] = RunStart(runs[current].run, record.sim_time_s, runs[current].unique_id)
    return runs


def recorded_span_s(reader: LogReader) -> float:
    """Sim time from the first row to the last commit, by reading the log's two ends."""
    first_s = next(_mark_times(reader, 0), None)
    times = list(_mark_times(reader, reader.last_segment_seq))
    return 0.0 if first_s is None or not times else max(0.0, times[-1] - first_s)


def _mark_times(reader: LogReader, from_seq: int) -> Iterator[float]:
    for entry in reader.entries(from_seq):
        record = _record(entry)
        if isinstance(record, MarkRecord | SealRecord | RunRecord):
            yield record.sim_time_s


def _record(entry: Entry) -> AnyRecord | None:
    """Runs, marks and seals; None for all else, nonsense included."""
    try:
        return decode(entry.payload) if kind_of(entry.payload) in _KINDS else None
    except WireError:
        return None
