"""A file of our car alone and a team-mate's log of the whole field: all laps, whichever came first."""

import shutil

import msgspec
import pytest

from pitbox.identity.device import Identity
from pitbox.log.merge import merged
from pitbox.log.scribe import Scribe, ScribeLimits
from pitbox.log.shelf import Shelf
from pitbox.model.fact import Lap, Stint, Stop
from pitbox.model.ids import SessionId
from pitbox.model.source import Closed, InfoChanged, Opened, Ticks
from pitbox.sim.synthetic.disk import write_ibt
from pitbox.sim.synthetic.scenario import SCENARIOS
from pitbox.sim.synthetic.source import SyntheticSource
from pitbox.store.ask import ask
from pitbox.store.database import Database
from pitbox.store.projector import Projector
from pitbox.store.rebuild import rebuild
from pitbox.timing.race import RaceFold
from pitbox.wall.importer import import_file

LIMITS = ScribeLimits(reserve_bytes=0)
HOLE_S = (60.0, 84.0)
"""While nobody but our file was there: more than a lap."""


def short_race():
    """Four cars on a short lap, with stops and swaps."""
    duel = SCENARIOS["duel"]
    plans = tuple(msgspec.structs.replace(plan, lap_s=plan.lap_s / 4, tank_l=10.0) for plan in duel.classes)
    return msgspec.structs.replace(
        duel, classes=plans, race_s=110.0, parade_s=8.0, track_length_m=1400.0, stint_s=70.0
    )


SESSION = SessionId(f"sub-{90_000_000 + short_race().seed}")


def record(shelf, mate, events):
    """As a team-mate's collector has it, which was away for a while."""
    scribe, context, was_away = Scribe(shelf.root, mate, limits=LIMITS), {}, False
    for event in events:
        if isinstance(event, Opened | InfoChanged):
            context[type(event)] = event
        is_away = False
        if isinstance(event, Ticks):
            is_away = HOLE_S[0] <= float(event.own["SessionTime"][0]) < HOLE_S[1]
            if is_away and not was_away:
                scribe.close("killed")
            if was_away and not is_away:
                scribe.take(list(context.values()))
            was_away = is_away
        if not is_away:
            scribe.take([event])
            scribe.commit()
    scribe.close("done")


@pytest.fixture(scope="module")
def race(tmp_path_factory):
    """The file, the shelf on which the team-mate's log lies alone, and which car is ours."""
    folder = tmp_path_factory.mktemp("race")
    write_ibt(short_race(), folder / "race.ibt", 3.0)
    events, source = [], SyntheticSource(short_race(), session=SESSION)
    while not events or not isinstance(events[-1], Closed):
        events += source.poll(0.0)
    source.close()
    shelf = Shelf(folder / "log")
    record(shelf, Identity.load_or_create(folder / "mate"), events)
    own = next(event.info.own.car_idx for event in events if isinstance(event, InfoChanged))
    return folder / "race.ibt", shelf, own


@pytest.fixture
def ours(tmp_path):
    return Identity.load_or_create(tmp_path / "ours")


def arrive(live, shelf):
    """The team-mate's log comes here."""
    shutil.copytree(live.root, shelf.root, dirs_exist_ok=True)


def facts_of(shelf):
    fold, facts = RaceFold(), {}
    for item in merged(shelf.readers(SESSION)):
        for fact in fold.fold(item.record, item.log):
            if isinstance(fact, Lap):
                facts["lap", fact.run, fact.car_idx, fact.lap] = fact
            elif isinstance(fact, Stop):
                facts["stop", fact.run, fact.car_idx, fact.stop] = fact
            elif isinstance(fact, Stint):
                facts["stint", fact.run, fact.car_idx, fact.stint] = fact
    return facts


def times(facts, kind):
    """When each lap of others began and ended, or each of their stops."""
    names = {"lap": ("start_s", "end_s"), "stop": ("lane_in_s", "lane_out_s")}[kind]
    return {key: tuple(getattr(fact, n) for n in names) for key, fact in facts.items() if key[0] == kind}


@pytest.fixture(scope="module")
def seen(race):
    return facts_of(race[1])


@pytest.mark.parametrize("order", ["import first", "live first"])
def test_all_laps_of_all_cars_whatever_came_first(race, seen, ours, tmp_path, order):
    path, live, own = race
    shelf = Shelf(tmp_path / "log")
    if order == "import first":
        assert import_file(path, shelf, ours).state == "imported"
        assert {key[2] for key in times(facts_of(shelf), "lap")} == {own}
        arrive(live, shelf)
    else:
        arrive(live, shelf)
        assert import_file(path, shelf, ours).state == "filled"
    found = facts_of(shelf)
    for kind in ("lap", "stop"):
        others = {key: span for key, span in times(seen, kind).items() if key[2] != own}
        assert len(others) >= 5
        assert {key: span for key, span in times(found, kind).items() if key[2] != own} == others
    laps = {key: fact for key, fact in found.items() if key[0] == "lap" and key[2] == own}
    before = {key: fact for key, fact in seen.items() if key[0] == "lap" and key[2] == own}
    in_hole = [key for key, lap in laps.items() if lap.end_s > HOLE_S[0] and lap.start_s < HOLE_S[1]]
    assert len(in_hole) >= 2, "laps that only the file has"
    assert not any(laps[key].kind.is_broken for key in in_hole)
    assert all(before[key].kind.is_broken for key in in_hole if key in before)
    for key in set(before) - set(in_hole):
        assert (laps[key].start_s, laps[key].end_s) == (before[key].start_s, before[key].end_s)


def test_the_store_folds_again_when_the_field_comes_after_the_file(race, seen, ours, tmp_path):
    path, live, _ = race
    shelf, database = Shelf(tmp_path / "log"), tmp_path / "pitbox.duckdb"
    import_file(path, shelf, ours)
    stored = [stored_laps(database, shelf)]
    arrive(live, shelf)
    stored.append(stored_laps(database, shelf))
    rebuild(database, shelf)
    stored.append(stored_laps(database, shelf))
    assert len({car for car, *_ in stored[0]}) == 1
    assert stored[1] == stored[2]
    laps = {(car, lap) for car, lap, *_ in stored[1]}
    assert laps >= {(key[2], key[3]) for key in times(seen, "lap")}
    assert len({car for car, _ in laps}) == len({key[2] for key in seen})


def stored_laps(database, shelf):
    with Database(database) as opened:
        Projector(opened, shelf).catch_up()
        return ask(opened, "SELECT car_idx, lap, start_s, end_s FROM laps ORDER BY ALL").rows
