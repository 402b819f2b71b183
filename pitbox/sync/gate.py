"""How many strangers may knock at once. Pure but for the clock it is given.

Before WELCOME a connection costs a handshake and some memory, whoever makes it: so those under way are few,
fewer for one host, and a host whose connections keep failing is turned away before TLS begins.
"""

import ipaddress
from collections import Counter, OrderedDict
from functools import lru_cache

MOST_WAITING = 48
MOST_OF_ONE_HOST = 12
BURST = 20.0
"""Failed connections that a host may make at once ..."""
REFILL_PER_S = 2.0
"""... and how many a second after that."""
_MOST_HOSTS = 256


class Gate:
    def __init__(self, burst: float = BURST) -> None:
        self._burst = burst
        self._waiting: Counter[str] = Counter()
        self._spent: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """(failures that are not forgotten yet, when that was) by host."""
        self.turned_away = 0

    def __len__(self) -> int:
        return sum(self._waiting.values())

    def enter(self, host: str, now_s: float) -> bool:
        """Whether a connection of this host may begin its handshake; then `leave` is due."""
        host = _network(host)
        if (
            len(self) >= MOST_WAITING
            or self._waiting[host] >= MOST_OF_ONE_HOST
            or self._debt(host, now_s) + self._waiting[host] >= self._burst
        ):
            self.turned_away += 1
            return False
        self._waiting[host] += 1
        return True

    def leave(self, host: str, now_s: float, *, was_welcome: bool) -> None:
        host = _network(host)
        self._waiting[host] -= 1
        if self._waiting[host] <= 0:
            del self._waiting[host]
        if not was_welcome:
            self._spent[host] = (self._debt(host, now_s) + 1.0, now_s)
            self._spent.move_to_end(host)
            while len(self._spent) > _MOST_HOSTS:
                self._spent.popitem(last=False)

    def _debt(self, host: str, now_s: float) -> float:
        spent, at_s = self._spent.get(host, (0.0, now_s))
        return max(0.0, spent - (now_s - at_s) * REFILL_PER_S)


@lru_cache(maxsize=_MOST_HOSTS)
def _network(host: str) -> str:
    """One machine has one address of version 4, and a whole /64 of version 6."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))
