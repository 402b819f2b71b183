"""Files from iRacing's disk into the log: each file a log of its own, and no moment twice.

A file that belongs to a session on a server goes to that session (`sub-<id>`), whoever else recorded it;
one driven offline goes to the recording of the same drive (`kin`), else it is a session by itself, named
after its bytes. What this machine has logged already is left out, so the same file again brings nothing, a
cut-short import is gone on with, and a live recording gets what it missed.
"""

import hashlib
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.identity.device import Identity
from pitbox.log.errors import ShelfError
from pitbox.log.original import Original, Originals
from pitbox.log.reader import log_folder
from pitbox.log.recorder import Recorder, RunStart
from pitbox.log.shelf import Shelf
from pitbox.log.writer import LogWriter
from pitbox.model.fact import Lap
from pitbox.model.ids import LogId, SessionId
from pitbox.model.source import InfoChanged, SourceEvent, Ticks
from pitbox.sim.iracing.disk import IbtFile
from pitbox.sim.iracing.drive import Drive, IbtSource
from pitbox.sim.iracing.errors import ImageError
from pitbox.sim.iracing.text import parse_session_text
from pitbox.timing.field import field_rows
from pitbox.timing.race import RaceFold
from pitbox.wall.coverage import Coverage, Verdict, coverage
from pitbox.wall.kin import Kin, kin_of
from pitbox.wire.block import quantise
from pitbox.wire.record import InfoRecord, RunRecord

ProgressSink = Callable[[int, int], None]
"""Records done, records in all."""
State = Literal["imported", "filled", "known", "refused"]

_COMMIT_BYTES = 1 << 20
_HASH_BYTES = 4 << 20
_LAST_DATE_S = 1e11
_BACK_S = 1.0
"""As the recorder has it: time that goes back by more is a restart."""


class Imported(msgspec.Struct, frozen=True):
    """What became of one file."""

    file: str
    state: State
    """`filled`: into a session that was recorded in part; `known`: nothing in it was new."""
    session: str = ""
    car: str = ""
    track: str = ""
    records: int = 0
    """Whole ones in the file."""
    new_records: int = 0
    """Those that are in the log now and were not before."""
    laps: int = 0
    """Whole laps in the file, from line to line."""
    problems: tuple[str, ...] = ()


def unwatched(done: int, total: int) -> None:
    """A sink for those who wait for the end only."""


def import_file(
    path: Path,
    shelf: Shelf,
    identity: Identity,
    on_progress: ProgressSink = unwatched,
    *,
    is_kept: bool = False,
) -> Imported:
    """What cannot be read is told in the result; raises LogWriteError when the disk refuses.

    Where the file lies is noted, so that it can leave again to the byte; `is_kept`: a copy of it is kept.
    """
    try:
        with IbtFile(path) as file:
            imported, digest = _import(file, shelf, identity, on_progress)
        return _noted(imported, path, digest, shelf, is_kept=is_kept)
    except ImageError as error:
        return Imported(str(path), "refused", problems=(str(error),))
    except OSError as error:
        words = f"{path.name} cannot be read: {error.strerror or error}."
        return Imported(str(path), "refused", problems=(words,))


