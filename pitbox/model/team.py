"""One car of ours in one event: an entity of kind `team`. Several cars may share people."""

import msgspec

from pitbox.model.edit import Edit
from pitbox.model.ids import SessionId

KIND = "team"


class Team(msgspec.Struct, frozen=True):
    """Who is in it stands in the participations; a shared person's are `shared`."""

    key: str
    event: str
    name: str
    car: str = ""
    number: str = ""
    """As on the timing screen; with it the car is found in a race."""
    instance: str = ""
    shared: tuple[str, ...] = ()
    """Members of another team of the event who help here too, so their times must not clash."""
    session: SessionId = SessionId("")
    """The race that is run after its plan; empty: found by number, people and start."""
    others: tuple[Edit, ...] = ()
