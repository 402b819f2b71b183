"""What can go wrong with the log.

LogError
├── LogWriteError  the disk refused; what was not yet durable is kept and tried again
├── SegmentError   a file is not a segment of this log
├── ShelfError     no such session or log
└── ReplicaError   a copy of this log cannot be written here
    └── ForgedError    what a peer sent is not what the log's device wrote
"""

from pitbox.model.errors import PitBoxError


class LogError(PitBoxError):
    pass


class LogWriteError(LogError):
    pass


class SegmentError(LogError):
    pass


class ShelfError(LogError):
    pass


class ReplicaError(LogError):
    pass


class ForgedError(ReplicaError):
    pass
