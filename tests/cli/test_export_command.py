"""`pitbox export`: who asks it to end gets nothing half, and what a kill left goes with the next one."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from spoken import Pitbox

from pitbox.model.ids import SessionId
from pitbox.store.export.wish import ProgressSink


@pytest.mark.skipif(sys.platform == "win32", reason="nobody is asked to end by a signal there")
@pytest.mark.parametrize("form", ["csv", "parquet", "mcap"])
def test_who_is_asked_to_end_leaves_nothing(
    pitbox: Pitbox, session: SessionId, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    before = signal.getsignal(signal.SIGTERM)

    @contextmanager
    def asking(_: str) -> Iterator[ProgressSink]:
        yield lambda _done, _total: signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr("pitbox.cli.export._progress", asking)
    said = pitbox("export", session, "--out", str(tmp_path / "out"), "--format", form)
    assert said.code != 0
    assert "nothing of it was left" in said.err
    assert list((tmp_path / "out").iterdir()) == []
    assert signal.getsignal(signal.SIGTERM) == before


def test_what_a_kill_left_goes_with_the_next_export(
    pitbox: Pitbox, session: SessionId, tmp_path: Path
) -> None:
    left = tmp_path / "out" / f".{session}-csv.part"
    left.mkdir(parents=True)
    (left / "own.csv").write_text("half a r")
    (left / "writer.lock").touch()
    assert pitbox("export", session, "--out", str(left.parent), "--channels", "none").code == 0
    assert [path.name for path in left.parent.iterdir()] == [f"{session}-csv"]
    assert not (left.parent / f"{session}-csv" / "own.csv").exists()
