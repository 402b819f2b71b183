"""Whether a certificate is one that a PitBox device makes of itself."""

from hashlib import sha256

from pitbox.identity.errors import ForeignCertificateError

MOST_BYTES = 4096


def check_certificate(der: bytes) -> str:
    """Its common name; raises ForeignCertificateError unless key, name and signature belong together.

    The name is the hash of the key: so no device can take another's name and shadow it in a trust store.
    """
    if len(der) > MOST_BYTES:
        raise ForeignCertificateError("A device's certificate is smaller than this one.")
    from cryptography import x509  # noqa: PLC0415 - 25 ms, and only pairing asks
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415

    try:
        certificate = x509.load_der_x509_certificate(der)
        key = certificate.public_key()
        certificate.verify_directly_issued_by(certificate)
        is_whole = certificate.public_bytes(Encoding.DER) == der
    except (ValueError, TypeError, InvalidSignature, x509.InvalidVersion) as error:
        raise ForeignCertificateError("The certificate is not one that a device made of itself.") from error
    if not is_whole or not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise ForeignCertificateError("The certificate does not hold a device's key.")
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    name = f"pb-{sha256(spki).hexdigest()[:16]}"
    if certificate.subject.rfc4514_string() != f"CN={name}":
        raise ForeignCertificateError("The certificate's name does not come from its key.")
    return name
