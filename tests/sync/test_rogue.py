"""Who is not paired gets not one byte of data, whatever it tries, and does not disturb those who are."""

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
from rogue_rig import FLOOD, forge, trusting_nobody, what_comes
from sync_rig import LOOPBACK, Device, introduce, pair, play, until

from pitbox.identity.certificate import check_certificate
from pitbox.identity.device import device_of
from pitbox.identity.errors import ForeignCertificateError
from pitbox.model.role import Role
from pitbox.sync import switchboard as board_module
from pitbox.sync.address import Address
from pitbox.sync.errors import Closing
from pitbox.sync.frame import HEAD, frame, pack
from pitbox.sync.handshake import Hello
from pitbox.sync.link import Lane, LinkLimits
from pitbox.sync.switchboard import LinkDown, StrangerTurnedAway
from pitbox.sync.tls import Credentials, secure
from pitbox.sync.trust import PairedPeer

COUNT = 10_000
HELLO = frame(pack(Hello(1, 1, "log", "rogue")))
QUICK = LinkLimits(ping_s=0.1, dead_s=3.0)


class Wall:
    """Ada and Kai, connected, talking to each other all the time."""

    def __init__(self, ada: Device, kai: Device) -> None:
        self.ada, self.kai = ada, kai
        self.link_count = len(ada.links)

    async def check_undisturbed(self) -> None:
        """The links that stood still stand, and carry messages."""
        before = len(self.kai.received)
        link = self.ada.board.link(self.kai.identity.device, Lane.LOG)
        assert link is not None
        assert len(self.ada.links) == self.link_count
        await link.send((16, "still here"))
        await until(lambda: len(self.kai.received) > before, timeout_s=2)


@asynccontextmanager
async def wall(folder: Path) -> AsyncIterator[Wall]:
    ada, kai = Device(folder, "Ada", Role.DRIVER), Device(folder, "Kai")
    pair(ada, kai)
    await ada.open(QUICK)
    await kai.open(QUICK)
    try:
        introduce(ada, kai)
        await until(lambda: ada.is_linked(kai) and kai.is_linked(ada))
        await until(lambda: len(ada.board.links()) == 2)
        yield Wall(ada, kai)
    finally:
        await ada.close()
        await kai.close()


def common_name(device: Device) -> str:
    return check_certificate(device.identity.certificate)


def test_an_unpaired_device_gets_nothing(tmp_path: Path) -> None:
    """It sees a connection that succeeds: TLS 1.3 tells a client late. So nothing counts before WELCOME."""

    async def scenario() -> None:
        async with wall(tmp_path) as w:
            rogue = Device(tmp_path, "Mallory")
            context = trusting_nobody(rogue.identity.key_file)
            reader, writer = await asyncio.open_connection(LOOPBACK, w.ada.address.port, ssl=context)
            writer.write(HELLO)
            with contextlib.suppress(OSError):
                assert await reader.read(100) == b""
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            await until(lambda: any(isinstance(event, StrangerTurnedAway) for event in w.ada.events))
            await w.check_undisturbed()

    play(scenario())


def test_a_switchboard_that_trusts_us_one_way_never_sees_a_link(tmp_path: Path) -> None:
    """The trap from the dialler's side: Mallory paired Ada, Ada did not pair Mallory."""

    async def scenario() -> None:
        async with wall(tmp_path) as w:
            rogue = Device(tmp_path, "Mallory")
            rogue.book.add(w.ada.as_peer())
            await rogue.open(QUICK)
            rogue.board.seen(w.ada.device[:16], [w.ada.address])
            await until(lambda: any("may no longer be paired" in str(event) for event in rogue.events))
            assert not rogue.links
            assert not rogue.received
            await w.check_undisturbed()
            await rogue.close()

    play(scenario())


def test_a_client_without_a_certificate_gets_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with wall(tmp_path) as w:
            assert await what_comes(w.ada.address, trusting_nobody(), HELLO) == b""
            await w.check_undisturbed()

    play(scenario())


def test_the_name_of_a_paired_device_on_another_key_gets_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with wall(tmp_path) as w:
            path, _ = forge(tmp_path, common_name(w.kai))
            assert await what_comes(w.ada.address, trusting_nobody(path), HELLO) == b""
            await w.check_undisturbed()

    play(scenario())


