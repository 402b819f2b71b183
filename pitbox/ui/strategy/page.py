"""The Strategy page: its panels, and where each stands as long as nobody moved it.

The eye goes from the ranking to the timeline below it, and from there to what could happen, at the right.
"""

from typing import cast

from pitbox.ui.shell.deck import LAST, Deck
from pitbox.ui.shell.keys import bind
from pitbox.ui.shell.panel import PanelPlan
from pitbox.ui.shell.stage import Stage
from pitbox.ui.strategy.choices import ChoicePanel
from pitbox.ui.strategy.contingency import ContingencyPanel
from pitbox.ui.strategy.ending import EndPanel
from pitbox.ui.strategy.fan import FuelPanel
from pitbox.ui.strategy.keys import SCOPE
from pitbox.ui.strategy.timeline import TimelinePanel
from pitbox.ui.strategy.tree import TreePanel
from pitbox.ui.strategy.trial import Trial
from pitbox.ui.strategy.tyres import TyrePanel
from pitbox.ui.strategy.whatif import WhatIfPanel


def plans(trial: Trial) -> tuple[PanelPlan, ...]:
    return (
        PanelPlan("choices", "Choices", lambda stage: ChoicePanel(stage, trial), 0, 0, width=10, height=7),
        PanelPlan(
            "timeline", "Race timeline", lambda stage: TimelinePanel(stage, trial), 0, 1, width=10, height=9
        ),
        PanelPlan("fuel", "Fuel to the flag", FuelPanel, 0, 2, 0, width=10, height=6),
        PanelPlan("tyres", "Tyres", TyrePanel, 0, 2, 1, width=8, height=6),
        PanelPlan("whatif", "What if", lambda stage: WhatIfPanel(stage, trial), 1, 0, width=6, height=3),
        PanelPlan("contingency", "If it happens now", ContingencyPanel, 1, 1, width=6, height=6),
        PanelPlan("tree", "Tree", TreePanel, 1, 2, width=6, height=6),
        PanelPlan("ending", "Race end and windows", EndPanel, 1, 3, width=6, height=8),
    )


class StrategyPage(Deck):
    def __init__(self, stage: Stage, trial: Trial) -> None:
        super().__init__(stage, "strategy", plans(trial))
        self.trial = trial
        self.timeline = cast("TimelinePanel", self.docks["timeline"].panel)
        bind((command for command in stage.commands if command.scope == SCOPE), self.timeline)
        self.setFocusProxy(self.timeline)
        self.restore_layout(LAST)
