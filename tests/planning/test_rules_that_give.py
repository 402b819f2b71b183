"""What gives way where no plan exists, written into the event: its rules are then as was said, no others."""

import msgspec
import pytest

from pitbox.model import event
from pitbox.model.drive_rules import DriveRules
from pitbox.model.edit import NOWHERE, Draft
from pitbox.model.ids import DeviceId
from pitbox.model.ledger import Ledger
from pitbox.model.member import add_member
from pitbox.model.plan_offer import Clash, Relaxation
from pitbox.model.relay import RuleName
from pitbox.model.stamp import Stamp
from pitbox.model.team import add_team, share
from pitbox.model.variant import active_variant, add_variant
from pitbox.ui.scene.plan import PlanScene, plan_scene
from pitbox.ui.scene.plan_relax import can_apply, drafts

RULES = DriveRules(
    fair_share=0.5,
    least_rest_s=7200.0,
    longest_stretch_s=9000.0,
    most_stints_in_a_row=2,
    mandatory_stops=9,
    stop_service="swap",
    no_night=("ada", "ben"),
)
WHO = DeviceId("a" * 64)


def written(ledger: Ledger, some: list[Draft]) -> None:
    for draft in some:
        ledger.write(draft, Stamp(0, WHO, 1), NOWHERE, 1.0)


@pytest.fixture
def ledger() -> Ledger:
    made = Ledger()
    written(made, event.add_event("spa", "Spa", length_s=86400.0, zone="UTC"))
    written(made, event.rule_drafts("spa", RULES, DriveRules()))
    written(made, add_team("t", "spa", "Club"))
    for key in ("ada", "ben"):
        written(made, [*add_member(key, key.title(), zone="UTC"), share("t", key)])
    written(made, add_variant("v", "t", "Double", lap_s=120.0, least_rest_s=3600.0))
    return made


def shown(ledger: Ledger) -> PlanScene:
    scene = plan_scene(ledger, "t", "v")
    assert scene is not None
    return scene


def given(rule: RuleName, by_s: float = 0.0, seat: str = "", by_stints: int = 0) -> Relaxation:
    return Relaxation("", Clash(rule, "", seat), by_s, by_stints=by_stints)


@pytest.mark.parametrize(
    ("gives", "then"),
    [
        (given(RuleName.IN_A_ROW, by_stints=1), {"most_stints_in_a_row": 3}),
        (given(RuleName.IN_A_ROW, by_stints=3), {"most_stints_in_a_row": 5}),
        (given(RuleName.IN_A_ROW), {"most_stints_in_a_row": None}),
        (given(RuleName.LONGEST, 610.0), {"longest_stretch_s": 9660.0}),
        (given(RuleName.LONGEST), {"longest_stretch_s": None}),
        (given(RuleName.REST, 1800.0), {"least_rest_s": 5400.0}),
        (given(RuleName.FAIR_SHARE, 8640.0), {"fair_share": 0.3}),
        (given(RuleName.NIGHT, 600.0, "ada"), {"no_night": ("ben",)}),
        (given(RuleName.SERVICE), {"stop_service": ""}),
        (given(RuleName.STOPS), {"mandatory_stops": 0, "stop_service": ""}),
    ],
    ids=lambda one: f"{one.clash.rule}-{one.by_s:.0f}-{one.by_stints}" if isinstance(one, Relaxation) else "",
)
def test_the_rule_is_as_was_said_and_no_other_changes(
    ledger: Ledger, gives: Relaxation, then: dict[str, object]
) -> None:
    assert can_apply(gives)
    written(ledger, drafts(ledger, shown(ledger), gives))
    of = event.event(ledger, "spa")
    assert of is not None
    assert of.rules == msgspec.structs.replace(RULES, **then)


def test_a_rest_of_the_strategy_gives_way_with_that_of_the_event(ledger: Ledger) -> None:
    written(ledger, drafts(ledger, shown(ledger), given(RuleName.REST, 1800.0)))
    variant = active_variant(ledger, "t")
    assert variant is not None
    assert variant.least_rest_s == 1800.0
    assert shown(ledger).relay.least_rest_s == 1800.0


def test_several_at_once_are_for_people_to_weigh() -> None:
    both = msgspec.structs.replace(given(RuleName.REST, 600.0), more=(given(RuleName.LONGEST, 600.0),))
    assert not can_apply(both)
