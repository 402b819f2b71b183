"""What people say reaches whoever reads a feed, whether the edit or the fact came first."""

from pathlib import Path

import pytest

from pitbox.identity.device import Identity
from pitbox.log.shelf import Shelf
from pitbox.model.correction import correct, retire
from pitbox.model.fact import DriverStint, Fact, Lap, LapKind, Stint
from pitbox.model.ids import SessionId
from pitbox.model.session import Entry, EventRules, OwnCar, SessionInfo, SessionPart, Track
from pitbox.model.standing import CarStanding, Standings
from pitbox.strategy.allowance import Limits, allowance, shares
from pitbox.strategy.forecast import moment_of
from pitbox.strategy.story import Story
from pitbox.wall.amender import amend_story
from pitbox.wall.feed import Link, Spring
from pitbox.wall.health import HealthRegistry
from pitbox.wall.hub import Hub
from pitbox.wall.outlook import Batch, Outlook
from pitbox.wall.secretary import Secretary
from pitbox.wall.settings import General, Settings

ADA, BO, CAR = 11, 12, 3
SESSION = SessionId("local-amended")
INFO = SessionInfo(
    "iracing",
    0,
    Track(1, "Ring", "", 5000.0, 20.0),
    (SessionPart(0, "Race", 3600.0),),
    (),
    (Entry(CAR, "7", 1, "Team", ADA, "Ada", 1, "Car"), Entry(4, "8", 2, "Others", BO, "Bo", 1, "Car")),
    OwnCar(CAR, 100.0, 0.75),
    rules=EventRules(fair_share=0.25, least_drivers=2),
)
STINT = Stint(0, 0, CAR, 2, ADA, 0, 1000.0, 11)


class HandClock:
    now_s = 100.0

    def monotonic_s(self) -> float:
        return self.now_s

    def wall_s(self) -> float:
        return 1.8e9


class Race:
    """A feed whose edits a secretary keeps; its reader tells a story."""

    spring, link, has_ended, moments = Spring.RECORDING, Link(), False, None

    def __init__(self, folder: Path) -> None:
        self.hub = Hub()
        self.health = HealthRegistry(lambda: 0.0)
        shelf, identity = Shelf(folder / "log"), Identity.load_or_create(folder / "identity")
        self.office = Secretary(
            shelf,
            identity,
            Settings(general=General(name="Kai")),
            self.hub,
            self.health.tell,
            session=lambda: SESSION,
        )
        self.office.step()
        self.outlook, self.story = Outlook(self, HandClock()), Story()
        self.seen: list[Batch] = []

    def pull(self) -> Batch:
        self.office.step()
        batch = self.outlook.pull()
        batch.tell(self.story)
        self.seen.append(batch)
        return batch

    def drive(self, *facts: Fact) -> None:
        self.hub.publish_facts(facts)


@pytest.fixture
def race(tmp_path: Path):
    made = Race(tmp_path)
    made.hub.info.put(INFO)
    made.hub.standings.put(standings())
    yield made
    made.office.close()


def standings() -> Standings:
    car = CarStanding(
        CAR, 1, 1, 15, 0.5, 3, 0.0, 0.0, None, 0, 100.0, 99.0, 5, 1, 0, ADA, False, 1550.0, "track"
    )
    return Standings(0, 0, 1550.0, 4, "green", 2000.0, None, (car,), "racing")


def driven(upto: int = 15) -> list[Fact]:
    laps = [
        Lap(
            0,
            0,
            CAR,
            number,
            ADA,
            (number - 1) * 100.0,
            number * 100.0,
            LapKind(),
            1 + (number > 10),
            1,
            1,
            0,
        )
        for number in range(1, upto + 1)
    ]
    first = Stint(0, 0, CAR, 1, ADA, 0, 0.0, 1, 10, 980.0, "stop")
    return [first, STINT, DriverStint(0, 0, CAR, 1, ADA, 0.0, 1), *laps]


