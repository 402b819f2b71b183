"""The six digits: one code at a time, two minutes, one guess. Pure; the clock is monotonic and given."""

import secrets

import msgspec

from pitbox.sync.errors import PairingClosedError

CODE_S = 120.0
MOST_BURNT = 3
PAUSE_S = 60.0
_DIGITS = 6


class Code(msgspec.Struct, frozen=True, eq=False):
    """Compared by identity: a burnt code is not the new one, even if the digits were the same."""

    digits: str
    until_s: float

    def __repr__(self) -> str:
        return "Code(******)"  # whatever logs it, the digits stay on the screen

    def show(self) -> str:
        return f"{self.digits[:3]} {self.digits[3:]}"


class CodeBook:
    """Which code is open, if any."""

    def __init__(self) -> None:
        self._open: Code | None = None
        self._burnt = 0
        self._paused_until_s = float("-inf")

    def new(self, now_s: float) -> Code:
        """A new code in place of the old one; raises PairingClosedError while pairing pauses."""
        wait_s = self.pause_left_s(now_s)
        if wait_s > 0:
            raise PairingClosedError(
                f"{MOST_BURNT} wrong codes were typed: pairing pauses for another {wait_s:.0f} s."
            )
        digits = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"
        self._open = Code(digits, now_s + CODE_S)
        return self._open

    def current(self, now_s: float) -> Code | None:
        if self._open is not None and now_s >= self._open.until_s:
            self._open = None
        return self._open

    def burn(self, now_s: float) -> bool:
        """A wrong guess: the code is void. True when that was one too many and pairing pauses."""
        self._open = None
        self._burnt += 1
        if self._burnt < MOST_BURNT:
            return False
        self._burnt = 0
        self._paused_until_s = now_s + PAUSE_S
        return True

    def use(self) -> None:
        """A right guess: the code is void too, and wrong ones before it are forgotten."""
        self._open = None
        self._burnt = 0

    def close(self) -> None:
        """Nobody pairs any more."""
        self._open = None

    def pause_left_s(self, now_s: float) -> float:
        return max(0.0, self._paused_until_s - now_s)


def clean_code(text: str) -> str:
    """What somebody typed, as digits; raises ValueError when it cannot be a code."""
    digits = "".join(text.split()).replace("-", "")
    if len(digits) != _DIGITS or not digits.isascii() or not digits.isdecimal():
        raise ValueError(f"A code has {_DIGITS} digits.")
    return digits
