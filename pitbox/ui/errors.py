"""What can be wrong with windows.

UiError
└── NoScreenError   there is nothing to draw on
"""

from pitbox.model.errors import PitBoxError


class UiError(PitBoxError):
    pass


class NoScreenError(UiError):
    pass
