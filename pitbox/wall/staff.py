"""What a window edits and speaks through, where somebody keeps the edits of what it shows."""

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from pitbox.wall.feed import Feed

if TYPE_CHECKING:  # a window that only looks loads none of it
    from pitbox.wall.edit_book import EditBook
    from pitbox.wall.messenger import Messenger
    from pitbox.wall.planner import Planner


class Staff(Protocol):
    """From any thread."""

    @property
    def book(self) -> "EditBook": ...

    @property
    def messenger(self) -> "Messenger": ...

    @property
    def planner(self) -> "Planner": ...


@runtime_checkable
class Staffed(Protocol):
    """A feed of which somebody keeps the edits."""

    @property
    def office(self) -> Staff | None: ...


def staff_of(feed: Feed) -> Staff | None:
    """None where nothing can be edited: a window that shows nothing yet."""
    return feed.office if isinstance(feed, Staffed) else None
