"""The plan of our car in the race that a feed shows, and what is on offer for it. Knows no thread of its own.

`follow` belongs to the thread that looks ahead, `solve` to the one that solves; the rest to any.
"""

import secrets
import threading
from collections.abc import Callable

import msgspec

from pitbox.model.correction import correct
from pitbox.model.edit import Draft
from pitbox.model.errors import EditError, PitBoxError
from pitbox.model.ids import SessionId
from pitbox.model.ledger import Ledger
from pitbox.model.offer_reply import OfferReply, Reply, note_reply
from pitbox.model.plan_offer import Offer, PlanNow
from pitbox.model.relay import Relay
from pitbox.model.standing import Standings
from pitbox.model.team import Team, fill_team, teams
from pitbox.model.variant import active_variant
from pitbox.planning.brief import relay_of
from pitbox.planning.live.anchor import length_now
from pitbox.planning.live.binding import Binding, bind
from pitbox.planning.live.course import course_of, green_of
from pitbox.planning.live.errors import StaleOfferError
from pitbox.planning.live.follow import follow
from pitbox.planning.live.green import GreenFlag
from pitbox.planning.live.held import Held, held
from pitbox.planning.live.offer import accept
from pitbox.planning.live.solving import contingency, final_offer, quick_offer
from pitbox.planning.live.wish import Mend, Missing, Rain, Task, Wish
from pitbox.strategy.errors import NoRaceError
from pitbox.strategy.story import Story
from pitbox.wall.planner import Planner


class View(msgspec.Struct, frozen=True):
    """What is known of the race now."""

    session: SessionId
    story: Story
    standings: Standings
    utc_s: float | None = None
    """Now on the wall, where the race is live."""


class _Open(msgspec.Struct, frozen=True):
    """An offer and what it stands on."""

    offer: Offer
    wish: Wish
    task: Task
    held: Held
    stints: int
    """Driven when it was made: with another one at the wheel it holds no more."""
    is_shown: bool = True
    """False: refused, or nothing is better than what stands."""


