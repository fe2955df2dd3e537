"""A certificate authority of the checkout's own, and the server certificate it signs.

The names are those that AWS gives to function URLs, APIs and distributions, so that clients verify
the host that they really ask for, as they do against AWS.
"""

from __future__ import annotations

import datetime
import ipaddress
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from pathlib import Path

LIFETIME = datetime.timedelta(days=397)


def authority(home: Path) -> Path:
    """Return where the authority's certificate of `home` lies (PEM)."""
    return home / "tls" / "authority.pem"


def host_names(region: str) -> list[str]:
    """Return the DNS names that the server answers to."""
    return [
        "localhost",
        f"*.lambda-url.{region}.on.aws",
        f"*.execute-api.{region}.amazonaws.com",
        "*.execute-api.localhost",
        "*.cloudfront.net",
        "*.cloudfront.localhost",
        f"*.s3.{region}.amazonaws.com",
        f"cognito-idp.{region}.amazonaws.com",
    ]


def make(home: Path, *, region: str) -> tuple[Path, Path]:
    """Write a new authority and server certificate below `home`; the authority's key is not kept.

    Returns
    -------
    tuple of Path
        The server's certificate and its private key (PEM, mode 0600).
    """
    folder = authority(home).parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=5)
    signing_key = ec.generate_private_key(ec.SECP256R1())
    signing_name = _name("lambda-blueprints local authority")
    signing_id = x509.SubjectKeyIdentifier.from_public_key(signing_key.public_key())
    signer = (
        _builder(signing_name, signing_name, signing_key, now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(signing_id, critical=False)
        .sign(signing_key, hashes.SHA256())
    )
    key = ec.generate_private_key(ec.SECP256R1())
    names: list[x509.GeneralName] = [x509.DNSName(name) for name in host_names(region)]
    names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    certificate = (
        _builder(_name("local AWS"), signing_name, key, now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(signing_id),
            critical=False,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(signing_key, hashes.SHA256())
    )
    certificate_path, key_path = folder / "server.pem", folder / "server.key"
    key_path.touch(mode=0o600)
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    authority(home).write_bytes(signer.public_bytes(serialization.Encoding.PEM))
    return certificate_path, key_path


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: datetime.datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + LIFETIME)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
