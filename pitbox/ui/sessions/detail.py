"""The chosen session: open it, name it, put it away; below, who drove what in it and where it lies."""

import secrets
from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from pitbox.model.edit import DELETED, Draft, Entity
from pitbox.model.label import clean_tag, tag, unnote, untag
from pitbox.model.note import KIND as NOTE_KIND
from pitbox.model.note import note
from pitbox.ui.scene.words import NONE
from pitbox.ui.sessions.board import SessionBoard
from pitbox.ui.sessions.deeds import OPENABLE, Deeds
from pitbox.ui.sessions.facts import draw_facts
from pitbox.ui.sessions.moment import MomentPicker
from pitbox.ui.sessions.scene import Comment
from pitbox.ui.sessions.scroll import Scroll
from pitbox.ui.sessions.words import STATES, date_words, name_words, track_words
from pitbox.ui.shell.panel import Panel
from pitbox.ui.shell.pen import Pen
from pitbox.ui.shell.picture import Picture
from pitbox.ui.shell.stage import Stage
from pitbox.ui.shell.words import Words
from pitbox.ui.team.field import Entry, Form
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight
from pitbox.wall.library import Recorded

EMPTY = "Choose a session in the list: what was driven in it, its notes and tags stand here."
_HINT = "A note: Enter keeps it, the team sees it"


