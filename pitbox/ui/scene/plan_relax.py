"""What gives way where no plan exists, written down: the cheapest relaxation as edits of the event. Pure."""

import secrets

import msgspec

from pitbox.model.drive_rules import DriveRules
from pitbox.model.edit import Draft
from pitbox.model.errors import EditError
from pitbox.model.event import event, rule_drafts
from pitbox.model.ledger import Ledger
from pitbox.model.member import member
from pitbox.model.participation import FreeTime, be_free, participation_key
from pitbox.model.plan_offer import Relaxation
from pitbox.model.relay import RuleName, Seat
from pitbox.model.variant import fill_variant
from pitbox.model.wall_time import words_of
from pitbox.ui.scene.plan import PlanScene

_LONGER = {
    RuleName.LONGEST: "longest_stretch_s",
    RuleName.WINDOW: "most_in_window_s",
    RuleName.MOST: "most_drive_s",
    RuleName.SPOTTING: "longest_spotting_s",
    RuleName.TANK: "longest_stint_s",
}
_LESS = {RuleName.LEAST: "least_drive_s", RuleName.REST: "least_rest_s"}
_GONE: dict[RuleName, dict[str, object]] = {
    RuleName.STARTER: {"starter": ""},
    RuleName.SPOTTER: {"has_spotter": False},
    RuleName.SERVICE: {"stop_service": ""},
    RuleName.STOPS: {"mandatory_stops": 0, "stop_service": ""},
    RuleName.DRIVERS: {"least_drivers": 1, "most_drivers": DriveRules().most_drivers},
    RuleName.IN_A_ROW: {"most_stints_in_a_row": None},
}
_MINUTE_S = 60.0


def can_apply(relaxation: Relaxation) -> bool:
    """Nobody but people can make somebody free whom no name is said of."""
    if relaxation.more:  # several at once are for people to weigh
        return False
    rule, seat = relaxation.clash.rule, relaxation.clash.seat
    known = {*_LONGER, *_LESS, *_GONE, RuleName.NIGHT, RuleName.FAIR_SHARE}
    return rule in known or (rule is RuleName.AVAILABLE and bool(seat))


def whom(scene: PlanScene, relaxation: Relaxation) -> str:
    """Whom it concerns: rules of an event are everybody's, but for the dark and for when somebody is free."""
    rule, seat = relaxation.clash.rule, relaxation.clash.seat
    if rule in {RuleName.AVAILABLE, RuleName.NIGHT} and seat:
        return scene.name(seat)
    return "everybody"


def drafts(ledger: Ledger, scene: PlanScene, relaxation: Relaxation) -> list[Draft]:
    """A rule of the event gives way for everybody; free time is one person's. Raises EditError."""
    rule, by_s = relaxation.clash.rule, _up(relaxation.by_s)
    if rule is RuleName.AVAILABLE:
        return _freed(ledger, scene, relaxation.clash.seat, by_s)
    of = event(ledger, scene.team.event)
    if of is None:
        raise EditError("The event is not there any more.")
    rules = _loosened(of.rules, scene, relaxation, by_s)
    found = rule_drafts(of.key, rules, of.rules)
    if rule is RuleName.REST and scene.relay.least_rest_s:
        found += fill_variant(scene.variant, least_rest_s=max(0.0, scene.relay.least_rest_s - by_s))
    return found


def _loosened(rules: DriveRules, scene: PlanScene, relaxation: Relaxation, by_s: float) -> DriveRules:
    rule, seat = relaxation.clash.rule, relaxation.clash.seat
    change = msgspec.structs.replace
    if relaxation.by_stints:
        return change(rules, most_stints_in_a_row=(rules.most_stints_in_a_row or 0) + relaxation.by_stints)
    if rule in _GONE or not relaxation.by_s:
        fields = _LONGER | _LESS
        gone = _GONE.get(rule) or ({fields[rule]: None} if rule in fields else {})
        return change(rules, **gone) if gone else _without(rules, rule, seat)
    if rule in _LONGER:
        return change(rules, **{_LONGER[rule]: (getattr(rules, _LONGER[rule]) or 0.0) + by_s})
    if rule in _LESS:
        return change(rules, **{_LESS[rule]: max(0.0, (getattr(rules, _LESS[rule]) or 0.0) - by_s)})
    if rule is RuleName.FAIR_SHARE and rules.fair_share is not None:
        drivers = max(1, sum(one.can_drive for one in scene.relay.seats))
        share = max(0.0, rules.fair_share - by_s * drivers / max(1.0, scene.relay.length_s))
        return change(rules, fair_share=round(share, 3) if share > 0.001 else None)
    return _without(rules, rule, seat)


def _without(rules: DriveRules, rule: RuleName, seat: str) -> DriveRules:
    if rule is RuleName.NIGHT:
        kept = tuple(one for one in rules.no_night if one != seat)
        return msgspec.structs.replace(rules, no_night=kept)
    if rule is RuleName.FAIR_SHARE:
        return msgspec.structs.replace(rules, fair_share=None)
    raise EditError(f"Nobody but you can settle that: {rule.value}.")


def _freed(ledger: Ledger, scene: PlanScene, key: str, by_s: float) -> list[Draft]:
    """Perhaps free so much before and behind each time that was said, on the person's own clock."""
    seat = next((one for one in scene.relay.seats if one.key == key), None)
    person, green_s = member(ledger, key), scene.relay.start_utc_s
    if seat is None or person is None or green_s is None:
        raise EditError("That person is not in the team any more.")
    at = participation_key(scene.team.event, key)
    found = []
    for start_s, end_s in _beside(seat, by_s):
        begins, ends = words_of(green_s + start_s, person.zone), words_of(green_s + end_s, person.zone)
        if begins < ends:
            free = FreeTime(f"more-{secrets.token_hex(4)}", begins, ends, person.zone, is_maybe=True)
            found.append(be_free(at, free))
    return found


def _beside(seat: Seat, by_s: float) -> list[tuple[float, float]]:
    spans = sorted((*seat.free, *seat.maybe))
    return [pair for s in spans for pair in ((s.start_s - by_s, s.start_s), (s.end_s, s.end_s + by_s))]


def _up(by_s: float) -> float:
    """To whole minutes: a rule has no odd seconds."""
    return -(-by_s // _MINUTE_S) * _MINUTE_S
