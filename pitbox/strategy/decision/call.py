"""Cards: what to do next, how sure, why, and what it costs to wait. Hard rules first, then the ranking.

calls(ground, shown)       # `shown`: keys of the cards that stood at the moment before
"""

from collections.abc import Collection, Iterator, Sequence

from msgspec.structs import replace

from pitbox.strategy.decision.answer import Call
from pitbox.strategy.decision.finish_blend import best_place
from pitbox.strategy.decision.gain import both_words
from pitbox.strategy.decision.ground import Ground
from pitbox.strategy.decision.heat import gain
from pitbox.strategy.decision.rival_call import rival_calls
from pitbox.strategy.decision.search import latest_stop
from pitbox.strategy.decision.traffic import rejoin_words, road_rejoin
from pitbox.strategy.decision.words import joined_words, laps_words, late_words, signed
from pitbox.strategy.window import TANK
from pitbox.timing.wetness import WET_FROM

LEAST_GAIN = 0.05
"""Of a place: less is not worth a card."""
_SURE, _STILL = 2.0, 0.5
"""Errors of a paired difference: to show a card, and to go on showing it."""
_SOON, _NEAR = 2, 3
_REJOIN_LAPS = 1
_WETTER = 0.1
"""A lap on the wrong tyres is so much longer."""


def calls(ground: Ground, shown: Collection[str]) -> tuple[Call, ...]:
    found = [
        *_rules(ground),
        *_box(ground, shown),
        *_window(ground),
        *rival_calls(ground, shown),
        *_saving(ground, shown),
        *_tyres(ground),
        *_rejoin(ground),
    ]
    return tuple(sorted(found, key=lambda call: (-call.urgency, -(call.gain or 0.0))))


def stands(value: float, error: float, key: str, shown: Collection[str]) -> bool:
    """A gain has to be sure before a card comes, and nearly gone before it goes."""
    if key in shown:
        return value > _STILL * error and value > 0.0
    return value > max(LEAST_GAIN, _SURE * error)


def place_words(chances: Sequence[float]) -> tuple[float, str]:
    """The best place that is more likely than not, and its chance."""
    chance, place = best_place(chances)
    return chance, f"{100 * chance:.0f} % P{place}"


def assumptions(ground: Ground) -> tuple[str, ...]:
    here = ground.situation
    low, high = here.final.interval(0.9)
    fuel = (
        f"{here.fuel_l:.0f} {here.unit} at the line, {here.use_l:.2f} a lap"
        if here.is_measured
        else f"a tank of {here.tank_l:.0f} laps, by stops so far"
    )
    if not here.rules.is_refuelled:
        fuel = f"nobody adds fuel: tyres decide, a stint here is {here.full_laps:.0f} laps"
    loss_s = here.times.loss_s(here.tank_l / 2)
    stop = f"a stop with {here.tank_l / 2:.0f} {here.unit} loses {loss_s:.0f} s ({here.times.words})"
    return (
        fuel,
        stop,
        f"the flag on lap {low} to {high}",
        f"tyres: {here.tyres.speaker}",
        "rivals stop when their tank asks, and under cautions as they did",
        "rain" if ground.heat.race.around.model.rain.chance else "no rain",
        *(() if ground.learned is None else ("places at the flag: these races beside a learned model",)),
    )


def _box(ground: Ground, shown: Collection[str]) -> Iterator[Call]:
    choice, to_go = ground.pick.choice, ground.to_go
    if to_go is None:
        yield from _stay(ground, shown)
        return
    stop, is_caution = choice.stops[0], ground.moment.is_caution
    chance, words = place_words(ground.finish)
    planned = ground.planned
    better = None if planned is ground.pick else gain(ground.pick, planned)
    urgency = 2 if to_go == 0 else (1 if to_go <= _SOON else 0)
    yield Call(
        key=f"box {stop.lap}",
        kind="caution" if is_caution and to_go == 0 else "window",
        urgency=urgency,
        words=choice.words,
        chance=chance,
        chance_words=words,
        gain=None if better is None else better.places,
        gain_error=None if better is None else better.error,
        reason=joined_words(_reason(ground), late_words(choice.stops, ground.situation)),
        waiting=_waiting(ground) if to_go <= _NEAR else "",
        assumptions=assumptions(ground),
        until_lap=stop.lap,
        choice=choice,
    )


