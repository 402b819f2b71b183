"""docs/sync-protocol.md is enough to write another client: one that was takes part in a team."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import other_client as other
import pytest
from shelves import raw, record
from station_rig import Place
from sync_rig import LOOPBACK, Device, play, until

from pitbox.log.edits import edits_of
from pitbox.log.shelf import Shelf
from pitbox.log.verify import verify_log
from pitbox.model.ids import DeviceId, LogId
from pitbox.model.role import Role
from pitbox.model.source import Ticks
from pitbox.sim.synthetic.scenario import SCENARIOS
from pitbox.sim.synthetic.source import SyntheticSource
from pitbox.sync.pairing import Candidate, Myself
from pitbox.sync.pairing_desk import PairingDesk
from pitbox.sync.trust import PairedPeer

MESSAGE = ["message", "0123456789abcdef.1"]


class Team:
    """A PitBox with its door open, and the other client's device, paired by six digits."""

    def __init__(self, folder: Path) -> None:
        self.ada = Device(folder, "Ada", Role.DRIVER)
        self.place = Place(folder / "log", self.ada.identity)
        self.me = other.Device(folder)
        self.far = b""
        """The certificate that pairing gave."""

    @property
    def door(self) -> tuple[str, int]:
        return LOOPBACK, self.ada.board.port

    def link(self, lane: str) -> other.Link:
        return other.Link(self.door, self.me, self.far, lane)


async def paired(team: Team) -> list[Any]:
    async def accept(candidate: Candidate) -> Role:
        return candidate.role

    ada = team.ada
    me = Myself(ada.identity, ada.name, ada.role, 47300)
    desk = await PairingDesk(me, ada.book, ada.places, decide=accept).open(0)
    digits = desk.new_code().digits
    theirs = await asyncio.to_thread(other.pair, (LOOPBACK, desk.port), digits, team.me, "Other")
    await until(lambda: ada.book.peers)
    await desk.close()
    team.far = theirs[0]
    return theirs


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Team]:
    team = Team(folder)
    ada, station = team.ada, team.place.station
    attending = []

    def attend(link: Any) -> None:
        attending.append(asyncio.create_task(station.attend(link)))

    ada._take = attend  # type: ignore[method-assign]
    rounds = asyncio.create_task(station.run())
    await ada.open()
    try:
        await paired(team)
        yield team
    finally:
        rounds.cancel()
        await station.close()
        await ada.close()
        await asyncio.gather(rounds, *attending, return_exceptions=True)
        team.place.worker.shutdown()


def test_six_digits_and_who_is_who(tmp_path: Path) -> None:
    async def scenario() -> None:
        team = Team(tmp_path)
        theirs = await paired(team)
        assert theirs[:4] == [team.ada.identity.certificate, "Ada", "driver", 47300]
        (peer,) = team.ada.book.peers
        wanted = PairedPeer(DeviceId(team.me.device), "Other", Role.ENGINEER, team.me.certificate)
        assert peer == wanted
        team.place.worker.shutdown()

    play(scenario())


@pytest.mark.parametrize("credit", [1, 5_000, 2 << 20])
def test_a_log_is_fetched_byte_for_byte_and_its_signatures_hold(tmp_path: Path, credit: int) -> None:
    async def scenario() -> None:
        async with running(tmp_path) as team:
            log = record(tmp_path / "log", team.ada.identity, commits=30).log
            whole = raw(Shelf(tmp_path / "log").reader(log))
            await asyncio.to_thread(team.place.library.look)

            def take() -> tuple[list[Any], bytes, bytes]:
                with team.link("log") as link:
                    assert not link.can_resume
                    ((name, end_seq, is_open),) = other.all_offers(link)
                    assert not is_open
                    certificate, data = other.fetch(link, name, end_seq, credit)
                    link.send(other.WANT, [*name[:2], 7], 0, credit)  # nobody has it
                    assert link.hear(other.LACK)[1] == [*name[:2], 7]
                    return name, certificate, data

            name, certificate, data = await asyncio.to_thread(take)
            assert name == [log.session, log.device, log.epoch]
            assert data == whole
            assert other.check(name, certificate, data) == 31
            assert team.place.replication.counters.sent_bytes == len(whole)

    play(scenario())


def test_what_it_writes_is_taken_and_kept(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path) as team:
            log = ["local-river", team.me.device, 2**63 + 5]
            edit = [1, 11, 0.0, 0, 0, 1, MESSAGE, "text", "Box this lap", [], 1.8e9]
            data = other.write(team.me, log, [edit, [1, 99, 0.0, "of a kind that is not known"]])

            def give() -> None:
                with team.link("log") as link:
                    link.send(other.HAVE, [[log, 3, False]], True)
                    _, named, from_seq, credit = link.hear(other.WANT)[:4]
                    assert (named, from_seq) == (log, 0)
                    assert credit >= len(data)
                    link.send(other.BEGIN, log, team.me.certificate)
                    link.send(other.RECORDS, log, 0, data)
                    assert link.hear(other.ACK)[1:3] == [log, 3]

            await asyncio.to_thread(give)
            reader = Shelf(tmp_path / "log").reader(LogId(*log))  # type: ignore[arg-type]
            assert raw(reader) == data
            assert [edit.value for _, edit in edits_of(reader) if edit is not None] == ["Box this lap"]
            assert verify_log(reader).is_whole

    play(scenario())


def test_live_values_are_unpacked_as_announced(tmp_path: Path) -> None:
    source, sampled = SyntheticSource(msgspec.structs.replace(SCENARIOS["duel"], race_s=60.0)), []
    while len(sampled) < 3:
        sampled += [event for event in source.poll(0.0) if isinstance(event, Ticks) and len(event)]

    async def scenario() -> None:
        async with running(tmp_path) as team:

            def watch() -> dict[str, Any]:
                with team.link("live") as link:
                    names = ["SessionTime", "Speed", "Gear", "IsOnTrack"]
                    link.send(other.SUBSCRIBE, 60.0, 0.0, names, [])
                    _, session, device, stream, channels = link.hear(other.CHANNELS)[:5]
                    assert (session, device, stream) == ("local-river", team.ada.device, "own")
                    live = link.hear(other.LIVE)
                    codes = {"b1": "?", "i4": "i", "f4": "f", "f8": "d"}
                    form = "<" + "".join(codes[kind] * count for _, kind, count in channels)
                    values = struct.unpack(form, live[4])
                    return dict(zip([name for name, *_ in channels], values, strict=True))

            watching = asyncio.create_task(asyncio.to_thread(watch))
            ticks = sampled[-1]
            while not watching.done():
                team.place.station.sampled("local-river", team.ada.device, ticks)
                await asyncio.sleep(0.02)
            seen, row = await watching, ticks.own[-1]
            assert seen == {name: pytest.approx(row[name]) for name in seen}
            assert len(seen) == 4

    play(scenario())
