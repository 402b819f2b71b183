"""Drivers who know the engineer and not each other: what one plans reaches all, a viewer's reaches nobody."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paired import LOOPBACK, free_port, wait_for

from pitbox.crew.clock import SystemClock
from pitbox.identity.device import Identity
from pitbox.log.shelf import Shelf
from pitbox.model import event, member, participation
from pitbox.model.edit import Entity
from pitbox.model.ids import DeviceId, SessionId
from pitbox.model.role import Role
from pitbox.sync.address import Address, PlaceBook
from pitbox.sync.errors import FrameError
from pitbox.sync.frame import pack, unpack
from pitbox.sync.message import MOST_MEMBERS, Member, Vouch, log_messages
from pitbox.sync.trust import PairedPeer, PeerBook
from pitbox.sync.vouched import VOUCHED_FILE, VouchBook
from pitbox.wall.edit_book import EditBook
from pitbox.wall.hub import Hub
from pitbox.wall.planner import Planner
from pitbox.wall.radio import Radio, RadioPlan
from pitbox.wall.roles import in_plans, roles_of


class Part:
    """A machine of the team: its plans, and its radio on a thread, over TLS."""

    def __init__(self, folder: Path, name: str, role: Role) -> None:
        self.folder, self.name, self.role = folder / name, name, role
        self.identity = Identity.load_or_create(self.folder)
        self.books = PeerBook(self.folder)
        self.logs = self.folder / "log"
        self.port = free_port()
        self.planner = self.open()
        plan = RadioPlan(role, name, self.folder, self.logs, self.port, keep_free_bytes=0, is_announced=False)
        self.radio = Radio(plan, Hub(), lambda _: None)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.radio.main, args=(self._stop,))

    def open(self) -> Planner:
        role_of = in_plans(roles_of(self.folder))
        book = EditBook(Shelf(self.logs), self.identity, SystemClock(), role_of=role_of, name=self.name)
        planner = Planner(book)
        planner.step(None)
        return planner

    def step(self) -> None:
        self.planner.step(lambda done: self.radio.wrote(done.log, done.durable_seq, done.sim_time_s))

    def sign_up(self) -> None:
        drafts = [*member.add_member(self.name, self.name), *participation.sign_up("e", self.name)]
        self.planner.write(drafts)
        self.step()

    def people(self) -> set[str]:
        self.step()
        return {one.member for one in self.planner.ask(participation.participations)}

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(15.0)
        self.planner.close()


def pair(one: Part, other: Part, *, known_as: Role | None = None) -> None:
    """`known_as`: what the other may do at the one."""
    for here, there, role in ((one, other, known_as), (other, one, None)):
        as_peer = PairedPeer(
            there.identity.device, there.name, role or there.role, there.identity.certificate
        )
        here.books.add(as_peer)
        PlaceBook(here.folder).note_reached(there.identity.device, Address(LOOPBACK, there.port))


@contextlib.contextmanager
def on_the_air(*parts: Part) -> Iterator[None]:
    try:
        for part in parts:
            part.start()
        yield
    finally:
        for part in parts:
            part.stop()


def test_drivers_who_know_only_the_engineer_see_each_other_sign_up(tmp_path: Path) -> None:
    kai = Part(tmp_path, "Kai", Role.ENGINEER)
    ada, bo, vic = (Part(tmp_path, name, Role.DRIVER) for name in ("Ada", "Bo", "Vic"))
    pair(kai, ada)
    pair(kai, bo)
    pair(kai, vic, known_as=Role.VIEWER)
    for part in (ada, bo, vic):
        part.sign_up()
    with on_the_air(kai, ada, bo, vic):
        kai.planner.write(event.add_event("e", "Six hours"))
        kai.step()
        wait_for(lambda: ada.people() == bo.people() == {"Ada", "Bo"})
        assert [one.name for one in bo.planner.ask(event.events)] == ["Six hours"]
        assert kai.people() == {"Ada", "Bo"}, "a viewer is not heard, nor passed on"
        names = {line.who for line in bo.planner.history()}
        assert {"Ada", "Kai"} <= names, "with the name of who did it"
        epochs = {log.device for log in Shelf(bo.logs).logs(SessionId("team-plans"))}
        assert vic.identity.device not in epochs
    alone = bo.open()
    assert len(alone.ask(participation.participations)) == 2, "also while the engineer is away"
    alone.close()


@pytest.fixture
def books(tmp_path: Path) -> Callable[[str, Role], DeviceId]:
    def known(name: str, role: Role) -> DeviceId:
        identity = Identity.load_or_create(tmp_path / name)
        PeerBook(tmp_path).add(PairedPeer(identity.device, name, role, identity.certificate))
        return identity.device

    return known


def test_only_an_engineers_word_counts_and_only_while_he_is_one(
    tmp_path: Path, books: Callable[[str, Role], DeviceId]
) -> None:
    kai, lea, dag = books("kai", Role.ENGINEER), books("lea", Role.ENGINEER), books("dag", Role.DRIVER)
    sam, stranger = DeviceId("5" * 64), DeviceId("6" * 64)
    peers = PeerBook(tmp_path)
    vouched = VouchBook(peers)
    vouched.hear(dag, (Member(sam, "engineer"),))
    assert vouched.role_of(sam) is None, "a driver vouches for nobody"
    vouched.hear(kai, (Member(sam, "engineer"), Member(dag, "viewer"), Member(stranger, "marshal")))
    assert (vouched.role_of(sam), vouched.role_of(stranger)) == (Role.ENGINEER, None)
    assert vouched.role_of(dag) is Role.DRIVER, "one's own line comes first"
    vouched.hear(lea, (Member(sam, "driver"),))
    assert vouched.role_of(sam) is Role.DRIVER, "where two differ, the least"
    roles = roles_of(tmp_path)
    assert (roles(sam), in_plans(roles)(sam)) == (None, Role.DRIVER), "in a race nobody's word counts"
    peers.add(msgspec.structs.replace(peers.named("lea"), role=Role.VIEWER))
    assert in_plans(roles)(sam) is Role.ENGINEER
    vouched.hear(kai, (Member(sam, "engineer"), Member(sam, "viewer"), Member(kai, "viewer")))
    assert in_plans(roles)(sam) is Role.VIEWER, "nor more for being named twice"
    assert in_plans(roles)(kai) is Role.ENGINEER
    vouched.hear(kai, ())
    assert in_plans(roles)(sam) is None, "taken back"
    (tmp_path / VOUCHED_FILE).write_bytes(b"\x00")
    assert VouchBook(peers).role_of(sam) is None


def test_an_edit_that_came_before_the_word_counts_after_it(
    tmp_path: Path, books: Callable[[str, Role], DeviceId]
) -> None:
    kai, sam = books("kai", Role.ENGINEER), Identity.load_or_create(tmp_path / "sam")
    shelf, clock = Shelf(tmp_path / "log"), SystemClock()
    theirs = Planner(EditBook(shelf, sam, clock, name="Sam"))
    theirs.step(None)
    theirs.write(member.add_member("sam", "Sam"))
    theirs.step(None)
    here = Identity.load_or_create(tmp_path)
    ours = Planner(EditBook(shelf, here, clock, role_of=in_plans(roles_of(tmp_path)), name="Ada"))
    ours.step(None)
    assert ours.revision[1] == 0
    vouched = VouchBook(PeerBook(tmp_path))
    vouched.hear(kai, (Member(sam.device, "driver"), Member(here.device, "viewer")))
    ours.step(None)
    assert name_in(ours, "sam") == "Sam"
    ours.write(member.add_member("ada", "Ada"))
    before = ours.revision
    peers = PeerBook(tmp_path)
    line = peers.remove(kai)
    ours.step(None)
    assert (name_in(ours, "sam"), name_in(ours, "ada")) == (None, "Ada"), "as on a machine that starts now"
    assert ours.revision > before, "whoever looks sees that it is another plan"
    peers.add(line)
    ours.step(None)
    assert name_in(ours, "sam") == "Sam"
    for planner in (theirs, ours):
        planner.close()


def name_in(planner: Planner, key: str) -> object:
    return planner.ask(lambda ledger: ledger.value(Entity("member", key), "name"))


def test_a_word_ends_with_the_pairing_and_begins_with_nothing(
    tmp_path: Path, books: Callable[[str, Role], DeviceId]
) -> None:
    kai, sam = books("kai", Role.ENGINEER), DeviceId("5" * 64)
    radio, peers = VouchBook(PeerBook(tmp_path)), PeerBook(tmp_path)
    word = (Member(sam, "driver"),)
    radio.hear(kai, word)
    VouchBook(peers).forget(kai)
    radio.refresh()
    assert radio.role_of(sam) is None, "also in a process that had heard it"
    radio.hear(kai, word)
    assert VouchBook(peers).role_of(sam) is Role.DRIVER, "said again it counts again"
    peers.add(msgspec.structs.replace(peers.named("kai"), role=Role.DRIVER))
    assert VouchBook(peers).role_of(sam) is None
    VouchBook(peers).hear(kai, (*word, Member(kai, "engineer")))
    assert VouchBook(peers).role_of(sam) is None, "nor does he make himself one"


def test_what_the_disk_refused_counts_when_it_is_said_again(
    tmp_path: Path, books: Callable[[str, Role], DeviceId]
) -> None:
    kai, sam = books("kai", Role.ENGINEER), DeviceId("5" * 64)
    vouched, word = VouchBook(PeerBook(tmp_path)), (Member(sam, "driver"),)
    (tmp_path / VOUCHED_FILE).mkdir()
    vouched.hear(kai, word)
    (tmp_path / VOUCHED_FILE).rmdir()
    vouched.hear(kai, word)
    assert in_plans(roles_of(tmp_path))(sam) is Role.DRIVER


def test_who_changes_his_mind_without_end_is_heard_now_and_then_and_his_last_word_counts(
    tmp_path: Path, books: Callable[[str, Role], DeviceId], monkeypatch: pytest.MonkeyPatch
) -> None:
    kai, lea, sam = books("kai", Role.ENGINEER), books("lea", Role.ENGINEER), DeviceId("5" * 64)
    now_s, written = 1000.0, 0
    vouched = VouchBook(PeerBook(tmp_path), lambda: now_s)
    store = vouched._store

    def count(said: dict[str, tuple[Member, ...]]) -> None:
        nonlocal written
        written += 1
        store(said)

    monkeypatch.setattr(vouched, "_store", count)
    for turn in range(500):
        vouched.hear(kai, (Member(sam, "driver"),) if turn % 2 else ())
        vouched.refresh()
    assert written <= 16, "each is a file, and plans that are judged anew"
    vouched.hear(lea, (Member(sam, "viewer"),))
    assert vouched.role_of(sam) is Role.VIEWER, "another one is heard at once"
    vouched.hear(lea, ())
    for word in ((Member(sam, "driver"),), ()):
        vouched.hear(kai, word)
        now_s += 2.0
        vouched.refresh()
        assert vouched.role_of(sam) is (Role.DRIVER if word else None), "given or taken back, the last counts"
    vouched.hear(kai, (Member(sam, "driver"),))
    VouchBook(PeerBook(tmp_path)).forget(kai)
    vouched.forget(kai)
    now_s += 60.0
    vouched.refresh()
    assert vouched.role_of(sam) is None, "a word that waits ends with the pairing, too"


@given(st.binary(max_size=80), st.integers(0, MOST_MEMBERS))
def test_what_is_no_word_is_refused_and_a_word_is_small(garbage: bytes, members: int) -> None:
    whole = Vouch(tuple(Member(DeviceId(f"{at:064x}"), "engineer") for at in range(members)))
    said = pack(whole)
    assert unpack(said, log_messages) == whole
    assert len(said) < 8 << 10
    for bad in (garbage, said[: len(said) // 2], b"\x92\x17" + garbage):
        with contextlib.suppress(FrameError):
            found = unpack(bad, log_messages)
            assert not isinstance(found, Vouch) or len(found.members) <= MOST_MEMBERS


@pytest.mark.parametrize(
    "members",
    [
        [[f"{at:064x}", "driver"] for at in range(MOST_MEMBERS + 1)],
        [["5" * 63, "driver"]],
        [["G" * 64, "driver"]],
        [["5" * 64, "d" * 17]],
        [["5" * 64]],
        "engineer",
    ],
)
def test_a_word_beyond_its_bounds_ends_the_link(members: object) -> None:
    with pytest.raises(FrameError):
        unpack(pack([23, members]), log_messages)
