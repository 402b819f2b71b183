"""From records to rows: remembers the layouts that blocks refer to."""

from pitbox.model.channel import Layout, Stream
from pitbox.model.source import RowArray
from pitbox.wire.block import check_layout, decode_rows
from pitbox.wire.errors import OversizeError, UnknownLayoutError
from pitbox.wire.limit import MAX_LAYOUTS
from pitbox.wire.record import BlockRecord, LayoutRecord


class Unpacker:
    """One per log: layout numbers mean nothing outside it."""

    def __init__(self, layouts: dict[int, Layout] | None = None) -> None:
        self.layouts: dict[int, Layout] = dict(layouts or {})

    def learn(self, record: LayoutRecord) -> None:
        """Take the layout for its number from here on; raises WireError when it cannot be one."""
        check_layout(record.layout)
        if record.layout_no not in self.layouts and len(self.layouts) >= MAX_LAYOUTS:
            raise OversizeError(f"A log names more than {MAX_LAYOUTS} layouts.")
        self.layouts[record.layout_no] = record.layout

    def layout(self, block: BlockRecord) -> Layout:
        try:
            return self.layouts[block.layout_no]
        except KeyError:
            raise UnknownLayoutError(
                f"A block names layout {block.layout_no}, which this log has not shown yet."
            ) from None

    def stream(self, block: BlockRecord) -> Stream:
        return self.layout(block).stream

    def rows(self, block: BlockRecord) -> RowArray:
        """The block's rows; raises WireError when it is damaged or came before its layout."""
        return decode_rows(self.layout(block), block.row_count, block.data)