def recordings(paths: list[Path]) -> list[Path]:
    """Files as they are named, folders with every `.ibt` in them."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(p for p in path.rglob("*") if p.suffix.lower() == ".ibt" and p.is_file())
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def _noted(imported: Imported, path: Path, digest: str, shelf: Shelf, *, is_kept: bool) -> Imported:
    """A note that cannot be written costs the way back to the file, and nothing of what was imported."""
    originals = Originals(shelf.root)
    try:
        original = Original(str(path.absolute()), path.stat().st_size, digest)
        originals.note(SessionId(imported.session), original)
        if is_kept:
            originals.keep(original)
    except (OSError, ShelfError) as error:
        words = f"The file itself was not kept track of: {error}"
        return msgspec.structs.replace(imported, problems=(*imported.problems, words))
    return imported


def _import(
    file: IbtFile, shelf: Shelf, identity: Identity, on_progress: ProgressSink
) -> tuple[Imported, str]:
    """What became of it, and the SHA-256 of its bytes."""
    parsed = parse_session_text(file.text)
    drive = Drive(file, parsed.info)
    digest = _digest(file)
    number = 0 if parsed.weekend is None else parsed.weekend.sub_session_id
    zero_utc_s = zero_of(file)
    kin = Kin(SessionId(f"sub-{number}")) if number else kin_of(shelf, identity.device, drive, zero_utc_s)
    session = kin.session or SessionId(f"ibt-{digest[:16]}")
    span_s = (float(drive.times_s().min()), float(drive.times_s().max()))
    known = coverage(shelf, session, identity.device, drive.car_idx, span_s)
    plan = _plan(drive, known, zero_utc_s)
    source = IbtSource(drive, session, file.text, plan.is_wanted, plan.is_field_known)
    log = _free_log(shelf, session, identity, int(digest[:16], 16))
    new_records = (
        _write(source, LogWriter(shelf.root, log, identity), plan, on_progress) if plan.records else 0
    )
    entry = None if parsed.info is None else parsed.info.entry(drive.car_idx)
    state: State = "known" if not new_records else "imported" if known.is_empty else "filled"
    imported = Imported(
        file=str(file.path),
        state=state,
        session=session,
        car="" if entry is None else entry.car,
        track="" if parsed.weekend is None else parsed.weekend.track.name,
        records=len(file),
        new_records=new_records,
        laps=len(laps_of(drive)),
        problems=(*file.problems, *_left_out(drive), *parsed.problems, *kin.doubts, *plan.doubts),
    )
    return imported, digest


class _Plan(msgspec.Struct, frozen=True):
    """What to take of a file, and into which runs."""

    is_wanted: NDArray[np.bool_]
    is_field_known: NDArray[np.bool_]
    runs: dict[int, RunStart]
    zeros: dict[tuple[int, int], float]
    """Wall clock at session time 0, by session number and run; 0 where the file does not say."""
    doubts: tuple[str, ...]

    @property
    def records(self) -> int:
        return int(self.is_wanted.sum())


def zero_of(file: IbtFile) -> float:
    """Wall clock at session time 0: the sim dates the first record; 0 where it does not."""
    began_s = file.disk.began_utc_s
    return began_s - float(file.rows["SessionTime"][0]) if 0 < began_s < _LAST_DATE_S else 0.0


def _plan(drive: Drive, known: Coverage, zero_utc_s: float) -> _Plan:
    times_s, numbers, pct = drive.times_s(), drive.session_nums(), drive.pct()
    is_wanted = drive.is_tick.copy()
    is_field_known = np.zeros(len(times_s), np.bool_)
    runs: dict[int, RunStart] = {}
    zeros: dict[tuple[int, int], float] = {}
    doubts: list[str] = []
    for number in np.unique(numbers[drive.is_tick]).tolist():
        here = np.flatnonzero((numbers == number) & drive.is_tick)
        pieces = np.split(here, np.flatnonzero(np.diff(times_s[here]) < -_BACK_S) + 1)
        verdicts = known.verdicts(number, times_s[pieces[0]], pct[pieces[0]], zero_utc_s)
        first, doubt = _first_run(verdicts, known.order(number, zero_utc_s), len(pieces))
        doubts += [doubt] if doubt else []
        for run, piece in enumerate(pieces, first):
            is_ours, is_field = known.known(number, run, times_s[piece])
            is_wanted[piece] = ~is_ours
            is_field_known[piece] = is_field
            # Each restart puts the clock back, while the wall's goes on.
            gone_s = float(times_s[pieces[0][0]] - times_s[piece[0]] + piece[0] / drive.tick_rate)
            zeros[number, run] = zero_utc_s and zero_utc_s + (gone_s if run > first else 0.0)
        # As if it had just ended: the recorder then goes on with this run.
        runs[number] = RunStart(first, float(times_s[here[0]]), drive.unique_id())
    return _Plan(is_wanted, is_field_known, runs, zeros, tuple(doubts))


def _first_run(verdicts: list[Verdict], order: tuple[int, int, int], count: int) -> tuple[int, str]:
    """The run in which a drive with so many runs begins, and a doubt, if there is one.

    A restart puts the clock back, so the time alone tells nothing. Runs are numbered as they become known;
    one that was driven before all of them counts down.
    """
    if not verdicts:
        return 0, ""
    same = max((v for v in verdicts if v.is_same), key=lambda v: (v.common, v.run), default=None)
    if same is not None:
        return same.run, ""
    doubtful = [v.run for v in verdicts if v.is_same is None]
    if doubtful:
        return max(doubtful), ""
    runs = [v.run for v in verdicts]
    known, before, after = order
    if after == known:
        return min(runs) - count, ""
    if before == known:
        return max(runs) + 1, ""
    words = "was driven between runs that are here already" if after else "has no date that can be compared"
    return max(runs) + 1, f"It {words}: its run is counted as the last one."


def laps_of(drive: Drive) -> list[Lap]:
    """The laps in a file, as the folds see them; nothing of it is logged."""
    fold = RaceFold()
    facts: dict[tuple[int, int, int], Lap] = {}
    source = IbtSource(drive, SessionId("ibt"))
    run = 0
    while events := source.poll(0.0):
        for event in events:
            if isinstance(event, InfoChanged):
                record = InfoRecord(
                    sim_time_s=event.sim_time_s, session_num=event.session_num, run=run, info=event.info
                )
                fold.fold(record)
            elif isinstance(event, Ticks):
                run = _enter(fold, event, run)
                told = fold.fold_own(event.own)
                told += fold.fold_field(field_rows(quantise(drive.field, event.field)))
                facts.update({(f.session_num, f.run, f.lap): f for f in told if isinstance(f, Lap)})
    return list(facts.values())


def _enter(fold: RaceFold, ticks: Ticks, run: int) -> int:
    """Into the session that the rows are of, and into the next run where time goes back."""
    first_s, heat = float(ticks.own["SessionTime"][0]), fold.state.heat
    number = int(ticks.own["SessionNum"][0]) if "SessionNum" in (ticks.own.dtype.names or ()) else 0
    if heat is not None and heat.session_num == number:
        run += int(first_s < heat.motion.time_s)
    else:
        run = 0
    fold.fold(RunRecord(sim_time_s=first_s, session_num=number, run=run, reason="entered"))
    return run


def _write(source: IbtSource, writer: LogWriter, plan: _Plan, on_progress: ProgressSink) -> int:
    recorder = Recorder(plan.runs, lambda number, run, _: plan.zeros.get((number, run), 0.0))
    try:
        while events := source.poll(0.0):
            for event in events:
                _append(recorder, writer, event)
            if writer.pending_bytes >= _COMMIT_BYTES:
                writer.commit(recorder.sim_time_s)
            on_progress(recorder.row_count, plan.records)
        writer.close(recorder.sim_time_s, "imported")
    finally:
        writer.abandon()
    return recorder.row_count


def _append(recorder: Recorder, writer: LogWriter, event: SourceEvent) -> None:
    for payload in [*recorder.take(event), *recorder.flush()]:
        if payload.context:
            writer.set_context(payload.context, payload.data)
        else:
            writer.append(payload.data)


def _free_log(shelf: Shelf, session: SessionId, identity: Identity, number: int) -> LogId:
    """A log named after the file's bytes; each further attempt has the next name."""
    for attempt in count(number):
        log = LogId(session, identity.device, attempt % 2**64)
        if not log_folder(shelf.root, log).exists():
            return log
    raise AssertionError


def _digest(file: IbtFile) -> str:
    digest = hashlib.sha256()
    with file.content() as content:
        for start in range(0, len(content), _HASH_BYTES):
            digest.update(content[start : start + _HASH_BYTES])
    return digest.hexdigest()


def _left_out(drive: Drive) -> tuple[str, ...]:
    count = drive.left_out
    if not count:
        return ()
    what = "record says" if count == 1 else "records say"
    return (f"{count} {what} nothing of the car (zeros, as at each reset); left out.",)
