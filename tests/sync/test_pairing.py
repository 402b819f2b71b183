"""Six digits make a pair; anything else makes none, costs the code, and leaves a note."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sync_rig import LOOPBACK, Device, play, until

from pitbox.identity.device import Identity
from pitbox.model.ids import DeviceId
from pitbox.model.role import Role
from pitbox.sync import pairing
from pitbox.sync.address import Address
from pitbox.sync.code import CODE_S, MOST_BURNT, PAUSE_S, CodeBook, clean_code
from pitbox.sync.errors import PairingClosedError, PairingError, WrongCodeError
from pitbox.sync.frame import frame, pack
from pitbox.sync.lobby import MOST_VISITORS, Lobby
from pitbox.sync.pairing import Candidate, Myself
from pitbox.sync.pairing_desk import CodeBurnt, DeskEvent, Paired, PairingDesk, PairingPaused, pair_with
from pitbox.sync.pairing_message import Knock, Proof
from pitbox.sync.spake import Spake2
from pitbox.sync.vouched import VOUCHED_FILE, VouchBook


async def yes(candidate: Candidate) -> Role:
    return candidate.role


async def no(_: Candidate) -> None:
    return None


def myself(device: Device, port: int = 0) -> Myself:
    return Myself(device.identity, device.name, device.role, port)


class Shown:
    """A desk that is open, and what it told."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.events: list[DeskEvent] = []
        self.decide = yes
        self.asked: list[Candidate] = []
        self.desk = PairingDesk(
            myself(device, 47300), device.book, device.places, decide=self._ask, on_event=self.events.append
        )

    async def _ask(self, candidate: Candidate) -> Role | None:
        self.asked.append(candidate)
        return await self.decide(candidate)

    @property
    def places(self) -> list[Address]:
        return [Address(LOOPBACK, self.desk.port)]

    async def type(self, device: Device, code: str, decide: pairing.Decide = yes, expects: str = "") -> None:
        await pair_with(
            self.places,
            code,
            myself(device),
            device.book,
            device.places,
            decide=decide,
            expects=expects,
        )


@asynccontextmanager
async def shown(device: Device) -> AsyncIterator[Shown]:
    shown = Shown(device)
    await shown.desk.open(0)
    try:
        yield shown
    finally:
        await shown.desk.close()


def other_than(digits: str) -> str:
    return f"{(int(digits) + 1) % 10**6:06d}"


def test_the_right_digits_and_two_people_make_a_pair(tmp_path: Path) -> None:
    async def scenario() -> None:
        ada, kai = Device(tmp_path, "Ada", Role.DRIVER), Device(tmp_path, "Kai")
        said = ada.book.path.with_name(VOUCHED_FILE)
        said.write_text(f'{{"vouchers": {{"{kai.identity.device}": [["{"5" * 64}", "driver"]]}}}}')
        async with shown(ada) as desk:
            await desk.type(kai, desk.desk.new_code().show())
            await until(lambda: desk.events)
        assert VouchBook(ada.book).role_of(DeviceId("5" * 64)) is None, "a word of before he was unpaired"
        assert [(p.name, p.role) for p in kai.book.peers] == [("Ada", Role.DRIVER)]
        assert [(p.name, p.role) for p in ada.book.peers] == [("Kai", Role.ENGINEER)]
        assert kai.book.find(ada.device).certificate == ada.identity.certificate  # type: ignore[union-attr]
        assert kai.places.of(ada.identity.device) == (Address(LOOPBACK, 47300),), "where to dial from now on"
        assert [type(event) for event in desk.events] == [Paired]

    play(scenario())


def test_whoever_accepts_chooses_what_the_other_may_do(tmp_path: Path) -> None:
    async def as_viewer(_: Candidate) -> Role:
        return Role.VIEWER

    async def scenario() -> None:
        ada, kai = Device(tmp_path, "Ada"), Device(tmp_path, "Kai", Role.ENGINEER)
        async with shown(ada) as desk:
            desk.decide = as_viewer
            await desk.type(kai, desk.desk.new_code().digits)
            await until(lambda: ada.book.peers)
        assert ada.book.peers[0].role is Role.VIEWER

    play(scenario())


