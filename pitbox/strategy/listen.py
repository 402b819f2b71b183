"""A story from records: of a log, of several logs in axis order, or of a timing sheet, up to a time."""

from collections.abc import Iterable

import msgspec

from pitbox.model.ids import LogId
from pitbox.strategy.length import RaceLength
from pitbox.strategy.story import Story
from pitbox.timing.race import RaceFold
from pitbox.timing.wetness import Wetness
from pitbox.wire.record import AnyRecord, InfoRecord, SheetRecord


class Listener:
    """Folds records and keeps the story beside the fold, for whoever wants to look in between."""

    def __init__(self, length: RaceLength | None = None) -> None:
        self.fold = RaceFold()
        self.story = Story(length)

    @property
    def wetness(self) -> Wetness:
        """Of the run that is folded now."""
        heat = self.fold.state.heat
        return Wetness() if heat is None else heat.wetness

    def fold_record(self, record: AnyRecord, log: LogId | int = 0) -> None:
        if isinstance(record, SheetRecord):  # names nobody but in its lines
            self.story.people.update((line.user_id, line.driver) for line in record.laps)
        facts = self.fold.fold(record, log)
        self.story.take_all(facts)
        if isinstance(record, InfoRecord):
            self.story.hear(record.info)


def listen(
    records: Iterable[AnyRecord | tuple[AnyRecord, LogId | int]],
    until_s: float = float("inf"),
    length: RaceLength | None = None,
) -> Listener:
    """Everything that was known at `until_s`: what came later is not even folded.

    Of a sheet's record its lines up to then; a block of rows counts if it began before.
    """
    listener = Listener(length)
    for item in records:
        record, log = item if isinstance(item, tuple) else (item, 0)
        if isinstance(record, SheetRecord):
            laps = tuple(lap for lap in record.laps if lap.end_s <= until_s)
            is_whole = len(laps) == len(record.laps)
            record = msgspec.structs.replace(record, laps=laps, is_last=record.is_last and is_whole)
        elif getattr(record, "sim_time_s", 0.0) > until_s:
            continue
        listener.fold_record(record, log)
    return listener
