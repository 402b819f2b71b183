"""An engineer's machine without a window lays the plan over the race, and tells what it expects."""

import time
from pathlib import Path

import live_world as world
import msgspec
import scenes
from office_rig import HandClock

from pitbox.identity.device import Identity
from pitbox.log.shelf import Shelf
from pitbox.model import event, member, participation, stint_plan, team, variant
from pitbox.model.expected import expected
from pitbox.model.ids import TEAM_PLANS, SessionId
from pitbox.model.participation import Participation, Step
from pitbox.model.stint_plan import PlannedStint
from pitbox.planning.exchange.plan_rows import sheet_from
from pitbox.planning.handover import hand_over
from pitbox.wall.edit_book import EditBook
from pitbox.wall.feed import Spring, StillFeed
from pitbox.wall.health import HealthRegistry
from pitbox.wall.hub import Hub
from pitbox.wall.plan_watch import PlanWatch
from pitbox.wall.planner import Planner
from pitbox.wall.reminders import ReminderDesk

RACE_S = 6 * 3600.0


class Room(StillFeed):
    spring = Spring.PEERS

    def __init__(self, planner: Planner) -> None:
        super().__init__(HealthRegistry(time.time))
        self.hub = Hub()
        self.hub.enter(SessionId("sub-42"))
        self.office = type("Staff", (), {"planner": planner, "book": planner.book, "messenger": None})()


def drafts() -> list[object]:
    said = [
        *event.add_event("e", "Six hours", length_s=RACE_S),
        *team.add_team("t", "e", "Reds", number="7"),
        *variant.add_variant("v", "t", "One", pit_s=world.PIT_S, lap_s=world.LAP_S),
    ]
    for key, name in zip(world.KEYS, world.NAMES, strict=True):
        said += member.add_member(key, name, user_id=world.user(key))
        said += participation.sign_up("e", key, Step.SIGNED_UP)
        signed = Participation(participation.participation_key("e", key), "e", key, Step.SIGNED_UP)
        said += participation.join_team(signed, "t")
    legs = world.plan("abcdab").legs
    rows = [PlannedStint(leg.key, "", leg.driver, variant="v", length_s=leg.span.length_s) for leg in legs]
    return [*said, *stint_plan.rewrite((), rows, 5)]


def test_a_hub_without_a_window_is_followed_and_told(tmp_path: Path) -> None:
    clock = HandClock()
    book = EditBook(Shelf(tmp_path / "logs"), Identity.load_or_create(tmp_path / "identity"), clock)
    book.enter(TEAM_PLANS)
    planner = Planner(book)
    planner.write(drafts())
    room = Room(planner)
    watch = PlanWatch(room, clock)
    watch.look()
    assert watch.now() is None, "nothing is driven yet"
    entry = msgspec.structs.replace(
        scenes.info().entries[6], car_idx=world.CAR, number="7", user_id=world.user("bo"), driver="Bo"
    )
    own = msgspec.structs.replace(scenes.info().own, car_idx=world.CAR)
    room.hub.info.put(msgspec.structs.replace(scenes.info(), entries=(entry,), own=own))
    room.hub.publish_facts(world.facts(world.drove("ab", 3000.0), 4000.0))
    standings = scenes.standings(world.GREEN_S + 4000.0, time_left_s=RACE_S - 4000.0, cars=())
    room.hub.standings.put(standings)
    clock.now_s += 5.0
    watch.look()
    now = watch.now()
    assert now is not None
    assert (now.next_leg, now.race_s) == ("s3", 4000.0)
    desk = ReminderDesk(planner, "", tmp_path / "told.json", clock)
    desk.running = watch.now
    assert desk.look() == (), "no reminders are wished for here"
    said = planner.ask(lambda ledger: expected(ledger, "t"))
    assert said is not None
    assert [row.leg for row in said.expected.rows][:5] == ["s2", "s3", "s4", "s5", "s6"]
    sheet = planner.ask(
        lambda ledger: sheet_from(
            ledger, team.teams(ledger)[0], variant.variants(ledger, "t")[0], clock.wall_s()
        )
    )
    assert sheet.as_of.endswith(", now"), "a file tells what its times go by"
    starts = {leg.key: leg.start_s for leg in now.legs}
    assert all(
        abs((line.start_s or 0.0) - starts[line.key]) < 1.0 for line in sheet.lines if not line.is_done
    )
    card = hand_over(now, "s3", watch.view(), now_utc_s=clock.wall_s())
    assert card is not None
    assert card.item("When").is_known
    watch.start()
    assert watch.stop()
    planner.close()
