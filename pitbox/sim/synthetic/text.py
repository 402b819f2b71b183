"""The session text as the sim writes it: nearly YAML, in code page 1252, names as they come.

Names are neither quoted nor escaped, whatever they hold; that is what readers have to live with. From 2026
on the sim may write UTF-8, says so in its first lines, and quotes names then.
"""

from collections.abc import Iterator

from pitbox.model.session import Entry
from pitbox.sim.synthetic import cast
from pitbox.sim.synthetic.event import Event
from pitbox.sim.synthetic.part import Part, sessions
from pitbox.sim.synthetic.placard import CAMERAS, RADIO, RESULT_TAIL, event_lines, setup_lines
from pitbox.sim.synthetic.race import Car
from pitbox.sim.synthetic.score import Result

LATIN, UTF8 = "ISO_8859_1", "UTF8"
_CODECS = {LATIN: "cp1252", UTF8: "utf-8"}
_SESSION_NAMES = {"Practice": "PRACTICE", "Open Qualify": "QUALIFY", "Race": "RACE"}


def session_text(event: Event, encoding: str = LATIN) -> bytes:
    """The whole text as of now; characters that the code page lacks become question marks."""
    text = _Text(event, is_utf8=encoding == UTF8)
    sections = [
        event_lines(event, encoding),
        text.sessions(),
        text.qualifying(),
        iter(CAMERAS),
        iter(RADIO),
        text.drivers(),
        text.sectors(),
        setup_lines(event.world.own()),
    ]
    blocks = ("\n".join(lines) for lines in map(list, sections) if lines)
    return ("---\n" + "\n\n".join(blocks) + "\n\n...\n").encode(_CODECS[encoding], errors="replace")


