"""What a user can set: frozen structs with words and bounds, from which all else derives.

The file, the command `pitbox settings`, `docs/settings.md` and the tests read `every_setting()`; a
setting is added here and nowhere else.
"""

from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

MIB = 1 << 20
GIB = 1 << 30
TIB = 1 << 40

Folder = Annotated[str, Meta(extra={"form": "folder"})]
"""Empty, or an absolute path; `~` is the home folder."""


_FORMS = {"folder": "an absolute path"}


class General(msgspec.Struct, frozen=True):
    mode: Annotated[
        Literal["", "driver", "engineer"],
        Meta(description="What PitBox opens with when no command is given; remembered from the last time."),
    ] = ""
    name: Annotated[
        str,
        Meta(
            max_length=40, description="How the rest of the team sees you. Empty: your name on this computer."
        ),
    ] = ""


class Storage(msgspec.Struct, frozen=True):
    data_folder: Annotated[
        Folder, Meta(description="Where recordings and the database lie. Empty: the system's place for data.")
    ] = ""
    keep_days: Annotated[
        int,
        Meta(ge=0, le=36500, description="Sessions older than this are archived, never deleted. 0: never."),
    ] = 0
    archive_folder: Annotated[
        Folder, Meta(description="Where archived sessions go. Empty: `archive` in the data folder.")
    ] = ""
    warn_free_bytes: Annotated[
        int, Meta(ge=0, le=TIB, description="Warn when less than this is free where recordings lie.")
    ] = 2 * GIB
    reserve_bytes: Annotated[
        int,
        Meta(
            ge=MIB,
            le=GIB,
            description="Set aside at a session's start: with it, recording outlasts a full disk.",
        ),
    ] = 64 * MIB


class Store(msgspec.Struct, frozen=True):
    batch_s: Annotated[
        float,
        Meta(ge=0.5, le=60.0, description="Seconds of recording that go into the database at a time."),
    ] = 10.0
    memory_limit_bytes: Annotated[
        int,
        Meta(ge=192 * MIB, le=64 * GIB, description="Memory that the database may use."),
    ] = 512 * MIB


class Log(msgspec.Struct, frozen=True):
    commit_interval_ms: Annotated[
        int,
        Meta(
            ge=50,
            le=2000,
            description="How often a recording is made safe on disk: what a power cut can cost at most.",
        ),
    ] = 250


class Driver(msgspec.Struct, frozen=True):
    is_autostarted: Annotated[
        bool, Meta(description="Driver mode starts when you log in to this computer.")
    ] = False
    is_minimised: Annotated[
        bool, Meta(description="Driver mode starts in the tray; where there is none, as a minimised window.")
    ] = False


class Messages(msgspec.Struct, frozen=True):
    quick_texts: Annotated[
        str, Meta(max_length=2000, description="Texts to send with one press, with ; between them.")
    ] = "Box this lap; Stay out; Push now; Save fuel; Traffic behind; Rain is coming"
    lives_s: Annotated[
        int,
        Meta(ge=0, le=86400, description="Race time after which your messages are no longer new. 0: never."),
    ] = 300
    is_spoken: Annotated[
        bool, Meta(description="Driver mode says new messages aloud, with this computer's own voice.")
    ] = False
    volume_percent: Annotated[int, Meta(ge=0, le=100, description="How loud messages are spoken.")] = 80
    quiet_zones: Annotated[
        str,
        Meta(
            max_length=400,
            pattern=r"^(((0(\.[0-9]+)?|1(\.0+)?)-(0(\.[0-9]+)?|1(\.0+)?))(, *|$))*$",
            extra={"form": "parts of the lap, like 0.10-0.15, 0.93-0.02"},
            description="Where on the lap nothing is spoken.",
        ),
    ] = ""
    is_overlaid: Annotated[
        bool, Meta(description="A new message stands over the sim; mouse and focus pass through it.")
    ] = False
    acknowledge_key: Annotated[
        str,
        Meta(
            max_length=3,
            pattern=r"^(F([1-9]|1[0-9]|2[0-4]))?$",
            extra={"form": "a key from F1 to F24"},
            description="Acknowledges a message, whatever window is in front.",
        ),
    ] = ""
    acknowledge_button: Annotated[
        str,
        Meta(
            max_length=7,
            pattern=r"^([0-9]{1,2}:[0-9]{1,3})?$",
            extra={"form": "a device and a button, like 0:5"},
            description="A button of wheel or joystick that acknowledges; `pitbox ack --find` names it.",
        ),
    ] = ""


