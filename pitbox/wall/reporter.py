"""Writes the report of a session: asks what is known beside the store, lays page and book into a folder."""

from pathlib import Path

import msgspec

from pitbox.analysis.outline import Outline
from pitbox.crew.clock import SystemClock
from pitbox.identity.device import Identity
from pitbox.log.edits import recordings
from pitbox.log.shelf import Shelf
from pitbox.model.ids import SessionId
from pitbox.model.session import Track
from pitbox.report.contents import Beside, report_of
from pitbox.report.document import Document
from pitbox.report.errors import PdfError
from pitbox.report.html.page import write_html
from pitbox.report.pdf.book import write_pdf
from pitbox.report.style import Style, load_logo
from pitbox.store.recorded import Cursor
from pitbox.wall.author import author_name
from pitbox.wall.edit_book import EditBook
from pitbox.wall.keepsake import Keepsakes
from pitbox.wall.outline_shelf import OutlineShelf, chart_key
from pitbox.wall.planner import Planner
from pitbox.wall.profile import Profile
from pitbox.wall.roles import in_plans, roles_of
from pitbox.wall.settings import Report, Settings
from pitbox.wall.terms import case_of, rules_of

_TRACK = "SELECT sim, track_id, track, track_config FROM sessions WHERE session_id = ?"


class Written(msgspec.Struct, frozen=True):
    files: tuple[str, ...]
    digest: str
    """The same content has the same."""
    no_pdf: str = ""
    """Why there is none though one was wanted."""


class Reporter:
    """Of one profile; belongs to one thread."""

    def __init__(self, profile: Profile, settings: Settings, shelf: Shelf) -> None:
        self._profile, self._settings, self._shelf = profile, settings, shelf
        self._identity = Identity.load_or_create(profile.identity_folder)

    def document(self, cursor: Cursor, session: SessionId, number: str = "") -> Document:
        """Raises NothingToReportError."""
        folder, terms = self._profile.identity_folder, self._settings.strategy
        name, role_of = author_name(self._settings), roles_of(folder)
        book = EditBook(self._shelf, self._identity, SystemClock(), role_of=in_plans(role_of), name=name)
        plans = Planner(book)
        with Keepsakes(self._shelf, self._identity, role_of=role_of, name=name) as people:
            try:
                plans.step(None)
                ledger = people.ledger(session) if self._shelf.logs(session) else None
                beside = Beside(
                    ledger=ledger,
                    plans=plans.ask(lambda ledger: ledger),
                    logs=tuple(recordings(self._shelf, session)),
                    outline=self._outline(cursor, session),
                    case=case_of(terms),
                    rules=rules_of(terms),
                )
                return report_of(cursor, session, beside, number)
            finally:
                plans.close()

    def _outline(self, cursor: Cursor, session: SessionId) -> Outline | None:
        found = cursor.execute(_TRACK, [session]).fetchone()
        if found is None or found[2] is None:
            return None
        sim, track_id, track, config = found
        place = Track(track_id or 0, track, config or "", 0.0, 0.0)
        chart = OutlineShelf(self._profile.data).read(chart_key(sim or "", place))
        return None if chart is None else chart.outline


def style_of(wish: Report, team: str = "") -> Style:
    """Raises StyleError for a colour or a logo that cannot be used."""
    logo = load_logo(Path(wish.logo).expanduser()) if wish.logo else None
    return Style(team, wish.colour, logo)


def write(
    document: Document,
    style: Style,
    folder: Path,
    digest: str,
    *,
    has_html: bool = True,
    has_pdf: bool = True,
) -> Written:
    """Each file stands in its place when it is whole; a PDF that cannot be made leaves the page."""
    folder.mkdir(parents=True, exist_ok=True)
    files, why = [], ""
    if has_html:
        target = folder / "report.html"
        draft = target.with_suffix(".html.new")
        draft.write_bytes(write_html(document, style))
        draft.replace(target)
        files.append(str(target))
    if has_pdf:
        try:
            files.append(str(write_pdf(document, style, folder)))
        except PdfError as error:
            why = str(error)
    return Written(tuple(files), digest, why)