def test_a_certificate_with_a_borrowed_name_cannot_be_paired(tmp_path: Path) -> None:
    """In a trust store it would shadow the one whose name it took: so it never gets there."""
    kai = Device(tmp_path, "Kai")
    _, forged = forge(tmp_path, common_name(kai))
    with pytest.raises(ForeignCertificateError, match="name"):
        check_certificate(forged)
    with pytest.raises(ForeignCertificateError):
        check_certificate(kai.identity.certificate + b"\x00")
    with pytest.raises(ForeignCertificateError):
        check_certificate(bytes(10_000))


def test_a_certificate_that_a_paired_device_signed_gets_nothing(tmp_path: Path) -> None:
    """Each trusted certificate is an anchor, so TLS may like what it signs; the fingerprint decides."""

    async def scenario() -> None:
        async with wall(tmp_path) as w:
            path, _ = forge(tmp_path, "pb-0123456789abcdef", issuer=w.kai.identity)
            assert await what_comes(w.ada.address, trusting_nobody(path), HELLO) == b""
            await w.check_undisturbed()

    play(scenario())


def test_of_two_trusted_devices_with_one_name_none_is_taken_for_the_other(tmp_path: Path) -> None:
    """Pairing never lets it come to this; if a hand-edited book does, the fingerprint still tells."""

    async def scenario() -> None:
        async with wall(tmp_path) as w:
            path, der = forge(tmp_path, common_name(w.kai))
            twin = device_of(der)
            w.ada.book.add(PairedPeer(twin, "Twin", Role.VIEWER, der))
            w.ada.board.refresh()
            got = await what_comes(w.ada.address, trusting_nobody(path), HELLO)
            links = [link for link in w.ada.links if link.agreement.far_instance == "rogue"]
            assert bool(got) == bool(links)
            assert {(link.peer.fingerprint, link.peer.name, link.peer.role) for link in links} <= {
                (twin, "Twin", Role.VIEWER)
            }
            w.link_count = len(w.ada.links)
            await w.check_undisturbed()

    play(scenario())


def test_revoked_on_a_live_link_ends_it_and_the_door_stays_shut(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with wall(tmp_path) as w:
            before = w.ada.board._credentials.server
            w.ada.book.remove(w.kai.identity.device)  # as `pitbox unpair` in another process does
            w.ada.board.refresh()
            await until(lambda: not w.ada.board.links() and not w.kai.board.links())
            assert w.ada.board._credentials.server is not before
            await until(lambda: sum(isinstance(event, LinkDown) for event in w.kai.events) == w.link_count)
            ends = [event.closing for event in w.kai.events if isinstance(event, LinkDown)]
            assert ends[-2:] == [Closing.REVOKED] * 2
            got = len(w.kai.received)
            w.kai.board.seen(w.ada.device[:16], [Address(LOOPBACK, w.ada.board.port), w.ada.address])
            await until(lambda: any("may no longer be paired" in str(event) for event in w.kai.events))
            assert not w.kai.board.links(), "never another one"
            assert len(w.kai.received) == got

    play(scenario())


def test_another_process_unpairs_and_the_link_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board_module, "_LOOK_S", 0.05)

    async def scenario() -> None:
        async with wall(tmp_path) as w:
            from pitbox.sync.trust import PeerBook

            PeerBook(w.ada.folder).remove(w.kai.identity.device)
            await until(lambda: not w.ada.board.links() and not w.kai.board.links())

    play(scenario())


def test_a_context_kept_from_before_does_not_help(tmp_path: Path) -> None:
    """The trap: a context that still trusts the revoked one. The fingerprint is looked up at every accept."""

    async def scenario() -> None:
        async with wall(tmp_path) as w:
            stale = Credentials(w.ada.identity, w.ada.book).server
            w.ada.book.remove(w.kai.identity.device)
            w.ada.board.refresh()
            await until(lambda: not w.ada.board.links())

            class Stale:
                server = stale
                client = stale

            w.ada.board._credentials = Stale()  # type: ignore[assignment]
            context = trusting_nobody(w.kai.identity.key_file)
            assert await what_comes(w.ada.address, context, HELLO) == b""

    play(scenario())


