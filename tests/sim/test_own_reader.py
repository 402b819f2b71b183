"""Our own reader of iRacing on our own world: what the world says and what is read are the same."""

import threading
import time
from functools import partial

import msgspec
import numpy as np
import pytest

from pitbox.model.source import InfoChanged, Missed, Opened, Ticks, joined_rows
from pitbox.sim.iracing.connection import open_file
from pitbox.sim.iracing.live import IracingSource
from pitbox.sim.iracing.text import session_info
from pitbox.sim.synthetic.event import Event
from pitbox.sim.synthetic.scenario import SCENARIOS, Restart
from pitbox.sim.synthetic.simulator import Simulator
from pitbox.sim.synthetic.text import LATIN, UTF8, session_text

DEADLINE_S = 60.0


@pytest.mark.parametrize("encoding", [LATIN, UTF8])
@pytest.mark.parametrize("name", ["duel", "chaos", "laps", "night-24"])
def test_the_text_reads_as_what_the_world_says(name, encoding):
    event = Event(SCENARIOS[name])
    event.step()
    said, read = event.world.info(), session_info(session_text(event, encoding))
    assert read is not None

    def spelt(words):
        return words.encode("cp1252", "replace").decode("cp1252") if encoding == LATIN else words

    for one, two in zip(said.entries[1:], read.entries[1:], strict=True):
        assert msgspec.structs.replace(one, driver=spelt(one.driver), team=spelt(one.team)) == two
    assert read.entries[0].is_pace_car
    assert (read.parts, read.own, read.rules) == (said.parts, said.own, said.rules)
    assert read.sub_session_id == said.sub_session_id
    assert read.track == msgspec.structs.replace(said.track, pit_speed_mps=read.track.pit_speed_mps)
    assert read.track.pit_speed_mps == pytest.approx(said.track.pit_speed_mps, abs=0.002)
    classes = {found.class_id: found for found in read.classes}
    for one in said.classes:
        two = classes[one.class_id]
        assert (two.name, two.colour) == (one.name, one.colour)
        assert two.relative_speed == pytest.approx(one.relative_speed, abs=0.5)


def read_while(playing, path):
    """What our reader gives until the sim is gone: sessions, texts, rows, holes."""
    source = IracingSource(session_info, partial(open_file, path))
    kinds = (Opened, InfoChanged, Ticks, Missed)
    found = {kind: [] for kind in kinds}
    deadline = time.monotonic() + DEADLINE_S
    while playing.is_alive() and time.monotonic() < deadline:
        for event in source.poll(0.02):
            found.setdefault(type(event), []).append(event)
    source.close()
    playing.join()
    return [found[kind] for kind in kinds]


@pytest.mark.slow
def test_a_whole_event_is_read_through_sessions_and_a_restart(tmp_path):
    path = tmp_path / "sim.bin"
    plan = msgspec.structs.replace(
        SCENARIOS["chaos"], practice_s=0.5, qualify_s=0.5, restarts=(Restart(30.0, is_new_id=False),)
    )
    player = Simulator(plan, path, 10.0)
    playing = threading.Thread(target=player.run, args=(threading.Event(), 80.0))
    playing.start()
    opened, infos, ticks, missed = read_while(playing, path)
    assert [event.session for event in opened] == ["sub-90000013"]
    assert infos[0].info.own.car_idx == plan.own_car_idx
    own = joined_rows([tick.own for tick in ticks])
    places = np.concatenate([tick.field["CarIdxLapDistPct"] for tick in ticks])
    assert (np.diff(own["SessionTick"]) >= 1).all()
    # Reader and writer share this process at ten times real time: rows pass unseen, none is mixed.
    lost = sum(event.count for event in missed)
    assert len(own) + lost == pytest.approx(own["SessionTick"][-1] - own["SessionTick"][0] + 1, abs=2)
    backwards = np.flatnonzero(np.diff(own["SessionTime"]) < 0)
    assert [own["SessionNum"][at + 1] for at in backwards] == [1, 2, 2]
    alone, told = Event(plan), {}
    while own["SessionTick"][-1] not in told:
        alone.turn_over()
        step, rows = alone.step()
        for at, tick in enumerate(rows["SessionTick"]):
            told[int(tick)] = step.field["CarIdxLapDistPct"][at]
    for tick, place in zip(own["SessionTick"][::37], places[::37], strict=True):
        np.testing.assert_array_equal(place, told[int(tick)])
