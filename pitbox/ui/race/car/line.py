"""One line for each other matter of the car: stop, tyres, damage, people, weather, engine. Loads no Qt."""

from typing import TYPE_CHECKING

import msgspec

from pitbox.ui.race.car.figure import Figure, Origin, unknown
from pitbox.ui.scene.own_car import CORNERS, UNLIMITED, OwnCar, Reading
from pitbox.ui.scene.words import Units, count_words, span_words, warmth

if TYPE_CHECKING:
    from pitbox.strategy.forecast import Forecast

_WETNESS = ("", "dry", "mostly dry", "very lightly wet", "lightly wet", "wet", "very wet", "under water")
_TREND_S = 3600.0
_NOBODY = "Only the computer of whoever drives knows this, and it sends nothing now."
_WARNINGS = (
    (0x01, "water hot", "warn"),
    (0x02, "fuel pressure low", "bad"),
    (0x04, "oil pressure low", "bad"),
    (0x08, "engine stalled", "bad"),
    (0x40, "oil hot", "warn"),
)
"""The sim's bits; limiter and rev limiter are no trouble."""
_MUST_REPAIR, _MAY_REPAIR = 0x80, 0x100
_WORN, _GONE = 0.5, 0.25
_CLOSE, _VERY_CLOSE = 0.25, 0.1
"""Of the incident limit, that are left."""


class Line(msgspec.Struct, frozen=True):
    label: str
    figure: Figure
    trend: tuple[tuple[float, int], ...] = ()
    """(when, step) of how wet the track was, from an hour ago to now; empty: nothing to draw."""
    until_s: float = 0.0


def car_lines(car: OwnCar, units: Units) -> tuple[Line, ...]:
    return (
        Line("Stop costs", _cost(car.forecast)),
        Line("Tyres", _tyres(car)),
        Line("Damage", _damage(car.reading)),
        Line("Driver", _driver(car)),
        Line("Stint", _stint(car)),
        Line("Incidents", _incidents(car)),
        _weather(car, units),
        Line("Engine", _engine(car.reading, units)),
    )


def _cost(forecast: "Forecast | None") -> Figure:
    name, said = "A stop costs", None if forecast is None else forecast.said
    if said is None or not said.rejoins:
        return unknown(name, "Worked out as soon as our car has done a lap.")
    call = said.rejoins[1] if len(said.rejoins) > 1 else said.rejoins[0]
    cost = call.rejoin.cost
    words = tuple(
        f"{one.service[:1].upper()}{one.service[1:]}: {one.rejoin.cost.loss_s + one.repair_s:.0f} s, "
        f"then P{one.rejoin.class_position} in class ({100 * one.rejoin.near_chance:.0f} % within a place)."
        for one in said.rejoins
    )
    note = f"± {cost.spread_s:.0f}, {call.service}, from {cost.source}"
    value = f"{cost.loss_s + call.repair_s:.0f} s"
    return Figure(name, value, "", note, "text", Origin.AHEAD, (*words, f"From {cost.words}."))


def _tyres(car: OwnCar) -> Figure:
    tyres, reading = car.row.tyres, car.reading
    sure = "" if tyres.confidence >= 1 else "about "
    compound = "" if tyres.compound < 0 else f"compound {tyres.compound}"
    worn = (
        []
        if reading is None
        else [(share, corner) for share, corner in zip(reading.wear, CORNERS, strict=True) if share]
    )
    note, tone = compound, "text"
    words = ["Tread is read when the car stands in its stall."]
    if worn:
        least, corner = min(worn)
        note = ", ".join(word for word in (compound, f"{corner} {100 * least:.0f} %") if word)
        tone = "bad" if least < _GONE else "warn" if least < _WORN else "text"
        words = [
            f"Tread {', '.join(f'{at} {100 * share:.0f} %' for share, at in worn)}, as of the last stop."
        ]
    if tyres.confidence < 1:
        words.append("Nobody saw whether they were changed at the last stop.")
    laps = count_words(tyres.laps, "lap", "laps")
    return Figure("Tyres", f"{sure}{laps}", "", note, tone, Origin.RECORD, tuple(words))


