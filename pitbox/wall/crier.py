"""Tells people of their stints, on this screen and by the webhook: reminders, courier and their threads."""

from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from pitbox.courier.courier import Courier
from pitbox.courier.webhook import load
from pitbox.crew.clock import SystemClock
from pitbox.crew.health import HealthSink
from pitbox.crew.thread import Hand
from pitbox.model.ids import DeviceId
from pitbox.planning.next_turn import turn_words
from pitbox.wall.author import author_name
from pitbox.wall.planner import Planner
from pitbox.wall.post import Post
from pitbox.wall.post_turn import PostTurn
from pitbox.wall.reminders import ReminderDesk, ShownNote
from pitbox.wall.settings import Settings

_MEMORY, _WAITING, _POUCH = "reminders.json", "reminders-waiting.json", "courier"


class Crier:
    """Belongs to whoever made it; `mine` and `news` from any thread."""

    def __init__(
        self,
        planner: Planner,
        settings: Settings,
        *,
        device: DeviceId,
        data: Path,
        config: Path,
        on_health: HealthSink,
    ) -> None:
        """`config`: where the webhook's secret lies; `data`: where what waits and what was told is kept."""
        self._clock = SystemClock()
        self._courier = Courier(data / _POUCH, lambda: load(config), on_health)
        turn = PostTurn(
            planner, self._courier.send, SystemClock(), data / _WAITING, has_mates=lambda: planner.has_mates
        )
        self._courier.heard = turn.delivered
        self.reminders = ReminderDesk(
            planner,
            settings.planning.reminder_minutes,
            data / _MEMORY,
            self._clock,
            device=device,
            name=author_name(settings),
            post=Post(self._courier.send, lambda: load(config), turn.take),
            turn=turn,
            posts_cards=settings.planning.is_handover_posted,
            on_health=on_health,
        )
        self._hands = [
            Hand("courier", self._courier.main, on_health),
            Hand("reminders", self.reminders.main, on_health),
        ]

    def start(self) -> None:
        for hand in self._hands:
            hand.start()

    def stop(self) -> bool:
        """False when a thread did not end in time; what was not delivered stays on disk."""
        courier, reminders = self._hands
        is_done = reminders.stop(timeout_s=10.0)
        self._courier.close()
        return courier.stop(timeout_s=5.0) and is_done

    def errors(self) -> list[Exception]:
        return [hand.error for hand in self._hands if hand.error is not None]

    def news(self, after: int) -> tuple[int, tuple[ShownNote, ...]]:
        """(version, what was told since that version)."""
        version, notes = self.reminders.notes.take(after)
        return version, notes or ()

    def mine(self) -> ShownNote | None:
        """The newest note for the person at this machine."""
        return self.reminders.mine

    def next_stint(self) -> str:
        """Of that person, in words; empty where no plan knows of one."""
        turn = self.reminders.next
        return "" if turn is None else turn_words(turn, self._clock.wall_s())


@runtime_checkable
class _Told(Protocol):
    @property
    def crier(self) -> Crier | None: ...


def crier_of(feed: Any) -> Crier | None:
    """None where nobody plans: a recording, a demo race."""
    return feed.crier if isinstance(feed, _Told) else None
