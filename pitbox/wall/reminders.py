"""Reminds people of their stints: asks the plans every few seconds, and remembers on disk what it told.

    plans (running here, else as told, else as edited) → planning.reminder → notes → this screen, and the post

A window pulls `notes`; nobody waits. A plan that cannot be read reminds nobody and holds up no other.
"""

import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pitbox.crew.health import Health, HealthSink, Level, unheard
from pitbox.crew.mailbox import Mailbox
from pitbox.model import stint_plan
from pitbox.model.clock import Clock
from pitbox.model.errors import EditError
from pitbox.model.expected import Telling, expected
from pitbox.model.ids import DeviceId
from pitbox.model.ledger import Ledger
from pitbox.model.member import Member, members
from pitbox.model.participation import Part
from pitbox.model.person import name_of
from pitbox.model.plan_offer import PlanNow
from pitbox.model.team import teams
from pitbox.planning.next_turn import NextTurn, next_turn, soonest
from pitbox.planning.reminder import Note, NoteKind, Told, reminders, words_about, words_to
from pitbox.wall.planner import Planner
from pitbox.wall.post import Post
from pitbox.wall.post_turn import PostTurn

if TYPE_CHECKING:
    from pitbox.planning.handover import RaceView
    from pitbox.planning.live.follow import Plan
    from pitbox.wall.bulletin import Bulletin

_log = logging.getLogger("pitbox.wall")
LOOK_S = 5.0
_LATE_S = 6 * 3600.0
"""A race that is so much over its length is over."""


class ShownNote(msgspec.Struct, frozen=True):
    """A note as a screen shows it."""

    words: str
    is_mine: bool
    """It is for the person at this machine."""
    start_utc_s: float
    made_utc_s: float


class _Memory(msgspec.Struct):
    told: dict[str, tuple[Told, ...]] = {}
    """By team."""


class ReminderDesk:
    """`main` on a thread of its own; `notes` from any."""

    def __init__(
        self,
        planner: Planner,
        minutes: str,
        memory: Path,
        clock: Clock,
        *,
        device: DeviceId = DeviceId(""),  # noqa: B008 - a name
        name: str = "",
        post: Post | None = None,
        turn: PostTurn | None = None,
        posts_cards: bool = True,
        on_health: HealthSink = unheard,
    ) -> None:
        self._planner, self._clock, self._tell = planner, clock, on_health
        self._marks = marks_of(minutes)
        self._file = memory
        self._device, self._name = device, name.casefold()
        self._post, self._turn, self._posts_cards = post, turn, posts_cards
        self._memory = _read(memory)
        self._bulletin: Bulletin | None = None
        self._plans: tuple[object, dict[str, _Known], dict[str, Member]] = (None, {}, {})
        self.running: Callable[[], PlanNow | None] = lambda: None
        """The plan that follows its race, where this machine does; set by whoever follows."""
        self.view: Callable[[], RaceView | None] = lambda: None
        """What is known of that race, for the hand-over card."""
        self.notes: Mailbox[tuple[ShownNote, ...]] = Mailbox()
        """What was told last, all of one moment."""
        self.mine: ShownNote | None = None
        """The newest note for the person at this machine."""
        self.next: NextTurn | None = None
        """When that person drives next, or drives now."""

    def main(self, stop: threading.Event) -> None:
        while not stop.wait(LOOK_S):
            self.look()

    def look(self) -> tuple[ShownNote, ...]:
        """Whatever has to be told now, which is told by that."""
        now_utc_s = self._clock.wall_s()
        running = self.running()
        if running is not None:
            self._tell_others(running)
        if self._turn is not None:
            self._turn.step()
        self._know_plans()
        self.next = self._next(running, now_utc_s)
        shown: list[ShownNote] = []
        before = dict(self._memory.told)
        for team, (plan, doubt) in self._current(running, now_utc_s).items() if self._marks else ():
            said = reminders(plan, self._marks, now_utc_s, self._memory.told.get(team, ()))
            self._memory.told[team] = said.told
            for note in said.notes:
                shown.append(self._shown(note, now_utc_s, doubt))
                self._send(team, plan, note, now_utc_s, doubt)
        if self._memory.told != before:
            self._keep()
        if shown:
            self.mine = next((one for one in reversed(shown) if one.is_mine), self.mine)
            self.notes.put(tuple(shown))
        return tuple(shown)

    def _tell_others(self, running: PlanNow) -> None:
        if self._bulletin is None:
            from pitbox.wall.bulletin import Bulletin  # noqa: PLC0415 - only where a race is followed

            self._bulletin = Bulletin(self._planner, self._clock)
        self._bulletin.step(running)

    def _know_plans(self) -> None:
        revision = self._planner.revision
        if revision != self._plans[0]:
            plans, people = self._planner.ask(_plans_of)
            self._plans = revision, plans, people

    def _next(self, running: PlanNow | None, now_utc_s: float) -> NextTurn | None:
        """Of the person at this machine, in whatever team it comes first."""
        here = {key: person for key, person in self._plans[2].items() if self._is_here(person)}
        plans = {team: known.at(now_utc_s) for team, known in self._plans[1].items()} if here else {}
        if running is not None and _counts(running, self._plans[1].get(running.team), now_utc_s):
            plans[running.team] = _Seen(running)
        zone = next((person.zone for person in here.values()), "UTC")
        turns = [(next_turn(seen.plan, here, now_utc_s), seen.words) for seen in plans.values()]
        return soonest(
            msgspec.structs.replace(turn, zone=zone, doubt=words) for turn, words in turns if turn is not None
        )

    def _current(self, running: PlanNow | None, now_utc_s: float) -> dict[str, tuple[PlanNow, str]]:
        """By team, of races that are near or run, and what is doubtful about it.

        What is followed here counts before what another machine tells, and that before the plan as edited.
        """
        reach_s = max(self._marks) * 60.0
        found: dict[str, tuple[PlanNow, str]] = {}
        for team, known in self._plans[1].items():
            seen = known.at(now_utc_s)
            plan, start_utc_s = seen.plan, seen.plan.relay.start_utc_s
            if start_utc_s is None:
                continue
            if -reach_s <= now_utc_s - start_utc_s <= plan.relay.length_s + _LATE_S:
                found[team] = plan, seen.doubt
        if running is not None and _counts(running, self._plans[1].get(running.team), now_utc_s):
            found[running.team] = running, ""
        return found

    def _shown(self, note: Note, now_utc_s: float, doubt: str) -> ShownNote:
        person = self._plans[2].get(note.seat)
        zone = "UTC" if person is None else person.zone
        is_mine = person is not None and self._is_here(person)
        words = words_to(note, zone) if is_mine else words_about(note, zone)
        words = f"{words} ({doubt})" if doubt else words
        _log.info("told: %s", words)
        return ShownNote(words, is_mine, note.start_utc_s, now_utc_s)

    def _is_here(self, person: Member) -> bool:
        """By machine; where none stands with the person, by the name that this one gives itself."""
        if person.device:
            return person.device == self._device
        return bool(self._name) and person.name.casefold() == self._name

    def _send(self, team: str, plan: PlanNow, note: Note, now_utc_s: float, doubt: str) -> None:
        if self._post is None or not self._post.is_wanted:
            return
        self._post.remind(team, note, now_utc_s, doubt)
        is_card_due = note.kind is NoteKind.DUE and note.part is Part.DRIVER and note.is_first
        if not (is_card_due and self._posts_cards):
            return
        person = self._plans[2].get(note.seat)
        from pitbox.planning.handover import RaceView, hand_over  # noqa: PLC0415 - with it comes strategy

        view = (None if plan.race_s is None else self.view()) or RaceView()
        card = hand_over(
            plan, note.leg, view, now_utc_s=now_utc_s, zone="UTC" if person is None else person.zone,
            notes=self._planner.ask(lambda ledger: _notes_of(ledger, plan.variant, note.leg)),
        )  # fmt: skip
        if card is not None:
            self._post.hand_over(team, card, now_utc_s)

    def _keep(self) -> None:
        new = self._file.with_name(f".{self._file.name}.{os.getpid()}")
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            new.write_bytes(msgspec.json.encode(self._memory))
            new.replace(self._file)
        except OSError as error:
            words = f"What was told cannot be kept ({error.strerror}): after a restart a note may come twice."
            self._tell(Health("wall", "reminders", Level.NOTE, words))


