"""Which logs of the shelf hold a recording, and which what people write: read once of each."""

from pathlib import Path

from pitbox.log.edits import first_kind
from pitbox.log.reader import log_folder
from pitbox.model.ids import LogId
from pitbox.wire.record import EditRecord


class LogKinds:
    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._is_recording: dict[LogId, bool] = {}

    def is_recording(self, log: LogId) -> bool:
        """Whether a race is recorded in it, not what people write; one that is not here yet counts as one."""
        if log not in self._is_recording:
            kind = first_kind(log_folder(self._logs, log))
            if kind is None:
                return True
            self._is_recording[log] = kind != EditRecord.KIND
        return self._is_recording[log]
