"""What an adviser would say of the race of `scenes`, and one who says it: made by hand, always the same."""

import math

import foresight
import msgspec
import numpy as np
import scenes

from pitbox.crew.mailbox import Mailbox
from pitbox.model.fact import Lap, LapKind
from pitbox.strategy.briefing import RivalCall
from pitbox.strategy.decision.answer import (
    Branch,
    Call,
    Choice,
    Contingency,
    FuelFan,
    PlannedStop,
    Rated,
    StrategyAnswer,
    Tried,
    TyreFit,
    WhatIf,
)
from pitbox.strategy.forecast import Forecast
from pitbox.strategy.laps import LapChances
from pitbox.strategy.montecarlo.outcome import Difference, Prospect
from pitbox.strategy.next_stop import NextStop, StopOutlook
from pitbox.strategy.race_end import CarEnd
from pitbox.strategy.stop_kind import StopKind

LAPS, FLAG = foresight.LAPS, 231
MATE = 9000 + scenes.OWN
SECOND = 7


def prospect(mean: float, spread: float = 0.9, fuel: float = 0.0, tyres: float = 0.0) -> Prospect:
    chances = [math.exp(-0.5 * ((place - mean) / spread) ** 2) for place in range(1, 17)]
    shares = tuple(chance / sum(chances) for chance in chances)
    return Prospect(
        name="us",
        class_name="LMP2",
        positions=shares,
        class_positions=shares,
        mean_position=mean + 13,
        mean_class_position=mean,
        finishes=0.97,
        laps=(62.6, 64.0, 65.2),
        time_s=(6100.0, 6200.0, 6300.0),
        stops=3.0,
        fuel_risk=fuel,
        tyre_risk=tyres,
    )


def stops(*laps: int, fuel_l: float = 74.0) -> tuple[PlannedStop, ...]:
    return tuple(
        PlannedStop(lap, fuel_l - 9.0 * at, at % 2 == 1, SECOND if at == 1 else 0)
        for at, lap in enumerate(laps)
    )


def rated(
    words: str, mean: float, laps: tuple[int, ...], behind: float | None, why: str = "", **risk: float
) -> Rated:
    against = None if behind is None else Difference(behind, 0.06, 0.21, 0.42)
    key = " ".join(map(str, laps))
    return Rated(Choice(key, words, stops(*laps)), prospect(mean, **risk), against, why)


BEST = rated(
    "Box in 5 laps, 74 l, no tyres", 4.2, (172, 196, 221), None, "clear of the three GT3 by Blanchimont"
)
RATED = (
    BEST,
    rated("Box in 8 laps, 74 l, tyres", 4.4, (175, 200, 224), 0.2, "longest stint, traffic at the exit"),
    rated("Box now, 74 l, no tyres", 4.7, (168, 192, 218), 0.5, "undercuts #42, a lap of traffic", fuel=0.08),
    rated("Save 5 %, two stops", 5.1, (176, 204), 0.9, "a stop less for 41 s of lap time", fuel=0.27),
    rated("Box in 9 laps, full, four tyres", 5.6, (176, 208), 1.4, "tyres over their cliff", tyres=0.31),
)


def call(key: str, kind: str, urgency: int, words: str, **more: object) -> Call:
    fields: dict[str, object] = {
        "chance": 0.71,
        "chance_words": "71 % P4",
        "gain": 0.6,
        "gain_error": 0.1,
        "reason": "Out between 23 and 41, 2.1 s clear, three GT3 ahead",
        "waiting": "One lap later: \u22120.2 places",
        "assumptions": ("3.18 l a lap", "no rain", "#42 stops on lap 174"),
        "until_lap": 176,
        "choice": BEST.choice,
    }
    return Call(key, kind, urgency, words, **{**fields, **more})  # type: ignore[arg-type]


