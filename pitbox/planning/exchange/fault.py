"""One thing that is wrong in a file that comes in, and where."""

import msgspec


class Fault(msgspec.Struct, frozen=True):
    line: int
    """Of a CSV file as an editor counts, the header is 1; of JSON the number of the stint."""
    column: str
    """Its header; empty where it is the whole line."""
    words: str

    def __str__(self) -> str:
        where = f", {self.column}" if self.column else ""
        return f"Line {self.line}{where}: {self.words}"
