"""A list of sign-ups taken in, once and again, and formed teams written down: as the edits fold it."""

from pitbox.model.ledger import Ledger
from pitbox.model.member import members
from pitbox.model.participation import Step, join_team, participations, take_step
from pitbox.model.span import Span
from pitbox.model.stamp import Stamp
from pitbox.model.team import add_team, teams
from pitbox.planning.formation.confirm import NOT_YET, confirm, openings_of
from pitbox.planning.formation.field import Field
from pitbox.planning.formation.former import Engine, Former
from pitbox.planning.formation.noun import Demand, Race
from pitbox.planning.formation.sign_ups import candidates_of
from pitbox.planning.sign_up.file import Setting, SignUps, read_sign_ups
from pitbox.planning.sign_up.intake import intake

START_S = 1_782_568_800.0
RACE = Race("start", Span(START_S, START_S + 6 * 3600.0))
HEAD = "Driver,iRating,Time zone,Availability,Preferred cars,Drive with"
LINES = [
    f"P{number} Abel,{2000 + 100 * number},Europe/Berlin,all,Ferrari," + ("P2 Abel" if number == 1 else "")
    for number in range(1, 9)
]


class Book:
    def __init__(self) -> None:
        self.ledger, self.at = Ledger(), 0

    def write(self, drafts) -> int:
        for draft in drafts:
            self.at += 1
            self.ledger.write(draft, Stamp(self.at, "me", 1))
        return len(drafts)

    @property
    def members(self):
        return {one.key: one for one in members(self.ledger)}

    @property
    def said(self):
        return {one.member: one for one in participations(self.ledger, "spa")}

    def read(self, *lines: str, head: str = HEAD) -> SignUps:
        setting = Setting("spa", (RACE.span,), known=tuple(self.members.values()))
        return read_sign_ups("\n".join([head, *lines]).encode(), setting)

    def take(self, found: SignUps) -> int:
        return self.write(intake(found, "spa", self.members, self.said))


def test_a_list_makes_people_and_the_same_list_again_changes_nothing() -> None:
    book = Book()
    found = book.read(*LINES)
    assert book.take(found)
    assert len(book.members) == len(book.said) == 8
    first = book.said[next(key for key, one in book.members.items() if one.name == "P1 Abel")]
    assert first.step is Step.SIGNED_UP
    assert first.cars == ("Ferrari",)
    assert [book.members[key].name for key in first.wanted] == ["P2 Abel"]
    assert first.free
    assert book.take(book.read(*LINES)) == 0


def test_what_a_list_is_silent_about_stays() -> None:
    book = Book()
    book.take(book.read(*LINES))
    (key,) = [key for key, one in book.members.items() if one.name == "P3 Abel"]
    assert book.take(book.read("P3 Abel,2999", head="Driver,iRating")) == 1
    assert (book.members[key].rating, book.members[key].zone) == (2999, "Europe/Berlin")
    assert book.said[key].free


def test_who_withdrew_and_signs_up_again_is_in_and_who_says_never_is_out() -> None:
    book = Book()
    book.take(book.read(*LINES))
    keys = {one.name: key for key, one in book.members.items()}
    book.write(take_step(book.said[keys["P1 Abel"]], Step.WITHDRAWN))
    never = LINES[1].replace(",all,", ",never,")
    book.take(book.read(LINES[0], never))
    assert book.said[keys["P1 Abel"]].step is Step.SIGNED_UP
    assert book.said[keys["P2 Abel"]].step is Step.WITHDRAWN


def test_confirmed_teams_stand_with_their_people_and_nobody_is_in_two() -> None:
    book = Book()
    book.take(book.read(*LINES))
    book.write(add_team("old", "spa", "Old", number="7"))
    first = next(iter(book.said.values()))
    book.write(join_team(first, "old"))
    ready = {key: one for key, one in book.said.items() if one.step not in NOT_YET}
    openings = openings_of(teams(book.ledger, "spa"), ready, (RACE,), is_kept=True)
    assert openings[0].members == (first.member,)
    demand = Demand((RACE,), 3, 5, teams=2, openings=openings)
    field = Field(candidates_of(book.members, tuple(ready.values()), demand.races), demand)
    formed = Former(field, Engine.SNAKE).form()
    keys = {one.key: f"new-{one.key}" for one in formed.lineups}
    book.write(confirm(formed, demand, "spa", teams(book.ledger, "spa"), book.said, key_of=keys))
    stand = {one.key: one for one in teams(book.ledger, "spa")}
    assert set(stand) == {"old", *(keys[one.key] for one in formed.lineups if one.key != "old")}
    assert stand["old"].number == "7"
    for one in formed.lineups:
        key = one.key if one.key == "old" else keys[one.key]
        assert {who for who, told in book.said.items() if told.team == key} == set(one.members)
    assert book.said[first.member].step is Step.IN_TEAM
    again = confirm(formed, demand, "spa", tuple(stand.values()), book.said, key_of=keys)
    assert [draft.field for draft in again if draft.entity.kind == "participation"] == []


def test_a_column_is_set_by_its_number() -> None:
    text = b"Who,Wants,Also\nP1,Ferrari,BMW\n"
    found = read_sign_ups(text, Setting("spa"), None, {0: "name", 1: "cars", 2: "cars"})
    assert found.participations[0].cars == ("Ferrari", "BMW")
    moved = read_sign_ups(text, Setting("spa"), None, {0: "name", 1: "name"})
    assert [column.field for column in moved.columns][:2] == ["", "name"]
