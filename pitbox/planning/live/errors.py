"""What a race does not let one wish for.

PitBoxError
├── WishError
└── StaleOfferError
"""

from pitbox.model.errors import PitBoxError


class WishError(PitBoxError):
    """Nothing of the plan can be changed that way now."""


class StaleOfferError(PitBoxError):
    """The plan was edited since the offer was worked out."""
