"""iRacing's session text: as much of it as can be read, section by section and car by car."""

import msgspec

from pitbox.model.session import SessionInfo, SessionPart, Track
from pitbox.sim.iracing.outline import Outline, outline
from pitbox.sim.iracing.roster import Roster, roster_of
from pitbox.sim.iracing.weekend import Weekend, parts_of, sectors_of, weekend_of
from pitbox.wire.limit import MAX_PLAIN_PAYLOAD

SIM = "iRacing"
_NOWHERE = Track(0, "", "", 0.0, 0.0)
_READ = ("WeekendInfo", "SessionInfo", "DriverInfo", "SplitTimeInfo")
_SHOWN = 60
"""Characters of a line that could not be read."""
_MOST_BYTES = MAX_PLAIN_PAYLOAD - 1024
"""Of the content, as the log has it, beside a record's head. A full field takes a twentieth."""


class ParsedText(msgspec.Struct, frozen=True):
    """What was read; None and empty for sections that are not there or broken."""

    weekend: Weekend | None
    parts: tuple[SessionPart, ...]
    roster: Roster | None
    sectors: tuple[float, ...]
    problems: tuple[str, ...]
    """What is degraded, in whole sentences."""

    @property
    def info(self) -> SessionInfo | None:
        """None for a text without drivers, which speaks of nobody."""
        if self.roster is None:
            return None
        track = _NOWHERE if self.weekend is None else self.weekend.track
        if self.sectors:
            track = msgspec.structs.replace(track, sector_starts=self.sectors)
        info = SessionInfo(
            sim=SIM,
            sub_session_id=0 if self.weekend is None else self.weekend.sub_session_id,
            track=track,
            parts=self.parts,
            classes=self.roster.classes,
            entries=self.roster.entries,
            own=self.roster.own,
        )
        return info if self.weekend is None else msgspec.structs.replace(info, rules=self.weekend.rules)


def parse_session_text(data: bytes, before: ParsedText | None = None) -> ParsedText:
    """Never raises; a section that is broken here keeps what `before`, of the same session, said of it."""
    text = outline(data)
    weekend, parts, sectors = weekend_of(text), parts_of(text), sectors_of(text)
    roster = roster_of(text, None if before is None else before.roster)
    problems = [*_odd_lines(text)]
    if text.is_damaged:
        problems.insert(0, "The text is not the UTF-8 that it says it is; some letters are lost.")
    found = zip(_READ, (weekend, parts, roster, sectors), strict=True)
    problems += [_missing(name, before) for name, content in found if not content]
    if roster is not None:
        problems += roster.problems
    if before is not None:
        weekend, parts = weekend or before.weekend, parts or before.parts
        roster, sectors = roster or before.roster, sectors or before.sectors
    parsed = ParsedText(weekend, parts, roster, sectors, tuple(problems))
    return parsed if _fits(parsed) else _unnamed(parsed, before)


def _fits(parsed: ParsedText) -> bool:
    """The log takes what it says. What it would not take must not come as far as the thread that records."""
    return parsed.info is None or len(msgspec.msgpack.encode(parsed.info)) <= _MOST_BYTES


def _unnamed(parsed: ParsedText, before: ParsedText | None) -> ParsedText:
    problem = "DriverInfo says more than a log can hold; it is left out."
    nobody = msgspec.structs.replace(parsed, roster=None, problems=(*parsed.problems, problem))
    as_known = msgspec.structs.replace(nobody, roster=None if before is None else before.roster)
    return as_known if _fits(as_known) else nobody


def session_info(data: bytes) -> SessionInfo | None:
    """One text's content by itself; None for one that names no drivers."""
    return parse_session_text(data).info


class SessionTextReader:
    """Reads a session's texts one after another, so that a broken section keeps its last good content."""

    def __init__(self) -> None:
        self._last: ParsedText | None = None

    @property
    def problems(self) -> tuple[str, ...]:
        """Of the last text."""
        return () if self._last is None else self._last.problems

    def __call__(self, data: bytes) -> SessionInfo | None:
        parsed = parse_session_text(data)
        if self._last is not None and _is_same_event(parsed.weekend, self._last.weekend):
            parsed = parse_session_text(data, self._last)
        self._last = parsed
        return parsed.info


def _is_same_event(weekend: Weekend | None, last: Weekend | None) -> bool:
    """A text that cannot say where it belongs belongs to the last one."""
    if weekend is None or last is None:
        return True
    ours, theirs = weekend.track, last.track
    return (weekend.sub_session_id, ours.track_id, ours.config) == (
        last.sub_session_id, theirs.track_id, theirs.config
    )  # fmt: skip


def _odd_lines(text: Outline) -> list[str]:
    problems = []
    for name in _READ:
        lines = text.section(name).odd_lines()
        if lines:
            shown = lines[0][:_SHOWN]
            more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
            problems.append(f"{name} has a line that is no field, passed over: {shown!r}{more}.")
    return problems


def _missing(name: str, before: ParsedText | None) -> str:
    then = "" if before is None else "; what was known stays"
    return f"{name} is not there or says nothing{then}."
