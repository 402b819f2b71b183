"""Each stop and each call again: what was known then, what was advised, what was done, what it cost.

The race is told up to the moment and no further; hindsight is another column, made of another telling.
"""

from collections.abc import Iterator, Sequence

import msgspec

from pitbox.model.advice import Advice
from pitbox.model.fact import Stop
from pitbox.report.cards import Card, planned_stops, stood
from pitbox.report.told import Telling
from pitbox.strategy.briefing import Case, Mind
from pitbox.strategy.decision.answer import Choice, PlannedStop, StrategyAnswer, WhatIf
from pitbox.strategy.decision.situation import Rules
from pitbox.strategy.decision.strategist import Strategist
from pitbox.strategy.errors import StrategyError
from pitbox.strategy.forecast import Forecast, forecast
from pitbox.strategy.montecarlo.lottery import Engine
from pitbox.strategy.pit_rule import SWAP, TYRES
from pitbox.strategy.stop_cost import seen_stops
from pitbox.strategy.story import CarStory, Moment

RACES, BUDGET = 256, 300_000
"""Of one question asked afresh."""
MOST_ASKED = 48
"""Stops that the strategist is asked afresh about; a long race has fewer."""
MOST_CARDS = 250
"""Calls that are told one by one."""
_SETTLE_S = 0.6
"""A lap is recorded, and told, so much after its line at the latest."""
_HELD_LAPS = 3
"""A call that was said longer ago was about something else."""
_SAME_FUEL_L = 1.0
"""A pump takes tenths, and a gauge tells them a little off."""
_Z90 = 1.645


AS_ADVISED = "as recommended"


class Known(msgspec.Struct, frozen=True):
    """At one moment, from facts that were over by then. None: nobody could say."""

    now_s: float
    laps: int
    position: int | None = None
    class_position: int | None = None
    flag: str = ""
    fuel: float | None = None
    """On board, at our last line."""
    window: tuple[int, int] | None = None
    """Laps at whose end to come in: the earliest and the latest."""
    stop_s: tuple[float, float, float] | None = None
    """What a stop costs: middle, and 90 % of single ones."""
    stop_words: str = ""
    rejoin: tuple[int, float] | None = None
    """Place in class, and the chance of it give or take one."""
    silent: tuple[str, ...] = ()


class Advised(msgspec.Struct, frozen=True):
    words: str
    is_recorded: bool
    """A call that stood on a screen; else the strategist was asked afresh on the state of then."""
    reason: str = ""
    chance: float | None = None


class Price(msgspec.Struct, frozen=True):
    """Places of the class that what was done lies behind what was advised, as the model had it then."""

    places: float | None
    """None: `why` says what stood in the way."""
    half: float = 0.0
    """Half width of the 90 % interval of simulated races."""
    races: int = 0
    why: str = ""


class Hindsight(msgspec.Struct, frozen=True):
    """From the whole race: nobody could know it then."""

    loss_s: float | None = None
    class_position: int | None = None
    """At the end of the second lap after the stop."""


class Decision(msgspec.Struct, frozen=True):
    at_s: float
    lap: int
    what: str
    """`stop 3` or the kind of a call."""
    known: Known
    advised: Advised | None
    done: str
    price: Price | None = None
    hindsight: Hindsight = Hindsight()


class Audit(msgspec.Struct, frozen=True):
    decisions: tuple[Decision, ...]
    left_out: int
    """Stops about which nobody was asked afresh, for there are too many."""
    is_exact: bool = False
    """The race was told as the fold of its log said it from moment to moment."""
    cards_left_out: int = 0


class _Occasion(msgspec.Struct, frozen=True):
    known_s: float
    at_s: float
    stop: Stop | None = None
    card: Card | None = None


