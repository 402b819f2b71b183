"""Edits of several people: whatever way they come, everybody sees the same, and nobody's work vanishes."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitbox.model.edit import DELETED, MAX_TEXT, Draft, Edit, Entity
from pitbox.model.errors import EditError
from pitbox.model.ids import Axis, DeviceId
from pitbox.model.ledger import Ledger
from pitbox.model.order_key import is_order_key, order_key
from pitbox.model.stamp import MAX_LAMPORT, Stamp

NAMES = ("kai", "lea", "mia")
THINGS = [Entity("stint", "a"), Entity("stint", "b"), Entity("note", "a")]
FIELDS = ("fuel_l", "driver", DELETED)


class Editor:
    """One machine: its own ledger, its own log, a wall clock that may be wrong by an hour."""

    def __init__(self, name: str, clock_s: float = 0.0) -> None:
        self.author = Stamp(0, DeviceId(name), 1)
        self.ledger = Ledger()
        self.log: list[Edit] = []
        self.clock_s = clock_s
        self.read = dict.fromkeys(NAMES, 0)
        """How far into everybody's log."""

    def write(self, entity: Entity, field: str, value: Any) -> Edit:
        self.clock_s += 1
        edit = self.ledger.write(Draft(entity, field, value), self.author, Axis(0, 0, 5.0), self.clock_s)
        self.log.append(edit)
        return edit

    def hear(self, other: "Editor", count: int) -> None:
        start = self.read[other.author.device]
        for edit in other.log[start : start + count]:
            self.ledger.take(edit)
        self.read[other.author.device] = max(start, min(start + count, len(other.log)))


def picture(ledger: Ledger) -> Any:
    """All that a person could see of it."""
    kinds = ("stint", "note")
    return (
        {thing: ledger.fields(thing) for thing in THINGS},
        [ledger.entities(kind) for kind in kinds],
        [ledger.contested(kind) for kind in kinds],
        ledger.history(),
        ledger.lamport,
    )


values = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["x", "y"])
writes = st.tuples(
    st.just("write"), st.integers(0, 2), st.sampled_from(THINGS), st.sampled_from(FIELDS), values
)
hears = st.tuples(st.just("hear"), st.integers(0, 2), st.integers(0, 2), st.integers(1, 4))
scripts = st.lists(writes | hears, max_size=40)


def played(script: list[Any], offsets_s: tuple[float, ...] = (0.0, 0.0, 0.0)) -> list[Editor]:
    editors = [Editor(name, offset_s) for name, offset_s in zip(NAMES, offsets_s, strict=True)]
    for step in script:
        if step[0] == "write":
            _, who, thing, field, value = step
            editors[who].write(thing, field, value)
            own = editors[who].ledger.field(thing, field)
            assert own is not None
            assert own.value == value, "an editor sees his own edit at once"
            assert not own.is_disputed, "who edits has seen what stood there"
        elif step[1] != step[2]:
            editors[step[1]].hear(editors[step[2]], step[3])
    return editors


