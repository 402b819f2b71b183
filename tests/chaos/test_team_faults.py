"""Clocks that lie, a restored backup, engineers apart: the same race and the same plan on every machine."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from paired import Machine, wait_for
from same_race import assert_same
from team_net import Plugged, news, rest, team

from pitbox.crew.clock import SystemClock
from pitbox.log.edits import edit_readers, edits_of
from pitbox.model.edit import Value
from pitbox.model.stint_plan import FIELDS, add_row, fill
from pitbox.model.stint_plan import plan as stints
from pitbox.wall.edit_book import EditBook
from pitbox.wall.roles import roles_of
from pitbox.wire.record import RunRecord, decode

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(400)]
HOUR_S = 3600.0


def test_clocks_an_hour_wrong_and_a_jump_in_mid_session(tmp_path: Path) -> None:
    with team(tmp_path) as net:
        net.driver.set_clock(+1)
        net.engineer.set_clock(-1)
        net.start(4)
        assert abs(recorded_clock_s(net.driver) - time.time() - HOUR_S) < 300, "the injection works"
        wait_for(lambda: net.engineer.told("race", is_provisional=False))
        say(net.engineer, "before the jump")
        wait_for(lambda: net.driver.told("message", text="before the jump"))
        net.driver.set_clock(-1)
        net.engineer.set_clock(-3)
        say(net.engineer, "after the jump")
        (heard,) = wait_for(lambda: net.driver.told("message", text="after the jump"))
        assert heard["age_s"] < 30, "messages grow old by the race"
        wall_s = written_s(net.engineer)
        assert abs(wall_s[1] - wall_s[0] + 2 * HOUR_S) < 300, "the injection works in mid-session"
        live = news(net.engineer, "live", stream="own", is_stale=False)
        wait_for(live)
        net.finish()


def test_the_tail_that_a_restored_backup_lacks_comes_back(tmp_path: Path) -> None:
    """Copied while it was written, as backups are; restored after the race; the next start is a new epoch."""
    with team(tmp_path) as net:
        net.start(4)
        logs = net.driver.shelf.root
        rest(1)
        shutil.copytree(logs, tmp_path / "backup")
        wait_for(lambda: len(net.driver.told("durable")) > 20)
        net.driver.stop()
        whole = net.driver.frames()
        wait_for(lambda: net.engineer.frames() == whole)
        shutil.rmtree(logs)
        shutil.copytree(tmp_path / "backup", logs)
        (log,) = whole
        restored = net.driver.frames()[log]
        assert len(restored) < len(whole[log])
        net.driver.run_demo(4)
        wait_for(lambda: net.driver.frames().get(log) == whole[log])
        wait_for(lambda: len(net.engineer.frames()) == 2)
        net.driver.stop()
        wait_for(lambda: net.engineer.frames() == net.driver.frames())
        net.engineer.stop()
        assert {found.epoch for found in net.driver.frames()} > {log.epoch}
        assert_same(net.driver, net.engineer)


def test_two_engineers_apart_edit_one_plan(tmp_path: Path) -> None:
    """The same plan everywhere, both values visible; who then edits again ends it."""
    with team(tmp_path, ("kim", "alex")) as net:
        kim, alex = net.engineers
        net.start(2)
        edit(kim, "s1", "laps", 20)
        wait_for(lambda: plan(alex) == {"s1": {"laps": [20]}})
        net.wire.pull(alex.number)
        edit(kim, "s1", "fuel_l", 55.0)
        edit(alex, "s1", "fuel_l", 52.0)
        assert fuel_l(kim) == [55.0]
        assert fuel_l(alex) == [52.0]
        net.wire.put_back(alex.number)
        for machine in net.machines:
            wait_for(lambda machine=machine: set(fuel_l(machine)) == {52.0, 55.0})
        assert plan(kim) == plan(alex) == plan(net.driver)
        edit(alex, "s1", "fuel_l", 53.0)
        for machine in net.machines:
            wait_for(lambda machine=machine: fuel_l(machine) == [53.0])
        net.finish()


def test_engineers_share_across_three_machines_after_the_driver_has_left(tmp_path: Path) -> None:
    with team(tmp_path, ("kim", "alex")) as net:
        kim, alex = net.engineers
        kim.start()
        net.driver.run_demo(4)
        wait_for(lambda: net.driver.told("safe", machines=2), 60.0)
        net.driver.stop()
        net.wire.pull(net.driver.number)
        wait_for(lambda: kim.frames() == net.driver.frames())
        alex.start()
        wait_for(lambda: alex.frames() == net.driver.frames())
        assert not alex.told("link-up", name="driver")
        net.stop()
        assert_same(*net.machines)


def say(machine: Plugged, text: str) -> None:
    assert machine.command("say", text) == f"Said: {text}\n"


@contextmanager
def book(machine: Machine) -> Iterator[EditBook]:
    """A hand on the machine's plan, beside the PitBox that runs there."""
    (session,) = machine.shelf.sessions()
    found = EditBook(machine.shelf, machine.identity, SystemClock(), role_of=roles_of(machine.folder))
    found.enter(session)
    try:
        yield found
    finally:
        found.close()


def edit(machine: Machine, row: str, field: str, value: Value) -> None:
    with book(machine) as found:
        rows = found.ask(stints)
        is_new = row not in {known.key for known in rows}
        found.write([fill(row, field, value), *([add_row(rows, len(rows), row, salt=1)] if is_new else [])])


def plan(machine: Machine) -> dict[str, dict[str, list[Value]]]:
    """By row and field: the value that is shown, and those that stand against it."""
    with book(machine) as found:
        rows = found.ask(stints)
    shown: dict[str, dict[str, list[Value]]] = {}
    for row in rows:
        fields = {name: getattr(row, name) for name in FIELDS}
        shown[row.key] = {name: [value] for name, value in fields.items() if value is not None}
        for other in row.others:
            shown[row.key][other.field].append(other.value)
    return shown


def fuel_l(machine: Machine) -> list[Value]:
    return plan(machine).get("s1", {}).get("fuel_l", [])


def recorded_clock_s(machine: Machine) -> float:
    (log,) = machine.frames()
    records = (decode(entry.payload) for entry in machine.shelf.reader(log).entries())
    return next(record.zero_utc_s for record in records if isinstance(record, RunRecord))


def written_s(machine: Machine) -> list[float]:
    """Wall clocks of what this machine said, in its order."""
    (session,) = machine.shelf.sessions()
    return [
        edit.wall_s
        for reader in edit_readers(machine.shelf, session)
        if reader.log.device == machine.identity.device
        for _, edit in edits_of(reader)
        if edit is not None and edit.field == "text"
    ]
