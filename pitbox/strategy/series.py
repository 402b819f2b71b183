"""Facts of one kind and one car, by number: the same number again replaces; order does not matter."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Generic, TypeVar

F = TypeVar("F")


class Series(Generic[F]):
    """Ordered by number. Facts mostly come in order, and the last one is replaced most."""

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._facts: list[F] = []

    def put(self, number: int, fact: F) -> None:
        if not self._numbers or number > self._numbers[-1]:
            self._numbers.append(number)
            self._facts.append(fact)
            return
        at = bisect_left(self._numbers, number)
        if self._numbers[at] == number:
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
        at = bisect_left(self._numbers, number)
        return self._facts[at] if at < len(self._numbers) and self._numbers[at] == number else None

    def __len__(self) -> int:
        return len(self._facts)

    def __iter__(self) -> Iterator[F]:
        return iter(self._facts)

    def __getitem__(self, at: int) -> F:
        return self._facts[at]
