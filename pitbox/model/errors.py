"""The root of every error that PitBox raises on purpose.

PitBoxError
├── EditError
├── wire.errors.WireError
├── identity.errors.IdentityError
├── sim.iracing.errors.IracingError
├── log.errors.LogError
├── store.errors.StoreError
├── sync.errors.SyncError
└── wall.errors.WallError
"""


class PitBoxError(Exception):
    """Something a user or a caller can act on; its text is a whole sentence."""


class EditError(PitBoxError):
    """A change that cannot be made, or that no PitBox would have written."""
