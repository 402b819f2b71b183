"""A window on its Stints page, with a plan of a day and a night in it, and a race by hand."""

import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from staffed import StaffedRoom

from pitbox.crew.mailbox import Mailbox
from pitbox.model.correction import correct, corrected
from pitbox.model.drive_rules import DriveRules
from pitbox.model.edit import Draft
from pitbox.model.event import add_event, add_instance, rule_drafts
from pitbox.model.fact import Stint
from pitbox.model.ledger import Ledger
from pitbox.model.member import add_member
from pitbox.model.participation import (
    FreeTime,
    Part,
    Participation,
    Step,
    be_free,
    fill_participation,
    join_team,
    participation_key,
    set_parts,
    sign_up,
)
from pitbox.model.plan_offer import Offer, PlanNow
from pitbox.model.span import Span
from pitbox.model.stint_plan import PlannedStint, plan, rewrite
from pitbox.model.team import add_team, fill_team, team
from pitbox.model.variant import add_variant
from pitbox.model.wall_time import words_of
from pitbox.planning.live.course import Course, Spell
from pitbox.planning.live.follow import follow
from pitbox.planning.live.held import held
from pitbox.planning.live.wish import Wish

GREEN_S = 1774699200.0
"""2026-03-28T12:00Z: a race over the night in which clocks in Europe jump."""
DAY_S, HOUR_S = 86_400.0, 3600.0
CREW = (
    ("ada", "Ada Lovelace", "Europe/London"),
    ("kai", "Kai Nakamura", "Asia/Tokyo"),
    ("lea", "Léa Fournier", "Europe/Paris"),
    ("sam", "Sam O'Neill", "America/Los_Angeles"),
    ("ivo", "Ivo Petrov", "Europe/Sofia"),
    ("zoe", "Zoë Martin", "Australia/Sydney"),
)
MORE = (("max", "Maximiliane Schwarzenberger", "Europe/Berlin"), ("yuki", "Yuki Ono", "Asia/Tokyo"))
LAP_S, PIT_S, LAPS = 120.0, 66.0, 24
IDS = {key: 100 + number for number, (key, _, __) in enumerate(CREW)}


def drafts(
    crew: tuple[tuple[str, str, str], ...] = CREW,
    *,
    rules: DriveRules | None = None,
    stints: int = 30,
    has_start: bool = True,
    has_rows: bool = True,
    hours: float = 24.0,
) -> list[Draft]:
    """Two stints on end each, in turns; Kai comes later, Sam only perhaps at night."""
    rules = rules or DriveRules(name="Club", fair_share=0.25, longest_stretch_s=2.5 * HOUR_S)
    out = [
        *rule_drafts("spa", rules, DriveRules()),
        *add_event(
            "spa",
            "Spa 24 h",
            track="Spa",
            length_s=hours * HOUR_S,
            zone="Europe/Brussels",
            dark=(Span(8 * HOUR_S, 17 * HOUR_S),),
        ),
        *(add_instance("start", "spa", GREEN_S) if has_start else ()),
        *add_team("night", "spa", "Night Shift", number="77"),
        *add_variant("double", "night", "Double stints", pit_s=PIT_S, lap_s=LAP_S, fuel_per_stint_l=62.0,
                     fuel_per_lap_l=2.5, stints_per_set=2),
        *add_variant("single", "night", "By turns", pit_s=PIT_S, lap_s=LAP_S),
        *fill_team("night", variant="double"),
    ]  # fmt: skip
    for number, (key, name, zone) in enumerate(crew):
        out += _person(key, name, zone, number)
    return out + (_rows(crew, stints, hours * HOUR_S) if has_rows else [])


def _person(key: str, name: str, zone: str, number: int) -> list[Draft]:
    said = Participation(participation_key("spa", key), "spa", key, Step.SIGNED_UP)
    out = [*add_member(key, name, user_id=100 + number, zone=zone), *sign_up("spa", key, Step.SIGNED_UP)]
    out += [*set_parts(said, (Part.DRIVER, Part.SPOTTER)), *join_team(said, "night")]
    out += fill_participation(said.key, lap_s=LAP_S)
    spans = [("all", -1.0, 25.0, False)]
    if number == 1:
        spans = [("late", 2.0, 25.0, False)]
    if number == 3:
        spans = [("day", -1.0, 9.0, False), ("night", 9.0, 16.0, True), ("morning", 19.0, 25.0, False)]
    for token, start_h, end_h, is_maybe in spans:
        clocks = [words_of(GREEN_S + hours * HOUR_S, zone) for hours in (start_h, end_h)]
        out.append(be_free(said.key, FreeTime(token, *clocks, zone, is_maybe)))
    return out


