"""The hand-over card: what the next driver has to know of stint, car, track and race. Pure.

A matter of which nobody knows anything is on the card too, and says why. Corners are no part of it.
"""

from collections.abc import Iterator, Sequence

import msgspec

from pitbox.model.fact import Fact, Incident, Stop
from pitbox.model.plan_offer import PlanNow
from pitbox.model.relay import Leg, Relay
from pitbox.model.session import SessionInfo
from pitbox.model.standing import CarStanding, Standings
from pitbox.planning.person_clock import clock_with_place
from pitbox.planning.reminder import lead_words
from pitbox.strategy.briefing import Briefing
from pitbox.timing.wetness import WORDS

_TREND_S = 1800.0
_KINDS = {"contact": "contact", "spin": "spin", "tow": "tow"}
"""What may have left something on the car; going off or slow alone has not."""


class RaceView(msgspec.Struct, frozen=True):
    """The race as it is known where the card is made; all of it may be missing."""

    standings: Standings | None = None
    info: SessionInfo | None = None
    facts: Sequence[Fact] = ()
    said: Briefing | None = None

    @property
    def own(self) -> CarStanding | None:
        if self.standings is None or self.info is None:
            return None
        own = self.info.own.car_idx
        return next((car for car in self.standings.cars if car.car_idx == own), None)


class CardItem(msgspec.Struct, frozen=True):
    name: str
    words: str
    is_known: bool = True
    """False: the words say why nothing is known."""


class HandOver(msgspec.Struct, frozen=True):
    leg: str
    seat: str
    name: str
    start_utc_s: float | None
    items: tuple[CardItem, ...]

    def item(self, name: str) -> CardItem:
        """Raises KeyError."""
        found = next((one for one in self.items if one.name == name), None)
        if found is None:
            raise KeyError(name)
        return found


def hand_over(
    plan: PlanNow, leg_key: str, view: RaceView, *, now_utc_s: float, zone: str = "UTC", notes: str = ""
) -> HandOver | None:
    """For the driver of that stint, on that person's clock; None where the plan has no such stint.

    `notes`: the engineer's, of that stint.
    """
    at = next((number for number, leg in enumerate(plan.legs) if leg.key == leg_key), None)
    if at is None or not plan.legs[at].driver:
        return None
    leg, before = plan.legs[at], plan.legs[at - 1] if at else None
    green_utc_s = plan.relay.start_utc_s if plan.green_utc_s is None else plan.green_utc_s
    start_utc_s = None if green_utc_s is None else green_utc_s + leg.start_s
    items = (
        _when(plan.relay, before, start_utc_s, now_utc_s, zone),
        _stint(plan, leg),
        _fuel(leg, view),
        _tyres(leg, view),
        _car(view),
        _weather(view),
        _traffic(view),
        _race(view),
        _then(plan, at, green_utc_s, zone),
        CardItem("Notes", notes) if notes else CardItem("Notes", "none written", is_known=False),
    )
    return HandOver(leg.key, leg.driver, _name(plan.relay, leg.driver), start_utc_s, items)


def card_text(card: HandOver) -> str:
    """One line a matter, what is not known included."""
    return "\n".join([f"{card.name}, your stint", *(f"{item.name}: {item.words}" for item in card.items)])


def _when(
    relay: Relay, before: Leg | None, start_utc_s: float | None, now_utc_s: float, zone: str
) -> CardItem:
    who = "you start the race" if before is None else f"after {_name(relay, before.driver) or 'nobody'}"
    if start_utc_s is None:
        return CardItem("When", f"nobody knows when the race starts; {who}", is_known=False)
    at = clock_with_place(start_utc_s, zone)
    lead_s = start_utc_s - now_utc_s
    soon = f"in {lead_words(lead_s)}, at {at}" if lead_s > 0 else f"since {at}"
    return CardItem("When", f"{soon}, {who}")


def _stint(plan: PlanNow, leg: Leg) -> CardItem:
    """As long as the same driver stays in, stop after stop."""
    seat = next((one for one in plan.relay.seats if one.key == leg.driver), None)
    lap_s = plan.relay.lap_s if seat is None or seat.lap_s is None else seat.lap_s
    length_s = leg.end_s - leg.start_s
    laps = max(1, round(length_s / lap_s)) if lap_s > 0 else 0
    count = f"about {laps} laps, " if laps else ""
    return CardItem("Stint", f"{count}{_clock(length_s)} h, to race time {_clock(leg.end_s)}")


def _fuel(leg: Leg, view: RaceView) -> CardItem:
    plan = None if view.said is None else view.said.fuel
    parts = [] if leg.fuel_l is None else [f"{leg.fuel_l:.0f} l at the stop"]
    if plan is not None:
        parts.append(f"{plan.use.mean_l:.2f} {plan.unit} a lap ({plan.use.words})")
        if plan.saving is not None and 0 < plan.saving.less < 0.1:
            parts.append(f"{plan.saving.target_l:.2f} {plan.unit} a lap saves a stop")
    elif view.standings is not None and view.standings.fuel_per_lap_l is not None:
        laps = view.standings.fuel_laps
        parts.append(f"{view.standings.fuel_per_lap_l:.2f} l a lap, from {laps} laps")
    if parts:
        return CardItem("Fuel", "; ".join(parts))
    return CardItem("Fuel", "the plan says no litres and nobody of ours measures it", is_known=False)


def _tyres(leg: Leg, view: RaceView) -> CardItem:
    own = view.own
    age = None if own is None or own.tyre_laps <= 0 else own.tyre_laps
    if leg.is_new_tyres:
        return CardItem("Tyres", "new ones at the stop")
    worn = "" if age is None else f", {age} laps old now"
    if leg.is_new_tyres is False:
        return CardItem("Tyres", f"the same set stays on{worn}")
    return CardItem("Tyres", f"the plan does not say{worn}", is_known=age is not None)


