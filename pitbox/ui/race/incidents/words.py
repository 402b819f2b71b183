"""An incident as a line of the feed. Loads no Qt."""

from pitbox.ui.scene.incident import Happening
from pitbox.ui.scene.race import RaceScene
from pitbox.ui.scene.words import NONE, age_words, race_words
from pitbox.ui.shell.line import Line, LineColumn, Part, Sign

COLUMNS = (
    LineColumn(64, is_left=False, gives_way=4),
    LineColumn(52),
    LineColumn(76),
    LineColumn(least=64, gives_way=1),
    LineColumn(60, is_left=False, gives_way=3),
    LineColumn(48, is_left=False, gives_way=2),
)
_KINDS = {
    "off_track": ("off", "warn", Sign.DOT),
    "spin": ("spin", "bad", Sign.RING),
    "slow": ("slow", "warn", Sign.DOWN),
    "contact": ("contact?", "bad", Sign.SAME),
    "tow": ("tow", "bad", Sign.ALERT),
}
_UNSURE = 0.7


def line_of(one: Happening, scene: RaceScene, start_s: float | None = None) -> Line:
    """`start_s`: where race time is zero."""
    fact, row = one.fact, one.row
    head = None if row is None else scene.class_of(row.class_id)
    kind, tone, sign = _KINDS.get(fact.kind, (fact.kind, "text", Sign.DOT))
    is_lasting, is_ours = fact.end_s is None, row is not None and row.is_ours
    number = NONE if row is None else row.entry.number
    name = "" if row is None else row.entry.team or row.entry.driver
    return Line(
        key=one.key,
        parts=(
            Part(race_words(fact.start_s, start_s), "text" if is_lasting else "dim"),
            Part(number, is_strong=True, rank=-1 if head is None else head.rank),
            Part(kind, tone if is_lasting or is_ours else "text", is_strong=is_lasting, sign=sign),
            Part(name, "text" if is_ours else "dim", is_strong=is_ours),
            Part(where_words(one), "dim"),
            lasted_part(one),
        ),
        tip=tip_of(one, kind),
        is_ours=is_ours,
        car_idx=fact.car_idx,
    )


def where_words(one: Happening) -> str:
    """`S2 43 %`: the sector, and how much of the lap was gone."""
    share = f"{min(99, int(max(0.0, one.fact.lap_pct) * 100))} %"
    return share if one.sector is None else f"S{one.sector} {share}"


def lasted_part(one: Happening) -> Part:
    fact = one.fact
    if fact.end_s is None:
        return Part("now", "bad", is_strong=True)
    return Part(age_words(int(fact.end_s - fact.start_s)), "dim")


def tip_of(one: Happening, kind: str) -> str:
    fact, row = one.fact, one.row
    words = [f"{kind} on lap {fact.lap}, {where_words(one)} of it"]
    if row is not None:
        words.insert(0, f"{row.entry.number} {row.entry.team}, {row.entry.driver}")
    if fact.confidence < _UNSURE:
        words.append(f"Concluded from how it moved: {fact.confidence * 100:.0f} % sure")
    words.append("A click looks at that moment; Escape comes back to live")
    return "\n".join(words)


def points_words(points: int | None, left: int | None) -> str:
    """`17 of 50 points`; empty where the sim keeps them from us."""
    if points is None:
        return ""
    return f"{points} of {points + left} points" if left is not None else f"{points} points"
