"""The example of a plan: whole, the same each time, up to the flag, and apart from plans of our own."""

import time
from pathlib import Path

import pytest

from pitbox.identity.device import Identity
from pitbox.model.event import events
from pitbox.model.ledger import Ledger
from pitbox.model.participation import Step, participations
from pitbox.model.stamp import Stamp
from pitbox.model.stint_plan import plan
from pitbox.model.team import teams
from pitbox.model.variant import active_variant, variants
from pitbox.planning.brief import people_of, relay_of
from pitbox.planning.rota import legs_of
from pitbox.sim.synthetic.scenario import scenario_of
from pitbox.wall.demo import DemoRace
from pitbox.wall.demo_plan import BY_TURNS, EVENT, TEAM, demo_plan, demo_planner
from pitbox.wall.profile import find_profile
from pitbox.wall.settings import Settings

START_S = 1_790_000_000.0


@pytest.mark.parametrize("name", ["endurance", "night-24", "laps", "duel"])
def test_a_demo_race_has_people_a_team_and_a_plan_up_to_the_flag(name: str) -> None:
    scenario, ledger = scenario_of(name), Ledger()
    drafts = demo_plan(scenario, START_S)
    assert drafts == demo_plan(scenario, START_S)
    for draft in drafts:
        ledger.write(draft, Stamp(0, Identity.__name__, 1))  # type: ignore[arg-type]
    (one,) = events(ledger)
    (own,) = teams(ledger, EVENT)
    assert (one.key, own.key, one.instances[0].start_utc_s) == (EVENT, TEAM, START_S)
    assert all(said.step is Step.IN_TEAM for said in participations(ledger, EVENT))
    assert len(people_of(ledger, own)) == scenario.drivers_per_car + 1
    active = active_variant(ledger, TEAM)
    assert active is not None
    assert active.key == BY_TURNS
    for strategy in variants(ledger, TEAM):
        relay = relay_of(ledger, own, strategy)
        rows = plan(ledger, strategy.key)
        legs = legs_of(rows, relay)
        assert [leg.key for leg in legs] == [row.key for row in rows]
        assert {leg.driver for leg in legs} <= {seat.key for seat in relay.seats if seat.user_id}
        assert all(leg.end_s - leg.start_s <= relay.most_stint_s * 1.03 for leg in legs)
        assert legs[-1].end_s == pytest.approx(relay.length_s, rel=0.02)
    spans = [seat.free for seat in relay.seats if seat.user_id]
    assert all(span for span in spans)


def test_it_is_there_with_the_first_step_and_only_in_its_own_folder(tmp_path: Path) -> None:
    planner = demo_planner(tmp_path / "plans", Identity.load_or_create(tmp_path / "me"), scenario_of("duel"))
    heard: list[object] = []
    planner.step(heard.append)
    planner.close()
    assert not heard, "nobody is told of it"
    again = demo_planner(tmp_path / "plans", Identity.load_or_create(tmp_path / "me"), scenario_of("duel"))
    before = again.revision
    again.step(None)
    assert len(again.ask(events)) == 1
    assert before != again.revision
    again.close()


def test_a_demo_race_in_this_process_has_it_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    profile = find_profile("default", {"PITBOX_HOME": str(tmp_path / "home")})
    race = DemoRace(profile, Settings(), "duel", minutes=1, speed=5.0, has_past=False)
    race.start()
    try:
        deadline_s = time.monotonic() + 90.0
        while not race.office.planner.ask(events):
            assert time.monotonic() < deadline_s
            time.sleep(0.02)
        assert race.office.planner.history()[0].who == race.office.planner.history()[-1].who
    finally:
        assert race.stop()
    assert race.wall.shelf.sessions() == [race.session]
    assert not list(tmp_path.glob("pitbox-plans-*"))
