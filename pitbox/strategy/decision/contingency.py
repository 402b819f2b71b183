"""What to do if: worked out before it happens, in races in which it does happen.

for card in contingencies(ground, races): ...
"""

from collections.abc import Iterator, Sequence

from pitbox.strategy.decision.answer import Choice, Contingency, PlannedStop, Rated
from pitbox.strategy.decision.ground import Ground
from pitbox.strategy.decision.heat import Gain, Runner, compare, gain, rated
from pitbox.strategy.decision.our_race import Assumed
from pitbox.strategy.decision.rule import broken
from pitbox.strategy.decision.search import latest_stop
from pitbox.strategy.decision.words import choice_key, choice_words, places_words

RAIN_IN_S, LOST_S = 600.0, 20.0
_SPLASH_LAPS = 1.5
"""That the fuel is short of the flag by."""
_NEAR_SPLASH = 3


def contingencies(ground: Ground, races: int) -> Iterator[Contingency]:
    if not ground.moment.is_caution:
        yield _caution(ground, races)
    yield _rain(ground, races)
    yield _lost(ground, races)
    splash = _splash(ground, races)
    if splash is not None:
        yield splash


def _caution(ground: Ground, races: int) -> Contingency:
    """Box at once, or go on as planned; cautions that come later come as they do."""
    given = Assumed(caution_in_s=0.0, is_as_planned=True)
    now = ground.stopping(ground.situation.first_lap, ground.situation.first_lap)
    staying = _staying(ground, now)
    words = "Stay out: nothing to gain in the pits"
    length_s = ground.heat.race.around.model.cautions.length_s
    return _card(
        ground,
        ("caution", "Caution now", words),
        _raced(ground, [one for one in (now, staying) if one is not None], given, races),
        (f"it lasts {length_s / 60:.0f} min, more or less", "rivals come in as they did so far"),
    )


def _rain(ground: Ground, races: int) -> Contingency:
    """Everybody comes in for wets when it rains; the question is what to do before."""
    given = Assumed(rain_in_s=RAIN_IN_S)
    words = "Go on as planned, and box when it rains"
    candidates = [ground.pick, ground.planned]
    now = ground.stopping(ground.situation.first_lap, ground.situation.first_lap)
    return _card(
        ground,
        ("rain", f"Rain in {RAIN_IN_S / 60:.0f} min", words),
        _raced(ground, [one for one in (*candidates, now) if one is not None], given, races),
        ("rain for 20 min, for certain", "all cars change to wets when it begins, and back when it ends"),
    )


def _lost(ground: Ground, races: int) -> Contingency:
    given = Assumed(lose_s=LOST_S)
    candidates = [ground.pick, ground.planned, *ground.runners[1:3]]
    words = "Go on as planned"
    return _card(
        ground,
        ("lost", f"{LOST_S:.0f} s lost", words),
        _raced(ground, candidates, given, races),
        (f"{LOST_S:.0f} s are lost at once, nothing is broken",),
    )


def _splash(ground: Ground, races: int) -> Contingency | None:
    """Short of the flag by a lap or so: a splash late, or fuel saved from now on."""
    here, pick = ground.situation, ground.pick.choice
    if not here.is_measured:
        return None
    last = pick.stops[-1].lap if pick.stops else here.laps
    lap = here.planned_lap - _NEAR_SPLASH
    left = here.planned_lap - here.laps
    if lap <= max(last + 1, here.first_lap) or left <= _NEAR_SPLASH + 1 or latest_stop(here) < here.first_lap:
        return None
    litres = round(_SPLASH_LAPS * here.use_l, 1)
    stops = (*pick.stops, PlannedStop(lap=lap, fuel_l=litres))
    splash = Choice(f"{choice_key(stops)} splash", choice_words(stops, here), stops, pick.save_share)
    # Whether the tank as it is would do is not asked: it is taken to be short.
    if any("tank takes" in words for words in broken(splash, here)):
        return None
    share = _SPLASH_LAPS / left
    one, other = ground.heat.run(splash, races), ground.pick
    words, against = f"Splash {litres:.0f} {here.unit} on lap {lap}", "what was planned"
    if share <= here.rules.most_saving:
        saving = Choice(f"{pick.key} save {share:.3f}", f"Save {share:.0%}", pick.stops, share)
        other, against = ground.heat.run(saving, races), f"saving {share:.1%}"
        if gain(one, other).value < 0:
            one, other = other, one
            words, against = f"Save {share:.1%} to the flag", "a splash"
    return Contingency(
        kind="splash",
        title="Splash needed",
        rated=rated([one])[0],
        against_staying=compare(one, other),
        words=f"{words}: {_gain_words(gain(one, other))} against {against}",
        assumptions=(
            f"the fuel is {_SPLASH_LAPS:.1f} laps short",
            f"1 % of fuel costs {here.save_s:.2f} s a lap; at most {here.rules.most_saving:.0%} is asked for",
        ),
    )


def _staying(ground: Ground, now: Runner | None) -> Runner:
    """What we would do if nothing happened; if that is to box at once, what is best but that."""
    if now is None or ground.pick.choice.key != now.choice.key:
        return ground.pick
    others = [one for one in ground.runners if one is not now and one.choice.stops != now.choice.stops]
    first = ground.situation.first_lap
    later = [one for one in others if not one.choice.stops or one.choice.stops[0].lap > first]
    return (later or [ground.pick])[0]


def _raced(ground: Ground, some: Sequence[Runner], given: Assumed, races: int) -> list[Runner]:
    """In the assumed world; the last one is the one that stays out longest."""
    choices = {one.choice.key: one.choice for one in some}
    return [ground.heat.run(choice, races, given) for choice in choices.values()]


def _card(
    ground: Ground, named: tuple[str, str, str], runners: Sequence[Runner], assumptions: tuple[str, ...]
) -> Contingency:
    """Against the latest of them, which is to stay out; what does not differ for sure is no reason to act."""
    kind, title, usual = named
    staying = max(runners, key=lambda one: one.choice.stops[0].lap if one.choice.stops else 10_000)
    best = min(runners, key=lambda one: float(one.worth().mean()))
    told = gain(best, staying)
    if best is staying or not told.is_sure:
        best, told = staying, gain(staying, staying)
    rating: Rated = rated([best])[0]
    if best is staying:
        where = best.choice.words
        words = usual if best.choice.key == ground.pick.choice.key else where
        if kind == "caution":
            words = usual
    else:
        words = f"{best.choice.words}: {_gain_words(told)} against staying out"
    return Contingency(
        kind=kind,
        title=title,
        rated=rating,
        against_staying=None if best is staying else compare(best, staying),
        words=words,
        assumptions=assumptions,
    )


def _gain_words(told: Gain) -> str:
    if abs(told.places) >= 0.05:
        return places_words(told.places)
    return f"{told.seconds:+.0f} s"
