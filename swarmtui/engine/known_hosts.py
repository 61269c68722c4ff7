"""Decide by known_hosts whether an ssh server is the one it should be."""

import base64
import hashlib
from collections.abc import Iterable

import paramiko
from paramiko.hostkeys import HostKeyEntry, HostKeys, InvalidHostKey


class UnknownHostKeyError(paramiko.SSHException):
    """The server's key is not known, and nobody was asked whether to trust it."""


class RejectUnknown(paramiko.MissingHostKeyPolicy):
    """Refuse every key that is not known; say its fingerprint, as ssh prints it."""

    def missing_host_key(
        self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey
    ) -> None:
        """Raise, whoever it is."""
        del client
        raise UnknownHostKeyError(
            f"the host key of {hostname} is not known here ({key.get_name()} {fingerprint(key)})"
        )


def fingerprint(key: paramiko.PKey) -> str:
    """Return a key's fingerprint in the form of OpenSSH, `SHA256:…`."""
    digest = hashlib.sha256(key.asbytes()).digest()
    return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


def host_keys_of(lines: Iterable[str], *, known: HostKeys) -> None:
    """Add the keys of the lines of a known_hosts file to `known`.

    Line by line: paramiko drops a whole file for one `@cert-authority` or damaged line. A key that
    is `@revoked` is not among the known ones, and so is refused.
    """
    revoked = set()
    entries = []
    for number, line in enumerate(lines, 1):
        marker, _, rest = line.strip().partition(" ")
        is_revoked = marker == "@revoked"
        entry = _parse(rest if is_revoked else line.strip(), number)
        if entry is None:
            continue
        if is_revoked:
            revoked.add(entry.key.asbytes())
        else:
            entries.append(entry)
    for entry in entries:
        if entry.key.asbytes() not in revoked:
            for name in entry.hostnames:
                known.add(name, entry.key.get_name(), entry.key)


def _parse(line: str, number: int) -> HostKeyEntry | None:
    if not line or line.startswith(("#", "@")):
        return None
    try:
        return HostKeyEntry.from_line(line, number)
    except (InvalidHostKey, paramiko.SSHException, ValueError):
        return None  # a key type paramiko does not speak, or a damaged line
