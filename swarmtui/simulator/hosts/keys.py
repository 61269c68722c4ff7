"""The keys of simulated hosts and of their one user."""

import base64
import hashlib
import struct

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

_TYPE = b"ssh-ed25519"


def host_key(seed: int, name: str) -> Ed25519PrivateKey:
    """Return the key of a host: the same for the same seed, and so known to anybody."""
    secret = hashlib.sha256(f"host key/{seed}/{name}".encode()).digest()
    return Ed25519PrivateKey.from_private_bytes(secret)


def new_key() -> Ed25519PrivateKey:
    """Return a key that nobody has had."""
    return Ed25519PrivateKey.generate()


def public_blob(key: Ed25519PrivateKey) -> bytes:
    """Return the public key as ssh sends it."""
    return b"".join(
        struct.pack(">I", len(part)) + part for part in (_TYPE, key.public_key().public_bytes_raw())
    )


def public_line(key: Ed25519PrivateKey) -> str:
    """Return the public key as known_hosts and `.pub` files have it."""
    return f"{_TYPE.decode()} {base64.b64encode(public_blob(key)).decode()}"


def private_text(key: Ed25519PrivateKey) -> str:
    """Return the private key as `ssh-keygen` would write it, without a passphrase."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
