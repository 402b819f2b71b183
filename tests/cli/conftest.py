"""A pit wall of its own for each test, and one recorded race in it."""

import shutil
from functools import partial
from pathlib import Path

import pytest
from made_once import MadeOnce
from spoken import Pitbox, Said

from pitbox.cli.app import main
from pitbox.identity.device import Identity
from pitbox.log.scribe import Scribe, ScribeLimits
from pitbox.log.shelf import Shelf
from pitbox.log.writer import WriterLimits
from pitbox.model.ids import SessionId
from pitbox.sim.synthetic.scenario import SCENARIOS
from pitbox.sim.synthetic.source import SyntheticSource

SESSION = SessionId("local-cli")


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
def session(home: Path, _raced: Path) -> SessionId:
    """A minute of a duel, recorded as the demo records it; a copy, to be changed."""
    shutil.copytree(_raced, home / "default", dirs_exist_ok=True)
    return SESSION


@pytest.fixture
def stored(home: Path, _stored: Path) -> SessionId:
    """The same, and the database that `store project` makes of it; a copy, to be changed."""
    shutil.copytree(_stored, home / "default", dirs_exist_ok=True)
    return SESSION


@pytest.fixture(scope="session")
def _raced(made_once: MadeOnce) -> Path:
    return made_once("cli-raced", _race)


@pytest.fixture(scope="session")
def _stored(made_once: MadeOnce, _raced: Path) -> Path:
    return made_once("cli-stored", partial(_project, raced=_raced)) / "default"


def _race(profile: Path) -> None:
    identity = Identity.load_or_create(profile / "config" / "identity")
    limits = ScribeLimits(reserve_bytes=0, writer=WriterLimits(segment_bytes=80_000))
    scribe = Scribe(profile / "data" / "log", identity, limits=limits)
    source = SyntheticSource(SCENARIOS["duel"], session=SESSION)
    for _ in range(540):
        scribe.take(source.poll(0.0))
        scribe.commit()
    scribe.close("done")


def _project(home: Path, raced: Path) -> None:
    shutil.copytree(raced, home / "default")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PITBOX_HOME", str(home))
        assert main(("store", "project")) == 0
