"""The one file that holds key and certificate: mode 0600, whole or absent, and it checks itself."""

import contextlib
import logging
import os
import re
import stat
import sys
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from hashlib import sha256
from pathlib import Path

from pitbox.identity.errors import DamagedIdentityError, IdentityError

_log = logging.getLogger("pitbox.identity")

_NAME = "identity.pem"
_PREAMBLE = "PitBox device identity. Keep this file private: whoever has it can sign as this device."
_FORM = re.compile(
    rb"\r?\ndevice: ([0-9a-f]{64})\r?\n"
    rb"-----BEGIN PRIVATE KEY-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END PRIVATE KEY-----\r?\n"
    rb"-----BEGIN CERTIFICATE-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END CERTIFICATE-----"
)
_MAX_SIZE = 64 << 10


def path(folder: Path) -> Path:
    return folder / _NAME


def read(folder: Path) -> bytes | None:
    """The file's bytes, None when there is none; a mode that others can read is corrected and noted."""
    source = path(folder)
    try:
        with source.open("rb") as file:
            if sys.platform != "win32":
                _keep_private(file.fileno(), source)
            return file.read(_MAX_SIZE + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise IdentityError(f"The key file {source} cannot be read: {error.strerror}.") from error


def create(folder: Path, key: bytes, certificate: bytes) -> bytes:
    """Write the file unless another process was first; what lies there in the end is returned."""
    target = path(folder)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = folder / f".{_NAME}.{os.getpid()}-{os.urandom(4).hex()}"
        try:
            # 0600 from the first byte: nobody can open it in between.
            handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(_text(key, certificate))
                file.flush()
                os.fsync(file.fileno())
            _publish(new, target)
        finally:
            new.unlink(missing_ok=True)
        _sync_folder(folder)
    except OSError as error:
        raise IdentityError(
            f"No identity can be stored in {folder}: {error.strerror}. Choose a data folder that is writable."
        ) from error
    text = read(folder)
    if text is None:
        raise IdentityError(f"The key file {target} vanished as it was written.")
    return text


def parse(text: bytes, source: Path) -> tuple[bytes, bytes]:
    """(key, certificate), both DER; the device id in the file vouches for the certificate."""
    form = _FORM.search(text) if len(text) <= _MAX_SIZE else None
    if form is None:
        raise DamagedIdentityError(damage(source, "it does not have the form of one"))
    try:
        key, certificate = (b64decode(b"".join(body.split()), validate=True) for body in form.groups()[1:])
    except Base64Error as error:
        raise DamagedIdentityError(damage(source, "it is not whole")) from error
    if sha256(certificate).hexdigest().encode() != form.group(1):
        raise DamagedIdentityError(damage(source, "its certificate is not the one it names"))
    return key, certificate


def damage(source: Path, what: str) -> str:
    """The sentence for a damaged file."""
    return (
        f"The key file {source} is damaged: {what}. Put a copy of it back, or make a new identity "
        "with `pitbox identity new`; the old file is then kept aside, and the team has to pair with this "
        "device again."
    )


def set_aside(folder: Path) -> Path | None:
    """Rename the file out of the way; its new path, None when there was none."""
    source = path(folder)
    number = 1
    while (aside := folder / f"{_NAME}.aside-{number}").exists():
        number += 1
    try:
        source.rename(aside)
        _sync_folder(folder)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise IdentityError(f"The key file {source} cannot be set aside: {error.strerror}.") from error
    _log.warning("the old key file is kept as %s", aside)
    return aside


def _text(key: bytes, certificate: bytes) -> bytes:
    device = sha256(certificate).hexdigest()
    lines = [_PREAMBLE, f"device: {device}"]
    for label, der in (("PRIVATE KEY", key), ("CERTIFICATE", certificate)):
        body = b64encode(der).decode("ascii")
        lines.append(f"-----BEGIN {label}-----")
        lines += [body[at : at + 64] for at in range(0, len(body), 64)]
        lines.append(f"-----END {label}-----")
    return ("\n".join(lines) + "\n").encode("ascii")


def _publish(new: Path, target: Path) -> None:
    """Give the whole file its name, unless another process gave it first."""
    with contextlib.suppress(FileExistsError):
        if sys.platform == "win32":
            new.rename(target)  # there a rename never replaces
            return
        try:
            os.link(new, target)
        except FileExistsError:
            raise
        except OSError:
            # A file system without hard links (exFAT, some shares): a window of microseconds remains.
            if not target.exists():
                new.rename(target)


def _keep_private(handle: int, source: Path) -> None:
    mode = stat.S_IMODE(os.fstat(handle).st_mode)
    if mode & 0o077:
        _log.warning("the key file %s had the mode %o; others could read it. It is 600 now", source, mode)
        os.fchmod(handle, 0o600)


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":  # NTFS journals names; a folder cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
