"""A certificate of our own making, as PKCS#12, for tests that sign."""

from datetime import timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from django.utils import timezone

PASSPHRASE = b"een wachtzin"


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def write_certificate(folder: Path, *, days: int = 365) -> tuple[Path, Path, x509.Certificate]:
    """The PKCS#12 file, the file of its passphrase, and the certificate; valid for `days`."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "PIO Portal (proef)")])
    now = timezone.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(_key().public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=False,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(_key(), hashes.SHA256())
    )
    p12, passphrase = folder / "handtekening.p12", folder / "wachtzin"
    p12.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"pio", _key(), certificate, None, BestAvailableEncryption(PASSPHRASE)
        )
    )
    passphrase.write_bytes(PASSPHRASE + b"\n")
    return p12, passphrase, certificate
