"""Those who came to pair and have proved nothing yet: few at a time, and who says nothing makes room first.

Whoever knows the digits has shown it within a moment. So a newcomer is always let in, and the one that has
waited longest without a word goes; only then the one that knocked first.
"""

import asyncio

MOST_VISITORS = 8
"""Conversations at once: each costs a few milliseconds of arithmetic once it has knocked."""


class Visitor:
    """One of them; `talk` is what ends when it has to make room."""

    def __init__(self) -> None:
        self.has_knocked = False
        self.is_displaced = False
        self.talk: asyncio.Task[None] | None = None


class Lobby:
    """Belongs to one loop."""

    def __init__(self, most: int = MOST_VISITORS) -> None:
        self._most = most
        self._visitors: dict[Visitor, None] = {}
        """In the order in which they came."""

    def __len__(self) -> int:
        return len(self._visitors)

    def enter(self) -> Visitor:
        while len(self._visitors) >= self._most:
            self._displace(min(self._visitors, key=lambda one: one.has_knocked))
        visitor = Visitor()
        self._visitors[visitor] = None
        return visitor

    def leave(self, visitor: Visitor) -> None:
        """It has proved that it knows the digits, or it is gone; harmless twice."""
        self._visitors.pop(visitor, None)

    def _displace(self, visitor: Visitor) -> None:
        self.leave(visitor)
        visitor.is_displaced = True
        if visitor.talk is not None:
            visitor.talk.cancel()