class Auditor:
    """Walks once through the race."""

    def __init__(
        self,
        telling: Telling,
        cards: Sequence[Card] = (),
        case: Case | None = None,
        rules: Rules | None = None,
        *,
        engine: Engine = "compiled",
        most_asked: int = MOST_ASKED,
    ) -> None:
        """`telling`: at its beginning. `most_asked`: stops that are simulated."""
        self._telling, self._race = telling, telling.race
        self._cards = cards
        self._case = case or Case()
        self._mind = Mind(self._case.rules)
        self._strategist = Strategist(self._mind, rules, engine=engine)
        self._asked, self._most_asked = 0, most_asked

    def audit(self, whole: CarStory) -> Audit:
        """`whole`: our car from another telling of the same race, to its end."""
        occasions = sorted(self._occasions(whole), key=lambda one: (one.known_s, one.at_s))
        losses = {one.stop.stop: one.loss_s for one in seen_stops(whole)}
        found = [self._decision(one, whole, losses) for one in occasions]
        stops = sum(one.stop is not None for one in occasions)
        return Audit(
            tuple(sorted(found, key=lambda one: one.at_s)),
            max(0, stops - self._most_asked),
            self._telling.is_exact,
            max(0, len(self._cards) - MOST_CARDS),
        )

    def _occasions(self, whole: CarStory) -> Iterator[_Occasion]:
        """A stop is decided when the lap begins at whose end the car comes in."""
        ends_s = [lap.end_s for lap in whole.laps]
        for stop in whole.stops:
            before = [end_s for end_s, lap in zip(ends_s, whole.laps, strict=True) if lap.lap < stop.lap]
            known_s = before[-1] + _SETTLE_S if before else self._race.green_s
            yield _Occasion(min(known_s, stop.lane_in_s), stop.lane_in_s, stop=stop)
        for card in self._cards[:MOST_CARDS]:
            yield _Occasion(card.at_s, card.at_s, card=card)

    def _decision(self, one: _Occasion, whole: CarStory, losses: dict[int, float]) -> Decision:
        story = self._telling.until(one.known_s)
        moment = story.at(one.known_s) if self._race.car_idx in story.cars else None
        seen, known = self._known(moment, one.known_s)
        if one.card is not None:
            return _called(one.card, known, whole)
        assert one.stop is not None
        call, price, fresh = self._recorded(one), None, None
        if moment is not None and seen is not None and self._asked < self._most_asked:
            self._asked += 1
            fresh, price = self._ask(moment, seen, one.stop, () if call is None else planned_stops(call))
        return Decision(
            at_s=one.at_s,
            lap=one.stop.lap,
            what=f"stop {one.stop.stop}",
            known=known,
            advised=fresh if call is None else _advised(call),
            done=_done(one.stop),
            price=price,
            hindsight=Hindsight(losses.get(one.stop.stop), _place_after(whole, one.stop)),
        )

    def _known(self, moment: Moment | None, now_s: float) -> tuple[Forecast | None, Known]:
        if moment is None:
            return None, Known(now_s, 0, silent=("Our car had not been seen yet.",))
        car = moment.car(self._race.car_idx)
        assert car is not None
        base = Known(now_s, car.laps, car.position, car.class_position, moment.flag)
        try:
            seen = forecast(moment, self._case, self._mind)
        except StrategyError as error:
            return None, msgspec.structs.replace(base, silent=(str(error),))
        said = seen.said
        if said is None:
            return None, base
        window, call = said.window, next(iter(said.rejoins), None)
        cost = None if call is None else call.rejoin.cost
        return seen, msgspec.structs.replace(
            base,
            fuel=said.on_board_l,
            window=None if window is None else (window.earliest, window.latest),
            stop_s=None if cost is None else (cost.loss_s, cost.low_s, cost.high_s),
            stop_words="" if cost is None else cost.words,
            rejoin=None if call is None else (call.rejoin.class_position, call.rejoin.near_chance),
            silent=said.silent,
        )

    def _recorded(self, one: _Occasion) -> Advice | None:
        """The call that stood on a screen when our car turned in: one that means stops before any other."""
        assert one.stop is not None
        last = one.stop.lap - 1
        found = []
        for call in stood(self._cards, one.at_s):
            lap = call.said.lap
            if lap is None:
                continue
            until = lap + _HELD_LAPS if call.said.until_lap is None else call.said.until_lap
            if lap + _HELD_LAPS >= last and until >= last:
                found.append(call)
        return next((call for call in found if planned_stops(call)), next(iter(found), None))

    def _ask(
        self, moment: Moment, seen: Forecast, stop: Stop, said: tuple[PlannedStop, ...]
    ) -> tuple[Advised | None, Price | None]:
        """`said`: the stops of the call that stood there; without, what is advised afresh is the measure."""
        answer: StrategyAnswer | None = None
        try:
            for found in self._strategist.answers(
                moment, seen, self._case, races=RACES, budget=BUDGET, has_asides=False
            ):
                answer = found
        except StrategyError:
            return None, None
        if answer is None or not answer.rated:
            return None, None
        best = answer.rated[0]
        ahead = tuple(one for one in said if one.lap > answer.laps)
        price = self._price(ahead or best.choice.stops, best.choice, stop, answer.laps)
        return Advised(best.choice.words, False, best.why), price

    def _price(self, advised: tuple[PlannedStop, ...], best: Choice, stop: Stop, laps: int) -> Price | None:
        """What was done in place of the first stop that was meant; the rest as it was meant."""
        if stop.lap <= laps:
            return None
        measure = self._against(advised)
        if measure.places is None:  # the call that stood there could not be raced any more
            advised, measure = best.stops, self._against(best.stops)
        later = tuple(one for one in advised[1:] if one.lap > stop.lap)
        stops = (_made(stop, advised), *later)
        if stops == advised and measure.places is not None:
            return Price(0.0, 0.0, measure.races, why=AS_ADVISED)
        made = self._against(stops, best.save_share if advised == best.stops else 0.0)
        if made.places is None or measure.places is None:
            return made
        half = (made.half**2 + measure.half**2) ** 0.5
        return Price(made.places - measure.places, half, made.races)

    def _against(self, stops: tuple[PlannedStop, ...], save_share: float = 0.0) -> Price:
        """Against what the strategist means to do, in the same races."""
        tried = None
        for found in self._strategist.tries(WhatIf(stops=stops, save_share=save_share), races=RACES):
            tried = found
        if tried is None or tried.rated is None:
            return Price(None, why="; ".join(tried.broken) if tried is not None else "")
        told = tried.rated.against_best
        if told is None:  # it is what the strategist means to do
            return Price(0.0, 0.0, tried.races)
        return Price(float(told.mean), _Z90 * float(told.error), tried.races)


