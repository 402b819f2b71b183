"""The plan against the race: stops, shares, and where the time went."""

from pitbox.model.errors import PitBoxError
from pitbox.model.ledger import Ledger
from pitbox.planning.after.noun import Account, Equality, PlanReview
from pitbox.planning.after.review import review
from pitbox.planning.after.versions import RaceTime, versions_of
from pitbox.planning.brief import relays
from pitbox.planning.live.binding import bind
from pitbox.report.document import Block, Facts, Missing, Paragraph, Section
from pitbox.report.document import Fact as Shown
from pitbox.report.figure import Bar, BarRow, Figure, StintBars
from pitbox.report.gather import QueryBook, Race
from pitbox.report.table import Cell, Table, Value, delta, number, race_time, text
from pitbox.report.words import number_words
from pitbox.strategy.pit_rule import PitRules
from pitbox.strategy.story import Story

_SMALL_S, _LEAST_COSTS = 5.0, 6
"""What costs less is told in one line, but for the largest."""
_HOW = (
    "The plan at the green flag against the race over the same distance (docs: plan review), 90 % intervals."
)


def plan_review(
    ledger: Ledger | None, race: Race, story: Story, rules: PitRules | None
) -> tuple[PlanReview | None, str]:
    """Of our car; else why there is none, in a sentence."""
    if ledger is None or story.info is None or not race.is_race:
        return None, "No plan: none was made for this race."
    green_utc_s = None if race.zero_utc_s is None else race.zero_utc_s + race.green_s
    bound = bind(relays(ledger), race.session, story.info, story, green_utc_s)
    if bound is None or bound.car_idx != race.car_idx:
        return None, "No plan: no team of ours with a plan is known to have driven this car."
    span = RaceTime(race.session_num, race.run, race.green_s, race.end_s - race.green_s, green_utc_s)
    versions = versions_of(ledger, bound.team, span)
    if versions is None:
        return None, f"No plan: {bound.team.name} had none of stints for this race."
    try:
        return review(versions, story, race.car_idx, race.end_s, rules), ""
    except PitBoxError as error:
        return None, f"No review of the plan: {error}"


def plan_section(book: QueryBook, review: PlanReview | None, why: str = "") -> Section:
    """`why`: in a sentence, where there is no review."""
    key, title = "plan", "Plan and race"
    if review is None:
        return Section(key, title, (Missing(why or "No plan: none was made for this race."),))
    query = book.note("plan-review", _HOW)
    total = number_words(review.account.total_s, is_signed=True)
    blocks: list[Block] = [
        Facts(
            (
                Shown("Against the plan", f"{total} s", query=query, is_big=True),
                Shown("Driven by whom the plan had", f"{review.adherence.by_row:.0%}", query=query),
                Shown("Evenness", f"{review.equality.figure:.2f}", "1 is equal shares", query),
            )
        ),
        *_bars(review, query),
        _costs(review.account, query),
        *_stints(review, query),
        _shares(review.equality, query),
    ]  # fmt: skip
    blocks += [Paragraph(note, (query,)) for note in (*review.adherence.skipped, *review.notes)]
    return Section(key, title, tuple(blocks), f"{review.team}, plan `{review.variant}`.", is_new_page=True)


def _bars(review: PlanReview, query: str) -> list[Block]:
    """Driven stints over the rows of the plan that they were."""
    stints = review.adherence.stints
    hues = {seat: at for at, seat in enumerate(dict.fromkeys(one.seat for one in stints))}
    driven = tuple(
        Bar(one.start_s, max(one.start_s, one.end_s), review.names.get(one.seat, ""), hues[one.seat])
        for one in stints
    )
    planned = []
    for one in stints:
        green = one.at_green
        if green is None or green.end_s is None:
            continue
        start_s, end_s = one.start_s - green.start_s, one.end_s - green.end_s
        hue = hues.setdefault(green.seat, len(hues))
        name = review.names.get(green.seat, "")
        planned.append(Bar(start_s, max(start_s, end_s), name, hue, is_planned=True))
    if not driven or not planned:
        return []
    rows = (BarRow("driven", driven, is_ours=True), BarRow("planned", tuple(planned)))
    words = "Stints as they were driven, above those of the plan at the green flag."
    return [Figure("The plan and what became of it", StintBars(rows), words, query)]


def _stints(review: PlanReview, query: str) -> list[Block]:
    columns = (
        number("Stint", query=query), text("Drove"), number("Row", hint="Of the plan; a dash where in none"),
        text("Planned"), delta("Began", "s", 0, hint="Above zero: later than planned"),
        delta("Ended", "s", 0),
        number("Laps"), delta("Fuel", "l", 1, hint="More than planned, at the stop that it began with"),
    )  # fmt: skip
    rows: list[tuple[Value, ...]] = []
    for one in review.adherence.stints:
        green, name = one.at_green, review.names.get(one.seat, "")
        if green is None:
            rows.append((one.stint, name, one.row or None, "", None, None, one.laps, None))
            continue
        rows.append(
            (one.stint, name, one.row or None, review.names.get(green.seat, ""), green.start_s, green.end_s,
             one.laps, green.fuel_l)
        )  # fmt: skip
    return [Table(columns, tuple(rows), "Stint by stint")] if rows else []


def _costs(account: Account, query: str) -> Table:
    by_size = sorted(account.costs, key=lambda one: -abs(one.cost_s))
    told = {id(one) for at, one in enumerate(by_size) if abs(one.cost_s) >= _SMALL_S or at < _LEAST_COSTS}
    shown = [one for one in account.costs if id(one) in told]
    small_s = sum(one.cost_s for one in account.costs if id(one) not in told)
    rows = [
        (
            Cell(one.cost_s, spread=(one.high_s - one.low_s) / 2.0),
            str(one.stint or ""),
            str(one.kind),
            one.words,
        )
        for one in shown
    ]
    rows += [
        (Cell(small_s), "", "small ones", f"each below {_SMALL_S:.0f} s"),
        (Cell(account.remainder_s), "", "remainder", "laps that nobody saw"),
    ]
    columns = (delta("Cost", "s", 1, query=query), text("Stint"), text("Why"), text("What"))
    return Table(columns, tuple(rows), "What it cost", total=(account.total_s, "", "total", ""))


def _shares(found: Equality, query: str) -> Table:
    columns = (
        text("Driver", query=query), race_time("Drove"), number("Share", "%"), race_time("Planned"),
        number("Laps"), number("Stints"),
        text("Rules"),
    )  # fmt: skip
    rows = tuple(
        (one.name, one.driven_s, 100.0 * one.share, one.planned_s, one.laps, one.stints,
         "kept" if one.is_within else "broken")
        for one in found.drivers
    )  # fmt: skip
    return Table(columns, rows, "Drive time")
