"""Where letters go: an address that is a secret, in a file of its own that only its owner can read."""

import os
import sys
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from pitbox.courier.errors import AddressError

NAME = "webhook.secret"
_MOST_LENGTH = 500
_DISCORD = ("discord.com", "discordapp.com")


class Webhook:
    """Whoever has the address can write in its channel: nothing but a connection may see it whole."""

    def __init__(self, address: str) -> None:
        """Raises AddressError."""
        address = address.strip()
        if not address or len(address) > _MOST_LENGTH or not address.isascii() or not address.isprintable():
            raise AddressError("That is no address of a webhook.")
        try:
            parts = urlsplit(address)
            port = parts.port
        except ValueError as error:
            raise AddressError("That is no address of a webhook.") from error
        host = parts.hostname or ""
        if not host or parts.username is not None or " " in address or parts.fragment:
            raise AddressError("That is no address of a webhook.")
        self.is_safe = parts.scheme == "https"
        if not self.is_safe and not (parts.scheme == "http" and _is_here(host)):
            raise AddressError("A webhook's address begins with https://.")
        _check_discord(host, parts.path)
        self.host = host
        self.port = port or (443 if self.is_safe else 80)
        self.target = parts.path + (f"?{parts.query}" if parts.query else "")
        self._address = address

    @property
    def key(self) -> str:
        """Tells one webhook from another without giving it away."""
        return sha256(self._address.encode()).hexdigest()[:16]

    @property
    def words(self) -> str:
        """For people and journals."""
        return f"{self.host}/… ({self.key[:6]})"

    def __repr__(self) -> str:
        return f"Webhook({self.words})"

    def store(self, folder: Path) -> None:
        """Whole or not at all, and never readable by others; raises AddressError."""
        new = folder / f".{NAME}.{os.getpid()}-{os.urandom(4).hex()}"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(handle, "w", encoding="ascii") as file:
                    file.write(self._address + "\n")
                    file.flush()
                    os.fsync(file.fileno())
                new.replace(folder / NAME)
            finally:
                new.unlink(missing_ok=True)
        except OSError as error:
            raise AddressError(f"The webhook cannot be stored in {folder}: {error.strerror}.") from error


def load(folder: Path) -> Webhook | None:
    """None where none was set; raises AddressError for a file that holds something else."""
    path = folder / NAME
    try:
        with path.open("rb") as file:
            if sys.platform != "win32" and os.fstat(file.fileno()).st_mode & 0o077:
                os.fchmod(file.fileno(), 0o600)
            text = file.read(_MOST_LENGTH + 3)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise AddressError(f"The webhook's file {path} cannot be read: {error.strerror}.") from error
    try:
        return Webhook(text.decode("ascii"))
    except (AddressError, UnicodeDecodeError) as error:
        raise AddressError(f"The webhook's file {path} holds no address: set it again.") from error


def forget(folder: Path) -> bool:
    """False when there was none; raises AddressError."""
    try:
        (folder / NAME).unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise AddressError(f"The webhook's file cannot be removed: {error.strerror}.") from error
    return True


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check_discord(host: str, path: str) -> None:
    if host not in _DISCORD and not host.endswith(tuple(f".{name}" for name in _DISCORD)):
        return
    parts = [part for part in path.split("/") if part]
    if parts and parts[0] == "api" and len(parts) > 1 and parts[1].startswith("v"):
        del parts[1]
    if len(parts) != 4 or parts[:2] != ["api", "webhooks"] or not parts[2].isdigit():
        raise AddressError(
            "A webhook of Discord looks like https://discord.com/api/webhooks/NUMBER/TOKEN: copy it from the "
            "channel's settings, Integrations, Webhooks."
        )
