"""A formation and a file of sign-ups as people read them in a terminal."""

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pitbox.cli.words import count_words

if TYPE_CHECKING:
    from pitbox.model.span import Span, Spans
    from pitbox.planning.formation.noun import Demand, Formation, Lineup
    from pitbox.planning.sign_up.file import Problem, SignUps

_SHOWN = 4
_HEAD = (
    f"{'strength':>8} {'score':>6} {'cover':>6} {'car':>5} {'skill':>6} {'roles':>6} {'wishes':>7} {'fit':>5}"
)


def columns_words(found: "SignUps") -> str:
    """What each column is read as, with examples; how to set it right."""
    width = max((min(len(column.head), 40) for column in found.columns), default=6)
    name = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}[found.delimiter]
    out = [f"{count_words(found.lines, 'line', 'lines')}, {name}, {found.encoding}:"]
    for column in found.columns:
        field = f"{column.field} ({column.how})" if column.field else "not read"
        out.append(f"  {column.head[:40]:{width}}  {field:20}  {', '.join(column.examples)}".rstrip())
    return "\n".join([*out, ""])


def problem_words(problem: "Problem") -> str:
    place = f"{problem.column}: " if problem.column else ""
    lost = " Nobody was made of this line." if problem.is_lost else ""
    return f"Line {problem.line}: {place}{problem.reason}{lost}"


def formation_words(formed: "Formation", found: "SignUps", demand: "Demand", zone: str) -> str:
    names = {member.key: member.name for member in found.members}
    width = max([4, *(len(one.name) for one in formed.lineups)])
    car_width = max([3, *(len(one.car) for one in formed.lineups)])
    out = [f"{'team':{width}} {'car':{car_width}} {_HEAD}"]
    for one in formed.lineups:
        out.append(f"{one.name:{width}} {one.car or '-':{car_width}} {_figures(one)}")
        out += [f"    {line}" for line in _team_lines(one, names, demand, zone)]
    out += ["", *_whole(formed, zone)]
    if formed.unplaced:
        out += ["", f"In no team ({len(formed.unplaced)}):"]
        out += [f"    {one.name}: {one.reason}" for one in formed.unplaced]
    return "\n".join(out)


def _figures(one: "Lineup") -> str:
    score = one.score
    return (
        f"{one.strength:8.0f} {score.total:6.3f} {score.coverage:6.2f} {score.car:5.2f} {score.skill:6.2f}"
        f" {score.roles:6.2f} {score.wishes:7.2f} {one.fit:5.2f}"
    )


def _team_lines(one: "Lineup", names: dict[str, str], demand: "Demand", zone: str) -> list[str]:
    people = [names[key] for key in one.members]
    helpers = f"; beside them {', '.join(people[one.drivers :])}" if people[one.drivers :] else ""
    out = [", ".join(people[: one.drivers]) + helpers]
    if len(demand.races) > 1:
        out.append(f"starts {next(race.name for race in demand.races if race.key == one.race)}")
    if one.holes:
        out.append(f"nobody is free {_times(one.holes, zone)}")
    if one.thin and one.thin != one.holes:
        out.append(f"only one is free {_times(one.thin, zone)}")
    return out + list(one.faults)


def _whole(formed: "Formation", zone: str) -> list[str]:
    spread = formed.spread
    holes = sum(bool(one.holes) for one in formed.lineups)
    exact = "proven: no formation is better" if formed.engine == "exact" else f"{formed.bound_by}"
    return [
        (
            f"{count_words(len(formed.lineups), 'team', 'teams')}, mean score {formed.score.total:.4f};"
            f" at most {formed.bound:.4f} ({exact}): gap {formed.gap:.1%}."
        ),
        (
            f"Strength {spread.mean:.0f} in the mean, from {spread.least:.0f} to {spread.most:.0f},"
            f" standard deviation {spread.deviation:.0f}."
        ),
        f"{count_words(holes, 'team has', 'teams have')} a moment without a driver. Times are {zone}.",
        f"{formed.engine}, {formed.took_s:.2f} s, seed {formed.seed}.",
    ]


def _times(spans: "Spans", zone: str) -> str:
    shown = [_span(span, zone) for span in spans[:_SHOWN]]
    return ", ".join(shown) + (f" and {len(spans) - _SHOWN} more times" if len(spans) > _SHOWN else "")


def _span(span: "Span", zone: str) -> str:
    begins, ends = (datetime.fromtimestamp(at_s, ZoneInfo(zone)) for at_s in (span.start_s, span.end_s))
    return f"{begins:%a %H:%M}-{ends:%H:%M}"
