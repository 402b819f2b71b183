"""A sim in a process of its own: writes rows in place, row first, stamp after, faster than it should.

argv: path, rows to write, rows a second, 1 if the tick is stamped before the row too. Every byte of a row
says which tick it is of, so one mixed byte shows.
"""

import mmap
import sys
import time
from pathlib import Path

from image import COLUMNS, Image


def row_of(image, tick):
    """A row in which every per-car value is this tick's; the first and the last bytes of it as well."""
    cars = {name: [tick % 100] * count for name, kind, count in COLUMNS if count == 72 and kind != "b1"}
    return image.row(
        SessionTime=tick / image.tick_rate, SessionTick=tick, SessionUniqueID=1, FuelLevel=tick % 100, **cars
    )


def main():
    path, count, rate, is_stamped = (
        Path(sys.argv[1]),
        int(sys.argv[2]),
        float(sys.argv[3]),
        sys.argv[4] == "1",
    )
    image = Image(is_stamped=is_stamped)
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
        began_s = time.monotonic()
        for tick in range(1, count + 1):
            row = row_of(image, tick)
            wait_s = began_s + tick / rate - time.monotonic()
            if wait_s > 0:
                time.sleep(wait_s)
            write_slowly(image, memory, tick, row)
        sys.stdin.readline()


def write_slowly(image, memory, tick, row):
    """As `Image.write`, in pieces: more often than a real sim, a reader meets a row half way."""
    slot = tick % image.slots
    at = image.row_at(slot)
    if image.is_stamped:
        memory[48 + 16 * slot + 8 : 48 + 16 * slot + 12] = tick.to_bytes(4, "little")
    for start in range(0, len(row), 256):
        memory[at + start : at + min(start + 256, len(row))] = row[start : start + 256]
    memory[48 + 16 * slot : 48 + 16 * slot + 4] = tick.to_bytes(4, "little")


if __name__ == "__main__":
    main()
