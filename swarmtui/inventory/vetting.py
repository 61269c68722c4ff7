"""Take machines as ssh and the screen can use them, whoever wrote the inventory."""

import re
from collections.abc import Iterable, Iterator

import msgspec

from swarmtui.insight.claim import FULL_ID
from swarmtui.inventory.inventory import Warnings
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.text import plain

_LONGEST = 255
"""Characters of a DNS name, and of any other name a person wants to read."""
_LONGEST_PATH = 4096

_ADDR = re.compile(r"[\w:][\w.:%-]*")
_USER = re.compile(r"[^\s-][^\r\n]*")
_JUMP = re.compile(r"[^\s/\"'\\]+")
_NODE_ID = re.compile(f"[a-z0-9]{{{FULL_ID}}}")


class _UnusableError(ValueError):
    """A machine nobody could log in to."""


def vet_machines(machines: Iterable[Machine], warnings: Warnings) -> Iterator[Machine]:
    """Return the machines with harmless names; one that cannot be reached at all is a warning."""
    for machine in machines:
        name = _clean(machine.name) or _clean(machine.addr)
        try:
            _check(machine)
        except _UnusableError as error:
            warnings.add(f"{name or 'a machine without a name'}: {error}; left out")
            continue
        yield msgspec.structs.replace(
            machine,
            name=name,
            node_id=_check_node_id(name, machine.node_id, warnings),
            region=_clean(machine.region),
            contributor=_clean(machine.contributor),
            groups=tuple(filter(None, map(_clean, machine.groups))),
        )


def _check(machine: Machine) -> None:
    """Raise for what would have to be guessed: a machine that is nearly right is another one."""
    if not _is_clean(machine.addr) or not _ADDR.fullmatch(machine.addr):
        raise _UnusableError(f"{machine.addr or 'nothing'} is not an address")
    if machine.port is not None and not 0 < machine.port < 65536:
        raise _UnusableError(f"{machine.port} is not a port")
    if machine.user and not (_is_clean(machine.user) and _USER.fullmatch(machine.user)):
        raise _UnusableError(f"{machine.user} is not a user")
    if machine.jump and not (_is_clean(machine.jump) and _JUMP.fullmatch(machine.jump)):
        raise _UnusableError(f"{machine.jump} are not hosts to go through; write user@gate:22")
    for key in machine.key_files:
        if plain(key) != key or len(key) > _LONGEST_PATH:
            raise _UnusableError(f"{key} is not the path of a key")


def _check_node_id(name: str, node_id: str, warnings: Warnings) -> str:
    if not node_id or _NODE_ID.fullmatch(node_id):
        return node_id
    warnings.add(f"{name}: {node_id} is not a node id; `docker node ls -q` prints them")
    return ""


def _is_clean(text: str) -> bool:
    return plain(text) == text and len(text) <= _LONGEST


def _clean(text: str) -> str:
    return " ".join(plain(text).split())[:_LONGEST]
