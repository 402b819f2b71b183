"""Files of sign-ups, as several planners, spreadsheets and forms export them; and what they do wrong."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitbox.model.availability import availability
from pitbox.model.errors import EditError
from pitbox.model.member import Member
from pitbox.model.participation import Part, Participation, Step
from pitbox.model.span import Span
from pitbox.planning.formation.noun import Race
from pitbox.planning.formation.sample import sample, sample_table
from pitbox.planning.formation.sign_ups import candidates_of
from pitbox.planning.sign_up.file import Setting, SignUps, read_sign_ups

START_S = datetime(2026, 3, 28, 14, tzinfo=UTC).timestamp()
SPAN = Span(START_S, START_S + 86400)
SETTING = Setting("spa", (SPAN,), "Europe/Berlin")

FORM = """\
"Timestamp";"Vor- und Nachname";"iRacing Kundennummer";"Dein iRating";"Zeitzone";"Wunschauto";\
"Verfügbarkeit";"Nacht (1-5)";"Mit wem?";"Nicht mit"
"01.03.2026 12:00:01";"Jörg Ä. Müller";"123456";"2.450,0";"MEZ";"Porsche, BMW";"Sa 15:00-23:00
So 08:00-15:00";"5";"Lea";""
"01.03.2026 12:10:00";"Lea Kern";"123457";"3,1k";"UTC+1";"BMW";"ganzes Rennen";"2";"";"Tom"
"01.03.2026 12:10:00";"Tom Holt";"12345x8";"viel";"Mond";"";"irgendwann";"9";"Wer?";"";"zuviel"
"01.03.2026 12:11:00";"";"1";"";"";"";"";"";"";""
"01.03.2026 12:12:00";"Ann "quote" Lund;;;;;;;;
"01.03.2026 12:13:00";"Uma Lund";"7";"1900";"Europe/London";"BMW";"nie";"1";"";""
"01.03.2026 12:14:00";"Lea Kern";"123457";"3150";"UTC+1";"BMW";"ab 20 Uhr";"2";"";"Tom"
"""


def who(found: SignUps) -> dict[str, tuple[Member, Participation]]:
    pairs = zip(found.members, found.participations, strict=True)
    return {member.name: (member, participation) for member, participation in pairs}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_german_form_is_understood_in_any_encoding(encoding: str, newline: str) -> None:
    found = read_sign_ups(FORM.replace("\n", newline).encode(encoding), SETTING)
    assert found.delimiter == ";"
    people = who(found)
    assert set(people) == {"Jörg Ä. Müller", "Lea Kern", "Tom Holt", "Uma Lund"}
    joerg, joerg_there = people["Jörg Ä. Müller"]
    lea, lea_there = people["Lea Kern"]
    assert (joerg.user_id, joerg.rating, joerg.zone) == (123456, 2450, "Europe/Berlin")
    assert (lea.rating, lea_there.unwanted) == (3150, (people["Tom Holt"][0].key,))
    assert (joerg_there.cars, joerg_there.wanted) == (("Porsche", "BMW"), (lea.key,))
    assert joerg_there.likings.night == 2
    assert [(free.start, free.end) for free in joerg_there.free] == [
        ("2026-03-28T15:00", "2026-03-28T23:00"),
        ("2026-03-29T08:00", "2026-03-29T15:00"),
    ]
    # The clock is put forward that night: 20:00 in Berlin is 19:00 UTC, the end of the race is as it is.
    assert availability(lea_there.free).sure == (Span(START_S + 5 * 3600, SPAN.end_s),)
    assert people["Uma Lund"][1].step is Step.WITHDRAWN
    assert people["Tom Holt"][0].user_id == 0


def test_every_line_and_cell_that_cannot_be_read_is_named() -> None:
    found = read_sign_ups(FORM.encode(), SETTING)
    told = {(problem.line, problem.column) for problem in found.problems}
    for column in ("Zeitzone", "Verfügbarkeit", "iRacing Kundennummer", "Dein iRating", "Nacht (1-5)", ""):
        assert (5, column) in told
    assert [problem.line for problem in found.problems if problem.is_lost] == [4, 6, 7]
    assert "again on line 9" in next(problem.reason for problem in found.problems if problem.line == 4)
    assert len(found.members) + sum(problem.is_lost for problem in found.problems) == found.lines


def test_a_grid_of_hours_below_a_title() -> None:
    table = (
        "Entry list 24h,,,,\nDriver,iRating,14:00,15:00,16:00,Role\n"
        "Ada,2000,x,?,,Driver/Spotter\nBen,2100,no,yes,perhaps not sure,Spotter\n"
    )
    found = read_sign_ups(table.encode(), Setting("spa", (SPAN,), "UTC"))
    ada, ben = (who(found)[name][1] for name in ("Ada", "Ben"))
    assert [(free.start[-5:], free.end[-5:], free.is_maybe) for free in ada.free] == [
        ("14:00", "15:00", False),
        ("15:00", "16:00", True),
    ]
    assert ada.parts == (Part.DRIVER, Part.SPOTTER)
    assert [free.is_maybe for free in ben.free] == [False, True]
    assert not found.problems


def test_a_mapping_by_hand_wins_over_the_guess() -> None:
    table = b"Pilotenkanzel\tName\tx\nAda\tTeam Red\tBMW\nBen\tTeam Red\tAudi\n"
    found = read_sign_ups(table, SETTING, {"name": "Pilotenkanzel", "team": "Name", "cars": "#3"})
    assert found.delimiter == "\t"
    assert {name: one.team for name, (_, one) in who(found).items()} == {"Ada": "Team Red", "Ben": "Team Red"}
    assert who(found)["Ben"][1].cars == ("Audi",)
    assert {column.how for column in found.columns} == {"by hand"}
    with pytest.raises(EditError, match="no column"):
        read_sign_ups(table, SETTING, {"name": "Nobody"})
    with pytest.raises(EditError, match="no field"):
        read_sign_ups(table, SETTING, {"shoe size": "x"})
    nameless = read_sign_ups(b"a,b\n1,2\n", SETTING)
    assert not nameless.members
    assert "--map name=" in nameless.problems[0].reason


def test_people_who_are_known_keep_their_keys() -> None:
    known = (Member("ada-1", "Ada Kern", 77), Member("ben-1", "Ben Lund"))
    table = b"Name,iRacing ID,With\nA. Kern,77,Ben\nBen Lund,,\nCleo,,Ada Kern\n"
    found = read_sign_ups(table, Setting("spa", (SPAN,), known=known))
    assert [member.key for member in found.members] == ["ada-1", "ben-1", "cleo"]
    assert found.participations[0].wanted == ("ben-1",)
    assert found.participations[0].key == "spa/ada-1"


def test_made_up_sign_ups_come_back_from_their_file_as_they_were() -> None:
    races = (Race("race", SPAN),)
    rows = sample_table(60, races)
    text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows)
    found = read_sign_ups(text.encode(), Setting("spa", (SPAN,)))
    assert not found.problems
    members = {member.key: member for member in found.members}
    back = candidates_of(members, found.participations, races)
    for (one, _), other in zip(sample(60, races), back, strict=True):
        assert (other.name, other.strength, other.cars, other.parts) == (
            one.name,
            one.strength,
            one.cars,
            one.parts,
        )
        assert other.likings == one.likings
        assert len(other.wanted) == len(one.wanted)
        assert other.free == one.free
        assert other.maybe == one.maybe


@settings(max_examples=60)
@given(data=st.binary(max_size=300) | st.text(alphabet='Name,;"\n\t xé?14:0-|', max_size=120).map(str.encode))
def test_no_file_is_too_broken_to_be_answered(data: bytes) -> None:
    for head in (b"", b"Name,Availability,14:00\n"):
        found = read_sign_ups(head + data, SETTING)
        assert len(found.members) == len(found.participations)
        lost = sum(problem.is_lost for problem in found.problems)
        assert len(found.members) + lost >= found.lines or not found.members
