"""Messages between machines: said, read, acknowledged, refused, spoken; and the edits under them."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from office_rig import SESSION, Machine, Team

from pitbox.log.edits import edit_readers
from pitbox.log.verify import verify_log
from pitbox.model.edit import NOWHERE
from pitbox.model.errors import EditError
from pitbox.model.ids import Axis
from pitbox.model.member import add_member
from pitbox.model.message import messages
from pitbox.model.note import note, notes
from pitbox.model.role import Role
from pitbox.wall.herald import Herald, QuietZone, quiet_zones
from pitbox.wall.messenger import quick_texts
from pitbox.wall.outbox import Outbox, Reply, Wish, hand_over
from pitbox.wall.settings import Messages, Settings


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    built = Team(tmp_path)
    yield built
    built.close()


@pytest.fixture
def pair(team: Team) -> tuple[Machine, Machine]:
    return team.join("Kai", Role.DRIVER), team.join("Lea", Role.ENGINEER)


def test_said_read_and_acknowledged(team: Team, pair: tuple[Machine, Machine]) -> None:
    kai, lea = pair
    kai.race(1000.0)
    lea.race(1000.0)
    team.meet()
    lea.office.messenger.say("Box this lap")
    team.meet()
    shown = kai.office.messenger.shown()
    assert shown is not None
    assert (shown.who, shown.text, shown.is_new, shown.more) == ("Lea", "Box this lap", True, 0)
    kai.race(1012.0)
    kai.step()
    assert kai.office.shown.take()[1].age_s == 12
    assert lea.office.messenger.shown() is None, "nobody is shown his own words as news"
    assert kai.office.messenger.acknowledge()
    assert not kai.office.messenger.shown().is_new, "at once, before it is on disk"
    team.meet()
    (message,) = lea.office.book.ask(messages)
    assert message.acknowledged == (kai.device,)
    assert not kai.office.messenger.acknowledge()


def test_the_newest_is_shown_and_the_others_are_counted(team: Team, pair: tuple[Machine, Machine]) -> None:
    kai, lea = pair
    for text in ("one", "two", "three"):
        lea.office.messenger.say(text)
    team.meet()
    shown = kai.office.messenger.shown()
    assert (shown.text, shown.more) == ("three", 2)
    kai.office.messenger.acknowledge(shown.key)
    assert (kai.office.messenger.shown().text, kai.office.messenger.shown().more) == ("two", 1)
    kai.office.messenger.acknowledge()
    assert kai.office.messenger.unread() == []


def test_a_message_by_name_reaches_that_one_only(team: Team, pair: tuple[Machine, Machine]) -> None:
    kai, lea = pair
    mia = team.join("Mia", Role.DRIVER)
    mia.office.messenger.say("here")
    kai.office.messenger.say("here")
    team.meet()
    lea.office.messenger.say("You are next", "mia")
    team.meet()
    assert mia.office.messenger.shown().text == "You are next"
    assert kai.office.messenger.shown().text == "here"
    with pytest.raises(
        EditError, match=r"Nobody here is called 'Tom'\. Known in this session: Kai, Lea, Mia"
    ):
        lea.office.messenger.say("Hello", "Tom")


def test_a_message_grows_old_by_the_race_whatever_the_clocks_say(team: Team) -> None:
    settings = Settings(messages=Messages(lives_s=60))
    kai, lea = team.join("Kai", Role.DRIVER), team.join("Lea", Role.ENGINEER, settings)
    lea.clock.offset_s = 3600.0
    for machine in (kai, lea):
        machine.race(500.0)
    team.meet()
    lea.office.messenger.say("Traffic behind")
    team.meet()
    assert kai.office.messenger.shown().is_new
    kai.race(561.0)
    kai.step()
    assert not kai.office.messenger.shown().is_new


def test_what_is_planned_in_a_race_carries_its_moment_and_before_it_none(team: Team) -> None:
    kai = team.join("Kai", Role.ENGINEER)

    def moment() -> Axis:
        kai.office.planner.write(add_member("ada", f"Ada {kai.clock.now_s}"))
        return kai.office.planner.ask(lambda ledger: ledger.history()[-1].at)

    assert moment() == NOWHERE
    kai.race(1200.0)
    kai.step()
    assert moment() == Axis(0, 0, 1200.0)
    kai.clock.now_s += 600.0  # nobody drives any more
    kai.step()
    assert moment() == NOWHERE


def test_a_viewer_and_a_stranger_change_nothing_until_their_role_does(team: Team) -> None:
    kai = team.join("Kai", Role.DRIVER)
    eve = team.join("Eve", Role.VIEWER)
    eve.office.messenger.say("Box now")
    eve.office.book.write(note("n", "all wrong"))
    team.meet()
    assert kai.office.messenger.shown() is None
    assert kai.office.book.ask(notes) == ()
    assert len(edit_readers(kai.shelf, SESSION)) == 1, "the log is kept as it is"
    del kai.roles[eve.device]
    kai.step()
    assert kai.office.messenger.shown() is None
    kai.roles[eve.device] = Role.ENGINEER
    kai.step()
    assert kai.office.messenger.shown().text == "Box now"


def test_after_a_restart_all_is_there_and_numbers_go_on(team: Team, pair: tuple[Machine, Machine]) -> None:
    kai, lea = pair
    lea.office.messenger.say("one")
    team.meet()
    kai.office.messenger.acknowledge()
    kai.step()
    before = kai.office.book.ask(lambda ledger: ledger.history())
    kai.office.close()
    again = Machine(team.folder, "Kai", team.clock, Settings())
    again.roles.update(kai.roles)
    again.step()
    assert again.office.book.ask(lambda ledger: ledger.history()) == before
    again.office.messenger.say("two")
    again.step()
    again.office.close()
    for reader in edit_readers(kai.shelf, SESSION):
        assert verify_log(reader).is_whole
    logs = [reader.log.device for reader in edit_readers(kai.shelf, SESSION)]
    assert sorted(logs) == sorted([kai.device, kai.device, lea.device])


def test_a_log_that_is_only_just_being_opened_is_looked_at_again(team: Team) -> None:
    """Its first file is there before its first record is."""
    kai, lea = team.join("Kai", Role.DRIVER), team.join("Lea", Role.ENGINEER)
    folder = kai.shelf.root / SESSION / lea.device / f"{lea.office.book._author.log.epoch:016x}"
    folder.mkdir(parents=True)
    (folder / "00000000.seg").write_bytes(b"PBSEG1")
    kai.step()
    lea.office.messenger.say("Box this lap")
    team.meet()
    assert kai.office.messenger.shown().text == "Box this lap"


def test_without_a_session_it_is_said_and_with_another_one_the_desk_is_clean(team: Team) -> None:
    from pitbox.model.ids import SessionId

    kai = team.join("Kai", Role.DRIVER)
    kai.office.messenger.say("one")
    kai.session = SessionId("sub-8")
    kai.step()
    assert kai.office.book.ask(messages) == ()
    kai.office.book.close()
    with pytest.raises(EditError, match="No session"):
        kai.office.messenger.say("two")


def test_a_disk_that_refuses_is_told_and_nothing_is_lost(team: Team, monkeypatch) -> None:
    from pitbox.log.disk import Disk

    kai = team.join("Kai", Role.DRIVER)
    with monkeypatch.context() as patch:
        patch.setattr(Disk, "sync_folder", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
        kai.office.messenger.say("one")
        kai.step()
        assert "not stored yet" in kai.healths[-1].words
        assert len(kai.office.book.ask(messages)) == 1
    kai.step()
    assert kai.healths[-1].words == "What you wrote is stored."
    kai.office.close()
    (reader,) = edit_readers(kai.shelf, SESSION)
    assert verify_log(reader).is_whole


def test_a_command_hands_its_words_to_the_pitbox_that_runs(team: Team) -> None:
    kai = team.join("Kai", Role.DRIVER)
    answers: list[Reply | None] = []
    wishes = [Wish("say", "Radio check"), Wish("ack"), Wish("say", "x" * 999), Wish("dance")]
    for wish in wishes:
        thread = threading.Thread(target=lambda w=wish: answers.append(hand_over(kai.outbox, w, 20.0)))
        thread.start()
        deadline_s = time.monotonic() + 60
        while thread.is_alive() and time.monotonic() < deadline_s:
            kai.step()
        thread.join()
    assert [answer.is_done for answer in answers] == [True, True, False, False]
    assert answers[1].words == "There is no new message."
    assert [message.text for message in kai.office.book.ask(messages)] == ["Radio check"]
    assert list(kai.outbox.iterdir()) == []


def test_a_wish_that_nobody_takes_is_taken_back_and_rubbish_does_no_harm(tmp_path: Path) -> None:
    assert hand_over(tmp_path, Wish("ack"), 0.1) is None
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "a.wish").write_bytes(b"\xff" * 20_000)
    (tmp_path / "b.wish").write_bytes(b"[" * 5000)
    Outbox(tmp_path).serve(lambda wish: pytest.fail("nothing to grant"))
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".answer", ".answer"]


class Mouth:
    """Speaks by running Python; notes what was said and how loud."""

    def __init__(self, code: str = "import time; time.sleep(0.5)") -> None:
        self.code, self.said = code, []

    def speak(self, text: str, volume_percent: int) -> "subprocess.Popen[bytes]":
        self.said.append((text, volume_percent))
        child = subprocess.Popen([sys.executable, "-S", "-c", self.code], stdin=subprocess.PIPE)
        child.stdin.close()
        return child


def until_spoken(herald: Herald, count: int) -> None:
    deadline_s, now_s = time.monotonic() + 60, 1.0
    while herald.spoken_count < count:
        assert time.monotonic() < deadline_s
        now_s += 0.01
        herald.step(now_s, None)
        threading.Event().wait(0.01)


def test_messages_are_spoken_one_after_another_each_once() -> None:
    mouth = Mouth()
    herald = Herald(mouth, lambda health: None, volume_percent=40)
    for key in ("a", "b", "a"):
        herald.put(key, f"message {key}", 0.0)
    herald.step(0.0, None)
    assert mouth.said == [("message a", 40)], "the next one waits for the end of the first"
    until_spoken(herald, 2)
    assert mouth.said == [("message a", 40), ("message b", 40)]
    herald.close()


def test_nothing_is_spoken_in_a_quiet_zone_nor_when_it_is_too_late_or_read() -> None:
    mouth = Mouth()
    herald = Herald(mouth, lambda health: None, zones=quiet_zones("0.10-0.15, 0.93-0.02"))
    herald.put("a", "a", 0.0)
    for lap_pct in (0.10, 0.15, 0.99, 0.01):
        herald.step(1.0, lap_pct)
    assert mouth.said == []
    herald.keep(set())
    herald.step(1.0, 0.5)
    assert mouth.said == []
    herald.put("b", "b", 2.0)
    herald.step(100.0, 0.5)
    assert mouth.said == []
    herald.put("c", "c", 100.0)
    herald.step(100.0, 0.5)
    assert mouth.said == [("c", 80)]
    herald.close()


def test_of_many_messages_the_newest_are_spoken() -> None:
    mouth = Mouth()
    herald = Herald(mouth, lambda health: None)
    for key in "abcdefgh":
        herald.put(key, key, 0.0)
    until_spoken(herald, 3)
    assert [text for text, _ in mouth.said] == ["f", "g", "h"]


def test_a_voice_that_is_missing_fails_or_hangs_is_told_and_harms_nothing() -> None:
    healths = []
    Herald(None, healths.append, missing="there is none").put("a", "a", 0.0)
    assert "there is none" in healths[-1].words

    class Broken:
        def speak(self, text: str, volume_percent: int) -> "subprocess.Popen[bytes]":
            raise FileNotFoundError(2, "No such file")

    herald = Herald(Broken(), healths.append)
    herald.put("a", "a", 0.0)
    herald.step(0.0, None)
    assert "No such file" in healths[-1].words
    failing = Herald(Mouth("raise SystemExit(3)"), healths.append)
    failing.put("a", "a", 0.0)
    deadline_s = time.monotonic() + 60
    while "ended with 3" not in healths[-1].words:
        assert time.monotonic() < deadline_s
        failing.step(0.0, None)
    silent = Herald(Mouth(""), healths.append)
    silent.put("a", "a", 0.0)
    deadline_s = time.monotonic() + 60
    while "without a loudspeaker" not in healths[-1].words:
        assert time.monotonic() < deadline_s
        silent.step(0.0, None)
    assert silent.spoken_count == 0
    hanging = Herald(Mouth("import time; time.sleep(600)"), healths.append)
    hanging.put("a", "a", 0.0)
    hanging.step(0.0, None)
    hanging.step(21.0, None)
    assert "did not come to an end" in healths[-1].words
    hanging.close()


def test_quiet_zones_are_parts_of_the_lap() -> None:
    assert quiet_zones(" 0.1-0.2 ,") == (QuietZone(0.1, 0.2),)
    for bad in ("0.1", "a-b", "0.1-1.2", "-0.1-0.2"):
        with pytest.raises(EditError):
            quiet_zones(bad)


def test_quick_texts_stand_in_the_setting() -> None:
    assert quick_texts(" Box ;  ; Push now") == ("Box", "Push now")
    assert len(quick_texts(Messages().quick_texts)) == 6


def test_the_driver_hears_what_the_engineer_says(team: Team, monkeypatch) -> None:
    mouth = Mouth()
    settings = Settings(messages=Messages(is_spoken=True, volume_percent=30, quiet_zones="0.2-0.3"))
    kai = team.join("Kai", Role.DRIVER, settings, voice=mouth)
    lea = team.join("Lea", Role.ENGINEER)
    kai.race(10.0, IsOnTrack=True, LapDistPct=0.25)
    lea.office.messenger.say("Box this lap")
    team.meet()
    assert mouth.said == []
    kai.race(11.0, IsOnTrack=True, LapDistPct=0.31)
    kai.step()
    assert mouth.said == [("Box this lap", 30)]
