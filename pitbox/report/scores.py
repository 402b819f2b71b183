"""The race in six scores of 0 to 100, for our car and for each who drove it (docs: scores)."""

from collections.abc import Sequence
from statistics import median

from pitbox.analysis.score import Score, Session, Target, overall, scores
from pitbox.analysis.stint_pace.pace_lap import pace_laps
from pitbox.analysis.stint_pace.stint import compound_paces, is_clear, limit_s
from pitbox.model.fact import Lap
from pitbox.planning.after.noun import PlanReview
from pitbox.report.document import Missing, Section
from pitbox.report.gather import QueryBook, Row
from pitbox.report.stints import DRIVERS, own_sets
from pitbox.report.table import Table, Value, number, text
from pitbox.strategy.story import Story

_MOST_MATES = 6
"""Cars of the class whose fall-off is looked at, those with the most laps: more say the same."""
_PLAN_SHARE, _FUEL_SHARE = 0.005, 0.03
"""Of the planned time and of the litres set: missing a target by so much halves its score."""
_OPTIMUM = """
WITH parts AS (
    SELECT unnest(sectors_s) AS time_s, unnest(range(len(sectors_s))) AS sector
    FROM laps
    WHERE $here AND car_idx = $car AND is_clean AND len(sectors_s) > 1
), best AS (
    SELECT sector, min(time_s) AS best_s
    FROM parts
    GROUP BY sector
)
SELECT (SELECT sum(best_s) FROM best) AS sectors_s,
    (
        SELECT min(l.time_s)
        FROM laps AS l
        JOIN entries AS e USING (session_id, car_idx)
        WHERE $here_l AND e.class_id = $class AND is_clean
    ) AS class_s
"""
_WRECKS = """
SELECT s.user_id, list(i.kind ORDER BY i.start_s) AS kinds
FROM incidents AS i
ASOF JOIN stints AS s
    ON s.session_id = i.session_id AND s.session_num = i.session_num AND s.run = i.run
    AND s.car_idx = i.car_idx AND s.start_s <= i.start_s
WHERE $here_i AND i.car_idx = $car
GROUP BY s.user_id
ORDER BY s.user_id
"""
_HOW = (
    "Each is 100 * 2 ** (-x / h): nothing wrong is 100, h halves it (docs: scores). Pace: the middle clear "
    "lap against the best sectors of our car put together, from the query `score-optimum`, or the best clean "
    "lap of the class. Consistency and tyres: one line through the clear laps on a compound; the class is "
    f"the middle of up to {_MOST_MATES} cars of it. Targets: the planned race time, where 0.5 % beyond it "
    "halves the score, and the litres a lap that were set, where 3 % do."
)


def score_section(
    book: QueryBook, story: Story, review: PlanReview | None, target_l: float | None
) -> Section:
    key, title = "scores", "Scores"
    asked = book.ask("drivers", "Everybody who drove our car.", DRIVERS)
    if not asked:
        return Section(key, title, (Missing("No scores: our car drove no lap."),))
    everything = _Everything(book, story)
    targets = _targets(review, asked, target_l)
    columns = [("the car", everything.session(None, asked, targets, target_l))]
    if len(asked) > 1:
        columns += [
            (row["driver"] or "nobody named", everything.session(row["user_id"], [row], (), target_l))
            for row in asked
        ]
    return Section(
        key, title, (_table(book, columns),), "100 is nothing to better; what is not known is a dash."
    )


def _targets(review: PlanReview | None, rows: Sequence[Row], target_l: float | None) -> tuple[Target, ...]:
    found = []
    if review is not None and review.account.planned_s > 0:
        account = review.account
        found.append(
            Target("race time", account.planned_s, account.driven_s, _PLAN_SHARE * account.planned_s)
        )
    used_l = _litres(rows)
    if target_l and used_l is not None:
        found.append(Target("litres a lap", target_l, used_l, _FUEL_SHARE * target_l))
    return tuple(found)


