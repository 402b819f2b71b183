"""The plan against the race: stops, shares, and where the time went."""

from pitbox.model.errors import EditError, PitBoxError
from pitbox.model.ledger import Ledger
from pitbox.model.relay import Relay
from pitbox.model.team import Team, teams
from pitbox.model.variant import active_variant
from pitbox.planning.after.noun import Account, Equality, PlanReview
from pitbox.planning.after.review import review
from pitbox.planning.after.versions import RaceTime, versions_of
from pitbox.planning.brief import relay_of
from pitbox.planning.live.binding import bind
from pitbox.report.document import Block, Facts, Missing, Paragraph, Section
from pitbox.report.document import Fact as Shown
from pitbox.report.gather import QueryBook, Race
from pitbox.report.table import Cell, Table, delta, number, race_time, text
from pitbox.report.words import number_words
from pitbox.strategy.pit_rule import PitRules
from pitbox.strategy.story import Story

_SMALL_S = 5.0
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
    bound = bind(_teams(ledger), race.session, story.info, story, green_utc_s)
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


def _teams(ledger: Ledger) -> list[tuple[Team, Relay]]:
    found = []
    for one in teams(ledger):
        try:
            found.append((one, relay_of(ledger, one, active_variant(ledger, one.key))))
        except EditError:
            continue
    return found


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
        _costs(review.account, query),
        _shares(review.equality, query),
    ]  # fmt: skip
    blocks += [Paragraph(note) for note in review.notes]
    return Section(key, title, tuple(blocks), f"{review.team}, plan `{review.variant}`.", is_new_page=True)


def _costs(account: Account, query: str) -> Table:
    shown = [one for one in account.costs if abs(one.cost_s) >= _SMALL_S]
    small_s = sum(one.cost_s for one in account.costs if abs(one.cost_s) < _SMALL_S)
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
