"""Free time in words: ranges, days, `all race`, `from`, `until`, `not`, and slots of a grid, on one clock.

A time without a day is every such time that lies in a race; so none is invented, and a race of a day has
each hour once. A day without a year is the one nearest to the race.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from pitbox.model.span import Span, Spans, joined, without
from pitbox.planning.sign_up import words
from pitbox.planning.sign_up.words import folded, plain

_WEEKDAYS = (
    "monday mon montag mo lundi lun lunes lunedi segunda maandag",
    "tuesday tue tues dienstag di mardi mar martes martedi terca dinsdag",
    "wednesday wed mittwoch mi mercredi mer miercoles mercoledi quarta woensdag",
    "thursday thu thur thurs donnerstag do jeudi jeu jueves giovedi quinta donderdag",
    "friday fri freitag fr vendredi ven viernes venerdi sexta vrijdag",
    "saturday sat samstag sonnabend sa samedi sam sabado sabato zaterdag",
    "sunday sun sonntag so dimanche dim domingo domenica zondag",
)
_DAY_OF = {word: number for number, line in enumerate(_WEEKDAYS) for word in line.split()}
_DAY = (
    r"(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}(?:[./](?:\d{4}|\d{2}))?\.?|"
    + "|".join(sorted(_DAY_OF, key=len, reverse=True))
    + r")"
)
_DAY_END = r"(?=[\s,:]|t\d|$)"
_TIME = (
    r"(?:\d{1,2}(?:[:h.]\d{2})?(?::\d{2})?\s*(?:am|pm|a\.m\.|p\.m\.|uhr|h)?"
    r"|noon|midnight|mittag|mitternacht|midi|minuit)"
)
_TO = r"\s*(?:-|\u2013|\u2014|\u2192|->|to|bis|until|till?|a|as|e|ate|hasta|jusqu.?a|tot)\s*"
_RANGE = re.compile(
    rf"(?:(?P<day>{_DAY}){_DAY_END}[\s,:t]*)?(?P<start>{_TIME}){_TO}(?:(?P<day2>{_DAY}){_DAY_END}[\s,t]*)?(?P<end>{_TIME})"
)
_AT = rf"\s+(?:(?P<day>{_DAY}){_DAY_END}[\s,]*)?(?P<time>{_TIME})"
_FROM = re.compile(
    rf"(?:from|after|since|ab|von|nach|des|apres|desde|dalle|da|depois|vanaf){_AT}|(?P<plus>{_TIME})\s*\+"
)
_UNTIL = re.compile(rf"(?:until|till?|before|up to|bis|vor|jusqu.?a|avant|hasta|fino a(?:lle)?|ate|tot){_AT}")
_ONE_DAY = re.compile(rf"(?P<day>{_DAY})(?:\s+all day|\s+ganztagig|\s*:\s*all)?")
_ONE_TIME = re.compile(rf"(?:(?P<day>{_DAY}){_DAY_END}[\s,t]*)?(?P<time>{_TIME})")
_NOT = re.compile(
    r"^(?:except|not|but not|apart from|ausser|nicht|sauf|pas|excepto|salvo|tranne|no|behalve)\s+"
)
_UTC_AT_END = re.compile(r"\s*\b(?:utc|gmt|z)$")
_RACE_HOUR = re.compile(
    r"(?:h|hour|hr|stunde|std|heure|hora|ora|uur)\s*\+?\s*(\d{1,3})|\+\s*(\d{1,3})\s*h?|t\s*\+\s*(\d{1,3})\s*h?"
)
_BRACKETED = re.compile(r"^.*[\[(](?P<inside>[^\])]+)[\])]\s*$")
_ISO_INTERVAL = re.compile(r"(\d{2}:\d{2}(?::\d{2})?Z?)\s*/\s*(\d{4}-)")
_DAY_BEFORE_TIME = re.compile(rf"\b({_DAY})\s*[,:]\s*(?=\d)", re.IGNORECASE)
_BUT = re.compile(
    r"\s+(?=(?:except|but not|apart from|außer|ausser|sauf|excepto|salvo|tranne)\s)", re.IGNORECASE
)
_BETWEEN = re.compile(r"\s*(?:[;\n|&,]|\s(?:and|und|et|y|then)\s)\s*", re.IGNORECASE)
_DAY_MIN = 24 * 60

Day = date | int | tuple[int, int] | None
"""A date, a weekday (0: Monday), two numbers of which it is not known which is the month, or none."""


class HourHead(msgspec.Struct, frozen=True):
    """What the head of a grid's column stands for."""

    day: Day = None
    start_min: int | None = None
    end_min: int | None = None
    race_hour: int | None = None
    """The first hour of the race is 1."""
    is_utc: bool = False


