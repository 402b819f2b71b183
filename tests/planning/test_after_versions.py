"""The plan as it stood at each moment of a race, out of the edits: who changed it, when and why."""

from dataclasses import dataclass, field

import pytest
from after_race import Stand, Told, stands, story_of
from live_world import CAR, GREEN_S, KEYS, NAMES, user

from pitbox.model import event, member, offer_reply, participation, stint_plan, team, variant
from pitbox.model.edit import NOWHERE, Draft
from pitbox.model.ids import Axis, DeviceId
from pitbox.model.ledger import Ledger
from pitbox.model.offer_reply import OfferReply, Reply
from pitbox.model.participation import Part, Participation, Step
from pitbox.model.person import name_draft
from pitbox.model.stamp import Stamp
from pitbox.model.stint_plan import PlannedStint
from pitbox.planning.after.review import review
from pitbox.planning.after.versions import RaceTime, versions_of
from pitbox.planning.history import deeds, undo_drafts

GREEN_UTC_S = 1_774_699_200.0
LENGTH_S = 6 * 3060.0 - 60.0
RACE = RaceTime(0, 0, GREEN_S, LENGTH_S, GREEN_UTC_S)
ENGINEER, DRIVER = DeviceId("e" * 64), DeviceId("f" * 64)


@dataclass
class Book:
    """Edits of two people, each deed at a moment of its author's clock."""

    ledger: Ledger = field(default_factory=Ledger)

    def do(self, *drafts: Draft, race_s: float, who: DeviceId = ENGINEER, at: Axis = NOWHERE) -> None:
        for draft in drafts:
            self.ledger.write(draft, Stamp(0, who, 1), at, GREEN_UTC_S + race_s)

    def rows(self) -> tuple[PlannedStint, ...]:
        return stint_plan.plan(self.ledger, "v")

    def swap(self, row: int, driver: str, **when: object) -> None:
        self.do(stint_plan.fill(self.rows()[row].key, "driver", driver), **when)

    @property
    def team(self) -> team.Team:
        found = team.team(self.ledger, "t")
        assert found is not None
        return found


def book() -> Book:
    """Six stints by turns, planned the day before."""
    made = Book()
    made.do(name_draft(ENGINEER, "Eve"), race_s=-90_000.0)
    made.do(name_draft(DRIVER, "Kai"), race_s=-90_000.0, who=DRIVER)
    said = [*event.add_event("e", "Six", length_s=LENGTH_S), *team.add_team("t", "e", "Reds", number="7")]
    for key, name in zip(KEYS, NAMES, strict=True):
        signed = Participation(participation.participation_key("e", key), "e", key, Step.SIGNED_UP)
        said += [
            *member.add_member(key, name, user_id=user(key)),
            *participation.sign_up("e", key, Step.SIGNED_UP),
            *participation.set_parts(signed, [Part.DRIVER]),
            *participation.join_team(signed, "t"),
        ]
    said += variant.add_variant("v", "t", "One", pit_s=60.0, lap_s=100.0, target_stint_s=3000.0)
    drivers = [next(key for key in KEYS if key[0] == letter) for letter in "abcdab"]
    rows = [PlannedStint(f"s{n}", "", driver=who, laps=30, variant="v") for n, who in enumerate(drivers, 1)]
    made.do(*said, *stint_plan.rewrite((), rows, 5), race_s=-86_400.0)
    return made


def letters(plan) -> str:
    return "".join(leg.driver[0] for leg in plan.legs)


def test_the_plan_at_green_and_after_each_change() -> None:
    made = book()
    made.swap(1, "dag", race_s=-600.0)
    made.swap(3, "bo", race_s=2000.0, who=DRIVER)
    made.swap(4, "cleo", race_s=9000.0)
    made.swap(0, "dag", race_s=LENGTH_S + 500.0)
    found = versions_of(made.ledger, made.team, RACE)
    assert found is not None
    assert [(one.race_s, letters(one.plan)) for one in found.versions] == [
        (0.0, "adcdab"),
        (2000.0, "adcbab"),
        (9000.0, "adcbcb"),
    ]
    assert letters(found.at(1999.0)) == "adcdab"
    assert letters(found.at(9500.0)) == "adcbcb"
    assert [(one.race_s, one.who, one.what) for one in found.changes] == [
        (2000.0, "Kai", ("stint 4: driver Dag → Bo",)),
        (9000.0, "Eve", ("stint 5: driver Ada → Cleo",)),
    ]
    assert found.edits_before == 2
    assert not found.notes


