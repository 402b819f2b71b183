"""Facts of one kind and one car, by number: the same number again replaces; order does not matter."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Generic, TypeVar

F = TypeVar("F")


class Numbers:
    """Numbers in order, each once. They cost nothing while none is missing in between."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: range | list[int] = range(0)

    def find(self, number: int) -> tuple[int, bool]:
        """Where it stands, or belongs; whether it is there."""
        known = self._known
        if not known or number > known[-1]:
            return len(known), False
        at = bisect_left(known, number)
        return at, known[at] == number

    def insert(self, at: int, number: int) -> None:
        """One that is not there, where it belongs."""
        known = self._known
        if isinstance(known, list):
            known.insert(at, number)
        elif not known or number == known.stop:
            self._known = range(number - len(known), number + 1)
        else:
            self._known = [*known[:at], number, *known[at:]]


class Series(Generic[F]):
    """Ordered by number. Facts mostly come in order, and the last one is replaced most."""

    def __init__(self) -> None:
        self._numbers = Numbers()
        self._facts: list[F] = []

    def put(self, number: int, fact: F) -> None:
        at, is_there = self._numbers.find(number)
        if is_there:
            self._facts[at] = fact
        else:
            self._numbers.insert(at, number)
            self._facts.insert(at, fact)

    @property
    def last(self) -> F | None:
        return self._facts[-1] if self._facts else None

    def tail(self, count: int) -> list[F]:
        return self._facts[-count:] if count > 0 else []

    def get(self, number: int) -> F | None:
        at, is_there = self._numbers.find(number)
        return self._facts[at] if is_there else None

    def __len__(self) -> int:
        return len(self._facts)

    def __iter__(self) -> Iterator[F]:
        return iter(self._facts)

    def __getitem__(self, at: int) -> F:
        return self._facts[at]
