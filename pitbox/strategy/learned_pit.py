"""What a learned model says that a stop costs here, before this race has shown it: for each make of car."""

from pitbox.model.session import Entry, SessionInfo
from pitbox.predict.pit_level import PRIOR, PitLevels, PlaceOfStop, pit_rules
from pitbox.strategy.pace import PitCall


def pit_calls(info: SessionInfo, levels: PitLevels, world: str) -> dict[str, PitCall]:
    """Empty of cars of which nothing is known in this world."""
    found = {}
    for make in {make_of(info, entry) for entry in info.entries if not entry.is_pace_car}:
        said = levels.expect(PlaceOfStop(world, info.track.name, pit_rules(info), make))
        if said.step != PRIOR:
            found[make] = PitCall(said.loss_s, said.low_s, said.high_s, said.unsure_s, said.stops, said.step)
    return found


def make_of(info: SessionInfo, entry: Entry) -> str:
    """What is driven; where nobody names it, its class."""
    return entry.car or next((one.name for one in info.classes if one.class_id == entry.class_id), "")
