"""One saying as a line of the conversation. Loads no Qt."""

import time
from typing import Literal

from pitbox.model.edit import NOWHERE
from pitbox.model.ids import Axis
from pitbox.ui.scene.talk import Saying, State, Step
from pitbox.ui.scene.words import race_words
from pitbox.ui.shell.line import Line, LineColumn, Part, Sign

COLUMNS = (LineColumn(64, gives_way=1), LineColumn(least=64), LineColumn(140, is_left=False))
_LOOKS = {
    State.SENT: ("dim", Sign.RING),
    State.DELIVERED: ("dim", Sign.DOT),
    State.SHOWN: ("text", Sign.DOT),
    State.SPOKEN: ("text", Sign.DOT),
    State.ACKNOWLEDGED: ("good", Sign.SAME),
    State.EXPIRED: ("warn", Sign.ALERT),
    State.NEW: ("accent", Sign.ALERT),
    State.HEARD: ("dim", Sign.NONE),
    State.ASKED: ("dim", Sign.RING),
    State.DONE: ("good", Sign.SAME),
    State.DIFFERENT: ("warn", Sign.ALERT),
    State.REFUSED: ("warn", Sign.ALERT),
    State.NOT_IN_CAR: ("warn", Sign.ALERT),
    State.UNANSWERED: ("warn", Sign.ALERT),
}
_TIMED = (State.DELIVERED, State.SHOWN, State.SPOKEN, State.ACKNOWLEDGED)
Zone = Literal["local", "utc"]


def line_of(one: Saying, zone: Zone, green: Axis | None = None) -> Line:
    """`green`: where race time is zero."""
    tone, sign = _LOOKS[one.state]
    who = "us" if one.is_mine else one.who
    who = f"{who} to {one.to}" if one.to else who
    return Line(
        key=one.key,
        parts=(
            Part(_when(one.at, one.wall_s, zone, green), "dim"),
            Part(who, "dim" if one.is_mine else "text", is_strong=one.is_new),
            Part(state_words(one, green), tone, sign=sign),
        ),
        body=one.text,
        tip=tip_of(one, zone, green),
        is_new=one.is_new,
    )


def state_words(one: Saying, green: Axis | None = None) -> str:
    """`read 9:42:15`, and by how many where it was for everybody."""
    if one.state not in _TIMED:
        return one.state
    steps = [step for step in one.steps if step.state is one.state]
    if len({step.who for step in steps}) > 1:
        return f"{one.state} by {len({step.who for step in steps})}"
    return f"{one.state} {_race_time(steps[-1].at, green)}" if _is_timed(steps) else one.state


def tip_of(one: Saying, zone: Zone, green: Axis | None = None) -> str:
    words = [f"{step.state} by {step.who}, {_when(step.at, step.wall_s, zone, green)}" for step in one.steps]
    if one.is_mine and one.state is State.SENT:
        words.append("Written here; no machine that it is for has told of it yet")
    if one.is_new:
        words.append("Enter or a click acknowledges")
    return "\n".join(words)


def _is_timed(steps: list[Step]) -> bool:
    return bool(steps) and steps[-1].at != NOWHERE


def _race_time(at: Axis, green: Axis | None) -> str:
    """The clock of the page; what was said in another session keeps that one's."""
    is_here = green is not None and (at.session_num, at.run) == (green.session_num, green.run)
    return race_words(at.sim_time_s, green.sim_time_s if green is not None and is_here else None)


def _when(at: Axis, wall_s: float, zone: Zone, green: Axis | None) -> str:
    """In race time; outside of any race by the clock of whoever wrote it."""
    if at != NOWHERE:
        return _race_time(at, green)
    if not wall_s:
        return ""
    moment = time.gmtime(wall_s) if zone == "utc" else time.localtime(wall_s)
    return time.strftime("%H:%M:%S", moment)
