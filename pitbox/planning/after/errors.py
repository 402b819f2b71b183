"""What keeps a race from being reviewed.

PitBoxError
└── ReviewError
"""

from pitbox.model.errors import PitBoxError


class ReviewError(PitBoxError):
    """There is no plan, or no race, to hold against each other."""