def test_no_session_is_resumed(tmp_path: Path) -> None:
    """A ticket from before the revocation would pass without a certificate."""

    async def scenario() -> None:
        async with wall(tmp_path) as w:
            connection = socket.create_connection((LOOPBACK, w.ada.address.port))
            connection.setblocking(False)
            context = Credentials(w.kai.identity, w.kai.book).client
            pipe, device = await secure(connection, context, is_server=False, timeout_s=5)
            assert device == w.ada.device
            assert not pipe._writer.get_extra_info("ssl_object").session.has_ticket
            pipe.abort()

    play(scenario())


@pytest.mark.parametrize(
    "words",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        bytes(2000),
        b"\x16\x03\x01\x02\x00" + os.urandom(512),
        HELLO,
        b"SSH-2.0-rogue\r\n",
    ],
    ids=["http", "zeros", "half a client hello", "hello without tls", "ssh"],
)
def test_garbage_at_the_door_gets_nothing(tmp_path: Path, words: bytes) -> None:
    async def scenario() -> None:
        async with wall(tmp_path) as w:
            got = await what_comes(w.ada.address, None, words)
            assert len(got) <= 7, "a TLS alert at most"
            await w.check_undisturbed()

    play(scenario())


@pytest.mark.parametrize(
    "words",
    [
        frame(pack((1, 1, 1, "gossip", "x"))),
        frame(pack((16, "data before hello"))),
        frame(pack((2, 1, "welcome"))),
        HELLO + frame(pack((16, "data before welcome"))),
        HEAD.pack(5000, 0),
        HEAD.pack(0xFFFFFFFF, 0),
        frame(b"\x91" * 4000),
        frame(pack((1, 1, 1, "log", "x", "n" * 3000))),
    ],
    ids=["lane", "data", "welcome", "hurry", "large", "oversize", "nested", "name"],
)
def test_a_paired_device_that_says_nonsense_is_thrown_out_and_the_rest_goes_on(
    tmp_path: Path, words: bytes
) -> None:
    """Paired does not mean sane: a broken build of a team-mate must not disturb the others."""

    async def scenario() -> None:
        async with wall(tmp_path) as w:
            zoe = Device(tmp_path, "Zoe")
            pair(w.ada, zoe)
            w.ada.board.refresh()
            got = await what_comes(w.ada.address, Credentials(zoe.identity, zoe.book).client, words)
            assert b"WELCOME" not in got
            assert len(got) == 0 or got[HEAD.size + 1] == 3, "REFUSE at most"
            assert w.ada.board.link(zoe.identity.device, Lane.LOG) is None
            await w.check_undisturbed()

    play(scenario())


def test_those_who_connect_and_wait_are_few_and_leave_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_module, "MEETING_S", 0.4)

    async def scenario() -> None:
        async with wall(tmp_path) as w:
            idle = []
            for _ in range(60):
                with contextlib.suppress(OSError):
                    idle.append(await asyncio.open_connection(LOOPBACK, w.ada.address.port))
            await until(lambda: w.ada.board.turned_away >= 40)
            gate = w.ada.board._listener.gate
            assert len(gate) <= 12
            for _, writer in idle[:12]:  # one byte at a time is no way to stay either
                with contextlib.suppress(OSError):
                    writer.write(b"\x16")
            await until(lambda: len(gate) == 0, timeout_s=3)
            for _, writer in idle:
                writer.close()
            await w.check_undisturbed()

    play(scenario())


@pytest.mark.slow
def test_ten_thousand_connections_leave_memory_and_links_alone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with wall(tmp_path) as w:
            process = psutil.Process()
            before, peak = process.memory_info().rss, 0
            words = sys.executable, "-c", FLOOD, str(w.ada.address.port), str(COUNT)
            flooding = await asyncio.create_subprocess_exec(*words)
            ended = asyncio.create_task(flooding.wait())
            checks = 0
            while not ended.done():
                await w.check_undisturbed()
                checks += 1
                peak = max(peak, process.memory_info().rss)
                await asyncio.wait({ended}, timeout=0.05)
            assert ended.result() == 0
            assert peak - before < 24 << 20
            assert w.ada.board.turned_away + w.ada.board.strangers > COUNT * 0.9
            assert checks > 1
            assert sum(isinstance(event, StrangerTurnedAway) for event in w.ada.events) <= 2, "once a minute"
            await until(lambda: len(w.ada.board._listener.gate) == 0)

    play(scenario(), timeout_s=90)
