"""The rules of an event, one by one: what is empty is not asked, what cannot be meant so says why."""

from functools import partial

import msgspec
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pitbox.model.drive_rules import DriveRules
from pitbox.model.event import Event, fill_event, rule_drafts
from pitbox.model.participation import Part
from pitbox.planning.rule_sense import SERVICES, doubts
from pitbox.planning.template import TEMPLATES, template
from pitbox.ui.shell.words import Words
from pitbox.ui.team.board import TeamBoard
from pitbox.ui.team.field import Choice, Entry, Form
from pitbox.ui.team.pick import Pick
from pitbox.ui.team.words import NOT_ASKED, RULE_TITLES, rule_value, rule_words
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID

SERVICE_WORDS = {"fuel": "fuel", "tyres": "new tyres", "swap": "another driver"}
_HINTS = {"name": "the rule set's name"}
_TIPS = {
    "fair_share": "Each one who drives does at least this share of an equal one: iRacing asks 25 %",
    "most_in_window_s": "The longest at the wheel in any stretch as long as the window",
    "longest_stretch_s": "Without leaving the seat, over stops too",
    "least_rest_s": "Between two turns of one person",
    "most_stints_in_a_row": "Stints that one person drives without leaving the seat",
    "longest_stint_s": "Of the car, from stop to stop",
    "no_night": "Who must not drive while it is night on the track",
    "stop_service": "What each of these stops has to do",
    "has_spotter": "Somebody who is free and not at the wheel spots in every stint",
    "longest_spotting_s": "Without a break",
}


class RuleSheet(QWidget):
    """`fields` holds what is typed, the rest stands under its own name."""

    def __init__(self, look: Look, board: TeamBoard) -> None:
        super().__init__()
        self._board = board
        self.form = Form(look)
        self.template = Choice("Rule set", self._take_template)
        self.form.add("Rule set", self.template)
        self.starter = Choice("Must start", lambda key: self._set("starter", key))
        self.spotter = Choice("Spotter", lambda key: self._set("has_spotter", bool(key)))
        for choice in (self.template, self.starter, self.spotter):
            choice.has_nothing = True
        self.no_night = Pick("Not at night", lambda keys: self._set("no_night", keys), NOT_ASKED)
        self.service = Pick(
            "At each stop", lambda keys: self._set("stop_service", ", ".join(keys)), NOT_ASKED
        )
        self.fields: dict[str, Entry] = {}
        self.parts: dict[str, QWidget] = {
            "starter": self.starter,
            "has_spotter": self.spotter,
            "no_night": self.no_night,
            "stop_service": self.service,
        }
        for name, title in RULE_TITLES.items():
            self._add(name, title)
        self.source = Words(tone="dim")
        self.source.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.px(GRID))
        column.addWidget(self.form)
        column.addWidget(self.source)

    def __getitem__(self, name: str) -> Entry:
        return self.fields[name]

    def fault(self, name: str) -> str:
        """What is said below the field of that rule."""
        return self.form.fault(self.parts[name]).text()

    def show_event(self, event: Event) -> None:
        rules = event.rules
        self.template.offer([("", "none"), *((one.key, one.name) for one in TEMPLATES)], event.template)
        for name, entry in self.fields.items():
            entry.tell(rule_words(name, rules))
        known = template(event.template)
        self.source.tell("" if known is None else known.source)
        drivers = self._drivers()
        names = {one.key: one.member.name for one in self._board.scene.people}

        def name_of(key: str) -> str:
            return names.get(key, key)

        starter = (rules.starter,) if rules.starter else ()
        named = {key: name_of(key) for key in (*drivers, *rules.no_night, *starter)}
        people = sorted(named.items(), key=lambda one: one[1].casefold())
        self.starter.offer([("", NOT_ASKED), *people], rules.starter)
        self.no_night.offer(people, rules.no_night)
        self.spotter.offer([("", NOT_ASKED), ("1", "one in every stint")], "1" if rules.has_spotter else "")
        services = [word.strip() for word in rules.stop_service.split(",") if word.strip()]
        known_services = dict.fromkeys((*SERVICES, *services))
        self.service.offer([(one, SERVICE_WORDS.get(one, one)) for one in known_services], services)
        found = doubts(event, drivers, name_of)
        for name, part in self.parts.items():
            self.form.fault(part).doubt(found.get(name, ""))

    def _drivers(self) -> list[str]:
        return [
            one.key
            for one in self._board.scene.signed
            if one.said is not None and Part.DRIVER in one.said.parts
        ]

    def _add(self, name: str, title: str) -> None:
        part = self.parts.get(name)
        if part is None:
            part = self.parts[name] = self.fields[name] = Entry(
                title, partial(self._typed, name), _HINTS.get(name, NOT_ASKED)
            )
        self.form.add(title, part)
        tip = _TIPS.get(name, "")
        if isinstance(part, Pick | Entry):
            part.explain(tip)
        else:
            part.setToolTip(tip)

    def _typed(self, name: str, text: str) -> None:
        self._set(name, rule_value(name, text))

    def _set(self, name: str, value: object) -> None:
        event = self._board.scene.event
        if event is not None:
            wanted = msgspec.structs.replace(event.rules, **{name: value})
            self._write(event, f"rule: {RULE_TITLES[name].lower()}", wanted)

    def _take_template(self, key: str) -> None:
        event, wanted = self._board.scene.event, template(key)
        if event is None:
            return
        drafts = fill_event(event.key, template=key or None)
        if wanted is not None:
            drafts += rule_drafts(event.key, wanted.rules, event.rules)
        self._board.do("rule set", lambda: drafts)

    def _write(self, event: Event, words: str, wanted: DriveRules) -> None:
        drafts = rule_drafts(event.key, wanted, event.rules)
        self._board.do(words, lambda: drafts)
