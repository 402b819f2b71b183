"""What follows from a correction: laps, turns at the wheel, stops, sets of tyres and the standings."""

import msgspec
import pytest

from pitbox.model.amendment import Amendment, amend, amend_standings, turns_of
from pitbox.model.correction import correct, retire
from pitbox.model.edit import Draft
from pitbox.model.errors import EditError
from pitbox.model.fact import DriverStint, Fact, Lap, LapKind, Service, Stint, Stop, TyreStint
from pitbox.model.ids import Axis, DeviceId
from pitbox.model.ledger import Ledger
from pitbox.model.stamp import Stamp
from pitbox.model.standing import CarStanding, Standings

KAI, LEA = DeviceId("aa" * 32), DeviceId("bb" * 32)
ADA, BO, CY = 11, 12, 13
CAR = 7
LAP_S = 100.0


def lap(number: int, stint: int, user_id: int) -> Lap:
    start_s = 100.0 * (number - 1)
    return Lap(0, 0, CAR, number, user_id, start_s, start_s + LAP_S, LapKind(), stint, 1, 1, 0)


def stop(number: int, after_lap: int, what: str = "fuel") -> Stop:
    in_s = LAP_S * after_lap - 20
    return Stop(
        0, 0, CAR, number, after_lap, in_s, ADA, 0, in_s + 5, in_s + 35, in_s + 40, ADA, 0,
        service=(Service(what, 0.6),),
    )  # fmt: skip


