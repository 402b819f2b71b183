"""Who vouches for a log."""

from typing import Protocol

from pitbox.model.ids import DeviceId


class Signer(Protocol):
    @property
    def device(self) -> DeviceId: ...

    @property
    def certificate(self) -> bytes:
        """DER; its SHA-256 is the device id."""
        ...

    def sign(self, message: bytes) -> bytes: ...