def laps_of(story: Story, user_id: int) -> int:
    return sum(lap.user_id == user_id for lap in story.cars[CAR].laps)


def test_a_stints_driver_is_the_driver_of_its_laps_shares_and_table(race: Race) -> None:
    race.drive(*driven())
    race.pull()
    assert laps_of(race.story, BO) == 0
    race.office.book.write([correct(STINT, "user_id", BO)])
    batch = race.pull()
    assert laps_of(race.story, BO) == 5
    assert batch.standings is not None, "the picture is another one though no new one came"
    assert batch.standings.cars[0].user_id == BO
    moment = moment_of(race.story, batch.standings)
    own = moment.car(CAR)
    assert own is not None
    share = {one.user_id: (one.laps, one.needed) for one in shares(moment, own, 40, Limits())}
    assert share == {BO: (5, 5), ADA: (10, 5)}
    assert allowance(moment, own, 40, Limits(drive_s=2000.0)).drive_s == pytest.approx(2000.0 - 500.0)


def test_an_edit_that_came_before_its_facts_counts_when_they_come(race: Race) -> None:
    race.office.book.write([correct(STINT, "user_id", BO)])
    race.pull()
    race.drive(*driven(12))
    race.pull()
    race.drive(*driven(14)[-2:])
    race.pull()
    assert laps_of(race.story, BO) == 4


def test_what_is_taken_back_is_as_it_was_folded(race: Race) -> None:
    race.drive(*driven())
    race.pull()
    (*_, edit) = race.office.book.write([correct(STINT, "user_id", BO)])
    race.pull()
    book = race.office.book
    book.write([book.ask(lambda ledger: ledger.undo(edit))])
    batch = race.pull()
    assert batch.amendments == {}
    assert laps_of(race.story, ADA) == 15
    assert list(race.story.cars[CAR].driver_stints) == [DriverStint(0, 0, CAR, 1, ADA, 0.0, 1)]


def test_nothing_is_told_twice_where_nobody_edits(race: Race) -> None:
    race.drive(*driven())
    race.office.book.write([retire(0, 0, CAR)])
    race.pull()
    second = race.pull()
    assert (second.facts, second.retold, second.amendments, second.standings) == ((), (), None, None)


def test_another_run_begins_without_what_was_said_of_the_one_before(race: Race) -> None:
    race.drive(*driven())
    race.office.book.write([retire(0, 0, CAR)])
    race.pull()
    race.drive(Lap(0, 1, CAR, 1, ADA, 2000.0, 2100.0, LapKind(), 1, 1, 1, 0))
    batch = race.pull()
    assert batch.amendments == {}
    assert len(race.story.cars[CAR].laps) == 1


def test_a_story_from_a_recording_is_set_right_the_same_way(race: Race) -> None:
    race.drive(*driven())
    race.office.book.write([correct(STINT, "user_id", BO), retire(0, 0, 4)])
    race.pull()
    plain = Story()
    plain.hear(INFO)
    plain.take_all(driven())
    found = race.office.book.ask(lambda ledger: amend_story(plain, ledger))
    assert set(found) == {CAR}
    assert list(plain.cars[CAR].laps) == list(race.story.cars[CAR].laps)
    assert list(plain.cars[CAR].driver_stints) == list(race.story.cars[CAR].driver_stints)


def test_a_moment_that_is_looked_at_twice_is_set_right_once(race: Race) -> None:
    """The story of a moment is set right from what was folded, not from what was set right before."""
    told = driven()
    race.office.book.write([correct(STINT, "user_id", BO)])
    story = Story()
    story.hear(INFO)
    story.take_all(told)
    first = race.office.book.ask(lambda ledger: amend_story(story, ledger, told))
    second = race.office.book.ask(lambda ledger: amend_story(story, ledger, told))
    assert first == second
    assert first[CAR].driver == (ADA, BO)
    assert laps_of(story, BO) == 5
