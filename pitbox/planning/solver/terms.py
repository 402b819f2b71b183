"""What is demanded of a plan, demand by demand, so that each can be loosened or dropped alone."""

import math
from collections.abc import Mapping

import msgspec

from pitbox.model.plan_check.course import here
from pitbox.model.relay import Relay, RuleName, Seat
from pitbox.model.session import UNLIMITED
from pitbox.model.span import Span, Spans, joined

DROPPED = math.inf


class Demand(msgspec.Struct, frozen=True, order=True):
    rule: RuleName
    seat: str = ""


class Terms(msgspec.Struct, frozen=True):
    """A relay's rules as the solver reads them.

    Loosened by seconds (stints in a row: by stints), `DROPPED`, or tightened below zero.
    """

    relay: Relay
    loosened: Mapping[Demand, float] = {}

    def but(self, more: Mapping[Demand, float]) -> "Terms":
        return Terms(self.relay, {**self.loosened, **more})

    def by_s(self, rule: RuleName, seat: str = "") -> float:
        found = self.loosened.get(Demand(rule, seat))
        return self.loosened.get(Demand(rule), 0.0) if found is None else found

    def is_kept(self, rule: RuleName, seat: str = "") -> bool:
        return self.by_s(rule, seat) != DROPPED

    def most_s(self, rule: RuleName, seat: str, limit_s: float | None) -> float:
        """A limit from above; infinite where there is none."""
        return math.inf if limit_s is None else limit_s + self.by_s(rule, seat)

    def least_s(self, rule: RuleName, seat: str, limit_s: float | None) -> float:
        return 0.0 if limit_s is None else max(0.0, limit_s - self.by_s(rule, seat))

    def stint_s(self) -> float:
        """The longest that the car stays out."""
        allowed_s = self.most_s(RuleName.TANK, "", self.relay.rules.longest_stint_s)
        return min(self.relay.most_stint_s, allowed_s)

    def rest_s(self, seat: str) -> float:
        need_s = max(self.relay.rules.least_rest_s or 0.0, self.relay.least_rest_s)
        return self.least_s(RuleName.REST, seat, need_s)

    def longest_s(self, seat: str) -> float:
        return self.most_s(RuleName.LONGEST, seat, self.relay.rules.longest_stretch_s)

    def in_a_row(self, seat: str) -> int:
        most = self.relay.rules.most_stints_in_a_row
        more = self.by_s(RuleName.IN_A_ROW, seat)
        return UNLIMITED if most is None or more == DROPPED else most + int(more)

    def free(self, seat: Seat) -> Spans | None:
        """When the person can be used; None: always."""
        if self.relay.start_utc_s is None or not self.is_kept(RuleName.AVAILABLE, seat.key):
            return None
        spans, more_s = here(seat), self.by_s(RuleName.AVAILABLE, seat.key)
        if spans is None or not more_s:
            return spans
        return joined(Span(span.start_s - more_s, span.end_s + more_s) for span in spans)

    def dark_s(self, seat: str) -> float:
        """How much of a stint may lie in the dark; infinite for those who may."""
        if seat not in self.relay.rules.no_night:
            return math.inf
        return self.by_s(RuleName.NIGHT, seat)

    def starter(self) -> str:
        return self.relay.rules.starter if self.is_kept(RuleName.STARTER) else ""


def drivers_of(relay: Relay) -> tuple[Seat, ...]:
    return tuple(seat for seat in relay.seats if seat.can_drive)


def demands(relay: Relay) -> tuple[Demand, ...]:
    """Every demand that this relay makes, the ones that a plan seldom fails at first."""
    rules, keys = relay.rules, [seat.key for seat in drivers_of(relay)]
    named = {key for key in keys if key in rules.no_night}
    has_clock = relay.start_utc_s is not None
    timed = {seat.key for seat in drivers_of(relay) if has_clock and here(seat) is not None}
    per_seat: tuple[tuple[RuleName, bool, set[str]], ...] = (
        (RuleName.FAIR_SHARE, rules.fair_share is not None, set(keys)),
        (RuleName.IN_A_ROW, rules.most_stints_in_a_row is not None, set(keys)),
        (RuleName.LEAST, rules.least_drive_s is not None, set(keys)),
        (RuleName.MOST, rules.most_drive_s is not None, set(keys)),
        (RuleName.WINDOW, rules.window_s is not None and rules.most_in_window_s is not None, set(keys)),
        (RuleName.REST, max(rules.least_rest_s or 0.0, relay.least_rest_s) > 0, set(keys)),
        (RuleName.LONGEST, rules.longest_stretch_s is not None, set(keys)),
        (RuleName.NIGHT, bool(relay.dark), named),
        (RuleName.AVAILABLE, True, timed),
    )
    whole = (
        (RuleName.SPOTTING, rules.has_spotter and rules.longest_spotting_s is not None),
        (RuleName.SPOTTER, rules.has_spotter),
        (RuleName.SERVICE, rules.mandatory_stops > 0 and "swap" in rules.stop_service),
        (RuleName.STOPS, rules.mandatory_stops > 0),
        (RuleName.DRIVERS, rules.least_drivers > 1 or rules.most_drivers < UNLIMITED),
        (RuleName.STARTER, bool(rules.starter)),
        (RuleName.TANK, rules.longest_stint_s is not None and rules.longest_stint_s < relay.most_stint_s),
    )
    out = [Demand(rule) for rule, is_there in whole if is_there]
    out += [Demand(rule, key) for rule, is_there, who in per_seat if is_there for key in keys if key in who]
    return tuple(out)
