"""The running sim as pyirsdk opens it: the memory, and the event that says when a row is ready. Windows only.

Only this module and `command` know pyirsdk.
"""

import ctypes

import irsdk


class Client(irsdk.IRSDK):  # type: ignore[misc] # pyirsdk has no types
    """pyirsdk without its question over HTTP, which waits without limit and prints.

    Nothing is opened before the event exists and fires, and that only a running sim does.
    """

    _data_valid_event: int | None

    def _check_sim_status(self) -> bool:
        return True

    def _wait_valid_data_event(self) -> bool:
        is_ready = bool(super()._wait_valid_data_event())
        if not is_ready and self._shared_mem is None:
            self._let_go_of_event()  # `startup` forgets the handle without closing it
        return is_ready

    def wait(self) -> None:
        super()._wait_valid_data_event()

    def end(self) -> None:
        self._let_go_of_event()
        self.shutdown()

    def _let_go_of_event(self) -> None:
        event, self._data_valid_event = self._data_valid_event, None
        if event:
            ctypes.windll.kernel32.CloseHandle(event)  # type: ignore[attr-defined]


class SimConnection:
    """The sim's memory, open."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.view = memoryview(client._shared_mem)  # noqa: SLF001 - pyirsdk offers no other way to the bytes

    def wait(self, timeout_s: float) -> None:
        """For the event, 32 ms at most, as pyirsdk has it: whoever wants to stop is heard."""
        if timeout_s > 0:
            self._client.wait()

    def is_current(self) -> bool:
        return True

    def close(self) -> None:
        self.view.release()
        self._client.end()


def open_client() -> SimConnection | None:
    """The running sim; None while there is none."""
    client = Client()
    if client.startup():
        return SimConnection(client)
    client.end()
    return None
