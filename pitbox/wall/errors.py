"""What can be wrong at the pit wall.

WallError
├── ProfileError        a profile's name or folder cannot be used
├── SettingError        there is no such setting, it cannot have this value, or its file cannot be used
│   └── NotTomlError    the file is there and says nothing that can be read
├── AlreadyRunningError another PitBox works with this profile
└── AutostartError      the system does not let PitBox start with it, or stop doing so
"""

from pitbox.model.errors import PitBoxError


class WallError(PitBoxError):
    pass


class ProfileError(WallError):
    pass


class SettingError(WallError):
    pass


class NotTomlError(SettingError):
    pass


class AlreadyRunningError(WallError):
    pass


class AutostartError(WallError):
    pass
