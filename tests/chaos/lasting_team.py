"""One team on one cable for many faults: what a test leaves healthy, the next one goes on with."""

import contextlib
import logging
from collections.abc import Callable, Iterator

import numpy as np
from team_net import Net, Window

LEAST_HZ = 10
"""Only the newest value is sent once a lossy line is free again, so that fewer come than were sampled."""
FREE_MS = 100
"""Of allowance, on a machine with nothing else to do."""
MakeTeam = Callable[[], "contextlib.AbstractContextManager[Net]"]


class Lasting:
    """The team that the tests of a module share; ended and judged when the last of them is over."""

    def __init__(self, make: MakeTeam, speed: float) -> None:
        self._make, self._speed = make, speed
        self._stack = contextlib.ExitStack()
        self._net: Net | None = None

    def take(self) -> Net:
        if self._net is None:
            self._net = self._stack.enter_context(self._make())
            self._net.start(self._speed)
        return self._net

    def spoil(self) -> None:
        """A test failed with it: the next one gets a fresh one."""
        self._net = None
        self._stack.close()

    def end(self) -> None:
        """The logs byte for byte, the folds, and how late live values came in each window."""
        net, self._net = self._net, None
        with self._stack:
            if net is not None:
                net.finish()
                for window in net.windows:
                    judge(net, window)


def judge(net: Net, window: Window) -> None:
    """How late live values came in it; all have ended."""
    late = net.live_ms(window.from_s, window.until_s)
    worst = np.quantile(late, window.quantile) if len(late) else float("nan")
    allowance_ms = window.allowance_ms
    said = (
        f"live {window.what}: p{window.quantile * 100:.0f} {worst:.0f} ms of {len(late)}, "
        f"of which the machine may have {allowance_ms:.0f}"
    )
    logging.getLogger(__name__).info(said)
    # Who gets a turn every tenth of a second cannot show more than that.
    least_hz = LEAST_HZ / (1 + allowance_ms / FREE_MS)
    assert len(late) > least_hz * (window.until_s - window.from_s), said
    assert worst < window.most_ms + allowance_ms, said


@contextlib.contextmanager
def lasting(make: MakeTeam, speed: float) -> Iterator[Lasting]:
    found = Lasting(make, speed)
    try:
        yield found
    except BaseException:
        found.spoil()
        raise
    found.end()
