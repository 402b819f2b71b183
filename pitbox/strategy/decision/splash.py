"""Short of the flag by a lap or so: more at a stop that comes anyway, a splash, or fuel saved from now on."""

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from pitbox.strategy.decision.answer import Choice, Contingency, PlannedStop
from pitbox.strategy.decision.gain import Gain, cost_words
from pitbox.strategy.decision.ground import Ground
from pitbox.strategy.decision.heat import Runner, compare, gain, rated
from pitbox.strategy.decision.our_race import Assumed, OurRace
from pitbox.strategy.decision.rule import broken
from pitbox.strategy.decision.search import latest_stop, served_again
from pitbox.strategy.decision.situation import Situation
from pitbox.strategy.decision.words import choice_words

_SHORT_LAPS = 1.5
"""So much less is on board than the gauge says."""
_LATE_LAPS = 3
"""A splash comes so long before the flag."""
_MOST_STOPS = 2
"""With more to come it is put in at the next one, and nothing is to be decided."""


class _Way(msgspec.Struct, frozen=True):
    name: str
    """As another way is called beside it."""
    words: str
    """Verb first."""
    choice: Choice


def splash(ground: Ground, races: int) -> Contingency | None:
    """None where nobody knows the fuel, the flag is too near, or nothing within the rules helps."""
    here, pick = ground.situation, ground.pick.choice
    if not here.is_measured or len(pick.stops) > _MOST_STOPS:
        return None
    short = replace(here, fuel_l=here.fuel_l - _SHORT_LAPS * here.use_l)
    if not broken(pick, short):  # the plan has it in hand
        return None
    ways = [one for one in _ways(pick, short) if not broken(one.choice, short)]
    if not ways:
        return None
    given = Assumed(is_as_planned=True)
    heat = ground.heat.beside(OurRace(ground.heat.race.around, short))
    held, planned = heat.run(pick, races, given), ground.heat.run(pick, races, given)
    if held.dry_share() <= here.risk:
        return None
    raced = [(heat.run(one.choice, races, given), one) for one in ways]
    raced.sort(key=lambda one: float(one[0].worth().mean()))
    return Contingency(
        kind="splash",
        title="Splash needed",
        rated=rated([raced[0][0]])[0],
        against_staying=compare(raced[0][0], held),
        words=_words(raced, planned),
        assumptions=(
            f"{_SHORT_LAPS:.1f} laps of fuel less on board than the gauge says",
            f"against the plan as it is, which runs dry in {100 * held.dry_share():.0f} % of races",
            f"1 % of fuel costs {here.save_s:.2f} s a lap; {100 * here.rules.most_saving:.0f} % at most",
        ),
        against="going on as planned until the tank is empty",
    )


def _words(raced: list[tuple[Runner, _Way]], planned: Runner) -> str:
    """What the best way costs against fuel that is not short, and what the next one would."""
    costs: list[Gain] = [gain(runner, planned) for runner, _ in raced]
    words = f"{raced[0][1].words}: {cost_words(costs[0])}"
    if len(raced) > 1:
        words += f"; {raced[1][1].name} {cost_words(costs[1]).removeprefix('it ')}"
    return words


def _ways(pick: Choice, short: Situation) -> Iterator[_Way]:
    more = _more(pick, short)
    yield from (_splash(pick, short) if more is None else (more,))
    yield from _saving(pick, short)


def _more(pick: Choice, short: Situation) -> _Way | None:
    """At the stops that are planned, all of them sooner where the tank no longer reaches the first one."""
    if not pick.stops:
        return None
    sooner = max(0, pick.stops[0].lap - latest_stop(short))
    moved = tuple(replace(stop, lap=stop.lap - sooner) for stop in pick.stops)
    found = served_again(moved, short, pick.save_share)
    if found is None or broken(found, short):
        return None
    added = [
        (one.fuel_l or 0.0) - (other.fuel_l or 0.0) for one, other in zip(found.stops, moved, strict=True)
    ]
    stop = found.stops[added.index(max(added))]
    words = f"{stop.fuel_l:.0f} {short.unit} on lap {stop.lap} and no splash"
    return _Way("more fuel", words, replace(found, key=f"{found.key} more"))


def _splash(pick: Choice, short: Situation) -> Iterator[_Way]:
    """One stop more than planned, shortly before the flag or as late as the tank goes."""
    lap = short.planned_lap - _LATE_LAPS
    lap = lap if pick.stops else min(lap, latest_stop(short))
    if lap <= max(short.first_lap - 1, pick.stops[-1].lap if pick.stops else 0):
        return
    litres = round(_SHORT_LAPS * short.use_l, 1)
    stops = (*pick.stops, PlannedStop(lap=lap, fuel_l=litres))
    choice = Choice(f"{pick.key} splash", choice_words(stops, short, pick.save_share), stops, pick.save_share)
    yield _Way("a splash", f"Splash {litres:.0f} {short.unit} on lap {lap}", choice)


def _saving(pick: Choice, short: Situation) -> Iterator[_Way]:
    """The least that reaches the flag with the fuel that is planned."""
    for percent in range(1, round(100 * short.rules.most_saving) + 1):
        share = pick.save_share + percent / 100.0
        if share > short.rules.most_saving + 1e-9:
            return
        words = choice_words(pick.stops, short, share)
        choice = Choice(f"{pick.key} save {share:.3f}", words, pick.stops, share)
        if not broken(choice, short):
            yield _Way("saving", f"Save {100 * share:.0f} % to the flag", choice)
            return
