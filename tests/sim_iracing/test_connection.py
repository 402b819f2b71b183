"""Ways to the memory: a file, and the running sim with pyirsdk on as much of Windows as that takes."""

import ctypes
import mmap

import irsdk
import pytest
from image import Image

from pitbox.sim.iracing.connection import open_file, open_sim
from pitbox.sim.iracing.errors import EmptyFileError
from pitbox.sim.iracing.header import parse_header


class Kernel:
    """Events by handle; what is opened has to be closed."""

    def __init__(self, *, exists=True, fires=True):
        self.exists, self.fires = exists, fires
        self.open_handles, self.next_handle, self.waits = set(), 40, 0

    def OpenEventW(self, access, inherit, name):  # noqa: N802
        assert name == "Local\\IRSDKDataValidEvent"
        if not self.exists:
            return 0
        self.next_handle += 4
        self.open_handles.add(self.next_handle)
        return self.next_handle

    def WaitForSingleObject(self, handle, timeout_ms):  # noqa: N802
        assert handle in self.open_handles
        assert timeout_ms <= 50, "stop has to be heard"
        self.waits += 1
        return 0 if self.fires else 258

    def CloseHandle(self, handle):  # noqa: N802
        self.open_handles.remove(handle)


@pytest.fixture
def windows(monkeypatch, tmp_path):
    """Where pyirsdk asks for the sim's mapping it gets this file's."""
    path = tmp_path / "memory"
    path.write_bytes(Image().build().ljust(irsdk.MEMMAPFILESIZE, b"\0"))
    kernel, real = Kernel(), mmap.mmap

    def mapping(number, size, name, access):
        assert (number, name) == (0, "Local\\IRSDKMemMapFileName")
        with path.open("rb") as file:
            return real(file.fileno(), size, access=access)

    monkeypatch.setattr(ctypes, "windll", type("windll", (), {"kernel32": kernel}), raising=False)
    monkeypatch.setattr(irsdk.mmap, "mmap", mapping)
    return kernel


def test_the_running_sim_is_opened_waited_for_and_let_go(windows, capsys):
    connection = open_sim()
    assert parse_header(connection.view).is_connected
    waits = windows.waits
    connection.wait(0.1)
    connection.wait(0.0)
    assert windows.waits == waits + 1
    assert connection.is_current()
    connection.close()
    assert not windows.open_handles
    assert capsys.readouterr().out == "", "standard output belongs to the commands"


@pytest.mark.parametrize("state", [{"exists": False}, {"fires": False}])
def test_a_sim_that_is_not_there_costs_no_handle_and_opens_no_memory(windows, state, monkeypatch):
    vars(windows).update(state)
    monkeypatch.setattr(irsdk.mmap, "mmap", lambda *_, **__: pytest.fail("it would make the memory itself"))
    for _ in range(20):
        assert open_sim() is None
    assert not windows.open_handles


@pytest.mark.skipif(hasattr(ctypes, "windll"), reason="iRacing could really run here")
def test_where_iracing_cannot_run_there_is_nothing_to_open():
    assert open_sim() is None


def test_a_file_that_is_not_there_yet_is_no_error(tmp_path):
    assert open_file(tmp_path / "memory") is None


def test_fact_8_an_empty_file_is_a_case_of_its_own(tmp_path):
    path = tmp_path / "memory"
    path.touch()
    with pytest.raises(EmptyFileError):
        open_file(path)


def test_another_file_by_the_same_name_is_noticed(tmp_path):
    path = tmp_path / "memory"
    path.write_bytes(Image().build())
    connection = open_file(path)
    assert connection.is_current()
    other = tmp_path / "other"
    other.write_bytes(Image().build())
    other.replace(path)
    assert not connection.is_current()
    path.unlink()
    assert not connection.is_current()
    connection.close()