def _rows(crew: tuple[tuple[str, str, str], ...], count: int, race_s: float) -> list[Draft]:
    length_s = (race_s - (count - 1) * PIT_S) / count
    rows = [
        PlannedStint(
            f"s{number}",
            "",
            driver=crew[number // 2 % len(crew)][0],
            fuel_l=60.0,
            is_new_tyres=number % 2 == 0,
            variant="double",
            spotter=crew[(number // 2 + 1) % len(crew)][0],
            length_s=round(length_s, 1),
            instructions="Save fuel, hand over warm tyres" if number % 7 == 3 else None,
        )
        for number in range(count)
    ]
    return rewrite((), rows, 5)


def fact(number: int) -> Stint:
    """A stint of our car, by its number, as folds name it."""
    return Stint(0, 0, 7, number, user_id=0, compound=0, start_s=0.0, start_lap=0)


class HandPlan:
    """Follows what it is told; notes what is asked of it."""

    def __init__(self) -> None:
        self.now: Mailbox[PlanNow] = Mailbox()
        self.cards: Mailbox[tuple[Offer, ...]] = Mailbox()
        self.said: Mailbox[str] = Mailbox()
        self.wishes: list[Wish] = []
        self.replies: list[tuple[str, str]] = []
        self.error: Exception | None = None

    def wish(self, wish: Wish) -> None:
        self.wishes.append(wish)

    def accept(self, key: str) -> None:
        if self.error is not None:
            raise self.error
        self.replies.append(("accept", key))

    def refuse(self, key: str) -> None:
        self.replies.append(("refuse", key))

    def drove(self, stint: int, seat: str) -> Draft:
        return correct(fact(stint), "user_id", IDS[seat])

    def is_ours(self, team: str) -> None:
        self.replies.append(("ours", team))

    def binding_words(self) -> str:
        return ""


class StintRoom:
    def __init__(
        self, opened: Callable[..., object], folder: Path, planned: list[Draft] | None = None, **more: object
    ) -> None:
        self.live = HandPlan()
        self.room = opened(plans=self.live, **more)
        forecaster = self.room.desk.bridge._forecaster
        if forecaster is not None:
            forecaster.stop()
            self.room.desk.bridge._forecaster = None
        self.staff = StaffedRoom(self.room, folder)
        self.planner = self.staff.office.planner
        if planned is not None:
            self.planner.write(planned)
        self.room.window.go_to("stints")
        self.settle()

    @property
    def page(self):
        return self.room.window.stints

    @property
    def board(self):
        return self.page.board

    @property
    def gantt(self):
        return self.page.gantt.picture

    @property
    def table(self):
        return self.page.table.picture

    @property
    def scene(self):
        return self.board.scene

    def ask(self, question: Callable[[Ledger], object]):
        return self.planner.ask(question)

    def rows(self, variant: str = "double"):
        return self.ask(lambda ledger: plan(ledger, variant))

    def drivers(self) -> list[str]:
        return [leg.driver for leg in self.scene.legs]

    def settle(self, is_done: Callable[[], bool] = lambda: True, seconds: float = 60.0) -> None:
        """Until the page has read what stands in the edits, and that is so."""
        deadline = time.monotonic() + seconds
        while True:
            self.staff.pull()
            self.room.pull()
            if self._is_read() and is_done():
                break
            assert time.monotonic() < deadline, "the page never came to rest"
            time.sleep(0.01)
        QApplication.processEvents()

    def _is_read(self) -> bool:
        board = self.board
        if not board.has_read:
            return False
        scene = board._read_scene
        return (scene is None or scene.count == self.planner.revision[1]) and not board._waiting

    def key(
        self,
        qtbot: QtBot,
        key: Qt.Key,
        modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        where=None,
    ) -> None:
        where = where or self.gantt
        self.room.window.activateWindow()
        where.setFocus()
        qtbot.keyClick(where, key, modifier)
        self.settle()

    def middle(self, number: int) -> QPoint:
        """Of a stint's block."""
        self.gantt.grab()
        leg = self.scene.legs[number]
        block = next(b for b in self.page.gantt.painter.blocks if b.key == leg.key)
        return QPoint(round((block.left + block.right) / 2), round((block.top + block.bottom) / 2))

    def edge(self, number: int) -> QPoint:
        """The end of a stint's block."""
        self.gantt.grab()
        leg = self.scene.legs[number]
        block = next(b for b in self.page.gantt.painter.blocks if b.key == leg.key)
        return QPoint(round(block.right), round((block.top + block.bottom) / 2))

    def lane(self, driver: str) -> int:
        self.gantt.grab()
        lane = next(one for one in self.page.gantt.painter.lanes if one.person.key == driver)
        return round((lane.top + lane.bottom) / 2)

    def said(self, stint: int) -> int:
        """Who drove it, as corrections have it; 0: nobody says it."""
        book = self.staff.office.book
        return book.ask(lambda ledger: corrected(fact(stint), ledger)).fact.user_id

    def race(self, hours: float = 5.2, *, is_told: bool = True, **more: object) -> PlanNow:
        """The race of this plan at that moment: Léa for Ada in the third stint, the rest as planned.

        Where it is not told who drives, only what was said by corrections is known.
        """
        planned = self.ask(lambda ledger: held(ledger, team(ledger, "night"))).plan
        now_s, spells, at_s = hours * HOUR_S, [], 0.0
        for number, leg in enumerate(planned.legs):
            end_s = at_s + leg.span.length_s + (300.0 if number == 1 else 0.0)
            if at_s >= now_s:
                break
            user = IDS["lea" if number == 2 else leg.driver] if is_told else self.said(number + 1)
            is_open = end_s > now_s
            spells.append(Spell(number + 1, user, at_s, None if is_open else end_s, LAPS))
            at_s = end_s + PIT_S
        now = follow(planned, Course(now_s, tuple(spells)), green_utc_s=GREEN_S)
        now = msgspec.structs.replace(now, **more)
        self.live.now.put(now)
        self.settle(lambda: self.scene.is_live and (is_told or self.board.base.now is now))
        return now

    def close(self) -> None:
        self.staff.close()
