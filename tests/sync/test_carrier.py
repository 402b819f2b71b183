"""What every carrier must do, whatever lies between the machines."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from memory_carrier import Exchange, MemorySeat
from shelves import SESSION, device, record
from station_rig import Place, Seat, Wire, running, until

from pitbox.identity.device import Identity
from pitbox.log.cursor import Cursor, Gap, Stretch
from pitbox.model.ids import LogId
from pitbox.model.source import Ticks
from pitbox.sim.synthetic.scenario import SCENARIOS
from pitbox.sim.synthetic.source import SyntheticSource
from pitbox.sync.carrier import Carrier


class Lan:
    """Two machines with a cable."""

    def __init__(self, root: Path, identities: list[Identity]) -> None:
        self._places = [
            Place(root / name, identity, is_watching=True)
            for name, identity in zip("ab", identities, strict=True)
        ]
        self.seats: list[Seat] = [*self._places]

    def join(self) -> None:
        self._wire = Wire(*self._places)

    async def part(self) -> None:
        await self._wire.unplug()


class InMemory:
    """Two machines at one exchange."""

    def __init__(self, root: Path, identities: list[Identity]) -> None:
        self._exchange = Exchange()
        self._seats = [
            MemorySeat(root / name, identity, self._exchange)
            for name, identity in zip("ab", identities, strict=True)
        ]
        self.seats: list[Seat] = [*self._seats]

    def join(self) -> None:
        self._exchange.seats += self._seats

    async def part(self) -> None:
        self._exchange.seats.clear()


Team = Lan | InMemory
Scene = Callable[[Team], Awaitable[None]]
Play = Callable[[Scene], None]


@pytest.fixture(params=[Lan, InMemory])
def play(request: pytest.FixtureRequest, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Play:
    identities = [device(tmp_path_factory, name) for name in "ab"]

    def play_it(scene: Scene) -> None:
        async def all_of_it() -> None:
            team: Team = request.param(tmp_path, identities)
            async with asyncio.timeout(40), running(*team.seats):
                await scene(team)

        asyncio.run(all_of_it())

    return play_it


@pytest.fixture(scope="module")
def ticks() -> list[Ticks]:
    source = SyntheticSource(msgspec.structs.replace(SCENARIOS["duel"], race_s=60.0))
    found: list[Ticks] = []
    while len(found) < 30:
        found += [event for event in source.poll(0.0) if isinstance(event, Ticks)]
    return found


def test_both_get_what_the_other_one_wrote_byte_for_byte(play: Play) -> None:
    async def scene(team: Team) -> None:
        a, b = team.seats
        writers = [record(a.root, a.identity, commits=10), record(b.root, b.identity, commits=5)]
        await until(lambda: a.library.look() or a.library.holdings)
        team.join()
        await until(lambda: len(a.logs()) == 2 and a.logs() == b.logs())
        await until(lambda: sum(stored.records for stored in b.stored) >= writers[0].durable_seq)
        wanted = {writer.log: writer.durable_seq for writer in writers}
        while await b.carrier.have() != wanted:  # noqa: ASYNC110 - until the play's deadline
            await asyncio.sleep(0.01)
        assert {stored.log for stored in b.stored} == {writers[0].log}
        assert sum(stored.records for stored in b.stored) == writers[0].durable_seq

    play(scene)


def test_what_is_written_meanwhile_follows_and_a_break_loses_and_doubles_nothing(play: Play) -> None:
    async def scene(team: Team) -> None:
        a, b = team.seats
        team.join()
        writer = record(a.root, a.identity, is_closed=False)
        a.carrier.wrote(writer.log, writer.durable_seq, 8.0)
        await until(lambda: b.library.next_seq(writer.log) == writer.durable_seq)
        await team.part()
        again = record(a.root, a.identity, epoch=2)
        a.carrier.wrote(again.log, again.durable_seq, 8.0)
        assert b.library.next_seq(again.log) == 0
        team.join()
        await until(lambda: b.library.next_seq(again.log) == again.durable_seq)
        writer.close(9.0, "done")
        a.carrier.wrote(writer.log, writer.durable_seq, 9.0)
        await a.carrier.drain(20.0)
        await until(lambda: b.logs() == a.logs())
        await until(lambda: sum(s.records for s in b.stored) >= writer.durable_seq + again.durable_seq)
        assert sum(stored.records for stored in b.stored) == writer.durable_seq + again.durable_seq

    play(scene)


def test_only_what_was_told_as_durable_leaves_the_machine(play: Play) -> None:
    async def scene(team: Team) -> None:
        a, b = team.seats
        team.join()
        writer = record(a.root, a.identity, commits=8, is_closed=False)
        part = writer.durable_seq // 2
        a.carrier.wrote(writer.log, part, 4.0)
        await until(lambda: b.library.next_seq(writer.log))
        assert (await b.carrier.have())[writer.log] == part
        assert b.library.next_seq(writer.log) <= part
        writer.abandon()

    play(scene)


def test_what_its_device_did_not_write_is_told_and_never_stored(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lie(cursor: Cursor, *args: Any) -> Stretch | Gap | None:
        step = honest(cursor, *args)
        if not isinstance(step, Stretch):
            return step
        return msgspec.structs.replace(step, data=step.data[:-1] + bytes([step.data[-1] ^ 1]))

    honest = Cursor.take
    monkeypatch.setattr(Cursor, "take", lie)

    async def scene(team: Team) -> None:
        a, b = team.seats
        writer = record(a.root, a.identity, commits=1)
        await until(lambda: a.library.look() or a.library.holdings)
        team.join()
        await until(lambda: b.fouls)
        for log, data in b.logs().items():  # marks before the lie vouch for what came before it
            assert a.logs()[log].startswith(data)
            assert len(data) < len(a.logs()[log])
        assert sum(stored.records for stored in b.stored) < writer.durable_seq

    play(scene)


def test_the_newest_values_come_with_their_source_and_are_never_stored(
    play: Play, ticks: list[Ticks]
) -> None:
    async def scene(team: Team) -> None:
        a, b = team.seats
        team.join()
        for number in range(2000):
            a.carrier.sampled(SESSION, a.identity.device, ticks[number % len(ticks)])
            if any(row.stream == "own" for row in b.rows):
                break
            await asyncio.sleep(0.01)
        (row, *_) = (row for row in b.rows if row.stream == "own")
        assert (row.session, row.device) == (SESSION, a.identity.device)
        assert row.get("SessionTime") in {float(own) for t in ticks for own in t.own["SessionTime"]}
        assert b.logs() == {}

    play(scene)


def test_any_thread_may_speak_and_after_its_end_nobody_is_hurt(play: Play, ticks: list[Ticks]) -> None:
    carriers: list[Carrier] = []

    async def scene(team: Team) -> None:
        a, b = team.seats
        team.join()
        writer = record(a.root, a.identity)
        words = (writer.log, writer.durable_seq, 8.0)
        await asyncio.to_thread(a.carrier.wrote, *words)
        await until(lambda: b.library.next_seq(writer.log) == writer.durable_seq)
        carriers.append(a.carrier)

    play(scene)
    (carrier,) = carriers
    thread = threading.Thread(target=carrier.sampled, args=(SESSION, "d" * 64, ticks[0]))
    thread.start()
    thread.join(5)
    assert not thread.is_alive()
    carrier.wrote(LogId(SESSION, "d" * 64, 1), 5, 1.0)  # type: ignore[arg-type]
