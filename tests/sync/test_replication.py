"""The log lane without a network: any order, cut and reconnect ends in the same bytes everywhere."""

import random
import shutil
from collections import deque
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shelves import SESSION, device, raw, record

from pitbox.identity.device import Identity
from pitbox.log.cursor import Gap
from pitbox.log.donor import Donor
from pitbox.log.edits import Author
from pitbox.log.reader import log_folder
from pitbox.log.shelf import Shelf
from pitbox.log.verify import verify_log
from pitbox.log.writer import LogWriter
from pitbox.model.edit import Edit, Entity
from pitbox.model.ids import LogId
from pitbox.model.stamp import Stamp
from pitbox.sync import replication as room
from pitbox.sync.admission import Admission
from pitbox.sync.errors import ForeignError
from pitbox.sync.frame import pack
from pitbox.sync.library import Library
from pitbox.sync.limits import ReplicationLimits
from pitbox.sync.message import Ack, Begin, Have, Lack, LogName, Offer, Records, Want, log_messages
from pitbox.sync.replication import Replication
from pitbox.wire.record import EditRecord, RunRecord, encode

LIMITS = ReplicationLimits(window_bytes=6000, chunk_bytes=1500)


class Machine:
    def __init__(self, root: Path, identity: Identity, limits: ReplicationLimits = LIMITS) -> None:
        self.root, self.identity, self.name, self.limits = root, identity, identity.device, limits
        self.start()

    def start(self) -> None:
        self.library = Library(self.root, self.name)
        self.library.look()
        self.replication = Replication(self.library, lambda log, peer: True, self.limits)

    def logs(self) -> dict[LogId, bytes]:
        shelf = Shelf(self.root)
        return {log: raw(shelf.reader(log)) for session in shelf.sessions() for log in shelf.logs(session)}


class Cable:
    """Between two machines: messages in order, as bytes, until it is cut."""

    def __init__(self, one: Machine, other: Machine) -> None:
        self.ends = (one, other)
        self.under_way: tuple[deque[bytes], deque[bytes]] = (deque(), deque())
        one.replication.join(other.name)
        other.replication.join(one.name)

    def cut(self) -> None:
        one, other = self.ends
        one.replication.leave(other.name)
        other.replication.leave(one.name)

    def send(self, way: int, now_s: float) -> bool:
        sender, taker = self.ends[way], self.ends[1 - way]
        message = sender.replication.next_message(taker.name, now_s)
        if message is not None:
            self.under_way[way].append(pack(message))
        return message is not None

    def deliver(self, way: int, now_s: float) -> bool:
        if not self.under_way[way]:
            return False
        sender, taker = self.ends[way], self.ends[1 - way]
        message = log_messages.decode(self.under_way[way].popleft())
        taker.replication.receive(sender.name, message, now_s)
        return True


def settle_all(machines: list[Machine], cables: list[Cable], now_s: float = 0.0, rounds: int = 4000) -> float:
    """Until nothing moves any more for longer than anything waits; time passes only then."""
    until_s = now_s + 20
    for _ in range(rounds):
        is_moving = False
        for machine in machines:
            machine.replication.tick(now_s)
        for cable in cables:
            for way in (0, 1):
                while cable.send(way, now_s):
                    is_moving = True
                while cable.deliver(way, now_s):
                    is_moving = True
        for machine in machines:
            is_moving |= bool(machine.replication.settle(now_s))
        if not is_moving:
            if now_s > until_s:
                return now_s
            now_s += 1.1
    raise AssertionError("It never comes to rest.")


@pytest.fixture
def identities(tmp_path_factory: pytest.TempPathFactory) -> list[Identity]:
    return [device(tmp_path_factory, name) for name in ("a", "b", "c")]


@pytest.fixture
def machines(tmp_path: Path, identities: list[Identity]) -> list[Machine]:
    return [Machine(tmp_path / str(at), identity) for at, identity in enumerate(identities)]


def test_a_late_joiner_gets_the_same_files(machines: list[Machine]) -> None:
    a, b, _ = machines
    record(a.root, a.identity, commits=12)
    a.start()
    cable = Cable(a, b)
    settle_all([a, b], [cable])
    assert b.logs() == a.logs()
    (log,) = b.logs()
    files = [sorted((m.root / log.session / log.device).rglob("*.seg")) for m in (a, b)]
    assert [p.read_bytes() for p in files[0]] == [p.read_bytes() for p in files[1]]
    assert verify_log(Shelf(b.root).reader(log)).is_whole
    sent, taken = a.replication.counters, b.replication.counters
    assert sent.sent_records == taken.received_records == taken.applied_records
    assert taken.known_records == 0
    assert a.replication.holders(log)[b.name] == a.library.next_seq(log)


