"""Sizes that hold on disk and on the wire; checked before anything is allocated."""

MAX_PAYLOAD = 1 << 20
"""One record's payload."""

MAX_BLOCK_RAW = 1 << 20
"""One block's rows, decoded."""

MAX_BLOCK_ROWS = 4096
MAX_CHANNELS = 1024
MAX_CHANNEL_COUNT = 256
MAX_ROW_BYTES = 64 << 10