CALLS = (
    call("window", "window", 2, "Box in 3 laps, 42 l, no tyres"),
    call(
        "save",
        "save fuel",
        1,
        "Save 0.2 l a lap until the stop",
        chance=0.44,
        chance_words="44 % P3",
        gain=0.3,
        reason="The last stop falls away",
        waiting="",
        until_lap=None,
    ),
    call(
        "cover",
        "cover",
        0,
        "Cover #42 if it stops",
        chance=None,
        chance_words="",
        gain=None,
        gain_error=None,
        reason="It comes in within 4 laps in 6 of 10 races",
        waiting="",
    ),
)
CONTINGENCIES = (
    Contingency(
        "caution",
        "Caution now",
        rated("Box at once, 74 l and tyres", 3.1, (168, 194, 219), None),
        Difference(-1.3, 0.08, 0.3, 0.88),
        "Half a stop is free, and four of six ahead stop too",
        ("the caution lasts 9 min",),
    ),
    Contingency(
        "rain",
        "Rain in 10 minutes",
        rated("Stay out, wet tyres on lap 173", 4.6, (173, 200), None),
        Difference(0.1, 0.12, 0.3, 0.5),
        "Two laps on slicks cost less than the stop now",
        ("rain for 20 min",),
    ),
    Contingency(
        "lost",
        "20 s lost",
        rated("Box in 8 laps, 74 l, no tyres", 5.0, (175, 201), None),
        Difference(0.4, 0.1, 0.3, 0.3),
        "",
        (),
    ),
    Contingency("splash", "Splash needed", None, None, "The tank reaches the flag in all races", ()),
)
_CAUTION, _RAIN = (one.rated.choice for one in CONTINGENCIES[:2] if one.rated is not None)
TREE = Branch(
    "",
    1.0,
    BEST.choice,
    4.2,
    (
        Branch(
            "a caution within 10 laps",
            0.34,
            _CAUTION,
            3.4,
            (Branch("rain within 30 minutes", 0.2, _RAIN, 4.1), Branch("no rain", 0.8, _CAUTION, 3.2)),
        ),
        Branch("no caution", 0.66, RATED[1].choice, 4.6),
    ),
)


def fan() -> FuelFan:
    laps = tuple(range(LAPS, FLAG + 1))
    level, middle, low, high = 31.4, [], [], []
    for lap in laps:
        spread = 0.36 * math.sqrt(lap - LAPS)
        middle.append(max(0.5, level))
        low.append(max(0.0, level - spread))
        high.append(min(103.0, level + spread))
        level -= 3.18
        if lap in {172, 196, 221}:
            level = min(103.0, level + 74.0)
    return FuelFan(laps, tuple(low), tuple(middle), tuple(high), "l", 103.0)


def tyre_fit() -> TyreFit:
    ages = tuple(range(41))
    curve = tuple(0.9 * (age / 40) ** 1.4 for age in ages)
    dice = np.random.default_rng(8)
    points = tuple((age, float(0.9 * (age / 40) ** 1.4 + dice.normal(0, 0.13))) for age in range(2, 38))
    width = tuple(0.1 + 0.003 * age for age in ages)
    low = tuple(loss - wide for loss, wide in zip(curve, width, strict=True))
    high = tuple(loss + wide for loss, wide in zip(curve, width, strict=True))
    return TyreFit(points, ages, low, curve, high, "this car's own laps")


ANSWER = StrategyAnswer(
    moment_s=foresight.AT_S,
    session_num=0,
    run=0,
    car_idx=scenes.OWN,
    laps=LAPS,
    final_laps=(229, 231, 233),
    races=4000,
    is_whole=True,
    rated=RATED,
    calls=CALLS,
    contingencies=CONTINGENCIES,
    tree=TREE,
    fuel=fan(),
    tyres=tyre_fit(),
    assumptions=("3.18 l a lap, give or take 0.06", "no rain", "1.1 cautions an hour"),
    silent=(),
)
LONG_NAME = "Box at the end of this lap, 74 l, four tyres, Maximiliane Schwarzenberger-Hohenfels drives"


def long_answer() -> StrategyAnswer:
    """Names as long as people have them, and more of everything than there is room for."""
    wide = msgspec.structs.replace
    many = tuple(
        wide(one, choice=wide(one.choice, key=f"{one.choice.key} {at}", words=LONG_NAME), why=LONG_NAME)
        for at in range(2)
        for one in RATED
    )
    calls = tuple(
        wide(one, key=f"{one.key}{at}", words=LONG_NAME, reason=LONG_NAME) for at in range(2) for one in CALLS
    )
    cards = tuple(wide(one, words=LONG_NAME) for one in CONTINGENCIES)
    return wide(ANSWER, rated=many, calls=calls, contingencies=cards)