class Said(msgspec.Struct, frozen=True):
    """Wall clock of a zone, or UTC where `zone` says so."""

    start: datetime
    end: datetime
    zone: str
    is_maybe: bool = False


class Heard(msgspec.Struct, frozen=True):
    said: tuple[Said, ...] = ()
    unread: tuple[str, ...] = ()
    """Pieces that make no sense, as they were written."""
    is_never: bool = False


def hour_head(head: str) -> HourHead | None:
    """None for a head that is no slot of time; `Availability [Sat 14:00]` is one as `14:00-15:00` is."""
    bracketed = _BRACKETED.match(head.strip())
    if bracketed and head.strip().endswith(")") and not re.search(r"\d[:h]", bracketed["inside"]):
        bracketed = None  # `Night (1-5)` is a scale
    text = folded(bracketed["inside"] if bracketed else head)
    is_utc = bool(_UTC_AT_END.search(text))
    text = _UTC_AT_END.sub("", text)
    if hour := _RACE_HOUR.fullmatch(text):
        number = int(next(group for group in hour.groups() if group))
        # `H+0` is the first hour, and so is `Hour 1`.
        return HourHead(race_hour=number + 1 if "+" in text else max(1, number))
    if found := _RANGE.fullmatch(text):
        start, end = _minutes(found["start"]), _minutes(found["end"])
        if start is not None and end is not None:
            return HourHead(_day(found["day"]), start, end, is_utc=is_utc)
    found = _ONE_TIME.fullmatch(text)
    if found and (minutes := _minutes(found["time"])) is not None and _is_clock(text, found["time"]):
        return HourHead(_day(found["day"]), minutes, is_utc=is_utc)
    if bracketed and (found := _ONE_DAY.fullmatch(text)):
        return HourHead(_day(found["day"]))
    return None


def _is_clock(text: str, time: str) -> bool:
    """A bare number is a slot only as `14h`: a column may be called `3`."""
    return not text.strip().isdigit() and not time.strip().isdigit()