def test_a_third_peer_gets_it_from_the_second_after_the_first_has_gone(machines: list[Machine]) -> None:
    a, b, c = machines
    record(a.root, a.identity)
    a.start()
    cable = Cable(a, b)
    settle_all([a, b], [cable])
    cable.cut()
    settle_all([b, c], [Cable(b, c)])
    assert c.logs() == a.logs()


def test_what_begins_with_a_kind_that_is_not_admitted_is_not_kept_whoever_brings_it(
    machines: list[Machine],
) -> None:
    """A viewer's edits: he is unknown to C, and B, who is trusted, passes them on."""
    a, b, c = machines
    race = record(a.root, a.identity).log
    edits = written(a)
    a.start()
    cable = Cable(a, b)
    settle_all([a, b], [cable])
    assert b.logs().keys() == {race, edits}
    cable.cut()
    known: set[str] = set()
    admits = lambda log, kind: kind != EditRecord.KIND or log.device in known  # noqa: E731
    c.replication = Replication(c.library, lambda log, peer: True, LIMITS, admission=Admission(admits))
    now_s = settle_all([b, c], [Cable(b, c)])
    assert c.logs().keys() == {race}, "what was recorded is proved by who wrote it"
    assert not log_folder(c.root, edits).exists()
    assert b.replication.counters.sent_records < 100, "asked for once, not again and again"
    known.add(a.name)
    settle_all([b, c], [], now_s)
    c.replication.tick(now_s)
    settle_all([b, c], [Cable(b, c)], now_s)
    assert c.logs() == a.logs(), "paired since: its role is known, and it comes"


def written(machine: Machine) -> LogId:
    author = Author(machine.root, SESSION, machine.identity)
    author.append([Edit(Stamp(1, machine.name, author.log.epoch), Entity("message", "1"), "text", "Box")])
    author.commit()
    author.close()
    return author.log


@settings(max_examples=12)
@given(st.integers(0, 2**32))
def test_any_interleaving_cut_and_restart_gives_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    rng = random.Random(seed)
    root = tmp_path_factory.mktemp("net")
    people = [device(tmp_path_factory, name) for name in ("a", "b", "c")]
    machines = [Machine(root / str(at), identity) for at, identity in enumerate(people)]
    for number, machine in enumerate(machines):
        for epoch in range(rng.randrange(0, 3)):
            record(machine.root, machine.identity, epoch=10 * number + epoch, commits=rng.randrange(1, 9))
        machine.start()
    pairs = [(0, 1), (1, 2), (0, 2)]
    cables: dict[tuple[int, int], Cable] = {}
    now_s = 0.0
    for _ in range(rng.randrange(50, 400)):
        now_s += rng.random() * 0.3
        _step(rng, machines, cables, rng.choice(pairs), now_s)
    for pair in pairs[: rng.randrange(2, 4)]:
        cables.setdefault(pair, Cable(machines[pair[0]], machines[pair[1]]))
    settle_all(machines, list(cables.values()), now_s)
    assert machines[0].logs() == machines[1].logs() == machines[2].logs()
    for machine in machines:
        counters = machine.replication.counters
        assert counters.applied_records <= counters.received_records
        assert counters.refused_logs == 0


def _step(
    rng: random.Random,
    machines: list[Machine],
    cables: dict[tuple[int, int], Cable],
    pair: tuple[int, int],
    now_s: float,
) -> None:
    one, other = (machines[at] for at in pair)
    cable = cables.get(pair)
    if cable is None:
        cables[pair] = Cable(one, other)
        return
    dice = rng.random()
    if dice < 0.02:
        cables.pop(pair).cut()
    elif dice < 0.03:  # killed: what was not synced is gone, and so are its links
        for key in [key for key in cables if pair[0] in key]:
            cables.pop(key).cut()
        one.library.close()
        one.start()
    elif dice < 0.35:
        cable.send(rng.randrange(2), now_s)
    elif dice < 0.7:
        cable.deliver(rng.randrange(2), now_s)
    elif dice < 0.9:
        rng.choice((one, other)).replication.settle(now_s)
    else:
        rng.choice((one, other)).replication.tick(now_s)


