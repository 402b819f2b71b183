"""The parts of the session text that stand still: the event's announcement, cameras, radio, the setup."""

from collections.abc import Iterator

from pitbox.sim.synthetic.event import Event
from pitbox.sim.synthetic.race import Car
from pitbox.sim.synthetic.rules import event_rules
from pitbox.sim.synthetic.scenario import Scenario

RESULT_TAIL = ("   ResultsNumCautionFlags: 0", "   ResultsNumCautionLaps: 0", "   ResultsNumLeadChanges: 0")

_GROUPS = (
    "Nose", "Gearbox", "Roll Bar", "LF Susp", "LR Susp", "Gyro", "RF Susp", "RR Susp", "Cockpit", "Scenic",
    "TV1", "TV2", "TV3", "Pit Lane", "Pit Lane 2", "Blimp", "Chopper", "Chase", "Far Chase", "Rear Chase",
)  # fmt: skip
_FREQUENCIES = (("@TEAM", 60, 0), ("@DRIVERS", 15, 1), ("@ALLTEAMS", 12, 1), ("@RACECONTROL", 80, 0))


def _cameras() -> Iterator[str]:
    yield "CameraInfo:"
    yield " Groups:"
    for number, name in enumerate(_GROUPS, 1):
        yield f" - GroupNum: {number}"
        yield f"   GroupName: {name}"
        if name == "Scenic":
            yield "   IsScenic: true"
        yield "   Cameras:"
        yield "   - CameraNum: 1"
        yield f"     CameraName: Cam{name}"


def _radio() -> Iterator[str]:
    yield from (
        "RadioInfo:", " SelectedRadioNum: 0", " Radios:", " - RadioNum: 0", "   HopCount: 3",
        f"   NumFrequencies: {len(_FREQUENCIES)}", "   TunedToFrequencyNum: 0", "   ScanningIsOn: 1",
        "   Frequencies:",
    )  # fmt: skip
    for number, (name, priority, is_mutable) in enumerate(_FREQUENCIES):
        yield from (
            f"   - FrequencyNum: {number}", f'     FrequencyName: "{name}"', f"     Priority: {priority}",
            "     CarIdx: -1", "     EntryIdx: -1", "     ClubID: 0", "     CanScan: 1", "     CanSquawk: 1",
            "     Muted: 0", f"     IsMutable: {is_mutable}", "     IsDeletable: 0",
        )  # fmt: skip


CAMERAS = tuple(_cameras())
RADIO = tuple(_radio())


def event_lines(event: Event, encoding: str) -> Iterator[str]:
    """WeekendInfo."""
    world, scenario = event.world, event.scenario
    info = world.info()
    sky = world.race.weather.at(world.now_s)
    rules = event_rules(scenario)
    cars = len({car.member.model for car in world.race.cars.values()})
    yield from (
        "WeekendInfo:", f" Encoding: {encoding}", f" TrackName: synthetic ring {scenario.seed} gp",
        f" TrackID: {info.track.track_id}", f" TrackLength: {info.track.length_m / 1000:.4f} km",
        f" TrackLengthOfficial: {info.track.length_m / 1000:.2f} km", f" TrackDisplayName: {info.track.name}",
        f" TrackDisplayShortName: Ring {scenario.seed}", f" TrackConfigName: {info.track.config}",
        " TrackCity: Nowhere", " TrackState: ", " TrackCountry: Utopia", " TrackAltitude: 18.79 m",
        " TrackLatitude: 50.000000 m", " TrackLongitude: 7.000000 m", " TrackNorthOffset: 1.1000 rad",
        " TrackNumTurns: 12", f" TrackPitSpeedLimit: {info.track.pit_speed_mps * 3.6:.2f} kph",
        " TrackPaceSpeed: 26.66 kph", f" TrackNumPitStalls: {scenario.cars}", " TrackType: road course",
        " TrackDirection: neutral", " TrackWeatherType: Realistic", " TrackSkies: Dynamic",
        " TrackSurfaceTemp: 33.00 C", " TrackSurfaceTempCrew: 33.00 C", " TrackAirTemp: 24.00 C",
        " TrackAirPressure: 29.49 Hg", " TrackAirDensity: 1.16 kg/m^3", " TrackWindVel: 2.60 m/s",
        " TrackWindDir: 1.90 rad", " TrackRelativeHumidity: 57 %", " TrackFogLevel: 0 %",
        f" TrackPrecipitation: {100 * sky.rain:.0f} %", " TrackCleanup: 0", " TrackDynamicTrack: 1",
        " TrackVersion: 2026.05.28.02", " SeriesID: 0", " SeasonID: 0",
        f" SessionID: {info.sub_session_id + 200_000_000}", f" SubSessionID: {info.sub_session_id}",
        " LeagueID: 0", " Official: 0", " RaceWeek: 0", " EventType: Race", " Category: SportsCar",
        " SimMode: full", f" TeamRacing: {rules.is_team_event:d}",
        f" MinDrivers: {rules.least_drivers or 0}",
        f" MaxDrivers: {scenario.drivers_per_car}", f" DCRuleSet: {rules.driver_change_rule or 'None'}",
        " QualifierMustStartRace: 0", f" NumCarClasses: {len(scenario.classes)}", f" NumCarTypes: {cars}",
        " HeatRacing: 0", " BuildType: Release", " BuildTarget: Members", " BuildVersion: 2026.07.17.02",
        " RaceFarm: XX-Syn",
    )  # fmt: skip
    yield from _option_lines(scenario)


