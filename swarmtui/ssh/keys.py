"""Gather the private keys to offer to a machine: from files and from the agent."""

import base64
import binascii
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from paramiko.agent import AgentSSH

from swarmtui.ssh.config import Target

_AGENT_S = 15.0
"""For each answer of the agent: some ask their user first."""


class Keys(NamedTuple):
    """What can be offered, in this order, and what cannot."""

    usable: tuple[paramiko.PKey, ...]
    locked: tuple[str, ...]
    """Files of keys that want a passphrase, and that the agent does not have."""


class _File(NamedTuple):
    path: str
    key: paramiko.PKey | None
    """`None` when it cannot be used as it is."""
    blob: bytes
    """The public half, empty when it is not to be had."""
    is_locked: bool = False


class _Agent(AgentSSH):
    """The agent behind a socket, which is its caller's to close."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__()
        self._connect(connection)  # type: ignore[attr-defined] # there for subclasses


@contextmanager
def gather_keys(target: Target, *, agent: str) -> Iterator[Keys]:
    """Give the keys for a machine; those of the agent work within the block only.

    In the order of the files, each by the agent where it has it; then what else the agent has.
    """
    with _agent_keys(agent) as held:
        files = [_read(path) for path in target.key_files if _is_readable(path)]
        by_blob = {key.asbytes(): key for key in held}
        named = [by_blob.get(file.blob, file.key) for file in files]
        others = () if target.identities_only else held
        usable = {key.asbytes(): key for key in (*named, *others) if key is not None}
        locked = tuple(f.path for f in files if f.is_locked and f.blob not in by_blob)
        yield Keys(tuple(usable.values()), locked)


@contextmanager
def _agent_keys(path: str) -> Iterator[tuple[paramiko.PKey, ...]]:
    """Give the agent's keys; none when there is no agent, or it talks nonsense."""
    if not path:
        yield ()
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        yield _ask_agent(connection, path)


def _ask_agent(connection: socket.socket, path: str) -> tuple[paramiko.PKey, ...]:
    connection.settimeout(_AGENT_S)
    try:
        connection.connect(path)
        keys = _Agent(connection).get_keys()
    except (OSError, paramiko.SSHException, struct.error, UnicodeError, TypeError):
        return ()
    # The others are types not spoken here, or want a touch for every login.
    return tuple(key for key in keys if key.inner_key is not None)  # type: ignore[attr-defined]


def _read(path: str) -> _File:
    blob = _public_blob(path)
    try:
        key = paramiko.PKey.from_path(path)
    except (paramiko.PasswordRequiredException, TypeError):
        # cryptography has a TypeError for a passphrase that is missing
        return _File(path, None, blob, is_locked=True)
    except (OSError, ValueError, UnsupportedAlgorithm, paramiko.SSHException):
        return _File(path, None, blob)  # as ssh does, pass over what is no key
    return _File(path, key, key.asbytes())


def _public_blob(path: str) -> bytes:
    """Return the public half of a key, from the file beside it or from one that is just that."""
    for candidate in (f"{path}.pub", path):
        try:
            words = Path(candidate).read_text("ascii").split(maxsplit=2)
            blob = base64.b64decode(words[1], validate=True)
        except (OSError, UnicodeError, IndexError, binascii.Error):
            continue
        if words[0].encode() in blob[:64]:
            return blob
    return b""


def _is_readable(path: str) -> bool:
    return Path(path).is_file() and os.access(path, os.R_OK)
