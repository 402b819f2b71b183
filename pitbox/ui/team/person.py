"""One person: who it is, how far for this event, what for, in which car, with whom, and what is liked."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QWidget

from pitbox.model import member, participation, team
from pitbox.model.edit import Draft
from pitbox.model.errors import EditError
from pitbox.model.participation import Part, Participation, Step
from pitbox.planning.sign_up import cells
from pitbox.planning.sign_up.words import plain
from pitbox.planning.sign_up.zone import zone_named
from pitbox.ui.scene.words import lap_words
from pitbox.ui.shell.stage import Stage
from pitbox.ui.shell.words import Words
from pitbox.ui.team.board import TeamBoard
from pitbox.ui.team.field import Chip, Choice, Entry, Form
from pitbox.ui.team.form_panel import FormPanel
from pitbox.ui.team.pick import Pick
from pitbox.ui.team.scene import Attendant
from pitbox.ui.team.steps import StepRow
from pitbox.ui.team.words import LIKINGS, STEP_TITLES, hours, length_of, now_at
from pitbox.ui.theme.token import Type, Weight

EMPTY = "Choose somebody in the list of people: who it is, when and what for stands here then."
HELPS = (
    "Other cars of ours at this event that share this person: there to drive and to spot in their plans too. "
    "While the plan of one car has the person at the wheel, the others take it as not free, "
    "so nobody is needed in two cars at once."
)
_LIKED = (("night", "Night"), ("rain", "Rain"), ("start", "The start"))


class PersonPanel(FormPanel):
    def __init__(self, stage: Stage, board: TeamBoard, now_utc_s: Callable[[], float]) -> None:
        super().__init__(stage, board, EMPTY)
        self._now_utc_s = now_utc_s
        self.remove = Chip("Delete", "Out of everything; Ctrl Z brings the person back", is_checkable=False)
        self.remove.clicked.connect(lambda _=False: self.remove_person())
        self.bar_parts = [self.remove]
        self.name = Words(size=Type.HEAD, weight=Weight.FIRST)
        self.now = Words(tone="dim")
        self.column.addWidget(self.name)
        self.column.addWidget(self.now)
        self.wrong = Words(tone="bad")
        self.wrong.setWordWrap(True)
        self.column.addWidget(self.wrong)
        self.for_event = self.head("")
        self.steps = StepRow(self.take_step)
        self.column.addWidget(self.steps)
        self.parts: dict[Part, Chip] = {}
        self.fields: dict[str, Entry] = {}
        self.likings: dict[str, Choice] = {}
        self._add_event_fields()
        self._add_member_fields()
        self.column.addStretch(1)
        self.setFocusProxy(self.fields["name"])
        board.changed.connect(self.refresh)
        board.chosen.connect(lambda _: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        one, scene = self.board.person, self.board.scene
        self.show_empty(is_empty=one is None)
        self.remove.setVisible(one is not None)
        if one is None:
            return
        person = one.member
        self.name.tell(person.name)
        self.now.tell(f"{now_at(self._now_utc_s(), person.zone)} now")
        self.wrong.tell(" ".join(one.unknown))
        self.wrong.setVisible(bool(one.unknown))
        self.fields["name"].tell(person.name)
        self.fields["zone"].tell(person.zone)
        self.fields["rating"].tell("" if person.rating is None else str(person.rating))
        self.fields["user_id"].tell(str(person.user_id or ""))
        self.fields["note"].tell(person.note)
        self.for_event.tell("" if scene.event is None else scene.event.name)
        self._show_said(one)

    def take_step(self, step: Step) -> None:
        one, event = self.board.person, self.board.scene.event
        if one is None or event is None:
            return
        said = one.said
        words = f"{one.member.name}: {STEP_TITLES[step].lower()}"
        if said is None:
            self.board.do(words, lambda: participation.sign_up(event.key, one.key, step))
        else:
            self.board.do(words, lambda: participation.take_step(said, step))
        self.refresh()

    def remove_person(self) -> None:
        one = self.board.person
        if one is None:
            return
        drafts = [member.remove_member(one.key)]
        drafts += [] if one.said is None else [participation.remove_participation(one.said.key)]
        if self.board.do(f"delete {one.member.name}", lambda: drafts):
            self.board.tell(f"{one.member.name} is deleted; Ctrl Z brings the person back.")

    def _show_said(self, one: Attendant) -> None:
        said, scene = one.said, self.board.scene
        self.steps.setVisible(scene.event is not None)
        self.steps.show_step(said)
        self._event_form.setVisible(said is not None)
        if said is None:
            return
        for part, chip in self.parts.items():
            chip.setChecked(part in said.parts)
        teams = [(team.key, team.name) for team in scene.teams]
        self.team.offer([("", "in no team"), *teams], said.team)
        can_join = bool(teams) and said.step not in (Step.INTERESTED, Step.WITHDRAWN)
        self.team.setEnabled(can_join)
        self.team.setToolTip("" if can_join else "Who signs up can be in a team, as soon as there is one.")
        others = [(other.key, other.name) for other in scene.teams if other.key != said.team]
        self.shared.offer(others, [other.key for other in scene.shared(one.key)])
        self.shared.setEnabled(bool(others) and said.step is not Step.WITHDRAWN)
        self.fields["cars"].tell(", ".join(said.cars))
        self.fields["lap_s"].tell("" if said.lap_s is None else lap_words(said.lap_s))
        longest_s = said.likings.longest_s
        self.fields["longest_s"].tell("" if longest_s is None else hours(longest_s))
        for name, _ in _LIKED:
            words = [(str(value), title) for value, title in LIKINGS]
            self.likings[name].offer(words, str(getattr(said.likings, name)))
        for name in ("wanted", "unwanted"):
            self.fields[name].tell(", ".join(scene.name(key) for key in getattr(said, name)))

    def _add_event_fields(self) -> None:
        form = self._event_form = Form(self.stage.look)
        there, row = QWidget(), QHBoxLayout()
        there.setLayout(row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for part in Part:
            chip = self.parts[part] = Chip(part.value, f"There as {part.value}", is_ticked=True)
            chip.clicked.connect(lambda _=False: self._set_parts())
            row.addWidget(chip)
        row.addStretch(1)
        form.add_wide(there)
        self.team = Choice("Team", self._join)
        form.add("Team", self.team)
        self.shared = Pick("Helps in", self._share, "no other car")
        self.shared.explain(HELPS)
        form.add("Helps in", self.shared)
        entries: tuple[tuple[str, str, Callable[[str], object], str], ...] = (
            ("cars", "Cars", self._set_cars, "the best first, with commas between"),
            ("lap_s", "Lap here", self._set_lap, "2:18.5"),
            ("longest_s", "At a stretch", self._set_longest, "at most, like 2:00"),
        )
        for name, title, store, hint in entries:
            self.fields[name] = Entry(title, store, hint)
            form.add(title, self.fields[name])
        for name, title in _LIKED:
            self.likings[name] = Choice(title, partial(self._like, name))
            form.add(title, self.likings[name])
        for name, title, hint in (
            ("wanted", "With", "names, with commas between"),
            ("unwanted", "Not with", ""),
        ):
            self.fields[name] = Entry(title, partial(self._set_company, name), hint)
            form.add(title, self.fields[name])
        self.column.addWidget(form)

    def _add_member_fields(self) -> None:
        self.head("Person")
        form = Form(self.stage.look)
        entries: tuple[tuple[str, str, Callable[[str], object], str], ...] = (
            ("name", "Name", lambda text: self._fill("name", name=text), ""),
            ("zone", "Lives by", self._set_zone, "Europe/Berlin"),
            ("rating", "Rating", lambda text: self._fill("rating", rating=_whole(text)), "not known"),
            (
                "user_id",
                "iRacing id",
                lambda text: self._fill("iRacing id", user_id=_whole(text)),
                "not known",
            ),
            ("note", "Note", lambda text: self._fill("note", note=text or None), ""),
        )
        for name, title, store, hint in entries:
            self.fields[name] = Entry(title, store, hint)
            form.add(title, self.fields[name])
        self.column.addWidget(form)

    def _fill(self, words: str, **values: object) -> None:
        one = self.board.person
        if one is not None:
            drafts = member.fill_member(one.key, **values)
            self.board.do(f"{words} of {one.member.name}", lambda: drafts)

    def _set_zone(self, text: str) -> None:
        """`Berlin`, `CET` or `UTC+2` too, as people say it."""
        zone = zone_named(text) if text else None
        if text and zone is None:
            raise EditError(f"There is no time zone {text!r:.40} here; one looks like Europe/Berlin.")
        self._fill("clock", zone=zone)
        self.fields["zone"].tell(zone or "UTC")

    def _said(self) -> Participation:
        """Raises EditError where the person has said nothing to the event."""
        one = self.board.person
        if one is None or one.said is None:
            raise EditError("Sign the person up first.")
        return one.said

    def _do(self, words: str, drafts: Sequence[Draft]) -> None:
        one = self.board.person
        self.board.do(f"{words} of {'' if one is None else one.member.name}", lambda: drafts)

    def _set_parts(self) -> None:
        wanted = [part for part, chip in self.parts.items() if chip.isChecked()]
        self._do("parts", participation.set_parts(self._said(), wanted))

    def _join(self, key: str) -> None:
        said = self._said()
        if key:
            self._do("team", participation.join_team(said, key))
        else:
            self.board.do("out of the team", lambda: participation.take_step(said, Step.SIGNED_UP))

    def _share(self, keys: tuple[str, ...]) -> None:
        one = self.board.person
        if one is not None:
            changed = sorted(set(self.shared.keys) ^ set(keys))
            self._do("other cars", [team.share(key, one.key, is_in=key in keys) for key in changed])

    def _set_cars(self, text: str) -> None:
        self._do("cars", participation.prefer_cars(self._said(), cells.several(text)))

    def _set_lap(self, text: str) -> None:
        lap_s = cells.lap_s(text) if text else None
        if text and lap_s is None:
            raise EditError(f"{text!r:.40} is no lap time; one looks like 2:18.5.")
        self._do("lap", participation.fill_participation(self._said().key, lap_s=lap_s))

    def _set_longest(self, text: str) -> None:
        self._do("stretch", participation.fill_participation(self._said().key, longest_s=length_of(text)))

    def _like(self, name: str, value: str) -> None:
        self._do(name, participation.fill_participation(self._said().key, **{name: int(value)}))

    def _set_company(self, name: str, text: str) -> None:
        said, people = self._said(), self.board.scene.people
        by_name = {plain(one.member.name): one.key for one in people}
        first = [plain(one.member.name).split()[:1] for one in people]
        by_name |= {
            names[0]: one.key
            for one, names in zip(people, first, strict=True)
            if names and first.count(names) == 1 and names[0] not in by_name
        }
        found, lost = cells.people([text], by_name)
        if lost:
            raise EditError(f"{', '.join(lost)}: nobody here has this name, or more than one has.")
        wish = participation.want if name == "wanted" else participation.want_not
        now = getattr(said, name)
        drafts = [wish(said.key, key) for key in found if key not in now]
        drafts += [wish(said.key, key, is_in=False) for key in now if key not in found]
        self._do("company", drafts)


def _whole(text: str) -> int | None:
    """Raises EditError."""
    if not text:
        return None
    found = cells.number(text)
    if found is None:
        raise EditError(f"{text!r:.40} is no whole number.")
    return found
