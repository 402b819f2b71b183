"""What a plan of stints offends against: every rule of a relay, judged leg by leg, with the figures.

How each rule counts:

- **At the wheel** a person is from leaving the pits to the next entry; the stop itself is nobody's. So sums
  (most, least, fair share, time in a window) add up legs and leave stops out.
- **A stretch** is legs of one driver on end. Its clock runs from leaving the pits to the entry at which the
  driver gets out, stops within it included: who sits through a stop does not rest.
- **Windows slide**: time in a window is the most that falls into any stretch of that length, wherever it
  begins. The worst one always ends with a leg, so those are looked at.
- **Rest** lies between the entry at which somebody gets out and the next leaving of the pits with the same
  person; the longer of the rule's and the variant's counts.
- **Free**: times said as `maybe` are allowed; a solver avoids them. Who said nothing at all is taken as free,
  and without a start on the clock nobody's time can be judged.
- **Fair share** is asked of everybody who drives, against an equal share among those who drive; least drive
  time of everybody who could.
- **Done legs** are as they are. They count in every sum and stretch, and what they alone have broken is said
  once, marked `is_past`: no plan of what is to come mends it. What they have broken and legs to come make
  worse is said of those to come.
- Figures are held to a second: what rounding does is no offence.
"""

from pitbox.model.plan_check.course import course_of
from pitbox.model.plan_check.single import (
    absences,
    holes,
    nights,
    overlong,
    starters,
    strangers,
)
from pitbox.model.plan_check.spotting import spotting
from pitbox.model.plan_check.stretch import crowded, in_a_row, longest, rests
from pitbox.model.plan_check.total import (
    drivers,
    fair_shares,
    least,
    most,
    services,
    stops,
)
from pitbox.model.relay import Legs, Relay, Violation

_RULES = (
    strangers,
    overlong,
    holes,
    absences,
    starters,
    nights,
    longest,
    in_a_row,
    crowded,
    rests,
    most,
    least,
    fair_shares,
    drivers,
    stops,
    services,
    spotting,
)


def violations(relay: Relay, legs: Legs) -> tuple[Violation, ...]:
    """All that is wrong with the plan, by gravity, then along the race; empty: it keeps the rules."""
    course = course_of(relay, legs)
    return tuple(found for rule in _RULES for found in rule(course))
