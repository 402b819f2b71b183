"""One recorded race and its projection for all tests of the store; tests that change a file copy it."""

import shutil
from pathlib import Path

import pytest
from recorded import project, race, record, sprint


@pytest.fixture(scope="session")
def race_logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole race, recorded by one device."""
    root = tmp_path_factory.mktemp("race")
    record(root, race())
    return root


@pytest.fixture(scope="session")
def race_store(race_logs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its projection in one go: what every other way must come to. Read it only."""
    return project(tmp_path_factory.mktemp("store") / "race.duckdb", race_logs)


@pytest.fixture
def sprint_logs(tmp_path: Path, _sprint_logs: Path) -> Path:
    """A copy of forty seconds, to be changed."""
    return Path(shutil.copytree(_sprint_logs, tmp_path / "logs"))


@pytest.fixture
def sprint_store(tmp_path: Path, _sprint_store: Path) -> Path:
    """A copy of its projection, to be changed."""
    return Path(shutil.copy(_sprint_store, tmp_path / "pitbox.duckdb"))


@pytest.fixture(scope="session")
def _sprint_logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sprint")
    record(root, sprint())
    return root


@pytest.fixture(scope="session")
def _sprint_store(_sprint_logs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project(tmp_path_factory.mktemp("sprint-store") / "sprint.duckdb", _sprint_logs)
