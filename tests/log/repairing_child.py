"""Damages a log and repairs it from a copy, over and over, until it is killed: FOLDER COPY."""

import random
import sys
from pathlib import Path

from pitbox.log.reader import LogReader
from pitbox.log.repair import repair_log
from pitbox.log.segment import segment_paths


def main() -> None:
    folder, copy = Path(sys.argv[1]), Path(sys.argv[2])
    while True:
        # A kill while a file is written leaves an empty one; repair puts its records into a neighbour.
        path = random.choice([path for path in segment_paths(folder) if path.stat().st_size])
        data = bytearray(path.read_bytes())
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
        path.write_bytes(bytes(data))
        sys.stdout.write("damaged\n")
        sys.stdout.flush()
        repair_log(LogReader(folder), [LogReader(copy)])
        for aside in folder.glob("*.damaged*"):
            aside.unlink()


if __name__ == "__main__":
    main()
