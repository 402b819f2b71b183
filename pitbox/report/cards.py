"""The calls of a race as they read at each moment: a card whose words turned later is told with both."""

from collections.abc import Iterator, Sequence

import msgspec

from pitbox.model.advice import KIND, Advice, advices
from pitbox.model.edit import Edit
from pitbox.model.ledger import Ledger
from pitbox.report.gather import Race
from pitbox.strategy.decision.answer import PlannedStop

_WORDS = "words"
_PARTS = 3


class Card(msgspec.Struct, frozen=True):
    """One call under one key, by what it said from moment to moment; never empty."""

    readings: tuple[Advice, ...]
    """By time; the replies of each are those given while it read so."""

    @property
    def first(self) -> Advice:
        return self.readings[0]

    @property
    def last(self) -> Advice:
        return self.readings[-1]

    @property
    def at_s(self) -> float:
        return self.first.at.sim_time_s


def cards(ledger: Ledger | None, race: Race) -> tuple[Card, ...]:
    """Of this race, in the order in which they came up."""
    if ledger is None:
        return ()
    here, found = (race.session_num, race.run), []
    for entity in ledger.entities(KIND, is_deleted_too=True):
        read = [one for one in _readings(ledger.history(entity)) if (one.at.session_num, one.at.run) == here]
        if read:
            found.append(Card(tuple(sorted(read, key=lambda one: one.at.sim_time_s))))
    return tuple(sorted(found, key=lambda one: (one.at_s, one.first.order)))


def stood(found: Sequence[Card], now_s: float) -> list[Advice]:
    """What each card read at that moment, the newest words first."""
    read = [
        max(
            (one for one in card.readings if one.at.sim_time_s <= now_s), key=lambda one: one.at, default=None
        )
        for card in found
    ]
    return sorted((one for one in read if one is not None), key=lambda one: (one.at, one.order), reverse=True)


def planned_stops(advice: Advice) -> tuple[PlannedStop, ...]:
    """The stops that it meant; empty where it meant none or nobody can read them."""
    found = []
    for word in advice.said.stops.split():
        parts = word.split(":")
        if len(parts) != _PARTS:
            return ()
        try:
            fuel_l = None if parts[1] == "-" else float(parts[1])
            found.append(PlannedStop(int(parts[0]), fuel_l, has_tyres=parts[2] == "T"))
        except ValueError:
            return ()
    return tuple(found)


def _readings(history: Sequence[Edit]) -> Iterator[Advice]:
    """As often as the words turned: what stood there then, with the replies until they turned again."""
    ledger, read = Ledger(), list[Advice]()
    for edit in history:
        if edit.field == _WORDS and read:
            read[-1] = _answered(read[-1], ledger)
        ledger.take(edit)
        if edit.field != _WORDS:
            continue
        for now in advices(ledger):  # the words come last: the rest of the card is there
            if not read or now.said.words != read[-1].said.words:
                read.append(now)
    if read:
        read[-1] = _answered(read[-1], ledger)
    yield from read


def _answered(reading: Advice, ledger: Ledger) -> Advice:
    """With what was said to it since its words stood there."""
    since = [reply for now in advices(ledger) for reply in now.replies if reply not in reading.replies]
    return msgspec.structs.replace(reading, replies=tuple(since))
