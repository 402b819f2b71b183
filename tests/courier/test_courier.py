"""Letters against a server that behaves like Discord: everything real but the other side."""

import json
import logging
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from fake_discord import PATH, FakeDiscord, Handler, dripping, dropped, judged, limited, silent, status

from pitbox.courier import discord
from pitbox.courier.courier import Courier
from pitbox.courier.letter import Letter
from pitbox.courier.line import Line
from pitbox.courier.pouch import Pouch
from pitbox.courier.webhook import Webhook
from pitbox.crew.health import Health, Level
from pitbox.crew.thread import Hand


class FastClock:
    """Waits of minutes pass in moments; both clocks run a hundred times as fast."""

    def __init__(self, factor: float = 100.0) -> None:
        self._factor = factor
        self._start_s = time.monotonic()

    def monotonic_s(self) -> float:
        return (time.monotonic() - self._start_s) * self._factor

    def wall_s(self) -> float:
        return self.monotonic_s()


class Desk:
    """A courier at work, with what it said."""

    def __init__(self, folder: Path, webhook: Webhook | None, patience_s: float = 3.0) -> None:
        self.webhook = webhook
        self.said: list[Health] = []
        self.clock = FastClock()
        self.courier = Courier(
            folder,
            lambda: self.webhook,
            self.said.append,
            clock=self.clock,
            line=Line(patience_s),
            seed=1,
            look_s=0.02,
        )
        self.hand = Hand("courier", self.courier.main)
        self.hand.start()

    def send(self, key: str, lives_s: float = 1e6) -> None:
        now_s = self.clock.wall_s()
        assert self.courier.send(Letter(key, discord.body(key), now_s, now_s + lives_s, f"the note {key}"))

    def level(self, subject: str) -> Level | None:
        return next((one.level for one in reversed(self.said) if one.subject == subject), None)

    def words(self, subject: str) -> str:
        return " ".join(one.words for one in self.said if one.subject == subject)

    def stop(self) -> None:
        self.courier.close()
        assert self.hand.stop(5)
        assert self.hand.error is None


Open = Callable[..., Desk]


@pytest.fixture
def discord_server() -> Iterator[FakeDiscord]:
    server = FakeDiscord()
    yield server
    server.close()


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    desks: list[Desk] = []

    def start(webhook: Webhook | None, **settings: float) -> Desk:
        desks.append(Desk(tmp_path / "courier", webhook, **settings))
        return desks[-1]

    yield start
    for desk in desks:
        desk.stop()


def until(is_true: Callable[[], object], deadline_s: float = 8.0) -> None:
    end_s = time.monotonic() + deadline_s
    while not is_true():
        assert time.monotonic() < end_s, "nothing of the kind came"
        time.sleep(0.005)


def contents(server: FakeDiscord) -> list[str]:
    return [said["content"] for said in server.taken]


def test_a_letter_arrives_and_calls_nobody(discord_server: FakeDiscord, opened: Open) -> None:
    desk = opened(Webhook(discord_server.address))
    desk.send("one")
    until(lambda: desk.courier.delivered)
    path, headers, _ = discord_server.requests[0]
    assert path == PATH
    assert headers["Content-Type"] == "application/json"
    assert headers["User-Agent"].startswith("PitBox")
    assert discord_server.taken == [{"content": "one", "allowed_mentions": {"parse": []}}]
    assert desk.level("webhook") == Level.OK


def test_the_same_key_is_carried_once_and_the_order_is_kept(
    discord_server: FakeDiscord, opened: Open
) -> None:
    desk, heard = opened(Webhook(discord_server.address)), []
    desk.courier.heard = heard.append
    for key in ("one", "one", "two", "one"):
        desk.send(key)
    until(lambda: desk.courier.delivered == 2)
    until(lambda: heard == ["one", "two"])
    desk.stop()
    again = opened(desk.webhook)
    again.send("one")
    again.send("three")
    until(lambda: again.courier.delivered == 1)
    assert contents(discord_server) == ["one", "two", "three"]


@pytest.mark.parametrize("is_global", [False, True])
def test_a_limit_is_waited_for(discord_server: FakeDiscord, opened: Open, is_global: bool) -> None:
    discord_server.reactions.append(limited(20.0, is_global=is_global))
    desk = opened(Webhook(discord_server.address))
    start_s = desk.clock.monotonic_s()
    desk.send("one")
    desk.send("two")
    until(lambda: desk.courier.delivered == 2)
    assert desk.clock.monotonic_s() - start_s >= 20.0
    assert contents(discord_server) == ["one", "one", "two"], "nothing overtakes what waits"
    assert "asks to wait" in desk.words("webhook")
    assert desk.level("webhook") == Level.OK


