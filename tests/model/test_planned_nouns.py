"""Events, members, participations, teams, strategies, rows: folds of edits and drafts that write them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitbox.model import event, member, participation, stint_plan, team, variant
from pitbox.model.drive_rules import RULE_FIELDS, DriveRules
from pitbox.model.edit import Draft, Edit
from pitbox.model.errors import EditError
from pitbox.model.form import MAX_KEY_PART, new_key
from pitbox.model.ids import DeviceId
from pitbox.model.ledger import Ledger
from pitbox.model.participation import FreeTime, Part, Step
from pitbox.model.span import Span
from pitbox.model.stamp import Stamp
from pitbox.model.stint_plan import PlannedStint

KAI, LEA = DeviceId("aa" * 32), DeviceId("bb" * 32)


class Desk:
    """Two people at one ledger; `between` writes as if neither had seen the other."""

    def __init__(self) -> None:
        self.ledger = Ledger()

    def write(self, *drafts: Draft, who: DeviceId = KAI) -> list[Edit]:
        return [self.ledger.write(draft, Stamp(0, who, 1)) for draft in drafts]

    def between(self, first: list[Draft], second: list[Draft]) -> None:
        apart = self.ledger.lamport
        for who, drafts in ((KAI, first), (LEA, second)):
            for number, draft in enumerate(drafts, 1):
                stamp = Stamp(apart + number, who, 1)
                self.ledger.take(Edit(stamp, draft.entity, draft.field, draft.value))

    def signed(self, who: str = "ada") -> participation.Participation:
        self.write(*participation.sign_up("spa", who))
        return self.of(who)

    def of(self, who: str = "ada") -> participation.Participation:
        found = participation.participation(self.ledger, participation.participation_key("spa", who))
        assert found is not None
        return found


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_an_event_is_there_with_its_name_and_says_what_was_filled_in(desk: Desk) -> None:
    desk.write(*event.fill_event("spa", track="Spa"))
    assert event.events(desk.ledger) == ()
    dark = (Span(3600.0, 7200.5),)
    desk.write(*event.add_event("spa", "Spa 24 h", length_s=86400, zone="Europe/Berlin", dark=dark))
    desk.write(*event.add_instance("late", "spa", 2e9), *event.add_instance("early", "spa", 1e9, "Saturday"))
    (one,) = event.events(desk.ledger)
    assert (one.name, one.track, one.length_s, one.zone, one.dark) == (
        "Spa 24 h",
        "Spa",
        86400.0,
        "Europe/Berlin",
        dark,
    )
    assert [(i.key, i.name) for i in one.instances] == [("early", "Saturday"), ("late", "")]
    assert (event.start_of(one), event.start_of(one, "late")) == (1e9, 2e9)
    desk.write(event.remove_instance("early"), event.remove_event("spa"))
    assert event.events(desk.ledger) == ()


def test_rules_are_fields_so_two_who_set_two_rules_both_find_theirs(desk: Desk) -> None:
    desk.write(*event.add_event("spa", "Spa"))
    unset = DriveRules()
    desk.between(
        event.rule_drafts("spa", DriveRules(fair_share=0.25, no_night=("ada",)), unset),
        event.rule_drafts("spa", DriveRules(least_drivers=3, no_night=("kai",)), unset),
    )
    (one,) = event.events(desk.ledger)
    assert one.rules == DriveRules(fair_share=0.25, least_drivers=3, no_night=("ada", "kai"))
    desk.write(*event.rule_drafts("spa", unset, one.rules))
    assert event.events(desk.ledger)[0].rules == unset
    assert event.rule_drafts("spa", unset, unset) == []


def test_every_rule_has_a_field() -> None:
    assert {*RULE_FIELDS, "no_night"} == set(DriveRules.__struct_fields__)


def test_two_values_of_one_field_stand_beside_each_other(desk: Desk) -> None:
    desk.write(*event.add_event("spa", "Spa"))
    desk.between(event.fill_event("spa", laps=100), event.fill_event("spa", laps=120))
    (one,) = event.events(desk.ledger)
    assert (one.laps, [edit.value for edit in one.others]) == (120, [100])


def test_steps_go_forward_one_at_a_time(desk: Desk) -> None:
    now = desk.signed()
    for step in (Step.IN_TEAM, Step.CONFIRMED):
        with pytest.raises(EditError, match="one step"):
            participation.take_step(now, step)
    with pytest.raises(EditError, match="sign up before"):
        participation.join_team(now, "red")
    desk.write(*participation.take_step(now, Step.SIGNED_UP))
    desk.write(*participation.join_team(desk.of(), "red"))
    desk.write(*participation.take_step(desk.of(), Step.CONFIRMED))
    assert (desk.of().step, desk.of().team) == (Step.CONFIRMED, "red")
    desk.write(*participation.join_team(desk.of(), "blue"))
    assert (desk.of().step, desk.of().team) == (Step.IN_TEAM, "blue")
    desk.write(*participation.take_step(desk.of(), Step.WITHDRAWN))
    assert (desk.of().step, desk.of().team) == (Step.WITHDRAWN, "")
    with pytest.raises(EditError, match="one step"):
        participation.take_step(desk.of(), Step.SIGNED_UP)
    desk.write(*participation.take_step(desk.of(), Step.INTERESTED))
    assert desk.of().step is Step.INTERESTED


def test_lists_lose_nothing_that_two_people_add_at_once(desk: Desk) -> None:
    key = desk.signed().key
    berlin = FreeTime("a", "2026-03-28T12:00", "2026-03-28T18:00", "Europe/Berlin")
    sydney = FreeTime("b", "2026-03-29T01:00", "2026-03-29T09:00", "Australia/Sydney", is_maybe=True)
    now = desk.of()
    desk.between(
        [
            participation.be_free(key, berlin),
            participation.want(key, "kai"),
            *participation.set_parts(now, [Part.DRIVER, Part.SPOTTER]),
            *participation.prefer_cars(now, ["Porsche"]),
        ],
        [
            participation.be_free(key, sydney),
            participation.want_not(key, "lea"),
            *participation.set_parts(now, [Part.ENGINEER]),
            *participation.prefer_cars(now, ["BMW", "Audi"]),
        ],
    )
    one = desk.of()
    assert one.free == (berlin, sydney)
    assert (one.wanted, one.unwanted) == (("kai",), ("lea",))
    assert set(one.parts) == {Part.SPOTTER, Part.ENGINEER}
    assert one.cars == ("BMW", "Porsche", "Audi")
    desk.write(participation.be_no_more_free(key, "a"), *participation.prefer_cars(one, ["Audi"]))
    assert (desk.of().free, desk.of().cars) == ((sydney,), ("Audi",))


def test_likings_and_what_follows_from_steps(desk: Desk) -> None:
    key = desk.signed().key
    desk.write(*participation.fill_participation(key, night=-2, longest_s=5400, lap_s=138.5, wet_lap_s=155.0))
    assert desk.of().wet_lap_s == 155.0
    assert (desk.of().likings.night, desk.of().likings.longest_s, desk.of().lap_s) == (-2, 5400.0, 138.5)
    with pytest.raises(EditError, match="follows"):
        participation.fill_participation(key, team="red")


def test_one_strategy_of_a_team_is_active(desk: Desk) -> None:
    desk.write(*team.add_team("red", "spa", "Red", number="77"), *variant.add_variant("b", "red", "B"))
    assert variant.active_variant(desk.ledger, "blue") is None
    desk.write(*variant.add_variant("a", "red", "A", pit_s=62.5, wet=(Span(0, 60),)))
    first = variant.active_variant(desk.ledger, "red")
    assert first is not None
    assert (first.key, first.pit_s, first.wet) == ("a", 62.5, (Span(0, 60),))
    (edit,) = desk.write(variant.activate(variant.variants(desk.ledger, "red")[1]))
    assert [one.is_active for one in variant.variants(desk.ledger, "red")] == [False, True]
    desk.write(desk.ledger.undo(edit))
    assert [one.is_active for one in variant.variants(desk.ledger, "red")] == [True, False]
    desk.write(team.share("red", "mia"), team.share("red", "kai"), team.share("red", "mia", is_in=False))
    assert team.teams(desk.ledger, "spa")[0].shared == ("kai",)


@pytest.mark.parametrize(
    "wish",
    [
        lambda: event.fill_event("spa", length_s=-1),
        lambda: event.fill_event("spa", length_s=True),
        lambda: event.fill_event("spa", zone="Europe/Nowhere"),
        lambda: event.fill_event("spa", dark=(Span(5, 3),)),
        lambda: event.fill_event("spa", colour="red"),
        lambda: event.add_event("a/b", "Spa"),
        lambda: event.add_event("a", ""),
        lambda: member.fill_member("ada", rating=1.5),
        lambda: member.add_member("x" * (MAX_KEY_PART + 1), "Ada"),
        lambda: participation.want("spa/ada", "x" * 200),
        lambda: participation.sign_up("spa", "ada", Step.CONFIRMED),
        lambda: participation.be_free(
            "spa/ada", FreeTime("t", "2026-01-01T10:00", "2026-01-01T09:00", "UTC")
        ),
        lambda: participation.be_free("spa/ada", FreeTime("t", "10:00", "2026-01-01T09:00", "UTC")),
        lambda: participation.be_free(
            "spa/ada", FreeTime("t", "2026-01-01T10:00", "2026-01-02T09:00", "Mars/Base")
        ),
        lambda: variant.fill_variant("a", stints_per_set=0),
    ],
)
def test_nonsense_is_refused_in_a_sentence(wish: Any) -> None:
    with pytest.raises(EditError, match=r"\.$"):
        wish()


@given(st.data())
def test_whatever_stands_in_a_field_a_fold_passes_over_what_it_cannot_read(data: st.DataObject) -> None:
    desk = Desk()
    desk.write(*event.add_event("spa", "Spa"), *team.add_team("red", "spa", "Red"))
    desk.write(*member.add_member("ada", "Ada"), *variant.add_variant("a", "red", "A"))
    desk.write(*participation.sign_up("spa", "ada"))
    odd = st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=False) | st.text()
    keys = {
        "event": "spa",
        "instance": "i",
        "team": "red",
        "member": "ada",
        "variant": "a",
        "participation": "spa/ada",
    }
    forms = (event.FORM, event.INSTANCE_FORM, team.FORM, member.FORM, variant.FORM, participation.FORM)
    for form in forms:
        entity = form.entity(keys[form.kind])
        for name in (*form.fields, *(f"{one}.x" for one in form.lists)):
            if name not in ("name", "event", "team", "step") and data.draw(st.booleans()):
                value = data.draw(odd)
                if not isinstance(value, float) or abs(value) != float("inf"):
                    desk.write(Draft(entity, name, value))
    assert [one.name for one in event.events(desk.ledger)] == ["Spa"]
    assert [one.name for one in member.members(desk.ledger)] == ["Ada"]
    assert [one.name for one in team.teams(desk.ledger)] == ["Red"]
    assert [one.name for one in variant.variants(desk.ledger, "red")] == ["A"]
    assert [one.member for one in participation.participations(desk.ledger, "spa")] == ["ada"]


@given(
    st.permutations([f"r{number}" for number in range(7)]),
    st.lists(st.sampled_from([f"r{number}" for number in range(10)]), unique=True),
)
def test_a_plan_becomes_any_other_plan_and_what_is_the_same_is_not_written(
    before: list[str], after: list[str]
) -> None:
    desk = Desk()
    rows = [PlannedStint(key, "", driver=key, laps=30, variant="a") for key in before]
    desk.write(*stint_plan.rewrite((), rows, salt=3))
    assert [row.key for row in stint_plan.plan(desk.ledger, "a")] == before
    wanted = [PlannedStint(key, "", driver=key, laps=31, variant="a") for key in after]
    desk.write(*stint_plan.rewrite(stint_plan.plan(desk.ledger, "a"), wanted, salt=9))
    now = stint_plan.plan(desk.ledger, "a")
    assert [(row.key, row.driver, row.laps) for row in now] == [(key, key, 31) for key in after]
    assert stint_plan.rewrite(now, now, salt=4) == []
    assert stint_plan.plan(desk.ledger) == ()


def test_a_key_can_be_read_by_people_and_is_one_of_its_own() -> None:
    assert new_key("Spa 24 h / Ümlaut", 0x1F3A9C2B) == "spa-24-h-mlaut-1f3a9c2b"
    assert new_key("Ω", 5) == "00000005"
    assert len(new_key("long " * 40, 2**40)) <= MAX_KEY_PART