class Listener:
    """Hears what people say of one event: its races tell the day, where nobody did."""

    def __init__(self, races: Spans) -> None:
        self.races = races

    def hear(self, text: str, zone: str, *, day: Day = None, is_maybe: bool = False) -> Heard:
        """All that a cell says, on that clock; `day` is the one that the column's head names."""
        whole = plain(words.without_maybe(text)) if words.is_maybe(text) else plain(text)
        if whole in words.NEVER:
            return Heard(is_never=True)
        if whole in words.ALL and day is None:
            return Heard(self._all(is_maybe=is_maybe or words.is_maybe(text)), () if self.races else (text,))
        said: list[Said] = []
        refused: list[Said] = []
        unread: list[str] = []
        last = day
        for piece in _pieces(text):
            spelt = folded(piece)
            perhaps = is_maybe or words.is_maybe(spelt)
            spelt = words.without_maybe(spelt) if words.is_maybe(spelt) else spelt
            no = _NOT.match(spelt)
            found, last = self._piece(spelt[no.end() :] if no else spelt, zone, last)
            if not found:
                unread.append(piece.strip())
            elif no:
                refused += found
            else:
                said += [msgspec.structs.replace(one, is_maybe=perhaps) for one in found]
        if refused and not said:
            said = list(self._all(is_maybe=is_maybe))
        return Heard(tuple(_left(said, refused)), tuple(unread))

    def slot(self, head: HourHead, zone: str, *, length_min: int, is_maybe: bool) -> list[Said]:
        """The stretch of a grid's cell."""
        if head.race_hour is not None:
            return [
                msgspec.structs.replace(one, is_maybe=is_maybe)
                for race in self.races
                for one in _utc(_hour_of(race, head.race_hour))
            ]
        if head.start_min is None:
            return []
        zone = "UTC" if head.is_utc else zone
        end = head.end_min if head.end_min is not None else head.start_min + length_min
        found = self._between(head.day, head.start_min, None, end, zone)
        return [msgspec.structs.replace(one, is_maybe=is_maybe) for one in found]

    def _all(self, is_maybe: bool) -> tuple[Said, ...]:
        found = [one for race in self.races for one in _utc(race)]
        return tuple(msgspec.structs.replace(one, is_maybe=is_maybe) for one in found)

    def _piece(self, spelt: str, zone: str, last: Day) -> tuple[list[Said], Day]:
        """What it says, and the day that holds for the pieces after it."""
        if plain(spelt) in words.ALL:
            return (list(self._all(is_maybe=False)) if last is None else self._whole_day(last, zone)), last
        if _UTC_AT_END.search(spelt):
            spelt, zone = _UTC_AT_END.sub("", spelt), "UTC"
        if found := _RANGE.fullmatch(spelt):
            return self._range(found, zone, last)
        for pattern in (_FROM, _UNTIL):
            if found := pattern.fullmatch(spelt):
                groups = found.groupdict()
                time = groups["time"] or groups.get("plus") or ""
                return self._open(_day(groups["day"]), time, zone, is_from=pattern is _FROM), last
        if found := _ONE_DAY.fullmatch(spelt):
            return self._whole_day(day := _day(found["day"]), zone), day
        return self._one_hour(spelt, zone, last)

    def _whole_day(self, day: Day, zone: str) -> list[Said]:
        return self._between(day, 0, None, _DAY_MIN, zone) if day is not None else []

    def _one_hour(self, spelt: str, zone: str, last: Day) -> tuple[list[Said], Day]:
        """A box of a form: `14:00, 15:00` are the hours that begin then; a bare 14 says too little."""
        found = _ONE_TIME.fullmatch(spelt)
        start = _minutes(found["time"]) if found else None
        if found is None or start is None or not _is_clock(spelt, found["time"]):
            return [], last
        day = _day(found["day"]) if found["day"] else last
        return self._between(day, start, None, start + 60, zone), day

    def _range(self, found: re.Match[str], zone: str, last: Day) -> tuple[list[Said], Day]:
        day = _day(found["day"]) if found["day"] else last
        start, end = _minutes(found["start"], after=found["end"]), _minutes(found["end"])
        if start is None or end is None:
            return [], day
        return self._between(day, start, _day(found["day2"]), end, zone), day

    def _between(self, day: Day, start: int, day2: Day, end: int, zone: str) -> list[Said]:
        out = []
        for one in self._dates(day, zone):
            begins = datetime(one.year, one.month, one.day) + timedelta(minutes=start)  # noqa: DTZ001 - wall clock
            ends = datetime(one.year, one.month, one.day) + timedelta(minutes=end)  # noqa: DTZ001
            if day2 is not None:
                other = next((two for two in self._dates(day2, zone, one) if two >= one), one)
                ends = datetime(other.year, other.month, other.day) + timedelta(minutes=end)  # noqa: DTZ001
            if ends <= begins:
                ends += timedelta(days=1)
            said = Said(begins, ends, zone)
            if isinstance(day, date) or not self.races or self._is_in_race(said):
                out.append(said)
        return out

    def _open(self, day: Day, time: str, zone: str, *, is_from: bool) -> list[Said]:
        """From a time to the end of the race, or from its start to a time."""
        minutes, out = _minutes(time), []
        for race in self.races if minutes is not None else ():
            for one in self._dates(day, zone):
                at_s = _utc_s(datetime(one.year, one.month, one.day) + timedelta(minutes=minutes or 0), zone)  # noqa: DTZ001
                if race.start_s <= at_s < race.end_s or (day is not None and is_from and at_s < race.end_s):
                    out += _utc(Span(at_s, race.end_s) if is_from else Span(race.start_s, at_s))
                    break
        return out

    def _dates(self, day: Day, zone: str, near: date | None = None) -> list[date]:
        """Which dates are meant: of the days around the races, those that fit."""
        if isinstance(day, date):
            return [day]
        if near is not None:
            around = [near + timedelta(days=step) for step in range(7)]
        else:
            around = sorted({one for race in self.races for one in _days(race, zone)})
        if day is None:
            return around
        if isinstance(day, tuple):
            # 3/4 is whichever of the two lies at the race; of both, the day first.
            for month, number in (day[::-1], day):
                if fitting := [one for one in around if (one.month, one.day) == (month, number)]:
                    return fitting
            return []
        return [one for one in around if one.weekday() == day]

    def _is_in_race(self, said: Said) -> bool:
        span = Span(_utc_s(said.start, said.zone), _utc_s(said.end, said.zone))
        return any(span.start_s < race.end_s and race.start_s < span.end_s for race in self.races)


