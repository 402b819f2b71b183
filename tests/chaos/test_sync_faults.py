"""Bad lines between a driver and an engineer: real processes in network namespaces, on the 63-car field.

Every test ends with the logs compared byte for byte, the last one with the folds too.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from lasting_team import Lasting, judge, lasting
from paired import wait_for
from team_net import Net, Window, doze, holds, news, rest, team

from pitbox.sync.live import STALE_S

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def shared_team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lasting]:
    root = tmp_path_factory.mktemp("line")
    with lasting(lambda: team(Path(root)), speed=2) as found:
        yield found


def in_long(*values: object) -> object:
    return pytest.param(*values, marks=[pytest.mark.long, pytest.mark.timeout(600)])


HISTORY_BYTES = 10 << 20
SHORT = [(1, 1500, 2.5), (5, 1500, 3), (15, 6000, 4)]
LONG = [in_long(1, 1500, 30), in_long(5, 1500, 60), in_long(15, 6000, 60)]


@pytest.mark.parametrize(("percent", "p99_ms", "seconds"), [*SHORT, *LONG])
def test_loss(net: Net, percent: int, p99_ms: float, seconds: float) -> None:
    shown = news(net.engineer, "live", stream="own")
    net.wire.lose(percent)
    from_s = time.monotonic()
    late_ms = doze(seconds)
    wait_for(lambda: len(shown()) >= seconds // 2)
    net.wire.lose(0)
    window = Window(f"at {percent} % loss", from_s, time.monotonic(), 0.99, p99_ms, late_ms)
    net.windows.append(window)
    assert all(line["age_ms"] < p99_ms + window.allowance_ms for line in shown())


@pytest.mark.parametrize("seconds", [4, in_long(60)])
def test_a_slow_line_of_2_megabit(net: Net, seconds: float) -> None:
    net.wire.slow("2mbit", 1)
    from_s = time.monotonic()
    late_ms = doze(seconds)
    net.windows.append(Window("at 2 Mbit/s", from_s, time.monotonic(), 0.95, 1000, late_ms))
    net.catch_up()
    net.wire.quicken(1)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_late_joiner_over_2_megabit(tmp_path: Path) -> None:
    """Ten minutes of another race come over a line that live values need a twelfth of."""
    with team(tmp_path) as net:
        net.driver.run_demo(40)
        wait_for(lambda: recorded_bytes(net) > HISTORY_BYTES, 120.0)
        net.driver.stop()
        (history,) = net.driver.frames().items()
        net.wire.slow("2mbit", net.driver.number)
        from_s = time.monotonic()
        net.start(1)
        wait_for(lambda: net.engineer.told("live", stream="own", is_stale=False))
        wait_for(lambda: holds(net.engineer, dict([history])), 300.0)
        until_s = time.monotonic()
        assert until_s - from_s > 20, "the line was slow"
        net.wire.quicken(net.driver.number)
        net.finish()
        judge(net, Window("of a late joiner at 2 Mbit/s", from_s, until_s, 0.95, 1000))


def recorded_bytes(net: Net) -> int:
    return sum(path.stat().st_size for path in net.driver.shelf.root.rglob("*.seg"))


@pytest.mark.parametrize("seconds", [8, in_long(180)])
def test_a_partition(net: Net, seconds: float) -> None:
    """Eight seconds, and minutes: the view says so, and what was missed comes once."""
    downs = [news(machine, "link-down") for machine in net.machines]
    ups = news(net.engineer, "link-up")
    stale = news(net.engineer, "live", stream="own", is_stale=True)
    before_mb = net.driver.measure()[0]
    net.wire.pull()
    pulled_s = time.monotonic()
    while not stale():
        assert time.monotonic() - pulled_s < STALE_S + 20, "the view never said STALE"
        rest(0.05)
    rest(seconds - (time.monotonic() - pulled_s))
    wait_for(lambda: all(len(down()) == 2 for down in downs))
    net.wire.put_back()
    back_s = time.monotonic()
    while len(ups()) < 2:
        assert time.monotonic() - back_s < 25
        rest(0.02)
    fresh = news(net.engineer, "live", stream="own", is_stale=False)
    net.catch_up()
    while not fresh():
        assert time.monotonic() - back_s < 40
        rest(0.02)
    assert net.driver.measure()[0] - before_mb < 16, "what waits for a peer lies on the disk"


FEW = (0.2, 2.0, 0.5, 1.0)
MANY = (0.3, 2.0, 7.0, 0.5, 1.0) * 4


@pytest.mark.parametrize(
    "pulls_s",
    [
        pytest.param(FEW, id="few"),
        pytest.param(MANY, id="many", marks=[pytest.mark.long, pytest.mark.timeout(600)]),
    ],
)
def test_a_flapping_line(net: Net, pulls_s: tuple[float, ...]) -> None:
    for seconds in pulls_s:
        net.wire.pull()
        rest(seconds)
        net.wire.put_back()
        rest(0.5)
    net.catch_up()
