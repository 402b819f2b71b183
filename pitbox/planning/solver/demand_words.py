"""Demands and what gives way, in sentences with figures."""

from collections.abc import Sequence

from pitbox.model.plan_check.figures import hours
from pitbox.model.plan_offer import Clash
from pitbox.model.relay import Relay, RuleName
from pitbox.planning.solver.terms import Demand

_WHOLE = {
    RuleName.STARTER: ("{starter} starts.", "Let somebody else than {starter} start."),
    RuleName.SPOTTER: (
        "Somebody who is free and not at the wheel spots in every stint.",
        "Do without a spotter in some stints.",
    ),
    RuleName.SERVICE: (
        "The driver changes at {stops} stops.",
        "Change the driver at fewer stops than {stops}.",
    ),
    RuleName.STOPS: ("{stops} stops are made.", "Make fewer stops than {stops}."),
    RuleName.DRIVERS: ("{drivers} drive.", "Let fewer or more drive than the rules say."),
}


def clash_words(relay: Relay, clashes: Sequence[Clash]) -> tuple[str, ...]:
    """What is said of several people alike in one line: Each of Ada and Ben rests 2:00 h ..."""
    people = [seat.key for seat in relay.seats if seat.can_drive]
    said: dict[str, list[str]] = {}
    for clash in clashes:
        name = _name(relay, clash.seat)
        is_one = clash.seat and clash.words.startswith(f"{name} ")
        rest = clash.words.removeprefix(f"{name} ") if is_one else clash.words
        said.setdefault(rest, []).append(clash.seat if is_one else "")
    return tuple(_who(relay, keys, people) + rest for rest, keys in said.items())


def _who(relay: Relay, keys: Sequence[str], people: Sequence[str]) -> str:
    if keys[0] == "":
        return ""
    if len(keys) == 1:
        return f"{_name(relay, keys[0])} "
    if set(keys) == set(people):
        return "Everybody "
    *most, last = (_name(relay, key) for key in keys)
    return f"Each of {', '.join(most)} and {last} "


def demand_words(relay: Relay, demand: Demand) -> str:
    """As in: Ada drives 4:00 h at a stretch at most."""
    if demand.rule in _WHOLE:
        return _whole(relay, demand.rule, 0)
    rules, name = relay.rules, _name(relay, demand.seat)
    limit = hours(limit_s(relay, demand.rule))
    texts = {
        RuleName.LONGEST: f"{name} drives {limit} at a stretch at most.",
        RuleName.IN_A_ROW: f"{name} drives {_stints(rules.most_stints_in_a_row or 0)} in a row at most.",
        RuleName.WINDOW: f"{name} drives {limit} in any {hours(rules.window_s or 0.0)} at most.",
        RuleName.REST: f"{name} rests {limit} between two stretches.",
        RuleName.MOST: f"{name} drives {limit} in all at most.",
        RuleName.LEAST: f"{name} drives {limit} in all at least.",
        RuleName.FAIR_SHARE: f"{name} drives {100 * (rules.fair_share or 0):.0f} % of a fair share at least.",
        RuleName.AVAILABLE: f"{name} drives only while free.",
        RuleName.NIGHT: f"{name} does not drive in the dark.",
        RuleName.SPOTTING: f"Nobody spots for more than {limit} without a break.",
        RuleName.TANK: f"The car stays out for {limit} at most.",
    }
    said = texts.get(demand.rule, f"{demand.rule.value}.".capitalize())
    return said[:1].upper() + said[1:]


def relaxed_words(relay: Relay, demand: Demand, by_s: float, by_stints: int = 0) -> str:
    """As in: Let Ada drive 25 min longer at a stretch (4:25 h)."""
    if demand.rule in _WHOLE:
        return _whole(relay, demand.rule, 1)
    rules, name, by = relay.rules, _name(relay, demand.seat), hours(by_s)
    limit = limit_s(relay, demand.rule)
    more, less = hours(limit + by_s), hours(max(0.0, limit - by_s))
    texts = {
        RuleName.LONGEST: f"Let {name} drive {by} longer at a stretch ({more}).",
        RuleName.IN_A_ROW: f"Let {name} drive {_row(relay, by_stints)} in a row.",
        RuleName.WINDOW: f"Let {name} drive {by} more in {hours(rules.window_s or 0.0)} ({more}).",
        RuleName.REST: f"Let {name} rest {by} less ({less}).",
        RuleName.MOST: f"Let {name} drive {by} more in all ({more}).",
        RuleName.LEAST: f"Let {name} drive {by} less in all ({less}).",
        RuleName.FAIR_SHARE: _fair_words(relay, by_s),
        RuleName.AVAILABLE: f"Have {name} here {by} longer or earlier than said.",
        RuleName.NIGHT: f"Let {name} drive {by} in the dark.",
        RuleName.SPOTTING: f"Let somebody spot {by} longer ({more}).",
        RuleName.TANK: f"Let the car stay out {by} longer ({more}).",
    }
    return texts.get(demand.rule, f"Do without: {demand.rule.value}.")


def dropped_words(relay: Relay, demand: Demand) -> str:
    """Where it has to go as a whole, as in: Do without this: Ada does not drive in the dark."""
    return f"Do without this: {demand_words(relay, demand)}"


def limit_s(relay: Relay, rule: RuleName) -> float:
    rules = relay.rules
    limits = {
        RuleName.LONGEST: rules.longest_stretch_s,
        RuleName.WINDOW: rules.most_in_window_s,
        RuleName.REST: max(rules.least_rest_s or 0.0, relay.least_rest_s),
        RuleName.MOST: rules.most_drive_s,
        RuleName.LEAST: rules.least_drive_s,
        RuleName.SPOTTING: rules.longest_spotting_s,
        RuleName.TANK: rules.longest_stint_s,
        RuleName.FAIR_SHARE: relay.length_s * (rules.fair_share or 0.0),
        RuleName.NIGHT: 0.0,
        RuleName.AVAILABLE: 0.0,
    }
    return limits.get(rule) or 0.0


def _row(relay: Relay, by_stints: int) -> str:
    most = relay.rules.most_stints_in_a_row or 0
    return _stints(most + by_stints) if by_stints else f"more than {_stints(most)}"


def _stints(count: int) -> str:
    return f"{count} stint" if count == 1 else f"{count} stints"


def _fair_words(relay: Relay, by_s: float) -> str:
    asked, people = relay.rules.fair_share or 0.0, sum(seat.can_drive for seat in relay.seats)
    share = max(0.0, asked - by_s * people / relay.length_s)
    return f"Ask for {100 * share:.0f} % of a fair share instead of {100 * asked:.0f} % ({hours(by_s)} less)."


def _name(relay: Relay, key: str) -> str:
    if not key:
        return "everybody"
    return next((seat.name for seat in relay.seats if seat.key == key), key)


def _whole(relay: Relay, rule: RuleName, which: int) -> str:
    rules = relay.rules
    few = f"At least {rules.least_drivers}"
    is_exact = rules.most_drivers <= rules.least_drivers
    return _WHOLE[rule][which].format(
        starter=_name(relay, rules.starter),
        stops=rules.mandatory_stops,
        drivers=f"{rules.least_drivers}"
        if is_exact
        else f"{few} and at most {rules.most_drivers}"
        if rules.most_drivers < 1000
        else few,
    )
