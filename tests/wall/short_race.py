"""Short synthetic races for the wall's tests."""

from quick_duel import quick_duel

from pitbox.model.ids import SessionId
from pitbox.sim.synthetic.source import SyntheticSource

SESSION = SessionId("local-wall")


def race(seconds: float = 45.0, *, speed: float | None = None) -> SyntheticSource:
    """Three laps of four cars, with a stop each."""
    return SyntheticSource(quick_duel(seconds), speed, session=SESSION)
