"""The running plan on the pit wall: found, laid over the race, wishes solved beside, replies written down."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import live_world as world
import msgspec
import pytest
import scenes
from hasty import Hasty

from pitbox.crew.clock import SystemClock
from pitbox.crew.health import Level
from pitbox.identity.device import Identity
from pitbox.log.shelf import Shelf
from pitbox.model import event, member, participation, stint_plan, team, variant
from pitbox.model.correction import fact_key
from pitbox.model.ids import TEAM_PLANS, SessionId
from pitbox.model.offer_reply import Reply, offer_replies
from pitbox.model.participation import Part, Participation, Step
from pitbox.model.stint_plan import PlannedStint
from pitbox.planning.live.errors import StaleOfferError
from pitbox.planning.live.wish import Extend, Missing, PitNow
from pitbox.strategy.story import Story
from pitbox.wall.edit_book import EditBook
from pitbox.wall.feed import StillFeed
from pitbox.wall.health import HealthRegistry
from pitbox.wall.hub import Hub
from pitbox.wall.plan_desk import View
from pitbox.wall.plan_follower import PlanFollower
from pitbox.wall.planner import Planner

DEADLINE_S = 60.0
SESSION = SessionId("sub-42")
HOUR_S = 3600.0


class Room(StillFeed):
    """A feed with somebody who keeps the plans."""

    def __init__(self, planner: Planner) -> None:
        super().__init__(HealthRegistry(time.time))
        self.hub = Hub()
        self.hub.enter(SESSION)
        self.office = type("Staff", (), {"planner": planner, "book": planner.book, "messenger": None})()


def drafts():
    said = [
        *event.add_event("e", "Six hours", length_s=6 * HOUR_S),
        *team.add_team("t", "e", "Reds", number="7"),
    ]
    for key, name in zip(world.KEYS, world.NAMES, strict=True):
        said += member.add_member(key, name, user_id=world.user(key))
        signed = Participation(participation.participation_key("e", key), "e", key, Step.SIGNED_UP)
        said += [
            *participation.sign_up("e", key, Step.SIGNED_UP),
            *participation.set_parts(signed, [Part.DRIVER]),
        ]
        said += participation.join_team(signed, "t")
    said += variant.add_variant("v", "t", "One", pit_s=world.PIT_S, lap_s=world.LAP_S, target_stint_s=2700.0)
    legs = world.plan("abcdabcd").legs
    rows = [PlannedStint(leg.key, "", leg.driver, variant="v", length_s=leg.span.length_s) for leg in legs]
    return [*said, *stint_plan.rewrite((), rows, 5)]


@pytest.fixture
def planner(tmp_path: Path) -> Iterator[Planner]:
    book = EditBook(Shelf(tmp_path / "logs"), Identity.load_or_create(tmp_path / "identity"), SystemClock())
    book.enter(TEAM_PLANS)
    made = Planner(book)
    made.write(drafts())
    yield made
    made.close()


@pytest.fixture
def follower() -> Iterator[PlanFollower]:
    made = PlanFollower(SystemClock())
    made.start()
    yield made
    assert made.stop()


def test_a_follower_with_nothing_to_follow_ends_at_once():
    made = PlanFollower(SystemClock())
    made._due = Hasty()
    made.start()
    began_s = time.monotonic()
    assert made.stop()
    assert time.monotonic() - began_s < 5.0, "it slept through its end"


def story_at(now_s, order="ab", number="7"):
    story, entry = Story(), scenes.info().entries[6]
    entry = msgspec.structs.replace(
        entry, car_idx=world.CAR, number=number, user_id=world.user("bo"), driver="Bo"
    )
    own = msgspec.structs.replace(scenes.info().own, car_idx=world.CAR)
    story.hear(msgspec.structs.replace(scenes.info(), entries=(entry,), own=own))
    each_s = world.plan("abcdabcd").legs[0].end_s
    story.take_all(world.facts(world.drove(order, each_s), now_s))
    left_s = 6 * HOUR_S - now_s
    return story, scenes.standings(world.GREEN_S + now_s, time_left_s=left_s, cars=())


def until(condition):
    deadline_s = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline_s, "it never came true"
        threading.Event().wait(0.01)


def final(follower):
    found = follower.now.take()[1]
    return found is not None and any(offer.is_final for offer in found.offers)


def test_the_plan_of_the_team_that_races_is_found_and_followed(planner, follower):
    found = follower.look(Room(planner), *story_at(4000.0))
    assert found is not None
    assert follower.now.take()[1] == found
    assert "car 7" in follower.binding_words()
    assert [one.leg for one in found.driven] == ["s1", "s2"]
    assert (found.team, found.variant, found.event) == ("t", "v", "e")
    assert found.next_leg == "s3"


def test_a_race_of_others_has_no_plan_until_somebody_says_so(planner, follower):
    room = Room(planner)
    strangers = [
        msgspec.structs.replace(one, user_id=5)
        for one in world.facts(world.drove("ab", 2700.0), 50.0)
        if hasattr(one, "user_id")
    ]
    story, standings = story_at(50.0, number="8")
    entry = msgspec.structs.replace(story.info.entries[0], user_id=5, driver="Somebody")
    story = Story()
    story.hear(
        msgspec.structs.replace(
            scenes.info(), entries=(entry,), own=msgspec.structs.replace(scenes.info().own, car_idx=world.CAR)
        )
    )
    story.take_all([world.facts([], 50.0)[0], *strangers])
    assert follower.look(room, story, standings) is None
    assert follower.binding_words() == ""
    follower.is_ours("t")
    assert follower.look(room, story, standings) is not None
    assert "as was said" in follower.binding_words()


def test_a_wish_is_offered_accepted_and_written_down(planner, follower):
    room, race = Room(planner), story_at(4000.0)
    follower.look(room, *race)
    follower.wish(Missing("cleo"))
    until(lambda: final(follower))
    (offer,) = follower.now.take()[1].offers
    assert offer.reason == "Cleo is missing"
    assert "cleo" not in {leg.driver for leg in offer.legs}
    assert offer.after == ()
    follower.accept(offer.key)
    follower._next_s = 0.0
    found = follower.look(room, *race)
    assert found.offers == ()
    assert [leg.driver for leg in found.legs] == [leg.driver for leg in offer.legs]
    (said,) = planner.ask(offer_replies)
    assert (said.reply, said.wish, said.seat, said.variant) == (Reply.ACCEPTED, "missing", "cleo", "v")
    assert said.changes
    assert not next(seat for seat in found.relay.seats if seat.key == "cleo").can_drive, "and stays so"
    planner.undo()
    back = follower.look(room, *race)
    assert "cleo" in {leg.driver for leg in back.legs}, "one deed, undone in one step"


def test_an_offer_on_a_plan_that_was_edited_is_refused_and_made_anew(planner, follower):
    room, race = Room(planner), story_at(4000.0)
    follower.look(room, *race)
    follower.wish(PitNow())
    until(lambda: final(follower))
    (offer,) = follower.now.take()[1].offers
    planner.write([stint_plan.fill("s8", "driver", "ada")])
    with pytest.raises(StaleOfferError, match="edited since"):
        follower.accept(offer.key)
    assert planner.ask(offer_replies) == ()
    follower.look(room, *race)
    until(lambda: final(follower) and follower.now.take()[1].offers[0].key != offer.key)
    (anew,) = follower.now.take()[1].offers
    follower.refuse(anew.key)
    assert follower.now.take()[1].offers == ()
    (said,) = planner.ask(offer_replies)
    assert (said.reply, said.reason) == (Reply.REFUSED, "Pit now")


def test_what_cannot_be_is_said_and_cards_wait_for_who_may_go_missing(planner, follower):
    follower.look(Room(planner), *story_at(4000.0))
    follower.wish(Extend(400))
    until(lambda: follower.said.take()[1] is not None)
    assert "tank" in follower.said.take()[1]
    until(lambda: follower.cards.take()[1] is not None)
    assert {card.reason for card in follower.cards.take()[1]} == {
        f"{name} is missing" for name in world.NAMES
    }


def test_a_fault_is_told_and_ends_nothing(planner, monkeypatch):
    told = []
    follower = PlanFollower(SystemClock(), told.append)
    from pitbox.wall import plan_desk

    room, race = Room(planner), story_at(4000.0)
    with monkeypatch.context() as patch:
        patch.setattr(plan_desk, "follow", lambda *_, **__: 1 / 0)
        assert follower.look(room, *race) is None
    assert [health.level for health in told] == [Level.DEGRADED]
    follower._next_s = 0.0
    assert follower.look(room, *race) is not None
    assert [health.level for health in told] == [Level.DEGRADED, Level.OK]


def test_who_drove_is_asked_for_where_nobody_says_it_and_an_answer_is_a_correction(planner, follower):
    story, standings = story_at(4000.0)
    car = story.cars[world.CAR]
    nameless = [msgspec.structs.replace(stint, user_id=0) for stint in car.stints]
    story.take_all(nameless)
    room = Room(planner)
    found = follower.look(room, story, standings)
    assert [bool(one.odds) for one in found.driven] == [True, True]
    assert sum(chance for _, chance in found.driven[1].odds) > 0.9
    unlikely = found.driven[1].odds[-1][0]
    draft = follower.drove(found.driven[1].stint, unlikely)
    said = corrected_by(draft, nameless[1])
    story.take_all([said])
    again = follower._desk.follow(View("race", story, standings), planner)
    assert again.driven[1].seat == unlikely
    assert again.driven[1].odds == ()


def corrected_by(draft, stint):
    assert (draft.entity.key, draft.field) == (fact_key(stint), "user_id")
    return msgspec.structs.replace(stint, user_id=draft.value)
