"""Has a report set as PDF by a child process, within a time limit; the caller's memory stays as it is."""

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pitbox.report.document import Document
from pitbox.report.errors import PdfCompileError, PdfEngineError, PdfTimeoutError
from pitbox.report.pdf.manuscript import manuscript, needs_system_faces
from pitbox.report.pdf.press import REFUSED, RESULT, SOURCE
from pitbox.report.style import Style

TIME_LIMIT_S = 120.0
_ROOM = Path(__file__).parents[1]
_FACES = _ROOM.parent / "ui" / "resource"
"""The window's own typefaces: Inter, and what stands behind it for other scripts."""
_SAID = 600
_log = logging.getLogger("pitbox.report")


def write_pdf(
    document: Document,
    style: Style | None,
    folder: Path,
    *,
    name: str = "report.pdf",
    time_limit_s: float = TIME_LIMIT_S,
) -> Path:
    """Into a folder that is there; replaces one of that name only when done. Raises PdfError, OSError."""
    style = style or Style()
    started_s = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix=".pdf-", dir=folder) as place:
        work = Path(place)
        text = _lay_out(document, style, work)
        said = _run(work, time_limit_s, has_system_faces=needs_system_faces(text))
        target = folder / name
        (work / RESULT).replace(target)
    _log.info(
        "PDF of %s written in %.1f s, %s MB at most in the typesetter",
        document.title,
        time.perf_counter() - started_s,
        said.get("peak_mb") or "?",
    )
    return target


def _lay_out(document: Document, style: Style, work: Path) -> str:
    data, pictures = manuscript(document, style)
    text = json.dumps(data, ensure_ascii=False)
    # A lone half of a letter pair has no place in any file.
    (work / "report.json").write_text(text, "utf-8", errors="replace")
    for name, picture in pictures.items():
        (work / name).write_text(picture, "utf-8")
    if style.logo:
        (work / f"logo.{style.logo.kind}").write_bytes(style.logo.data)
    shutil.copyfile(_ROOM / "resource" / SOURCE, work / SOURCE)
    return text


def _run(work: Path, time_limit_s: float, *, has_system_faces: bool) -> dict[str, int | None]:
    words = [str(work), str(_FACES), *(["all"] if has_system_faces else [])]
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW
    try:
        child = subprocess.run(  # noqa: S603 - our own module, by our own interpreter
            [sys.executable, "-P", "-m", "pitbox.report.pdf.press", *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=time_limit_s,
            check=False,
            creationflags=flags,
            env={**os.environ, "PYTHONPATH": _search_path(), "PYTHONUTF8": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise PdfTimeoutError(f"The PDF took longer than {time_limit_s:.0f} s and was given up.") from error
    except OSError as error:
        raise PdfEngineError(f"The typesetter could not be started: {error}") from error
    said = child.stderr.strip()[:_SAID]
    if child.returncode == REFUSED:
        raise PdfCompileError(f"The typesetter refused the report: {said}")
    if child.returncode or not (work / RESULT).exists():
        raise PdfEngineError(f"The typesetter ended with {child.returncode}: {said or 'it said nothing'}")
    return dict(json.loads(child.stdout.splitlines()[-1]))


def _search_path() -> str:
    """The child finds the same PitBox as this process does."""
    given = os.environ.get("PYTHONPATH", "")
    return os.pathsep.join(part for part in (str(_ROOM.parents[1]), given) if part)
