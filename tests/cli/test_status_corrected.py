"""`pitbox status` stands on what people set right, and says so."""

import json

from pitbox.crew.clock import SystemClock
from pitbox.identity.device import Identity
from pitbox.log.merge import merged
from pitbox.model.correction import correct
from pitbox.model.fact import Stint
from pitbox.strategy.listen import listen
from pitbox.wall.edit_book import EditBook

SOMEBODY = 4242


def test_a_corrected_driver_is_whom_status_counts_laps_for(pitbox, session, shelf, home) -> None:
    story = listen((item.record, item.log) for item in merged(shelf.readers(session))).story
    assert story.info is not None
    stint = story.cars[story.info.own.car_idx].stints.last
    assert isinstance(stint, Stint)
    before = json.loads(pitbox("status", session, "--json").out)
    assert SOMEBODY not in {one["user_id"] for one in before["drivers"]}
    identity = Identity.load_or_create(home / "default" / "config" / "identity")
    book = EditBook(shelf, identity, SystemClock(), name="Kai")
    book.enter(session)
    book.write([correct(stint, "user_id", SOMEBODY)])
    book.close()
    after = json.loads(pitbox("status", session, "--json").out)
    drove = {one["user_id"]: one["laps"] for one in before["drivers"]}
    drives = {one["user_id"]: one["laps"] for one in after["drivers"]}
    assert drives[SOMEBODY] == drove[stint.user_id]
    assert stint.user_id not in drives
    said = pitbox("status", session).out
    assert f"Corrected  Driver of stint {stint.stint}: driver {SOMEBODY}, not" in said
    assert "(Kai" in said
