"""How often the same thing may be said."""

import msgspec

_MAX_KEYS = 1000

Message = tuple[str, int, str]
"""Logger, level, words before anything is filled in."""


class _Said(msgspec.Struct):
    since_s: float
    count: int = 0
    withheld: int = 0


class RepeatLimit:
    """The same message `times` times within `window_s`, then only counted until the window ends."""

    def __init__(self, times: int, window_s: float) -> None:
        self._times = times
        self._window_s = window_s
        self._said: dict[Message, _Said] = {}

    def admits(self, key: Message, now_s: float) -> bool:
        """Whether this one is said; call `ended` first."""
        said = self._said.get(key)
        if said is None:
            if len(self._said) >= _MAX_KEYS:
                return True  # so many different messages are no repeats
            said = self._said[key] = _Said(now_s)
        said.count += 1
        if said.count <= self._times:
            return True
        said.withheld += 1
        return False

    def ended(self, now_s: float = float("inf")) -> list[tuple[Message, int]]:
        """(message, how many were withheld) for each window that is over, and forget them."""
        over = [key for key, said in self._said.items() if now_s - said.since_s >= self._window_s]
        counted = [(key, self._said[key].withheld) for key in over]
        for key in over:
            del self._said[key]
        return [(key, withheld) for key, withheld in counted if withheld]
