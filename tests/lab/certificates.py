"""Make the certificates for an engine that serves TLS."""

import datetime as dt
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME = dt.timedelta(days=1)


@dataclass(frozen=True)
class TlsFiles:
    """Files in PEM, for the engine and for its clients."""

    ca: Path
    cert: Path
    """The client's, as in DOCKER_CERT_PATH."""
    key: Path
    server_cert: Path
    server_key: Path
    wrong_ca: Path
    """Of an authority that has signed none of these."""


@dataclass(frozen=True)
class _Identity:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def write(self, cert: Path, key: Path) -> None:
        cert.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        key.touch(mode=0o600)
        key.write_bytes(
            self.key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )


def make_tls_files(folder: Path, *, address: str) -> TlsFiles:
    """Make an authority, a server certificate for that IP address and a client's.

    In `folder`, ca.pem, cert.pem and key.pem are named as DOCKER_CERT_PATH wants them.
    """
    folder.mkdir()
    files = TlsFiles(
        ca=folder / "ca.pem",
        cert=folder / "cert.pem",
        key=folder / "key.pem",
        server_cert=folder / "server-cert.pem",
        server_key=folder / "server-key.pem",
        wrong_ca=folder / "wrong-ca.pem",
    )
    authority = _make_authority("swarmlab")
    authority.write(files.ca, folder / "ca-key.pem")
    _make_authority("somebody else").write(files.wrong_ca, folder / "wrong-ca-key.pem")
    _issue(authority, "client", ExtendedKeyUsageOID.CLIENT_AUTH).write(files.cert, files.key)
    server = _issue(authority, "server", ExtendedKeyUsageOID.SERVER_AUTH, address=address)
    server.write(files.server_cert, files.server_key)
    return files


def _make_authority(name: str) -> _Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        _draft(name, issuer=_named(name), key=key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return _Identity(builder.sign(key, hashes.SHA256()), key)


def _issue(
    authority: _Identity, name: str, usage: x509.ObjectIdentifier, *, address: str | None = None
) -> _Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    # Python 3.13 refuses certificates that do not name their authority's key.
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    builder = (
        _draft(name, issuer=authority.certificate.subject, key=key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .add_extension(above, critical=False)
    )
    if address:
        names = [x509.IPAddress(ipaddress.ip_address(address))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return _Identity(builder.sign(authority.key, hashes.SHA256()), key)


def _draft(
    name: str, *, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - LIFETIME)
        .not_valid_after(now + LIFETIME)
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