class DetailPanel(Panel):
    def __init__(self, stage: Stage, board: SessionBoard, deeds: Deeds) -> None:
        super().__init__(stage)
        self.board, self.deeds = board, deeds
        self.title = Words(size=Type.HEAD, weight=Weight.FIRST)
        self.line = Words(tone="dim")
        self.state = Words(tone="warn")
        for words in (self.title, self.line, self.state):
            words.setWordWrap(True)
        self.moment = MomentPicker(stage.look)
        self.moment.wished.connect(deeds.open)
        self.moment.laps_wished.connect(deeds.open_laps)
        self.archive, self.delete = QPushButton(), QPushButton()
        self.archive.clicked.connect(deeds.archive_or_restore)
        self.delete.clicked.connect(self._delete_or_bring_back)
        self.tags = Entry("Tags", self._store_tags, "wet, six hours")
        self.note = Entry("Another note", self._add_note, _HINT)
        self.notes: dict[str, Entry] = {}
        self.form = Form(stage.look)
        self.form.add("Tags", self.tags)
        self._notes = QWidget()
        self.facts = Picture(stage.look, "What is known of it", self.draw, is_tall=True)
        self.body = QWidget()
        self._lay_out()
        self.setFocusProxy(self.tags)
        board.chosen.connect(self.refresh)
        board.changed.connect(self.refresh)
        stage.look.changed.connect(self._wear)
        self._wear()
        self.refresh()

    def refresh(self) -> None:
        one, near = self.board.one, self.board.near
        self.body.setVisible(one is not None)
        self._empty.setVisible(one is None)
        if one is None:
            return
        self.title.tell(name_words(one))
        self.line.tell(self._known_words(one))
        self.state.tell(f"This session is {STATES[one.state]}." if STATES[one.state] else "")
        self.state.setVisible(bool(STATES[one.state]))
        is_openable = one.state in OPENABLE
        self.moment.show_parts(near.closeup.parts, is_openable=is_openable, has_laps=bool(one.laps))
        self.archive.setText("Restore" if one.state == "archived" else "Archive")
        self.archive.setEnabled(one.state in ("here", "archived"))
        self.delete.setText("Bring back" if one.state == "deleted" else "Delete")
        self.delete.setEnabled(one.state in ("here", "deleted"))
        self.tags.tell(", ".join(near.tags or one.tags))
        self.tags.setEnabled(near.can_write)
        self.note.setEnabled(near.can_write)
        self._show_notes(near.comments)
        self.facts.renew()

    def draw(self, pen: Pen, box: QRectF) -> float:
        one = self.board.one
        return draw_facts(pen, box, one, self.board.near) if one is not None else box.top()

    def _known_words(self, one: Recorded) -> str:
        when = date_words(one.began_utc_s, self.stage.look.taste.zone, has_time=True)
        what = [words for words in (track_words(one), one.car) if words and words != NONE]
        lines = [words for words in (when, ", ".join(what)) if words and words != NONE]
        return "\n".join(lines) or "Neither day nor track nor car is known."

    def _delete_or_bring_back(self) -> None:
        one = self.board.one
        if one is not None and one.state == "deleted":
            self.deeds.undelete()
        else:
            self.deeds.delete()

    def _store_tags(self, text: str) -> None:
        """Raises EditError for what is no tag."""
        wanted = {clean_tag(part).casefold(): clean_tag(part) for part in text.split(",") if part.strip()}
        now = {one.casefold(): one for one in self.board.near.tags}
        added = [name for key, name in wanted.items() if now.get(key) != name]
        gone = [name for key, name in now.items() if key not in wanted]
        drafts = [*(tag(name) for name in added), *(untag(name) for name in gone)]
        back = [*(tag(now[k]) if (k := name.casefold()) in now else untag(name) for name in added),
                *(tag(name) for name in gone)]  # fmt: skip
        if drafts:
            self.board.write("tags", drafts, back)

    def _add_note(self, text: str) -> None:
        if text:
            key = secrets.token_hex(8)
            there = Draft(Entity(NOTE_KIND, key), DELETED, False)  # what was taken back can be done again
            self.board.write("a note", [there, *note(key, text)], [unnote(key)])
        self.note.setModified(False)
        self.note.setText("")

    def _change_note(self, comment: Comment, text: str) -> None:
        """Without words it goes."""
        if text:
            self.board.write("a note", note(comment.key, text), note(comment.key, comment.text))
        else:
            back = Draft(Entity(NOTE_KIND, comment.key), DELETED, False)
            self.board.write("a note that goes", [unnote(comment.key)], [back])

    def _changer(self, comment: Comment) -> Callable[[str], None]:
        return lambda text: self._change_note(comment, text)

    def _show_notes(self, comments: Sequence[Comment]) -> None:
        known = {comment.key: comment for comment in comments}
        if list(known) == list(self.notes):
            for key, entry in self.notes.items():
                entry.tell(known[key].text)
            return
        for entry in self.notes.values():
            self._note_column.removeWidget(entry)
            entry.hide()
            entry.deleteLater()
        self.notes = {}
        for comment in comments:
            entry = Entry("Note", self._changer(comment))
            entry.tell(comment.text)
            entry.setToolTip(f"{comment.who} wrote it. Without words it goes.")
            entry.setEnabled(self.board.near.can_write)
            self.notes[comment.key] = entry
            self._note_column.insertWidget(len(self.notes) - 1, entry)

    def _lay_out(self) -> None:
        self._empty = Words(EMPTY, tone="dim")
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._buttons = QHBoxLayout()
        self._buttons.addWidget(self.archive, 1)
        self._buttons.addWidget(self.delete, 1)
        self._note_column = QVBoxLayout(self._notes)
        self._note_column.setContentsMargins(0, 0, 0, 0)
        self._note_column.addWidget(self.note)
        self._column = QVBoxLayout(self.body)
        above: tuple[QWidget, ...] = (self.title, self.line, self.state, self.moment)
        below = (self.form, Words("Notes", weight=Weight.STRONG), self._notes, self.facts)
        for part in above:
            self._column.addWidget(part)
        self._column.addLayout(self._buttons)
        for part in below:
            self._column.addWidget(part)
        self._column.addStretch(1)
        self.area = Scroll(self.body)
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.addWidget(self._empty)
        self._whole.addWidget(self.area, 1)

    def _wear(self) -> None:
        px = self.stage.look.px
        self._column.setContentsMargins(px(PADDING), px(PADDING), px(PADDING), px(PADDING))
        self._column.setSpacing(px(PADDING))
        self._buttons.setSpacing(px(PADDING))
        self._note_column.setSpacing(px(GRID))
        self._empty.setContentsMargins(px(PADDING), px(PADDING), px(PADDING), px(PADDING))
