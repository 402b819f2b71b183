"""Reminders out of real plans: for this machine or another, once, after a restart too, and into the post."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from office_rig import HandClock

from pitbox.courier.letter import Letter
from pitbox.courier.webhook import Webhook
from pitbox.identity.device import Identity
from pitbox.log.shelf import Shelf
from pitbox.model import event, member, stint_plan, team, variant
from pitbox.model.ids import DeviceId
from pitbox.model.participation import Participation, Step, join_team, participation_key, sign_up
from pitbox.model.plan_offer import PlanNow
from pitbox.model.role import Role
from pitbox.wall.edit_book import EditBook
from pitbox.wall.planner import Planner
from pitbox.wall.post import Post
from pitbox.wall.reminders import ReminderDesk, marks_of

START_S = 1_774_699_200.0
"""2026-03-28T12:00Z"""
HOUR = 3600.0
ME = DeviceId("ab" * 32)


class Clock(HandClock):
    utc_s = START_S - 2 * HOUR

    def wall_s(self) -> float:
        return self.utc_s


class Rig:
    def __init__(self, folder: Path) -> None:
        self.folder, self.clock, self.letters = folder, Clock(), []
        self.webhook: Webhook | None = Webhook("https://example.org/hook")
        identity = Identity.load_or_create(folder / "me")
        book = EditBook(
            Shelf(folder / "log"),
            identity,
            self.clock,
            role_of={identity.device: Role.ENGINEER}.get,
            name="Me",
        )
        self.planner = Planner(book)
        self.planner.step(None)
        self.planner.write(self.drafts())
        self.planner.step(None)

    def drafts(self) -> list[object]:
        found = [
            *event.add_event("e", "Spa", length_s=4 * HOUR),
            *event.add_instance("i", "e", START_S),
            *team.add_team("t", "e", "Night Shift", instance="i"),
            *variant.add_variant("v", "t", "Plain", pit_s=60.0, lap_s=120.0),
            *team.fill_team("t", variant="v"),
        ]
        for key, name, zone, device in (("a", "Ada", "Europe/Berlin", ME), ("k", "Kai", "Asia/Tokyo", "")):
            found += member.add_member(key, name, zone=zone, device=device)
            found += sign_up("e", key, Step.SIGNED_UP)
            found += join_team(Participation(participation_key("e", key), "e", key, Step.SIGNED_UP), "t")
        rows: tuple[stint_plan.PlannedStint, ...] = ()
        for at, key in enumerate("kakk"):
            values = {"driver": key, "length_s": HOUR - 60.0, "variant": "v", "fuel_l": 50.0}
            values |= {"instructions": "Mind the kerb"} if at == 1 else {}
            found += [stint_plan.fill(f"s{at}", field, value) for field, value in values.items()]
            found.append(stint_plan.add_row(rows, at, f"s{at}", 1))
            rows = (*rows, stint_plan.PlannedStint(f"s{at}", str(found[-1].value)))
        return found

    def desk(self, **more: object) -> ReminderDesk:
        post = Post(lambda letter: self.letters.append(letter) or True, lambda: self.webhook)
        words = {"device": ME, "name": "kai", "post": post, **more}
        return ReminderDesk(self.planner, "30, 15,5", self.folder / "told.json", self.clock, **words)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(tmp_path)
    yield rig
    rig.planner.close()


def told(desk: ReminderDesk, rig: Rig, race_s: float) -> list[tuple[str, bool]]:
    rig.clock.utc_s = START_S + race_s
    return [(note.words, note.is_mine) for note in desk.look()]


def test_by_machine_else_by_name_and_once_after_a_restart_too(rig: Rig) -> None:
    desk = rig.desk()
    assert told(desk, rig, -2 * HOUR) == []
    start = "Your stint in 15 min, at 21:00 (Tokyo): 50 l, the start of the race"
    assert told(desk, rig, -900) == [(start, True)], "Kai has no machine, and this one is called so"
    assert told(desk, rig, -890) == []
    ada = "Your stint in 10 min, at 14:00 (Berlin): 50 l, after Kai"
    assert told(desk, rig, HOUR - 600) == [(ada, True)]
    assert desk.mine is not None
    assert desk.mine.words == ada
    assert desk.notes.take()[1] == (desk.mine,)
    again = rig.desk(device=DeviceId(""), name="")
    assert told(again, rig, HOUR - 590) == []
    assert told(again, rig, HOUR - 300) == [
        ("Ada: stint in 5 min, at 14:00 (Berlin): 50 l, after Kai", False)
    ]
    assert told(again, rig, 20 * HOUR) == []


def test_letters_and_one_card_a_start(rig: Rig) -> None:
    desk = rig.desk()
    told(desk, rig, HOUR - 1700)
    told(desk, rig, HOUR - 300)
    words = [letter.words for letter in rig.letters]
    assert words == ["the note to Ada", "the hand-over card of Ada", "the note to Ada"]
    note, card = (json.loads(letter.body) for letter in rig.letters[:2])
    assert note["content"].startswith(f"**Ada** drives at <t:{round(START_S + HOUR)}:t>, <t:")
    fields = {field["name"]: field["value"] for field in card["embeds"][0]["fields"]}
    assert fields["Notes"] == "Mind the kerb"
    assert fields["Then"].replace("\\", "").startswith("Kai, at 15:00 (Berlin)")
    assert all(letter.dies_utc_s == START_S + HOUR for letter in rig.letters)
    assert len({letter.key for letter in rig.letters}) == 3


def test_nothing_is_written_without_a_webhook(rig: Rig) -> None:
    rig.webhook = None
    assert told(rig.desk(), rig, HOUR - 600)
    assert rig.letters == []


def test_the_plan_that_follows_its_race_counts_more(rig: Rig) -> None:
    desk = rig.desk()
    assert told(desk, rig, HOUR - 600)
    late = replace(_plan_now(desk, rig), green_utc_s=START_S + 1200.0, race_s=HOUR - 1800.0)
    desk.running = lambda: late
    assert told(desk, rig, HOUR - 590) == [
        ("Your stint in 30 min, at 14:20 (Berlin), not 14:00: 50 l, after Kai", True)
    ]


def test_a_memory_that_cannot_be_read_or_kept(rig: Rig) -> None:
    (rig.folder / "told.json").write_bytes(b"\xff")
    said: list[object] = []
    desk = rig.desk(on_health=said.append)
    assert told(desk, rig, HOUR - 600)
    assert said == []
    blocked = rig.folder / "file"
    blocked.write_text("no folder")
    desk = ReminderDesk(rig.planner, "30", blocked / "told.json", rig.clock, on_health=said.append)
    assert told(desk, rig, HOUR - 500)
    assert "cannot be kept" in said[0].words


def test_marks() -> None:
    assert marks_of("30, 15,5") == (30, 15, 5)
    assert marks_of("") == ()


def _plan_now(desk: ReminderDesk, rig: Rig) -> PlanNow:
    ((plan, _),) = desk._current(None, rig.clock.utc_s).values()
    return plan


def test_letters_of_an_off_note_live_on() -> None:
    letters: list[Letter] = []
    post = Post(lambda letter: letters.append(letter) or True, lambda: Webhook("https://example.org/hook"))
    from pitbox.planning.reminder import Note, NoteKind

    post.remind("t", Note(NoteKind.OFF, "k", "K*i", "s1", START_S, 60.0, instead="Lea"), START_S - 60)
    assert letters[0].dies_utc_s > START_S
    assert (
        json.loads(letters[0].body)["content"]
        == f"**K\\*i** does not drive at <t:{round(START_S)}:t>: Lea does."
    )
