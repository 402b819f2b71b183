"""Every recipe of the book runs, on a race of the synthetic sim and on one whose answers are known."""

import re
from pathlib import Path

import pytest

from pitbox.store.ask import Answer, ask
from pitbox.store.database import Database

BOOK = Path(__file__).parents[2] / "docs" / "sql-recipes.md"
RECIPES = dict(
    re.findall(r"^## (.+?)\n.*?```sql\n(.*?)```", BOOK.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
)


def test_the_book_is_one() -> None:
    assert len(RECIPES) >= 15
    assert BOOK.read_text(encoding="utf-8").count("```sql") == len(RECIPES)


@pytest.fixture(scope="module")
def raced(race_store: Path):
    with Database(race_store, is_read_only=True) as database:
        yield database


@pytest.mark.parametrize("title", RECIPES)
def test_it_runs_on_a_race_of_the_sim(raced: Database, title: str) -> None:
    answer = ask(raced, RECIPES[title])
    assert answer.columns
    if title not in ("Fall-off per stint", "Incidents by place", "Incidents and what they cost"):
        assert answer.rows, "two minutes have no fall-off and no incident, but all else"


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory):
    """Car 0 laps in 100 s and 0.1 s more each lap of a stint, car 1 is 2 s slower; one swap at half-time."""
    with Database(tmp_path_factory.mktemp("recipes") / "known.duckdb") as database:
        for statement in _KNOWN.split(";"):
            if statement.strip():
                database.connection.execute(statement)
        yield database


def told(known: Database, title: str) -> list[dict[str, object]]:
    answer: Answer = ask(known, RECIPES[title])
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


_KNOWN = """
INSERT INTO sessions (session_id, track, sub_session_id) VALUES ('sub-4711', 'Ring', 4711);
INSERT INTO session_parts VALUES ('sub-4711', 0, 'Race', 3600, NULL);
INSERT INTO runs VALUES ('sub-4711', 0, 0, 0, 'entered', 1700000000);
INSERT INTO entries VALUES ('sub-4711', 0, '7', 1, 'Us', 1, 'GT3', 'GT3 R', false, false),
    ('sub-4711', 1, '8', 2, 'Them', 1, 'GT3', 'GT3 S', false, false);
INSERT INTO drivers VALUES ('sub-4711', 0, 0, 0, 0, 10, 'Ada', 1), ('sub-4711', 0, 0, 0, 500, 11, 'Bo', 1),
    ('sub-4711', 0, 0, 1, 0, 20, 'Cy', 1);
INSERT INTO logs (epoch, session_id, device_id, own_car_idx) VALUES (1, 'sub-4711', 'd', 0);
INSERT INTO laps BY NAME
    WITH base AS (
        SELECT car_idx, lap, 1 + (lap > 5)::INTEGER AS stint, lap = 5 AS is_in, lap = 6 AS is_out,
            100 + 2 * car_idx + 0.1 * ((lap - 1) % 5) + 20 * (lap = 5)::INTEGER
                + 10 * (lap = 6)::INTEGER AS time_s
        FROM range(2) AS c(car_idx), range(1, 11) AS l(lap)
    ), timed AS (SELECT *, sum(time_s) OVER (PARTITION BY car_idx ORDER BY lap) AS end_s FROM base)
    SELECT 'sub-4711' AS session_id, 0 AS session_num, 0 AS run, car_idx, lap,
        CASE WHEN car_idx = 1 THEN 20 WHEN lap <= 5 THEN 10 ELSE 11 END AS user_id, end_s - time_s AS start_s,
        end_s, time_s, NOT is_in AND NOT is_out AS is_clean, is_out, is_in, false AS is_caution,
        false AS is_tow,
        false AS is_broken, stint, car_idx + 1 AS position, car_idx + 1 AS class_position, 0 AS compound,
        CASE WHEN car_idx = 0 THEN CASE WHEN lap <= 5 THEN 3.0 ELSE 2.5 END END AS fuel_used_l,
        [30.0 + lap, 70.0 - lap] AS sectors_s
    FROM timed;
INSERT INTO stints BY NAME
    SELECT session_id, session_num, run, car_idx, stint, any_value(user_id) AS user_id, 0 AS compound,
        min(start_s) AS start_s, min(lap) AS start_lap, count(*) AS laps, max(end_s) AS end_s,
        'stop' AS end_reason
    FROM laps GROUP BY ALL;
INSERT INTO driver_stints BY NAME
    SELECT session_id, session_num, run, car_idx, user_id,
    row_number() OVER (PARTITION BY car_idx ORDER BY user_id)
        AS driver_stint, min(start_s) AS start_s, min(lap) AS start_lap, count(*) AS laps,
        max(end_s) AS end_s,
        'swap' AS end_reason
    FROM laps GROUP BY session_id, session_num, run, car_idx, user_id;
INSERT INTO stops (session_id, session_num, run, car_idx, stop, lap, lane_in_s, stall_in_s, stall_out_s,
    lane_out_s,
    user_id_in, user_id_out, is_tow, service)
    VALUES ('sub-4711', 0, 0, 0, 1, 5, 510, 515, 540, 550, 10, 11, false, ['tyres', 'fuel']),
        ('sub-4711', 0, 0, 1, 1, 5, 520, 525, 545, 550, 20, 20, false, ['fuel']);
INSERT INTO incidents VALUES ('sub-4711', 0, 0, 0, 1, 'spin', 800, 805, 8, 0.52, 0.9),
    ('sub-4711', 0, 0, 1, 1, 'off_track', 300, 303, 3, 0.53, 0.9),
    ('sub-4711', 0, 0, 1, 2, 'contact', 310, 311, 3, 0.91, 0.5);
INSERT INTO flag_phases VALUES ('sub-4711', 0, 0, 1, 'green', 0, 900), ('sub-4711', 0, 0, 2, 'white', 900,
    1000)
"""


