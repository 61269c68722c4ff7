"""Decide by known_hosts whether an ssh server is the one it should be."""

import base64
import binascii
import hashlib
import hmac
import os
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum, auto
from pathlib import Path
from typing import NamedTuple, assert_never

from swarmtui.ssh.config import PORT, Target
from swarmtui.ssh.config_file import matches
from swarmtui.ssh.errors import SshError, SshFailure
from swarmtui.swarm.stats import UnknownKey

KEY_TYPES = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "ssh-rsa",
)
"""Types of host keys spoken here, the preferred one first."""

_AUTHORITY = "@cert-authority"
_REVOKED = "@revoked"


class Verdict(Enum):
    """What known_hosts says of a key that a server showed."""

    KNOWN = auto()
    UNKNOWN = auto()
    CHANGED = auto()
    """Other keys are known for that name, and this one is not."""
    REVOKED = auto()


class HostKey(NamedTuple):
    """The public key of a server."""

    type: str
    blob: bytes

    @property
    def fingerprint(self) -> str:
        """Return it as ssh prints it, `SHA256:…`."""
        digest = base64.b64encode(hashlib.sha256(self.blob).digest()).decode()
        return f"SHA256:{digest.rstrip('=')}"


class _Line(NamedTuple):
    marker: str
    names: tuple[str, ...]
    key: HostKey


