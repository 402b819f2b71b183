"""What can be wrong with an identity.

IdentityError
├── DamagedIdentityError     the key file is there and is not what it was; nothing replaces it unasked
├── ForeignCertificateError  a certificate that no PitBox device made of itself
└── MistypedDeviceError      a device id that somebody typed has a slip in it
"""

from pitbox.model.errors import PitBoxError


class IdentityError(PitBoxError):
    pass


class DamagedIdentityError(IdentityError):
    pass


class ForeignCertificateError(IdentityError):
    pass


class MistypedDeviceError(IdentityError):
    pass
