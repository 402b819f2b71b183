"""What can be wrong with a timing sheet.

SheetError
├── NotASheetError   it has not the columns of one
└── SheetLineError   one of its lines makes no sense
"""

from pitbox.model.errors import PitBoxError


class SheetError(PitBoxError):
    pass


class NotASheetError(SheetError):
    pass


class SheetLineError(SheetError):
    pass