class PlanDesk:
    def __init__(self, now_s: Callable[[], float]) -> None:
        """`now_s`: any clock that only runs on, to say how long something took."""
        self._now_s = now_s
        self._lock = threading.RLock()
        self._planner: Planner | None = None
        self._bound: tuple[tuple[object, ...], Binding | None] = ((), None)
        self._held: tuple[tuple[object, ...], Held | None] = ((), None)
        self._green = GreenFlag()
        self._now: PlanNow | None = None
        self._story: Story | None = None
        self._open: dict[str, _Open] = {}
        self._carded: tuple[object, ...] = ()
        self._renewed: Wish | None = None
        self.binding: Binding | None = None

    def forget(self) -> None:
        """Another race."""
        with self._lock:
            self._now, self._open, self.binding, self._carded = None, {}, None, ()
            self._renewed = None
            self._bound = self._held = ((), None)

    def follow(self, view: View, planner: Planner) -> PlanNow | None:
        """None where no team of ours races here, or it has no plan."""
        self._planner = planner
        green_utc_s = self._green_utc_s(view)
        binding = self._binding(view, planner, green_utc_s)
        self.binding = binding
        known = None if binding is None else self._plan(planner, binding.team)
        if binding is None or known is None:
            self._now = None
            return None
        story, now_s = view.story, view.standings.sim_time_s
        self._story = story
        try:
            length_s = length_now(story.at(now_s, view.standings))
        except NoRaceError:
            length_s = None
        now = follow(
            known.plan,
            course_of(story, binding.car_idx, now_s),
            people=story.people,
            length_s=length_s,
            green_utc_s=green_utc_s,
        )
        with self._lock:
            self._clear(known, len(now.driven))
            now = msgspec.structs.replace(now, offers=self.offers())
            self._now = now
        return now

    def grant(self, wish: Wish, stop: Callable[[], bool], told: Callable[[], object]) -> None:
        """Put a quick offer on the desk, then the last word; `told` after each. Raises WishError."""
        now, known = self._now, self._held[1]
        if now is None or known is None:
            raise EditError("There is no plan of ours in this race.")
        slot = "mend" if isinstance(wish, Mend) else "wish"
        began_s = self._now_s()
        task, offer = quick_offer(now, wish, secrets.token_hex(6), stop)
        if stop():
            return
        self._put(slot, _Open(offer, wish, task, known, len(now.driven)), self._now_s() - began_s, told)
        offer = final_offer(now, task, offer, stop)
        if not stop():
            self._put(slot, _Open(offer, wish, task, known, len(now.driven)), self._now_s() - began_s, told)

    def mend_needed(self) -> bool:
        """The race broke the plan, and nothing that mends it is on offer."""
        now = self._now
        broken = now is not None and any(not one.is_past for one in now.violations)
        return broken and now is not None and bool(now.driven) and "mend" not in self._open

    def cards(self, stop: Callable[[], bool]) -> tuple[Offer, ...] | None:
        """For each driver: what to do if that person is missing. None where nothing changed since."""
        now, known = self._now, self._held[1]
        if now is None or known is None:
            return None
        mark = (known.rows, known.plan.relay, len(now.driven), now.legs[-1:] and now.legs[-1].key)
        if mark == self._carded:
            return None
        found = []
        for seat in {leg.driver: None for leg in now.legs if leg.driver and not leg.is_done}:
            if stop():
                return None
            try:
                found.append(contingency(now, seat, f"missing-{seat}", stop))
            except PitBoxError:
                continue
        self._carded = mark
        return tuple(found)

    def accept(self, key: str) -> None:
        """Write the offer into the plan; raises StaleOfferError or EditError."""
        chosen, planner = self._chosen(key), self._planner
        if planner is None:
            raise EditError("Nobody keeps the plan here.")
        team = chosen.held.plan.team
        count, known = planner.ask(lambda ledger: (ledger.count, _held_of(ledger, team)))
        now = self._now
        if known is None or not known.is_like(chosen.held):
            raise StaleOfferError("The plan was edited since; the offer is worked out anew.")
        if now is None or len(now.driven) != chosen.stints:
            raise StaleOfferError("Another stint has begun since; the offer is worked out anew.")
        offer = msgspec.structs.replace(chosen.offer, base=count)
        plan, salt = known.plan, secrets.randbits(32)
        drafts = accept(offer, known.rows, count, plan.relay, variant=plan.variant, salt=salt)
        planner.write([*drafts, *note_reply(self._reply(chosen, Reply.ACCEPTED))], count)
        self._drop(key)

    def refuse(self, key: str) -> None:
        """Note that; raises EditError."""
        chosen = self._chosen(key)
        if self._planner is not None:
            self._planner.write(note_reply(self._reply(chosen, Reply.REFUSED)))
        self._drop(key, is_kept=isinstance(chosen.wish, Mend))

    def wish_of(self, key: str) -> Wish | None:
        with self._lock:
            return next((one.wish for one in self._open.values() if one.offer.key == key), None)

    def drove(self, stint: int, seat: str) -> Draft:
        """The wish that says who drove a stint of our car. Raises EditError."""
        now, binding, story = self._now, self.binding, self._story
        if now is None or binding is None or story is None:
            raise EditError("There is no plan of ours in this race.")
        person = next((one for one in now.relay.seats if one.key == seat), None)
        fact = next((one for one in story.cars[binding.car_idx].stints if one.stint == stint), None)
        if person is None or fact is None:
            raise EditError("There is no such stint, or nobody of that name.")
        return correct(fact, "user_id", person.said_id)

    def is_ours(self, team: str) -> None:
        """The race is that team's, whatever numbers and names say. Raises EditError."""
        session = self._bound[0][0] if self._bound[0] else ""
        if self._planner is None or not session:
            raise EditError("There is no race here that a team could be run by.")
        self._planner.write(fill_team(team, session=str(session)))

    def renewed(self) -> Wish | None:
        """A wish whose offer went stale because the plan was edited: to be granted anew."""
        with self._lock:
            wish, self._renewed = self._renewed, None
        return wish

    def _clear(self, known: Held, stints: int) -> None:
        for slot, one in list(self._open.items()):
            is_like = known.is_like(one.held)
            if is_like and stints == one.stints:
                continue
            del self._open[slot]
            if slot == "wish" and not is_like and one.is_shown:
                self._renewed = one.wish

    def _put(self, slot: str, one: _Open, took_s: float, told: Callable[[], object]) -> None:
        offer = msgspec.structs.replace(one.offer, took_s=took_s)
        with self._lock:
            is_shown = slot == "wish" or bool(offer.changes)
            self._open[slot] = msgspec.structs.replace(one, offer=offer, is_shown=is_shown)
        told()

    def offers(self) -> tuple[Offer, ...]:
        with self._lock:
            return tuple(one.offer for one in self._open.values() if one.is_shown)

    def _chosen(self, key: str) -> _Open:
        with self._lock:
            found = next((one for one in self._open.values() if one.offer.key == key), None)
        if found is None:
            raise EditError("That offer does not stand any more.")
        return found

    def _drop(self, key: str, *, is_kept: bool = False) -> None:
        """`is_kept`: it is not shown, and not made again for the same trouble."""
        with self._lock:
            for slot, one in list(self._open.items()):
                if one.offer.key == key and is_kept:
                    self._open[slot] = msgspec.structs.replace(one, is_shown=False)
                elif one.offer.key == key:
                    del self._open[slot]

    def _reply(self, one: _Open, reply: Reply) -> OfferReply:
        now = self._now
        race_s = None if now is None else now.race_s
        said = OfferReply(
            key=one.offer.key,
            variant=one.held.plan.variant,
            reply=reply,
            reason=one.offer.reason,
            changes="; ".join(change.words for change in one.offer.changes),
            wish=str(type(one.wish).__struct_config__.tag),
            race_s=race_s,
        )
        if isinstance(one.wish, Missing):
            gone_s = one.task.fixed[-1].end_s if one.task.fixed and one.task.fixed[-1].is_driving else race_s
            is_in = bool(one.task.fixed) and one.task.fixed[-1].driver == one.wish.seat
            from_s = gone_s if is_in else race_s or 0.0
            said = msgspec.structs.replace(said, seat=one.wish.seat, from_s=from_s, until_s=one.wish.until_s)
        if isinstance(one.wish, Rain):
            said = msgspec.structs.replace(said, from_s=one.wish.from_s, until_s=one.wish.until_s)
        return said

    def _binding(self, view: View, planner: Planner, green_utc_s: float | None) -> Binding | None:
        info = view.story.info
        mark = (view.session, planner.revision, info, len(view.story.people), green_utc_s)
        if info is None:
            return None
        if mark != self._bound[0]:
            found = planner.ask(_teams)
            self._bound = mark, bind(found, view.session, info, view.story, green_utc_s)
        return self._bound[1]

    def _plan(self, planner: Planner, team: Team) -> Held | None:
        mark = (planner.revision, team.key)
        if mark != self._held[0]:
            self._held = mark, planner.ask(lambda ledger: _held_of(ledger, team.key))
        return self._held[1]

    def _green_utc_s(self, view: View) -> float | None:
        green_s = green_of(view.story)
        if view.utc_s is None or green_s is None:
            return None
        mark = (view.session, view.standings.session_num, view.standings.run)
        return self._green.utc_s(mark, view.utc_s, view.standings.sim_time_s - green_s)


def _teams(ledger: Ledger) -> list[tuple[Team, Relay]]:
    """All that a plan can be made for."""
    found = []
    for team in teams(ledger):
        try:
            found.append((team, relay_of(ledger, team, active_variant(ledger, team.key))))
        except EditError:
            continue
    return found


def _held_of(ledger: Ledger, team: str) -> Held | None:
    known = next((one for one in teams(ledger) if one.key == team), None)
    try:
        return None if known is None else held(ledger, known)
    except EditError:
        return None
