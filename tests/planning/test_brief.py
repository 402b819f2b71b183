"""What a plan is made for, out of edits; rows as legs and legs as rows; people whom two cars need."""

from dataclasses import dataclass, field

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitbox.model import event, member, participation, stint_plan, team, variant
from pitbox.model.drive_rules import DriveRules
from pitbox.model.edit import Draft
from pitbox.model.errors import EditError
from pitbox.model.ids import DeviceId
from pitbox.model.ledger import Ledger
from pitbox.model.participation import FreeTime, Part, Step
from pitbox.model.relay import Leg, Relay, Seat
from pitbox.model.span import Span, common
from pitbox.model.stamp import Stamp
from pitbox.model.stint_plan import PlannedStint
from pitbox.model.wall_time import moment_s
from pitbox.planning.brief import people_of, relay_of
from pitbox.planning.rota import legs_of, rows_of

HOUR_S = 3600.0
START_S = moment_s("2026-06-27T16:00", "Europe/Berlin")
PLAIN = Relay(6 * HOUR_S, (Seat("ada", "Ada", lap_s=100.0), Seat("kai", "Kai")), pit_s=60.0, swap_s=20.0)


@dataclass
class Office:
    """An event of six hours with two cars of ours, and whoever signs up."""

    ledger: Ledger = field(default_factory=Ledger)

    def __post_init__(self) -> None:
        self.write(
            *event.add_event("spa", "Spa", length_s=6 * HOUR_S),
            *event.add_instance("sat", "spa", START_S),
            *team.add_team("red", "spa", "Red"),
            *team.add_team("blue", "spa", "Blue"),
        )

    def write(self, *drafts: Draft) -> None:
        for draft in drafts:
            self.ledger.write(draft, Stamp(0, DeviceId("aa" * 32), 1))

    def join(self, name: str, car: str, *free: FreeTime, **said: float) -> str:
        key = participation.participation_key("spa", name)
        self.write(*member.add_member(name, name.title(), user_id=len(name)))
        self.write(*participation.sign_up("spa", name, Step.SIGNED_UP))
        now = participation.participation(self.ledger, key)
        assert now is not None
        self.write(*participation.join_team(now, car), *(participation.be_free(key, one) for one in free))
        self.write(*participation.fill_participation(key, **said))
        return key

    def plan(self, car: str, *drivers: str) -> None:
        key = f"{car}-a"
        self.write(*variant.add_variant(key, car, "A", pit_s=60.0))
        rows = [
            PlannedStint(f"{car}-{number}", "", driver=driver, length_s=HOUR_S, variant=key)
            for number, driver in enumerate(drivers)
        ]
        self.write(*stint_plan.rewrite((), rows, 5))

    def relay(self, car: str) -> Relay:
        own = team.team(self.ledger, car)
        assert own is not None
        return relay_of(self.ledger, own, variant.active_variant(self.ledger, car))


@pytest.fixture
def office() -> Office:
    return Office()


def at(start: str, end: str, *, is_maybe: bool = False) -> FreeTime:
    return FreeTime(start[:2], f"2026-06-27T{start}", f"2026-06-27T{end}", "Europe/Berlin", is_maybe=is_maybe)


def test_a_relay_is_event_people_and_strategy(office: Office) -> None:
    ada = office.join(
        "ada",
        "red",
        at("16:00", "19:00"),
        at("21:00", "22:30", is_maybe=True),
        lap_s=100.0,
        wet_lap_s=118.0,
        night=2,
    )
    office.join("kai", "red", lap_s=110.0)
    office.join("mia", "blue")
    engineer = participation.participation(office.ledger, ada.replace("ada", "kai"))
    assert engineer is not None
    office.write(*participation.set_parts(engineer, [Part.ENGINEER]))
    office.write(*event.fill_event("spa", dark=[Span(5 * HOUR_S, 9 * HOUR_S)]))
    office.write(*event.rule_drafts("spa", DriveRules(fair_share=0.25), DriveRules()))
    office.write(
        *variant.add_variant("a", "red", "A", fuel_per_stint_l=57.6, fuel_per_lap_l=2.4, stints_per_set=2)
    )
    relay = office.relay("red")
    assert (relay.length_s, relay.start_utc_s, relay.rules.fair_share) == (6 * HOUR_S, START_S, 0.25)
    assert (relay.lap_s, relay.most_stint_s, relay.stints_per_set) == (100.0, 2400.0, 2)
    assert relay.dark == (Span(5 * HOUR_S, 6 * HOUR_S),)
    one, other = relay.seats
    assert (one.wet_lap_s, other.wet_lap_s) == (118.0, None)
    assert (one.name, one.likes_night, one.can_drive) == ("Ada", 2, True)
    assert one.free == (Span(0, 3 * HOUR_S),)
    assert one.maybe == (Span(5 * HOUR_S, 6.5 * HOUR_S),)
    assert (other.can_drive, other.can_spot, other.free) == (False, False, ())