def _pieces(text: str) -> list[str]:
    """`Sat, 14:00-18:00` is one piece; `14:00-16:00, 18:00-20:00` are two; `all except 2-4` is two."""
    text = _ISO_INTERVAL.sub(r"\1 - \2", text)
    text = _DAY_BEFORE_TIME.sub(r"\1 ", text)
    return [piece for piece in _BETWEEN.split(_BUT.sub(";", text)) if piece.strip()]


def _minutes(time: str | None, after: str | None = None) -> int | None:
    """Of the day; `2-6pm` means the afternoon for both. 24:00 is the end of the day."""
    spelt = folded(time or "").replace(".m.", "m").replace("uhr", "").strip()
    if spelt in {"noon", "mittag", "midi"}:
        return 12 * 60
    if spelt in {"midnight", "mitternacht", "minuit"}:
        return 0 if after is not None else _DAY_MIN
    half = re.search(r"(am|pm)$", spelt) or (re.search(r"(pm)$", folded(after or "")) if after else None)
    found = re.match(r"(\d{1,2})(?:[:h.](\d{2}))?", spelt)
    if found is None:
        return None
    hours, minutes = int(found[1]), int(found[2] or 0)
    if half and hours <= 12:
        late = half[1] == "pm" and (spelt.endswith("pm") or hours <= _hour(after or ""))
        hours = hours % 12 + (12 if late else 0)
    return hours * 60 + minutes if hours * 60 + minutes <= _DAY_MIN and minutes < 60 else None


def _hour(time: str) -> int:
    found = re.match(r"\s*(\d{1,2})", time)
    return int(found[1]) % 12 if found else 0


def _day(text: str | None) -> Day:
    spelt = folded(text or "").strip(" ,:")
    if not spelt:
        return None
    if spelt in _DAY_OF:
        return _DAY_OF[spelt]
    numbers = [int(number) for number in re.findall(r"\d+", spelt)]
    try:
        if "-" in spelt:
            return date(*numbers)
        if len(numbers) == 3:
            year = numbers[2] + (2000 if numbers[2] < 100 else 0)
            return (
                date(year, numbers[1], numbers[0]) if numbers[1] <= 12 else date(year, numbers[0], numbers[1])
            )
    except ValueError:
        return None
    return (numbers[0], numbers[1]) if len(numbers) == 2 else None


def _days(race: Span, zone: str) -> list[date]:
    """From the day before its start to the day after its end, on that clock."""
    here = ZoneInfo(zone)
    first = datetime.fromtimestamp(race.start_s, here).date() - timedelta(days=1)
    last = datetime.fromtimestamp(race.end_s, here).date() + timedelta(days=1)
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


def _utc_s(clock: datetime, zone: str) -> float:
    return clock.replace(tzinfo=ZoneInfo(zone)).timestamp()


def _utc(span: Span) -> list[Said]:
    ends = [datetime.fromtimestamp(at_s, UTC).replace(tzinfo=None) for at_s in (span.start_s, span.end_s)]
    return [Said(ends[0], ends[1], "UTC")] if span.length_s > 0 else []


def _hour_of(race: Span, hour: int) -> Span:
    start_s = race.start_s + (hour - 1) * 3600.0
    return Span(min(start_s, race.end_s), min(start_s + 3600.0, race.end_s))


def _left(said: Sequence[Said], refused: Sequence[Said]) -> list[Said]:
    """What was said without what was taken back, which turns all into UTC."""
    if not refused:
        return list(said)
    holes = joined(Span(_utc_s(one.start, one.zone), _utc_s(one.end, one.zone)) for one in refused)
    out = []
    for one in said:
        whole = Span(_utc_s(one.start, one.zone), _utc_s(one.end, one.zone))
        for span in without((whole,), holes):
            out += [msgspec.structs.replace(left, is_maybe=one.is_maybe) for left in _utc(span)]
    return out