def test_an_empty_bucket_is_not_asked_for_more(discord_server: FakeDiscord, opened: Open) -> None:
    spent = {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset_After": "30"}
    discord_server.reactions.append(lambda handler: handler.answer(204, **spent))
    desk = opened(Webhook(discord_server.address))
    desk.send("one")
    until(lambda: desk.courier.delivered)
    sent_s = desk.clock.monotonic_s()
    desk.send("two")
    until(lambda: desk.courier.delivered == 2)
    assert desk.clock.monotonic_s() - sent_s >= 25.0
    assert [b["content"] for b in discord_server.taken] == ["one", "two"], "no 429 was provoked"


@pytest.mark.parametrize("trouble", [status(500), status(503, Retry_After="1")], ids=["500", "503"])
def test_trouble_passes(discord_server: FakeDiscord, opened: Open, trouble: Callable[..., None]) -> None:
    discord_server.reactions += [trouble, trouble]
    desk = opened(Webhook(discord_server.address))
    desk.send("one")
    until(lambda: desk.courier.delivered)
    assert contents(discord_server) == ["one"] * 3, "it said that it had not taken it"
    assert "will be sent again" in desk.words("webhook")
    assert desk.level("webhook") == Level.OK


@pytest.mark.parametrize("trouble", [silent, dropped, dripping])
def test_without_an_answer_it_is_sent_once_more_and_says_so(
    discord_server: FakeDiscord, opened: Open, trouble: Callable[..., None]
) -> None:
    discord_server.reactions += [status(500), trouble]
    desk = opened(Webhook(discord_server.address), patience_s=0.5)
    desk.send("one")
    until(lambda: desk.courier.delivered)
    first, same, other = contents(discord_server)
    assert first == same == "one"
    assert other.startswith("one (Sent again")
    assert desk.level("webhook") == Level.OK
    discord_server.reactions += [trouble, trouble]
    desk.send("two")
    until(lambda: "The note two was dropped: it went out twice" in desk.words("dropped"))
    desk.send("three")
    until(lambda: desk.courier.delivered == 2)
    assert [said.partition(" ")[0] for said in contents(discord_server)[3:]] == ["two", "two", "three"]


def killed_at(folder: Path, kept: Path) -> Callable[..., None]:
    """The server takes the note; `kept` is what a kill at this moment leaves on the disk."""

    def react(handler: Handler) -> None:
        shutil.copytree(folder, kept)
        judged(handler)

    return react


def test_a_kill_between_post_and_answer_posts_twice_at_most(
    discord_server: FakeDiscord, tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("courier", "first", "second")]
    for here, kept in pairwise(folders):
        discord_server.reactions.append(killed_at(here, kept))
        desk = Desk(here, Webhook(discord_server.address))
        if here is folders[0]:
            desk.send("one")
        until(partial(getattr, desk.courier, "delivered"))
        desk.stop()
    last = Desk(folders[2], Webhook(discord_server.address))
    until(lambda: "The note one was dropped: it went out twice" in last.words("dropped"))
    last.stop()
    once, again = contents(discord_server)
    assert (once, again.startswith("one (Sent again")) == ("one", True)
    assert not len(Pouch(folders[2]))


def test_after_a_kill_nothing_is_posted_of_what_is_past(discord_server: FakeDiscord, tmp_path: Path) -> None:
    pouch = Pouch(tmp_path)
    letter = Letter("one", discord.body("one"), -20.0, -10.0, "the note one")
    pouch.put(letter)
    pouch.mark(letter, 1)
    desk = Desk(tmp_path, Webhook(discord_server.address))
    until(lambda: "its moment passed" in desk.words("dropped"))
    desk.stop()
    assert not discord_server.requests


def test_a_card_that_comes_again_says_so_and_stays_within_the_limit() -> None:
    for content in ("", "x" * discord.CONTENT):
        said = json.loads(discord.again(discord.body(content, title="Hand-over: Ada")))
        assert 0 < len(said["content"]) <= discord.CONTENT
        assert said["content"].endswith("had come.)")
        assert said["embeds"][0]["title"] == "Hand-over: Ada"
        assert said["allowed_mentions"] == {"parse": []}


def test_a_bad_payload_is_dropped_and_holds_up_nobody(discord_server: FakeDiscord, opened: Open) -> None:
    desk = opened(Webhook(discord_server.address))
    now_s = desk.clock.wall_s()
    desk.courier.send(Letter("bad", b'{"content": ""}', now_s, now_s + 1e6, "the bad note"))
    desk.send("good")
    until(lambda: desk.courier.delivered)
    assert "The bad note was dropped: it refuses this note (400: Invalid Form Body)." in desk.words("dropped")
    assert contents(discord_server) == ["", "good"]


@pytest.mark.parametrize("code", [401, 404, 302])
def test_a_deleted_webhook_ends_it_until_another_is_set(
    discord_server: FakeDiscord, opened: Open, code: int
) -> None:
    discord_server.reactions.append(status(code, Location="https://example.org/elsewhere"))
    desk = opened(Webhook(discord_server.address))
    desk.send("one")
    until(lambda: desk.level("webhook") == Level.FAILED)
    desk.send("two")
    asked_s = desk.clock.monotonic_s()
    until(lambda: desk.clock.monotonic_s() > asked_s + 30)
    assert len(discord_server.requests) == 1, "it is asked no more"
    assert "takes nothing" in desk.words("webhook")
    desk.webhook = Webhook(discord_server.address + "?wait=true")
    until(lambda: desk.courier.delivered == 2)
    assert desk.level("webhook") == Level.OK


def test_redirects_stay_on_the_host(discord_server: FakeDiscord, opened: Open) -> None:
    other = FakeDiscord()
    discord_server.reactions.append(status(307, Location=f"{PATH}?thread_id=7"))
    desk = opened(Webhook(discord_server.address))
    desk.send("one")
    until(lambda: desk.courier.delivered)
    assert [path for path, _, _ in discord_server.requests] == [PATH, f"{PATH}?thread_id=7"]
    discord_server.reactions.append(status(307, Location=other.address))
    desk.send("two")
    until(lambda: desk.level("webhook") == Level.FAILED)
    assert not other.requests
    other.close()


def test_offline_then_back_and_over_a_restart(tmp_path: Path, opened: Open) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    webhook = Webhook(f"http://127.0.0.1:{port}{PATH}")
    desk = opened(webhook)
    desk.send("long")
    desk.send("short", lives_s=10)
    until(lambda: "short was dropped: its moment passed" in desk.words("dropped"))
    assert "cannot be reached" in desk.words("webhook")
    assert desk.level("webhook") == Level.DEGRADED
    desk.stop()
    assert len(Pouch(tmp_path / "courier")) == 1, "it lies on disk"
    server = FakeDiscord(port)
    again = opened(webhook)
    until(lambda: again.courier.delivered)
    assert contents(server) == ["long"]
    server.close()


def test_letters_wait_for_a_webhook(discord_server: FakeDiscord, opened: Open) -> None:
    desk = opened(None)
    desk.send("one")
    until(lambda: desk.clock.monotonic_s() > 20)
    assert not desk.said
    desk.webhook = Webhook(discord_server.address)
    until(lambda: desk.courier.delivered)


def test_what_was_sent_just_before_the_end_is_on_disk(tmp_path: Path) -> None:
    courier = Courier(tmp_path, lambda: None)
    for number in range(5):
        courier.send(Letter(str(number), b"{}", 0.0, 9e9, "a note"))
    courier.close()
    courier.main(threading.Event())
    assert len(Pouch(tmp_path)) == 5


def test_stopping_waits_for_no_answer(discord_server: FakeDiscord, tmp_path: Path) -> None:
    discord_server.reactions.append(silent)
    courier = Courier(tmp_path, lambda: Webhook(discord_server.address), line=Line(300.0))
    hand = Hand("courier", courier.main)
    hand.start()
    courier.send(Letter("one", b'{"content": "one"}', 0.0, 9e12, "a note"))
    until(lambda: discord_server.requests)
    start_s = time.monotonic()
    courier.close()
    assert hand.stop(60)
    assert time.monotonic() - start_s < 60, "the answer would be waited for five minutes"
    assert len(Pouch(tmp_path)) == 1


def test_sending_never_waits_and_says_what_it_loses(tmp_path: Path) -> None:
    said: list[Health] = []
    courier = Courier(tmp_path, lambda: None, said.append)
    taken = [courier.send(Letter(str(number), b"{}", 0.0, 9e9, "a note")) for number in range(250)]
    assert taken.count(False) == 50
    assert said[-1].level == Level.DEGRADED
    assert "too many wait" in said[-1].words


def test_a_full_pouch_and_a_damaged_letter(tmp_path: Path) -> None:
    (tmp_path / "ffff.letter").write_bytes(b"\xff nothing")
    said: list[Health] = []
    for start in (0, 150):
        courier = Courier(tmp_path, lambda: None, said.append)
        for number in range(start, start + 150):
            courier.send(Letter(str(number), b"{}", 0.0, 9e9, "a note"))
        courier.close()
        courier.main(threading.Event())
    assert len(Pouch(tmp_path)) == 200
    assert "1 waiting notes could not be read" in said[0].words
    assert "too many wait" in said[-1].words
    assert len(list(tmp_path.glob("*.damaged"))) == 1


def test_no_secret_is_told(
    discord_server: FakeDiscord, opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    discord_server.reactions += [status(500), dropped, limited(1), status(404)]
    desk = opened(Webhook(discord_server.address))
    desk.send("one")
    until(lambda: desk.level("webhook") == Level.FAILED)
    told = caplog.text + repr(desk.said) + repr(desk.webhook) + str(desk.webhook)
    assert "abcDEF-token" not in told
    assert "1234567890" not in told
