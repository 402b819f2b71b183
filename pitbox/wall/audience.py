"""Who hears what is said here, as far as connected machines have told. Pure.

What a device may say counts where it is heard, by the role in that machine's book: each tells its own when
it connects. So a viewer is told before he speaks, not left to believe that he was heard.
"""

from collections.abc import Callable, Iterable

import msgspec

from pitbox.model.ids import DeviceId, SessionId
from pitbox.model.message import EVERYBODY
from pitbox.model.role import Role


class Mate(msgspec.Struct, frozen=True):
    """A connected machine."""

    device: DeviceId
    name: str
    grants: Role | None = None
    """What this machine may do there; None when it does not say."""
    session: SessionId | None = None
    """The one that it records now."""

    @property
    def is_deaf(self) -> bool:
        """What is written here does not count there."""
        return self.grants is not None and not self.grants.can_edit


Mates = Callable[[], tuple[Mate, ...]]


def meant(mates: Iterable[Mate], to: DeviceId) -> list[Mate]:
    """Those of them that a message to this device, or to everybody, is for."""
    return [mate for mate in mates if to in (EVERYBODY, mate.device)]


def refusal(mates: Iterable[Mate]) -> str:
    """Why nobody of these hears it; empty when somebody may."""
    those = list(mates)
    if not those or not all(mate.is_deaf for mate in those):
        return ""
    return f"This machine is a viewer to {_names(those)}, and what a viewer says is not heard there."


def elsewhere(mates: Iterable[Mate], here: SessionId | None) -> tuple[SessionId, ...]:
    """Other sessions in which these record now: what is said here is not read there."""
    return tuple(sorted({m.session for m in mates if m.session not in (None, here) and not m.is_deaf}))


def doubt(mates: Iterable[Mate], to: DeviceId, here: SessionId | None) -> str:
    """Who may not hear it, or not here, and why; empty when there is nothing to add."""
    those = meant(mates, to)
    if not those:
        who = "Nobody is" if to == EVERYBODY else "The machine that it is for is not"
        return f"{who} connected now: it goes out when that changes."
    words = []
    deaf = [mate for mate in those if mate.is_deaf]
    if deaf:
        words.append(f"Not heard by {_names(deaf)}: this machine is a viewer there.")
    apart = [mate for mate in those if mate.session not in (None, here) and not mate.is_deaf]
    if apart:
        verb = "records" if len(apart) == 1 else "record"
        words.append(f"{_names(apart)} {verb} another session, and it is said there.")
    return " ".join(words)


def has_it(names: Iterable[str]) -> str:
    """Who has told that it is there; empty for nobody."""
    those = sorted(set(names))
    return f"{_listed(those)} {'has' if len(those) == 1 else 'have'} it." if those else ""


def _names(mates: Iterable[Mate]) -> str:
    return _listed(sorted({mate.name for mate in mates}))


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
