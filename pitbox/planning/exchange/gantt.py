"""The plan as one picture: a lane a person over race time. Its letters keep their size at any width."""

from pitbox.planning.exchange.markup import percent, text
from pitbox.planning.exchange.sheet import PlanLine, PlanSheet
from pitbox.planning.person_clock import clock

COLOURS = 6
_LANE, _BAR_TOP, _BAR, _SPOT, _AXIS = 40, 17, 18, 3, 34
_STEPS_H = (0.25, 0.5, 1, 2, 3, 4, 6, 12, 24)
_MOST_TICKS = 6
_LEAST_NUMBERED = 0.028
"""Of the width: a narrower bar has no room for its number."""
_ROOMY = 0.055
"""On a phone."""


def gantt(sheet: PlanSheet) -> str:
    """Empty for a plan of which nothing lies in the race."""
    laid = [(number, line) for number, line in enumerate(sheet.lines, 1) if line.start_s is not None]
    if not laid:
        return ""
    length_s = max([sheet.length_s or 0.0, *(line.end_s or 0.0 for _, line in laid)])
    keys = lanes(sheet)
    height = len(keys) * _LANE + _AXIS
    parts = [f'<svg class="gantt" width="100%" height="{height}" role="img" aria-label="Stints">']
    parts += [
        _box((span.start_s / length_s, span.length_s / length_s), 0, height - _AXIS, "night")
        for span in sheet.dark
    ]
    parts += _ticks(sheet, length_s, height - _AXIS)
    for lane, key in enumerate(keys):
        top = lane * _LANE
        parts.append(
            f'<text class="lane" x="0" y="{top + 12}">{text(sheet.name(key) or "Nobody yet")}</text>'
        )
        for number, line in laid:
            if (line.driver or "") == key:
                parts += _bar(sheet, line, number, lane, length_s)
            elif line.spotter and line.spotter == key:
                y = top + _BAR_TOP + _BAR + 1
                parts.append(_box(_place(line, length_s), y, _SPOT, "spot", f"Stint {number}: spots"))
    return "\n".join([*parts, "</svg>"])


def lanes(sheet: PlanSheet) -> list[str]:
    """Keys of all who drive or spot, in the sheet's order, then names that it does not know."""
    laid = [line for line in sheet.lines if line.start_s is not None]
    used = {line.driver or "" for line in laid} | {line.spotter for line in laid if line.spotter}
    known = [one.key for one in sheet.people if one.key in used]
    return list(dict.fromkeys([*known, *sorted(used - set(known) - {""}), *([""] if "" in used else [])]))


def colour(lane: int) -> str:
    return f"d{lane % COLOURS}"


def _bar(sheet: PlanSheet, line: PlanLine, number: int, lane: int, length_s: float) -> list[str]:
    start, width = _place(line, length_s)
    top = lane * _LANE + _BAR_TOP
    kind = "done" if line.is_done else ("driving" if line.is_driving else "")
    who = sheet.name(line.driver) or "nobody yet"
    begins = sheet.utc_s(line.start_s)
    at = "" if begins is None else f", {clock(begins, sheet.zone)}"
    parts = [
        _box((start, width), top, _BAR, f"bar {colour(lane)} {kind}".strip(), f"Stint {number}: {who}{at}")
    ]
    if width >= _LEAST_NUMBERED:
        middle = percent(start + width / 2)
        size = "number" if width >= _ROOMY else "number tight"
        parts.append(f'<text class="{size}" x="{middle}" y="{top + 13}">{number}</text>')
    return parts


def _place(line: PlanLine, length_s: float) -> tuple[float, float]:
    start_s = line.start_s or 0.0
    return start_s / length_s, max(0.0, (line.end_s or start_s) - start_s) / length_s


def _box(place: tuple[float, float], y: float, height: float, kind: str, title: str = "") -> str:
    start, width = place
    start, width = max(0.0, start), max(0.0, min(width, 1.0 - start))
    told = f"<title>{text(title)}</title>" if title else ""
    return (
        f'<rect class="{kind}" x="{percent(start)}" width="{percent(width)}" y="{y:g}" height="{height:g}">'
        f"{told}</rect>"
    )


def _ticks(sheet: PlanSheet, length_s: float, height: int) -> list[str]:
    hours = length_s / 3600
    step_h = next((step for step in _STEPS_H if hours / step <= _MOST_TICKS), _STEPS_H[-1])
    parts = []
    for number in range(int(hours / step_h + 1e-6) + 1):
        at_s = number * step_h * 3600
        x = at_s / length_s
        anchor = "start" if x < 0.03 else ("end" if x > 0.97 else "middle")
        utc_s = sheet.utc_s(at_s)
        parts.append(f'<line class="tick" x1="{percent(x)}" x2="{percent(x)}" y1="0" y2="{height}"/>')
        words = f"{number * step_h:g} h"
        parts.append(f'<text class="axis {anchor}" x="{percent(x)}" y="{height + 14}">{words}</text>')
        if utc_s is not None:
            at = clock(utc_s, sheet.zone)
            parts.append(f'<text class="axis dim {anchor}" x="{percent(x)}" y="{height + 28}">{at}</text>')
    return parts
