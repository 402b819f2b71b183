"""Who edits: the name that each device gives itself, and what its role allows."""

from pitbox.model.edit import Draft, Edit, Entity
from pitbox.model.ids import DeviceId
from pitbox.model.ledger import Ledger
from pitbox.model.role import Role

KIND = "person"
NAME = "name"

_MAX_SHOWN = 40


def person(device: DeviceId) -> Entity:
    return Entity(KIND, device)


def name_draft(device: DeviceId, name: str) -> Draft:
    return Draft(person(device), NAME, name[:_MAX_SHOWN])


def name_of(ledger: Ledger, device: DeviceId) -> str:
    """What the device calls itself: nobody else can rename it. Without a name, the start of its id."""
    named = [
        edit
        for edit in ledger.history(person(device))
        if edit.author == device and edit.field == NAME and isinstance(edit.value, str)
    ]
    name = named[-1].value if named else None
    return name.strip() if isinstance(name, str) and name.strip() else device[:8]


def refusal(role: Role | None, edit: Edit) -> str:
    """Why an edit by somebody of this role does not count; empty where it does.

    Judged where an edit arrives, by the role known there: what the sender's screen allowed says nothing.
    """
    if role is None:
        return "This device is not paired with this one, so what it edits does not count here."
    if not role.can_edit:
        return "A viewer may look at everything and change nothing."
    if (
        edit.entity.kind == "pit_request"
        and role is not Role.ENGINEER
        and not edit.field.startswith("answer")
    ):
        return "Only an engineer may ask for something in the pit menu."
    return ""
