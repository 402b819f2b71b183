"""A first plan out of the race that is shown: event, team, people and a strategy as edits. Pure."""

from collections.abc import Mapping

from pitbox.model.drive_rules import DriveRules
from pitbox.model.edit import Draft
from pitbox.model.event import add_event, add_instance, rule_drafts
from pitbox.model.form import new_key
from pitbox.model.member import add_member
from pitbox.model.participation import Participation, Step, join_team, participation_key, sign_up
from pitbox.model.session import SessionInfo
from pitbox.model.team import add_team, fill_team
from pitbox.model.variant import add_variant
from pitbox.planning.template import rules_of

_DAY_S = 86400.0


def race_drafts(
    info: SessionInfo, crew: Mapping[int, str], salt: int, start_utc_s: float | None = None
) -> tuple[str, list[Draft]]:
    """(key of the team, what makes it). `crew`: who was seen in our car, by user."""
    title = info.title or info.track.name or "Race"
    event, entry = new_key(title, salt), info.entry(info.own.car_idx)
    race = next((part for part in reversed(info.parts) if "race" in part.kind.lower()), None)
    length_s = None if race is None else race.length_s
    laps = None if race is None else race.laps
    if length_s is None and laps is None:
        length_s = _DAY_S
    name = entry.team if entry is not None and entry.team else "Our car"
    team, variant = new_key(name, salt), new_key("strategy", salt)
    car_class = (
        None if entry is None else next((c for c in info.classes if c.class_id == entry.class_id), None)
    )
    drafts = [
        *rule_drafts(event, rules_of(info.rules), DriveRules()),
        *add_event(
            event,
            title[:80],
            track=info.track.name[:80] or None,
            car_class=car_class.name[:64] if car_class is not None and car_class.name else None,
            length_s=length_s,
            laps=laps,
        ),
        *([] if start_utc_s is None else add_instance(new_key("start", salt), event, start_utc_s)),
        *add_team(team, event, name[:64], number=entry.number[:8] if entry is not None else None),
        *add_variant(variant, team, "By the tank", fuel_per_stint_l=round(info.own.tank_l, 1) or None),
        *fill_team(team, variant=variant),
    ]
    for number, (user_id, person) in enumerate(sorted(crew.items()), 1):
        key = new_key(person, salt + number)
        said = Participation(participation_key(event, key), event, key, Step.SIGNED_UP)
        drafts += add_member(key, person[:64], user_id=max(0, user_id))
        drafts += [*sign_up(event, key, Step.SIGNED_UP), *join_team(said, team)]
    return team, drafts