def test_averages_and_fall_off(known: Database) -> None:
    first = told(known, "Stint averages")[0]
    assert (first["number"], first["driver"], first["clean_laps"], first["mean_s"]) == ("7", "Ada", 4, 100.15)
    slopes = told(known, "Fall-off per stint")
    assert len(slopes) == 4
    assert all(row["s_per_lap"] == pytest.approx(0.1) for row in slopes)


def test_stops(known: Database) -> None:
    rows = {row["done"]: row for row in told(known, "Pit loss by kind of stop")}
    assert rows["fuel+tyres"]["lane_s"] == 40
    assert (rows["fuel"]["lane_s"], rows["fuel"]["stall_s"]) == (30, 20)
    (ours,) = [row for row in told(known, "What a stop costs in lap time") if row["number"] == "7"]
    assert (ours["in_lap_s"], ours["out_lap_s"]) == (pytest.approx(20.25), pytest.approx(9.75))


def test_drivers(known: Database) -> None:
    assert [(r["driver"], r["mean_l"]) for r in told(known, "Fuel per lap by driver")] == [
        ("Bo", 2.5),
        ("Ada", 3.0),
    ]
    shares = {row["driver"]: row for row in told(known, "Fair share")}
    assert (shares["Ada"]["percent"], shares["Ada"]["least_laps"], shares["Ada"]["is_enough"]) == (
        50,
        2,
        True,
    )
    turns = {row["driver"]: row for row in told(known, "How long drivers sat in the car")}
    assert turns["Ada"]["sum_min"] == pytest.approx(521 / 60, abs=0.05)
    assert all(row["half_s"] <= 0.2 for row in told(known, "Consistency of drivers"))


def test_places_and_gaps(known: Database) -> None:
    best = told(known, "Fastest combination of sectors")[0]
    assert (best["sectors_s"], best["ideal_s"]) == ([31.0, 60.0], 91.0)
    behind = {
        (r["number"], r["lap"]): r["behind_leader_s"] for r in told(known, "Gap to the leader, lap by lap")
    }
    assert (behind["8", 1], behind["8", 10], behind["7", 10]) == (2.0, 20.0, 0.0)
    order = told(known, "Race by class")
    assert [(row["number"], row["stops"], row["in_lane_s"]) for row in order] == [("7", 1, 40), ("8", 1, 30)]
    assert all(row["won"] == 0 for row in told(known, "Places won and lost"))


def test_incidents_and_flags(known: Database) -> None:
    place = told(known, "Incidents by place")[0]
    assert (place["from_pct"], place["incidents"], place["cars"]) == (0.5, 2, 2)
    costs = told(known, "Incidents and what they cost")
    assert {(row["number"], row["kind"]) for row in costs} == {
        ("7", "spin"),
        ("8", "off_track"),
        ("8", "contact"),
    }
    flags = {row["flag"]: row["percent"] for row in told(known, "Time under each flag")}
    assert flags == {"green": 90.0, "white": 10.0}


def test_sessions_of_a_car(known: Database) -> None:
    (row,) = told(known, "Sessions of one car and track")
    assert (row["car"], row["best_s"], str(row["began_utc"])) == ("GT3 R", 100.0, "2023-11-14 22:13:20")