class KnownHosts:
    """The keys of some known_hosts files, as they were when it was made."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Take in what can be read; a line that does not parse costs that line alone."""
        self._lines = [line for text in lines if (line := _parse(text)) is not None]

    def judge(self, names: Sequence[str], key: HostKey) -> Verdict:
        """Return what is known of a key of the server with the first of these names.

        The others are looked at when nothing is known of the first, and only to know the key.
        """
        if any(line.marker == _REVOKED and line.key.blob == key.blob for line in self._lines):
            return Verdict.REVOKED
        for name in names:
            known = self._keys_of(name)
            if any(other.blob == key.blob for other in known):
                return Verdict.KNOWN
            if known and name == names[0]:
                return Verdict.CHANGED
        return Verdict.UNKNOWN

    def types_of(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return the types of keys that are known for a server, which it should be asked for."""
        for name in names:
            if known := {key.type for key in self._keys_of(name)}:
                return tuple(type_ for type_ in KEY_TYPES if type_ in known)
        return ()

    def names_authority(self, names: Sequence[str]) -> bool:
        """Tell whether a certificate authority is to vouch for a server: not spoken here."""
        return any(
            line.marker == _AUTHORITY and _names(line, name)
            for line in self._lines
            for name in names
        )

    def _keys_of(self, name: str) -> list[HostKey]:
        return [line.key for line in self._lines if not line.marker and _names(line, name)]


def read_known_hosts(target: Target) -> KnownHosts:
    """Return what the files for a machine hold; those that are not there hold nothing."""
    return KnownHosts(
        line for path in (*target.known_hosts, *target.system_known_hosts) for line in _read(path)
    )


def names_of(target: Target) -> tuple[str, ...]:
    """Return the names under which a machine's key may stand, the proper one first.

    As ssh does it, a key is taken as well when it is known for the host on port 22.
    """
    if target.host_key_alias:
        return (target.host_key_alias,)
    host = target.host.lower()
    return (host,) if target.port == PORT else (f"[{host}]:{target.port}", host)


def explain_verdict(verdict: Verdict, key: HostKey, target: Target) -> SshError:
    """Return why a machine with a key that is not known is left alone."""
    if verdict is Verdict.UNKNOWN:
        return _unknown(key, target)
    what = "IS REVOKED" if verdict is Verdict.REVOKED else "HAS CHANGED"
    return SshError(
        SshFailure.CHANGED_KEY,
        f"{target.label}: ITS HOST KEY {what}: {key.type} {key.fingerprint} is not the one in "
        "known_hosts: another machine, or somebody in between! Only if it was set up anew: "
        f"`ssh-keygen -R '{names_of(target)[0]}'`, then `{_command(target)}`",
    )


def describe_key(key: HostKey, target: Target) -> UnknownKey:
    """Return what there is to say of a key that is not known, before anybody trusts it."""
    names = names_of(target)
    return UnknownKey(
        type=key.type,
        fingerprint=key.fingerprint,
        asked_as=target.asked_as,
        name=names[0],
        file=target.known_hosts[0] if target.known_hosts else "",
        is_hashed=target.hash_known_hosts,
        has_authority=read_known_hosts(target).names_authority(names),
    )


def add_known_host(target: Target, key: HostKey) -> str:
    """Write a key into the first of the user's files and return the name of the file that has it.

    Adds to what is known and never replaces it: raise `SshError` when another key is known, when
    the file cannot be written, or there is none to write into.
    """
    verdict = read_known_hosts(target).judge(names_of(target), key)
    match verdict:
        case Verdict.CHANGED | Verdict.REVOKED:
            raise explain_verdict(verdict, key, target)
        case Verdict.KNOWN:
            return (*target.known_hosts, *target.system_known_hosts)[0]
        case Verdict.UNKNOWN:
            if reason := _write(target, key):
                raise SshError(SshFailure.BROKEN, reason, unknown_key=describe_key(key, target))
            return target.known_hosts[0]
        case _:
            assert_never(verdict)


def _write(target: Target, key: HostKey) -> str:
    """Write a key into the first of the user's files; return why it is not there afterwards."""
    if not target.known_hosts:
        return f"{target.label}: UserKnownHostsFile is none in ~/.ssh/config: nowhere to write to"
    path = Path(target.known_hosts[0])
    name = names_of(target)[0]
    name = _hash(name, os.urandom(20)) if target.hash_known_hosts else name
    try:
        _append(path, f"{name} {key.type} {base64.b64encode(key.blob).decode()}\n")
    except OSError as error:
        return f"cannot write {path}: {error.strerror}"
    if read_known_hosts(target).judge(names_of(target), key) is Verdict.KNOWN:
        return ""
    # /dev/null is a favourite of those who would rather not be asked.
    keeps_nothing = f"{path} keeps nothing; name a file as UserKnownHostsFile in ~/.ssh/config"
    return f"{target.label}: {keeps_nothing}"


def _unknown(key: HostKey, target: Target) -> SshError:
    shown = describe_key(key, target)
    only = " but for a certificate authority, which is not spoken here"
    return SshError(
        SshFailure.UNKNOWN_KEY,
        f"{target.label}: its host key is not in known_hosts{only if shown.has_authority else ''}: "
        f"{key.type} {key.fingerprint}; compare it, then accept it with `{_command(target)}`",
        unknown_key=shown,
    )


def _command(target: Target) -> str:
    return shlex.join(("swarmtui", "trust", *target.asked_as))


def _append(path: Path, line: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    number = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(number, "r+b") as file:
        size = file.seek(0, os.SEEK_END)
        # A last line without its end would swallow the new one.
        if size and os.pread(number, 1, size - 1) != b"\n":
            line = f"\n{line}"
        file.write(line.encode())


def _read(path: str) -> Iterator[str]:
    try:
        yield from Path(path).read_text("utf-8", "replace").splitlines()
    except OSError:
        return  # nothing in it is known then, and unknown keys are refused


def _parse(text: str) -> _Line | None:
    """Return what a line says; `None` for a comment, a damaged line or a key not spoken here."""
    words = text.split()
    marker = words.pop(0) if words and words[0].startswith("@") else ""
    if len(words) < 3 or words[0].startswith("#") or marker not in {"", _AUTHORITY, _REVOKED}:
        return None
    try:
        blob = base64.b64decode(words[2], validate=True)
    except (binascii.Error, ValueError):
        return None
    if words[1] not in KEY_TYPES or not blob.startswith(_head(words[1])):
        return None
    return _Line(marker, tuple(words[0].split(",")), HostKey(words[1], blob))


def _head(type_: str) -> bytes:
    """Return how the bytes of a key of that type begin."""
    return len(type_).to_bytes(4, "big") + type_.encode()


def _names(line: _Line, name: str) -> bool:
    if line.names[0].startswith("|1|"):
        return _is_hash_of(line.names[0], name)
    return matches(line.names, name)


def _is_hash_of(hashed: str, name: str) -> bool:
    found = re.fullmatch(r"\|1\|([^|]+)\|[^|]+", hashed)
    if found is None:
        return False
    try:
        salt = base64.b64decode(found[1], validate=True)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(_hash(name, salt).encode(), hashed.encode())


def _hash(name: str, salt: bytes) -> str:
    """Return a name as known_hosts has it when names are not to be read from it."""
    # OpenSSH's format: neither of the two is meant to withstand more than a glance.
    digest = hmac.new(salt, name.encode(), hashlib.sha1).digest()
    return f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(digest).decode()}"
