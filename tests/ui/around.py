"""What stands around a race by hand: incidents, laps, and what two people said to each other."""

import msgspec
import scenes
from engineer_room import Room
from staffed import StaffedRoom

from pitbox.model.fact import Fact, Incident, Lap, LapKind
from pitbox.model.message import Receipt
from pitbox.model.pit_request import Outcome, PitMenu, answer, pit_requests
from pitbox.strategy.catch import Closing
from pitbox.strategy.forecast import Forecast
from pitbox.wall.pit_menu import request_menu

LAP_S = {1: 95.9, 2: 100.1, 3: 109.8}


def laps() -> list[Fact]:
    """Five clean ones of every car, each a little different."""
    return [
        Lap(
            0,
            0,
            entry.car_idx,
            number,
            entry.user_id,
            35_000.0 + 120 * number,
            35_000.0 + 120 * number + LAP_S[entry.class_id] + 0.07 * ((entry.car_idx + number) % 5),
            LapKind(),
            3,
            1,
            1,
            0,
        )
        for entry in scenes.info().entries
        for number in range(101, 106)
    ]


def moving(room: Room, seconds: float = 10.0) -> None:
    """The race goes on for so long, each car at its own pace."""
    for step in range(1, int(seconds) + 1):
        now = scenes.standings(36_173.0 + step)
        cars = tuple(
            msgspec.structs.replace(car, lap_pct=car.lap_pct + step / pace_s(car.car_idx)) for car in now.cars
        )
        room.feed.hub.standings.put(msgspec.structs.replace(now, cars=cars))
        room.pull()
        room.window.deck.docks["relative"].panel.draw()


def pace_s(car_idx: int) -> float:
    entry = scenes.info().entry(car_idx)
    return LAP_S[entry.class_id] + 2.1 * (car_idx % 7 - 3)


def foreseen(room: Room) -> None:
    """What strategy would say of the pace of each car."""
    bridge, own = room.desk.bridge, pace_s(scenes.OWN)
    if bridge._forecaster is not None:  # its answers come when they come
        bridge._forecaster.stop()
        bridge._forecaster = None
    closings = {
        entry.car_idx: Closing(entry.car_idx, pace_s(entry.car_idx) - own, 0.4 + entry.car_idx % 3, 6)
        for entry in scenes.info().entries
    }
    bridge._forecast = Forecast(36_173.0, 0, 0, None, None, {}, (), closings, {})


def incidents() -> list[Fact]:
    kinds = ("off_track", "spin", "slow", "contact", "tow")
    told: list[Fact] = []
    for at in range(22):
        start_s = 36_170.0 - 61.0 * at
        told.append(
            Incident(
                0,
                0,
                scenes.OWN if at == 3 else 1 + at * 5 % 60,
                1 + at,
                kinds[at % 5],
                start_s,
                187 - at,
                (0.137 * at) % 1.0,
                None if at == 0 else start_s + 4.0 + 7 * at,
                0.6 if at % 5 == 3 else 1.0,
            )
        )
    return told


def converse(staffed: StaffedRoom, name: str = "Ada Kern") -> None:
    """Each state once."""
    mate, ours = staffed.mate(name), staffed.office.messenger
    staffed.at(36_100.0)
    mate.messenger.say("Rear is going away, two or three laps left in these tyres at most")
    staffed.pull()
    ours.acknowledge()
    keys = [ours.say(text) for text in ("Box this lap", "Traffic behind: two prototypes", "Stay out")]
    staffed.pull()
    staffed.at(36_176.0)
    for key, receipts in zip(keys, ((), (Receipt.SHOWN,), (Receipt.SHOWN, Receipt.SPOKEN)), strict=True):
        mate.messenger.note(Receipt.DELIVERED, key)
        for receipt in receipts:
            mate.messenger.note(receipt, key)
    mate.messenger.acknowledge(keys[2])
    request_menu(staffed.office.book, PitMenu(fuel=42.0, tyres=frozenset({"LF", "RF"})))
    staffed.pull()
    (request,) = mate.book.ask(pit_requests)
    mate.book.write(
        answer(request, mate.book.device, Outcome.DONE, "Asked 42 l, LF RF, menu shows 42 l, LF RF.")
    )
    ours.say("Rain is coming from turn 5 in about ten minutes, keep these tyres on for now", name)
    staffed.at(36_181.0)
    mate.messenger.say("Understood")
    staffed.pull()
