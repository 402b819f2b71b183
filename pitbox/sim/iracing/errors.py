"""What can be wrong with iRacing's memory and files.

IracingError
└── ImageError           bytes that should be the sim's memory or a recording of it
    ├── EmptyFileError   nothing in it
    ├── NotIracingError  something else
    ├── TruncatedError   iRacing's, but it ends before it should
    └── GarbageError     starts like iRacing's and then contradicts itself
"""

from pitbox.model.errors import PitBoxError


class IracingError(PitBoxError):
    pass


class ImageError(IracingError):
    pass


class EmptyFileError(ImageError):
    pass


class NotIracingError(ImageError):
    pass


class TruncatedError(ImageError):
    pass


class GarbageError(ImageError):
    pass
