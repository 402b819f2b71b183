"""Small logs of several devices, written through the real parts."""

from pathlib import Path

import pytest

from pitbox.identity.device import Identity
from pitbox.log.reader import LogReader
from pitbox.log.writer import LogWriter, WriterLimits
from pitbox.model.ids import LogId, SessionId
from pitbox.wire.record import LostRecord, RunRecord, encode

SESSION = SessionId("local-river")


_known: dict[str, Identity] = {}


def device(factory: pytest.TempPathFactory, name: str) -> Identity:
    """The same one for the same name, for the whole run."""
    if name not in _known:
        _known[name] = Identity.load_or_create(factory.mktemp(f"identity-{name}"))
    return _known[name]


def raw(reader: LogReader) -> bytes:
    return b"".join(bytes(entry.frame) for entry in reader.entries())


def record(
    root: Path,
    identity: Identity,
    *,
    epoch: int = 1,
    commits: int = 8,
    session: SessionId = SESSION,
    is_closed: bool = True,
) -> LogWriter:
    """A log of short segments; each record's content follows from its place."""
    log = LogId(session, identity.device, epoch)
    writer = LogWriter(root, log, identity, limits=WriterLimits(segment_bytes=1200))
    run = RunRecord(sim_time_s=0.0, session_num=0, run=0, reason="entered")
    writer.set_context("run", encode(run))
    for commit in range(commits):
        for number in range(1 + commit % 4):
            at_s = commit + number / 10
            words = f"{identity.device[:8]} {epoch} {commit} {number} " * (1 + 7 * (number % 3))
            lost = LostRecord(sim_time_s=at_s, session_num=0, run=0, count=number, until_s=at_s, reason=words)
            writer.append(encode(lost))
        writer.commit(float(commit))
    if is_closed:
        writer.close(float(commits), "done")
    return writer
