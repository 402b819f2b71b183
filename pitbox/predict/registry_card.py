"""What is known of one version of a model without loading it: its card, and who promoted it when.

Cards grow only at the end, with defaults, so that a registry of any older PitBox can be read. Times are
people's clocks: they say when, and order nothing that a race rests on.
"""

import msgspec

from pitbox.model.session import SessionInfo

FORMAT = 1
"""Of cards and promotions; a reader leaves alone what is later."""
LAP_TIME, TYRES, CAUTION, PIT_LOSS, FINISH = "lap-time", "tyres", "caution", "pit-loss", "finish"
USERS = {
    LAP_TIME: "pace of now: race end, laps, fuel, catch, rejoin",
    TYRES: "tyres of the briefing: what a lap of age costs, and at which age they fall off",
    CAUTION: "cautions to come: race end, next stops, races that are played through",
    PIT_LOSS: "what a stop costs before this race has shown it: rejoin, ghosts",
    FINISH: "chances of each place in class of the briefing",
}
"""What of PitBox asks a model, by its name."""
IRACING, SHEET, SYNTHETIC = "iracing", "timing-sheet", "synthetic"
_MADE_UP = "Synthetic Ring"
_PLAIN_STEP = "level"
_LEAST_JUDGED, _LEAST_COVERED = 150, 0.7
_CALIBRATED = 0.95


class Measure(msgspec.Struct, frozen=True):
    """What the figures of a model's scores are of."""

    unit: str
    at: str
    """Of a score's distance, with `{}` for it."""
    inside: str
    """What `covered` is a share of."""
    digits: int = 2
    asked: str = "laps"
    least: int = _LEAST_JUDGED
    least_covered: float = _LEAST_COVERED


_LAPS_AHEAD = Measure("thousandths of a lap", "{} laps ahead", "inside")
MEASURES = {
    LAP_TIME: _LAPS_AHEAD,
    TYRES: _LAPS_AHEAD,
    CAUTION: Measure("of log-loss", "within {} laps", "calibrated", 4, least_covered=_CALIBRATED),
    PIT_LOSS: Measure("s", "of a stop", "inside", asked="stops", least=40),
    FINISH: Measure("of ranked probability", "{} % driven", "calibrated", 4, "cars", least_covered=0.9),
}
"""Errors are in `unit`; where chances are judged, `covered` is 1 less the error of their calibration."""


class Score(msgspec.Struct, frozen=True):
    """At one distance, on laps that the version's trial run was not trained on; in its `Measure`."""

    ahead: int
    laps: int
    """Or whatever was asked about."""
    error: float
    """Mean absolute, in thousandths of a lap."""
    plain: float
    """The same of the plain formula."""
    covered: float
    """Share of laps inside the 80 % interval; for tyres and stops, the 90 % one."""


class Source(msgspec.Struct, frozen=True):
    """One race that it learnt from."""

    name: str
    rows: int
    fingerprint: str


class Card(msgspec.Struct, frozen=True):
    format: int
    model: str
    version: str
    made_s: float
    """When, by the wall's clock."""
    code: str
    """The PitBox that trained it."""
    features: int
    """`feature.VERSION` that it was trained on."""
    world: str
    """Whose races it knows; it never speaks of another world."""
    step: str
    """How far up its chain the data carried it."""
    rows: int
    fingerprint: str
    """Of all the laps that it learnt from."""
    sources: tuple[Source, ...]
    scores: tuple[Score, ...]
    sha256: str
    """Of its bytes."""
    size_bytes: int
    parameters: dict[str, str | int | float] = {}
    tested: tuple[str, ...] = ()
    """Races that the scores are of."""
    trained_s: float = 0.0
    """CPU that it took."""

    @property
    def is_better(self) -> bool:
        """Than the plain formula, on enough laps to say so, with an interval that about holds."""
        measure = measure_of(self.model)
        laps = sum(score.laps for score in self.scores)
        is_judged = laps >= measure.least and self.step != _PLAIN_STEP
        covered = sum(score.covered * score.laps for score in self.scores)
        return is_judged and gain_of(self) > 0.0 and covered >= measure.least_covered * laps

    def score(self, ahead: int) -> Score | None:
        return next((score for score in self.scores if score.ahead == ahead), None)


class Promotion(msgspec.Struct, frozen=True):
    version: str
    at_s: float
    why: str = ""


class Reign(msgspec.Struct, frozen=True):
    """Which versions of one model were promoted for one world; the last one speaks, the others stand by."""

    format: int = FORMAT
    stack: tuple[Promotion, ...] = ()
    deeds: tuple[str, ...] = ()
    """What was done, in words, the newest last; bounded."""

    @property
    def current(self) -> Promotion | None:
        return self.stack[-1] if self.stack else None


class Use(msgspec.Struct, frozen=True):
    """Somebody who has a version loaded."""

    who: str
    version: str
    since_s: float


def measure_of(model: str) -> Measure:
    """Of a model that this PitBox does not know, laps."""
    return MEASURES.get(model, _LAPS_AHEAD)


def summary_of(card: Card) -> str:
    """Its scores in one line, over all distances."""
    laps, measure = sum(score.laps for score in card.scores), measure_of(card.model)
    if not laps:
        return f"{card.step}, {card.rows:,} laps, too few to be judged"
    error, plain, covered = (
        sum(getattr(score, name) * score.laps for score in card.scores) / laps
        for name in ("error", "plain", "covered")
    )
    digits, head = measure.digits, f"{card.step}, {card.rows:,} laps"
    told = f"error {error:.{digits}f} {measure.unit} (plain {plain:.{digits}f})"
    return f"{head}, {told}, {covered:.0%} {measure.inside}"


def score_words(model: str, score: Score) -> str:
    """One of its scores."""
    measure = measure_of(model)
    digits = measure.digits
    return (
        f"{measure.at.format(score.ahead)}: error {score.error:.{digits}f}, plain {score.plain:.{digits}f} "
        f"{measure.unit}, {score.covered:.0%} {measure.inside} ({score.laps:,} {measure.asked})"
    )


def error_of(scores: tuple[Score, ...]) -> float:
    laps = sum(score.laps for score in scores)
    return sum(score.error * score.laps for score in scores) / laps if laps else float("inf")


def gain_of(card: Card) -> float:
    """Share of the plain formula's error that it spares; another version's laps do not matter so much."""
    plain = sum(score.plain * score.laps for score in card.scores)
    laps = sum(score.laps for score in card.scores)
    return 1.0 - error_of(card.scores) * laps / plain if plain else float("-inf")


def world_of(info: SessionInfo) -> str:
    """Made-up races are another world than real ones, though they speak as the sim does."""
    if info.track.name.startswith(_MADE_UP):
        return SYNTHETIC
    return info.sim.lower().replace(" ", "-")
