"""Formed teams written down: each team with its car and start, each person in it or out of it."""

from collections.abc import Mapping, Sequence

from pitbox.model.edit import Draft
from pitbox.model.participation import Participation, Step, join_team, take_step
from pitbox.model.team import Team, add_team, fill_team
from pitbox.planning.formation.noun import Demand, Formation, Opening, Race

NOT_YET = (Step.INTERESTED, Step.WITHDRAWN)
"""Who cannot be in a team."""


def openings_of(
    teams: Sequence[Team], said: Mapping[str, Participation], races: Sequence[Race], *, is_kept: bool
) -> tuple[Opening, ...]:
    """The teams that there are, to be filled; `is_kept`: whoever is in one stays."""
    keys = {race.key for race in races}
    return tuple(
        Opening(
            team.key,
            team.name,
            team.car,
            team.instance if team.instance in keys else "",
            tuple(one.member for one in said.values() if one.team == team.key) if is_kept else (),
        )
        for team in teams
    )


def confirm(
    formed: Formation,
    demand: Demand,
    event: str,
    teams: Sequence[Team],
    said: Mapping[str, Participation],
    *,
    key_of: Mapping[str, str],
) -> list[Draft]:
    """`key_of`: what a lineup's team is called from now on, where there is no team of its key yet."""
    known = {team.key: team for team in teams}
    drafts: list[Draft] = []
    placed: dict[str, str] = {}
    for one in formed.lineups:
        key = one.key if one.key in known else key_of[one.key]
        place = {"car": one.car, "instance": one.race if len(demand.races) > 1 else ""}
        values = {name: value for name, value in place.items() if value}
        if one.key in known:
            was = known[one.key]
            drafts += fill_team(key, **{n: v for n, v in values.items() if v != getattr(was, n)})
        else:
            drafts += add_team(key, event, one.name, **values)
        placed |= dict.fromkeys(one.members, key)
    for member, told in said.items():
        team = placed.get(member, "")
        if team and team != told.team:
            drafts += join_team(told, team)
        elif not team and told.team and told.step not in NOT_YET:
            drafts += take_step(told, Step.SIGNED_UP)
    return drafts
