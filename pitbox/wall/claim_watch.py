"""How a version that speaks of whole races does live, against what its card promises.

Cautions are judged by log-loss and by how often what was said came true, stops by error and interval,
finishes by ranked probability score. Whatever is more than a tenth worse than in training wins a `Wager`,
one for each measure and distance; at a hundredfold of the stake the version has to go. A version that does
as in training is put down in at most one of a hundred lives.

What one race tells twice counts once: of stops the first six of a race are one case (it has one level, and
speaks for itself afterwards), a finish is one case for each quarter, and laps are cases of their own.
"""

import msgspec

from pitbox.predict.registry_card import CAUTION, PIT_LOSS, Card, Score, measure_of
from pitbox.wall.forecast_log import Proved, Said
from pitbox.wall.wager import Wager

WORSE = 0.1
STOPS = 6
"""Of a race, that are one case."""
_ENOUGH = 100.0
_LEAST_MISSES = 0.05
_HALF, _TWICE = 0.5, 1.0
"""A rare thing may come half as often as said, and twice as often, before the share of chances counts."""

_KINDS = {CAUTION: 3, PIT_LOSS: 2}
"""Of faults, for each distance."""

Race = tuple[str, int, int]
Key = tuple[str, int, int, str, int]


class ClaimVerdict(msgspec.Struct, frozen=True):
    error: float
    expected: float
    odds: float
    why: str
    """Empty while all is as it was in training."""


class ClaimWatch:
    """Of one version, over all races in which it speaks."""

    def __init__(self, card: Card) -> None:
        self.card = card
        self._said: dict[Key, Said] = {}
        self._proved: set[Key] = set()
        self._wagers: dict[tuple[str, int], Wager] = {}
        self._race: Race | None = None
        self._cluster: list[Proved] = []
        self._cases = 0
        self._error = self._expected = 0.0

    def knows(self, race: Race, about: str, ahead: int) -> bool:
        """That was said, or proved, already."""
        key = (*race, about, ahead)
        return key in self._said or key in self._proved

    def is_proved(self, proved: Proved) -> bool:
        return key_of(proved) in self._proved

    def knows_at(self, race: Race, ahead: int) -> bool:
        """Whatever it was about."""
        return any((*key[:3], key[4]) == (*race, ahead) for key in (*self._said, *self._proved))

    def ask(self, said: Said) -> None:
        if said.version != self.card.version:
            return
        if any(key[:3] != race_of(said) for key in self._said):
            self._said.clear()  # of a race that ended while nobody looked
        self._said[key_of(said)] = said

    def pending(self, race: Race) -> list[Said]:
        return [said for key, said in self._said.items() if key[:3] == race]

    def is_full(self, race: Race) -> bool:
        """More stops of this race would count no more."""
        return race == self._race and len(self._cluster) >= STOPS

    def hear(self, proved: Proved) -> None:
        if proved.version != self.card.version or key_of(proved) in self._proved:
            return
        self._begin(race_of(proved))
        self._proved.add(key_of(proved))
        self._said.pop(key_of(proved), None)
        score = self.card.score(proved.ahead)
        if score is None:
            return
        if self.card.model != PIT_LOSS:
            self._judge([proved], score)
        elif len(self._cluster) < STOPS:
            self._cluster.append(proved)
            if len(self._cluster) == STOPS:
                self._judge(self._cluster, score)

    def verdict(self) -> ClaimVerdict:
        ahead = {score.ahead for score in self.card.scores}
        bets = max(1, len(ahead) * _KINDS.get(self.card.model, 1))
        won = {key: wager.odds for key, wager in self._wagers.items()}
        odds = (sum(won.values()) + bets - len(won)) / bets  # those that nobody has laid yet stand at one
        error, expected = (total / max(1, self._cases) for total in (self._error, self._expected))
        why = ""
        if odds >= _ENOUGH:
            kind, _ = max(won, key=lambda key: won[key])
            why = self._words(kind, error, expected)
        return ClaimVerdict(error, expected, odds, why)

    def _begin(self, race: Race) -> None:
        if race != self._race:
            self._race, self._cluster, self._proved = race, [], set()
            for wager in self._wagers.values():
                wager.begin()

    def _judge(self, cluster: list[Proved], score: Score) -> None:
        self._cases += len(cluster)
        self._error += sum(one.error for one in cluster)
        self._expected += score.error * len(cluster)
        told = [_ratios(self.card, one, score) for one in cluster]
        for kind in told[0]:
            wager = self._wagers.get((kind, score.ahead))
            if wager is None:
                wager = self._wagers[kind, score.ahead] = Wager()
                wager.begin()
            wager.take(sum(one[kind] for one in told) / len(told))

    def _words(self, kind: str, error: float, expected: float) -> str:
        measure = measure_of(self.card.model)
        digits, of = measure.digits, f"in {self._cases} answers"
        if kind == "often":
            return f"says what comes to pass less often, {of}"
        if kind == "seldom":
            return f"is silent of what comes to pass more often, {of}"
        if kind == "missed":
            return f"misses with its interval more often than in training, {of}"
        return f"errs by {error:.{digits}f} {measure.unit}, in training by {expected:.{digits}f}, {of}"


def race_of(record: Said | Proved) -> Race:
    return record.session, record.session_num, record.run


def key_of(record: Said | Proved) -> Key:
    return (*race_of(record), record.about, record.ahead)


def _ratios(card: Card, proved: Proved, score: Score) -> dict[str, float]:
    """What came against what is allowed, for each kind of fault."""
    allowed = (1.0 + WORSE) * _limit(card, proved.own, score)
    found = {"error": proved.error / max(allowed, 1e-9)}
    missed = max(_LEAST_MISSES, 1.0 - (1.0 - WORSE) * score.covered)
    if card.model == PIT_LOSS:
        found["missed"] = (1.0 - proved.came) / missed
    if card.model == CAUTION:
        chance, came = proved.promised, proved.came
        found["often"] = (1.0 - came) / (1.0 - chance + min(missed, _HALF * chance))
        found["seldom"] = came / max(chance + min(missed, _TWICE * chance), 1e-9)
    return found


def _limit(card: Card, own: float, score: Score) -> float:
    """Its error in training; more where it says itself that this is harder: calibration answers for that.

    Of a card that few cases stand behind all that is believed, of others up to the plain formula's error.
    """
    is_judged = sum(one.laps for one in card.scores) >= measure_of(card.model).least
    is_free = card.model == CAUTION or not is_judged
    return max(score.error, own if is_free else min(own, score.plain))
