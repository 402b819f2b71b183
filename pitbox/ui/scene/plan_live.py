"""Whoever follows our plan in the race, as a window sees it: mailboxes, and wishes that never wait. No Qt."""

from typing import TYPE_CHECKING, Protocol

from pitbox.crew.mailbox import Mailbox
from pitbox.model.plan_offer import Offer, PlanNow

if TYPE_CHECKING:
    from pitbox.model.edit import Draft
    from pitbox.planning.live.wish import Wish


class LivePlan(Protocol):
    """From any thread. Mailboxes may be replaced."""

    @property
    def now(self) -> "Mailbox[PlanNow]": ...

    @property
    def cards(self) -> "Mailbox[tuple[Offer, ...]]":
        """For each driver what to do if that person is missing."""

    @property
    def said(self) -> "Mailbox[str]":
        """Why a wish cannot be granted."""

    def wish(self, wish: "Wish") -> None: ...

    def accept(self, key: str) -> None:
        """Raises EditError, or StaleOfferError where the plan was edited since."""

    def refuse(self, key: str) -> None:
        """Raises EditError."""

    def drove(self, stint: int, seat: str) -> "Draft":
        """The wish that says who drove a stint of ours; raises EditError."""

    def is_ours(self, team: str) -> None:
        """The race that is shown is that team's; raises EditError."""

    def binding_words(self) -> str: ...