def test_only_what_is_durable_is_sent(machines: list[Machine]) -> None:
    a, b, _ = machines
    writer = record(a.root, a.identity, commits=6, is_closed=False)
    a.library.wrote(writer.log, 5, 10.0)
    cable = Cable(a, b)
    settle_all([a, b], [cable])
    assert raw(Shelf(a.root).reader(writer.log)).startswith(b"".join(b.logs().values()))
    assert b.library.next_seq(writer.log) <= 5
    a.library.wrote(writer.log, writer.durable_seq, 11.0)
    settle_all([a, b], [cable])
    assert b.library.next_seq(writer.log) == writer.durable_seq
    writer.abandon()


def test_a_log_that_is_written_here_is_never_asked_for(machines: list[Machine]) -> None:
    a, b, _ = machines
    writer = record(a.root, a.identity, commits=3, is_closed=False)
    a.library.wrote(writer.log, writer.durable_seq, 10.0)
    a.replication.join(b.name)
    a.replication.receive(b.name, Have((Offer(LogName.of(writer.log), 10_000),), is_all=True), 0.0)
    a.replication.tick(0.0)
    while (message := a.replication.next_message(b.name, 0.0)) is not None:
        assert not isinstance(message, Want)
    writer.abandon()


def test_the_tail_of_a_restored_backup_comes_back(machines: list[Machine]) -> None:
    a, b, _ = machines
    record(a.root, a.identity, commits=12)
    a.start()
    cable = Cable(a, b)
    settle_all([a, b], [cable])
    cable.cut()
    whole = a.logs()
    (log,) = whole
    for path in sorted((a.root / SESSION).rglob("*.seg"))[2:]:
        path.unlink()  # the backup is from earlier
    a.start()
    assert a.library.next_seq(log) < b.library.next_seq(log)
    settle_all([a, b], [Cable(a, b)])
    assert a.logs() == whole == b.logs()


def test_a_deleted_session_does_not_come_back(machines: list[Machine]) -> None:
    a, b, _ = machines
    record(a.root, a.identity)
    a.start()
    b.library.tombstones.raise_for(SESSION)
    settle_all([a, b], [Cable(a, b)])
    assert b.logs() == {}
    assert a.logs()


def test_what_is_being_driven_comes_before_what_is_over(machines: list[Machine]) -> None:
    a, b, _ = machines
    for epoch in range(6):
        record(a.root, a.identity, epoch=epoch, commits=3)
    driven = record(a.root, a.identity, epoch=99, commits=3, is_closed=False)
    a.start()
    a.library.wrote(driven.log, driven.durable_seq, 1.0)
    Cable(a, b)
    have = a.replication.next_message(b.name, 0.0)
    assert isinstance(have, Have)
    b.replication.receive(a.name, have, 0.0)
    b.replication.tick(0.0)
    asked = [b.replication.next_message(a.name, 0.0) for _ in range(4)]
    assert isinstance(asked[0], Want)
    assert asked[0].log.epoch == 99
    assert all(isinstance(want, Want) for want in asked)
    assert isinstance(b.replication.next_message(a.name, 0.0), Have), "four logs at a time"
    driven.abandon()


def delete(machine: Machine) -> None:
    machine.library.tombstones.raise_for(SESSION)
    shutil.rmtree(machine.root / SESSION)


def test_who_deleted_a_session_counts_no_longer_as_a_machine_that_has_it(machines: list[Machine]) -> None:
    a, b, _ = machines
    record(a.root, a.identity, commits=12)
    a.start()
    settle_all([a, b], [cable := Cable(a, b)])
    (log,) = whole = b.logs()
    assert a.name in b.replication.holders(log)
    delete(a)
    a.library.look()
    settle_all([a, b], [cable], now_s=10.0)
    assert a.name not in b.replication.holders(log)
    assert log not in b.replication.promises()
    assert b.logs() == whole
    assert a.logs() == {}


def test_a_session_that_is_deleted_while_it_is_copied_is_waited_for_no_longer(
    machines: list[Machine],
) -> None:
    a, b, _ = machines
    record(a.root, a.identity, commits=40)
    a.start()
    cable = Cable(a, b)
    for step in range(4):  # some of it comes
        for way in (0, 1):
            cable.send(way, 0.0)
            cable.deliver(way, 0.0)
        b.replication.tick(0.0)
        assert step < 3 or b.replication.settle(0.0)
    assert b.replication.lag(a.name) > 0
    delete(a)
    settle_all([a, b], [cable], now_s=10.0)
    a.library.look()
    settle_all([a, b], [cable], now_s=15.0)
    assert b.replication.lag(a.name) == 0
    assert b.logs()
    assert not a.library.damages


