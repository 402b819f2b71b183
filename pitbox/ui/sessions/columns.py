"""The columns of the list of sessions, and one session as a line of it. Loads no Qt."""

from functools import lru_cache

from pitbox.ui.scene.dayclock import Zone
from pitbox.ui.scene.words import NONE, lap_words, size_words, span_words
from pitbox.ui.sessions.words import STATES, best_of, date_words, laps_of, name_words, track_words
from pitbox.ui.shell.line import Line, LineColumn, Part, Sign
from pitbox.wall.library import Recorded

TITLES = (
    ("mark", ""),
    ("date", "Date"),
    ("event", "Event"),
    ("track", "Track"),
    ("car", "Car"),
    ("kinds", "Parts"),
    ("length", "Length"),
    ("laps", "Laps"),
    ("best", "Best"),
    ("machines", "On"),
    ("size", "Size"),
    ("tags", "Tags"),
)
"""(key, what stands over it)."""
COLUMNS = (
    LineColumn(20),
    LineColumn(88),
    LineColumn(0, least=120),
    LineColumn(150, gives_way=6),
    LineColumn(130, gives_way=5),
    LineColumn(140, gives_way=2),
    LineColumn(68, is_left=False, gives_way=3),
    LineColumn(48, is_left=False, gives_way=7),
    LineColumn(72, is_left=False, gives_way=8),
    LineColumn(32, is_left=False, gives_way=1),
    LineColumn(58, is_left=False, gives_way=4),
    LineColumn(108, gives_way=2),
)


@lru_cache(maxsize=4096)
def line_of(one: Recorded, zone: Zone, number: int, is_open: bool) -> Line:
    """`number` among those marked for comparing, 0 for none; `is_open`: it stands on the Race page.

    Kept: a list is shown anew with every letter that somebody types.
    """
    tone = "faint" if one.state in ("deleted", "rows only") else "text"
    low = "faint" if tone == "faint" else "dim"
    laps = laps_of(one)
    state = STATES[one.state]
    event = name_words(one) + (f" ({state})" if state else "")
    return Line(
        one.session,
        (
            Part(str(number) if number else "", "accent", is_strong=True),
            Part(date_words(one.began_utc_s, zone), low),
            Part(event, tone, is_strong=True, sign=_SIGNS.get(one.state, Sign.NONE)),
            Part(track_words(one), tone),
            Part(one.car or NONE, tone),
            Part(", ".join(one.kinds), low),
            Part(span_words(one.recorded_s or None), tone),
            Part(NONE if laps is None else f"{laps:,}", tone),
            Part(lap_words(best_of(one)), tone),
            Part(str(one.machines or NONE), low),
            Part(size_words(one.bytes) if one.bytes else NONE, low),
            Part(", ".join(one.tags), low),
        ),
        tip=_tip(one),
        is_new=one.state == "recording",
        is_ours=is_open,
    )


_SIGNS = {"recording": Sign.DOT, "archived": Sign.ALERT, "deleted": Sign.DOWN, "rows only": Sign.RING}


def _tip(one: Recorded) -> str:
    own = "of one's own clean laps" if one.best_lap_s else "of all cars"
    best = f"Best lap {lap_words(best_of(one))}, {own}" if best_of(one) else "No best lap is known"
    return "\n".join(
        filter(None, (name_words(one), one.session, best, ", ".join(one.drivers), *one.notes[:3]))
    )
