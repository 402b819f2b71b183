"""What is said into other sessions than the open one: each letter into a log of its own, where it is read."""

from collections import deque
from collections.abc import Callable, Sequence

from pitbox.crew.health import Health, HealthSink, Level
from pitbox.log.writer import Committed
from pitbox.model.edit import Draft
from pitbox.model.errors import PitBoxError
from pitbox.model.ids import SessionId
from pitbox.wall.edit_book import EditBook


class LetterBox:
    """`put` from any thread; `post` on the one that may wait for the disk."""

    def __init__(self, make_book: Callable[[], EditBook], on_health: HealthSink) -> None:
        self._make_book = make_book
        self._on_health = on_health
        self._letters: deque[tuple[SessionId, Sequence[Draft]]] = deque()

    def put(self, session: SessionId, drafts: Sequence[Draft]) -> None:
        self._letters.append((session, drafts))

    def post(self, heard: Callable[[Committed], None] | None) -> None:
        """Write all that waits; `heard` is told what became durable."""
        while self._letters:
            session, drafts = self._letters.popleft()
            book = self._make_book()
            book.heard = heard
            try:
                book.enter(session)
                book.write(drafts)
            except (PitBoxError, OSError) as error:
                words = f"What was said into another session is lost: {error}"
                self._on_health(Health("wall", "messages", Level.DEGRADED, words))
            finally:
                book.close()
