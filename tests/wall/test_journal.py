"""The journal: lines that a person can follow and a program can read, and never too many."""

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pitbox.crew.health import Health, Level
from pitbox.wall.crash import CrashReporter
from pitbox.wall.journal import Journal
from pitbox.wall.repeat import RepeatLimit
from pitbox.wall.rotation import RotatingFile

LOG = logging.getLogger("pitbox.log")


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def heard() -> list[Health]:
    return []


@pytest.fixture
def journal(tmp_path: Path, clock: Clock, heard: list[Health]) -> Iterator[Journal]:
    with Journal(tmp_path / "journal", heard.append, clock) as journal:
        yield journal


def lines(journal: Journal) -> list[dict]:
    return [msgspec.json.decode(line) for line in journal.file.read_bytes().splitlines()]


def test_a_line_says_when_who_and_what(journal: Journal):
    LOG.info("%d laps are safe on %s", 41, "disk")
    (line,) = lines(journal)
    assert line["room"] == "log"
    assert line["level"] == "info"
    assert line["words"] == "41 laps are safe on disk"
    assert line["thread"] == "MainThread"
    assert line["at"].endswith("Z")
    assert len(line["at"]) == len("2026-01-01T00:00:00.000Z")


def test_details_for_developers_stay_out(journal: Journal):
    LOG.debug("block %d", 3)
    LOG.info("recording")
    assert [line["words"] for line in lines(journal)] == ["recording"]


def test_an_error_brings_its_trace_and_stays_one_line(journal: Journal):
    try:
        {}["no such car"]
    except KeyError:
        LOG.exception("the fold stopped")
    (line,) = lines(journal)
    assert line["trace"].startswith("Traceback")
    assert "no such car" in line["trace"]


@given(words=st.text(alphabet=st.characters(), max_size=40))
@example(words="\ud800 alone")
def test_any_text_is_one_line(tmp_path_factory: pytest.TempPathFactory, words: str):
    with Journal(tmp_path_factory.mktemp("journal")) as journal:
        LOG.info("%s", words)
        (line,) = lines(journal)
    assert line["words"] == words.encode(errors="backslashreplace").decode()


def test_a_message_that_does_not_fit_its_arguments_is_half_said(journal: Journal):
    # Straight to our handler: the one that pytest adds would make it an error, as it should.
    journal._handler.handle(logging.LogRecord("pitbox.log", logging.INFO, "", 0, "%d laps", ("many",), None))
    assert lines(journal)[0]["words"] == "%d laps ('many',)"


def test_repeats_are_counted_not_said(journal: Journal, clock: Clock):
    for number in range(100):
        LOG.warning("record %d is damaged", number)
        LOG.info("another story") if number == 50 else None
    assert len(lines(journal)) == 11
    clock.now_s += 61
    LOG.info("later")
    said = [line["words"] for line in lines(journal)]
    assert said[-2:] == ["90 more of: record %d is damaged", "later"]
    LOG.warning("record %d is damaged", 100)
    assert lines(journal)[-1]["words"] == "record 100 is damaged"


def test_what_was_withheld_is_said_at_the_end(tmp_path: Path, clock: Clock):
    journal = Journal(tmp_path, monotonic_s=clock).open()
    for _ in range(13):
        LOG.warning("again")
    journal.close()
    assert [line["words"] for line in lines(journal)] == ["again"] * 10 + ["3 more of: again"]


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 40)), max_size=60))
def test_nothing_is_lost_from_the_count(script: list[tuple[int, float]]):
    limit = RepeatLimit(2, 60.0)
    now_s, said, withheld = 0.0, 0, 0
    for who, step_s in script:
        now_s += step_s
        withheld += sum(count for _, count in limit.ended(now_s))
        said += limit.admits(("room", 20, str(who)), now_s)
    withheld += sum(count for _, count in limit.ended())
    assert said + withheld == len(script)


def test_so_many_different_messages_do_not_fill_memory():
    limit = RepeatLimit(1, 60.0)
    assert all(limit.admits(("room", 20, str(number)), 0.0) for number in range(5000))
    assert len(limit._said) == 1000


def test_the_last_five_minutes_are_at_hand(journal: Journal, clock: Clock):
    LOG.info("long ago")
    clock.now_s += 200
    LOG.info("a while ago")
    clock.now_s += 200
    LOG.info("now")
    assert [msgspec.json.decode(line)["words"] for line in journal.recent()] == ["a while ago", "now"]


def test_a_closed_journal_leaves_the_loggers_as_they_were(tmp_path: Path):
    logger = logging.getLogger("pitbox")
    before = (logger.level, list(logger.handlers))
    journal = Journal(tmp_path)
    with journal:
        assert (logger.level, logger.handlers) != before
    journal.close()
    assert (logger.level, logger.handlers) == before
    LOG.info("to nobody")
    assert not journal.file.exists()


