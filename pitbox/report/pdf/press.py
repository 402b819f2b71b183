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
    if sys.platform == "win32":
        import psutil  # noqa: PLC0415 - only here

        return round(int(psutil.Process().memory_info().peak_wset) / 1e6)
    try:
        # Not getrusage: its maximum is inherited from whoever started this process.
        lines = Path("/proc/self/status").read_text("ascii", errors="replace").splitlines()
    except OSError:
        return None
    kilobytes = next((line.split()[1] for line in lines if line.startswith("VmHWM:")), None)
    return round(int(kilobytes) / 1000) if kilobytes else None


if __name__ == "__main__":
    sys.exit(press(Path(sys.argv[1]), Path(sys.argv[2]), has_system_faces="all" in sys.argv[3:]))
