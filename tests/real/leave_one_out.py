"""Race ends judged on races that had no say: what was chosen by looking is chosen anew without each of them.

    python tests/real/leave_one_out.py 2024_fuji_6h.csv 2024_road-atlanta_race-laps.csv ...

For each race the doubts, the pace under caution, the rate and length of cautions and the rate of halts are
chosen on all others, out of a coarse grid, by the distributions as a whole (CRPS in shares of the laps, each
race and cut alike); rate and length on those of its own family. About five minutes for ten races.
"""

import itertools
import sys
from collections import defaultdict
from pathlib import Path
from statistics import fmean

import msgspec

from pitbox.cli.race_end_trial import CUTS, FORMULAS, tried
from pitbox.model.series import is_north_american
from pitbox.sim.sheet.record import Sheet
from pitbox.strategy import form
from pitbox.strategy.caution import caution_process, custom_of
from pitbox.strategy.length import RaceLength
from pitbox.strategy.listen import listen
from pitbox.strategy.luck import Doubt
from pitbox.strategy.race_end import RaceEndModel

DOUBTS, SLOW_LAPS = (0.6, 1.0, 1.5), (1.5, 1.8, 2.2)
PER_HOUR, LENGTHS, HALTS = (0.3, 0.55, 0.9, 1.3), (0.7, 1.0, 1.4), (0.0, 0.0125, 0.025, 0.05)
WIDENED = ("common_pace", "own_pace", "stint", "stop_loss", "mishaps_per_hour")


class Choice(msgspec.Struct, frozen=True):
    doubts: float
    """Times the usual ones."""
    slow_lap: float
    per_hour: float
    length: float
    """Times what is usual in the family."""
    halts_per_hour: float

    @property
    def shared(self):
        return self.doubts, self.slow_lap, self.halts_per_hour


class Seen:
    """One sheet up to one cut, and what became of the cars that took the flag."""

    def __init__(self, sheet, length, race, cut):
        self.file, self.cut = race.file, cut
        known = sheet.before(cut * race.scheduled_s)
        self.moment = listen(known.records(), cut * race.scheduled_s, length).story.at(cut * race.scheduled_s)
        self.is_american = is_north_american(found.name for found in known.info.classes)
        numbers = {entry.number: entry.car_idx for entry in known.info.entries}
        self.trials = {numbers[t.number]: t for t in race.trials if t.cut == cut and t.took_flag}
        self.forms = form.Forms()

    def judged(self, choice):
        """Of each car: error, whether inside, width, CRPS."""
        usual = Doubt()
        wide = {name: getattr(usual, name) * choice.doubts for name in WIDENED}
        custom = custom_of(self.moment)
        custom = msgspec.structs.replace(
            custom,
            per_hour=choice.per_hour,
            length_s=custom.length_s * choice.length,
            halts_per_hour=choice.halts_per_hour,
        )
        form._PRIOR_SLOW = choice.slow_lap
        model = RaceEndModel(
            self.forms, lambda moment: caution_process(moment, custom), msgspec.structs.replace(usual, **wide)
        )
        ends = model.at(self.moment).cars
        rows = []
        for car_idx, trial in self.trials.items():
            laps, actual = ends[car_idx].laps, trial.actual
            low, high = laps.interval(0.9)
            error = abs(laps.quantile(0.5) - actual) / actual
            rows.append((error, low <= actual <= high, high - low, crps(laps, actual) / actual))
        return len(rows), *(fmean(row[at] for row in rows) for at in range(4))


def crps(laps, actual):
    below, total = 0.0, float(max(0, laps.first - actual) + max(0, actual - laps.last - 1))
    for lap, chance in laps.items():
        below += chance
        total += (below - (lap >= actual)) ** 2
    return total


def seen_of(path):
    sheet, race = Sheet(path), tried(path)
    part = sheet.info.parts[0]
    length = RaceLength(part.length_s, part.laps, has_white_lap=False, source=sheet.schedule.source)
    return [Seen(sheet, length, race, cut) for cut in sorted({t.cut for t in race.trials})]


def best(scores, families, files):
    """By family; doubts, slow laps and halts are the same for both."""
    groups = defaultdict(list)
    for choice in scores:
        groups[choice.shared].append(choice)
    found = []
    for some in groups.values():
        total, picked = 0.0, {}
        for family in (True, False):
            own = [file for file in files if families[file] == family]
            mean = {choice: sum(scores[choice][file] for file in own) for choice in some}
            picked[family] = min(some, key=mean.__getitem__)
            total += mean[picked[family]]
        found.append((total, len(found), picked))
    return min(found)[2]


def main(paths):
    moments = [seen for path in paths for seen in seen_of(path)]
    grid = [Choice(*row) for row in itertools.product(DOUBTS, SLOW_LAPS, PER_HOUR, LENGTHS, HALTS)]
    judged = {choice: {(seen.file, seen.cut): seen.judged(choice) for seen in moments} for choice in grid}
    families = {seen.file: seen.is_american for seen in moments}
    scores = {
        choice: {file: fmean(row[4] for (of, _), row in rows.items() if of == file) for file in families}
        for choice, rows in judged.items()
    }
    chosen = {
        file: best(scores, families, [other for other in families if other != file])[families[file]]
        for file in families
    }
    for file, choice in chosen.items():
        sys.stdout.write(f"{file[:24]:24} {choice}\n")
    for cut in CUTS:
        here = [seen for seen in moments if seen.cut == cut]
        rows = [judged[chosen[seen.file]][seen.file, cut] for seen in here]
        cars = sum(row[0] for row in rows)
        error, inside, width, _ = (sum(row[0] * row[at] for row in rows) / cars for at in range(1, 5))
        trials = [trial for seen in here for trial in seen.trials.values()]
        plain = min(fmean(trial.error(name) for trial in trials) for name in FORMULAS)
        sys.stdout.write(
            f"{cut:4.0%}: {cars} cars, error {error:.2%}, best formula {plain:.2%}, "
            f"better by {1 - error / plain:.0%}, {inside:.1%} inside, {width:.1f} laps wide\n"
        )


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