def facts() -> list[Fact]:
    """Ada all the way: three stints of ten laps, the last one running; one set of tyres."""
    told: list[Fact] = [lap(number, 1 + (number - 1) // 10, ADA) for number in range(1, 26)]
    told += [
        Stint(0, 0, CAR, 1, ADA, 0, 0.0, 1, 10, 980.0, "stop"),
        Stint(0, 0, CAR, 2, ADA, 0, 1020.0, 11, 10, 1980.0, "stop"),
        Stint(0, 0, CAR, 3, ADA, 0, 2020.0, 21),
        DriverStint(0, 0, CAR, 1, ADA, 0.0, 1),
        TyreStint(0, 0, CAR, 1, 0, 0.0, 1, confidence=0.25),
        stop(1, 10),
        stop(2, 20),
    ]
    return told


class Desk:
    def __init__(self) -> None:
        self.ledger = Ledger()

    def say(self, *drafts: Draft, who: DeviceId = KAI) -> None:
        for draft in drafts:
            self.ledger.write(draft, Stamp(0, who, 1), Axis(0, 0, 2500.0))

    def amended(self, told: list[Fact] | None = None) -> Amendment:
        found = amend(CAR, told or facts(), self.ledger)
        assert found is not None
        return found


@pytest.fixture
def desk() -> Desk:
    return Desk()


def of(amendment: Amendment, kind: type) -> list:
    return [fact for fact in amendment.facts if isinstance(fact, kind)]


def the(kind: type, number: int) -> Fact:
    return [fact for fact in facts() if isinstance(fact, kind)][number]


def test_nothing_said_is_nothing_amended(desk: Desk) -> None:
    assert amend(CAR, facts(), desk.ledger) is None
    desk.say(retire(0, 0, CAR + 1))
    assert amend(CAR, facts(), desk.ledger) is None
    assert amend(CAR, [], desk.ledger) is None


def test_who_drove_a_stint_drove_its_laps_and_its_turn(desk: Desk) -> None:
    desk.say(correct(the(Stint, 1), "user_id", BO))
    amended = desk.amended()
    drove = {one.lap: one.user_id for one in of(amended, Lap)}
    assert {number for number, who in drove.items() if who == BO} == set(range(11, 21))
    assert [(t.driver_stint, t.user_id, t.laps, t.end_s, t.end) for t in of(amended, DriverStint)] == [
        (1, ADA, 10, 980.0, "swap"),
        (2, BO, 10, 1980.0, "swap"),
        (3, ADA, 0, None, ""),
    ]
    first, second = of(amended, Stop)
    assert (first.user_id_in, first.user_id_out) == (ADA, BO)
    assert (second.user_id_in, second.user_id_out) == (BO, ADA)
    assert {service.what for service in first.service} == {"fuel", "swap"}
    assert amended.driver is None, "the car's driver of now was not spoken of"


def test_a_running_stint_says_who_is_in_the_car(desk: Desk) -> None:
    desk.say(correct(the(Stint, 2), "user_id", BO))
    amended = desk.amended()
    assert amended.driver == (ADA, BO)
    shown = amend_standings(standings(), {CAR: amended})
    assert shown.cars[0].user_id == BO
    named = standings(user_id=CY)
    assert amend_standings(named, {CAR: amended}).cars[0].user_id == CY, "the sim knows of somebody newer"


def test_who_had_a_whole_turn_had_its_stints_but_for_what_is_said_of_one(desk: Desk) -> None:
    desk.say(correct(the(DriverStint, 0), "user_id", BO), correct(the(Stint, 1), "user_id", CY))
    assert [one.user_id for one in of(desk.amended(), Stint)] == [BO, CY, BO]


def test_a_lap_said_apart_stays_apart(desk: Desk) -> None:
    desk.say(correct(the(Stint, 1), "user_id", BO), correct(the(Lap, 14), "user_id", CY))
    drove = {one.lap: one.user_id for one in of(desk.amended(), Lap)}
    assert (drove[14], drove[15], drove[16]) == (BO, CY, BO)


def test_turns_from_stints_are_those_of_the_fold() -> None:
    stints = [one for one in facts() if isinstance(one, Stint)]
    assert turns_of(stints) == [the(DriverStint, 0)]
    over = [*stints[:2], msgspec.structs.replace(stints[2], laps=5, end_s=2600.0, end="finish")]
    (turn,) = turns_of(over)
    assert (turn.laps, turn.end_s, turn.end) == (25, 2600.0, "finish")


def test_tyres_at_a_stop_begin_a_new_set(desk: Desk) -> None:
    desk.say(correct(the(Stop, 1), "kind", "fuel,tyres"))
    amended = desk.amended()
    old, new = of(amended, TyreStint)
    assert (old.start_lap, old.laps, old.end, old.end_s) == (1, 20, "change", 1980.0)
    assert (new.tyre_stint, new.start_lap, new.end_s, new.confidence) == (2, 21, None, 1.0)
    assert amend_standings(standings(), {CAR: amended}).cars[0].tyre_laps == 5


def test_no_tyres_at_a_stop_goes_on_with_the_set_that_came_in(desk: Desk) -> None:
    told = [fact for fact in facts() if not isinstance(fact, TyreStint)]
    told += [
        TyreStint(0, 0, CAR, 1, 0, 0.0, 1, 20, 1980.0, "change"),
        TyreStint(0, 0, CAR, 2, 0, 2020.0, 21, confidence=0.5),
    ]
    desk.say(correct(the(Stop, 1), "kind", "fuel"))
    amended = desk.amended(told)
    (one,) = of(amended, TyreStint)
    assert (one.start_lap, one.end_s, one.laps) == (1, None, 0)
    assert amended.tyre_laps_more == 20


def test_what_is_sure_of_a_stop_takes_its_doubt_away(desk: Desk) -> None:
    desk.say(correct(the(Stop, 0), "kind", "fuel"))
    (one,) = of(desk.amended(), TyreStint)
    assert one.confidence == 0.5


def test_a_set_fitted_later_and_of_another_compound(desk: Desk) -> None:
    tyres = the(TyreStint, 0)
    desk.say(correct(tyres, "start_lap", 11), correct(tyres, "compound", 3))
    amended = desk.amended()
    shown = amend_standings(standings(), {CAR: amended}).cars[0]
    assert (shown.compound, shown.tyre_laps) == (3, 15)
    assert {one.compound for one in of(amended, Lap) if one.lap > 10} == {3}


def test_retired_ends_what_runs_and_shows(desk: Desk) -> None:
    desk.say(retire(0, 0, CAR))
    amended = desk.amended()
    assert amended.is_retired is True
    assert (of(amended, Stint)[-1].end, of(amended, DriverStint)[-1].end) == ("lost", "lost")
    assert amend_standings(standings(), {CAR: amended}).cars[0].status == "retired"


def test_who_retires_races_in_the_past_before(desk: Desk) -> None:
    """By hand a car is out since it was said, or since a moment that was named; all else holds then, too."""
    desk.say(retire(0, 0, CAR))
    assert amend(CAR, facts(), desk.ledger, Axis(0, 0, 2499.0)) is None
    then = amend(CAR, facts(), desk.ledger, Axis(0, 0, 2500.0))
    assert then is not None
    assert then.is_retired
    desk.say(correct(the(Stint, 1), "user_id", BO), retire(0, 0, CAR, from_s=2200.0))
    before, after = (amend(CAR, facts(), desk.ledger, Axis(0, 0, at_s)) for at_s in (2199.0, 2200.0))
    assert before is not None
    assert before.is_retired is None
    assert of(before, Stint)[1].user_id == BO
    assert after is not None
    assert (of(after, Stint)[-1].end, of(after, Stint)[-1].end_s) == ("lost", 2200.0)
    assert desk.amended().is_retired is True
    desk.say(retire(0, 0, CAR, from_s=10.0))  # long before the stint that it would end
    assert of(desk.amended(), Stint)[-1].end_s == 2020.0


def test_a_machine_is_put_right_in_the_past_too(desk: Desk) -> None:
    """The fold had lost the car: that nobody retired holds wherever it says so."""
    told = [
        msgspec.structs.replace(fact, end="lost", end_s=2300.0)
        if isinstance(fact, Stint) and fact.stint == 3
        else fact
        for fact in facts()
    ]
    desk.say(retire(0, 0, CAR, is_retired=False))
    amended = amend(CAR, told, desk.ledger, Axis(0, 0, 2600.0))
    assert amended is not None
    assert of(amended, Stint)[-1].end == ""


@pytest.mark.parametrize("from_s", [-1.0, float("inf"), float("nan")])
def test_nobody_retires_outside_of_time(desk: Desk, from_s: float) -> None:
    with pytest.raises(EditError):
        retire(0, 0, CAR, from_s=from_s)
    desk.say(msgspec.structs.replace(retire(0, 0, CAR), value="lunch"))
    assert amend(CAR, facts(), desk.ledger) is None


def test_not_retired_goes_on(desk: Desk) -> None:
    told = [
        msgspec.structs.replace(fact, end="lost", end_s=2600.0, laps=5)
        if isinstance(fact, Stint) and fact.stint == 3
        else fact
        for fact in facts()
    ]
    desk.say(retire(0, 0, CAR, is_retired=False))
    amended = desk.amended(told)
    assert (of(amended, Stint)[-1].end, of(amended, Stint)[-1].end_s) == ("", None)
    assert amend_standings(standings(), {CAR: amended}).cars[0].status == "track"


def test_an_undone_correction_is_none(desk: Desk) -> None:
    desk.say(correct(the(Stint, 1), "user_id", BO))
    (edit,) = desk.ledger.history()
    desk.say(desk.ledger.undo(edit))
    assert amend(CAR, facts(), desk.ledger) is None


def test_both_values_of_a_dispute_are_told(desk: Desk) -> None:
    draft, other = correct(the(Stint, 1), "user_id", BO), correct(the(Stint, 1), "user_id", CY)
    apart = Ledger()
    apart.take(desk.ledger.write(draft, Stamp(0, KAI, 1)))
    rival = Ledger()
    desk.ledger.take(rival.write(other, Stamp(0, LEA, 1)))
    (one,) = desk.amended().said
    assert one.key == "stint/0/0/7/2"
    assert {one.correction.value, *(edit.value for edit in one.correction.others)} == {BO, CY}


def standings(**changes: object) -> Standings:
    car = CarStanding(
        car_idx=CAR, position=1, class_position=1, laps=25, lap_pct=0.5, surface=3, gap_s=0.0,
        class_gap_s=0.0, interval_s=None, laps_down=0, last_lap_s=100.0, best_lap_s=99.0, stint_laps=5,
        stops=2, compound=0, user_id=ADA, is_in_pits=False, seen_s=2550.0, status="track", tyre_laps=25,
    )  # fmt: skip
    return Standings(
        0, 0, 2550.0, 4, "green", None, None, (msgspec.structs.replace(car, **changes),), "racing"
    )
