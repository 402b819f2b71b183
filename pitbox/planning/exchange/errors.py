"""What can be wrong with a plan on its way in or out.

ExchangeError
├── NoStartError      a calendar of a race whose start nobody knows
└── UnreadableError   a file that is no plan at all; faults of single lines are told one by one instead
"""

from pitbox.model.errors import PitBoxError


class ExchangeError(PitBoxError):
    pass


class NoStartError(ExchangeError):
    pass


class UnreadableError(ExchangeError):
    pass
