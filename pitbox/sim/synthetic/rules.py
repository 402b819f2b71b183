"""The event's own rules, as the scenario sets them."""

from pitbox.model.session import UNLIMITED, EventRules
from pitbox.sim.synthetic.scenario import Scenario

_FAIR_SHARE = 0.25


def event_rules(scenario: Scenario) -> EventRules:
    is_team = scenario.drivers_per_car > 1
    has_cautions = bool(scenario.caution.at_s or scenario.caution.per_hour)
    return EventRules(
        is_team_event=is_team,
        driver_change_rule="Fair Share" if is_team else "",
        fair_share=_FAIR_SHARE if is_team else None,
        least_drivers=scenario.min_drivers if is_team else None,
        most_drivers=scenario.drivers_per_car,
        incident_limit=UNLIMITED if scenario.incident_limit is None else scenario.incident_limit,
        first_warning=UNLIMITED,
        next_warnings=UNLIMITED,
        fast_repairs=scenario.fast_repairs,
        cautions="full" if has_cautions else "off",
        restarts="single file",
        is_standing_start=False,
        extra_finish_laps=0,
        is_official=False,
        is_fixed_setup=False,
    )
