"""One recorded race and its projection for all tests of the store; tests that change a file copy it."""

import shutil
from pathlib import Path

import pytest
from made_once import MadeOnce
from recorded import project, race, record, sprint, until


@pytest.fixture(scope="session")
def race_logs(made_once: MadeOnce) -> Path:
    """The whole race, recorded by one device."""
    return made_once("store-race", lambda folder: record(folder / "logs", race())) / "logs"


@pytest.fixture(scope="session")
def race_store(race_logs: Path, made_once: MadeOnce, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its projection in one go: what every other way must come to. Read it only."""
    made = made_once("store-race-store", lambda folder: project(folder / "race.duckdb", race_logs))
    # One process at a time may open a database for writing, and each worker reads its own.
    return Path(shutil.copy(made / "race.duckdb", tmp_path_factory.mktemp("store")))


@pytest.fixture
def sprint_logs(tmp_path: Path, _sprint_logs: Path) -> Path:
    """A copy of forty seconds, to be changed."""
    return Path(shutil.copytree(_sprint_logs, tmp_path / "logs"))


@pytest.fixture
def sprint_store(tmp_path: Path, _sprint_store: Path) -> Path:
    """A copy of its projection, to be changed."""
    return Path(shutil.copy(_sprint_store, tmp_path / "pitbox.duckdb"))


@pytest.fixture
def start_logs(tmp_path: Path, _start: Path) -> Path:
    """A copy of the first fifteen seconds, for who begins a database anew many times."""
    return Path(shutil.copytree(_start / "logs", tmp_path / "logs"))


@pytest.fixture
def start_store(tmp_path: Path, _start: Path) -> Path:
    return Path(shutil.copy(_start / "start.duckdb", tmp_path / "pitbox.duckdb"))


@pytest.fixture(scope="session")
def _start(made_once: MadeOnce) -> Path:
    def make(folder: Path) -> None:
        record(folder / "logs", until(race(), 15.0))
        project(folder / "start.duckdb", folder / "logs")

    return made_once("store-start", make)


@pytest.fixture(scope="session")
def _sprint_logs(made_once: MadeOnce) -> Path:
    return made_once("store-sprint", lambda folder: record(folder / "logs", sprint())) / "logs"


@pytest.fixture(scope="session")
def _sprint_store(_sprint_logs: Path, made_once: MadeOnce) -> Path:
    made = made_once("store-sprint-store", lambda folder: project(folder / "sprint.duckdb", _sprint_logs))
    return made / "sprint.duckdb"
