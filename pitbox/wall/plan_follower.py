"""The running plan for whoever draws it: laid over the race as it is followed, new plans solved beside.

`look` belongs to the thread that follows the feed; solving has one of its own. The newest wish counts, and
what was worked on for an older one is given up. Views pull `now`, `cards` and `said`; nobody waits.
"""

import logging
import threading
from typing import TYPE_CHECKING

import msgspec

from pitbox.crew.health import Health, HealthSink, Level, unheard
from pitbox.crew.mailbox import Mailbox
from pitbox.crew.thread import Hand
from pitbox.model.clock import Clock
from pitbox.model.errors import EditError, PitBoxError
from pitbox.model.plan_offer import Offer, PlanNow
from pitbox.wall.feed import Feed, Spring
from pitbox.wall.staff import staff_of

if TYPE_CHECKING:  # loaded by the threads, not by whoever opens a window
    from pitbox.model.edit import Draft
    from pitbox.model.standing import Standings
    from pitbox.planning.live.wish import Wish
    from pitbox.strategy.story import Story
    from pitbox.wall.plan_desk import PlanDesk

_log = logging.getLogger("pitbox.wall")
_LOOK_S, _PAUSE_S = 1.0, 15.0
_IDLE_S = 0.5


class PlanFollower:
    """`wish`, `accept`, `refuse` and `is_ours` from any thread."""

    def __init__(self, clock: Clock, on_health: HealthSink = unheard) -> None:
        self.now: Mailbox[PlanNow] = Mailbox()
        self.cards: Mailbox[tuple[Offer, ...]] = Mailbox()
        """For each driver what to do if that person is missing, before anybody is."""
        self.said: Mailbox[str] = Mailbox()
        """Why a wish cannot be granted."""
        self._clock, self._on_health = clock, on_health
        self._lock = threading.Lock()
        self._due = threading.Event()
        self._wish: Wish | None = None
        self._desk: PlanDesk | None = None
        self._hand: Hand | None = None
        self._is_stopped = False
        self._next_s = float("-inf")
        self._mark: tuple[object, ...] = ()
        self._is_well = {"follow": True, "solve": True}

    def start(self) -> None:
        self._is_stopped = False
        self._hand = Hand("plan", self._main, self._on_health, woken=self._due)
        self._hand.start()

    def stop(self) -> bool:
        """False when the thread did not end in time; what is being solved ends within one step of it."""
        hand, self._hand = self._hand, None
        self._is_stopped = True
        return hand is None or hand.stop(timeout_s=10.0)

    def forget(self) -> None:
        """Another race; from any thread."""
        with self._lock:
            self._wish, self._mark = None, ()
            self.now, self.cards, self.said = Mailbox(), Mailbox(), Mailbox()
            if self._desk is not None:
                self._desk.forget()

    def wish(self, wish: "Wish") -> None:
        """A new plan from now; the answer lies in `now.offers`, or its refusal in `said`."""
        with self._lock:
            self._wish = wish
        self._due.set()

    def accept(self, key: str) -> None:
        """Raises EditError, or StaleOfferError where the offer fits no more: then it is made anew."""
        from pitbox.planning.live.errors import StaleOfferError  # noqa: PLC0415 - as all of planning here

        desk = self._known_desk()
        try:
            desk.accept(key)
        except StaleOfferError:
            wish = desk.wish_of(key)
            if wish is not None:
                self.wish(wish)
            raise
        self._show()

    def refuse(self, key: str) -> None:
        """Raises EditError."""
        self._known_desk().refuse(key)
        self._show()

    def drove(self, stint: int, seat: str) -> "Draft":
        """The wish that says who drove a stint of ours, for whoever keeps edits; raises EditError."""
        return self._known_desk().drove(stint, seat)

    def is_ours(self, team: str) -> None:
        """The race is that team's; raises EditError."""
        self._known_desk().is_ours(team)

    def binding_words(self) -> str:
        """Which team's plan this is and how that is known; empty where none is."""
        desk = self._desk
        return "" if desk is None or desk.binding is None else desk.binding.words

    def look(self, feed: Feed, story: "Story", standings: "Standings | None") -> PlanNow | None:
        """Lay the plan over the race if anything is new, or once a second. Never raises."""
        now_s = self._clock.monotonic_s()
        if now_s < self._next_s and not (self._is_new(feed, story) and self._is_well["follow"]):
            return None
        try:
            found = self._look(feed, story, standings)
            self._tell("follow", "The plan is followed again.")
            self._next_s = now_s + _LOOK_S
        except Exception as error:  # noqa: BLE001 - what was said last stands, and forecasts go on
            _log.exception("the plan is not followed")
            self._next_s = now_s + _PAUSE_S
            self._tell("follow", f"The plan cannot be laid over the race ({_what(error)}).", is_well=False)
            return None
        if found is not None:
            self._due.set()
        return found

    def _is_new(self, feed: Feed, story: "Story") -> bool:
        staff, info = staff_of(feed), story.info
        car = None if info is None else story.cars.get(info.own.car_idx)
        plans = None if staff is None else staff.planner.revision
        mark = (plans, None if car is None else car.changes, len(story.phases))
        is_new, self._mark = mark != self._mark, mark
        return is_new

    def _look(self, feed: Feed, story: "Story", standings: "Standings | None") -> PlanNow | None:
        from pitbox.wall.plan_desk import PlanDesk, View  # noqa: PLC0415 - not before the first paint

        staff, session = staff_of(feed), feed.hub.session
        if staff is None or session is None or standings is None:
            return None
        with self._lock:
            self._desk = self._desk or PlanDesk(self._clock.monotonic_s)
            desk, mailbox = self._desk, self.now
        utc_s = self._clock.wall_s() if feed.spring is Spring.PEERS else None
        found = desk.follow(View(session, story, standings, utc_s), staff.planner)
        renewed = desk.renewed()
        if renewed is not None:
            self.wish(renewed)
        if found is not None:
            mailbox.put(found)
        elif mailbox.take()[1] is not None:
            mailbox.clear()
        return found

    def _known_desk(self) -> "PlanDesk":
        if self._desk is None:
            raise EditError("There is no plan of ours in this race.")
        return self._desk

    def _show(self) -> None:
        """The offers as they are now, beside the plan as it was said last."""
        with self._lock:
            desk, mailbox = self._desk, self.now
        last = mailbox.take()[1]
        if desk is not None and last is not None:
            mailbox.put(msgspec.structs.replace(last, offers=desk.offers()))

    def _main(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self._due.wait()
            self._due.clear()
            if stop.is_set() or self._desk is None:
                continue
            try:
                self._solve(self._desk)
                self._tell("solve", "New plans are worked out again.")
            except PitBoxError as error:
                self.said.put(str(error))
                self._due.set()  # a wish that was refused keeps nobody from the cards
            except Exception as error:  # noqa: BLE001 - the plan is followed without
                _log.exception("no new plan")
                self._tell("solve", f"No new plan can be worked out ({_what(error)}).", is_well=False)
                stop.wait(_IDLE_S)

    def _solve(self, desk: "PlanDesk") -> None:
        with self._lock:
            wish, self._wish = self._wish, None
        if wish is None and desk.mend_needed():
            from pitbox.planning.live.wish import Mend  # noqa: PLC0415 - with the desk

            wish = Mend()
        if wish is not None:
            desk.grant(wish, self._is_called, self._show)
            self._due.set()  # cards come when nobody waits for anything
            return
        cards = desk.cards(self._is_called)
        if cards is not None:
            self.cards.put(cards)

    def _is_called(self) -> bool:
        return self._is_stopped or self._wish is not None

    def _tell(self, what: str, words: str, *, is_well: bool = True) -> None:
        if is_well != self._is_well[what]:
            self._is_well[what] = is_well
            self._on_health(Health("planning", what, Level.OK if is_well else Level.DEGRADED, words))


def _what(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": .")
