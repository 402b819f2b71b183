"""One read-only page of a plan to send round: it loads and runs nothing, and reads on phone and paper."""

from pitbox.planning.exchange.cell import race_clock
from pitbox.planning.exchange.gantt import colour, gantt, lanes
from pitbox.planning.exchange.markup import length_words, name, text
from pitbox.planning.exchange.sheet import PlanLine, PlanPerson, PlanSheet
from pitbox.planning.exchange.style import STYLE
from pitbox.planning.person_clock import day_clock, moment, place

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_HEADS = (
    ("", "right"), ("Driver", ""), ("Start", ""), ("Race time", "right"), ("Length", "right"),
    ("Laps", "right"), ("Fuel", "right"), ("Tyres", ""), ("Spotter", ""), ("Notes", ""),
)  # fmt: skip


def write_page(sheet: PlanSheet) -> bytes:
    title = f"{sheet.event} · {sheet.team}"
    picture = gantt(sheet)
    parts = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{text(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>",
        _head(sheet),
        f'<section><h2>{_picture_words(sheet)}</h2><div class="panel">{picture}</div></section>'
        if picture
        else "",
        _stints(sheet),
        _people(sheet),
        _foot(sheet),
        "</body>\n</html>\n",
    ]
    return "\n".join(part for part in parts if part).encode()


def _head(sheet: PlanSheet) -> str:
    team = [sheet.team, sheet.car, sheet.variant]
    facts = [text(sheet.track)]
    if sheet.start_utc_s is not None:
        start = f"{day_clock(sheet.start_utc_s, sheet.zone)} ({place(sheet.zone)})"
        facts.append(f"green flag {text(start)}")
    else:
        facts.append("the start is not known yet")
    if sheet.length_s:
        facts.append(length_words(sheet.length_s))
    return (
        f"<header><h1>{name(sheet.event)}</h1>\n"
        f"<p>{' · '.join(name(part) for part in team if part)}</p>\n"
        f'<p class="dim">{" · ".join(fact for fact in facts if fact)}</p></header>'
    )


def _picture_words(sheet: PlanSheet) -> str:
    words = ["Race time"]
    if sheet.start_utc_s is not None:
        words.append(f"and the clock of {text(place(sheet.zone))}")
    if sheet.dark:
        words.append("· shaded: night on the track")
    if any(line.spotter for line in sheet.lines):
        words.append("· thin bar: spotting")
    return " ".join(words)


def _stints(sheet: PlanSheet) -> str:
    if not sheet.lines:
        return '<section><div class="panel"><p class="dim">No stint is planned yet.</p></div></section>'
    heads = "".join(f'<th class="{kind}">{words}</th>' for words, kind in _HEADS)
    order = {key: lane for lane, key in enumerate(lanes(sheet))}
    rows = "\n".join(_row(sheet, line, number, order) for number, line in enumerate(sheet.lines, 1))
    return (
        f'<section><h2>Stints</h2><div class="panel"><table class="stints"><thead><tr>{heads}</tr></thead>'
        f"<tbody>\n{rows}\n</tbody></table></div></section>"
    )


def _row(sheet: PlanSheet, line: PlanLine, number: int, order: dict[str, int]) -> str:
    is_out = line.start_s is None
    begins = sheet.utc_s(line.start_s)
    lane = order.get(line.driver or "")
    mark = "" if lane is None or is_out else f'<span class="mark {colour(lane)}"></span>'
    cells = [
        ("n right", str(number)),
        ("who", mark + (name(sheet.name(line.driver)) if line.driver else "nobody yet") + _state(line)),
        ("when", "" if begins is None else f"{moment(begins, sheet.zone):%a %H:%M}"),
        ("race short right", "" if line.start_s is None else race_clock(line.start_s)),
        ("short right", "" if line.drive_s is None else length_words(line.drive_s)),
        ("short right", "" if line.laps is None else f"{line.laps} laps"),
        ("short right", "" if line.fuel_l is None else f"{line.fuel_l:.0f} l"),
        ("short", "" if line.is_new_tyres is None else ("new tyres" if line.is_new_tyres else "no tyres")),
        ("spotter", name(sheet.name(line.spotter)) if line.spotter else ""),
        ("note", name(line.instructions) if line.instructions else ""),
    ]
    inner = "".join(f'<td class="{kind}">{content}</td>' for kind, content in cells)
    return f'<tr class="out">{inner}</tr>' if is_out else f"<tr>{inner}</tr>"


def _state(line: PlanLine) -> str:
    if line.start_s is None:
        return f'<span class="state">{text(line.state or "not in the race")}</span>'
    if line.is_driving:
        return '<span class="state now">at the wheel</span>'
    return '<span class="state">done</span>' if line.is_done else ""


def _people(sheet: PlanSheet) -> str:
    order = {key: lane for lane, key in enumerate(lanes(sheet))}
    cards = [_card(sheet, one, order[one.key]) for one in sheet.people if one.key in order]
    if not cards or sheet.start_utc_s is None:
        return ""
    return f'<section><h2>On each one\'s own clock</h2><div class="people">\n{"".join(cards)}</div></section>'


def _card(sheet: PlanSheet, person: PlanPerson, lane: int) -> str:
    mine = [(number, line) for number, line in enumerate(sheet.lines, 1) if line.start_s is not None]
    drives = [(number, line) for number, line in mine if line.driver == person.key]
    spots = sum(line.spotter == person.key for _, line in mine)
    total_s = sum(line.drive_s or 0.0 for _, line in drives)
    counts = [f"{length_words(total_s)} in {len(drives)} stint{'' if len(drives) == 1 else 's'}"]
    counts += [f"spots in {spots}"] if spots else []
    rows = []
    for number, line in drives:
        start_s, end_s = sheet.utc_s(line.start_s) or 0.0, sheet.utc_s(line.end_s) or 0.0
        rows.append(
            f'<tr><td class="n right">{number}</td><td class="short">{day_clock(start_s, person.zone)}'
            f"&thinsp;&ndash;&thinsp;{moment(end_s, person.zone):%H:%M}</td>"
            f'<td class="right short">{length_words(line.drive_s or 0.0)}</td></tr>'
        )
    table = f"<table>{''.join(rows)}</table>" if rows else ""
    return (
        f'<div class="panel"><h3><span class="mark {colour(lane)}"></span>{name(person.name)}</h3>'
        f'<p class="dim">{text(place(person.zone))} · {", ".join(counts)}</p>{table}</div>\n'
    )


def _foot(sheet: PlanSheet) -> str:
    made = (
        f"{moment(sheet.made_utc_s, 'UTC'):%Y-%m-%d %H:%M} UTC" if sheet.made_utc_s else "at a time unknown"
    )
    as_of = f" Times are {text(sheet.as_of)}." if sheet.as_of else ""
    return (
        f"<footer><p>Made by PitBox, {made}, after {sheet.base} edits of the plan.{as_of} "
        "This page does not follow the race; ask for a newer one.</p></footer>"
    )
