"""Whether a log may be kept, judged by its first record; judged again when roles have changed."""

import pytest
from shelves import SESSION

from pitbox.model.edit import Entity
from pitbox.model.ids import DeviceId, LogId
from pitbox.sync import admission as room
from pitbox.sync.admission import Admission
from pitbox.sync.message import LogName, Records
from pitbox.wire.framing import frame
from pitbox.wire.record import EditRecord, RunRecord, encode

WRITER = DeviceId("5" * 64)
LOG = LogId(SESSION, WRITER, 1)
RACE = encode(RunRecord(sim_time_s=0.0, session_num=0, run=0, reason="entered"))
ABOUT = Entity("message", "1")
EDIT = encode(
    EditRecord(sim_time_s=0.0, session_num=0, run=0, lamport=1, entity=ABOUT, field="text", value="Box")
)


def first(payload: bytes, log: LogId = LOG, seq: int = 0) -> Records:
    return Records(LogName.of(log), seq, frame(seq, payload))


@pytest.fixture
def known() -> set[str]:
    return set()


@pytest.fixture
def admission(known: set[str]) -> Admission:
    return Admission(lambda log, kind: kind != EditRecord.KIND or log.device in known)


def test_an_edit_of_a_stranger_is_refused_until_he_is_known(admission: Admission, known: set[str]) -> None:
    assert admission.admits(LOG, first(RACE))
    assert not admission.is_refused(LOG)
    assert not admission.admits(LOG, first(EDIT))
    assert admission.is_refused(LOG), "remembered: it is not asked for again"
    known.add(WRITER)
    assert not admission.is_refused(LOG)
    assert admission.admits(LOG, first(EDIT))
    known.clear()
    assert admission.is_refused(LOG), "roles change both ways"


def test_what_is_no_beginning_or_cannot_be_read_is_left_to_those_who_keep_it(admission: Admission) -> None:
    assert admission.admits(LOG, first(EDIT, seq=4))
    for data in (b"", frame(0, EDIT)[:-1], b"\xff" * 64, frame(0, b"\xc1")):
        assert admission.admits(LOG, Records(LogName.of(LOG), 0, data))
    assert not admission.is_refused(LOG)


def test_what_is_remembered_of_strangers_is_bounded(
    admission: Admission, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "_MOST_REFUSED", 8)
    logs = [LogId(SESSION, WRITER, epoch) for epoch in range(30)]
    for log in logs:
        assert not admission.admits(log, first(EDIT, log))
        assert admission.is_refused(log)
        assert sum(map(admission.is_refused, logs)) <= 8