class Window(msgspec.Struct, frozen=True):
    theme: Annotated[Literal["dark", "light"], Meta(description="Colours of every window.")] = "dark"
    scale_percent: Annotated[
        int,
        Meta(ge=80, le=200, description="Size of windows and their text; the system's scale comes on top."),
    ] = 100
    units: Annotated[
        Literal["metric", "imperial"],
        Meta(description="Litres and degrees Celsius, or gallons and Fahrenheit."),
    ] = "metric"
    time_zone: Annotated[
        Literal["local", "utc"], Meta(description="Whose clock times of day are told by.")
    ] = "local"
    row_height: Annotated[
        Literal["compact", "normal", "relaxed"], Meta(description="How close the rows of tables stand.")
    ] = "normal"
    is_motion_reduced: Annotated[
        bool, Meta(description="Nothing slides or fades; a change is shown at once.")
    ] = False


class Sim(msgspec.Struct, frozen=True):
    send_commands: Annotated[
        bool,
        Meta(description="PitBox may tick pit boxes, send chat macros, turn the camera and move the replay."),
    ] = False
    accept_pit_requests: Annotated[
        bool,
        Meta(
            description="While you are in the car, an engineer may set the pit menu (with sim.send_commands)."
        ),
    ] = False
    watch_folder: Annotated[
        bool,
        Meta(description="Driver mode imports what iRacing newly writes into its telemetry folder."),
    ] = False
    telemetry_folder: Annotated[
        Folder,
        Meta(description="Where iRacing writes `.ibt` files. Empty: `iRacing/telemetry` in your documents."),
    ] = ""


class Strategy(msgspec.Struct, frozen=True):
    """What people know of this event and iRacing does not tell."""

    service: Annotated[
        Literal["", "together", "in-turn", "least-time", "circuit"],
        Meta(description="Rules of service in the pits, as in `pitbox status`. Empty: what is usual."),
    ] = ""
    stint_minutes: Annotated[int, Meta(ge=0, le=1440, description="The longest stint. 0: no limit.")] = 0
    drive_minutes: Annotated[
        int, Meta(ge=0, le=1440, description="The longest drive time of a driver in the race. 0: no limit.")
    ] = 0
    tyre_laps: Annotated[
        int, Meta(ge=0, le=1000, description="Laps that a set of tyres may do. 0: no limit.")
    ] = 0
    drivers: Annotated[
        int, Meta(ge=0, le=64, description="How many will drive. 0: those seen, and as many as have to.")
    ] = 0
    fuel_target: Annotated[
        float, Meta(ge=0, le=1000, description="Litres or kWh a lap to reckon with as well. 0: none.")
    ] = 0.0
    least_stops: Annotated[
        int, Meta(ge=0, le=200, description="Stops that the event demands in the whole race. 0: none.")
    ] = 0
    least_tyre_changes: Annotated[
        int, Meta(ge=0, le=200, description="Changes of tyres that the event demands. 0: none.")
    ] = 0
    tyre_sets: Annotated[
        int, Meta(ge=-1, le=200, description="Sets of tyres that are left to put on. -1: no limit.")
    ] = -1
    is_tyres_each_stop: Annotated[bool, Meta(description="Every stop has to change the tyres.")] = False
    most_saving_percent: Annotated[
        int, Meta(ge=0, le=30, description="Fuel of a lap that a driver may be asked to save. 0: none.")
    ] = 6
    is_fuel_or_tyres: Annotated[
        bool, Meta(description="A stop that takes fuel may not change the tyres as well.")
    ] = False
    is_refuelled: Annotated[
        bool, Meta(description="Fuel may be added at stops. Off: tyres alone say when to stop.")
    ] = True


class Planning(msgspec.Struct, frozen=True):
    reminder_minutes: Annotated[
        str,
        Meta(
            max_length=60,
            pattern=r"^([1-9][0-9]{0,2}(, *[1-9][0-9]{0,2})*)?$",
            extra={"form": "minutes, like 30, 15, 5"},
            description="How long before a stint its driver is reminded. Empty: never.",
        ),
    ] = "30, 15, 5"
    is_handover_posted: Annotated[
        bool, Meta(description="The hand-over card goes to the webhook with the first reminder of a stint.")
    ] = True