def marks_of(minutes: str) -> tuple[int, ...]:
    """Of the setting: `30, 15, 5`."""
    return tuple(sorted({int(part) for part in minutes.split(",") if part.strip()}, reverse=True))


def _read(memory: Path) -> _Memory:
    try:
        return msgspec.json.decode(memory.read_bytes(), type=_Memory)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _Memory({})


class _Seen(msgspec.Struct, frozen=True):
    plan: PlanNow
    words: str = ""
    """What it goes by, and how old that is; empty: the plan as edited, or the race as it is seen here."""
    is_old: bool = False

    @property
    def doubt(self) -> str:
        return self.words if self.is_old else ""


class _Known:
    """What this machine has of one team's plan, while nobody edits it."""

    def __init__(self, plan: "Plan", said: Telling | None, name: str) -> None:
        legs = tuple(leg for leg in plan.legs if leg.start_s < plan.relay.length_s)
        self._plan, self.said, self._name = plan, said, name
        self._edited = PlanNow(
            plan.event, plan.team, plan.variant, plan.relay, legs, (), (), (), base=plan.base
        )

    def at(self, now_utc_s: float) -> "_Seen":
        """As it is told by who follows the race, else as it is edited."""
        from pitbox.planning.live.expecting import ahead_of  # noqa: PLC0415 - as in `_plans_of`

        found = None if self.said is None else ahead_of(self._plan, self.said, self._name, now_utc_s)
        if found is None:
            return _Seen(self._edited)
        return _Seen(found.plan, found.words, found.is_stale)


def _counts(running: PlanNow, known: _Known | None, now_utc_s: float) -> bool:
    """What is followed here, unless its picture hangs and another machine tells of the race."""
    from pitbox.planning.live.expecting import is_current  # noqa: PLC0415 - as in `_plans_of`

    is_alone = known is None or known.said is None
    return is_alone or running.race_s is None or is_current(running, now_utc_s)


def _plans_of(ledger: Ledger) -> tuple[dict[str, _Known], dict[str, Member]]:
    """Of every team whose plan can be laid out."""
    from pitbox.planning.live.held import held  # noqa: PLC0415 - loaded by this thread, not by a start

    plans: dict[str, _Known] = {}
    for team in teams(ledger):
        try:
            found = held(ledger, team)
        except EditError:
            continue
        if found is None:
            continue
        said = expected(ledger, team.key)
        name = "" if said is None else name_of(ledger, said.device)
        plans[team.key] = _Known(found.plan, said, name)
    return plans, {one.key: one for one in members(ledger)}


def _notes_of(ledger: Ledger, variant: str, key: str) -> str:
    rows = stint_plan.plan(ledger, variant or None)
    return next((row.instructions or "" for row in rows if row.key == key), "")
