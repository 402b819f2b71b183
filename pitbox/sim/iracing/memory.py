"""The rotating rows in the sim's memory, taken whole or not at all.

The sim writes the next row over the oldest and stamps it with its count when it is done; builds since
2026 stamp it before as well. It asks nobody, so a copy counts only after a second look at the stamps.
"""

import struct

import msgspec

from pitbox.sim.iracing.header import HEADER_BYTES, Header

_WORDS = struct.Struct("<28i")
_STATUS, _TEXT_UPDATE, _FIRST_STAMP = 1, 3, 12
_SHAPE = (0, 2, 4, 5, 6, 7, 8, 9)
"""Words of the header that stay while a session lasts."""
_TRIES = 3

assert _WORDS.size == HEADER_BYTES


class Frame(msgspec.Struct, frozen=True):
    """One whole row, and the sim's count of it."""

    tick: int
    row: bytes


class Memory:
    """What lies under `view`, laid out as `header` says. `after` is the last tick that is known already."""

    def __init__(self, view: memoryview, header: Header, after: int | None = None) -> None:
        self._view = view
        self._length = header.buffer_length
        self._offsets = [buffer.offset for buffer in header.buffers]
        self._text = slice(header.text_offset, header.text_offset + header.text_length)
        self._words: tuple[int, ...] = _WORDS.unpack_from(view)
        self._shape = [self._words[at] for at in _SHAPE]
        self._last = after
        self.torn = 0
        """Copies thrown away because the sim wrote into them."""

    @property
    def is_connected(self) -> bool:
        return bool(self._words[_STATUS] & 1)

    @property
    def text_update(self) -> int:
        return self._words[_TEXT_UPDATE]

    @property
    def newest(self) -> int:
        """The highest stamp at the last look."""
        return max(self._words[_FIRST_STAMP + 4 * slot] for slot in range(len(self._offsets)))

    def look(self) -> bool:
        """Read the header's figures; False when it is another header, or its count began anew."""
        self._words = _WORDS.unpack_from(self._view)
        is_same = [self._words[at] for at in _SHAPE] == self._shape
        return is_same and (self._last is None or self.newest >= self._last)

    def take(self) -> list[Frame]:
        """Every whole row after the last one taken, oldest first."""
        frames: list[Frame] = []
        for _ in range(_TRIES):
            torn = self.torn
            self.look()
            for tick, slot in self._waiting():
                frame = self._copy(tick, slot)
                if frame is not None:
                    frames.append(frame)
                    self._last = tick
            if self.torn == torn:
                break
        return frames

    def text(self) -> bytes | None:
        """The session text up to its end; None if its count changed meanwhile.

        The sim may count before it writes or after: who must be sure reads twice, a tick apart.
        """
        update = self.text_update
        text = bytes(self._view[self._text]).partition(b"\0")[0]
        self.look()
        return text if update == self.text_update else None

    def _waiting(self) -> list[tuple[int, int]]:
        """(stamp, slot) of the rows that are newer than the last one taken, oldest first."""
        stamps = [(self._words[_FIRST_STAMP + 4 * slot], slot) for slot in range(len(self._offsets))]
        floor = 0 if self._last is None else self._last
        return sorted((tick, slot) for tick, slot in stamps if tick > floor and self._is_whole(tick, slot))

    def _is_whole(self, tick: int, slot: int) -> bool:
        """By the stamps of the last look: nobody can have touched this row since it was finished.

        Without the stamp before, the row that is next in turn may be half written already.
        """
        begun = self._words[_FIRST_STAMP + 4 * slot + 2]
        if self._words[_FIRST_STAMP + 4 * slot] != tick:
            return False
        return begun == tick if begun else self.newest - tick < max(1, len(self._offsets) - 1)

    def _copy(self, tick: int, slot: int) -> Frame | None:
        start = self._offsets[slot]
        row = bytes(self._view[start : start + self._length])
        self.look()
        if self._is_whole(tick, slot):
            return Frame(tick, row)
        self.torn += 1
        return None
