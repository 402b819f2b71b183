"""What can go wrong with the store.

StoreError
├── StoreBusyError      another process, or this one, already writes to the file
├── StoreNewerError     a newer PitBox made the file
├── StoreForeignError   a DuckDB file that PitBox did not make
├── StoreFullError      the disk has no room; nothing recorded is in danger
│   └── StorePausedError    little room is left: no transaction is begun
├── StoreDamagedError   the file, or the engine with it open, cannot be trusted
├── StoreClosedError    asked after the clerk had stopped
├── NotStoredError      there is no such session, lap or channel in it
└── ExportError         what was to leave could not; nothing half of it was left behind
    └── ExportStoppedError  whoever asked for it stopped it
"""

from pitbox.model.errors import PitBoxError


class StoreError(PitBoxError):
    pass


class StoreBusyError(StoreError):
    pass


class StoreNewerError(StoreError):
    pass


class StoreForeignError(StoreError):
    pass


class StoreFullError(StoreError):
    pass


class StorePausedError(StoreFullError):
    pass


class StoreDamagedError(StoreError):
    pass


class StoreClosedError(StoreError):
    pass


class NotStoredError(StoreError):
    pass


class ExportError(StoreError):
    pass


class ExportStoppedError(ExportError):
    pass
