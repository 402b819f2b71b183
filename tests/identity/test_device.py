"""The device's identity: made once, loaded quickly, never replaced unasked."""

import os
import ssl
import stat
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pitbox.identity import keyfile
from pitbox.identity.device import Identity, device_of
from pitbox.identity.errors import DamagedIdentityError, IdentityError
from pitbox.identity.verify import verify
from pitbox.model.sign import Signer

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes are a POSIX matter")


def test_an_identity_is_made_once(tmp_path: Path):
    first = Identity.load_or_create(tmp_path / "new" / "folder")
    again = Identity.load_or_create(tmp_path / "new" / "folder")
    assert first.device == again.device == sha256(first.certificate).hexdigest()
    assert again.certificate == first.certificate
    assert device_of(first.certificate) == first.device
    assert [file.name for file in (tmp_path / "new" / "folder").iterdir()] == ["identity.pem"]


def test_two_folders_hold_two_devices(tmp_path: Path):
    assert Identity.load_or_create(tmp_path / "a").device != Identity.load_or_create(tmp_path / "b").device


def test_it_signs_as_the_protocol_says(tmp_path: Path):
    signer: Signer = Identity.load_or_create(tmp_path)
    assert verify(signer.certificate, b"mark", signer.sign(b"mark"))


def test_the_certificate_outlives_every_clock(tmp_path: Path):
    certificate = x509.load_der_x509_certificate(Identity.load_or_create(tmp_path).certificate)
    spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert certificate.subject.rfc4514_string() == f"CN=pb-{sha256(spki).hexdigest()[:16]}"
    assert certificate.issuer == certificate.subject
    assert certificate.not_valid_before_utc.year == 1970
    assert certificate.not_valid_after_utc.year == 2100
    certificate.verify_directly_issued_by(certificate)


def _context(folder: Path, peer: Identity, *, server: bool) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.load_cert_chain(keyfile.path(folder))
    context.load_verify_locations(cadata=peer.certificate)
    return context


def _shake_hands(client: ssl.SSLContext, server: ssl.SSLContext) -> tuple[ssl.SSLObject, ssl.SSLObject]:
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (client.wrap_bio(to_client, to_server), server.wrap_bio(to_server, to_client, server_side=True))
    open_ends = list(ends)
    for _ in range(10):
        for end in list(open_ends):
            try:
                end.do_handshake()
                open_ends.remove(end)
            except ssl.SSLWantReadError:
                continue
        if not open_ends:
            return ends
    pytest.fail("the handshake did not end")


def test_a_strict_mutual_tls_link_accepts_it_as_its_own_anchor(tmp_path: Path):
    a, b = (Identity.load_or_create(tmp_path / name) for name in "ab")
    client, server = _shake_hands(
        _context(tmp_path / "a", b, server=False), _context(tmp_path / "b", a, server=True)
    )
    assert client.getpeercert(binary_form=True) == b.certificate
    assert server.getpeercert(binary_form=True) == a.certificate


def test_a_link_refuses_a_device_that_is_not_paired(tmp_path: Path):
    a, b, stranger = (Identity.load_or_create(tmp_path / name) for name in ("a", "b", "stranger"))
    assert stranger.device not in {a.device, b.device}
    with pytest.raises(ssl.SSLCertVerificationError):
        _shake_hands(
            _context(tmp_path / "stranger", b, server=False), _context(tmp_path / "b", a, server=True)
        )


