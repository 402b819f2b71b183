"""What a list of sign-ups changes in the plans: new people, and what those who are known have said since."""

from collections.abc import Iterator, Mapping

from pitbox.model.edit import Draft
from pitbox.model.member import Member, add_member, fill_member
from pitbox.model.participation import (
    Likings,
    Participation,
    Step,
    be_free,
    be_no_more_free,
    fill_participation,
    participation_key,
    prefer_cars,
    set_parts,
    sign_up,
    take_step,
    want,
    want_not,
)
from pitbox.planning.sign_up.file import SignUps


def intake(
    found: SignUps, event: str, members: Mapping[str, Member], said: Mapping[str, Participation]
) -> list[Draft]:
    """`members`, `said`: as they stand, by the member's key. What a file is silent about stays as it was."""
    has_zone = any(column.field == "zone" for column in found.columns)
    drafts: list[Draft] = []
    for person, told in zip(found.members, found.participations, strict=True):
        drafts += _person(person, members.get(person.key), has_zone=has_zone)
        drafts += _told(event, told, said.get(person.key))
    return drafts


def _person(person: Member, known: Member | None, *, has_zone: bool) -> list[Draft]:
    new = {
        "user_id": person.user_id or None,
        "zone": person.zone if has_zone or known is None else None,
        "rating": person.rating,
        "note": person.note or None,
    }
    values = {name: value for name, value in new.items() if value is not None}
    if known is None:
        return add_member(person.key, person.name, **values)
    changed = {name: value for name, value in values.items() if value != getattr(known, name)}
    return fill_member(person.key, **changed)


def _told(event: str, told: Participation, now: Participation | None) -> Iterator[Draft]:
    key = participation_key(event, told.member)
    if now is None:
        first = Step.INTERESTED if told.step is Step.WITHDRAWN else Step.SIGNED_UP
        yield from sign_up(event, told.member, first)
        now = Participation(key, event, told.member, first)
    yield from _steps(now, told.step)
    yield from set_parts(now, told.parts)
    if told.free:
        tokens = {one.token for one in told.free}
        yield from (be_no_more_free(key, one.token) for one in now.free if one.token not in tokens)
        yield from (be_free(key, one) for one in told.free if one not in now.free)
    if told.cars and told.cars != now.cars:
        yield from prefer_cars(now, told.cars)
    yield from fill_participation(key, **_figures(told, now))
    yield from (want(key, one) for one in told.wanted if one not in now.wanted)
    yield from (want_not(key, one) for one in told.unwanted if one not in now.unwanted)


def _steps(now: Participation, step: Step) -> Iterator[Draft]:
    """Whoever is in a team already stays there, unless the file says that the person does not come."""
    if step is Step.WITHDRAWN:
        yield from take_step(now, step)
        return
    if now.step is Step.WITHDRAWN:
        yield from take_step(now, Step.INTERESTED)
        now = Participation(now.key, now.event, now.member)
    if now.step is Step.INTERESTED:
        yield from take_step(now, Step.SIGNED_UP)


def _figures(told: Participation, now: Participation) -> dict[str, object]:
    changed: dict[str, object] = {}
    if told.lap_s is not None and told.lap_s != now.lap_s:
        changed["lap_s"] = told.lap_s
    unsaid = Likings()
    for name in Likings.__struct_fields__:
        value = getattr(told.likings, name)
        if value != getattr(unsaid, name) and value != getattr(now.likings, name):
            changed[name] = value
    return changed
