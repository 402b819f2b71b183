"""Plans with anything in them that people, or a hand with ill will, may write."""

from hypothesis import strategies as st
from msgspec.structs import replace

from pitbox.model.span import Span
from pitbox.planning.exchange.sheet import PlanLine, PlanPerson, PlanSheet

GREEN_S = 1774699200.0
"""2026-03-28T12:00Z, the day before clocks in Europe jump."""
NASTY = st.sampled_from(
    [
        *(
            "=1+1",
            "+cmd|' /C calc'!A0",
            "-2",
            "@SUM(A1)",
            "'quoted",
            " =1",
            "\t=1",
            "a,b;c",
            'say "hi"',
            "a\nb",
        ),
        *(
            "\r\n",
            "\r",
            "\x00",
            "<script>alert(1)</script>",
            "\u202egnp",
            "Zoë 🏎️ 龍",
            "\uff1d1",
            "BEGIN:VEVENT",
        ),
        *("a\\n\\,b", "&lt;", "</svg>", "]]>", "{x}"),
    ]
)


def texts(most: int) -> st.SearchStrategy[str]:
    return (st.text(min_size=1, max_size=40) | NASTY).map(lambda text: text[:most])


KEYS = texts(40)
LINES = st.builds(
    PlanLine,
    key=st.uuids().map(str),
    driver=st.none() | KEYS,
    laps=st.none() | st.integers(0, 10_000),
    fuel_l=st.none() | st.floats(0, 1000),
    is_new_tyres=st.none() | st.booleans(),
    spotter=st.none() | KEYS,
    length_s=st.none() | st.floats(0, 86400),
    instructions=st.none() | texts(500),
    state=st.none() | st.sampled_from(["skipped", "replaced"]),
    start_s=st.none() | st.integers(0, 86400).map(float),
).map(lambda line: line if line.start_s is None else _ended(line))
SHEETS = st.builds(
    PlanSheet,
    event=texts(60),
    team=texts(60),
    key=texts(60),
    variant=texts(30),
    track=texts(30),
    car=texts(30),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "no zone", "America/St_Johns"]),
    length_s=st.none() | st.floats(60, 200_000),
    start_utc_s=st.just(GREEN_S),
    made_utc_s=st.just(GREEN_S - 86400),
    base=st.integers(0, 2**40),
    dark=st.sampled_from([(), (Span(28800.0, 61200.0),)]),
    people=st.lists(
        st.builds(PlanPerson, KEYS, texts(40), st.sampled_from(["UTC", "Asia/Tokyo"])), max_size=4
    ).map(tuple),
    lines=st.lists(LINES, max_size=6, unique_by=lambda line: line.key).map(tuple),
)


def _ended(line: PlanLine) -> PlanLine:
    return replace(line, end_s=line.start_s + 3000.0)


def spa() -> PlanSheet:
    """A day's race of four, as a team would send it round."""
    people = (
        PlanPerson("ada", "Ada Lovelace", "Europe/London"),
        PlanPerson("kai", "Kai Nakamura", "Asia/Tokyo"),
        PlanPerson("lea", "Léa Fournier", "Europe/Paris"),
        PlanPerson("sam", "Sam O'Neill", "America/Los_Angeles"),
    )
    lines, at_s = [], 0.0
    turns = [key for key in ("ada", "kai", "lea", "sam") for _ in range(2)]
    for number in range(24):
        end_s = min(at_s + 3540.0, 86400.0)
        driver = turns[number % 8]
        line = PlanLine(f"s{number}", driver, 25 if number % 3 else None, 102.0, number % 2 == 0)
        words = "Save fuel; hand over warm tyres, no kerbs in sector 2" if number % 7 == 3 else None
        more = {"spotter": turns[(number + 4) % 8], "instructions": words, "start_s": at_s, "end_s": end_s}
        lines.append(replace(line, **more, is_done=number < 3, is_driving=number == 3))
        at_s = end_s + 70.0
    lines.append(PlanLine("old", "kai", state="skipped", instructions="was too long"))
    return PlanSheet(
        event="Spa 24 h", team="Night Shift", key="t/v", variant="Double stints", track="Spa-Francorchamps",
        car="Porsche 992 GT3 R", zone="Europe/Brussels", length_s=86400.0, start_utc_s=GREEN_S,
        made_utc_s=GREEN_S - 4000, base=42, dark=(Span(28800.0, 61200.0),), people=people, lines=tuple(lines),
    )  # fmt: skip
