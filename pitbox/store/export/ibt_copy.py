"""What came as `.ibt` leaves as `.ibt`, byte for byte: the sim's own file, found by what was noted of it.

It cannot be made from a log: an import takes only what was not recorded already, and rounds lap fractions.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

from pitbox.log.original import Original, Originals
from pitbox.log.shelf import Shelf
from pitbox.model.ids import SessionId
from pitbox.store.errors import ExportError, ExportStoppedError
from pitbox.store.export.wish import ProgressSink

_PIECE_BYTES = 4 << 20


def copy_originals(
    shelf: Shelf, session: SessionId, folder: Path, on_progress: ProgressSink, is_stopped: Callable[[], bool]
) -> list[str]:
    """The names of the files; raises ExportError when there is none, or one of them cannot be had."""
    originals = Originals(shelf.root)
    known = originals.of(session)
    if not known:
        raise ExportError(
            f"The session {session} was recorded live, or imported before PitBox noted its files: there is "
            "no .ibt of it to copy. Importing the file again notes it."
        )
    found = [(one, originals.find(one)) for one in known]
    if missing := [one for one, path in found if path is None]:
        places = ", ".join(one.path for one in missing)
        raise ExportError(
            f"Not there any more, or not as it was: {places}. Put it back there, or import it from where it "
            "is now; `pitbox import --keep` keeps a copy from then on."
        )
    total, done, names = sum(one.size for one in known), 0, list[str]()
    for one, path in found:
        assert path is not None
        names.append(_free_name(one, names))
        with path.open("rb") as source, (folder / names[-1]).open("wb") as out:
            while piece := source.read(_PIECE_BYTES):
                if is_stopped():
                    raise ExportStoppedError("Stopped; nothing of it was left behind.")
                out.write(piece)
                done += len(piece)
                on_progress(done, total)
        shutil.copystat(path, folder / names[-1])
    return names


def _free_name(original: Original, names: list[str]) -> str:
    """Two files of one name came from two folders."""
    name = original.name or f"{original.sha256[:8]}.ibt"
    return name if name not in names else f"{Path(name).stem}-{original.sha256[:8]}.ibt"