@pytest.mark.parametrize(("shower", "typer"), [(no, yes), (yes, no), (no, no)])
def test_one_no_is_enough(tmp_path: Path, shower: pairing.Decide, typer: pairing.Decide) -> None:
    async def scenario() -> None:
        ada, kai = Device(tmp_path, "Ada"), Device(tmp_path, "Kai")
        async with shown(ada) as desk:
            desk.decide = shower
            with pytest.raises(PairingError, match="accept"):
                await desk.type(kai, desk.desk.new_code().digits, typer)
            await until(lambda: desk.asked)
        assert not ada.book.peers
        assert not kai.book.peers

    play(scenario())


def test_one_wrong_guess_burns_the_code_and_three_pause(tmp_path: Path) -> None:
    async def scenario() -> None:
        ada, kai = Device(tmp_path, "Ada"), Device(tmp_path, "Kai")
        async with shown(ada) as desk:
            for _ in range(MOST_BURNT):
                code = desk.desk.new_code()
                with pytest.raises(WrongCodeError, match="counts no more"):
                    await desk.type(kai, other_than(code.digits))
                with pytest.raises(PairingClosedError, match="No code is open"):
                    await desk.type(kai, code.digits)
            with pytest.raises(PairingClosedError, match="pauses"):
                desk.desk.new_code()
            assert 0 < desk.desk.pause_left_s() <= PAUSE_S
            assert [type(event) for event in desk.events] == [CodeBurnt] * 3 + [PairingPaused]
            assert not desk.asked, "nobody was asked about a guesser"
        assert not ada.book.peers
        assert not kai.book.peers

    play(scenario())


def test_a_code_is_for_one_pair_only(tmp_path: Path) -> None:
    async def scenario() -> None:
        ada, kai, zoe = (Device(tmp_path, name) for name in ("Ada", "Kai", "Zoe"))
        async with shown(ada) as desk:
            code = desk.desk.new_code()
            await desk.type(kai, code.digits)
            with pytest.raises(PairingClosedError):
                await desk.type(zoe, code.digits)
        assert [peer.name for peer in ada.book.peers] == ["Kai"]

    play(scenario())


def test_guesses_side_by_side_are_still_one_guess(tmp_path: Path) -> None:
    """Ten that knock first and prove together: one is judged, the others find the code void."""

    async def scenario() -> None:
        ada, kai = Device(tmp_path, "Ada"), Device(tmp_path, "Kai")
        async with shown(ada) as desk:
            code = desk.desk.new_code()
            guesses = [f"{(int(code.digits) + n + 1) % 10**6:06d}" for n in range(4)]
            ends = await asyncio.gather(*(desk.type(kai, guess) for guess in guesses), return_exceptions=True)
            assert sorted(type(end).__name__ for end in ends) == [
                "PairingClosedError",
                "PairingClosedError",
                "PairingClosedError",
                "WrongCodeError",
            ]
            assert [type(event) for event in desk.events] == [CodeBurnt]

    play(scenario())


def test_who_knocks_without_a_code_there_is_heard_before_the_answer(tmp_path: Path) -> None:
    """Bytes that nobody reads end a connection with a reset, and the words are lost on some systems."""

    async def scenario() -> None:
        ada = Device(tmp_path, "Ada")
        async with shown(ada) as desk:
            reader, writer = await asyncio.open_connection(LOOPBACK, desk.desk.port)
            early = asyncio.create_task(reader.read(1 << 12))
            await asyncio.sleep(0.1)
            assert not early.done()
            writer.write(frame(pack(Knock(1, bytes(32), Spake2(1, is_first=True).share))))
            assert b"No code is open here" in await early
            assert await reader.read() == b""
            writer.close()
            await writer.wait_closed()

    play(scenario())


