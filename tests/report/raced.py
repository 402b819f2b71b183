"""A short race as a team has it after the flag: rows of its car, a plan, calls and replies, two setups.

Everything is made by our own generators and lies on a shelf; the sim's own truth is kept beside it.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec
from numpy.lib.recfunctions import repack_fields

from pitbox.identity.device import Identity
from pitbox.log.edits import recordings
from pitbox.log.merge import merged
from pitbox.log.scribe import Scribe, ScribeLimits
from pitbox.log.shelf import Shelf
from pitbox.model.advice import Reply
from pitbox.model.ids import TEAM_PLANS, SessionId
from pitbox.model.ledger import Ledger
from pitbox.model.session import SessionInfo
from pitbox.model.source import Closed, InfoChanged, Opened, SourceEvent, Ticks
from pitbox.sim.synthetic.scenario import SCENARIOS, CautionPlan, Mishaps, Scenario
from pitbox.sim.synthetic.source import SyntheticSource
from pitbox.sim.synthetic.text import session_text
from pitbox.sim.synthetic.truth import Finisher, IncidentTruth, LapTruth, StintTruth, StopTruth, Truth
from pitbox.strategy.briefing import Case, Mind
from pitbox.strategy.decision.strategist import Strategist
from pitbox.strategy.forecast import forecast
from pitbox.strategy.listen import Listener
from pitbox.wall.advice_book import AdviceBook
from pitbox.wall.demo_plan import demo_plan
from pitbox.wall.edit_book import EditBook

SESSION, OWN = SessionId("sub-4712"), 1
TRACK_M = 1120.0
ZERO_UTC_S = 1_790_000_000.0
_NAMES = """
    SessionTime SessionTick SessionNum SessionState SessionFlags SessionUniqueID SessionTimeRemain Lap LapDist
    LapDistPct IsOnTrack IsOnTrackCar OnPitRoad PlayerCarInPitStall PlayerTrackSurface FuelLevel PitSvFlags
    PitSvFuel PitstopActive Speed Throttle Brake Clutch Gear RPM SteeringWheelAngle LatAccel LongAccel YawRate
    Yaw YawNorth VelocityX VelocityY BrakeABSactive LFodometer RFodometer LRodometer RRodometer TrackTemp
    TrackTempCrew AirTemp TrackWetness Precipitation RelativeHumidity WindVel WindDir SolarAzimuth
    WeatherDeclaredWet PitRepairLeft PitOptRepairLeft IsReplayPlaying
"""
_CHANNELS = frozenset(_NAMES.split())
"""What folds and analysis read: all of them would be two thirds of the work."""
WING_SHARE = -0.015
"""Of a lap: what the second setup is worth."""
_TEXT_EVERY_S = 20.0
_LIMITS = ScribeLimits(reserve_bytes=0, warn_free_bytes=0)


class Told(msgspec.Struct):
    """What really happened, as the world wrote it down."""

    laps: list[LapTruth]
    stints: list[StintTruth]
    stops: list[StopTruth]
    incidents: list[IncidentTruth]
    classification: tuple[Finisher, ...]
    green_s: float | None

    @classmethod
    def of(cls, truth: Truth) -> "Told":
        return cls(**{name: getattr(truth, name) for name in cls.__struct_fields__})


def told(folder: Path) -> Told:
    return msgspec.msgpack.decode((folder / "truth.bin").read_bytes(), type=Told)


class HandClock:
    """Stands where the race is."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def monotonic_s(self) -> float:
        return self.now_s

    def wall_s(self) -> float:
        return ZERO_UTC_S + self.now_s


def scenario() -> Scenario:
    """Three cars for eleven minutes on a short lap: two drivers of ours, a stop every seven or eight laps."""
    duel = SCENARIOS["duel"]
    (plan, _) = duel.classes
    classes = (msgspec.structs.replace(plan, cars=3, lap_s=plan.lap_s / 5, tank_l=28.0),)
    return msgspec.structs.replace(
        duel,
        name="report",
        seed=22,
        title="Made race",
        classes=classes,
        race_s=660.0,
        parade_s=8.0,
        slots=12,
        track_length_m=TRACK_M,
        stint_s=150.0,
        mishaps=Mishaps(off_track=0.1, tow=0.0, retirement=0.0, penalty=0.0),
        caution=CautionPlan(),
    )


