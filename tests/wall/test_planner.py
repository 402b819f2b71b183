"""Plans on two machines: one press is one undo, history and conflicts have names, viewers do not count."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from office_rig import HandClock

from pitbox.identity.device import Identity
from pitbox.log.shelf import Shelf
from pitbox.model import event, stint_plan
from pitbox.model.edit import Draft
from pitbox.model.errors import EditError
from pitbox.model.ids import DeviceId
from pitbox.model.role import Role
from pitbox.model.stint_plan import PlannedStint
from pitbox.wall.audience import Mate
from pitbox.wall.edit_book import EditBook
from pitbox.wall.planner import Planner


class Pair:
    """Two engineers whose logs lie on one shelf, so that each reads the other's when it steps."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock = folder, HandClock()
        self.roles: dict[DeviceId, Role] = {}
        self.kai, self.lea = self.open("Kai"), self.open("Lea")

    def open(self, name: str) -> Planner:
        identity = Identity.load_or_create(self.folder / name)
        self.roles.setdefault(identity.device, Role.ENGINEER)
        book = EditBook(Shelf(self.folder / "log"), identity, self.clock, role_of=self.roles.get, name=name)
        planner = Planner(book)
        planner.step(None)
        return planner

    def do(self, who: Planner, *drafts: Draft) -> None:
        self.clock.now_s += 1.0
        who.write(drafts)

    def meet(self) -> None:
        for _ in range(2):
            for planner in (self.kai, self.lea):
                planner.step(None)

    def close(self) -> None:
        self.kai.close()
        self.lea.close()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    pair = Pair(tmp_path)
    yield pair
    pair.close()


def rows(*drivers: str) -> list[PlannedStint]:
    return [PlannedStint(f"s{n}", "", driver=who, laps=30, variant="v") for n, who in enumerate(drivers, 1)]


def drivers(planner: Planner) -> list[str | None]:
    return planner.ask(lambda ledger: [row.driver for row in stint_plan.plan(ledger, "v")])


def test_one_press_is_one_undo_and_the_next_undo_takes_back_the_one_before(pair: Pair) -> None:
    kai = pair.kai
    pair.do(kai, *stint_plan.rewrite((), rows("ada", "kim"), 1))
    pair.do(kai, stint_plan.fill("s1", "driver", "kim"), stint_plan.fill("s2", "driver", "ada"))
    pair.do(kai, stint_plan.remove("s2"))
    assert drivers(kai) == ["kim"]
    assert kai.undo() == "a stint: deleted"
    assert drivers(kai) == ["kim", "ada"]
    assert "stint 1: driver ada → kim" in kai.undo()
    assert drivers(kai) == ["ada", "kim"]
    kai.undo()
    assert drivers(kai) == []
    with pytest.raises(EditError, match="nothing of yours"):
        kai.undo()
    taken_back = [line for line in kai.history() if line.is_undo]
    assert len(taken_back) == 3
    kai.undo(taken_back[0].key)
    assert drivers(kai) == ["ada", "kim"]
    kai.undo()
    assert drivers(kai) == []


def test_a_deed_goes_back_and_forth_by_the_key_of_each_turn(pair: Pair) -> None:
    key = pair.kai.do(stint_plan.rewrite((), rows("ada"), 1))
    for expected in ([], ["ada"], [], ["ada"]):
        key = pair.kai.take_back(key)
        assert drivers(pair.kai) == expected
    with pytest.raises(EditError, match="undone already"):
        pair.kai.take_back(pair.kai.history()[1].key)


def test_before_the_first_step_nothing_can_be_planned(tmp_path: Path) -> None:
    book = EditBook(Shelf(tmp_path), Identity.load_or_create(tmp_path / "kai"), HandClock())
    with pytest.raises(EditError, match="just being opened"):
        Planner(book).do(event.add_event("spa", "Spa"))


def test_looking_whether_others_wrote_is_not_due_again_at_once(pair: Pair) -> None:
    pair.do(pair.kai, *event.add_event("spa", "Spa"))
    pair.kai.step(None)
    pair.lea.step(None)
    assert not pair.lea.is_read_due
    deadline_s = time.monotonic() + 90.0
    while not pair.lea.is_read_due:
        assert time.monotonic() < deadline_s


