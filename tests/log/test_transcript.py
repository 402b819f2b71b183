"""Session texts in the log: the first, one a minute, and the last word of each session."""

import zstandard

from pitbox.log.recorder import Recorder
from pitbox.log.transcript import Transcript
from pitbox.model.session import OwnCar, SessionInfo, Track
from pitbox.model.source import Closed, InfoChanged
from pitbox.wire.record import TextRecord, decode

INFO = SessionInfo("test", 0, Track(1, "ring", "", 5000.0, 20.0), (), (), (), OwnCar(0, 60.0, 0.75))


def told(texts):
    return [(text.session_num, text.sim_time_s, zstandard.decompress(text.frame)) for text in texts]


def changed(at_s, text, session_num=0):
    return InfoChanged(session_num, at_s, INFO, text)


def test_the_first_one_a_minute_and_the_last():
    transcript = Transcript()
    assert told(transcript.take(changed(10.0, b"a"))) == [(0, 10.0, b"a")]
    assert transcript.take(changed(20.0, b"b")) == []
    assert transcript.take(changed(30.0, b"c")) == []
    assert told(transcript.take(changed(71.0, b"d"))) == [(0, 71.0, b"d")]
    assert transcript.take(changed(80.0, b"e")) == []
    assert told(transcript.finish()) == [(0, 80.0, b"e")]
    assert transcript.finish() == []


def test_another_session_and_a_restart_come_at_once():
    transcript = Transcript()
    transcript.take(changed(500.0, b"a"))
    transcript.take(changed(510.0, b"b"))
    assert told(transcript.take(changed(511.0, b"c", 1))) == [(0, 510.0, b"b"), (1, 511.0, b"c")]
    assert told(transcript.take(changed(2.0, b"d", 1))) == [(1, 2.0, b"d")]


def test_no_text_and_the_same_text_say_nothing():
    transcript = Transcript()
    assert transcript.take(changed(1.0, b"")) == []
    transcript.take(changed(2.0, b"a"))
    assert transcript.take(changed(100.0, b"a")) == []


def test_the_recorder_writes_them_to_the_byte():
    recorder = Recorder()
    raw = bytes(range(256)) * 40
    payloads = [*recorder.take(changed(1.0, raw)), *recorder.take(changed(5.0, b"later"))]
    payloads += recorder.take(Closed(9.0, "over"))
    records = [decode(item.data) for item in payloads]
    texts = [record for record in records if isinstance(record, TextRecord)]
    assert [zstandard.decompress(record.text) for record in texts] == [raw, b"later"]
    assert [record.sim_time_s for record in texts] == [1.0, 5.0]


def test_a_text_that_no_reader_would_take_is_left_out():
    import random

    recorder = Recorder()
    payloads = recorder.take(changed(1.0, random.Random(1).randbytes(300_000)))
    assert [type(decode(item.data)).__name__ for item in payloads] == ["InfoRecord"]
