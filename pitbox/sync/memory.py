"""A link within one process: for tests, and for whoever wants to rehearse a protocol without a network."""

import msgspec

from pitbox.sync.link import Agreement, Lane, Link, LinkLimits, Peer
from pitbox.sync.pipe import MemoryPipe, memory_pipes

_LIMITS = LinkLimits()


def memory_links(
    lane: Lane, one: Peer, other: Peer, limits: LinkLimits = _LIMITS
) -> tuple[Link, Link, MemoryPipe, MemoryPipe]:
    """Both ends, not yet started, and the pipes under them: the first end talks to `one`."""
    near, far = memory_pipes()
    dialled = Agreement(protocol=1, is_dialled=True)
    accepted = msgspec.structs.replace(dialled, is_dialled=False)
    return Link(near, one, lane, dialled, limits), Link(far, other, lane, accepted, limits), near, far
