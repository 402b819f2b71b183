"""`pitbox plan-review`: the plan of our car against the race, when it is over."""

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from pitbox.cli.desk import Desk, desk_of, print_json
from pitbox.cli.plan_desk import PlanDesk
from pitbox.cli.plan_find import team_named
from pitbox.cli.race_told import RaceTold
from pitbox.model.errors import EditError
from pitbox.model.ids import SessionId

if TYPE_CHECKING:  # loaded by the command that needs it
    from pitbox.model.ledger import Ledger
    from pitbox.model.session import SessionInfo
    from pitbox.planning.after.noun import PlanReview
    from pitbox.planning.after.versions import RaceTime
    from pitbox.planning.live.binding import Binding
    from pitbox.strategy.story import Story


class Told(msgspec.Struct, frozen=True):
    """A recorded race, folded, with what people set right in it."""

    session: SessionId
    story: "Story"
    session_num: int
    run: int
    end_s: float
    zero_utc_s: float
    """0: nobody knows."""


def plan_review(
    context: typer.Context,
    session: Annotated[str, typer.Argument(help="A recorded race, or a timing sheet (CSV).")],
    *,
    team: Annotated[str, typer.Option(help="Whose plan; else the team found by number and people.")] = "",
    car: Annotated[str, typer.Option(help="The number on the car, where it is not the plan's.")] = "",
    every: Annotated[bool, typer.Option("--every", help="Each cost, however small.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Plan against race: shares, stops, pace, adherence, and what each deviation cost."""
    desk = desk_of(context)
    told = _told(desk, session)
    with PlanDesk(desk) as plans:
        found = plans.ask(lambda ledger: _review(desk, ledger, told, team, car))
    if as_json:
        print_json(found)
        return
    from pitbox.cli.plan_review_page import page

    page(found, is_every=every)


def _review(desk: Desk, ledger: "Ledger", told: Told, team: str, car: str) -> "PlanReview":
    from pitbox.planning.after.review import review
    from pitbox.planning.after.versions import versions_of
    from pitbox.strategy.errors import NoRaceError
    from pitbox.wall.terms import case_of

    story = told.story
    if story.info is None or not story.cars:
        raise NoRaceError("Nothing is known of this race yet.")
    race = _race_time(told)
    bound = _bound(ledger, told, race.green_utc_s, team, car)
    versions = versions_of(ledger, bound.team, race)
    if versions is None:
        raise EditError(f"{bound.team.name} had no plan of stints for this race.")
    return review(versions, story, bound.car_idx, told.end_s, case_of(desk.settings.strategy).rules)


def _race_time(told: Told) -> "RaceTime":
    from pitbox.planning.after.versions import RaceTime
    from pitbox.planning.live.course import green_of

    green_s = green_of(told.story) or 0.0
    green_utc_s = told.zero_utc_s + green_s if told.zero_utc_s > 0 else None
    return RaceTime(told.session_num, told.run, green_s, told.end_s - green_s, green_utc_s)


def _bound(ledger: "Ledger", told: Told, green_utc_s: float | None, team: str, car: str) -> "Binding":
    """As the window finds it; what is said here counts before."""
    from pitbox.planning.brief import relays
    from pitbox.planning.live.binding import Binding, bind

    info = told.story.info
    assert info is not None
    if team:
        own = team_named(ledger, team)
        number = car or own.number
        car_idx = _car_idx(info, number) if number else info.own.car_idx
        if car_idx < 0:
            raise EditError(f"Which car is {own.name}'s? Say --car with its number.")
        return Binding(own, car_idx, "as was said")
    found = bind(relays(ledger), told.session, info, told.story, green_utc_s)
    if found is None:
        raise EditError("No team of ours is known in this race; say --team, and --car where it is another.")
    return msgspec.structs.replace(found, car_idx=_car_idx(info, car)) if car else found


def _car_idx(info: "SessionInfo", number: str) -> int:
    plain = number.lstrip("#")
    found = next((one.car_idx for one in info.entries if one.number.lstrip("#") == plain), None)
    if found is None:
        raise EditError(f"No car in this race has the number {number!r}.")
    return found


def _told(desk: Desk, session: str) -> Told:
    from pitbox.strategy.listen import Listener
    from pitbox.wire.record import RunRecord

    listener, zeros = Listener(), dict[tuple[int, int], float]()
    race = RaceTold(desk, session)
    for record, log in race.records():
        if isinstance(record, RunRecord) and record.zero_utc_s > 0:
            zeros.setdefault((record.session_num, record.run), record.zero_utc_s)
        listener.fold_record(record, log)
    story = listener.story
    race.set_right(story)
    facts = [lap for car in story.cars.values() for lap in car.laps]
    axis = max(((lap.session_num, lap.run) for lap in facts), default=(0, 0))
    ends_s = [one.end_s for car in story.cars.values() for one in (*car.laps, *car.stints) if one.end_s]
    return Told(race.name, story, *axis, max(ends_s, default=0.0), zeros.get(axis, 0.0))
