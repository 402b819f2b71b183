"""Sizes that hold on disk and on the wire; checked before anything is allocated."""

MAX_PAYLOAD = 1 << 20
"""One record's payload."""

MAX_BLOCK_RAW = 512 << 10
"""One block's rows, decoded: a lie about them must not cost a megabyte."""

MAX_BLOCK_PAYLOAD = MAX_BLOCK_RAW + (8 << 10)
"""Rows that could not be compressed at all, and a block's head."""

MAX_PLAIN_PAYLOAD = 128 << 10
"""A record of any other known kind: its text may need four times this when read."""

MAX_BLOCK_ROWS = 4096
MAX_CHANNEL_COUNT = 256
MAX_ROW_BYTES = 64 << 10
MIN_STEP = 2.0**-30
MAX_LAYOUTS = 64
"""Layout numbers that one log may use."""
MAX_SHEET_LAPS = 1024
"""Lines of a timing sheet in one record."""
