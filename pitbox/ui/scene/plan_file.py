"""The plan that is shown as a file to leave with. Loads no Qt."""

import time

from pitbox.model.errors import EditError
from pitbox.model.event import event
from pitbox.model.ledger import Ledger
from pitbox.model.member import members
from pitbox.planning.exchange.calendar import write_calendar
from pitbox.planning.exchange.csv_file import write_csv
from pitbox.planning.exchange.json_file import write_json
from pitbox.planning.exchange.page import write_page
from pitbox.planning.exchange.sheet import sheet_of
from pitbox.ui.scene.plan import PlanScene

_WRITERS = {"csv": write_csv, "json": write_json, "ics": write_calendar, "html": write_page}
SUFFIXES = {kind: f".{kind}" for kind in _WRITERS}


def written(ledger: Ledger, scene: PlanScene, kind: str) -> bytes:
    """As CSV, JSON, calendar or page. Raises EditError, or NoStartError for a calendar."""
    of = event(ledger, scene.team.event)
    if of is None:
        raise EditError("The event is not there any more.")
    sheet = sheet_of(
        of,
        scene.team,
        variant=next((one for one in scene.variants if one.key == scene.variant), None),
        relay=scene.relay,
        rows=scene.rows,
        legs=scene.legs,
        members=members(ledger),
        base=scene.count,
        made_utc_s=time.time(),
        green_utc_s=scene.green_utc_s,
    )
    return _WRITERS[kind](sheet)
