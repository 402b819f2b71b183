"""The child process that sets a report: `python -m pitbox.report.pdf.press FOLDER FONTS [all]`.

It alone loads typst, whose memory goes with it. Its last line is JSON: `{"peak_mb": 322}`.
"""

import json
import sys
from pathlib import Path

REFUSED = 3
"""Exit code: the engine said no to the document."""
SOURCE, RESULT = "report.typ", "report.pdf"


def press(folder: Path, fonts: Path, *, has_system_faces: bool) -> int:
    import typst  # noqa: PLC0415 - 77 MB that only this process loads

    try:
        compiler = typst.Compiler(
            str(folder / SOURCE),
            root=str(folder),
            font_paths=[str(fonts)],
            ignore_system_fonts=not has_system_faces,
        )
        compiler.compile(output=str(folder / RESULT), format="pdf", timestamp=0)
    except typst.TypstError as error:
        sys.stderr.write(f"{error.message}\n{error.diagnostic}\n")
        return REFUSED
    sys.stdout.write(json.dumps({"peak_mb": _peak_mb()}) + "\n")
    return 0


def _peak_mb() -> int | None:
    """The most memory this process ever had; None where the system does not say."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return None
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    sys.exit(press(Path(sys.argv[1]), Path(sys.argv[2]), has_system_faces="all" in sys.argv[3:]))