def test_a_recorded_pairing_played_again_gives_nothing(tmp_path: Path) -> None:
    """Everything the dialler once sent, byte for byte, to a desk that shows a code again."""

    async def relay(ada_port: int, spoken: list[bytes]) -> asyncio.Server:
        async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            far_reader, far_writer = await asyncio.open_connection(LOOPBACK, ada_port)

            async def pump(
                source: asyncio.StreamReader, sink: asyncio.StreamWriter, log: list[bytes] | None
            ) -> None:
                while data := await source.read(4096):
                    if log is not None:
                        log.append(data)
                    sink.write(data)
                    await sink.drain()
                sink.close()

            await asyncio.gather(pump(reader, far_writer, spoken), pump(far_reader, writer, None))

        return await asyncio.start_server(carry, LOOPBACK, 0)

    async def scenario() -> None:
        ada, kai = Device(tmp_path, "Ada"), Device(tmp_path, "Kai")
        async with shown(ada) as desk:
            spoken: list[bytes] = []
            server = await relay(desk.desk.port, spoken)
            code = desk.desk.new_code()
            places = [Address(LOOPBACK, server.sockets[0].getsockname()[1])]
            await pair_with(places, code.digits, myself(kai), kai.book, kai.places, decide=yes)
            await until(lambda: ada.book.peers)
            server.close()
            assert len(b"".join(spoken)) > 500
            ada.book.remove(kai.identity.device)

            same = desk.desk._codes
            same._open = type(code)(code.digits, code.until_s)  # even if the very digits came again
            desk.desk._numbers[same._open] = asyncio.create_task(pairing.stretch(code.digits))
            reader, writer = await asyncio.open_connection(LOOPBACK, desk.desk.port)
            writer.write(b"".join(spoken))
            with contextlib.suppress(ConnectionError):
                await reader.read(1 << 16)
            await until(lambda: not desk.desk.has_code())
            writer.close()
            assert [type(event) for event in desk.events] == [Paired, CodeBurnt]
            assert not ada.book.peers
            assert len(desk.asked) == 1

    play(scenario())


def test_a_false_shower_learns_nothing_and_is_not_trusted(tmp_path: Path) -> None:
    """Somebody spoofs the driver: without the code its proof is wrong."""

    async def scenario() -> None:
        kai, mallory = Device(tmp_path, "Kai"), Device(tmp_path, "Mallory")
        async with shown(mallory) as desk:
            desk.desk.new_code()

            def judge(*_: object, is_right: bool) -> None:
                assert not is_right

            desk.desk._judge = judge  # type: ignore[method-assign]
            desk.desk._numbers = dict.fromkeys(
                desk.desk._numbers, asyncio.create_task(pairing.stretch("999999"))
            )
            with pytest.raises(WrongCodeError):
                await desk.type(kai, "000000")
        assert not kai.book.peers

    play(scenario())


def test_an_invite_that_names_another_device_ends_before_any_proof(tmp_path: Path) -> None:
    async def scenario() -> None:
        ada, kai = Device(tmp_path, "Ada"), Device(tmp_path, "Kai")
        async with shown(ada) as desk:
            code = desk.desk.new_code()
            with pytest.raises(PairingError, match="Another device"):
                await desk.type(kai, code.digits, expects="00" * 15)
            await asyncio.sleep(0)
            assert desk.desk.has_code(), "no guess was made"

    play(scenario())


def test_a_certificate_that_is_not_the_devices_own_makes_no_pair(tmp_path: Path) -> None:
    """It knows the code and still may only bring what it holds the key of."""

    async def scenario() -> None:
        ada, kai, mallory = (Device(tmp_path, name) for name in ("Ada", "Kai", "Mallory"))

        class Thief(Identity):
            """Kai's certificate, Mallory's key."""

        thief = Thief(mallory.identity._key, kai.identity.certificate, mallory.identity.key_file)
        async with shown(ada) as desk:
            code = desk.desk.new_code()
            me = Myself(thief, "Kai", Role.ENGINEER)
            with pytest.raises(PairingError):
                await pair_with(desk.places, code.digits, me, mallory.book, mallory.places, decide=yes)
            assert not desk.asked
        assert not ada.book.peers

    play(scenario())


def test_garbage_and_silence_leave_the_code_and_the_desk_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairing, "RUN_S", 0.3)

    async def scenario() -> None:
        ada, kai = Device(tmp_path, "Ada"), Device(tmp_path, "Kai")
        async with shown(ada) as desk:
            code = desk.desk.new_code()
            silent = []
            point = Spake2(5, is_first=True).share
            for word in (
                b"",
                b"GET / HTTP/1.0\r\n\r\n",
                b"\xff" * 100,
                frame(pack(Proof(bytes(32)))),
                frame(b"\x91" * 9000),
                frame(pack(Knock(1, b"\x01" * 32, b"\x04" + bytes(64)))),
                frame(pack(Knock(9, b"\x01" * 32, point))),
                frame(pack(Knock(1, ada.identity.certificate[:32], point))),
            ):
                reader, writer = await asyncio.open_connection(LOOPBACK, desk.desk.port)
                writer.write(word)
                silent.append((reader, writer))
            for reader, _ in silent:
                with contextlib.suppress(ConnectionError):
                    await reader.read(1 << 16)
            for _, writer in silent:
                writer.close()
            assert desk.desk.has_code()
            await desk.type(kai, code.digits)
        assert not [event for event in desk.events if isinstance(event, CodeBurnt)]

    play(scenario())


