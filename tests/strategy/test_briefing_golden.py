"""What the pit wall says at two moments of a seeded race: `PITBOX_UPDATE_GOLDEN=1` writes it anew."""

import json
import os
from pathlib import Path

import msgspec
import pytest
from made_once import MadeOnce

from pitbox.cli.status_page import page
from pitbox.model.source import Closed, InfoChanged, Ticks
from pitbox.sim.synthetic.scenario import SCENARIOS, CautionPlan, Mishaps
from pitbox.sim.synthetic.source import SyntheticSource
from pitbox.strategy.allowance import Limits
from pitbox.strategy.briefing import Case, briefing
from pitbox.strategy.listen import Listener
from pitbox.timing.field import field_rows
from pitbox.wire.record import InfoRecord, RunRecord

GOLDEN = Path(__file__).parent / "golden" / "briefing.json"
RACE_S = 900.0
MOMENTS_S = (420.0, 700.0)


@pytest.fixture(scope="module")
def told(made_once: MadeOnce):
    return made_once.value("golden-briefing", driven)


def driven():
    """A race of small tanks, so that stops come, told by our own car's sim."""
    duel = SCENARIOS["duel"]
    tanks = tuple(msgspec.structs.replace(plan, tank_l=22.0) for plan in duel.classes)
    scenario = msgspec.structs.replace(
        duel, classes=tanks, race_s=RACE_S, mishaps=Mishaps(0.0, 0.0, 0.0, 0.0), caution=CautionPlan()
    )
    source, listener, found, is_over = SyntheticSource(scenario), Listener(), {}, False
    listener.fold_record(RunRecord(sim_time_s=0.0, session_num=0, run=0, reason="entered"))
    while not is_over and len(found) < len(MOMENTS_S):
        for event in source.poll(0.0):
            is_over |= isinstance(event, Closed)
            if isinstance(event, InfoChanged):
                listener.fold_record(InfoRecord(sim_time_s=0.0, session_num=0, run=0, info=event.info))
            elif isinstance(event, Ticks):
                listener.story.take_all(listener.fold.fold_own(event.own))
                listener.story.take_all(listener.fold.fold_field(field_rows(event.field)))
                now_s = float(event.own["SessionTime"][-1])
                if len(found) < len(MOMENTS_S) and now_s >= MOMENTS_S[len(found)] and listener.story.cars:
                    standings = listener.fold.standings()
                    moment = listener.story.at(now_s, standings)
                    case = Case(standings, listener.wetness, Limits(tyre_laps=30, stint_s=2400.0))
                    found[MOMENTS_S[len(found)]] = (briefing(moment, scenario.own_car_idx, case), moment.info)
    assert len(found) == len(MOMENTS_S)
    return found


def shown(said, info):
    """The figures that a wall shows, rounded as it rounds them."""
    plan, window, stop = said.fuel, said.window, said.next_stop
    return {
        "laps": said.laps,
        "place": said.class_position,
        "last lap": None if said.end is None else said.end.laps.quantile(0.5),
        "on board": None if said.on_board_l is None else round(said.on_board_l),
        "a lap": None if plan is None else round(plan.use.mean_l, 1),
        "to type": [] if plan is None else [round(call.to_add_l) for call in plan.calls],
        "window": None if window is None else [window.earliest, window.latest],
        "limits": [] if window is None else [limit.name for limit in window.limits],
        "next stop": None if stop is None else [stop.overall.first, stop.overall.lap, stop.overall.last],
        "source": None if stop is None else stop.source,
        "rejoin": [call.rejoin.class_position for call in said.rejoins],
        "costs": [round(call.rejoin.cost.loss_s) for call in said.rejoins],
        "track": None if said.track is None else said.track.words,
        "blocks": [line[:11].strip() for line in page(said, info).splitlines()[3:] if line[:1].strip()],
    }


def test_the_pit_wall_says_what_it_said(told):
    now = {str(at_s): shown(*found) for at_s, found in told.items()}
    if os.environ.get("PITBOX_UPDATE_GOLDEN"):
        GOLDEN.write_text(json.dumps(now, indent=1) + "\n")
    known = json.loads(GOLDEN.read_text())
    assert now.keys() == known.keys()
    for at_s, figures in now.items():
        for name, figure in figures.items():
            # Samples may come in another order with another numpy: a lap, a litre, a second.
            is_plain = isinstance(figure, str | type(None)) or name in ("limits", "blocks")
            assert figure == (known[at_s][name] if is_plain else pytest.approx(known[at_s][name], abs=1)), (
                name
            )


def test_every_figure_of_a_briefing_is_plain_json(told):
    for said, _ in told.values():
        back = json.loads(json.dumps(msgspec.to_builtins(said, enc_hook=str)))
        assert back.keys() == set(said.__struct_fields__)
        assert back["fuel"]["calls"]
        assert back["next_stop"]["source"] == "fuel gauge"


def test_our_own_stop_is_told_by_the_gauge_and_never_after_the_tank(told):
    for said, _ in told.values():
        stop, plan = said.next_stop, said.fuel
        if stop.overall.no_stop < 0.5:
            reach = said.laps + 1 + int(said.on_board_l / plan.use.mean_l) + 1
            assert stop.if_green.last <= reach


def test_the_page_reads_as_sentences_without_false_digits(told):
    for said, info in told.values():
        text = page(said, info)
        lines = text.splitlines()
        assert max(map(len, lines)) <= 110
        assert f"{said.on_board_l:.0f} l on board" in text
        assert "0.0 laps" not in text
        assert "None" not in text
        assert "nan" not in text
        assert all(line[:11].strip() in ("", line[:11].strip().capitalize()) for line in lines[4:])
