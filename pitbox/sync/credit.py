"""How much a peer may have under way: given at first, given back as it is taken, so memory stays bounded."""

from pitbox.sync.errors import ForeignError

_ONE_RECORD = (1 << 20) + 16
"""A sender may finish the record that its credit runs out in."""


class Window:
    def __init__(self, size: int) -> None:
        self.size = size
        self._left = size
        self._owed = 0

    def spend(self, size: int) -> None:
        """Bytes came; raises ForeignError when they were more than was given."""
        if self._left <= 0 or self._left - size < -_ONE_RECORD:
            raise ForeignError(f"It sent {size - max(self._left, 0)} bytes more than it was asked for.")
        self._left -= size
        self._owed += size

    def give_back(self, *, is_moving: bool) -> int:
        """What may be sent again; small change waits until there is something else to say."""
        if not is_moving and self._owed < self.size // 4:
            return 0
        credit, self._owed = self._owed, 0
        self._left += credit
        return credit
