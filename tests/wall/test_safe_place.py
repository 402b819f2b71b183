"""Where the race was safe: a note for each sector, however many pictures there were of it."""

from hypothesis import given
from hypothesis import strategies as st
from office_rig import info

from pitbox.model.standing import CarStanding, Standings
from pitbox.wall.safe_place import SafePlace, Trail

INFO = info()


def picture(time_s: float, laps: int, lap_pct: float = 0.1, run: int = 0) -> Standings:
    values = {"car_idx": 0, "laps": laps, "lap_pct": lap_pct}
    known = {name: values.get(name, 0) for name in CarStanding.__struct_fields__}
    return Standings(0, run, time_s, 4, "green", None, None, (CarStanding(**known),))


def test_hours_of_pictures_are_a_note_for_each_lap() -> None:
    trail = Trail()
    for at in range(7200):
        trail.note(picture(at * 0.5, laps=at // 180), INFO)
    assert len(trail._notes) == 40, "the notes grew by five a second once"
    assert trail.at(89.9) == SafePlace(1, 1)
    assert trail.at(90.0) == SafePlace(2, 1)
    assert trail.at(1e6) == SafePlace(40, 1)
    assert trail.at(-1.0) is None


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), min_size=1), st.integers(-2, 60))
def test_it_says_what_the_last_picture_before_said(steps: list[tuple[int, int]], asked_s: int) -> None:
    trail, told, now_s, laps = Trail(), [], 0, 0
    for seconds, more in steps:
        now_s, laps = now_s + seconds, laps + more
        trail.note(picture(float(now_s), laps), INFO)
        told.append((now_s, SafePlace(laps + 1, 1)))
    before = [place for time_s, place in told if time_s <= asked_s]
    assert trail.at(float(asked_s)) == (before[-1] if before else None)


def test_a_race_that_goes_back_or_begins_anew_forgets_what_was() -> None:
    trail = Trail()
    trail.note(picture(100.0, laps=7), INFO)
    trail.note(picture(50.0, laps=3), INFO)
    assert trail.at(200.0) == SafePlace(4, 1)
    trail.note(picture(1.0, laps=0, run=1), INFO)
    assert trail.at(200.0) == SafePlace(1, 1)
    trail.clear()
    assert trail.at(200.0) is None
