"""Where cars and plates stand on the map: worked out without Qt."""

import msgspec
import numpy as np
import pytest
import scenes
from hypothesis import given, settings
from hypothesis import strategies as st

from pitbox.analysis.outline import circle
from pitbox.model.session import EventRules
from pitbox.ui.scene.composer import Composer
from pitbox.ui.scene.race import RaceChange
from pitbox.ui.track.camera import Camera, whole
from pitbox.ui.track.car import State, track_cars, yellow_zones
from pitbox.ui.track.motion import Motion
from pitbox.ui.track.plates import Plate, PlateBoard, Want
from pitbox.ui.track.road import Road
from pitbox.wall.outlook import Batch, Pulse

ONE = np.array([7])
FRAME_S = 1 / 60


def seen(motion: Motion, at_s: float, pct: float) -> None:
    motion.see(at_s, ONE, np.array([pct % 1.0]))


def shown(motion: Motion, at_s: float) -> float:
    return float(motion.places(at_s, ONE)[0])


def change_of(standings, **rules: object) -> RaceChange:
    info = msgspec.structs.replace(scenes.info(), rules=EventRules(**rules))
    change = Composer().take(Batch(1.0, Pulse(), standings, info, is_other_feed=True))
    assert change is not None
    return change


def with_cars(**changes: dict[str, object]):
    standings = scenes.standings()
    cars = tuple(
        msgspec.structs.replace(car, **changes.get(f"car_{car.car_idx}", {"status": "track", "incident": ""}))
        for car in standings.cars
    )
    return msgspec.structs.replace(standings, cars=cars)


@pytest.mark.parametrize("period_s", [1 / 60, 0.25, 0.5])
def test_a_car_goes_smoothly_over_the_line(period_s: float) -> None:
    """At any rate of sightings no frame moves it backwards, or farther than a few frames' worth."""
    motion, speed = Motion(), 1 / 95
    places, next_s = [], 0.0
    for frame in range(900):
        now_s = frame * FRAME_S
        if now_s >= next_s:
            seen(motion, now_s, 0.97 + speed * now_s)
            next_s += period_s
        places.append(shown(motion, now_s))
    steps = np.diff(places)
    steps -= np.rint(steps)
    late = steps[120:]
    assert late.min() >= 0
    assert late.max() < 3 * speed * FRAME_S
    assert abs(places[-1] - (0.97 + speed * 899 * FRAME_S) % 1.0) < 0.01 * speed


def test_sightings_that_jitter_move_no_car_backwards_by_more_than_an_eye_sees() -> None:
    motion, speed, luck = Motion(), 1 / 95, np.random.default_rng(1)
    places = []
    for frame in range(1200):
        now_s = frame * FRAME_S
        if frame % 15 == 0:
            seen(motion, now_s, 0.1 + speed * (now_s + luck.uniform(-0.03, 0.03)))
        places.append(shown(motion, now_s))
    assert np.diff(places)[200:].min() > -0.2 * speed * FRAME_S * 15


def test_without_news_a_car_stands_still_soon() -> None:
    motion = Motion()
    for step in range(8):
        seen(motion, step * 0.25, 0.2 + step * 0.002)
    assert shown(motion, 2.2) > shown(motion, 1.8)
    assert shown(motion, 3.5) == pytest.approx(shown(motion, 60.0), abs=1e-9)
    assert shown(motion, 60.0) < 0.2 + 8 * 0.002 + 0.01


def test_a_tow_is_no_drive() -> None:
    motion = Motion()
    for step in range(8):
        seen(motion, step * 0.25, 0.2 + step * 0.002)
    seen(motion, 2.0, 0.98)
    assert shown(motion, 2.0) == pytest.approx(0.98)
    assert shown(motion, 2.4) == pytest.approx(0.98)


def test_who_was_never_seen_stands_nowhere_and_damage_is_no_place() -> None:
    motion = Motion()
    assert np.isnan(shown(motion, 1.0))
    motion.see(1.0, np.array([7, 8, 4000, -1]), np.array([np.nan, 9.0, 0.5, 0.5]))
    assert np.isnan(motion.places(1.0, np.array([7, 8]))).all()


def test_reduced_motion_shows_sightings_only() -> None:
    motion = Motion()
    motion.is_still = True
    seen(motion, 0.0, 0.5)
    seen(motion, 0.25, 0.502)
    assert {shown(motion, at_s) for at_s in (0.25, 0.3, 0.4)} == {0.502}
    motion.forget()
    assert motion.is_still