def test_a_disk_that_refuses_is_told_once_and_recovers(journal: Journal, heard: list[Health]):
    journal.file.parent.write_text("in the way")
    LOG.info("one")
    LOG.info("two")
    assert [health.level for health in heard] == [Level.DEGRADED]
    assert "Everything else goes on" in heard[0].words
    assert len(journal.recent()) == 2
    journal.file.parent.unlink()
    LOG.info("three")
    assert [health.level for health in heard] == [Level.DEGRADED, Level.OK]
    assert [line["words"] for line in lines(journal)] == ["three"]


@given(st.lists(st.integers(0, 60), max_size=80))
def test_rotation_keeps_the_newest_lines_whole(tmp_path_factory: pytest.TempPathFactory, sizes: list[int]):
    path = tmp_path_factory.mktemp("rotation") / "a.log"
    file = RotatingFile(path, max_bytes=200, keep=3)
    written = [f"{number} " + "x" * size for number, size in enumerate(sizes)]
    for line in written:
        file.append(line)
    file.close()
    files = [path.with_name(f"a.log.{number}") for number in (3, 2, 1)] + [path]
    back = [line for each in files if each.exists() for line in each.read_text().splitlines()]
    assert back == written[len(written) - len(back) :]
    assert all(each.stat().st_size <= 200 for each in files if each.exists())
    assert set(path.parent.iterdir()) <= set(files)
    assert len(back) == len(written) or all(each.exists() for each in files)


def test_two_processes_may_write_into_one_file(tmp_path: Path):
    one, two = (RotatingFile(tmp_path / "a.log", 10**6, 2) for _ in range(2))
    for number in range(50):
        one.append(f"one {number}")
        two.append(f"two {number}")
    one.close()
    two.close()
    assert sorted((tmp_path / "a.log").read_text().splitlines()) == sorted(
        f"{who} {number}" for who in ("one", "two") for number in range(50)
    )


def test_a_crash_of_a_thread_leaves_a_report(tmp_path: Path, journal: Journal):
    seen: list[threading.ExceptHookArgs] = []
    before = threading.excepthook
    threading.excepthook = seen.append  # what stands there already is still called
    reporter = CrashReporter(tmp_path / "crashes", journal.recent)
    private = "hunter2"
    try:
        reporter.open()
        LOG.info("lap 41 began")

        def crash() -> None:
            inner = private
            raise RuntimeError("no such car") from KeyError(len(inner))

        thread = threading.Thread(target=crash, name="pitbox-sampler")
        thread.start()
        thread.join(30.0)
        reporter.close()
        assert threading.excepthook == seen.append
    finally:
        threading.excepthook = before
    text = reporter.last.read_text("utf-8")
    assert "thread: pitbox-sampler" in text
    assert "RuntimeError: no such car" in text
    assert "KeyError" in text
    assert "lap 41 began" in text
    assert private not in text
    assert len(seen) == 1


_CRASHING = """
import sys
from pathlib import Path
from pitbox.wall.crash import CrashReporter
CrashReporter(Path(sys.argv[1]), lambda: ["the last line"]).open()
raise {error}
"""


@pytest.mark.parametrize(
    ("error", "count"), [("ValueError('boom')", 1), ("KeyboardInterrupt", 0), ("SystemExit(3)", 0)]
)
def test_a_crash_of_the_program_leaves_a_report(tmp_path: Path, error: str, count: int):
    done = subprocess.run(
        [sys.executable, "-c", _CRASHING.format(error=error), str(tmp_path)],
        capture_output=True, text=True, check=False, timeout=90, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode != 0
    reports = list(tmp_path.glob("crash-*.txt"))
    assert len(reports) == count
    if count:
        text = reports[0].read_text("utf-8")
        assert "ValueError: boom" in text
        assert "the last line" in text
        assert "thread: MainThread" in text
        assert "ValueError: boom" in done.stderr


def test_old_reports_go(tmp_path: Path):
    reporter = CrashReporter(tmp_path, list)
    for _ in range(25):
        last = reporter.report(ValueError("boom"), "main")
    assert len(list(tmp_path.iterdir())) == 20
    assert last.exists()


def test_a_report_that_cannot_be_written_is_no_second_crash(tmp_path: Path):
    (tmp_path / "file").write_text("")
    assert CrashReporter(tmp_path / "file", list).report(ValueError("boom"), "main") is None


def test_the_journal_brings_nothing_heavy(tmp_path: Path):
    code = (
        "import sys; from pitbox.wall.journal import Journal; "
        "from pitbox.wall.crash import CrashReporter; print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=True, timeout=90, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert not set(done.stdout.split()) & {"structlog", "logging.handlers", "socket", "pickle", "numpy"}