def _made(stop: Stop, advised: tuple[PlannedStop, ...]) -> PlannedStop:
    """As it was driven; what nobody saw of it is taken as it was meant."""
    first = next(iter(advised), None)
    has_tyres = any(one.what == TYRES for one in stop.service)
    fuel_l = stop.fuel_added_l
    if fuel_l is None and first is not None:
        fuel_l = first.fuel_l
    if not stop.service and first is not None:
        has_tyres = first.has_tyres
    if first is None:
        return PlannedStop(stop.lap, fuel_l, has_tyres)
    is_like = (first.lap, first.has_tyres) == (stop.lap, has_tyres)
    if is_like and abs((fuel_l or 0.0) - (first.fuel_l or 0.0)) <= _SAME_FUEL_L:
        return first
    return PlannedStop(stop.lap, fuel_l, has_tyres, user_id=first.user_id)


def _advised(call: Advice) -> Advised:
    return Advised(call.said.words, True, call.said.reason, call.said.chance)


def _called(card: Card, known: Known, whole: CarStory) -> Decision:
    said, turned = card.first.said, card.last.said
    replies = [one.reply for reading in card.readings for one in reading.replies]
    reply = "nobody answered" if not replies else str(replies[-1])
    if turned.words != said.words:
        reply += f"; turned into: {turned.words}"
    last = turned if turned.lap is not None else said
    until = last.until_lap if last.until_lap is not None else (last.lap or known.laps) + _HELD_LAPS
    lap = said.lap if said.lap is not None else known.laps
    stop = next((one for one in whole.stops if lap < one.lap <= until + 1), None)
    followed = f"came in on lap {stop.lap}" if stop is not None else "stayed out"
    return Decision(
        at_s=card.at_s,
        lap=lap,
        what=f"call: {said.kind}" if said.kind else "call",
        known=known,
        advised=_advised(card.first),
        done=f"{reply}; {followed}",
    )


def _done(stop: Stop) -> str:
    services = ", ".join(one.what for one in stop.service if one.what != SWAP)
    swap = stop.user_id_out not in (0, stop.user_id_in)
    fuel = "" if stop.fuel_added_l is None else f" {stop.fuel_added_l:.1f} l"
    words = services + (", driver changed" if swap else "")
    return f"Came in on lap {stop.lap}: {words.strip(', ') or 'service not seen'}{fuel and ',' + fuel}"


def _place_after(whole: CarStory, stop: Stop) -> int | None:
    lap = whole.laps.get(stop.lap + 2)
    return None if lap is None or lap.class_position <= 0 else lap.class_position
