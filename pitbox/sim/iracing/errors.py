"""What can be wrong with iRacing's memory and files, and with what is asked of it.

IracingError
├── ImageError               bytes that should be the sim's memory or a recording of it
│   ├── EmptyFileError       nothing in it
│   ├── NotIracingError      something else
│   ├── TruncatedError       iRacing's, but it ends before it should
│   └── GarbageError         starts like iRacing's and then contradicts itself
└── CommandError             a wish that was not sent
    ├── CommandsOffError     the user has not switched it on
    ├── NotInCarError        only the person in the car can ask this
    └── SimUnreachableError  there is no way to the sim from here
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


class CommandError(IracingError):
    pass


class CommandsOffError(CommandError):
    pass


class NotInCarError(CommandError):
    pass


class SimUnreachableError(CommandError):
    pass
