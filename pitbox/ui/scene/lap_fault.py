"""The mistakes on the chosen laps: of which lap each is, and how it is called. Loads no Qt."""

from collections.abc import Callable

import msgspec

from pitbox.analysis.driven import Mistake
from pitbox.ui.scene.words import count_words
from pitbox.wall.lap_set import Habit, LapSet

_LEAST = 0.004
"""Of the lap: a shorter one is shown as long as that, so that it can be seen and pointed at."""
_AIR = 0.012


class Fault(msgspec.Struct, frozen=True):
    at: int
    """Place of the lap among those that were chosen."""
    lap: int
    mistake: Mistake

    @property
    def begin(self) -> float:
        return max(0.0, min(self.mistake.start, 1.0 - _LEAST))

    @property
    def end(self) -> float:
        return min(1.0, max(self.mistake.end, self.begin + _LEAST))

    @property
    def span(self) -> tuple[float, float]:
        """With a little of the lap before and behind it."""
        return max(0.0, self.begin - _AIR), min(1.0, self.end + _AIR)

    def words(self, letter: str) -> str:
        return f"{letter}, lap {self.lap}. {self.mistake.words}"


def faults_of(laps: LapSet | None, habit: Habit | None) -> tuple[Fault, ...]:
    """Along the lap. As soon as it is known what is ordinary, more kinds are told and each has its price."""
    known = dict(habit.of_laps) if habit is not None else {}
    found = []
    for one in laps.laps if laps is not None else ():
        judged = known.get(one.at, one.mistakes)
        found += [Fault(one.at, one.listed.lap, each) for each in (judged.mistakes if judged else ())]
    return tuple(sorted(found, key=lambda fault: (fault.begin, fault.at)))


def fault_words(faults: tuple[Fault, ...], corner: int | None, letters: Callable[[int], str]) -> str:
    """`B lock-up 0.12 s, C early lift`; empty where nobody erred. None: on the straights."""
    return ", ".join(
        f"{letters(one.at)} {one.mistake.kind}{_price(one.mistake)}"
        for one in faults
        if one.mistake.corner == corner
    )


def count_of(faults: tuple[Fault, ...]) -> str:
    """On the laps that are drawn."""
    if not faults:
        return "No mistake found on these laps."
    lost_s = sum(one.mistake.lost_s or 0.0 for one in faults)
    cost = f", {lost_s:.2f} s lost" if lost_s >= 0.005 else ""
    return f"{count_words(len(faults), 'mistake', 'mistakes')} on these laps{cost}."


def _price(mistake: Mistake) -> str:
    lost_s = mistake.lost_s or 0.0
    return f" {lost_s:.2f} s" if lost_s >= 0.005 else ""