def test_each_state_is_told(qapp) -> None:
    cars = {
        car.car_idx: car
        for car in track_cars(
            change_of(
                with_cars(
                    car_1={"status": "off"},
                    car_2={"status": "track", "incident": "spin"},
                    car_3={"status": "track", "incident": "off_track"},
                    car_4={"status": "lane"},
                    car_5={"status": "tow"},
                    car_6={"status": "what a newer fold says"},
                    car_8={"status": "out", "seen_s": 36_173.0 - 20},
                    car_9={"status": "out", "seen_s": 36_173.0 - 70},
                )
            ).scene
        )
    }
    told = [State.OFF, State.SLOW, State.OFF, State.LANE, State.TOW, State.TRACK]
    assert [cars[at].state for at in range(1, 7)] == told
    assert cars[1].plate.endswith(" off")
    assert cars[4].plate == cars[4].number
    assert 0.25 <= cars[8].fade < cars[1].fade == 1.0
    assert 9 not in cars


def test_yellow_is_local_where_the_event_says_so() -> None:
    standings = with_cars(car_2={"status": "off", "lap_pct": 0.01}, car_3={"status": "off", "lap_pct": 0.015})
    assert yellow_zones(change_of(standings, cautions="full")) == ()
    assert yellow_zones(change_of(with_cars(), cautions="local")) == ()
    (zone,) = yellow_zones(change_of(standings, cautions="local"))
    assert zone.start < 0
    assert zone.end > 0.015


def test_the_lane_lies_beside_the_track_and_leaves_it_at_its_ends() -> None:
    road = Road(circle(6000.0), (0.95, 1.05))
    share = road.lane_share(np.array([0.95, 0.0, 0.049]))
    assert share[1] == 1.0
    assert max(share[0], share[2]) < 0.3
    x_m, y_m = road.place(np.array([0.3]), 20.0)
    assert np.hypot(x_m, y_m)[0] == pytest.approx(6000 / (2 * np.pi) - 20, abs=0.1)


def test_what_lies_under_the_mouse_stays_there() -> None:
    camera = Camera(10.0, -4.0, 0.5, 640.0, 480.0)
    before = camera.to_ground(120.0, 90.0)
    assert camera.zoomed(2.5, 120.0, 90.0).to_ground(120.0, 90.0) == pytest.approx(before)
    x, y = camera.to_screen(np.array([before[0]]), np.array([before[1]]))
    assert (x[0], y[0]) == pytest.approx((120.0, 90.0))
    moved = camera.moved(30.0, 10.0)
    assert moved.to_ground(150.0, 100.0) == pytest.approx(before)


def test_the_whole_track_has_its_margin() -> None:
    outline = circle(6000.0)
    for width, height in ((640.0, 200.0), (200.0, 640.0)):
        x, y = whole(outline, width, height, 20.0).to_screen(outline.x_m, outline.y_m)
        assert min(x.min(), y.min(), width - x.max(), height - y.max()) == pytest.approx(20.0, abs=0.5)


def clash(plates: list[Plate]) -> bool:
    return any(
        one.left < other.left + other.width
        and other.left < one.left + one.width
        and one.top < other.top + other.height
        and other.top < one.top + one.height
        for at, one in enumerate(plates)
        for other in plates[at + 1 :]
    )


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.floats(0, 300), st.floats(0, 200)), min_size=1, max_size=63),
    st.floats(20, 60),
)
def test_no_plate_stands_on_another_one(spots: list[tuple[float, float]], width: float) -> None:
    board = PlateBoard()
    wants = [Want(at, x, y, width, 15.0) for at, (x, y) in enumerate(spots)]
    dots = np.array([(x - 6, y - 6, x + 6, y + 6) for x, y in spots])
    plates = board.lay_out(wants, dots, 10.0, 300.0, 200.0)
    assert not clash(plates)
    for plate in plates:
        assert plate.left >= 0
        assert plate.left + plate.width <= 300
        assert plate.top >= 0
        assert plate.top + plate.height <= 200
        for left, top, right, bottom in dots:
            assert not (
                plate.left < right
                and left < plate.left + plate.width
                and plate.top < bottom
                and top < plate.top + plate.height
            )
    again = board.lay_out(wants, dots, 10.0, 300.0, 200.0)
    assert again == plates  # nothing has moved: no plate does


