"""What a race is reckoned with: people's words about the event, as strategy wants them."""

from pitbox.strategy.allowance import Limits
from pitbox.strategy.briefing import Case
from pitbox.strategy.decision.situation import Rules
from pitbox.strategy.pit_rule import CIRCUIT, IN_TURN, LEAST_TIME, TOGETHER, PitRules
from pitbox.wall.settings import Strategy

SERVICES: dict[str, PitRules] = {
    "together": TOGETHER,
    "in-turn": IN_TURN,
    "least-time": LEAST_TIME,
    "circuit": CIRCUIT,
}


def case_of(terms: Strategy) -> Case:
    """The case without a race: 0 and empty are no limit."""
    target_l = terms.fuel_target if terms.fuel_target > 0 else None
    return Case(limits=limits_of(terms), rules=SERVICES.get(terms.service), target_l=target_l)


def rules_of(terms: Strategy) -> Rules:
    """What the event demands of stops."""
    return Rules(
        least_stops=terms.least_stops,
        is_tyres_each_stop=terms.is_tyres_each_stop,
        least_tyre_changes=terms.least_tyre_changes,
        tyre_sets=terms.tyre_sets if terms.tyre_sets >= 0 else None,
        is_fuel_or_tyres=terms.is_fuel_or_tyres,
        is_refuelled=terms.is_refuelled,
        most_saving=terms.most_saving_percent / 100.0,
    )


def narrowed(terms: Strategy, said: Limits) -> Limits:
    """What is said now counts; else what stands in the terms."""
    usual = limits_of(terms)
    return Limits(
        said.tyre_laps or usual.tyre_laps,
        said.stint_s or usual.stint_s,
        said.drive_s or usual.drive_s,
        said.drivers or usual.drivers,
    )


def limits_of(terms: Strategy) -> Limits:
    return Limits(
        tyre_laps=terms.tyre_laps or None,
        stint_s=60.0 * terms.stint_minutes or None,
        drive_s=60.0 * terms.drive_minutes or None,
        drivers=terms.drivers or None,
    )