def test_undo_outlives_the_process(pair: Pair) -> None:
    pair.do(pair.kai, *stint_plan.rewrite((), rows("ada"), 1))
    pair.do(pair.kai, stint_plan.fill("s1", "laps", 20))
    pair.kai.close()
    pair.kai = pair.open("Kai")
    pair.kai.undo()
    assert pair.kai.ask(lambda ledger: stint_plan.plan(ledger, "v")[0].laps) == 30
    pair.kai.undo()
    assert drivers(pair.kai) == []


def test_history_names_everybody_and_what_somebody_edited_since_is_not_undone(pair: Pair) -> None:
    pair.do(pair.kai, *stint_plan.rewrite((), rows("ada", "kim"), 1))
    pair.meet()
    pair.do(pair.lea, stint_plan.fill("s1", "driver", "kim"))
    pair.meet()
    with pytest.raises(EditError, match="Lea has edited stint 1 since"):
        pair.kai.undo()
    newest, first = pair.kai.history()
    assert (newest.who, newest.what, first.who) == ("Lea", ("stint 1: driver ada → kim",), "Kai")
    assert first.what[0].startswith("stint 1: driver ada, ")
    assert first.what[0].endswith(", added")
    assert pair.kai.history(stint_plan.FORM.entity("s2")) == (
        type(first)(first.key, first.wall_s, "Kai", first.what[1:]),
    )
    pair.kai.undo(newest.key)
    pair.meet()
    assert drivers(pair.lea) == ["ada", "kim"]
    assert pair.kai.history() == pair.lea.history()


def test_who_disagrees_is_shown_by_name_until_somebody_settles_it(pair: Pair) -> None:
    pair.do(pair.kai, *stint_plan.rewrite((), rows("ada", "kim"), 1))
    pair.meet()
    pair.do(pair.kai, stint_plan.fill("s1", "laps", 25), stint_plan.remove("s2"))
    pair.do(pair.lea, stint_plan.fill("s1", "laps", 35), stint_plan.fill("s2", "laps", 12))
    pair.meet()
    both = pair.kai.conflicts()
    assert both == pair.lea.conflicts()
    assert len(both) == 2
    laps, gone = both
    assert {(one.who, one.value) for one in laps.said} == {("Kai", 25), ("Lea", 35)}
    assert laps.words().startswith("stint 1, laps: ")
    assert gone.is_deleted
    assert [one.who for one in gone.said] == ["Kai", "Lea"]
    pair.do(pair.kai)
    pair.kai.settle(gone, 1)
    pair.kai.settle(laps, [one.who for one in laps.said].index("Kai"))
    pair.meet()
    assert pair.lea.conflicts() == ()
    assert [row.laps for row in pair.lea.ask(lambda ledger: stint_plan.plan(ledger, "v"))] == [25, 12]


def test_what_was_worked_out_of_an_older_plan_is_refused(pair: Pair) -> None:
    pair.do(pair.kai, *event.add_event("spa", "Spa"))
    base = pair.kai.revision[1]
    pair.do(pair.kai, *event.fill_event("spa", laps=100))
    with pytest.raises(EditError, match="meanwhile"):
        pair.kai.write(event.fill_event("spa", laps=120), base)
    assert pair.kai.ask(event.events)[0].laps == 100


def test_a_viewers_plans_count_nowhere_and_he_is_told(pair: Pair) -> None:
    pair.roles[pair.lea.book.device] = Role.VIEWER
    pair.do(pair.lea, *event.add_event("spa", "Spa"))
    pair.meet()
    assert pair.kai.ask(event.events) == ()
    pair.roles[pair.lea.book.device] = Role.DRIVER
    pair.meet()
    assert [one.name for one in pair.kai.ask(event.events)] == ["Spa"]
    deaf = Mate(pair.kai.book.device, "Kai", Role.VIEWER)
    told = Planner(pair.lea.book, lambda: (deaf,))
    with pytest.raises(EditError, match="viewer to Kai"):
        told.write(event.fill_event("spa", laps=1))


def test_a_value_that_cannot_be_leaves_nothing_of_its_deed(pair: Pair) -> None:
    whole = event.add_event("spa", "Spa")
    with pytest.raises(EditError, match="has to be a number"):
        pair.kai.write([*whole, Draft(event.FORM.entity("spa"), "length_s", float("nan"))])
    assert pair.kai.ask(event.events) == ()
