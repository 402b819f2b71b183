"""The street door: tells the version at once and hands everything else to the commands."""

import os
import sys
from collections.abc import Sequence

from pitbox import __version__


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line; the exit code is the command's."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words in (["--version"], ["-V"]):
        print(f"PitBox {__version__}")
        return 0
    # Small sums by many threads: each waits for the others, and a race beside it for all of them.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from pitbox.cli.app import main as command

    return command(words)


if __name__ == "__main__":
    sys.exit(main())
