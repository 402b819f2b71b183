"""What can go wrong with folds.

TimingError
└── CheckpointError  not the state of this version's folds
"""

from pitbox.model.errors import PitBoxError


class TimingError(PitBoxError):
    pass


class CheckpointError(TimingError):
    pass
