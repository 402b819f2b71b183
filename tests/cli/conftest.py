"""A pit wall of its own for each test module, and one recorded race in it."""

from pathlib import Path

import pytest
from spoken import Pitbox, Said

from pitbox.cli.app import main
from pitbox.log.shelf import Shelf
from pitbox.model.ids import SessionId


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PITBOX_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "160")
    return tmp_path


@pytest.fixture
def pitbox(home: Path, capsys: pytest.CaptureFixture[str]) -> Pitbox:
    def run(*words: str) -> Said:
        code = main(words)
        captured = capsys.readouterr()
        return Said(code, captured.out, captured.err)

    return run


@pytest.fixture
def shelf(home: Path) -> Shelf:
    return Shelf(home / "default" / "data" / "log")


@pytest.fixture
def session(home: Path, shelf: Shelf) -> SessionId:
    """A minute and a half of a duel, recorded as the demo records it."""
    from pitbox.identity.device import Identity
    from pitbox.log.scribe import Scribe, ScribeLimits
    from pitbox.log.writer import WriterLimits
    from pitbox.sim.synthetic.scenario import SCENARIOS
    from pitbox.sim.synthetic.source import SyntheticSource

    name = SessionId("local-cli")
    identity = Identity.load_or_create(home / "default" / "config" / "identity")
    limits = ScribeLimits(reserve_bytes=0, writer=WriterLimits(segment_bytes=80_000))
    scribe = Scribe(shelf.root, identity, limits=limits)
    source = SyntheticSource(SCENARIOS["duel"], session=name)
    for _ in range(700):
        scribe.take(source.poll(0.0))
        scribe.commit()
    scribe.close("done")
    return name