class _Text:
    def __init__(self, event: Event, *, is_utf8: bool) -> None:
        self._event = event
        self._world = event.world
        self._is_utf8 = is_utf8
        self._classes = {found.class_id: found for found in cast.car_classes(event.scenario)}

    def sessions(self) -> Iterator[str]:
        results = self._event.results()
        yield "SessionInfo:"
        yield f" CurrentSessionNum: {self._event.part.session_num}"
        yield " Sessions:"
        for part in sessions(self._event.scenario):
            yield from self._session(part, results.get(part.session_num, ()))

    def qualifying(self) -> Iterator[str]:
        """Only once there was one."""
        done = [
            part
            for part in sessions(self._event.scenario)
            if part.kind == "Open Qualify" and part.session_num < self._event.part.session_num
        ]
        for part in done:
            yield "QualifyResultsInfo:"
            yield " Results:"
            for at, result in enumerate(self._event.results()[part.session_num]):
                yield f" - Position: {at}"
                yield f"   ClassPosition: {result.class_position - 1}"
                yield f"   CarIdx: {result.car_idx}"
                yield f"   FastestLap: {result.best_lap}"
                yield f"   FastestTime: {result.best_s:.4f}"

    def drivers(self) -> Iterator[str]:
        own = self._world.own()
        plan, scenario = own.member.plan, self._world.scenario
        user = own.member.drivers[own.driver if scenario.seat is None else scenario.seat].user_id
        yield from (
            "DriverInfo:", f" DriverCarIdx: {own.idx}", f" DriverUserID: {user}", " PaceCarIdx: 0",
            " DriverIsAdmin: 0", " DriverHeadPosX: -0.428", " DriverHeadPosY: 0.319",
            " DriverHeadPosZ: 0.602",
            f" DriverCarIsElectric: {plan.is_electric:d}", " DriverCarIdleRPM: 1900.000",
            " DriverCarRedLine: 8250.000", " DriverCarEngCylinderCount: 8", " DriverCarFuelKgPerLtr: 0.750",
            f" DriverCarFuelMaxLtr: {plan.tank_l:.3f}", " DriverCarMaxFuelPct: 1.000",
            " DriverCarGearNumForward: 6", " DriverCarGearNeutral: 1", " DriverCarGearReverse: 1",
            " DriverGearboxType: Sequential", " DriverGearboxControlType: Sequential",
            " DriverCarShiftAid: Antistall", " DriverCarSLFirstRPM: 6900.000",
            " DriverCarSLShiftRPM: 7800.000",
            " DriverCarSLLastRPM: 8050.000", " DriverCarSLBlinkRPM: 8250.000",
            " DriverCarVersion: 2026.07.10.03", f" DriverPitTrkPct: {own.stall % 1.0:.6f}",
            f" DriverCarEstLapTime: {plan.lap_s:.4f}", " DriverSetupName: endurance_wet#2, soft.sto",
            " DriverSetupIsModified: 0", " DriverSetupLoadTypeName: user", " DriverSetupPassedTech: 1",
            f" DriverIncidentCount: {own.incident_points}", " DriverBrakeCurvingFactor: 0.001",
            " DriverTires:", " - TireIndex: 0", '   TireCompoundType: "Hard"', " - TireIndex: 1",
            '   TireCompoundType: "Wet"', " Drivers:",
        )  # fmt: skip
        yield from self._entry(cast.PACE_CAR, None)
        for idx in sorted(self._world.race.cars):
            car = self._world.race.cars[idx]
            yield from self._entry(car.entry(), car)

    def sectors(self) -> Iterator[str]:
        yield "SplitTimeInfo:"
        yield " Sectors:"
        for at, start in enumerate(self._world.info().track.sector_starts):
            yield f" - SectorNum: {at}"
            yield f"   SectorStartPct: {start:.6f}"

    def _session(self, part: Part, results: tuple[Result, ...]) -> Iterator[str]:
        length = "unlimited" if part.length_s is None else f"{part.length_s:.4f} sec"
        yield from (
            f" - SessionNum: {part.session_num}",
            f"   SessionLaps: {'unlimited' if part.laps is None else part.laps}",
            f"   SessionTime: {length}", "   SessionNumLapsToAvg: 0", f"   SessionType: {part.kind}",
            f"   SessionTrackRubberState: {'carry over' if part.session_num else 'moderate usage'}",
            f"   SessionName: {_SESSION_NAMES[part.kind]}", "   SessionSubType: ", "   SessionSkipped: 0",
            "   SessionRunGroupsUsed: 0", "   SessionEnforceTireCompoundChange: 0",
        )  # fmt: skip
        yield f"   ResultsPositions:{'' if results else ' '}"
        for at, result in enumerate(results, 1):
            yield from self._result(part, at, result)
        yield "   ResultsFastestLap:"
        best = min((result for result in results if result.best_s > 0), key=lambda r: r.best_s, default=None)
        yield f"   - CarIdx: {255 if best is None else best.car_idx}"
        yield f"     FastestLap: {0 if best is None else best.best_lap}"
        yield f"     FastestTime: {-1.0 if best is None else best.best_s:.4f}"
        done = max((result.laps for result in results), default=-1)
        yield f"   ResultsAverageLapTime: {-1.0 if part.is_open or best is None else best.best_s * 1.02:.4f}"
        yield from RESULT_TAIL
        yield f"   ResultsLapsComplete: {-1 if part.is_open else done}"
        yield f"   ResultsOfficial: {part.session_num < self._event.part.session_num:d}"

    def _result(self, part: Part, at: int, result: Result) -> Iterator[str]:
        points = self._world.race.cars[result.car_idx].incident_points
        yield from (
            f"   - Position: {at}", f"     ClassPosition: {result.class_position - 1}",
            f"     CarIdx: {result.car_idx}", f"     Lap: {max(result.best_lap, 0) if part.is_open else 0}",
            f"     Time: {result.behind_s:.4f}", f"     FastestLap: {max(result.best_lap, 0)}",
            f"     FastestTime: {result.best_s:.4f}", f"     LastTime: {result.last_s:.4f}",
            f"     LapsLed: {result.laps_led}", f"     LapsComplete: {result.laps}",
            "     JokerLapsComplete: 0", "     LapsDriven: 0.000", f"     Incidents: {points}",
            f"     ReasonOutId: {32 if result.is_out else 0}",
            f"     ReasonOutStr: {'Disconnected' if result.is_out else 'Running'}",
        )  # fmt: skip

    def _name(self, name: str) -> str:
        return '"' + name + '"' if self._is_utf8 else name

    def _entry(self, entry: Entry, car: Car | None) -> Iterator[str]:
        path = "".join(letter for letter in entry.car.lower() if letter.isalnum())
        found = self._classes.get(entry.class_id)
        est_s = 133.3045 if car is None else car.member.plan.lap_s
        colour = 0 if found is None else found.colour
        first, _, last = entry.driver.partition(" ")
        short = "" if car is None else self._name(f"{last}, {first[:1]}")
        licence = ("R 0.00", "0xffffff", 1) if car is None else ("A 3.49", "0x0153db", 18)
        yield from (
            f" - CarIdx: {entry.car_idx}", f"   UserName: {self._name(entry.driver)}",
            f"   AbbrevName: {short}", f"   Initials: {first[:1] + last[:1] if car else ''}",
            f"   UserID: {entry.user_id}", f"   TeamID: {entry.team_id}",
            f"   TeamName: {self._name(entry.team)}", f'   CarNumber: "{entry.number}"',
            f"   CarNumberRaw: {_raw_number(entry.number)}", f"   CarPath: {path if car else entry.car}",
            f"   CarClassID: {entry.class_id}", f"   CarID: {100 + sum(map(ord, entry.car)) % 400}",
            f"   CarIsPaceCar: {entry.is_pace_car:d}", "   CarIsAI: 0",
            f"   CarIsElectric: {car is not None and car.member.plan.is_electric:d}",
            f"   CarScreenName: {entry.car}", f"   CarScreenNameShort: {entry.car}", "   CarCfg: -1",
            "   CarCfgName: ", "   CarCfgCustomPaintExt: ",
            f"   CarClassShortName: {'' if found is None else found.name}",
            f"   CarClassRelSpeed: {0 if found is None else found.relative_speed:.0f}",
            "   CarClassLicenseLevel: 0", "   CarClassMaxFuelPct: 1.000 %",
            "   CarClassWeightPenalty: 0.000 kg",
            "   CarClassPowerAdjust: 0.000 %", "   CarClassDryTireSetLimit: 0 %",
            f"   CarClassColor: 0x{colour:06x}", f"   CarClassEstLapTime: {est_s:.4f}",
            f"   IRating: {entry.irating}", f"   LicLevel: {licence[2]}", "   LicSubLevel: 0",
            f"   LicString: {licence[0]}", f"   LicColor: {licence[1]}",
            f"   IsSpectator: {entry.is_spectator:d}", "   CarDesignStr: 0,ffffff,ffffff,ffffff",
            "   HelmetDesignStr: 0,ffffff,000000,000000", "   SuitDesignStr: 0,ffffff,000000,000000",
            "   BodyType: 0", "   FaceType: 0", "   HelmetType: 0",
            "   CarNumberDesignStr: 0,0,ffffff,777777,000000", "   CarSponsor_1: 0", "   CarSponsor_2: 0",
        )  # fmt: skip
        flair = ("-none-", 0, 1) if car is None else ("Unaffiliated", 1, 3)
        yield from (
            "   ClubName: None", "   ClubID: 0", f"   FlairName: {flair[0]}", f"   FlairID: {flair[1]}",
            f"   DivisionName: Division {flair[2]}", f"   DivisionID: {flair[2] - 1}",
        )  # fmt: skip
        points = (-1, -1) if car is None else (car.driver_points.get(car.driver, 0), car.incident_points)
        yield f"   CurDriverIncidentCount: {points[0]}"
        yield f"   TeamIncidentCount: {points[1]}"


def _raw_number(number: str) -> int:
    """Leading zeros count in thousands, so that 7 and 07 differ as numbers too."""
    zeros = len(number) - len(number.lstrip("0"))
    value = int(number)
    if zeros == 0 or value == 0:
        return value
    digits = 3 if value > 99 else 2 if value > 9 else 1
    return value + 1000 * (digits + zeros)