def test_an_offer_tells_its_reason_and_the_clock_where_nobody_else_does() -> None:
    made = book()
    said = OfferReply(
        "o1", "v", Reply.ACCEPTED, "Dag is missing", "Stint 4: Bo instead of Dag", race_s=3100.0
    )
    rows = made.rows()
    drafts = [stint_plan.fill(rows[3].key, "driver", "bo"), *offer_reply.note_reply(said)]
    made.do(*drafts, race_s=3100.0)
    refused = OfferReply("o2", "v", Reply.REFUSED, "2 laps longer", race_s=5000.0)
    made.do(*offer_reply.note_reply(refused), race_s=5000.0)
    made.swap(5, "cleo", race_s=7000.0)
    unknown = RaceTime(0, 0, GREEN_S, LENGTH_S)
    for race in (RACE, unknown):
        found = versions_of(made.ledger, made.team, race)
        assert found is not None
        assert [(one.race_s, one.reply, one.reason) for one in found.changes] == [
            (3100.0, "accepted", "Dag is missing"),
            (5000.0, "refused", "2 laps longer"),
            (pytest.approx(7000.0), "", ""),
        ]
        assert found.changes[0].what == ("Stint 4: Bo instead of Dag",)
        assert [letters(one.plan) for one in found.versions] == ["abcdab", "abcbab", "abcbac"]


def test_without_any_clock_all_counts_as_planned_before_and_is_said() -> None:
    made = book()
    made.swap(3, "bo", race_s=2000.0)
    found = versions_of(made.ledger, made.team, RaceTime(0, 0, GREEN_S, LENGTH_S))
    assert found is not None
    assert [letters(one.plan) for one in found.versions] == ["abcbab"]
    assert any("Nobody knows when" in note for note in found.notes)


def test_an_edit_that_knows_where_the_race_was_needs_no_clock() -> None:
    made = book()
    made.swap(3, "bo", race_s=50_000.0, at=Axis(0, 0, GREEN_S + 2500.0))
    found = versions_of(made.ledger, made.team, RACE)
    assert found is not None
    assert [one.race_s for one in found.versions] == [0.0, 2500.0]


def test_the_same_moment_of_another_race_is_not_this_ones() -> None:
    made = book()
    made.swap(3, "bo", race_s=2000.0 - 86_400.0, at=Axis(0, 0, GREEN_S + 2000.0))
    found = versions_of(made.ledger, made.team, RACE)
    assert found is not None
    assert [one.race_s for one in found.versions] == [0.0], "it stood before the start"


def test_what_was_taken_back_is_a_change_each_way() -> None:
    made = book()
    made.swap(3, "bo", race_s=2000.0)
    deed = deeds(made.ledger)[-1]
    made.do(*undo_drafts(made.ledger, deed), race_s=2100.0)
    found = versions_of(made.ledger, made.team, RACE)
    assert found is not None
    assert [letters(one.plan) for one in found.versions] == ["abcdab", "abcbab", "abcdab"]
    assert found.changes[0].what == ("stint 4: driver Dag → Bo (taken back later)",)
    assert found.changes[1].what[0].startswith("taken back: stint 4")


def test_a_team_without_stints_has_no_versions_and_a_late_plan_says_so() -> None:
    made = Book()
    made.do(*event.add_event("e", "Six", length_s=LENGTH_S), *team.add_team("t", "e", "Reds"), race_s=-9.0)
    assert versions_of(made.ledger, made.team, RACE) is None
    rows = [PlannedStint("s1", "", driver="ada", laps=30, variant="v")]
    drafts = [*variant.add_variant("v", "t", "One", lap_s=100.0), *stint_plan.rewrite((), rows, 5)]
    made.do(*drafts, race_s=1200.0)
    found = versions_of(made.ledger, made.team, RACE)
    assert found is not None
    assert [one.race_s for one in found.versions] == [0.0]
    assert "no plan at the green flag" in found.notes[0]


def test_a_stint_is_held_against_the_plan_of_green_and_of_its_stop() -> None:
    """Bo was put in for Dag while Cleo drove: other than at green, as planned when the car came in."""
    made = book()
    made.swap(3, "bo", race_s=7000.0)
    told = Told([*stands("abc"), Stand("bo"), *stands("ab")])
    versions = versions_of(made.ledger, made.team, RACE)
    assert versions is not None
    found = review(versions, story_of(told), CAR, told.end_s)
    kept = found.adherence
    fourth = kept.stints[3]
    assert fourth.row == 4
    assert fourth.at_green is not None
    assert fourth.at_stop is not None
    assert (fourth.at_green.seat, fourth.at_green.is_same_driver) == ("dag", False)
    assert (fourth.at_stop.seat, fourth.at_stop.is_same_driver) == ("bo", True)
    assert abs(fourth.at_stop.start_s) < 30.0
    assert kept.by_stop == 1.0
    assert kept.by_row == pytest.approx(5 / 6, abs=0.01)
    assert [one.who for one in kept.changes] == ["Eve"]
    assert kept.edits_before == 1
