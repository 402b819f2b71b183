"""An engineer's hand in the pit menu: only with consent, only for the person in the car, and read back."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from office_rig import OWN, Machine, Team, info

from pitbox.cli.spring import memory_spring
from pitbox.crew.clock import SystemClock
from pitbox.identity.device import Identity
from pitbox.model.edit import owned_key
from pitbox.model.pit_request import Answer, Outcome, PitMenu, ask, pit_requests
from pitbox.model.role import Role
from pitbox.sim.iracing.command import PitFuel, PitService, PitTyre, Service, SimCommands
from pitbox.sim.synthetic.pit_menu import SyntheticPitMenu
from pitbox.sim.synthetic.scenario import SCENARIOS
from pitbox.sim.synthetic.simulator import Simulator
from pitbox.wall.driver import Collector
from pitbox.wall.edit_book import EditBook
from pitbox.wall.health import HealthRegistry
from pitbox.wall.pit_menu import commands, is_shown, menu_of
from pitbox.wall.profile import find_profile
from pitbox.wall.settings import General, Settings, Sim, Storage

CONSENT = Settings(sim=Sim(send_commands=True, accept_pit_requests=True))


_ALL = "60 l, four tyres, tear-off, no fast repair"


class Pits:
    """A driver, an engineer, and a sim that answers commands."""

    def __init__(self, team: Team) -> None:
        self.team, self.sim_time_s, self.is_in_car = team, 1000.0, True
        self.menu = SyntheticPitMenu(104.0)
        self.kai: Machine
        self.lea: Machine

    def open(self, settings: Settings = CONSENT, menu: SyntheticPitMenu | None = None) -> "Pits":
        self.menu = menu or self.menu
        self.kai = self.team.join("Kai", Role.DRIVER, settings, sink=SimCommands(self.menu))
        self.lea = self.team.join("Lea", Role.ENGINEER)
        self.kai.hub.info.put(info())
        self.turn()
        return self

    def turn(self) -> None:
        """A row comes, and everybody looks."""
        self.sim_time_s += 0.05
        rows = np.zeros(1, OWN.dtype)
        rows["IsOnTrack"] = self.is_in_car
        self.menu.fill(rows)
        values = {name: rows[name][0] for name in ("IsOnTrack", "PitSvFlags", "PitSvFuel")}
        for machine in self.team.machines:
            machine.race(self.sim_time_s, **values)
        self.team.meet()

    def ask(self, *, by: Machine | None = None, **menu: Any) -> None:
        machine = by or self.lea
        key = owned_key(machine.device, str(machine.office.book.revision[1]))
        machine.office.book.write(ask(key, PitMenu(**menu)))

    def answer(self, turns: int = 40) -> Answer | None:
        """What the engineer reads."""
        for _ in range(turns):
            self.turn()
            requests = self.lea.office.book.ask(pit_requests)
            if requests and requests[-1].answers:
                return requests[-1].answers[0]
        return None


@pytest.fixture
def pits(tmp_path: Path) -> Iterator[Pits]:
    built = Pits(Team(tmp_path))
    yield built
    built.team.close()


@pytest.mark.parametrize(
    ("menu", "words"),
    [
        ({"fuel": 42.0}, "Asked 42 l, menu shows 42 l."),
        ({"fuel": 41.2}, "Asked 41.2 l, menu shows 42 l."),
        ({"fuel": 0.0}, "Asked no fuel, menu shows no fuel."),
        ({"tyres": frozenset({"LF", "LR"})}, "Asked LF LR, menu shows LF LR."),
        ({"tyres": frozenset()}, "Asked no tyres, menu shows no tyres."),
        (
            {
                "fuel": 60.0,
                "tyres": frozenset({"LF", "RF", "LR", "RR"}),
                "tear_off": True,
                "fast_repair": False,
            },
            f"Asked {_ALL}, menu shows {_ALL}.",
        ),
    ],
)
def test_what_is_asked_is_set_and_read_back(pits: Pits, menu: dict[str, Any], words: str) -> None:
    pits.open()
    pits.menu.pit_command(2, 10)
    pits.ask(**menu)
    assert pits.answer() == Answer(pits.kai.device, Outcome.DONE, words)


def test_an_electric_car_takes_kilowatt_hours(pits: Pits) -> None:
    pits.open()
    pits.kai.hub.info.put(info(is_electric=True))
    pits.ask(fuel=12.0)
    assert pits.answer().words == "Asked 12 kWh, menu shows 12 kWh."


def test_a_menu_that_takes_something_else_is_shown_as_different(pits: Pits) -> None:
    pits.open()
    pits.ask(fuel=142.0)
    assert pits.answer(turns=80) == Answer(
        pits.kai.device, Outcome.DIFFERENT, "Asked 142 l, menu shows 104 l."
    )


def test_a_sim_that_does_not_answer_is_told_after_three_seconds(pits: Pits) -> None:
    pits.open(menu=SyntheticPitMenu(104.0, is_deaf=True))
    pits.ask(fuel=42.0)
    assert pits.answer(turns=8) is None
    given = pits.answer(turns=80)
    assert given.outcome is Outcome.UNANSWERED
    assert "as before: the sim did not answer within 3 s" in given.words


@pytest.mark.parametrize(
    ("sim", "words"),
    [
        (Sim(send_commands=True), "sim.accept_pit_requests"),
        (Sim(accept_pit_requests=True), "sim.send_commands"),
    ],
)
def test_without_consent_nothing_is_sent_and_it_is_said(pits: Pits, sim: Sim, words: str) -> None:
    pits.open(Settings(sim=sim))
    pits.ask(fuel=42.0)
    given = pits.answer()
    assert given.outcome is Outcome.REFUSED
    assert words in given.words
    assert given.words.endswith("Nothing was set.") or given.words.endswith("Nothing was sent.")
    assert pits.menu._flags is None


def test_while_somebody_else_drives_nothing_is_sent_and_the_driver_is_named(pits: Pits) -> None:
    pits.open()
    pits.is_in_car = False
    pits.kai.hub.info.put(info(driver="Mia"))
    pits.ask(fuel=42.0)
    given = pits.answer()
    assert given.outcome is Outcome.NOT_IN_CAR
    assert given.words.startswith("Mia is in the car, and iRacing takes this only")
    assert pits.menu._flags is None


def test_a_driver_who_gets_out_meanwhile_is_told(pits: Pits) -> None:
    pits.open(menu=SyntheticPitMenu(104.0, is_deaf=True))
    pits.ask(fuel=42.0)
    pits.turn()
    pits.turn()
    pits.is_in_car = False
    assert "left the car" in pits.answer().words


@pytest.mark.parametrize("role", [Role.DRIVER, Role.VIEWER, None])
def test_only_an_engineer_is_heard(pits: Pits, role: Role | None) -> None:
    pits.open()
    if role is None:
        del pits.kai.roles[pits.lea.device]
    else:
        pits.kai.roles[pits.lea.device] = role
    pits.ask(fuel=42.0)
    for _ in range(20):
        pits.turn()
    assert pits.menu._flags is None
    assert pits.kai.office.book.ask(pit_requests) == ()


def test_what_comes_late_is_refused(pits: Pits) -> None:
    """A line that was cut for half a minute must not surprise a driver."""
    pits.open()
    pits.ask(fuel=42.0)
    pits.sim_time_s += 30.0
    given = pits.answer()
    assert given.outcome is Outcome.REFUSED
    assert "too late" in given.words
    assert pits.menu._flags is None


def test_a_request_is_carried_out_once_even_after_a_restart(pits: Pits) -> None:
    pits.open()
    pits.ask(fuel=42.0)
    assert pits.answer().outcome is Outcome.DONE
    pits.menu.pit_command(2, 7)
    for _ in range(5):
        pits.turn()
    pits.kai.office.close()
    pits.team.machines.remove(pits.kai)
    again = Machine(pits.team.folder, "Kai", pits.team.clock, CONSENT, sink=SimCommands(pits.menu))
    again.roles.update(pits.kai.roles)
    again.role = Role.DRIVER
    pits.team.machines.append(again)
    for _ in range(5):
        pits.turn()
    assert pits.menu._fuel == 7


def test_two_requests_are_carried_out_one_after_the_other(pits: Pits) -> None:
    pits.open()
    pits.ask(fuel=42.0)
    pits.ask(fuel=50.0)
    for _ in range(30):
        pits.turn()
    first, second = pits.lea.office.book.ask(pit_requests)
    assert first.answers[0].words == "Asked 42 l, menu shows 42 l."
    assert second.answers[0].words == "Asked 50 l, menu shows 50 l."
    assert pits.menu._fuel == 50


def test_commands_are_the_sims_own() -> None:
    assert commands(PitMenu(fuel=42.0)) == [PitFuel(42.0)]
    assert commands(PitMenu(fuel=0.0)) == [PitService(Service.CLEAR_FUEL)]
    sent = commands(PitMenu(tyres=frozenset({"RF"}), tear_off=False, fast_repair=True))
    assert [type(command) for command in sent] == [PitService, PitTyre, PitService, PitService]
    assert not is_shown(PitMenu(fuel=42.0), PitMenu(fuel=43.0))
    assert menu_of(np.zeros(1, [("SessionTime", "f8")])) is None


def wait_for(condition: Callable[[], Any], within_s: float = 60.0) -> Any:
    deadline = time.monotonic() + within_s
    while not (found := condition()):
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)
    return found


def test_the_whole_way_through_the_sims_memory(tmp_path: Path) -> None:
    """A sim in memory, a collector beside it, and the request of an engineer whose log lies on the shelf."""
    simulator = Simulator(SCENARIOS["duel"], tmp_path / "memory.bin", speed=2.0)
    ended = threading.Event()
    sim = threading.Thread(target=simulator.run, args=(ended,))
    profile = find_profile("default", {"PITBOX_HOME": str(tmp_path)})
    settings = Settings(general=General(name="Kai"), storage=Storage(reserve_bytes=1 << 20), sim=CONSENT.sim)
    health = HealthRegistry(time.time)
    engineer = Identity.load_or_create(tmp_path / "engineer")
    collector = Collector(
        profile,
        settings,
        memory_spring(tmp_path / "memory.bin", health.tell).source,
        health,
        role_of={engineer.device: Role.ENGINEER}.get,
        sink=SimCommands(simulator.pit_menu),
    )
    book = EditBook(
        collector._wall.shelf, engineer, SystemClock(), role_of=lambda device: Role.DRIVER, name="Lea"
    )
    sim.start()
    collector.start()
    try:
        wait_for(lambda: collector.office.book.at.session_num >= 0 and _is_in_car(collector))
        book.enter(collector.source.session)
        book.at = collector.office.book.at
        book.write(ask(owned_key(engineer.device, "1"), PitMenu(fuel=12.0, tear_off=True)))
        book.store()
        (given,) = wait_for(lambda: _answers(book))
        assert given.words == "Asked 12 l, tear-off, menu shows 12 l, tear-off."
        own = collector.hub.live.take()[1].own
        assert float(own["PitSvFuel"][-1]) == 12.0
    finally:
        ended.set()
        assert collector.stop()
        sim.join()
        book.close()
    assert collector.errors() == []


def _is_in_car(collector: Collector) -> bool:
    ticks = collector.hub.live.take()[1]
    return ticks is not None and bool(ticks.own["IsOnTrack"][-1])


def _answers(book: EditBook) -> tuple[Answer, ...]:
    book.read()
    requests = book.ask(pit_requests)
    return requests[0].answers if requests else ()
