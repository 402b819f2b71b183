"""Which of our teams a race is run by: as somebody said, else by number, people and start."""

from collections.abc import Sequence

import msgspec

from pitbox.model.ids import SessionId
from pitbox.model.relay import Relay
from pitbox.model.session import Entry, SessionInfo
from pitbox.model.team import Team
from pitbox.strategy.story import Story

_ENOUGH = 3
_NUMBER, _PERSON, _START = 2, 2, 1
_SAME_START_S = 3 * 3600.0


class Binding(msgspec.Struct, frozen=True):
    team: Team
    car_idx: int
    words: str
    """How that is known."""


def bind(
    teams: Sequence[tuple[Team, Relay]],
    session: SessionId,
    info: SessionInfo,
    story: Story,
    green_utc_s: float | None = None,
) -> Binding | None:
    """None where no team of ours is in this race, as far as anybody can tell."""
    cars = [e for e in info.entries if not e.is_pace_car and not e.is_spectator]
    own = [entry for entry in cars if entry.car_idx == info.own.car_idx] or cars
    said = [team for team, _ in teams if team.session == session]
    found: list[tuple[int, Binding]] = []
    for team, relay in teams:
        if (said and team not in said) or (team.session and team.session != session):
            continue
        for entry in own:
            points, reasons = _likeness(team, relay, entry, story, green_utc_s)
            if team in said and (len(own) == 1 or points >= _NUMBER):
                found.append((points + 100, Binding(team, entry.car_idx, f"{team.name}: as was said.")))
            elif points >= _ENOUGH:
                found.append((points, Binding(team, entry.car_idx, f"{team.name}: {', '.join(reasons)}.")))
    best = max((points for points, _ in found), default=0)
    chosen = [binding for points, binding in found if points == best]
    return chosen[0] if len(chosen) == 1 else None


def _likeness(
    team: Team, relay: Relay, entry: Entry, story: Story, green_utc_s: float | None
) -> tuple[int, list[str]]:
    points, reasons = 0, list[str]()
    if team.number and team.number.lstrip("#") == entry.number.lstrip("#"):
        points += _NUMBER
        reasons.append(f"car {entry.number}")
    car = story.cars.get(entry.car_idx)
    users = {entry.user_id} | (set() if car is None else {stint.user_id for stint in car.stints})
    names = {story.people.get(user, "").casefold() for user in users if user} | {entry.driver.casefold()}
    here = [s.name for s in relay.seats if (s.user_id and s.user_id in users) or s.name.casefold() in names]
    if here:
        points += _PERSON
        reasons.append(f"{' and '.join(here)} in it")
    if green_utc_s is not None and relay.start_utc_s is not None:
        if abs(green_utc_s - relay.start_utc_s) <= _SAME_START_S:
            points += _START
            reasons.append("at the announced time")
        elif not here:
            return 0, []
    return points, reasons
