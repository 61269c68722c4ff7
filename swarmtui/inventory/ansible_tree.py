"""What static Ansible inventories name: groups, hosts, and the few variables that matter here."""

import re
from collections.abc import Iterable, Mapping

from swarmtui.inventory.budget import Budget
from swarmtui.inventory.inventory import MOST_MACHINES
from swarmtui.inventory.ranges import PatternError, expand, split_port

ALL = "all"
"""The group that every host is in."""

_MOST_MENTIONS = 400_000
"""Of hosts and groups, in all groups together."""

KNOWN: Mapping[str, str] = {
    "ansible_host": "host",
    "ansible_ssh_host": "host",
    "ansible_port": "port",
    "ansible_ssh_port": "port",
    "ansible_user": "user",
    "ansible_ssh_user": "user",
    "ansible_ssh_private_key_file": "key",
    "ansible_private_key_file": "key",
    "ansible_ssh_args": "ssh_args",
    "ansible_ssh_common_args": "common_args",
    "ansible_ssh_extra_args": "extra_args",
    "ansible_connection": "connection",
    "ansible_group_priority": "priority",
    "region": "region",
    "contributor": "contributor",
    "node_id": "node_id",
}
"""Variables that are kept, under our names; all others, passwords among them, are dropped."""


class Group:
    """A group of hosts and of other groups."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.hosts: dict[str, None] = {}
        self.children: dict[str, None] = {}
        self.vars: dict[str, str] = {}
        self.file_vars: dict[str, str] = {}
        """From `group_vars`; they go before those of the inventory itself."""

    @property
    def priority(self) -> int:
        """Return what decides between groups of one depth; 1 if nothing is said."""
        text = self.file_vars.get("priority") or self.vars.get("priority") or ""
        return int(text) if re.fullmatch("-?[0-9]{1,6}", text) else 1


class Host:
    """A host, under its name in the inventory."""

    def __init__(self) -> None:
        self.groups: dict[str, None] = {}
        self.vars: dict[str, str] = {}
        self.file_vars: dict[str, str] = {}


class AnsibleTree:
    """Everything that was named so far; raises `SpentError` when that is out of all proportion."""

    def __init__(self) -> None:
        self.groups: dict[str, Group] = {ALL: Group(ALL)}
        self.hosts: dict[str, Host] = {}
        self._budget = Budget(_MOST_MENTIONS)

    def group(self, name: str) -> Group:
        """Return a group, a new one if it was not named before."""
        self._budget.spend()
        return self.groups.setdefault(name, Group(name))

    def add_child(self, parent: str, child: str) -> None:
        """Put a group into another one."""
        self.group(child)
        self.group(parent).children[child] = None

    def add_hosts(self, pattern: str, group: str, variables: Mapping[str, str]) -> None:
        """Put the hosts a pattern stands for into a group; raise `PatternError`."""
        hosts, port = split_port(pattern)
        names = expand(hosts)
        self._budget.spend(len(names))
        new = [name for name in names if name not in self.hosts]
        if len(self.hosts) + len(new) > MOST_MACHINES:
            raise PatternError(f"{hosts}: more than {MOST_MACHINES:,} machines in all")
        written = {} if port is None else {"port": str(port)}
        for name in names:
            host = self.hosts.setdefault(name, Host())
            host.groups[group] = None
            host.vars |= {**written, **variables}
        self.group(group).hosts.update(dict.fromkeys(names))


def keep_known(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the variables that matter here, under our names."""
    return {KNOWN[key]: value.strip() for key, value in pairs if key in KNOWN}