def _stay(ground: Ground, shown: Collection[str]) -> Iterator[Call]:
    """Where nothing calls us in, worth a word only where others come in."""
    now = ground.stopping(ground.situation.first_lap, ground.situation.first_lap)
    if not ground.moment.is_caution or now is None:
        return
    better = gain(ground.pick, now)
    if stands(better.value, better.value_error, "stay", shown):
        chance, words = place_words(ground.finish)
        yield Call(
            key="stay",
            kind="caution",
            urgency=1,
            words="Stay out under this caution",
            chance=chance,
            chance_words=words,
            gain=better.places,
            gain_error=better.error,
            reason=f"a stop now would cost {better.seconds:.0f} s",
            waiting="",
            assumptions=assumptions(ground),
            until_lap=None,
            choice=ground.pick.choice,
        )


def _reason(ground: Ground) -> str:
    stop, here = ground.pick.choice.stops[0], ground.situation
    last = latest_stop(here)
    if ground.moment.is_caution and stop.lap == here.first_lap:
        return "a stop under caution is cheap"
    if stop.lap >= last:
        limit = None if ground.said.window is None else ground.said.window.limits[0]
        words = "the tank asks for it" if limit is None or limit.name == TANK else limit.words
        return f"the last lap on which it is possible: {words}"
    planned = ground.planned
    if planned is ground.pick:
        return "the fewest stops, as late as they may be"
    better = gain(ground.pick, planned)
    later = "to the flag" if not planned.choice.stops else f"to lap {planned.choice.stops[0].lap}"
    return f"{both_words(better)} against staying out {later}"


def _waiting(ground: Ground) -> str:
    """Of the same plan one lap later, in the same races."""
    later = ground.later()
    if later is None:
        return "One lap later: a rule is broken"
    races = ground.pick.races
    other = ground.heat.run(later, races)
    cost = gain(other, ground.pick)
    if abs(cost.value) < max(0.02, cost.value_error):
        return "One lap later: no difference"
    return f"One lap later: {both_words(cost)}"


def _window(ground: Ground) -> Iterator[Call]:
    """Opening and closing, where our own stop is not that near anyway."""
    window, to_go = ground.said.window, ground.to_go
    is_fuel = ground.situation.rules.is_refuelled  # else the window of a tank says nothing
    if window is None or not is_fuel or to_go is None or to_go <= _SOON:
        return
    if 0 < window.opens_in <= _NEAR and window.is_overlap:
        words = f"Get ready: the pit window opens in {laps_words(window.opens_in)}"
        yield _plain(ground, f"opens {window.earliest}", words, window.earliest, urgency=0)
    if not 0 <= window.closes_in <= _NEAR:
        return
    when = "after this lap" if window.closes_in == 0 else f"in {laps_words(window.closes_in)}"
    words = f"Come in by lap {window.latest}: the pit window closes {when}"
    yield _plain(ground, f"closes {window.latest}", words, window.latest, urgency=1)


def _plain(ground: Ground, key: str, words: str, lap: int, *, urgency: int, kind: str = "window") -> Call:
    window = ground.said.window
    return Call(
        key=key,
        kind=kind,
        urgency=urgency,
        words=words,
        chance=None if window is None else window.confidence,
        chance_words="",
        gain=None,
        gain_error=None,
        reason="" if window is None else window.limits[0].words,
        waiting="",
        assumptions=assumptions(ground) if window is None else window.assumptions,
        until_lap=lap,
    )


def _rules(ground: Ground) -> Iterator[Call]:
    """What calls us in though the tank does not, before it is too late to obey."""
    window, here = ground.said.window, ground.situation
    for limit in () if window is None else window.limits:
        to_go = limit.lap - here.laps - 1
        if limit.name != TANK and to_go <= _NEAR:
            words = f"Come in by lap {limit.lap}: {limit.name}"
            urgency = 2 if to_go <= 0 else 1
            call = _plain(ground, f"rule {limit.name}", words, limit.lap, urgency=urgency, kind="rule")
            yield replace(call, reason=limit.words)
    owed = [one for one in here.drivers if one.owed_laps and one.user_id != here.driver]
    left = here.planned_lap - here.laps
    if owed and sum(one.owed_laps for one in owed) >= 0.8 * left:
        laps = sum(one.owed_laps for one in owed)
        words = f"Change drivers: the others owe {laps_words(laps)} of {left}"
        yield _plain(ground, "rule share", words, here.planned_lap - laps, urgency=1, kind="rule")


