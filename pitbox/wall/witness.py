"""Hears what models of whole races say and what comes of it: noted, judged, and put down where it must be."""

from collections.abc import Sequence

from pitbox.wall.claim_watch import ClaimWatch
from pitbox.wall.forecast_log import Proved, Said
from pitbox.wall.models import Models, Standing
from pitbox.wall.notebook import Notebook


class Witness:
    """Belongs to the thread that asks the models."""

    def __init__(self, models: Models, notes: Notebook) -> None:
        self._models, self._notes = models, notes
        self._watches: dict[str, ClaimWatch] = {}

    def watch(self, standing: Standing) -> ClaimWatch:
        """Of the version that speaks; a new one begins with what is noted of it."""
        card = standing.card
        found = self._watches.get(card.model)
        if found is None or found.card.version != card.version:
            found = self._watches[card.model] = ClaimWatch(card)
            for record in self._notes.read():
                if isinstance(record, Said):
                    found.ask(record)
                elif isinstance(record, Proved):
                    found.hear(record)
            self._judge(standing, found)
        return found

    def say(self, standing: Standing, records: Sequence[Said]) -> None:
        watch = self.watch(standing)
        for record in records:
            watch.ask(record)
        self._notes.note(records)

    def prove(self, standing: Standing, records: Sequence[Proved]) -> None:
        watch = self.watch(standing)
        fresh = [record for record in records if not watch.is_proved(record)]
        if not fresh:
            return
        for record in fresh:
            watch.hear(record)
        self._notes.note(fresh)
        self._judge(standing, watch)

    def _judge(self, standing: Standing, watch: ClaimWatch) -> None:
        why = watch.verdict().why
        if why:
            self._models.give_up(standing, f"does worse than in training: it {why}")