def rival(car_idx: int, lap: int) -> RivalCall:
    """Comes in about two laps after `lap`; each seventh one rather does not stop again."""
    laps = LapChances(lap - 1, (0.05, 0.1, 0.2, 0.3, 0.2, 0.15))
    outlook = StopOutlook(lap + 2, 0.8, lap - 1, lap + 4, 0.6 if car_idx % 7 == 3 else 0.0, laps)
    stop = NextStop(car_idx, outlook, outlook, 31.0, ("a tank lasts 31 laps",), middle_lap=lap + 2.2)
    return RivalCall(car_idx, 1, None, stop, StopKind(0.2, 1, 0, ""), None)


def forecast() -> Forecast:
    """A race that goes on for 64 laps, and windows of class mates."""
    flag = LapChances(228, (0.04, 0.11, 0.22, 0.31, 0.2, 0.09, 0.03))
    said = msgspec.structs.replace(
        foresight.SAID,
        end=CarEnd(scenes.OWN, 2, flag, 1.0, 3.0, ("pace of 40 laps",)),
        window=msgspec.structs.replace(foresight.WINDOW, stops_left=3),
    )
    windows, rivals = {scenes.OWN: said.window}, list[RivalCall]()
    for car in scenes.standings().cars:
        if car.car_idx != scenes.OWN:
            ahead = 2 + car.car_idx * 5 % 17
            windows[car.car_idx] = msgspec.structs.replace(
                foresight.WINDOW,
                earliest=car.laps + ahead,
                latest=car.laps + ahead + 6,
                opens_in=ahead - 1,
                closes_in=ahead + 5,
                confidence=0.4 + 0.1 * (car.car_idx % 6),
            )
            rivals.append(rival(car.car_idx, car.laps + ahead))
    said = msgspec.structs.replace(said, rivals=tuple(rivals))
    return msgspec.structs.replace(foresight.FORECAST, said=said, windows=windows, made_s=100.0)


def laps() -> list[Lap]:
    """Ours before now, with what was on board at the end of each."""
    return [
        Lap(
            0,
            0,
            scenes.OWN,
            number,
            MATE,
            foresight.AT_S - 101.0 * (LAPS + 1 - number),
            foresight.AT_S - 101.0 * (LAPS - number),
            LapKind(),
            3,
            1,
            1,
            0,
            fuel_left_l=31.4 + 3.18 * (LAPS - number),
        )
        for number in range(LAPS - 14, LAPS + 1)
    ]


class HandAdviser:
    """Says what it is given; answers a trial at once unless it is told to take its time."""

    def __init__(self) -> None:
        self.answers: Mailbox[StrategyAnswer] = Mailbox()
        self.tried: Mailbox[Tried] = Mailbox()
        self.asked: list[WhatIf] = []
        self.replies: list[tuple[str, str | None]] = []
        self.broken: tuple[str, ...] = ()
        self.is_quick = True

    def ask(self, what_if: WhatIf) -> None:
        self.asked.append(what_if)
        if self.is_quick:
            self.answer_trial()

    def answer_trial(self, at: int = -1) -> None:
        """A tenth of a place for each lap that the first stop comes later."""
        asked = self.asked[at]
        plan = asked.stops or ()
        lap = plan[0].lap if plan else 172
        worth = Rated(
            Choice("trial", f"Box in {lap - LAPS} laps", plan),
            prospect(4.2 + 0.1 * (lap - 172)),
            Difference(0.1 * (lap - 172), 0.05, 0.2, 0.5),
            "what you try",
        )
        self.tried.put(Tried(asked, None if self.broken else worth, self.broken, 400))

    def answer_call(self, key: str, reply: str | None) -> bool:
        self.replies.append((key, reply))
        return True

    def replied(self, key: str, laps: int) -> tuple[str, int] | None:
        """As a log has it: what was said last, to calls as urgent as they are."""
        said = dict(self.replies).get(key)
        urgency = next((call.urgency for call in CALLS if call.key == key), 0)
        return None if said is None else (said, urgency)