def test_copies_whose_folder_is_removed_under_them_are_told_no_longer_and_made_anew(
    machines: list[Machine],
) -> None:
    a, b, _ = machines
    writer = LogWriter(a.root, LogId(SESSION, a.identity.device, 1), a.identity)  # one file for all of it
    for commit in range(40):
        writer.append(encode(RunRecord(sim_time_s=commit, session_num=0, run=commit, reason="again")))
        writer.commit(float(commit))
    a.library.wrote(writer.log, 20, 1.0)
    settle_all([a, b], [cable := Cable(a, b)])
    shutil.rmtree(b.root / SESSION)
    b.library.look()
    assert writer.log not in b.library.holdings
    a.library.wrote(writer.log, writer.durable_seq, 2.0)
    settle_all([a, b], [cable], now_s=30.0)
    assert b.logs() == a.logs()
    assert a.replication.holders(writer.log)[b.name] == writer.durable_seq
    writer.abandon()


def test_a_hole_that_nobody_can_fill_holds_nothing_up(machines: list[Machine]) -> None:
    a, b, _ = machines
    writer = record(a.root, a.identity, commits=40, is_closed=False)
    a.library.wrote(writer.log, 10, 1.0)
    settle_all([a, b], [cable := Cable(a, b)])
    b.library.damages[writer.log] = Gap(3, 10_000)
    asked = count_wants(b)
    for step in range(20):
        a.library.wrote(writer.log, 10 + 3 * step, 1.0)
        settle_all([a, b], [cable], now_s=20.0 + step)
    assert b.library.next_seq(writer.log) > 50
    assert asked() == 0
    assert b.replication.counters.known_records == 0
    writer.abandon()


def count_wants(machine: Machine) -> Callable[[], int]:
    """How often it asks for a log from now on."""
    wants = []
    ask = machine.replication._ask
    machine.replication._ask = lambda *words, **more: (wants.append(words), ask(*words, **more))  # type: ignore[assignment, func-returns-value]
    return lambda: len(wants)


