"""The decision audit as a section."""

from pitbox.report.audit import AS_ADVISED, Advised, Audit, Decision, Known, Price
from pitbox.report.document import Block, Callout, Missing, Section
from pitbox.report.gather import QueryBook
from pitbox.report.table import Cell, Table, Value, delta, number, race_time, text

_KEY, _TITLE = "audit", "Decision audit"
_KNOWN = (
    "Strategy on the race as the fold of its log had said it by that moment, from the table said_facts "
    "(docs: report contents, known then)."
)
_KNOWN_LATER = (
    "Strategy on the race as the tables laps, stops, stints and flag_phases tell it up to that moment: a lap "
    "from its end on, a stop in parts as it happened (docs: report contents, known then)."
)
_PRICE = (
    "Simulated races from the state of then: places of the class by which what was done lies behind what was "
    "recommended, in the same races, later stops as they were meant; the interval holds 90 % of what chance "
    "does to that mean. Where the recommended call meant no stops, the strategist's best choice of then is "
    "the measure."
)
_HINDSIGHT = "In- and out-lap against driving on, and our place in class two laps after the stop."


def missing_audit(why: str) -> Section:
    return Section(_KEY, _TITLE, (Missing(why),))


def audit_section(book: QueryBook, audit: Audit) -> Section:
    if not audit.decisions:
        return missing_audit("No decision to look at: our car made no stop and no call was recorded.")
    blocks: list[Block] = [*_words(audit, is_sheet=book.race.is_sheet), _table(book, audit)]
    return Section(
        _KEY,
        _TITLE,
        tuple(blocks),
        "What was known at each stop and call, from what was over by then; hindsight stands apart.",
        is_new_page=True,
    )


def _words(audit: Audit, *, is_sheet: bool) -> list[Block]:
    blocks: list[Block] = []
    if not any(one.advised is not None and one.advised.is_recorded for one in audit.decisions):
        words = "What was recommended was worked out afresh, from the state of then alone."
        blocks.append(Callout("No call was recorded in this race.", words))
    if not audit.is_exact and not is_sheet:
        words = (
            "What was known then is told from facts as they stood at the end, each from its time on: this "
            "session was stored before PitBox kept when it learnt them. `pitbox store project` mends that "
            "where the logs are here."
        )
        blocks.append(Missing(words))
    if audit.cards_left_out:
        are = "1 later call is" if audit.cards_left_out == 1 else f"{audit.cards_left_out} later calls are"
        blocks.append(Missing(f"{are} not told one by one."))
    if audit.left_out:
        were = "1 stop was" if audit.left_out == 1 else f"{audit.left_out} stops were"
        blocks.append(Missing(f"{were} not simulated: so many would take too long."))
    return blocks


def _table(book: QueryBook, audit: Audit) -> Table:
    known = book.note("known-then", _KNOWN if audit.is_exact else _KNOWN_LATER)
    price = book.note("decision-price", _PRICE)
    hindsight = book.note("hindsight", _HINDSIGHT)
    columns = (
        race_time("At", query="stops"), number("Lap"), text("Decision"), text("Known then", query=known),
        text("Recommended", query=known), text("Done", query="stops"),
        delta("Cost by the model", "places", 2, query=price,
        hint="Above zero: worse than what was recommended"),
        number("Hindsight: lost", "s", 1, query=hindsight), number("Hindsight: place", query=hindsight),
    )  # fmt: skip
    green_s = book.race.green_s
    return Table(columns, tuple(_row(one, green_s) for one in audit.decisions))


def _row(one: Decision, green_s: float) -> tuple[Value, ...]:
    price = None if one.price is None else _price(one.price)
    return (
        one.at_s - green_s, one.lap, one.what, known_words(one.known), advised_words(one.advised),
        one.done, price,
        one.hindsight.loss_s, one.hindsight.class_position,
    )  # fmt: skip


def _price(price: Price) -> Cell:
    if price.places is None:
        return Cell(None, note=_not_raced(price.why) if price.why else "")
    if price.why == AS_ADVISED:
        return Cell(price.places, note=AS_ADVISED)
    return Cell(price.places, spread=price.half)


def _not_raced(why: str) -> str:
    """By the first thing that forbids it: each later stop of a long race may add one more."""
    first, *more = why.split("; ")
    return f"not to be raced: {first}" + (f", and {len(more)} more" if more else "")


def known_words(known: Known) -> str:
    found = ["1 lap" if known.laps == 1 else f"{known.laps} laps"]
    if known.class_position is not None:
        found.append(f"P{known.class_position} in class")
    if known.flag:
        found.append(known.flag)
    if known.fuel is not None:
        found.append(f"{known.fuel:.1f} l on board")
    if known.window is not None:
        found.append(_window(*known.window))
    if known.stop_s is not None:
        middle_s, low_s, high_s = known.stop_s
        found.append(f"a stop costs {middle_s:.0f} s ({low_s:.0f} to {high_s:.0f})")
    if known.rejoin is not None:
        found.append(f"back as P{known.rejoin[0]}, give or take one: {known.rejoin[1]:.0%}")
    return ", ".join(found) + "."


def _window(earliest: int, latest: int) -> str:
    if earliest > latest:  # less than a lap of fuel, by our own gauge
        return f"window over since lap {latest}"
    return f"window lap {latest}" if earliest == latest else f"window laps {earliest} to {latest}"


def advised_words(advised: Advised | None) -> str:
    if advised is None:
        return "nothing could be said"
    chance = "" if advised.chance is None else f" ({advised.chance:.0%})"
    return f"{advised.words}{chance}" + ("" if advised.is_recorded else " [asked afresh]")
