"""What strategy can refuse.

StrategyError
├── NoRaceError     there is no race here, or nothing of it is known yet
└── NoLengthError   nobody says when the race ends
"""

from pitbox.model.errors import PitBoxError


class StrategyError(PitBoxError):
    pass


class NoRaceError(StrategyError):
    pass


class NoLengthError(StrategyError):
    pass