def test_a_flipped_bit_is_mended_from_a_peer(machines: list[Machine]) -> None:
    a, b, c = machines
    record(a.root, a.identity, commits=14)
    a.start()
    cable = Cable(a, b)
    settle_all([a, b], [cable])
    whole = a.logs()
    path = min((b.root / SESSION).rglob("*.seg"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    settle_all([a, b, c], [cable, Cable(b, c)])  # c asks b, who finds the hole and asks a
    assert b.replication.counters.mended_records == 1
    assert b.logs() == whole == c.logs()
    assert path.with_name(path.name + ".damaged").read_bytes() == data


class Rogue:
    """A paired device that lies."""

    def __init__(self, victim: Machine, name: str) -> None:
        self.victim, self.name = victim, name
        victim.replication.join(name)

    def offer(self, log: LogId, certificate: bytes) -> Want:
        self.say(Have((Offer(LogName.of(log), 10_000),), is_all=True))
        self.victim.replication.tick(0.0)
        said = []
        while (message := self.victim.replication.next_message(self.name, 0.0)) is not None:
            said.append(message)
        (want,) = [message for message in said if isinstance(message, Want)]
        self.say(Begin(LogName.of(log), certificate))
        return want

    def say(self, message: object) -> None:
        self.victim.replication.receive(self.name, log_messages.decode(pack(message)), 0.0)


def test_a_third_peer_can_forge_nothing(machines: list[Machine]) -> None:
    a, b, c = machines
    writer = record(a.root, a.identity)
    data = bytearray(raw(Shelf(a.root).reader(writer.log)))
    stranger = record(c.root, c.identity, epoch=7)
    rogue = Rogue(b, c.name)
    rogue.offer(writer.log, a.identity.certificate)
    foreign = raw(Shelf(c.root).reader(stranger.log))
    with pytest.raises(ForeignError, match="not what its device wrote"):
        rogue.say(Records(LogName.of(writer.log), 0, foreign[: LIMITS.window_bytes]))
    b.replication.settle(0.0)
    assert not b.logs().get(writer.log)
    assert b.replication.counters.refused_logs == 1
    assert bytes(data)  # the truth lies with a, and comes from there
    a.start()
    settle_all([a, b], [Cable(a, b)])
    assert b.logs()[writer.log] == bytes(data)


def test_more_than_the_credit_ends_the_link(machines: list[Machine]) -> None:
    a, b, _ = machines
    writer = record(a.root, a.identity)
    rogue = Rogue(b, a.name)
    want = rogue.offer(writer.log, a.identity.certificate)
    assert want.credit == LIMITS.window_bytes
    data = raw(Shelf(a.root).reader(writer.log))
    flood = Records(LogName.of(writer.log), 0, data)
    for _ in range(1 + LIMITS.window_bytes // len(data)):
        rogue.say(flood)
    with pytest.raises(ForeignError, match="more than it was asked for"):
        rogue.say(flood)


def test_who_asks_for_ever_and_does_not_listen_is_cut_off(
    machines: list[Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b, _ = machines
    monkeypatch.setattr(room, "_MOST_WAITING", 50)
    rogue = Rogue(b, a.name)
    wish = Want(LogName(SESSION, a.name, 1), 0, 1)
    for _ in range(50):
        rogue.say(wish)
    with pytest.raises(ForeignError, match="does not listen"):
        rogue.say(wish)
    b.replication.join(a.name)
    for _ in range(200):  # who listens may ask as often as it likes
        rogue.say(wish)
        b.replication.next_message(a.name, 0.0)
        b.replication.next_message(a.name, 0.0)


def test_who_lies_about_ever_more_logs_keeps_no_more_memory(
    machines: list[Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b, _ = machines
    monkeypatch.setattr(room, "_MOST_BARRED", 8)
    rogue = Rogue(b, a.name)
    for epoch in range(40):
        name = LogName(SESSION, a.name, epoch)
        rogue.say(Have((Offer(name, 100),)))
        b.replication.tick(0.0)
        rogue.say(Lack(name, 0, 0))
        rogue.say(Have((Offer(name, 0),)))
    assert len(b.replication._barred) == 8


def test_a_piece_is_begun_once(machines: list[Machine], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each beginning makes a file anew: a peer that repeats it makes one."""
    a, b, _ = machines
    log = record(a.root, a.identity).log
    a.start()
    settle_all([a, b], [Cable(a, b)])
    b.library.damages[log] = Gap(2, 3)
    made: list[LogId] = []
    donor = b.library.donor

    def count(log: LogId, certificate: bytes, gap: Gap) -> Donor:
        made.append(log)
        return donor(log, certificate, gap)

    monkeypatch.setattr(b.library, "donor", count)
    rogue = Rogue(b, a.name)
    assert rogue.offer(log, a.identity.certificate).until_seq == 3
    for _ in range(5):
        rogue.say(Begin(LogName.of(log), a.identity.certificate))
    assert made == [log]
    b.replication.close()


def test_what_cannot_be_had_is_asked_of_another(machines: list[Machine]) -> None:
    a, b, c = machines
    writer = record(a.root, a.identity)
    a.start()
    settle_all([a, c], [cable := Cable(a, c)])
    cable.cut()
    liar = Rogue(b, a.name)
    liar.offer(writer.log, a.identity.certificate)
    liar.say(Lack(LogName.of(writer.log), 0, 0))
    settle_all([b, c], [Cable(b, c)])
    assert b.logs() == c.logs()


def test_who_falls_silent_is_left_for_another_who_has_it(machines: list[Machine]) -> None:
    a, b, c = machines
    writer = record(a.root, a.identity)
    a.start()
    settle_all([a, c], [cable := Cable(a, c)])
    cable.cut()
    silent = Rogue(b, a.name)
    silent.offer(writer.log, a.identity.certificate)  # and then no record
    line, now_s = Cable(b, c), 0.0
    while now_s < 2 * LIMITS.stall_s and not b.logs():
        now_s += 0.5
        b.replication.tick(now_s)
        for way in (0, 1) * 8:
            line.send(way, now_s)
            line.deliver(way, now_s)
        b.replication.settle(now_s)
    assert now_s >= LIMITS.stall_s
    settle_all([b, c], [line], now_s)
    assert b.logs() == c.logs()


def test_records_with_a_gap_before_them_end_the_link(machines: list[Machine]) -> None:
    a, b, _ = machines
    writer = record(a.root, a.identity)
    rogue = Rogue(b, a.name)
    rogue.offer(writer.log, a.identity.certificate)
    with pytest.raises(ForeignError, match="goes on at 0, not at 3"):
        rogue.say(Records(LogName.of(writer.log), 3, raw(Shelf(a.root).reader(writer.log))[:1000]))
    assert b.logs().get(writer.log, b"") == b""


def test_names_that_are_no_names_reach_no_disk() -> None:
    for session in ("../etc", "a/b", "", "A", "x" * 65, "nul\0", "con", "nul", "com1", "sub-1\n"):
        with pytest.raises(msgspec.ValidationError):
            log_messages.decode(pack(Ack(LogName(session, "0" * 64, 1), 0)))