def make(folder: Path) -> None:
    """As it lies on an engineer's machine: the recording is a copy of the driver's, edits are his own."""
    identity, clock = Identity.load_or_create(folder / "engineer"), HandClock()
    shelf, driver = Shelf(folder / "log"), Identity.load_or_create(folder / "driver")
    _plan(EditBook(shelf, identity, clock, name="Engineer"))
    truth = _record(Scribe(shelf.root, driver, limits=_LIMITS, clock=clock), clock)
    (folder / "truth.bin").write_bytes(msgspec.msgpack.encode(Told.of(truth), enc_hook=float))
    _advise(shelf, EditBook(shelf, identity, clock, name="Engineer"), clock)


def _plan(book: EditBook) -> None:
    plan = scenario()
    book.enter(TEAM_PLANS)
    book.write(demo_plan(plan, ZERO_UTC_S + plan.parade_s))
    book.close()


def _record(scribe: Scribe, clock: HandClock) -> Truth:
    source = SyntheticSource(scenario(), session=SESSION)
    for number, event in enumerate(_events(source)):
        scribe.take([event])
        if isinstance(event, Ticks):
            clock.now_s = float(event.own["SessionTime"][-1])
        if number % 4 == 0:
            scribe.commit()
    scribe.close("done")
    return source.truth


def _events(source: SyntheticSource) -> Iterator[SourceEvent]:
    """With the sim's own text as often as it writes one; from our second stop on wing and pace are others."""
    info: SessionInfo | None = None
    has_turned, said_s = False, 0.0
    while True:
        for event in source.poll(0.0):
            if isinstance(event, InfoChanged):
                info = event.info
                yield msgspec.structs.replace(event, text=_text(source, has_turned))
            else:
                yield _thin(event)
            if isinstance(event, Closed):
                return
        stops = [one for one in source.truth.stops if one.car_idx == OWN]
        if not has_turned and len(stops) > 1 and stops[1].stall_in_s is not None:
            has_turned = True
            _drive_quicker(source)
        now_s = source._event.world.now_s
        if info is not None and now_s > said_s + _TEXT_EVERY_S:
            said_s = now_s
            yield InfoChanged(0, now_s, info, _text(source, has_turned))


def _drive_quicker(source: SyntheticSource) -> None:
    car = source._event.world.race.cars[OWN]
    replace = msgspec.structs.replace
    drivers = tuple(replace(one, slowness=one.slowness + WING_SHARE) for one in car.member.drivers)
    car.member = replace(car.member, drivers=drivers)


def _thin(event: SourceEvent) -> SourceEvent:
    if isinstance(event, Opened):
        own = tuple(channel for channel in event.own.channels if channel.name in _CHANNELS)
        return msgspec.structs.replace(event, own=msgspec.structs.replace(event.own, channels=own))
    if isinstance(event, Ticks):
        names = [name for name in event.own.dtype.names or () if name in _CHANNELS]
        return msgspec.structs.replace(event, own=repack_fields(event.own[names]))
    return event


def _text(source: SyntheticSource, has_turned: bool) -> bytes:
    text = session_text(source._event)
    if has_turned:
        text = text.replace(b"RearWingAngle: 8 degrees", b"RearWingAngle: 6 degrees")
        text = text.replace(b"endurance_wet#2, soft.sto", b"less wing.sto")
    return text


def _advise(shelf: Shelf, book: EditBook, clock: HandClock) -> None:
    """Live, as the machine does it: at each line of ours, from what had been recorded by then."""
    listener, mind, laps = Listener(), Mind(), 0
    book.enter(SESSION)
    desk, strategist = AdviceBook(book), Strategist(mind, engine="numpy")
    for item in merged(recordings(shelf, SESSION)):
        listener.fold_record(item.record, item.log)
        car = listener.story.cars.get(OWN)
        if car is None or len(car.laps) == laps:
            continue
        laps = len(car.laps)
        if laps % 3 == 1:
            continue
        clock.now_s = item.axis.sim_time_s + getattr(item.record, "row_count", 0) / 60
        book.at = msgspec.structs.replace(item.axis, sim_time_s=clock.now_s)
        moment = listener.story.at(clock.now_s)
        told = forecast(moment, Case(), mind)
        answers = list(strategist.answers(moment, told, races=96, budget=40_000, has_asides=False))
        desk.note(answers[-1])
        if answers[-1].calls and laps % 3 == 0:
            desk.reply(answers[-1].calls[0].key, Reply.ACCEPTED if laps % 2 else Reply.NOT_NOW)
    book.close()


def ledger(folder: Path, session: SessionId) -> Ledger:
    """What the engineer's machine reads there."""
    book = EditBook(Shelf(folder / "log"), Identity.load_or_create(folder / "engineer"), HandClock())
    book.enter(session)
    try:
        return book.ask(lambda found: found)
    finally:
        book.close()
