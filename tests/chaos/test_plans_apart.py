"""Two engineers plan one race while the line between them is cut, and a viewer tries to: real processes."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest
from paired import Machine, wait_for
from team_net import Plugged, team

from pitbox.crew.clock import SystemClock
from pitbox.log.shelf import Shelf
from pitbox.model.edit import Draft
from pitbox.model.event import add_event, events
from pitbox.model.ids import TEAM_PLANS
from pitbox.model.role import Role
from pitbox.model.stint_plan import PlannedStint, add_row, fill, plan, remove, rewrite
from pitbox.sync.trust import PeerBook
from pitbox.wall.edit_book import EditBook
from pitbox.wall.planner import Planner
from pitbox.wall.roles import roles_of

pytestmark = [pytest.mark.chaos, pytest.mark.slow]
V = "v"
_T = TypeVar("_T")


def at(machine: Machine, do: Callable[[Planner], _T]) -> _T:
    """A hand on the machine's plans, beside the PitBox that runs there."""
    book = EditBook(
        Shelf(machine.shelf.root),
        machine.identity,
        SystemClock(),
        role_of=roles_of(machine.folder),
        name=machine.name,
    )
    planner = Planner(book)
    planner.step(None)
    try:
        return do(planner)
    finally:
        planner.close()


def do(machine: Machine, *drafts: Draft) -> None:
    at(machine, lambda planner: planner.write(drafts))


def rows(machine: Machine) -> tuple[PlannedStint, ...]:
    return at(machine, lambda planner: planner.ask(lambda ledger: plan(ledger, V)))


def in_row(machine: Machine, number: int, key: str, driver: str) -> None:
    filled = [fill(key, "driver", driver), fill(key, "variant", V)]
    do(machine, *filled, add_row(rows(machine), number, key, salt=number))


def seen(machine: Machine) -> tuple[object, ...]:
    """All that its people see of the plan."""
    return at(
        machine,
        lambda planner: (
            planner.ask(lambda ledger: plan(ledger, V)),
            planner.conflicts(),
            planner.history(),
        ),
    )


def demote(net_machine: Plugged, viewer: Plugged) -> None:
    book = PeerBook(net_machine.folder)
    book.add(msgspec.structs.replace(viewer.as_peer(), role=Role.VIEWER))


def test_two_engineers_plan_apart_and_a_viewer_is_not_heard(tmp_path: Path) -> None:
    with team(tmp_path, ("kim", "alex", "vic")) as net:
        kim, alex, vic = net.engineers
        for machine in (kim, alex):
            demote(machine, vic)
        for machine in net.engineers:
            machine.start()
        first = [PlannedStint(f"s{n}", "", driver="ada", laps=30, variant=V) for n in (1, 2, 3)]
        do(kim, *add_event("spa", "Spa"), *rewrite((), first, 7))
        wait_for(lambda: len(rows(alex)) == len(rows(vic)) == 3)

        net.wire.pull(alex.number)
        do(kim, fill("s1", "laps", 25), fill("s2", "driver", "kai"))
        do(alex, fill("s1", "laps", 35))
        in_row(kim, 1, "k", "kai")
        in_row(alex, 1, "a", "lea")
        do(kim, remove("s3"))
        do(alex, fill("s3", "driver", "lea"))
        assert [row.key for row in rows(kim)] == ["s1", "k", "s2"]
        assert [row.key for row in rows(alex)] == ["s1", "a", "s2", "s3"]
        do(vic, fill("s2", "laps", 1))
        net.wire.put_back(alex.number)

        wait_for(lambda: {"k", "a"} <= {row.key for row in rows(kim)} & {row.key for row in rows(alex)})
        wait_for(lambda: seen(kim) == seen(alex), 60.0)
        plan_now, conflicts, history = seen(kim)
        assert {row.key for row in plan_now} == {"s1", "s2", "k", "a"}
        assert (plan_now[0].key, plan_now[-1].key, plan_now[-1].laps) == ("s1", "s2", 30)
        assert {one.who for conflict in conflicts for one in conflict.said} == {"kim", "alex"}
        assert [conflict.is_deleted for conflict in conflicts] == [False, True]
        assert {line.who for line in history} == {"kim", "alex"}

        assert kim.command("event", "undo").startswith("Undone: a stint: deleted")
        wait_for(lambda: "s3" in {row.key for row in rows(alex)})
        assert [row.driver for row in rows(alex) if row.key == "s3"] == ["lea"]
        assert [one.is_deleted for one in at(alex, Planner.conflicts)] == [False]
        assert not kim.told("race"), "a plan is no race"
        for machine in (kim, alex):
            assert [one.name for one in at(machine, lambda planner: planner.ask(events))] == ["Spa"]
            assert machine.shelf.sessions() == [TEAM_PLANS]
            assert vic.identity.device not in {log.device for log in machine.shelf.logs(TEAM_PLANS)}
