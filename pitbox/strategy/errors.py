"""What strategy can refuse.

StrategyError
├── NoRaceError     there is no race here, or nothing of it is known yet
├── NoLengthError   nobody says when the race ends
└── NoFuelError     our car has not shown yet what it takes a lap
"""

from pitbox.model.errors import PitBoxError


class StrategyError(PitBoxError):
    pass


class NoRaceError(StrategyError):
    pass


class NoLengthError(StrategyError):
    pass


class NoFuelError(StrategyError):
    pass
