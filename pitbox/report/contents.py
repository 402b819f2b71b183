"""All that stands in a report of one session, put together from the store and from what people wrote."""

import msgspec

from pitbox import __version__
from pitbox.analysis.outline import Outline
from pitbox.log.reader import LogReader
from pitbox.model.ids import SessionId
from pitbox.model.ledger import Ledger
from pitbox.report.audit import MOST_ASKED, Auditor
from pitbox.report.audit_table import audit_section, missing_audit
from pitbox.report.cards import cards
from pitbox.report.corners import corner_section
from pitbox.report.document import Callout, Document, Section
from pitbox.report.errors import NothingToReportError
from pitbox.report.fuel_tyres import fuel_tyre_section
from pitbox.report.gather import QueryBook, Race, race_of
from pitbox.report.incidents import incident_section
from pitbox.report.pit_ledger import pit_section
from pitbox.report.plan import plan_review, plan_section
from pitbox.report.scores import score_section
from pitbox.report.setup_texts import setups_seen
from pitbox.report.setups import setup_section
from pitbox.report.stints import stint_section
from pitbox.report.story import Field, story_section, title_facts
from pitbox.report.told import Telling
from pitbox.report.weather import weather_section
from pitbox.store.recorded import Cursor
from pitbox.strategy.briefing import Case
from pitbox.strategy.decision.situation import Rules
from pitbox.strategy.story import Story


class Beside(msgspec.Struct, frozen=True):
    """What a report knows beside the store."""

    ledger: Ledger | None = None
    """What people wrote in this session: corrections, calls and replies."""
    plans: Ledger | None = None
    """What people wrote into the team's plans."""
    logs: tuple[LogReader, ...] = ()
    """Of this session, as far as they lie here: their texts tell setups."""
    outline: Outline | None = None
    case: Case = Case()
    rules: Rules = Rules()
    """Of the event."""


def report_of(cursor: Cursor, session: SessionId, beside: Beside | None = None, number: str = "") -> Document:
    """Of one session, seen from our car or from the one with this number. Raises NothingToReportError."""
    known, race = beside or Beside(), race_of(cursor, session, number)
    book = QueryBook(cursor, race)
    field = Field(book)
    telling = Telling(cursor, race, known.ledger)
    story = telling.whole()
    if race.car_idx not in story.cars:
        raise NothingToReportError("Our car drove no lap in this race.")
    reviewed, why = plan_review(known.plans, race, story, known.case.rules)
    sections = (
        story_section(book, field),
        stint_section(book, story),
        pit_section(book, story, known.case.rules),
        plan_section(book, reviewed, why),
        fuel_tyre_section(book, story),
        corner_section(book, known.outline),
        score_section(book, story, reviewed, known.case.target_l),
        incident_section(book, known.outline, is_sheet=race.is_sheet),
        weather_section(book),
        setup_section(book, setups_seen(known.logs, cursor, race)),
        _audit(book, race, known, story),
    )
    first = msgspec.structs.replace(
        sections[0], blocks=(*_corrections(telling.corrections), *sections[0].blocks)
    )
    return Document(
        title=race.title,
        subtitle=", ".join(one for one in (race.class_name, race.car_words) if one),
        facts=title_facts(field),
        sections=(first, *sections[1:]),
        queries=book.queries,
        made=f"Made by PitBox {__version__} of the session {session}",
    )


def _audit(book: QueryBook, race: Race, known: Beside, story: Story) -> Section:
    if not race.is_race:
        return missing_audit(f"No decisions: {race.part} is no race.")
    calls = cards(known.ledger, race)
    # What people corrected afterwards was not known then.
    auditor = Auditor(Telling(book.cursor, race), calls, known.case, known.rules, most_asked=MOST_ASKED)
    return audit_section(book, auditor.audit(story.cars[race.car_idx]))


def _corrections(said: tuple[str, ...]) -> tuple[Callout, ...]:
    if not said:
        return ()
    words = f"{'; '.join(said)}. Stops, tyres and hindsight count them; what a query gives is as measured."
    return (Callout("People set this right", words),)
