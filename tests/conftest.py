"""What holds for every test: no user's data is touched, no screen is needed, no thread is left running."""

import os
import threading
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from made_once import made_once  # noqa: F401 - a fixture of every test
from row_report import (  # noqa: F401 - pytest finds them by name
    pytest_addoption,
    pytest_collection_modifyitems,
    pytest_runtest_makereport,
    pytest_terminal_summary,
)

THREAD_DEADLINE_S = 30.0

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# As `pitbox` itself reckons: BLAS threads wait for each other in a busy loop, here beside other workers.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

if not os.environ.get("CI"):
    # A busy machine is no fault of the code. With CI set, Hypothesis brings the same and derandomises too.
    settings.register_profile("house", deadline=None)
    settings.load_profile("house")


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    """A failure that shows half a surrogate pair must not take the whole distributed run with it."""
    data = yield
    return _encodable(data)


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_encodable(key): _encodable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_encodable(item) for item in value)
    return value


@pytest.fixture(autouse=True, scope="session")
def _home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Profiles, settings and recordings of whoever runs the tests stay out of sight."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PITBOX_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(autouse=True)
def _crew_goes_home() -> Iterator[None]:
    """A test stops the threads that it started; the names say who started them."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + THREAD_DEADLINE_S
    for thread in _newcomers(before):
        thread.join(max(0.0, deadline - time.monotonic()))
    left = sorted(thread.name for thread in _newcomers(before))
    assert not left, f"These threads still run after the test: {', '.join(left)}."


def _newcomers(before: set[threading.Thread]) -> list[threading.Thread]:
    """Ours and those that would keep the process alive; libraries' daemons are their own business."""
    return [
        thread
        for thread in threading.enumerate()
        if thread not in before and (thread.name.startswith("pitbox-") or not thread.daemon)
    ]


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Recordings that others made; no part of the project, and what needs them skips without."""
    beside = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("PITBOX_REAL_DATA", beside))
    if not folder.is_dir():
        pytest.skip("no real recordings here; PITBOX_REAL_DATA names their folder")
    return folder
