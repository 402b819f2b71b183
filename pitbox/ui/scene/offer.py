"""What a person can set right about a car now, as a menu offers it: a story in, wishes out. Loads no Qt."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from pitbox.model.amendment import Amendment
from pitbox.model.correction import KIND, SERVICES, correct, retire
from pitbox.model.edit import Draft, Entity
from pitbox.model.fact import Stint, Stop, TyreStint
from pitbox.strategy.story import CarStory
from pitbox.ui.scene.amended import SERVICE_WORDS
from pitbox.ui.scene.row import Amended

_ALONE = ("drive_through",)
"""Who drove through had nothing done."""
_OUT, _OUT_SINCE = "Retired", "Retired from this moment on"


class Offer(msgspec.Struct, frozen=True):
    """One entry of the menu."""

    title: str
    draft: Draft
    words: str
    """What it is called when it is undone."""
    is_now: bool = False
    """It stands so already."""


class OfferGroup(msgspec.Struct, frozen=True):
    title: str
    offers: tuple[Offer, ...]
    empty: str = ""
    """Said in place of offers, where there are none."""


def offers_of(
    car: CarStory, crew: Mapping[int, str], amendment: Amendment | None, amended: Sequence[Amended] = ()
) -> tuple[OfferGroup, ...]:
    """`crew`: who was seen in this car, by user. Groups that make no sense now are left out."""
    groups = []
    stint, stop = car.stints.last, car.stops.last
    if stint is not None:
        groups.append(_drivers(stint, crew))
    if stop is not None and stop.lane_out_s is not None:
        groups.append(_services(stop))
    tyres = car.tyre_stints.last
    is_renumbered = amendment is not None and any(one.key.startswith("stop/") for one in amendment.said)
    if tyres is not None and not is_renumbered:
        groups.append(_tyres(tyres, car.stints))
    if stint is not None:
        groups.append(_retirement(stint, amendment))
    if amendment is not None and amended:
        groups.append(_take_back(amendment, amended))
    return tuple(groups)


def offers_then(car: CarStory, amendment: Amendment | None, at_s: float) -> tuple[OfferGroup, ...]:
    """Of a past moment: since when a car is out can be said best by whoever looks at it."""
    stint = car.stints.last
    return () if stint is None else (_retirement(stint, amendment, at_s),)


def _drivers(stint: Stint, crew: Mapping[int, str]) -> OfferGroup:
    title, words = f"Driver of stint {stint.stint}", f"driver of stint {stint.stint}"
    offers = tuple(
        Offer(name, correct(stint, "user_id", user_id), words, is_now=user_id == stint.user_id)
        for user_id, name in sorted(crew.items(), key=lambda one: one[1].casefold())
    )
    others = [offer for offer in offers if not offer.is_now]
    return OfferGroup(title, offers, "" if others else "Nobody else was seen in this car yet.")


def _services(stop: Stop) -> OfferGroup:
    done = [service.what for service in stop.service]
    offers = []
    for name in SERVICES:
        left = [one for one in done if one != name]
        if name not in done:
            left = [name] if name in _ALONE else [*(one for one in done if one not in _ALONE), name]
        kind = ",".join(one for one in SERVICES if one in left)
        draft = correct(stop, "kind", kind)
        offers.append(
            Offer(SERVICE_WORDS[name].capitalize(), draft, f"kind of stop {stop.stop}", is_now=name in done)
        )
    return OfferGroup(f"Stop {stop.stop}, lap {stop.lap}", tuple(offers))


def _tyres(tyres: TyreStint, stints: Iterable[Stint]) -> OfferGroup:
    """A set is fitted where a stint begins."""
    laps = sorted({stint.start_lap for stint in stints} | {tyres.start_lap}, reverse=True)[:5]
    offers = tuple(
        Offer(
            f"Fitted on lap {lap}" if lap > 1 else "On since the start",
            correct(tyres, "start_lap", lap),
            "tyre set",
            is_now=lap == tyres.start_lap,
        )
        for lap in laps
    )
    return OfferGroup("Tyres on the car", offers)


def _retirement(stint: Stint, amendment: Amendment | None, from_s: float | None = None) -> OfferGroup:
    is_retired = (
        stint.end == "lost" if amendment is None or amendment.is_retired is None else amendment.is_retired
    )
    offers = tuple(
        Offer(
            title,
            retire(stint.session_num, stint.run, stint.car_idx, is_retired=value, from_s=from_s),
            title.lower(),
            is_now=value == is_retired,
        )
        for title, value in (("Still racing", False), (_OUT if from_s is None else _OUT_SINCE, True))
    )
    return OfferGroup("Car", offers)


def _take_back(amendment: Amendment, amended: Sequence[Amended]) -> OfferGroup:
    said = sorted(amendment.said, key=lambda one: one.correction.edit.stamp, reverse=True)
    offers = tuple(
        Offer(shown.words, Draft(Entity(KIND, one.key), one.correction.field, None), "correction taken back")
        for one, shown in zip(said, amended, strict=False)
    )
    return OfferGroup("Take back", offers)