@given(scripts, st.data())
def test_any_partial_doubled_and_reordered_delivery_converges(script: list[Any], data: st.DataObject) -> None:
    editors = played(script)
    every = [edit for editor in editors for edit in editor.log]
    pictures = []
    for editor in editors:
        missing = data.draw(st.permutations(every + every[: len(every) // 2]))
        for edit in missing:
            editor.ledger.take(edit)
        pictures.append(picture(editor.ledger))
    fresh = Ledger()
    for edit in data.draw(st.permutations(every)):
        fresh.take(edit)
    assert pictures == [picture(fresh)] * 3


@given(scripts)
def test_once_all_is_heard_an_edit_ends_every_dispute_of_its_field(script: list[Any]) -> None:
    editors = played(script)
    for one in editors:
        for other in editors:
            one.hear(other, 1000)
    last = editors[1].write(THINGS[0], "fuel_l", 99)
    for editor in editors:
        editor.ledger.take(last)
        field = editor.ledger.field(THINGS[0], "fuel_l")
        assert field is not None
        assert (field.value, field.others) == (99, ())


@given(scripts, st.tuples(*[st.floats(-3600, 3600)] * 3))
def test_wall_clocks_an_hour_wrong_change_nothing(script: list[Any], offsets_s: tuple[float, ...]) -> None:
    for right, wrong in zip(played(script), played(script, offsets_s), strict=True):
        assert {t: _shown(right.ledger, t) for t in THINGS} == {t: _shown(wrong.ledger, t) for t in THINGS}


def _shown(ledger: Ledger, thing: Entity) -> Any:
    return {
        name: (field.value, [edit.value for edit in field.others], field.edit.stamp)
        for name, field in ledger.fields(thing).items()
    }


@given(scripts, st.data())
def test_any_part_of_it_is_a_ledger_too(script: list[Any], data: st.DataObject) -> None:
    every = [edit for editor in played(script) for edit in editor.log]
    some = data.draw(st.lists(st.sampled_from(every), max_size=30)) if every else []
    forth, back = Ledger(), Ledger()
    for edit in some:
        forth.take(edit)
    for edit in reversed(some):
        back.take(edit)
    assert picture(forth) == picture(back)


def test_two_edit_in_a_partition_and_both_values_stay_until_one_edits_again() -> None:
    kai, lea = Editor("kai"), Editor("lea")
    stint = THINGS[0]
    kai.write(stint, "fuel_l", 50)
    lea.hear(kai, 9)
    kai.write(stint, "fuel_l", 55)
    lea.write(stint, "fuel_l", 52)
    kai.hear(lea, 9)
    lea.hear(kai, 9)
    for editor in (kai, lea):
        field = editor.ledger.field(stint, "fuel_l")
        assert field is not None
        assert field.value == 52
        assert [edit.value for edit in field.others] == [55]
    kai.write(stint, "fuel_l", 55)
    lea.hear(kai, 9)
    assert not lea.ledger.field(stint, "fuel_l").is_disputed
    assert lea.ledger.value(stint, "fuel_l") == 55


def test_the_same_value_twice_is_no_dispute() -> None:
    kai, lea = Editor("kai"), Editor("lea")
    kai.write(THINGS[0], "fuel_l", 50)
    lea.write(THINGS[0], "fuel_l", 50)
    kai.hear(lea, 1)
    assert not kai.ledger.field(THINGS[0], "fuel_l").is_disputed


def test_undo_gives_back_what_stood_there_and_can_be_undone() -> None:
    kai, lea = Editor("kai"), Editor("lea")
    stint = THINGS[0]
    first = kai.write(stint, "driver", "Lea")
    second = kai.write(stint, "driver", "Mia")
    draft = kai.ledger.undo(second)
    third = kai.write(draft.entity, draft.field, draft.value)
    assert kai.ledger.value(stint, "driver") == "Lea"
    again = kai.ledger.undo(third)
    kai.write(again.entity, again.field, again.value)
    assert kai.ledger.value(stint, "driver") == "Mia"
    assert [edit.value for edit in kai.ledger.history(stint)] == ["Lea", "Mia", "Lea", "Mia"]
    with pytest.raises(EditError, match="edited this since"):
        kai.ledger.undo(first)
    lea.ledger.take(second)
    with pytest.raises(EditError, match="not arrived"):
        lea.ledger.undo(second)


def test_one_after_another_is_undone_by_who_edited_alone() -> None:
    kai, lea = Editor("kai"), Editor("lea")
    stint = THINGS[0]
    edits = [kai.write(stint, "driver", name) for name in ("Lea", "Mia", "Noa")]
    for edit in reversed(edits[1:]):
        kai.write(stint, "driver", kai.ledger.undo(edit).value)
    assert kai.ledger.undo(edits[0]).value is None
    lea.hear(kai, 9)
    lea.write(stint, "driver", "Noa")
    back = lea.write(stint, "driver", "Lea")
    kai.hear(lea, 9)
    assert kai.ledger.field(stint, "driver").edit == back
    with pytest.raises(EditError, match="edited this since"):
        kai.ledger.undo(edits[0])


def test_undoing_the_first_edit_leaves_the_field_unset_and_undoing_a_delete_brings_the_thing_back() -> None:
    kai = Editor("kai")
    stint = THINGS[0]
    first = kai.write(stint, "driver", "Lea")
    assert kai.ledger.undo(first) == Draft(stint, "driver", None)
    gone = kai.write(stint, DELETED, True)
    assert kai.ledger.entities("stint") == []
    draft = kai.ledger.undo(gone)
    kai.write(draft.entity, draft.field, draft.value)
    assert kai.ledger.entities("stint") == [stint]


def test_what_was_edited_while_another_deleted_it_is_shown_as_contested() -> None:
    kai, lea = Editor("kai"), Editor("lea")
    stint = THINGS[0]
    kai.write(stint, "driver", "Lea")
    lea.hear(kai, 9)
    lea.write(stint, "driver", "Mia")
    kai.write(stint, DELETED, True)
    assert kai.ledger.contested("stint") == []
    kai.hear(lea, 9)
    assert kai.ledger.entities("stint") == []
    assert kai.ledger.contested("stint") == [stint]
    kai.write(stint, DELETED, True)
    assert kai.ledger.contested("stint") == []


def test_after_a_restored_backup_the_same_number_is_another_edit() -> None:
    """Its own newer edits are still with the others when it counts again from the old one."""
    before = Editor("kai")
    before.write(THINGS[0], "fuel_l", 1)
    restored = Editor("kai")
    restored.author = Stamp(0, DeviceId("kai"), 2)
    restored.write(THINGS[0], "fuel_l", 2)
    one, other = Ledger(), Ledger()
    for ledger, edits in ((one, before.log + restored.log), (other, restored.log + before.log)):
        for edit in edits:
            ledger.take(edit)
    assert picture(one) == picture(other)
    assert one.count == 2
    assert one.field(THINGS[0], "fuel_l").is_disputed


@pytest.mark.parametrize(
    "edit",
    [
        Edit(Stamp(0, DeviceId("x"), 1), THINGS[0], "f", 1),
        Edit(Stamp(MAX_LAMPORT + 1, DeviceId("x"), 1), THINGS[0], "f", 1),
        Edit(Stamp(1, DeviceId("x"), 1), Entity("", "a"), "f", 1),
        Edit(Stamp(1, DeviceId("x"), 1), THINGS[0], "", 1),
        Edit(Stamp(1, DeviceId("x"), 1), THINGS[0], "f", "x" * (MAX_TEXT + 1)),
        Edit(Stamp(1, DeviceId("x"), 1), THINGS[0], "f", float("nan")),
        Edit(Stamp(1, DeviceId("x"), 1), THINGS[0], "f", np.float64(0.5)),
        Edit(Stamp(1, DeviceId("x"), 1), THINGS[0], "f", 1, (Stamp(1, DeviceId("y"), 1),) * 65),
    ],
)
def test_what_no_pitbox_would_write_is_refused(edit: Edit) -> None:
    ledger = Ledger()
    with pytest.raises(EditError):
        ledger.take(edit)
    assert ledger.count == 0


def test_two_edits_that_claim_to_replace_each_other_do_not_make_the_field_vanish() -> None:
    one, two = Stamp(1, DeviceId("x"), 1), Stamp(2, DeviceId("x"), 1)
    ledger = Ledger()
    ledger.take(Edit(one, THINGS[0], "f", "old", (two,)))
    ledger.take(Edit(two, THINGS[0], "f", "new", (one,)))
    assert ledger.value(THINGS[0], "f") == "new"


def test_when_the_numbers_are_used_up_it_is_said() -> None:
    ledger = Ledger()
    ledger.take(Edit(Stamp(MAX_LAMPORT, DeviceId("x"), 1), THINGS[0], "f", 1))
    with pytest.raises(EditError, match="used up"):
        ledger.write(Draft(THINGS[0], "f", 2), Stamp(0, DeviceId("y"), 1))


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 10_000)), max_size=60))
def test_there_is_always_a_place_between_two_rows(inserts: list[tuple[int, int]]) -> None:
    keys: list[str] = []
    for place, salt in inserts:
        at = place % (len(keys) + 1)
        before = keys[at - 1] if at else None
        after = keys[at] if at < len(keys) else None
        key = order_key(before, after, salt)
        assert is_order_key(key)
        assert before is None or before < key
        assert after is None or key < after
        keys.insert(at, key)
    assert keys == sorted(keys)


def test_hundreds_of_insertions_at_one_place_fit_and_then_it_is_said() -> None:
    keys = [order_key(None, None, 1), "zz"]

    def insert_for_ever() -> None:
        while True:
            keys.append(order_key(keys[0], keys[-1], len(keys)))

    with pytest.raises(EditError, match="no room"):
        insert_for_ever()
    assert len(keys) > 100


@pytest.mark.parametrize("bad", ["", "a0", "ä", "a b", "x" * 200])
def test_a_place_that_is_none_is_refused(bad: str) -> None:
    with pytest.raises(EditError):
        order_key(None, bad, 1)