def _option_lines(scenario: Scenario) -> Iterator[str]:
    rules = event_rules(scenario)
    limit = "unlimited" if scenario.incident_limit is None else str(scenario.incident_limit)
    yield from (
        " WeekendOptions:", f"  NumStarters: {scenario.cars}",
        "  StartingGrid: 2x2 inline pole on left", "  QualifyScoring: best lap",
        f"  CourseCautions: {rules.cautions}", "  StandingStart: 0",
        "  ShortParadeLap: 1", "  Restarts: single file", "  WeatherType: Realistic", "  Skies: Dynamic",
        "  WindDirection: N", "  WindSpeed: 3.22 km/h", "  WeatherTemp: 25.56 C", "  RelativeHumidity: 57 %",
        "  FogLevel: 0 %", f"  TimeOfDay: {_of_day(scenario.start_of_day_s)}", "  Date: 2026-08-15",
        "  EarthRotationSpeedupFactor: 1", "  Unofficial: 1", "  CommercialMode: consumer",
        "  NightMode: variable", "  IsFixedSetup: 0", "  StrictLapsChecking: default",
        "  HasOpenRegistration: 0", "  HardcoreLevel: 0", "  NumJokerLaps: 0", f"  IncidentLimit: {limit}",
        "  IncidentWarningInitialLimit: unlimited", "  IncidentWarningSubsequentLimit: unlimited",
        f"  FastRepairsLimit: {scenario.fast_repairs}", "  GreenWhiteCheckeredLimit: 0",
        " TelemetryOptions:", '  TelemetryDiskFile: ""',
    )  # fmt: skip


def setup_lines(car: Car) -> Iterator[str]:
    """CarSetup, as much of it as a tool may look at."""
    yield from ("CarSetup:", " UpdateCount: 2", " TiresAero:", "  TireType:")
    yield f"   TireType: {'Wet' if car.compound else 'Dry'}"
    for corner, temps in (
        ("LeftFront", "OMI"),
        ("LeftRear", "OMI"),
        ("RightFront", "IMO"),
        ("RightRear", "IMO"),
    ):
        yield from (
            f"  {corner}:", "   StartingPressure: 152 kPa", "   LastHotPressure: 152 kPa",
            f"   LastTemps{temps}: 38C, 38C, 38C", "   TreadRemaining: 100%, 100%, 100%",
        )  # fmt: skip
    yield from (
        "  AeroBalanceCalc:", "   FrontRhAtSpeed: 43 mm", "   RearRhAtSpeed: 57 mm",
        "   RearWingAngle: 8 degrees", "   FrontDownforce: 40.9%", " Chassis:", "  Rear:",
        f"   FuelLevel: {car.member.plan.tank_l:.1f} L", "   RearWingAngle: 8 degrees",
        "  InCarAdjustments:", "   BrakePressureBias: 53.4%", "   AbsSetting: 4 (ABS)",
        "   TcSetting: 4 (TC)",
    )  # fmt: skip


def _of_day(second: float) -> str:
    hour, minute = int(second // 3600) % 24, int(second // 60) % 60
    return f"{(hour - 1) % 12 + 1}:{minute:02d} {'am' if hour < 12 else 'pm'}"
