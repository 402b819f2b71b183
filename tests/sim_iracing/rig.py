"""A sim under a test's hand: memory that is written step by step, a clock that moves when told."""

import threading

from image import Image

from pitbox.model.session import CarClass, Entry, OwnCar, SessionInfo, SessionPart, Track
from pitbox.model.source import Missed, Ticks
from pitbox.sim.iracing.live import IracingSource, LiveLimits

DEADLINE_S = 10.0


class HandClock:
    def __init__(self):
        self.now_s = 100.0

    def monotonic_s(self):
        return self.now_s

    def wall_s(self):
        return self.now_s


class Wire:
    """A connection to the rig's memory; waiting moves the clock."""

    def __init__(self, rig):
        self.rig, self.view, self.is_shut = rig, memoryview(rig.memory), False

    def wait(self, timeout_s):
        self.rig.clock.now_s += timeout_s

    def is_current(self):
        return self.rig.wire_is_current

    def close(self):
        self.is_shut = True
        self.view.release()


def info_of(text):
    """The text's drivers: `Driver: name` lines stand for all that a real text says of them."""
    names = [line[9:].decode() for line in text.split(b"\n") if line.startswith(b" Driver: ")]
    entries = tuple(Entry(0, "7", 900, "Team", 500 + at, name, 1, "Car") for at, name in enumerate(names))
    return SessionInfo(
        sim="iracing",
        sub_session_id=0,
        track=Track(1, "x", "", 5000.0, 20.0),
        parts=(SessionPart(0, "Race"),),
        classes=(CarClass(1, "GT"),),
        entries=entries,
        own=OwnCar(0, 100.0, 0.75),
    )


def text_of(sub_session_id=77, drivers=("A",), track="x"):
    lines = "".join(f" Driver: {name}\n" for name in drivers)
    return (
        f"---\nWeekendInfo:\n TrackName: {track}\n SessionID: 5\n SubSessionID: {sub_session_id}\n\n"
        f"DriverInfo:\n DriverCarIdx: 0\n{lines}\n...\n"
    ).encode()


class Rig:
    def __init__(self, read_text=info_of, **options):
        self.clock, self.breath = HandClock(), threading.Event()
        self.healths, self.opened = [], 0
        self.is_there, self.wire_is_current = True, True
        self.image = Image(text=text_of(), text_bytes=8192, **options)
        self.memory = self.image.build()
        self.tick = 0
        self.source = IracingSource(
            read_text, self.open, on_health=self.healths.append, clock=self.clock, limits=LiveLimits()
        )

    def open(self):
        self.opened += 1
        return Wire(self) if self.is_there else None

    def restart(self, **options):
        """The sim is started again: other memory, counts from the beginning."""
        self.image = Image(text_bytes=8192, **({"text": self.image.text} | options))
        self.memory = self.image.build()
        self.wire_is_current = True
        self.is_there = True
        self.tick = 0

    def gone(self):
        """The sim says goodbye and its memory vanishes."""
        self.memory[4] = 0
        self.is_there = False

    def say(self, text):
        self.memory[112 : 112 + 8192] = text.ljust(8192, b"\0")
        self.memory[12] += 1

    def row(self, tick=None, **values):
        """The next row, a tick later, complete in every column that matters."""
        self.clock.now_s += 1 / 60
        self.tick = self.tick + 1 if tick is None else tick
        values = {"SessionTime": self.tick / 60, "SessionTick": self.tick, "SessionUniqueID": 1} | values
        self.image.write(self.memory, self.tick, self.image.row(**values))

    def poll(self, timeout_s=0.0):
        return list(self.source.poll(timeout_s))

    def until(self, kind, step_s=0.02, tries=2000):
        """Poll until an event of this kind came, the clock moving on; everything that came."""
        events = []
        for _ in range(tries):
            self.clock.now_s += step_s
            events += self.poll()
            if any(isinstance(event, kind) for event in events):
                return events
            self.breath.wait(0.0005)  # the lector works in real time
        raise AssertionError(f"no {kind.__name__} among {kinds(events)}")

    def during(self, seconds):
        """Everything that comes in this time."""
        events = []
        for _ in range(round(seconds * 4)):
            self.clock.now_s += 0.25
            events += self.poll()
            self.breath.wait(0.0005)
        return events

    def start(self):
        """A first row, and what comes with it."""
        self.row()
        return self.until(Ticks)


def kinds(events):
    return [type(event).__name__ for event in events]


def ticks_of(events):
    return [int(event.own["SessionTick"][0]) for event in events if isinstance(event, Ticks)]


def missed_of(events):
    return [event for event in events if isinstance(event, Missed)]
