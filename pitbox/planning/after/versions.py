"""The plan as it stood at each moment of its race, and who changed it when and why: out of the edits."""

from collections.abc import Sequence
from statistics import median

import msgspec

from pitbox.model.edit import NOWHERE, Entity
from pitbox.model.errors import EditError
from pitbox.model.ledger import Ledger
from pitbox.model.offer_reply import KIND as OFFER
from pitbox.model.offer_reply import OfferReply, offer_replies
from pitbox.model.person import KIND as PERSON
from pitbox.model.person import name_of
from pitbox.model.team import Team
from pitbox.model.team import team as team_of
from pitbox.planning.after.noun import Change
from pitbox.planning.history import KIND as DEED
from pitbox.planning.history import Deed, deeds, is_undone, sentences, team_entities
from pitbox.planning.live.follow import Plan
from pitbox.planning.live.held import held

_ANOTHER_RACE_S = 18 * 3600.0
"""Clocks are wrong by less; races of the same hour are a day apart."""


class RaceTime(msgspec.Struct, frozen=True):
    """Where a race lies on the clocks that edits carry."""

    session_num: int
    run: int
    green_s: float
    end_s: float
    """Race time of the end."""
    green_utc_s: float | None = None
    """None: not known; replies to offers tell it then."""


class Version(msgspec.Struct, frozen=True):
    race_s: float
    """From then on; 0: at the green flag."""
    plan: Plan


class Versions(msgspec.Struct, frozen=True):
    versions: tuple[Version, ...]
    """At least one, in their order."""
    changes: tuple[Change, ...] = ()
    edits_before: int = 0
    notes: tuple[str, ...] = ()

    @property
    def first(self) -> Plan:
        return self.versions[0].plan

    def at(self, race_s: float) -> Plan:
        return next((one.plan for one in reversed(self.versions) if one.race_s <= race_s), self.first)


def alone(plan: Plan) -> Versions:
    """Of a plan that nobody edited."""
    return Versions((Version(0.0, plan),))


def versions_of(ledger: Ledger, team: Team, race: RaceTime) -> Versions | None:
    """None where the team never had a plan until the race was over.

    Deeds in the order of their stamps, as the ledger has them; a moment never lies before that of the deed
    before. What nobody can place counts as done before the race.
    """
    teller = _Teller(ledger, team)
    placed = _placed(ledger, race)
    for deed, race_s in placed:
        if race_s is None or race_s <= race.end_s:
            teller.tell(deed, race_s)
    versions = teller.versions or teller.now(0.0)
    if not versions:
        return None
    notes = _notes(versions, placed)
    first = Version(0.0, versions[0].plan)
    return Versions((first, *versions[1:]), tuple(teller.changes), teller.before, notes)


class _Teller:
    """Takes deed after deed into a ledger of its own, as if they were just being done."""

    def __init__(self, ledger: Ledger, team: Team) -> None:
        self._ledger, self._team = ledger, team
        self._about = team_entities(ledger, team.key)
        self._past = Ledger()
        for edit in ledger.history():
            if edit.entity.kind == PERSON:
                self._past.take(edit)
        self.versions: list[Version] = []
        self.changes: list[Change] = []
        self.before = 0

    def tell(self, deed: Deed, race_s: float | None) -> None:
        is_in_race = race_s is not None and race_s > 0
        if is_in_race and not self.versions:
            self.versions += self.now(0.0)
        for edit in deed.edits:
            self._past.take(edit)
        is_ours = any(edit.entity in self._about or edit.entity.kind == DEED for edit in deed.edits)
        if not is_ours:
            return
        if race_s is None or race_s <= 0:
            self.before += 1
            return
        self.changes.append(_change(self._ledger, self._past, deed, race_s))
        fresh = self.now(race_s)
        if fresh and (not self.versions or fresh[0].plan.legs != self.versions[-1].plan.legs):
            self.versions += fresh

    def now(self, race_s: float) -> list[Version]:
        """The plan as it stands; empty where there is none yet, or none can be made."""
        then = team_of(self._past, self._team.key)
        try:
            known = None if then is None else held(self._past, then)
        except EditError:
            known = None
        return [] if known is None or not known.plan.legs else [Version(race_s, known.plan)]


def _placed(ledger: Ledger, race: RaceTime) -> list[tuple[Deed, float | None]]:
    replies = {said.key: said for said in offer_replies(ledger)}
    green_utc_s = race.green_utc_s
    if green_utc_s is None:
        told = [one.wall_s - one.race_s for one in replies.values() if one.race_s is not None and one.wall_s]
        green_utc_s = median(told) if told else None
    placed: list[tuple[Deed, float | None]] = []
    latest_s: float | None = None
    for deed in deeds(ledger):
        race_s = _race_s(deed, replies, race, green_utc_s)
        if race_s is not None and 0 < race_s <= race.end_s:
            race_s = latest_s = race_s if latest_s is None else max(latest_s, race_s)
        placed.append((deed, race_s))
    return placed


def _race_s(
    deed: Deed, replies: dict[str, OfferReply], race: RaceTime, green_utc_s: float | None
) -> float | None:
    """By the race's own axis, what a reply says, or the author's clock."""
    clock_s = deed.wall_s - green_utc_s if green_utc_s is not None and deed.wall_s else None
    for edit in deed.edits:
        at = edit.at
        if at != NOWHERE and (at.session_num, at.run) == (race.session_num, race.run):
            race_s = at.sim_time_s - race.green_s
            # The same numbers in another race, a week before, are another moment.
            if clock_s is None or abs(race_s - clock_s) < _ANOTHER_RACE_S:
                return race_s
    said = _reply(deed, replies)
    if said is not None and said.race_s is not None:
        return said.race_s
    return clock_s


def _reply(deed: Deed, replies: dict[str, OfferReply]) -> OfferReply | None:
    keys = [edit.entity.key for edit in deed.edits if edit.entity.kind == OFFER]
    return next((replies[key] for key in keys if key in replies), None)


def _change(ledger: Ledger, past: Ledger, deed: Deed, race_s: float) -> Change:
    """Of an offer its own words: those of its rows would say the same once more."""
    said = _reply(deed, {one.key: one for one in offer_replies(past)})
    who = name_of(past, deed.author)
    taken_back = [Entity(DEED, e.entity.key) for e in deed.edits if e.entity.kind == DEED]
    if taken_back:
        others = [one for one in deeds(ledger) if Entity(DEED, one.key) in taken_back]
        what = tuple(f"taken back: {sentences(past, one)}" for one in others)
        return Change(race_s, who, what or ("taken back",))
    if said is None:
        words = sentences(past, deed)
        undone = " (taken back later)" if is_undone(ledger, deed) else ""
        return Change(race_s, who, tuple(f"{one}{undone}" for one in words.split("; ")))
    what = tuple(said.changes.split("; ")) if said.changes else ()
    return Change(race_s, who, what, said.reason, said.reply.value)


def _notes(versions: Sequence[Version], placed: Sequence[tuple[Deed, float | None]]) -> tuple[str, ...]:
    found = []
    if versions[0].race_s > 0:
        found.append("There was no plan at the green flag: the first one that came is taken for it.")
    if any(race_s is None for _, race_s in placed):
        found.append("Nobody knows when the race began on the wall: edits count as made before it.")
    return tuple(found)
