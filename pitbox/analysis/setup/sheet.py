"""A car's setup as the sim's session text shows it: a tree of words, made flat."""

import re

import msgspec

from pitbox.sim.iracing.outline import outline

_LINE = re.compile(r"^( *)(\w+):(?:[ \t]+(.*))?$")
_NUMBER = re.compile(r"^([+-]?\d+(?:\.\d+)?)\s*(.*)$")
_MOST_LINES = 2000
_MEASURED = re.compile(
    r"LastHot|LastTemps|TreadRemaining|CornerWeight|RideHeight$|RhAtSpeed|Downforce(?!Trim)|AeroBalance|"
    r"^UpdateCount|Calc(?:ulator)?\b|WeightDist|FWtdist|NoseWeight|CrossWeight"
)
"""What follows from settings and from driving; nobody sets it."""
_LOOKS = re.compile(r"DashDisplay|DisplayPage|LedStrip|NightLed|FuelLowWarning|ShiftLight|Wiper")
_FUEL = re.compile(r"FuelLevel")
_UNDERWAY = re.compile(
    r"InCar|BrakePressureBias|BrakeBias|AbsSetting|TcSetting|ThrottleShape|DscSetting|FdsSetting"
)


class Value(msgspec.Struct, frozen=True):
    text: str
    number: float | None
    unit: str


class SetupSheet(msgspec.Struct, frozen=True):
    """By path, as `Chassis/LeftFront/SpringRate`. Only what a person sets, and the fuel apart."""

    name: str
    """Of the file it was loaded from; may be empty."""
    values: dict[str, Value]
    measured: dict[str, Value]
    """What the sim worked out or measured."""
    fuel: str = ""

    @property
    def is_known(self) -> bool:
        return bool(self.values)

    @property
    def mark(self) -> tuple[tuple[str, str], ...]:
        """The same for the same settings, whatever the file is called."""
        return tuple(sorted((path, value.text) for path, value in self.values.items()))


class Change(msgspec.Struct, frozen=True):
    path: str
    before: Value | None
    """None: it was not there."""
    after: Value | None
    is_underway: bool
    """A dial in the car, which a driver turns on the way: the text tells where it stood at that moment."""

    @property
    def difference(self) -> float | None:
        """In the value's own unit, where both are numbers of one unit."""
        if self.before is None or self.after is None or self.before.unit != self.after.unit:
            return None
        if self.before.number is None or self.after.number is None:
            return None
        return self.after.number - self.before.number

    @property
    def words(self) -> str:
        """`Chassis, left front: spring rate 200 N/mm to 210 N/mm`."""
        *place, what = (_spaced(part) for part in self.path.split("/"))
        before, after = (value.text if value else "absent" for value in (self.before, self.after))
        where = f"{', '.join(place)}: " if place else ""
        return f"{where}{what} {before} to {after}".capitalize()


def setup_sheet(text: bytes) -> SetupSheet:
    """Of one session text; empty where it tells no setup, as of other people's cars."""
    parts = outline(text)
    name = parts.section("DriverInfo").fields().get("DriverSetupName", "")
    values: dict[str, Value] = {}
    measured: dict[str, Value] = {}
    fuel = ""
    for path, raw in _leaves(parts.section("CarSetup").body):
        if _FUEL.search(path):
            fuel = raw
        elif _MEASURED.search(path):
            measured[path] = _value(raw)
        elif not _LOOKS.search(path):
            values[path] = _value(raw)
    return SetupSheet(name, values, measured, fuel)


def changes(before: SetupSheet, after: SetupSheet) -> tuple[Change, ...]:
    """By path. Two names of one setting, left and right alike, stay two changes."""
    found = []
    for path in sorted(before.values.keys() | after.values.keys()):
        one, two = before.values.get(path), after.values.get(path)
        if (one and one.text) != (two and two.text):
            found.append(Change(path, one, two, bool(_UNDERWAY.search(path))))
    return tuple(found)


def _leaves(body: str) -> list[tuple[str, str]]:
    """Paths and values, by depth of indentation; a line that is no field is passed over."""
    stack: list[tuple[int, str]] = []
    found: list[tuple[str, str]] = []
    for line in body.splitlines()[:_MOST_LINES]:
        match = _LINE.match(line)
        if match is None:
            continue
        depth, word, value = len(match[1]), match[2], (match[3] or "").strip()
        while stack and stack[-1][0] >= depth:
            stack.pop()
        if value:
            found.append(("/".join([*(name for _, name in stack), word]), _bare(value)))
        else:
            stack.append((depth, word))
    return found


def _bare(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] == '"'
    return value[1:-1] if is_quoted else value


def _value(raw: str) -> Value:
    match = _NUMBER.match(raw)
    return Value(raw, None, "") if match is None else Value(raw, float(match[1]), match[2])


def _spaced(word: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", word).lower()