def test_a_race_over_laps_is_as_long_as_they_take_with_the_stops(office: Office) -> None:
    office.write(*variant.add_variant("a", "red", "A", lap_s=100.0, pit_s=50.0, target_stint_s=HOUR_S))
    office.write(*event.fill_event("spa", laps=90))
    assert office.relay("red").length_s == 90 * 100 + 2 * 50
    office.write(*event.fill_event("spa", laps=9000))
    assert office.relay("red").length_s == 6 * HOUR_S
    office.write(*event.fill_event("spa", laps=None, length_s=None))
    with pytest.raises(EditError, match="no length"):
        office.relay("red")
    office.write(event.remove_event("spa"))
    with pytest.raises(EditError, match="not there"):
        office.relay("red")


def test_whom_two_cars_need_is_not_free_while_the_other_one_drives(office: Office) -> None:
    office.join("ada", "red")
    office.join("kai", "blue", at("16:00", "20:00"))
    office.write(team.share("red", "kai"), team.share("blue", "ada"))
    office.plan("red", "ada", "kai", "ada")
    office.plan("blue", "kai", "ada")
    ada, kai = office.relay("blue").seats
    assert common(ada.free, (Span(0, 6 * HOUR_S),)) == (
        Span(HOUR_S, 2 * HOUR_S + 120),
        Span(3 * HOUR_S + 120, 6 * HOUR_S),
    )
    assert kai.free == (Span(0, HOUR_S + 60), Span(2 * HOUR_S + 60, 4 * HOUR_S))
    assert [one.name for one, _ in people_of(office.ledger, team.teams(office.ledger)[0])] == ["Ada", "Kai"]


def test_who_has_no_hour_left_is_not_taken_for_somebody_who_said_nothing(office: Office) -> None:
    office.join("ada", "red", at("16:00", "16:30"))
    office.join("kai", "blue")
    office.write(team.share("blue", "ada"))
    office.plan("red", "ada")
    office.plan("blue", "kai")
    (ada,) = [seat for seat in office.relay("blue").seats if seat.key == "ada"]
    assert ada.free
    assert common(ada.free, (Span(0, 6 * HOUR_S),)) == ()


def test_rows_lie_end_to_end_with_a_stop_between_and_end_at_the_flag() -> None:
    rows = [
        PlannedStint("a", "1", driver="ada", laps=30),
        PlannedStint("b", "2", driver="ada", length_s=4000.0, laps=1),
        PlannedStint("c", "3", driver="kai", state="skipped"),
        PlannedStint("d", "4", driver="kai", spotter="ada", fuel_l=60.0, is_new_tyres=True),
        PlannedStint("e", "5", laps=500),
        PlannedStint("f", "6", driver="ada"),
    ]
    legs = legs_of(rows, PLAIN)
    assert [(leg.key, leg.start_s, leg.end_s) for leg in legs] == [
        ("a", 0.0, 3000.0),
        ("b", 3060.0, 7060.0),
        ("d", 7140.0, 10740.0),
        ("e", 10820.0, 6 * HOUR_S),
    ]
    assert (legs[2].spotter, legs[2].fuel_l, legs[2].is_new_tyres, legs[3].driver) == ("ada", 60.0, True, "")


drivers = st.sampled_from(["ada", "kai", None])
some_rows = st.lists(
    st.builds(
        PlannedStint,
        key=st.integers(0, 99).map(str),
        order=st.just("1"),
        driver=drivers,
        laps=st.none() | st.integers(5, 35),
        length_s=st.none() | st.integers(300, 3600).map(float),
        fuel_l=st.none() | st.just(50.0),
        variant=st.just("v"),
        spotter=drivers,
        state=st.sampled_from([None, "skipped"]),
    ),
    unique_by=lambda row: row.key,
    max_size=8,
)


@given(some_rows)
def test_legs_written_back_as_rows_change_nothing(rows: list[PlannedStint]) -> None:
    relay = msgspec.structs.replace(PLAIN, length_s=12 * HOUR_S)
    legs = legs_of(rows, relay)
    again = rows_of(legs, relay, "v", rows)
    assert list(again) == rows
    assert legs_of(again, relay) == legs


def test_what_was_driven_stays_as_planned_and_what_is_longer_says_so() -> None:
    now = [PlannedStint(key, "1", driver="ada", laps=30, variant="v", instructions="Save") for key in "ab"]
    legs = (
        Leg("a", "kai", 5.0, 2500.0, is_done=True),
        Leg("x", "kai", 2600.0, 2700.0, is_done=True),
        Leg("b", "ada", 2800.0, 6000.0),
        Leg("c", "kai", 6100.0, 7000.0, fuel_l=20.0),
    )
    first, second, third = rows_of(legs, PLAIN, "v", now)
    assert first == now[0]
    assert (second.laps, second.length_s, second.instructions) == (None, 3200.0, "Save")
    assert (third.driver, third.length_s, third.fuel_l, third.variant) == ("kai", 900.0, 20.0, "v")
