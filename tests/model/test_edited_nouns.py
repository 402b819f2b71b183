"""What is made of edits: messages, notes, corrections, a stint list, requests for the pit menu."""

from typing import Any

import pytest

from pitbox.model import correction, message, note, person, pit_request, stint_plan
from pitbox.model.edit import DELETED, Draft, Edit, Entity, owned_key
from pitbox.model.errors import EditError
from pitbox.model.fact import DriverStint, FlagPhase, Lap, LapKind, Service, Stint, Stop, TyreStint
from pitbox.model.ids import Axis, DeviceId
from pitbox.model.ledger import Ledger
from pitbox.model.pit_request import Outcome, PitMenu
from pitbox.model.role import Role
from pitbox.model.stamp import Stamp

KAI, LEA = DeviceId("aa" * 32), DeviceId("bb" * 32)
MIA = DeviceId("cc" * 32)
NOW = Axis(2, 0, 1000.0)


class Desk:
    """Two people at one ledger; `between` writes as if neither had seen the other."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.at = NOW

    def write(self, who: DeviceId, *drafts: Draft) -> list[Edit]:
        return [self.ledger.write(draft, Stamp(0, who, 1), self.at, 7.0) for draft in drafts]

    def between(self, first: tuple[DeviceId, Draft], second: tuple[DeviceId, Draft]) -> None:
        apart = self.ledger.lamport + 1
        for who, draft in (first, second):
            self.ledger.take(Edit(Stamp(apart, who, 1), draft.entity, draft.field, draft.value, (), self.at))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def said(desk: Desk, text: str = "Box this lap", **options: Any) -> message.Message:
    key = owned_key(KAI, str(desk.ledger.count))
    desk.write(KAI, *message.say(key, text, **options))
    return message.messages(desk.ledger)[-1]


def test_a_message_is_said_read_and_acknowledged_by_whom_it_is_for(desk: Desk) -> None:
    one = said(desk)
    assert (one.sender, one.text, one.at) == (KAI, "Box this lap", NOW)
    assert one.is_unread(LEA, NOW)
    assert not one.is_unread(KAI, NOW), "nobody acknowledges to himself"
    desk.write(LEA, message.acknowledge(one, LEA))
    (read,) = message.messages(desk.ledger)
    assert read.acknowledged == (LEA,)
    assert not read.is_unread(LEA, NOW)


def test_a_message_to_one_is_for_nobody_else(desk: Desk) -> None:
    one = said(desk, to=LEA)
    assert one.is_for(LEA)
    assert not one.is_for(DeviceId("cc" * 32))


def test_nobody_acknowledges_for_another_or_changes_what_was_said(desk: Desk) -> None:
    one = said(desk)
    entity = Entity(message.KIND, one.key)
    desk.write(KAI, Draft(entity, f"acknowledged.{LEA}", True))
    desk.write(LEA, Draft(entity, "text", "Stay out"), Draft(entity, "to", KAI), Draft(entity, DELETED, True))
    assert message.messages(desk.ledger) == (one,)
    desk.write(KAI, Draft(entity, DELETED, True))
    assert message.messages(desk.ledger) == ()


def test_a_message_expires_by_the_race_and_not_by_a_clock(desk: Desk) -> None:
    one = said(desk, lives_s=30.0)
    assert not one.is_expired(Axis(2, 0, 1030.0))
    assert one.is_expired(Axis(2, 0, 1030.1))
    assert one.is_expired(Axis(2, 1, 5.0)), "the session was started again"
    assert not one.is_expired(Axis(-1, -1, 0.0)), "no race tells the time"
    assert not said(desk).is_expired(Axis(2, 0, 90_000.0))


def test_half_a_message_is_none(desk: Desk) -> None:
    to, lives, text = message.say(owned_key(KAI, "x"), "Box")
    desk.write(KAI, to, lives)
    assert message.messages(desk.ledger) == ()
    desk.write(KAI, text)
    assert len(message.messages(desk.ledger)) == 1


def test_texts_are_one_line_of_visible_words() -> None:
    assert message.clean_text("  Box\n this\x07 lap\u202e ") == "Box this lap"
    for bad in ("", " \n", "x" * 161):
        with pytest.raises(EditError):
            message.clean_text(bad)


def test_notes_stand_where_the_race_was(desk: Desk) -> None:
    desk.write(KAI, *note.note("b", "Contact in turn 3", car_idx=7))
    desk.at = Axis(2, 0, 500.0)
    desk.write(LEA, *note.note("a", "Rain on the far side"))
    first, second = note.notes(desk.ledger)
    assert (first.text, first.author, second.car_idx) == ("Rain on the far side", LEA, 7)
    desk.at = Axis(2, 0, 2000.0)
    desk.write(LEA, Draft(Entity(note.KIND, "b"), "text", "Contact in turn 4"))
    assert note.notes(desk.ledger)[1].at == NOW
    assert note.notes(desk.ledger)[1].author == LEA


LAP = Lap(2, 0, 12, 33, 5, 100.0, 190.0, LapKind(), 1, 3, 1, 0, 2.5)
STOP = Stop(2, 0, 12, 1, 33, 500.0, 5, 0, service=(Service("fuel", 0.6),))
DRIVER = DriverStint(2, 0, 12, 1, 5, 0.0, 1)
TYRES = TyreStint(2, 0, 12, 2, 0, 500.0, 34, confidence=0.5)


@pytest.mark.parametrize(
    ("fact", "field", "value", "shown"),
    [
        (LAP, "fuel_used_l", 2.61, {"fuel_used_l": 2.61}),
        (LAP, "user_id", 9, {"user_id": 9}),
        (Stint(2, 0, 12, 1, 5, 0, 0.0, 1), "user_id", 9, {"user_id": 9}),
        (DRIVER, "user_id", 9, {"user_id": 9}),
        (STOP, "kind", "fuel,swap", {"service": (Service("fuel", 1.0), Service("swap", 1.0))}),
        (STOP, "kind", "", {"service": ()}),
        (STOP, "fuel_added_l", 40, {"fuel_added_l": 40.0}),
        (TYRES, "compound", 1, {"compound": 1, "confidence": 1.0}),
        (TYRES, "start_lap", 30, {"start_lap": 30}),
    ],
)
def test_a_fact_is_corrected_shown_with_its_author_and_undone(
    desk: Desk, fact: Any, field: str, value: Any, shown: dict[str, Any]
) -> None:
    assert not correction.corrected(fact, desk.ledger).corrections
    (edit,) = desk.write(LEA, correction.correct(fact, field, value))
    now = correction.corrected(fact, desk.ledger)
    assert {name: getattr(now.fact, name) for name in shown} == shown
    assert [(c.field, c.author, c.value) for c in now.corrections] == [(field, LEA, value)]
    desk.write(KAI, desk.ledger.undo(edit))
    assert correction.corrected(fact, desk.ledger) == correction.Corrected(fact)


def test_two_who_correct_one_lap_are_both_shown(desk: Desk) -> None:
    desk.between(
        (KAI, correction.correct(LAP, "fuel_used_l", 2.6)), (LEA, correction.correct(LAP, "fuel_used_l", 2.7))
    )
    (found,) = correction.corrected(LAP, desk.ledger).corrections
    assert (found.derived, found.value, [edit.value for edit in found.others]) == (2.5, 2.7, [2.6])


def test_every_fact_has_a_key_of_its_own_and_only_the_same_fact_is_corrected(desk: Desk) -> None:
    facts = [LAP, STOP, DRIVER, TYRES, FlagPhase(2, 0, 1, "green", 0.0)]
    assert len({correction.fact_key(fact) for fact in facts}) == len(facts)
    desk.write(LEA, correction.correct(LAP, "fuel_used_l", 2.61))
    import msgspec

    retold = msgspec.structs.replace(LAP, fuel_used_l=2.4, position=4)
    other = msgspec.structs.replace(LAP, lap=34)
    again, untouched = (correction.corrected(fact, desk.ledger) for fact in (retold, other))
    assert (again.fact.fuel_used_l, again.fact.position) == (2.61, 4)
    assert not untouched.corrections


@pytest.mark.parametrize(
    ("fact", "field", "value"),
    [
        (LAP, "end_s", 1.0),
        (LAP, "fuel_used_l", -1),
        (LAP, "fuel_used_l", True),
        (LAP, "user_id", 2.5),
        (STOP, "kind", "lunch"),
        (STOP, "kind", "fuel,fuel"),
        (FlagPhase(2, 0, 1, "green", 0.0), "flag", "red"),
    ],
)
def test_nonsense_is_refused_and_passed_over_where_it_arrives(
    desk: Desk, fact: Any, field: str, value: Any
) -> None:
    with pytest.raises(EditError):
        correction.correct(fact, field, value)
    desk.write(LEA, Draft(Entity(correction.KIND, correction.fact_key(fact)), field, value))
    assert correction.corrected(fact, desk.ledger) == correction.Corrected(fact)


def row(desk: Desk, who: DeviceId, at: int, key: str, **values: Any) -> None:
    rows = stint_plan.plan(desk.ledger)
    desk.write(who, *(stint_plan.fill(key, name, value) for name, value in values.items()))
    desk.write(who, stint_plan.add_row(rows, at, key, salt=len(rows)))


def test_a_stint_list_is_filled_sorted_moved_and_cut(desk: Desk) -> None:
    row(desk, KAI, 0, "s1", driver="Kai", laps=30, fuel_l=60.0)
    row(desk, LEA, 1, "s2", driver="Lea", is_new_tyres=True)
    row(desk, KAI, 1, "s3", driver="Mia")
    rows = stint_plan.plan(desk.ledger)
    assert [r.key for r in rows] == ["s1", "s3", "s2"]
    assert (rows[0].laps, rows[2].is_new_tyres) == (30, True)
    desk.write(LEA, stint_plan.move(rows, "s1", 2, 5), stint_plan.remove("s3"))
    assert [r.driver for r in stint_plan.plan(desk.ledger)] == ["Lea", "Kai"]
    for field, value in (
        ("laps", -1),
        ("laps", 1.5),
        ("fuel_l", "full"),
        ("driver", "x" * 161),
        ("colour", 1),
    ):
        with pytest.raises(EditError):
            stint_plan.fill("s1", field, value)


def test_two_engineers_on_one_list_keep_both_rows_and_show_both_values(desk: Desk) -> None:
    row(desk, KAI, 0, "s1", fuel_l=50.0)
    rows = stint_plan.plan(desk.ledger)
    desk.between((KAI, stint_plan.add_row(rows, 1, "k", 1)), (LEA, stint_plan.add_row(rows, 1, "l", 2)))
    desk.between((KAI, stint_plan.fill("s1", "fuel_l", 55.0)), (LEA, stint_plan.fill("s1", "fuel_l", 52.0)))
    rows = stint_plan.plan(desk.ledger)
    assert {r.key for r in rows} == {"s1", "k", "l"}
    desk.write(KAI, stint_plan.add_row(rows, 2, "m", 3))
    assert [r.key for r in stint_plan.plan(desk.ledger)].index("m") == 2


def ask(desk: Desk, menu: PitMenu, who: DeviceId = KAI) -> pit_request.PitRequest:
    desk.write(who, *pit_request.ask(owned_key(who, str(desk.ledger.count)), menu))
    return pit_request.pit_requests(desk.ledger)[-1]


def test_a_request_is_asked_and_answered(desk: Desk) -> None:
    wanted = PitMenu(42.0, frozenset({"LF", "RF"}), tear_off=False)
    one = ask(desk, wanted)
    assert (one.author, one.menu, one.answers) == (KAI, wanted, ())
    assert pit_request.menu_words(wanted, "l") == "42 l, LF RF, no tear-off"
    desk.write(LEA, *pit_request.answer(one, LEA, Outcome.DONE, "asked 42 l, menu shows 42 l"))
    (given,) = pit_request.pit_requests(desk.ledger)[0].answers
    assert given == pit_request.Answer(LEA, Outcome.DONE, "asked 42 l, menu shows 42 l")


def test_who_is_not_in_the_car_answers_for_nobody_who_is(desk: Desk) -> None:
    one = ask(desk, PitMenu(fuel=42.0))
    desk.write(LEA, *pit_request.answer(one, LEA, Outcome.NOT_IN_CAR, "Mia is in the car."))
    (now,) = pit_request.pit_requests(desk.ledger)
    assert pit_request.verdict(now) == pit_request.Answer(LEA, Outcome.NOT_IN_CAR, "Mia is in the car.")
    desk.write(MIA, *pit_request.answer(one, MIA, Outcome.REFUSED, "No."))
    (now,) = pit_request.pit_requests(desk.ledger)
    assert pit_request.verdict(now) == pit_request.Answer(MIA, Outcome.REFUSED, "No.")
    assert [outcome for outcome in Outcome if not outcome.is_last_word] == [Outcome.NOT_IN_CAR]


def test_an_answer_of_a_kind_that_is_not_known_is_none(desk: Desk) -> None:
    """So a build that does not know `not in the car` goes on waiting for the driver."""
    one = ask(desk, PitMenu(fuel=42.0))
    desk.write(LEA, Draft(Entity(pit_request.KIND, one.key), f"answer.{LEA}", "in the shower: Back soon."))
    assert pit_request.pit_requests(desk.ledger)[0].answers == ()


def test_others_write_nothing_into_a_request_and_answer_for_themselves_only(desk: Desk) -> None:
    one = ask(desk, PitMenu(fuel=10.0))
    entity = Entity(pit_request.KIND, one.key)
    desk.write(LEA, Draft(entity, "fuel", 99.0), Draft(entity, f"answer.{KAI}", "done: no"))
    desk.write(LEA, Draft(entity, f"answer.{LEA}", "nonsense"))
    (now,) = pit_request.pit_requests(desk.ledger)
    assert (now.menu.fuel, now.answers) == (10.0, ())


@pytest.mark.parametrize(
    "menu", [PitMenu(), PitMenu(fuel=-1.0), PitMenu(fuel=1000.0), PitMenu(tyres=frozenset({"XX"}))]
)
def test_an_impossible_request_is_not_asked(menu: PitMenu) -> None:
    with pytest.raises(EditError):
        pit_request.ask("k", menu)


def test_a_device_names_itself_and_nobody_else(desk: Desk) -> None:
    assert person.name_of(desk.ledger, KAI) == KAI[:8]
    desk.write(KAI, person.name_draft(KAI, "Kai"))
    desk.write(LEA, person.name_draft(KAI, "Loser"))
    assert person.name_of(desk.ledger, KAI) == "Kai"


def test_roles_say_who_may_edit_what(desk: Desk) -> None:
    (note_edit,) = desk.write(KAI, *note.note("n", "x"))
    *_, asked = desk.write(KAI, *pit_request.ask("k", PitMenu(fuel=1.0)))
    (answered,) = desk.write(KAI, *pit_request.answer(ask(desk, PitMenu(fuel=1.0)), KAI, Outcome.DONE, ""))
    for role in (Role.DRIVER, Role.ENGINEER):
        assert person.refusal(role, note_edit) == ""
        assert person.refusal(role, answered) == ""
    assert person.refusal(Role.ENGINEER, asked) == ""
    assert "engineer" in person.refusal(Role.DRIVER, asked)
    for edit in (note_edit, asked, answered):
        assert "viewer" in person.refusal(Role.VIEWER, edit)
        assert "not paired" in person.refusal(None, edit)
