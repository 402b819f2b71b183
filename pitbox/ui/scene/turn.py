"""Who drives now and for how long still, who is next and when, and who has had a fair share. Loads no Qt."""

from enum import StrEnum

import msgspec

from pitbox.model.plan_offer import Driven, PlanNow, Shares
from pitbox.model.relay import Leg

_LEAST = 0.015
NOBODY_KNOWS = "driver unknown"
"""Instead of a name that is as likely wrong."""


class Share(StrEnum):
    OWED = "owed"
    """The rules ask for more than is driven and planned."""
    PLANNED = "planned"
    """With what is planned it is enough."""
    DONE = "done"
    """Enough is driven already."""


class ShareDot(msgspec.Struct, frozen=True):
    seat: str
    name: str
    """As short as tells it from the others."""
    share: Share
    words: str
    done: float = 0.0
    """Driven, of all that is driven and planned."""
    is_driving: bool = False


class Turn(msgspec.Struct, frozen=True):
    driver: str = ""
    """Empty while nobody of ours is at the wheel; with a question mark, or no name, where nobody says it."""
    stint_s: float | None = None
    laps: int | None = None
    planned_s: float | None = None
    """The stint, as it is planned."""
    stretch_s: float | None = None
    """Without leaving the seat."""
    longest_s: float | None = None
    """That a stretch may be by the rules."""
    next_driver: str = ""
    """Who gets in next; empty: nobody does."""
    next_in_s: float | None = None
    stops_before: int = 0
    """At which whoever drives now stays in."""
    dots: tuple[ShareDot, ...] = ()
    odds: str = ""
    """`Ada 55 %, Kai 40 %`, where nobody says who drives."""

    @property
    def is_over(self) -> bool:
        """Longer than planned, or than a rule allows."""
        is_late = self.stint_s is not None and self.planned_s is not None and self.stint_s >= self.planned_s
        return is_late or self.is_too_long

    @property
    def is_too_long(self) -> bool:
        """Than a rule allows."""
        has_limit = self.stretch_s is not None and self.longest_s is not None
        return has_limit and (self.stretch_s or 0.0) > (self.longest_s or 0.0)


def turn_of(now: PlanNow | None) -> Turn | None:
    """None where nothing of a plan is followed."""
    if now is None or not now.legs:
        return None
    at = next((number for number, leg in enumerate(now.legs) if leg.is_driving), None)
    is_named = not now.driven or now.driven[-1].is_named
    dots = _dots(now, None if at is None or not is_named else now.legs[at].driver)
    if at is None:
        ahead = [leg for leg in now.legs if not leg.is_done and leg.driver]
        first = ahead[0] if ahead else None
        return Turn(
            next_driver="" if first is None else _name(now, first.driver),
            next_in_s=None if first is None else _until(now, first),
            dots=dots,
        )
    leg, race_s = now.legs[at], now.race_s or 0.0
    after = next((one for one in now.legs[at + 1 :] if one.driver != leg.driver), None)
    stops = len(now.legs[at + 1 :]) if after is None else now.legs.index(after) - at - 1
    open_stint = now.driven[-1] if now.driven and now.driven[-1].end_s is None else None
    odds = () if open_stint is None else open_stint.odds
    start_s = leg.start_s if open_stint is None else open_stint.start_s
    return Turn(
        driver=_driving(now, leg.driver, open_stint),
        stint_s=max(0.0, race_s - start_s),
        laps=None if open_stint is None else open_stint.laps,
        planned_s=leg.end_s - leg.start_s,
        stretch_s=max(0.0, race_s - _stretch_start_s(now, at)),
        longest_s=now.relay.rules.longest_stretch_s,
        next_driver="" if after is None else _name(now, after.driver) or "nobody yet",
        next_in_s=None if after is None else _until(now, after),
        stops_before=stops,
        dots=dots,
        odds=odds_words(odds, now),
    )


def _driving(now: PlanNow, seat: str, stint: Driven | None) -> str:
    if stint is None or not stint.odds:
        return _name(now, seat)
    return f"{_name(now, seat)}?" if stint.is_named else NOBODY_KNOWS


def odds_words(odds: tuple[tuple[str, float], ...], now: PlanNow) -> str:
    """`Ada 55 %, Kai 40 %`; those that are hardly possible are left out."""
    return ", ".join(f"{_name(now, key)} {100 * chance:.0f} %" for key, chance in odds if chance >= _LEAST)


def _stretch_start_s(now: PlanNow, at: int) -> float:
    driver, start = now.legs[at].driver, at
    while start and now.legs[start - 1].driver == driver:
        start -= 1
    return now.legs[start].start_s


def _until(now: PlanNow, leg: Leg) -> float | None:
    return None if now.race_s is None else max(0.0, leg.start_s - now.race_s)


def _dots(now: PlanNow, driving: str | None) -> tuple[ShareDot, ...]:
    shown = [one for one in now.shares if one.driven_s or one.planned_s or one.least_s]
    names = _short([_name(now, one.seat) for one in shown])
    return tuple(
        _dot(one, name, _name(now, one.seat), is_driving=one.seat == driving)
        for one, name in zip(shown, names, strict=True)
    )


def _dot(one: Shares, short: str, name: str, *, is_driving: bool) -> ShareDot:
    whole_s = one.driven_s + one.planned_s
    least_s = one.least_s or 0.0
    share = Share.DONE if one.driven_s >= least_s else Share.PLANNED if whole_s >= least_s else Share.OWED
    words = f"{name}: {_hours(one.driven_s)} h driven, {_hours(one.planned_s)} h planned"
    if one.least_s:
        rest_s = one.least_s - whole_s
        words += f", {_hours(one.least_s)} h asked by the flag"
        words += f": {_hours(rest_s)} h too few" if share is Share.OWED else ""
    if one.most_s is not None:
        words += f", {_hours(one.most_s)} h allowed"
    return ShareDot(one.seat, short, share, words, one.driven_s / whole_s if whole_s else 0.0, is_driving)


def _short(names: list[str]) -> list[str]:
    """First names, where no two are alike."""
    firsts = [name.split()[0] if name.split() else name for name in names]
    return [first if firsts.count(first) == 1 else name for first, name in zip(firsts, names, strict=True)]


def _name(now: PlanNow, key: str) -> str:
    return next((seat.name for seat in now.relay.seats if seat.key == key), key)


def _hours(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def countdown(seconds: float | None) -> str:
    """`1:12 h`, `18 min`, `40 s`: as exact as it matters."""
    if seconds is None:
        return ""
    if seconds >= 3600:
        return f"{_hours(seconds)} h"
    return f"{int(seconds // 60)} min" if seconds >= 60 else f"{int(seconds)} s"
