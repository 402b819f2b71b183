"""The clocks of a plan, set by the race: when green was, and when the flag will fall."""

import msgspec

from pitbox.model.relay import Relay
from pitbox.model.span import Spans
from pitbox.strategy.story import FINISHED, Moment

_SAME_S = 30.0
"""By less than this nothing is moved: a figure that trembles moves no plan."""


def anchored(relay: Relay, green_utc_s: float | None, length_s: float | None) -> Relay:
    """The relay with the race's own start and length. Who is free is free by the clock on the wall."""
    if length_s is not None and abs(length_s - relay.length_s) > _SAME_S:
        relay = msgspec.structs.replace(relay, length_s=length_s)
    if green_utc_s is None:
        return relay
    if relay.start_utc_s is None:
        return msgspec.structs.replace(relay, start_utc_s=green_utc_s)
    if abs(green_utc_s - relay.start_utc_s) <= _SAME_S:
        return relay
    by_s = relay.start_utc_s - green_utc_s
    seats = tuple(
        msgspec.structs.replace(seat, free=_moved(seat.free, by_s), maybe=_moved(seat.maybe, by_s))
        for seat in relay.seats
    )
    return msgspec.structs.replace(relay, seats=seats, start_utc_s=green_utc_s)


def length_now(moment: Moment) -> float | None:
    """Seconds from green to the flag as it looks now: the clock, or the leader's laps if they end it first.

    A clock that was stopped, or set anew, counts as it shows. None where nobody can tell.
    """
    race_s = moment.now_s - moment.green_s
    if race_s < 0:
        return moment.length.time_s
    ends = []
    if moment.time_left_s is not None and moment.length.time_s is not None:
        ends.append(race_s + moment.time_left_s)
    leader = moment.leader
    lap_s = None if leader is None else leader.story.typical_lap_s()
    if leader is not None and lap_s is not None and moment.length.laps is not None:
        # Stops of the leader to come are in the mean of its race so far better than in its clean laps.
        mean_s = race_s / leader.place if leader.place >= 1.0 else lap_s
        ends.append(race_s + max(0.0, moment.length.laps - leader.place) * max(lap_s, mean_s))
    if not ends:
        return None
    if leader is not None and leader.status == FINISHED and leader.line_s is not None:
        return leader.line_s - moment.green_s
    return min(ends)


def _moved(spans: Spans, by_s: float) -> Spans:
    return tuple(span.moved(by_s) for span in spans)
