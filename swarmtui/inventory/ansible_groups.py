"""Find out which groups a host is in, by way of others too, and which variables hold for it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from swarmtui.inventory.ansible_tree import ALL, AnsibleTree, Group, Host
from swarmtui.inventory.budget import Budget
from swarmtui.inventory.inventory import Warnings

_DEEPEST = 100
_MOST_STEPS = 2_000_000
_UNGROUPED = "ungrouped"


class _Membership(NamedTuple):
    """What hosts have in common that are in the same groups."""

    groups: tuple[str, ...]
    """Innermost first, without those every host is in."""
    vars: Mapping[str, str]
    file_vars: Mapping[str, str]


class Memberships:
    """Groups arranged by depth; one that is in itself, however far round, is taken out there.

    Raises `SpentError` when groups are nested out of all proportion.
    """

    def __init__(self, tree: AnsibleTree, warnings: Warnings) -> None:
        self._groups = tree.groups
        self._budget = Budget(_MOST_STEPS)
        self._depths: dict[str, int] = {}
        self._parents: dict[str, list[str]] = {name: [] for name in tree.groups}
        self._known: dict[tuple[str, ...], _Membership] = {}
        self._arrange(warnings)

    def groups_of(self, host: Host) -> tuple[str, ...]:
        """Return all groups a host is in, innermost first."""
        return self._find(host).groups

    def vars_of(self, host: Host) -> Mapping[str, str]:
        """Return the variables that hold for a host, by Ansible's precedence.

        The inventory's own for groups, `group_vars`, the inventory's own for the host,
        `host_vars`: what comes later wins; among groups, the deeper one.
        """
        found = self._find(host)
        return {**found.vars, **found.file_vars, **host.vars, **host.file_vars}

    def _find(self, host: Host) -> _Membership:
        direct = tuple(host.groups)
        if direct not in self._known:
            self._known[direct] = self._gather(direct)
        return self._known[direct]

    def _gather(self, direct: Sequence[str]) -> _Membership:
        names = {ALL: None, **dict.fromkeys(direct)}
        left = list(names)
        while left:
            parents = self._parents[left.pop()]
            self._budget.spend(1 + len(parents))
            new = [parent for parent in parents if parent not in names]
            names.update(dict.fromkeys(new))
            left += new
        groups = sorted((self._groups[name] for name in names), key=self._rank)
        inner = (group.name for group in reversed(groups))
        return _Membership(
            groups=tuple(name for name in inner if name not in {ALL, _UNGROUPED}),
            vars={key: value for group in groups for key, value in group.vars.items()},
            file_vars={key: value for group in groups for key, value in group.file_vars.items()},
        )

    def _rank(self, group: Group) -> tuple[int, int, str]:
        return (self._depths[group.name], group.priority, group.name)

    def _arrange(self, warnings: Warnings) -> None:
        loops: set[tuple[str, str]] = set()
        order = list(_walk(self._groups, loops))
        for parent, child in sorted(loops):
            warnings.add(f"group {child} is in itself by way of {parent}; left out there")
        self._depths = {name: 0 if name == ALL else 1 for name in self._groups}
        for name in reversed(order):
            for child in self._groups[name].children:
                if (name, child) not in loops:
                    self._nest(name, child, warnings)

    def _nest(self, parent: str, child: str, warnings: Warnings) -> None:
        depth = self._depths[parent] + 1
        if depth > _DEEPEST:
            warnings.add(f"group {child} is nested deeper than {_DEEPEST} groups; left out there")
            return
        self._depths[child] = max(self._depths[child], depth)
        self._parents[child].append(parent)


def _walk(groups: Mapping[str, Group], loops: set[tuple[str, str]]) -> Iterator[str]:
    """Return each group after all those in it; put those that lead back to a group into `loops`."""
    is_done: dict[str, bool] = {}
    for start in groups:
        if start in is_done:
            continue
        is_done[start] = False
        trail = [(start, iter(groups[start].children))]
        while trail:
            name, children = trail[-1]
            child = next(children, None)
            if child is None:
                trail.pop()
                is_done[name] = True
                yield name
            elif child not in is_done:
                is_done[child] = False
                trail.append((child, iter(groups[child].children)))
            elif not is_done[child]:
                loops.add((name, child))
