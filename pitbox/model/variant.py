"""How a team means to run its race: fuel, tyres, length of a stint. Kind `variant`; one is active."""

from typing import Any

import msgspec

from pitbox.model.edit import Draft, Edit
from pitbox.model.form import MAX_KEY_PART, Form, check_key
from pitbox.model.ledger import Ledger
from pitbox.model.span import Spans
from pitbox.model.spelling import Count, Figure, Stretches, Text
from pitbox.model.team import fill_team
from pitbox.model.team import team as team_of

KIND = "variant"
_DAY_S = 86400.0
FORM = Form(
    KIND,
    "a strategy",
    {
        "team": Text(MAX_KEY_PART, least=1),
        "name": Text(64, least=1),
        "target_stint_s": Figure(60.0, _DAY_S),
        "least_rest_s": Figure(0.0, _DAY_S),
        "pit_s": Figure(0.0, 3600.0),
        "swap_s": Figure(0.0, 3600.0),
        "lap_s": Figure(5.0, 3600.0),
        "fuel_per_stint_l": Figure(0.1, 1000.0),
        "fuel_per_lap_l": Figure(0.001, 100.0),
        "stints_per_set": Count(1, 100),
        "wet": Stretches(),
    },
)


class Variant(msgspec.Struct, frozen=True):
    """A strategy with a plan of stints of its own. What nobody has filled in is None."""

    key: str
    team: str
    name: str
    is_active: bool = False
    """As the team says; where it says nothing, the first one by name."""
    target_stint_s: float | None = None
    least_rest_s: float | None = None
    pit_s: float | None = None
    swap_s: float | None = None
    lap_s: float | None = None
    fuel_per_stint_l: float | None = None
    fuel_per_lap_l: float | None = None
    stints_per_set: int | None = None
    """Tyres at each so manieth stop."""
    wet: Spans = ()
    """In race time, as somebody assumes."""
    others: tuple[Edit, ...] = ()


def variants(ledger: Ledger, team: str) -> tuple[Variant, ...]:
    """Of one team, by name; one is active. A strategy is there as soon as it has a name and a team."""
    found = (_variant(ledger, key) for key in FORM.keys(ledger))
    own = [one for one in found if one is not None and one.team == team]
    own.sort(key=lambda one: (one.name, one.key))
    of_team = team_of(ledger, team)
    said = "" if of_team is None else of_team.variant
    chosen = next((one.key for one in own if one.key == said), own[0].key if own else "")
    return tuple(msgspec.structs.replace(one, is_active=one.key == chosen) for one in own)


def active_variant(ledger: Ledger, team: str) -> Variant | None:
    """None where the team has no strategy yet."""
    return next((one for one in variants(ledger, team) if one.is_active), None)


def add_variant(key: str, team: str, name: str, **values: Any) -> list[Draft]:
    """The name comes last: with it the strategy is there, whole."""
    return FORM.drafts(check_key(key, FORM.one), **values, team=team, name=name)


def fill_variant(key: str, **values: Any) -> list[Draft]:
    """Fields as `Variant` names them; None for what is not known any more. Raises EditError."""
    return FORM.drafts(key, **values)


def activate(variant: Variant) -> Draft:
    """One field of the team, not one of each strategy: two who choose at once see that they differ."""
    (draft,) = fill_team(variant.team, variant=variant.key)
    return draft


def remove_variant(key: str) -> Draft:
    return FORM.remove(key)


def _variant(ledger: Ledger, key: str) -> Variant | None:
    reading = FORM.read(ledger, key)
    values = reading.values()
    is_there = {"name", "team"} <= values.keys()
    return Variant(key=key, others=reading.others, **values) if is_there else None