def _saving(ground: Ground, shown: Collection[str]) -> Iterator[Call]:
    """Against the best way without saving."""
    savers = [one for one in ground.runners if one.choice.save_share > 0]
    others = [one for one in ground.runners if one.choice.save_share == 0]
    if not savers or not others:
        return
    saver, other, here = savers[0], others[0], ground.situation
    better = gain(saver, other)
    key = f"save {len(saver.choice.stops)}"
    if not stands(better.value, better.value_error, key, shown):
        return
    chance, words = place_words(saver.place_chances())
    target_l, less = here.use_of(saver.choice.save_share), len(other.choice.stops) - len(saver.choice.stops)
    saved = f", {less} stop{'s' * (less > 1)} less" if less > 0 else ""
    yield Call(
        key=key,
        kind="save fuel",
        urgency=1,
        words=f"Save {100 * saver.choice.save_share:.0f} %: {target_l:.2f} {here.unit} a lap{saved}",
        chance=chance,
        chance_words=words,
        gain=better.places,
        gain_error=better.error,
        reason=f"{both_words(better)} against {other.choice.words[:1].lower()}{other.choice.words[1:]}",
        waiting="",
        assumptions=(f"1 % of fuel costs {here.save_s:.2f} s a lap", *assumptions(ground)),
        until_lap=None,
        choice=saver.choice,
    )


def _tyres(ground: Ground) -> Iterator[Call]:
    """Wet or dry, where the track says one thing and our tyres another."""
    track, standings = ground.said.track, ground.case.standings
    own = (
        None
        if standings is None
        else next((car for car in standings.cars if car.car_idx == ground.car.car_idx), None)
    )
    if track is None or own is None or own.compound not in (0, 1):
        return
    is_wet, on_wets, here = track.wetness >= WET_FROM, own.compound == 1, ground.situation
    if is_wet == on_wets or (is_wet and track.is_declared_wet is False):
        return
    lap_s, loss_s = here.lap_s, here.times.loss_s(0.0, has_tyres=True)
    laps = loss_s / (_WETTER * lap_s)
    words = "Box for wet tyres" if is_wet else "Box for dry tyres"
    yield Call(
        key=words,
        kind="compound",
        urgency=2,
        words=words,
        chance=None,
        chance_words="",
        gain=None,
        gain_error=None,
        reason=f"the track is {track.words}; it pays if that lasts {laps:.0f} laps",
        waiting=f"One lap later: {signed(-_WETTER * lap_s)} s",
        assumptions=(
            f"a lap on the wrong tyres is {100 * _WETTER:.0f} % longer",
            f"a stop loses {loss_s:.0f} s",
        ),
        until_lap=None,
    )


def _rejoin(ground: Ground) -> Iterator[Call]:
    to_go, choice = ground.to_go, ground.pick.choice
    if to_go is None or to_go > _REJOIN_LAPS or not ground.car.is_pct_seen:
        return
    stop, here = choice.stops[0], ground.situation
    loss_s = here.times.loss_s(stop.fuel_l or 0.0, has_tyres=stop.has_tyres, repair_s=stop.repair_s)
    seen = road_rejoin(ground.moment, ground.car, stop.lap, loss_s)
    if seen is None:
        return
    yield Call(
        key=f"rejoin {stop.lap}",
        kind="rejoin",
        urgency=0,
        words=rejoin_words(ground.moment, seen),
        chance=None,
        chance_words="",
        gain=None,
        gain_error=None,
        reason=f"a stop of {loss_s:.0f} s after lap {stop.lap}, give or take {here.times.spread_s:.0f}",
        waiting="",
        assumptions=("everybody goes on at the pace of now", here.times.words),
        until_lap=stop.lap,
    )
