"""What predict can refuse.

PredictError
├── LapsFileError   a file holds no laps that we can read, or laps of another version
├── ModelError      bytes that are no model of ours, or one of other features
├── NoRacesError    nothing to learn from, or nothing to judge by
└── RegistryError   no such version, or none to take back
"""

from pitbox.model.errors import PitBoxError


class PredictError(PitBoxError):
    pass


class LapsFileError(PredictError):
    pass


class ModelError(PredictError):
    pass


class NoRacesError(PredictError):
    pass


class RegistryError(PredictError):
    pass