class _Everything:
    """What is asked once for all columns."""

    def __init__(self, book: QueryBook, story: Story) -> None:
        race = book.race
        (best,) = book.ask(
            "score-optimum", "The best sectors of our car together; the class's best.", _OPTIMUM
        )
        self._optimum_s = best["sectors_s"] or best["class_s"]
        rows = book.ask("score-incidents", "What went wrong, by who drove.", _WRECKS)
        self._kinds = None if race.is_sheet else {row["user_id"]: tuple(row["kinds"]) for row in rows}
        field = [lap for car in story.cars.values() for lap in car.laps]
        self._laps = pace_laps(field, race.car_idx, own_sets(story, race.car_idx))
        stints = {lap.stint for lap in self._laps}
        self._slowest_s = {n: limit_s([lap for lap in self._laps if lap.stint == n]) for n in stints}
        self._others = _fall_offs(story, race.car_idx, field)

    def session(
        self, user_id: int | None, rows: Sequence[Row], targets: tuple[Target, ...], target_l: float | None
    ) -> Session:
        """Of one driver; of the car for None."""
        laps = [lap for lap in self._laps if user_id in (None, lap.user_id)]
        clear = [lap for lap in laps if is_clear(lap, self._slowest_s[lap.stint])]
        told = max(compound_paces(laps), key=lambda one: one.clear_laps, default=None)
        others = [] if told is None else self._others.get(told.compound, [])
        return Session(
            clear_laps=len(clear),
            hours=sum(row["time_s"] or 0.0 for row in rows) / 3600.0,
            targets=targets,
            lap_s=median(lap.time_s for lap in clear) if clear else None,
            optimum_s=self._optimum_s,
            spread_s=None if told is None else told.spread_s,
            fuel_per_lap_l=_litres(rows),
            fuel_target_l=target_l,
            fall_off_s=None if told is None or told.fall_off_s is None else told.fall_off_s.value,
            others_fall_off_s=median(others) if others else None,
            incidents=self._incidents(user_id),
        )

    def _incidents(self, user_id: int | None) -> tuple[str, ...] | None:
        if self._kinds is None or user_id is not None:
            return None if self._kinds is None else self._kinds.get(user_id, ())
        return tuple(kind for kinds in self._kinds.values() for kind in kinds)


def _litres(rows: Sequence[Row]) -> float | None:
    known = [(row["fuel_l"], row["clean"]) for row in rows if row["fuel_l"] is not None and row["clean"]]
    laps = sum(count for _, count in known)
    return sum(litres * count for litres, count in known) / laps if laps else None


def _fall_offs(story: Story, car_idx: int, field: Sequence[Lap]) -> dict[int, list[float]]:
    """Of the class, by compound."""
    own = None if story.info is None else story.info.entry(car_idx)
    mates = []
    for car in story.cars.values():
        entry = None if story.info is None else story.info.entry(car.car_idx)
        if (
            own is not None
            and entry is not None
            and car.car_idx != car_idx
            and entry.class_id == own.class_id
        ):
            mates.append(car)
    found: dict[int, list[float]] = {}
    for car in sorted(mates, key=lambda one: -len(one.laps))[:_MOST_MATES]:
        for told in compound_paces(pace_laps(field, car.car_idx, tuple(car.tyre_stints))):
            if told.fall_off_s is not None:
                found.setdefault(told.compound, []).append(told.fall_off_s.value)
    return found


def _table(book: QueryBook, sessions: Sequence[tuple[str, Session]]) -> Table:
    query = book.note("scores", _HOW)
    told = [(name, scores(session)) for name, session in sessions]
    columns = (
        text("Score", query=query),
        *(number(name, query=query) for name, _ in told),
        text("Behind the figure of the car"),
    )
    rows: list[tuple[Value, ...]] = []
    for at, score in enumerate(told[0][1]):
        rows.append((score.kind.value, *(found[at].value for _, found in told), score.why))
    whole: tuple[Value, ...] = (
        "over all",
        *(overall(found) for _, found in told),
        _overall_words(told[0][1]),
    )
    return Table(columns, tuple(rows), "Scores", why_dashes(told), total=whole)


def why_dashes(told: Sequence[tuple[str, tuple[Score, ...]]]) -> str:
    """For each driver, what the last column does not say, since the car has a figure or another reason."""
    (_, car), *drivers = told
    sentences = []
    if drivers and car[0].value is not None:
        sentences.append("Targets are set for the car alone.")
    for name, found in drivers:
        whys = dict[str, list[str]]()
        for one, whole in zip(found[1:], car[1:], strict=True):
            if one.value is None and (whole.value is not None or whole.why != one.why):
                whys.setdefault(one.why, []).append(one.kind.value)
        parts = [f"no {' and '.join(kinds)}, {why}" for why, kinds in whys.items()]
        if overall(found) is None and overall(car) is not None:
            parts.append("over all, too few are known")
        if parts:
            sentences.append(f"{name}: {'; '.join(parts)}.")
    return " ".join(sentences)


def _overall_words(found: Sequence[Score]) -> str:
    known = sum(one.value is not None for one in found)
    return f"the mean of {known} of {len(found)}" if 2 * known >= len(found) else "too few are known"