@posix
def test_nobody_else_may_read_the_key(tmp_path: Path):
    before = os.umask(0)
    try:
        Identity.load_or_create(tmp_path / "home")
    finally:
        os.umask(before)
    assert stat.S_IMODE(keyfile.path(tmp_path / "home").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700


@posix
def test_a_wrong_mode_is_corrected_and_noted(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    device = Identity.load_or_create(tmp_path).device
    keyfile.path(tmp_path).chmod(0o644)
    assert Identity.load_or_create(tmp_path).device == device
    assert stat.S_IMODE(keyfile.path(tmp_path).stat().st_mode) == 0o600
    assert "had the mode 644" in caplog.text


def test_no_flipped_bit_makes_another_device(tmp_path: Path):
    identity = Identity.load_or_create(tmp_path)
    source = keyfile.path(tmp_path)
    good = source.read_bytes()
    body = good.index(b"\ndevice: ")
    refused = 0
    for at in range(body, len(good)):
        for bit in range(8):
            bad = bytearray(good)
            bad[at] ^= 1 << bit
            try:
                assert Identity._from_text(bytes(bad), source).certificate == identity.certificate
            except DamagedIdentityError:
                refused += 1
    # What is not refused: a line break that became white space of another kind, and the last line's end.
    assert refused > 8 * (len(good) - body) - 100


@pytest.mark.parametrize("keep", [0, 1, 100, 500, 1000])
def test_a_cut_file_is_refused_and_stays(tmp_path: Path, keep: int):
    Identity.load_or_create(tmp_path)
    source = keyfile.path(tmp_path)
    cut = source.read_bytes()[:keep]
    source.write_bytes(cut)
    for _ in range(2):
        with pytest.raises(DamagedIdentityError, match=r"identity\.pem is damaged: .*Put a copy"):
            Identity.load_or_create(tmp_path)
    assert source.read_bytes() == cut


def test_a_huge_file_is_refused_unread(tmp_path: Path):
    keyfile.path(tmp_path).write_bytes(b"x" * 200_000)
    with pytest.raises(DamagedIdentityError):
        Identity.load_or_create(tmp_path)


def test_the_key_of_another_device_is_no_pair(tmp_path: Path):
    for name in "ab":
        Identity.load_or_create(tmp_path / name)
    a, b = (keyfile.path(tmp_path / name).read_text() for name in "ab")
    key_end = "-----END PRIVATE KEY-----"
    device = a.index("-----BEGIN")
    mixed = a[:device] + b[b.index("-----BEGIN") : b.index(key_end)] + a[a.index(key_end) :]
    keyfile.path(tmp_path / "a").write_text(mixed)
    with pytest.raises(DamagedIdentityError, match="not a pair"):
        Identity.load_or_create(tmp_path / "a")


def test_a_file_that_went_through_an_editor_for_windows_is_read(tmp_path: Path):
    device = Identity.load_or_create(tmp_path).device
    source = keyfile.path(tmp_path)
    source.write_bytes(source.read_bytes().replace(b"\n", b"\r\n"))
    assert Identity.load_or_create(tmp_path).device == device


def test_replacing_keeps_the_old_file_aside(tmp_path: Path):
    first = Identity.load_or_create(tmp_path).device
    old = keyfile.path(tmp_path).read_bytes()
    second = Identity.replace(tmp_path).device
    third = Identity.replace(tmp_path).device
    assert len({first, second, third}) == 3
    assert (tmp_path / "identity.pem.aside-1").read_bytes() == old
    assert (tmp_path / "identity.pem.aside-2").exists()


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(IdentityError, match="data folder that is writable"):
        Identity.load_or_create(tmp_path / "file")


def test_a_file_system_without_hard_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(source: object, target: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    device = Identity.load_or_create(tmp_path).device
    assert Identity.load_or_create(tmp_path).device == device
    assert [file.name for file in tmp_path.iterdir()] == ["identity.pem"]


_RACER = """
import sys
from pathlib import Path
from pitbox.identity import keyfile
from pitbox.identity.birth import new_key_and_certificate
from pitbox.identity.device import Identity
folder = Path(sys.argv[1])
made = new_key_and_certificate()
assert keyfile.read(folder) is None
print("ready", flush=True)
sys.stdin.readline()
keyfile.create(folder, *made)  # every racer has seen an empty folder and has a key in hand
print(Identity.load_or_create(folder).device)
"""


def test_processes_that_start_at_once_end_with_one_identity(tmp_path: Path):
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", _RACER, str(tmp_path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
        )
        for _ in range(4)
    ]  # fmt: skip
    try:
        for racer in racers:
            assert racer.stdout.readline() == "ready\n"
        for racer in racers:
            racer.stdin.write("go\n")
            racer.stdin.flush()
        devices = {racer.communicate(timeout=30)[0].strip() for racer in racers}
    finally:
        for racer in racers:
            racer.kill()
            racer.communicate()
    assert devices == {Identity.load_or_create(tmp_path).device}
    assert [file.name for file in tmp_path.iterdir()] == ["identity.pem"]


def test_loading_leaves_the_heavy_modules_alone(tmp_path: Path):
    Identity.load_or_create(tmp_path)
    code = (
        "import sys; from pathlib import Path; from pitbox.identity.device import Identity;"
        "Identity.load_or_create(Path(sys.argv[1])).sign(b'x');"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        capture_output=True, text=True, check=True, timeout=30, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    loaded = set(done.stdout.split())
    assert "cryptography.hazmat.primitives.asymmetric.ec" in loaded
    # Their Python halves are what costs.
    assert not loaded & {"cryptography.x509", "cryptography.hazmat.primitives.serialization", "tempfile"}