class Models(msgspec.Struct, frozen=True):
    is_trained_by_itself: Annotated[
        bool,
        Meta(description="Engineer mode learns from new races in the background while nobody records."),
    ] = True
    is_promoted_by_itself: Annotated[
        bool, Meta(description="What it learnt speaks at once if it does better than what spoke before.")
    ] = True
    keep_versions: Annotated[
        int, Meta(ge=1, le=100, description="Versions of each model that are kept, with those that speak.")
    ] = 5


class Report(msgspec.Struct, frozen=True):
    """The report of a race, as a page and a book."""

    at_race_end: Annotated[
        bool, Meta(description="Driver mode writes the report of each race when its session is over.")
    ] = False
    folder: Annotated[
        Folder, Meta(description="Where those reports go, each race in a folder. Empty: the data folder.")
    ] = ""
    colour: Annotated[
        str,
        Meta(max_length=7, description="The team's colour in reports, like #0b66d0. Empty: PitBox's own."),
    ] = ""
    logo: Annotated[
        str,
        Meta(max_length=4096, description="A PNG or JPEG of at most 1 MB for the title page. Empty: none."),
    ] = ""


class Settings(msgspec.Struct, frozen=True):
    general: General = General()
    storage: Storage = Storage()
    store: Store = Store()
    log: Log = Log()
    driver: Driver = Driver()
    messages: Messages = Messages()
    window: Window = Window()
    sim: Sim = Sim()
    strategy: Strategy = Strategy()
    planning: Planning = Planning()
    models: Models = Models()
    report: Report = Report()


class Setting(msgspec.Struct, frozen=True):
    """What there is to know about one setting."""

    key: str
    """`group.name`, as in the file and on the command line."""
    kind: Any
    """The type with its bounds, for msgspec to convert to."""
    default: Any
    description: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    is_folder: bool = False
    form: str = ""
    """What a text has to be like, in words; empty for one that may be anything."""

    @property
    def group(self) -> str:
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        return self.key.partition(".")[2]

    def bounds_words(self) -> str:
        """What the value may be, for people."""
        if self.choices:
            return " or ".join(choice or "empty" for choice in self.choices)
        if isinstance(self.default, bool):
            return "true or false"
        if self.form:
            return f"empty or {_FORMS.get(self.form, self.form)}"
        if isinstance(self.default, str) and self.high is not None:
            return f"a text of at most {self.high:g} characters"
        if self.low is None or self.high is None:
            return "any text" if isinstance(self.default, str) else "any number"
        what = "whole number" if isinstance(self.default, int) else "number"
        what = "size" if self.name.endswith("_bytes") else what
        return f"a {what} from {self.words(self.low)} to {self.words(self.high)}"

    def words(self, value: Any) -> str:
        """A value, for people."""
        if self.name.endswith("_bytes"):
            for size, unit in ((TIB, "TiB"), (GIB, "GiB"), (MIB, "MiB")):
                if value and value % size == 0:
                    return f"{value // size} {unit}"
        if isinstance(value, bool):
            return "true" if value else "false"
        return f"{value:g}" if isinstance(value, float) else str(value) or "empty"


@cache
def every_setting() -> tuple[Setting, ...]:
    """All settings, in the order of the structs."""
    return tuple(_settings_of())


def value_of(settings: Settings, key: str) -> Any:
    """The value under a dotted key of `every_setting()`."""
    group, _, name = key.partition(".")
    return getattr(getattr(settings, group), name)


def with_value(settings: Settings, key: str, value: Any) -> Settings:
    """The settings with another value under one dotted key."""
    group, _, name = key.partition(".")
    changed = msgspec.structs.replace(getattr(settings, group), **{name: value})
    return msgspec.structs.replace(settings, **{group: changed})


def _settings_of() -> Iterator[Setting]:
    for group in msgspec.structs.fields(Settings):
        kinds = get_type_hints(group.type, include_extras=True)
        for field in msgspec.structs.fields(group.type):
            yield _setting(f"{group.name}.{field.name}", kinds[field.name], field.default)


def _setting(key: str, kind: Any, default: Any) -> Setting:
    inner, *metas = get_args(kind)
    assert all(isinstance(meta, Meta) for meta in metas)
    form = next((str(meta.extra["form"]) for meta in metas if meta.extra), "")
    return Setting(
        key,
        kind,
        default,
        description=next(meta.description for meta in metas if meta.description),
        low=next((meta.ge for meta in metas if meta.ge is not None), None),
        high=next(
            (m.max_length if m.le is None else m.le for m in metas if (m.max_length, m.le) != (None, None)),
            None,
        ),
        choices=get_args(inner) if get_origin(inner) is Literal else (),
        is_folder=form == "folder",
        form=form,
    )
