"""Make machines out of the hosts of Ansible inventories."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from swarmtui.inventory.ansible_groups import Memberships
from swarmtui.inventory.ansible_tree import AnsibleTree
from swarmtui.inventory.inventory import Warnings
from swarmtui.inventory.ssh_args import ArgumentsError, find_jump
from swarmtui.swarm.machine import Machine

SOURCE = "ansible"

_OVER_SSH = {"", "ssh", "smart", "paramiko", "paramiko_ssh", "ansible.builtin.ssh"}
_ARGUMENTS = ("extra_args", "common_args", "ssh_args")
_OWN_NAME = re.compile(r"\{\{\s*inventory_hostname\s*\}\}")
_TEMPLATE = re.compile(r"\{[{%]")


class _LeftOutError(ValueError):
    """A host that cannot be a machine."""


def make_machines(
    tree: AnsibleTree, warnings: Warnings, *, find_key: Callable[[str], Path]
) -> Iterator[Machine]:
    """Return a machine for each host, in the order of the inventory; raise `SpentError`.

    A host that cannot be one is a warning, and so is a variable that cannot be used.
    """
    memberships = Memberships(tree, warnings)
    for name, host in tree.hosts.items():
        try:
            variables = _fill_templates(name, memberships.vars_of(host), warnings)
            yield _make_machine(
                name,
                variables,
                groups=memberships.groups_of(host),
                jump=_find_jump(name, variables, warnings),
                find_key=find_key,
            )
        except _LeftOutError as error:
            warnings.add(f"{name}: {error}; left out")


def _make_machine(
    name: str,
    variables: Mapping[str, str],
    *,
    groups: tuple[str, ...],
    jump: str,
    find_key: Callable[[str], Path],
) -> Machine:
    connection = variables.get("connection", "")
    if connection not in _OVER_SSH:
        raise _LeftOutError(f"its connection is {connection}, not ssh")
    key = variables.get("key")
    return Machine(
        name=name,
        addr=variables.get("host") or name,
        port=_read_port(variables.get("port", "")),
        user=variables.get("user", ""),
        key_files=(str(find_key(key)),) if key else (),
        jump=jump,
        node_id=variables.get("node_id", ""),
        region=variables.get("region", ""),
        contributor=variables.get("contributor", ""),
        groups=groups,
        source=SOURCE,
    )


def _fill_templates(
    name: str, variables: Mapping[str, str], warnings: Warnings
) -> Mapping[str, str]:
    """Return the variables with the host's own name filled in, without all other templates."""
    filled = {}
    for key, text in variables.items():
        value = _OWN_NAME.sub(lambda _: name, text)
        if not _TEMPLATE.search(value):
            filled[key] = value
        elif key in {"host", "port"}:
            raise _LeftOutError(f"its {key} is a template, and none is filled in")
        else:
            warnings.add(f"{name}: its {key} is a template, and none is filled in")
    return filled


def _read_port(text: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch("[0-9]{1,5}", text):
        raise _LeftOutError(f"{text} is not a port")
    return int(text)


def _find_jump(name: str, variables: Mapping[str, str], warnings: Warnings) -> str:
    for key in _ARGUMENTS:
        try:
            if jump := find_jump(variables.get(key, "")):
                return jump
        except ArgumentsError as error:
            warnings.add(f"{name}: {error}")
    return ""
