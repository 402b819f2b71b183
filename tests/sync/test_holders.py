"""On how many machines a recording is, and up to when."""

from pitbox.model.ids import DeviceId, LogId, SessionId
from pitbox.sync.holders import Holders, Safe

LOG = LogId(SessionId("sub-1"), DeviceId("a" * 64), 1)


def test_the_slowest_machine_says_up_to_when() -> None:
    holders = Holders()
    assert holders.safe(LOG, {}) is None
    for number in range(1, 100):
        holders.note(LOG, number * 10, float(number))
    assert holders.safe(LOG, {}) == Safe(LOG, 1, 99.0)
    assert holders.safe(LOG, {"b": 990, "c": 405}) == Safe(LOG, 3, 40.0)
    assert holders.safe(LOG, {"b": 5000}) == Safe(LOG, 2, 99.0)
    assert holders.safe(LOG, {"b": 9}) == Safe(LOG, 1, 99.0)


def test_memory_stays_bounded_and_old_news_changes_nothing() -> None:
    holders = Holders()
    for number in range(1, 30_000):
        holders.note(LOG, number, number / 4)
    holders.note(LOG, 5, 0.0)
    assert holders.safe(LOG, {"b": 29_999}) == Safe(LOG, 2, 29_999 / 4)
    assert len(holders._notes[LOG].seqs) <= 20_000
    holders.forget(LOG)
    assert holders.safe(LOG, {}) is None