def _car(view: RaceView) -> CardItem:
    if view.standings is None or view.info is None:
        return CardItem("Car", "nobody of ours sees the race now", is_known=False)
    parts = list(_marks_left(view))
    if not parts:
        return CardItem("Car", "no contact, spin or tow was seen; damage itself the sim tells nobody outside")
    return CardItem("Car", "; ".join(parts))


def _marks_left(view: RaceView) -> Iterator[str]:
    """What happened to it, and what was repaired since."""
    ours = [fact for fact in view.facts if isinstance(fact, Incident | Stop) and _is_ours(fact, view)]
    for kind, words in _KINDS.items():
        laps = [fact.lap for fact in ours if isinstance(fact, Incident) and fact.kind == kind]
        if laps:
            shown = ", ".join(str(lap) for lap in laps[-3:])
            count = f"{len(laps)} {words}s" if len(laps) > 1 else f"a {words}"
            yield f"{count} (lap {shown})"
    stops = [fact for fact in ours if isinstance(fact, Stop)]
    mended = [stop.lap for stop in stops if any(one.what == "repairs" for one in stop.service)]
    if mended:
        yield f"repaired at the stop on lap {mended[-1]}"


def _weather(view: RaceView) -> CardItem:
    standings = view.standings
    if standings is None or not standings.wet_steps:
        return CardItem("Weather", "nobody of ours tells how wet the track is", is_known=False)
    steps, now_s = standings.wet_steps, standings.sim_time_s
    since_s, step = steps[-1]
    past = [one for at_s, one in steps if at_s <= now_s - _TREND_S]
    before = past[-1] if past else steps[0][1]
    trend = ""
    if step != before:
        trend = f", {'wetter' if step > before else 'drier'} than half an hour ago ({_wet(before)})"
    tyres = {True: ", wet tyres are allowed", False: ", wet tyres are not allowed", None: ""}
    minutes = max(0, round((now_s - since_s) / 60))
    return CardItem("Weather", f"{_wet(step)} for {minutes} min{trend}{tyres[standings.is_declared_wet]}")


def _traffic(view: RaceView) -> CardItem:
    said, info = view.said, view.info
    if said is None or info is None:
        return CardItem("Traffic", "no forecast here", is_known=False)
    names = {one.class_id: one.name for one in info.classes}
    parts = [f"{one.met} {names.get(one.class_id) or 'other'} before we catch the car ahead"
             for one in said.on_the_way if one.met]  # fmt: skip
    near = [one for one in said.traffic if one.is_other_class]
    if near:
        parts.append(
            f"{len(near)} of other classes come up, the first in {min(o.laps for o in near):.1f} laps"
        )
    return CardItem("Traffic", "; ".join(parts) or "none ahead for now")


def _race(view: RaceView) -> CardItem:
    own, standings, info = view.own, view.standings, view.info
    if own is None or standings is None or info is None:
        return CardItem("Race", "our car is not seen now", is_known=False)
    parts = [f"P{own.class_position} in class" if own.class_position > 0 else "no place yet"]
    if own.interval_s is not None:
        parts.append(f"{own.interval_s:.1f} s behind the car ahead")
    mates = [car for car in standings.cars if car.class_position == own.class_position + 1]
    chasing = next((car.interval_s for car in mates if _same_class(car, own, info)), None)
    if chasing is not None:
        parts.append(f"{chasing:.1f} s ahead of the next")
    parts.append(f"flag: {standings.flag or 'none'}")
    left = info.incidents_left(own.car_idx)
    if left is not None:
        parts.append(f"{left} incident points to disqualification")
    drives = [fact for fact in view.facts if isinstance(fact, Stop) and _is_ours(fact, view)]
    served = sum(one.what == "drive_through" for stop in drives for one in stop.service)
    if served:
        parts.append(f"{served} drive-through served")
    return CardItem("Race", ", ".join(parts))


def _then(plan: PlanNow, at: int, green_utc_s: float | None, zone: str) -> CardItem:
    """Who takes over when this driver gets out, after how many stops."""
    driver = plan.legs[at].driver
    after = next((leg for leg in plan.legs[at:] if leg.driver != driver), None)
    if after is None:
        return CardItem("Then", "you take the flag")
    who = _name(plan.relay, after.driver) or "nobody yet"
    if green_utc_s is None:
        return CardItem("Then", f"{who}, at race time {_clock(after.start_s)}")
    when = clock_with_place(green_utc_s + after.start_s, zone)
    stops = sum(leg.driver == driver for leg in plan.legs[at : plan.legs.index(after)]) - 1
    stay = f", you stay in at {stops} stop{'' if stops == 1 else 's'}" if stops else ""
    return CardItem("Then", f"{who}, at {when}{stay}")


def _is_ours(fact: Incident | Stop, view: RaceView) -> bool:
    assert view.standings is not None
    assert view.info is not None
    axis = (view.standings.session_num, view.standings.run, view.info.own.car_idx)
    return (fact.session_num, fact.run, fact.car_idx) == axis


def _same_class(car: CarStanding, own: CarStanding, info: SessionInfo) -> bool:
    theirs, ours = info.entry(car.car_idx), info.entry(own.car_idx)
    return theirs is not None and ours is not None and theirs.class_id == ours.class_id


def _wet(step: int) -> str:
    return WORDS[step] if 0 < step < len(WORDS) else "not told"


def _clock(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def _name(relay: Relay, key: str) -> str:
    return next((seat.name for seat in relay.seats if seat.key == key), key)
