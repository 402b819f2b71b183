"""The sim's pit menu: what broadcast commands tick in it, and what its channels then show.

Takes what pyirsdk's `pit_command` would post, by the sim's own numbers, so that a test goes the whole way.
"""

import threading

from pitbox.model.source import RowArray

_LF, _FUEL, _TEAR_OFF, _FAST_REPAIR = 0x01, 0x10, 0x20, 0x40
_TYRES = 0x0F
_CLEARED = {0: 0x7F, 7: _TYRES, 9: _TEAR_OFF, 10: _FAST_REPAIR, 11: _FUEL}
_TICKED = {1: _TEAR_OFF, 2: _FUEL, **{3 + at: _LF << at for at in range(4)}, 8: _FAST_REPAIR}


class SyntheticPitMenu:
    """A `Broadcaster` as far as the pit menu goes. Commands come from any thread, rows from the sim's."""

    def __init__(self, tank: float, *, is_deaf: bool = False) -> None:
        """`tank`: more than this cannot be asked for. `is_deaf`: hears nothing, as a sim that hangs."""
        self._tank = tank
        self._is_deaf = is_deaf
        self._lock = threading.Lock()
        self._flags: int | None = None
        self._fuel = 0.0

    def pit_command(self, pit_command_mode: int = 0, var: int = 0) -> object:
        mode = int(pit_command_mode)
        if self._is_deaf:
            return 0
        with self._lock:
            flags = 0 if self._flags is None else self._flags
            self._flags = (flags & ~_CLEARED.get(mode, 0)) | _TICKED.get(mode, 0)
            if mode == 2 and var:
                self._fuel = float(min(var, self._tank))
        return 1

    def fill(self, rows: RowArray) -> None:
        """From the first command on the menu is what commands made of it, for the person in the car."""
        with self._lock:
            if self._flags is not None:
                rows["PitSvFlags"] = self._flags * rows["IsOnTrack"].astype("u4")
                rows["PitSvFuel"] = self._fuel * rows["IsOnTrack"]

    def chat_command_macro(self, macro_num: int = 0) -> object:  # noqa: ARG002 - heard, and without effect here
        return 1

    def cam_switch_num(self, car_number: str = "1", group: int = 1, camera: int = 0) -> object:  # noqa: ARG002
        return 1

    def replay_search(self, search_mode: int = 0) -> object:  # noqa: ARG002
        return 1

    def replay_search_session_time(self, session_num: int = 0, session_time_ms: int = 0) -> object:  # noqa: ARG002
        return 1