def greedy(
    wants: list[Want], sides: dict[int, int], dots: np.ndarray, step: float, waits: dict[int, int]
) -> dict[int, int]:
    """The same rule, told plainly: each its best free side, the one it had before all others.

    `waits`: who found none, and for how many turns it does not look again.
    """
    taken, found = [tuple(dot) for dot in dots], {}
    for want in wants:
        if waits.get(want.key):
            waits[want.key] -= 1
            continue
        costs = []
        for side in range(36):
            reach, turn = (1.0, 2.1, 3.4)[side // 12], (side % 12) * np.pi / 6
            cost = 4.0 * reach - np.cos(turn) * want.out_x - np.sin(turn) * want.out_y
            x = want.x + np.cos(turn) * (reach * step + want.width / 2)
            y = want.y + np.sin(turn) * (reach * step + want.height / 2)
            half_w, half_h = want.width / 2 + 1.0, want.height / 2 + 1.0
            box = (x - half_w, y - half_h, x + half_w, y + half_h)
            costs.append((-np.inf if sides.get(want.key) == side else cost, side, box))
        for _, side, (left, top, right, bottom) in sorted(costs):
            is_inside = left >= 0 and top >= 0 and right <= 300.0 and bottom <= 200.0
            if is_inside and not any(
                left < box[2] and box[0] < right and top < box[3] and box[1] < bottom for box in taken
            ):
                taken.append((left, top, right, bottom))
                found[want.key] = side
                break
        else:
            waits[want.key] = 2
    return found


@settings(max_examples=20)
@given(st.integers(0, 1000), st.integers(1, 40), st.floats(1.0, 8.0))
def test_plates_that_stay_and_plates_that_search_keep_to_one_rule(seed: int, cars: int, pace: float) -> None:
    luck, board, sides = np.random.default_rng(seed), PlateBoard(), dict[int, int]()
    waits: dict[int, int] = {}
    spots, ways = luck.uniform((0, 0), (300, 200), (cars, 2)), luck.normal(0.0, pace, (cars, 2))
    outs = luck.normal(0.0, 1.0, (cars, 2))
    for turn in range(6):
        now = spots + turn * ways
        wants = [
            Want(at, float(x), float(y), 26.0 + at % 3 * 6, 15.0, float(outs[at, 0]), float(outs[at, 1]))
            for at, (x, y) in enumerate(now)
        ]
        dots = np.column_stack((now - 6.0, now + 6.0))
        plates = board.lay_out(wants, dots, 10.0, 300.0, 200.0)
        sides = greedy(wants, sides, dots, 10.0, waits)
        assert [plate.key for plate in plates] == list(sides)
        assert [plate.has_line for plate in plates] == [side >= 12 for side in sides.values()]
        assert board._sides == sides


def test_the_first_have_the_first_choice_and_a_line_leads_to_who_had_to_go_far() -> None:
    wants = [Want(at, 150.0, 100.0, 40.0, 15.0) for at in range(14)]
    plates = PlateBoard().lay_out(wants, np.zeros((0, 4)), 10.0, 300.0, 200.0)
    assert [plate.key for plate in plates][:4] == [0, 1, 2, 3]
    assert not plates[0].has_line
    assert plates[-1].has_line
    assert not clash(plates)


def test_who_has_to_be_shown_is() -> None:
    wall = np.array([(0.0, 0.0, 300.0, 200.0)])
    assert PlateBoard().lay_out([Want(1, 150.0, 100.0, 40.0, 15.0)], wall, 10.0, 300.0, 200.0) == []
    (plate,) = PlateBoard().lay_out([Want(1, 150.0, 100.0, 40.0, 15.0, must=True)], wall, 10.0, 300.0, 200.0)
    assert plate.key == 1
    assert PlateBoard().lay_out([], wall, 10.0, 300.0, 200.0) == []


def test_two_rows_of_one_moment_are_no_speed() -> None:
    """A window that opens late is handed several rows at once: its clock does not move between them."""
    motion = Motion()
    for pct in (0.5, 0.501, 0.502):
        motion.see(7.0, np.array([3]), np.array([pct]))
    assert motion.places(7.0, np.array([3]))[0] == pytest.approx(0.5, abs=0.01)