@pytest.mark.parametrize("knocks", [0, 1, 40], ids=["silent", "one of them knocked", "all knocked"])
def test_forty_half_open_connections_of_one_address_keep_nobody_of_it_out(
    tmp_path: Path, knocks: int
) -> None:
    """They would stand for ten seconds each, and all come from where Kai sits."""

    async def scenario() -> None:
        ada, kai = Device(tmp_path, "Ada"), Device(tmp_path, "Kai")
        word = frame(pack(Knock(1, b"\x01" * 32, Spake2(5, is_first=True).share)))
        async with shown(ada) as desk, asyncio.timeout(8):
            code = desk.desk.new_code()
            crowd = []
            for number in range(40):
                crowd.append(await asyncio.open_connection(LOOPBACK, desk.desk.port))
                if number < knocks:
                    crowd[-1][1].write(word)
            await until(lambda: len(desk.desk._lobby) == MOST_VISITORS)
            await desk.type(kai, code.digits)
            for _, writer in crowd:
                writer.close()
        assert [peer.name for peer in ada.book.peers] == ["Kai"]
        assert [type(event) for event in desk.events] == [Paired], "nobody guessed"

    play(scenario())


def test_who_says_nothing_makes_room_before_who_knocked() -> None:
    async def scenario() -> None:
        lobby = Lobby(2)
        first, second = lobby.enter(), lobby.enter()
        first.has_knocked = True
        third = lobby.enter()
        assert [one.is_displaced for one in (first, second, third)] == [False, True, False]
        lobby.leave(first)
        lobby.leave(first)
        lobby.enter()
        assert (len(lobby), third.is_displaced) == (2, False)

    play(scenario())


def test_a_proof_that_comes_after_the_code_ran_out_counts_as_none(tmp_path: Path) -> None:
    async def scenario() -> None:
        ada = Device(tmp_path, "Ada")
        async with shown(ada) as desk:
            code = desk.desk.new_code()
            desk.desk._codes._open = None
            with pytest.raises(PairingClosedError):
                desk.desk._judge(code, Address(LOOPBACK, 1), is_right=True)
            assert not desk.events

    play(scenario())


def test_the_digits_are_never_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def scenario() -> list[str]:
        ada, kai = Device(tmp_path, "Ada"), Device(tmp_path, "Kai")
        async with shown(ada) as desk:
            first = desk.desk.new_code()
            with contextlib.suppress(PairingError):
                await desk.type(kai, other_than(first.digits))
            second = desk.desk.new_code()
            logging.getLogger("pitbox.sync").info("a careless line: %r %s", second, second)
            await desk.type(kai, second.digits)
            return [first.digits, other_than(first.digits), second.digits]

    digits: list[str] = []

    async def outer() -> None:
        digits.extend(await scenario())

    play(outer())
    assert "careless" in caplog.text
    assert not [code for code in digits if code in caplog.text]


def test_codes_age_by_a_clock_that_never_jumps() -> None:
    codes = CodeBook()
    code = codes.new(100.0)
    assert codes.current(100.0 + CODE_S - 0.01) is code
    assert codes.current(100.0 + CODE_S) is None
    assert len(code.digits) == 6
    fresh = codes.new(500.0)
    assert codes.current(500.0) is fresh
    assert codes.new(501.0) is not fresh


def test_right_guesses_forgive_wrong_ones_before_them() -> None:
    codes = CodeBook()
    for _ in range(5):
        codes.new(0.0)
        assert not codes.burn(0.0)
        codes.new(0.0)
        assert not codes.burn(0.0)
        codes.new(0.0)
        codes.use()
    assert codes.pause_left_s(0.0) == 0.0


@pytest.mark.parametrize("text", ["123456", " 123 456 ", "123-456"])
def test_a_code_is_read_as_people_type_it(text: str) -> None:
    assert clean_code(text) == "123456"


@pytest.mark.parametrize("text", ["", "12345", "1234567", "12345a", "１２３４５６"])  # noqa: RUF001
def test_what_cannot_be_a_code_costs_no_guess(text: str) -> None:
    with pytest.raises(ValueError, match="6 digits"):
        clean_code(text)