def _damage(reading: Reading | None) -> Figure:
    name = "Damage"
    if reading is None or not reading.is_driven:
        return unknown(name, _NOBODY)
    fast = reading.fast_repairs
    note = ""
    if fast is not None and fast != UNLIMITED:
        note = f"{count_words(fast, 'fast repair', 'fast repairs')} left"
    if reading.is_in_stall and ((reading.repair_s or 0) > 0 or (reading.optional_s or 0) > 0):
        must, may = reading.repair_s or 0.0, reading.optional_s or 0.0
        value = f"{must:.0f} s" if must > 0 else f"{may:.0f} s optional"
        also = f"+ {may:.0f} s optional" if must > 0 and may > 0 else note
        tone = "bad" if must > 0 else "warn"
        return Figure(name, value, "", also, tone, Origin.SIM, ("Left of the repairs.",))
    bits = reading.warnings
    if bits is None:
        return unknown(name, "This sim tells it in the stall only.")
    value, tone = "none", "text"
    if bits & _MUST_REPAIR:
        value, tone = "must be repaired", "bad"
    elif bits & _MAY_REPAIR:
        value, tone = "could be repaired", "warn"
    return Figure(name, value, "", note, tone, Origin.SIM, ("How long repairs take shows in the stall.",))


def _driver(car: OwnCar) -> Figure:
    name = car.row.entry.driver
    if not name:
        return unknown("Driver", "The session text names nobody.")
    laps = "" if car.row.driver_laps is None else count_words(car.row.driver_laps, "lap", "laps")
    since = "" if car.driver_s is None else f"{span_words(car.driver_s)} in the car"
    note = ", ".join(word for word in (since, laps) if word)
    said = None if car.forecast is None else car.forecast.said
    words: tuple[str, ...] = ()
    for share in () if said is None else said.drivers:
        if share.user_id == car.row.entry.user_id:
            done = f"{count_words(share.laps, 'lap', 'laps')} and {span_words(share.drive_s)} in this race"
            words = (f"{done}, {share.owed} short of a fair share." if share.owed else f"{done}.",)
    return Figure("Driver", name, "", note, "text", Origin.RECORD, words)


def _stint(car: OwnCar) -> Figure:
    laps = count_words(car.row.stint_laps, "lap", "laps")
    since = "" if car.stint_s is None else f"{span_words(car.stint_s)} since the pits"
    return Figure("Stint", laps, "", since, "text", Origin.RECORD)


def _incidents(car: OwnCar) -> Figure:
    name, points, limit, left = "Incidents", car.incidents, car.incident_limit, car.incidents_left
    if points is None:
        return unknown(name, "The sim keeps them from us.")
    whose = "The team's points." if car.is_team_count else "Points of whoever drives."
    if limit is None or left is None:
        return Figure(name, f"{points}x", "", "no limit", "text", Origin.TEXT, (whose,))
    tone = "bad" if left <= _VERY_CLOSE * limit else "warn" if left <= _CLOSE * limit else "text"
    words = (whose, f"At {limit} the car is disqualified.")
    return Figure(name, f"{points} of {limit}x", "", f"{left} left", tone, Origin.TEXT, words)


def _weather(car: OwnCar, units: Units) -> Line:
    steps, now_s = car.wet_steps, car.sim_time_s
    step = steps[-1][1] if steps else 0
    reading = car.reading
    parts = (
        []
        if reading is None
        else [
            f"{title}{' '.join(warmth(value, units))}"
            for title, value in (("", reading.air_c), ("track ", reading.track_c))
            if value is not None
        ]
    )
    wet = _WETNESS[step] if 0 < step < len(_WETNESS) else ""
    if not wet and not parts:
        return Line("Weather", unknown("Weather", "Nobody of ours tells it now."))
    allowed = " Wet tyres are allowed." if car.is_declared_wet else ""
    words = (f"There is no forecast in what the sim tells.{allowed}",)
    note = ", ".join(parts)
    figure = Figure("Weather", wet or note, "", note if wet else "", "text", Origin.RECORD, words)
    start_s = now_s - _TREND_S
    before = [one for at_s, one in steps if at_s <= start_s]
    trend = ((start_s, before[-1]),) if before else ()
    trend = (*trend, *((at_s, one) for at_s, one in steps if at_s > start_s))
    is_news = len({one for _, one in trend}) > 1
    return Line("Weather", figure, trend if is_news else (), now_s)


def _engine(reading: Reading | None, units: Units) -> Figure:
    name = "Engine"
    if reading is None or not reading.is_driven:
        return unknown(name, _NOBODY)
    heat = [
        f"{title} {' '.join(warmth(value, units))}"
        for title, value in (("water", reading.water_c), ("oil", reading.oil_c))
        if value is not None
    ]
    note, bits = ", ".join(heat), reading.warnings
    if bits is None:
        return unknown(name, "This sim tells no warnings.")
    wrong = [(words, tone) for bit, words, tone in _WARNINGS if bits & bit]
    if not wrong:
        return Figure(name, "no warning", "", note, "text", Origin.SIM)
    tone = "bad" if any(tone == "bad" for _, tone in wrong) else "warn"
    return Figure(name, ", ".join(words for words, _ in wrong), "", note, tone, Origin.SIM)
