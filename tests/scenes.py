"""Races to draw: made by hand, so that each picture shows what it is for, and always the same."""

import msgspec

from pitbox.model.session import CarClass, Entry, EventRules, OwnCar, SessionInfo, SessionPart, Track
from pitbox.model.standing import CarStanding, Standings

OWN = 21
CLASSES = (
    CarClass(1, "GTP", 1.0, 0xFFDA59),
    CarClass(2, "LMP2", 0.9, 0x33CEFF),
    CarClass(3, "GT3", 0.7, 0xFF5888),
)
_SIZES = {1: 13, 2: 16, 3: 34}
_LAP_S = {1: 95.2, 2: 99.4, 3: 109.1}
_TEAMS = (
    "Kerb Endurance",
    "Tail Lamp Simsport",
    "Café Racing e.V.",
    "Full Send",
    "Apex & Sons",
    "Night Shift",
)
_DRIVERS = ("Ada Kern", "Émile Ueda", "Łucja Grünewald", "Uxía de la Croix", "Xiomara M'Bala", "Jo Ek")
LONG = (
    (
        "Gesellschaft zur Förderung des Langstreckensports am Nürburgring 1927",
        "Maximiliane Schwarzenberger-Hohenfels",
    ),
    ("山田レーシングチーム東京エンデュランス", "山田たろう"),
    ("서울 나이트 레이싱", "김철수"),
    ("张伟耐力赛车队", "张伟"),
    ("Ночная смена Санкт-Петербург", "Фёдор Ёжиков"),
    ("Ομάδα Αντοχής Αθηνών", "Αλέξανδρος Παπαδόπουλος"),
)


def info(*, is_long: bool = False) -> SessionInfo:
    entries, car_idx = [], 0
    for car_class in CLASSES:
        for _ in range(_SIZES[car_class.class_id]):
            car_idx += 1
            names = LONG if is_long else tuple(zip(_TEAMS, _DRIVERS, strict=True))
            team, driver = names[car_idx % len(names)]
            entries.append(
                Entry(
                    car_idx=car_idx,
                    number=str((car_idx * 37) % 997),
                    team_id=7000 + car_idx,
                    team=team,
                    user_id=9000 + car_idx,
                    driver=driver,
                    class_id=car_class.class_id,
                    car="Porsche 992 GT3 R" if car_class.class_id == 3 else "Oreca 07",
                )
            )
    return SessionInfo(
        sim="iracing",
        sub_session_id=1,
        track=Track(1, "Spa-Francorchamps", "Endurance", 7004.0, 16.7),
        parts=(SessionPart(0, "Race", 86_400.0),),
        classes=CLASSES,
        entries=tuple(entries),
        own=OwnCar(OWN, 103.0, 0.75),
        title="Spa 24 h",
        rules=EventRules(is_team_event=True),
    )


def standings(at_s: float = 36_173.0, **changes: object) -> Standings:
    cars: list[CarStanding] = []
    in_class: dict[int, int] = {}
    for position, entry in enumerate(info().entries, 1):
        place = in_class[entry.class_id] = in_class.get(entry.class_id, 0) + 1
        cars.append(_car(entry, position, place, at_s))
    scene = Standings(
        session_num=0,
        run=0,
        sim_time_s=at_s,
        session_state=4,
        flag="green",
        time_left_s=86_400.0 - at_s,
        fuel_l=31.4,
        cars=tuple(cars),
        phase="racing",
    )
    return msgspec.structs.replace(scene, **changes)


def _car(entry: Entry, position: int, place: int, at_s: float) -> CarStanding:
    lap_s = _LAP_S[entry.class_id]
    is_lapped = place > 9
    status = {5: "lane", 8: "stall", 12: "tow", 14: "out", 7: "off"}.get(place, "track")
    best_s = lap_s + 0.13 * ((place * 7) % 11)
    gap_s = None if is_lapped else 0.0 if place == 1 else 4.21 * place
    return CarStanding(
        car_idx=entry.car_idx,
        position=position,
        class_position=place,
        laps=187 - (place > 9) - 20 * (entry.class_id - 1),
        lap_pct=0.75 - place * 0.012,
        surface=3,
        gap_s=gap_s if entry.class_id == 1 else None,
        class_gap_s=gap_s,
        interval_s=None if place == 1 else 4.21 if not is_lapped else 12.4,
        laps_down=entry.class_id * 2 - 2,
        last_lap_s=best_s if place % 4 == 1 else best_s + 0.41 * (place % 5) + 0.2,
        best_lap_s=best_s,
        stint_laps=3 + (place * 5) % 19,
        stops=4 + place % 3,
        compound=1 if place == 6 else 0,
        user_id=entry.user_id,
        is_in_pits=status in ("lane", "stall"),
        seen_s=at_s - (431.0 if status == "out" else 0.0),
        status=status,
        incident="slow" if place == 11 else "",
        tyre_laps=3 + (place * 5) % 38,
    )
