"""Read static Ansible inventories in the YAML format."""

from collections.abc import Iterable, Iterator, Mapping
from typing import assert_never

from swarmtui.inventory.ansible_tree import KNOWN, AnsibleTree, keep_known
from swarmtui.inventory.inventory import Warnings
from swarmtui.inventory.ranges import PatternError
from swarmtui.inventory.yaml_tree import Tree, YamlError, read_tree

_PARTS = ("hosts", "children", "vars")


def read_yaml(text: str, tree: AnsibleTree, warnings: Warnings) -> None:
    """Take what a YAML inventory says into the tree; raise `YamlError`.

    A group or a host that cannot be used is a warning.
    """
    document = read_tree(text)
    if document is None:
        return
    if not isinstance(document, dict):
        raise YamlError("no groups; write all: and hosts: below it")
    if "plugin" in document:
        raise YamlError("settings of a dynamic inventory; only static ones are read")
    reader = _Reader(tree, warnings)
    for name, group in document.items():
        reader.take_group(name, group)


def read_vars(text: str, warnings: Warnings) -> Mapping[str, str]:
    """Return the known variables in a file of `group_vars` or `host_vars`; raise `YamlError`."""
    return _read_variables(read_tree(text), "variables", warnings)


class _Reader:
    """Walks down the groups; the depth of the tree is bounded, the work by its budget."""

    def __init__(self, tree: AnsibleTree, warnings: Warnings) -> None:
        self._tree = tree
        self._warnings = warnings

    def take_group(self, name: str, body: Tree) -> None:
        """Take in a group and those below it."""
        group = self._tree.group(name)
        if body is None:
            return
        if not isinstance(body, dict):
            self._warnings.add(f"{name}: not a group; write hosts:, children: or vars: below it")
            return
        for part in body:
            if part not in _PARTS:
                self._warnings.add(f"{name}: {part} is none of hosts, children and vars")
        self._take_hosts(name, body.get("hosts"))
        group.vars |= _read_variables(body.get("vars"), name, self._warnings)
        for child, its_body in _read_entries(body.get("children")):
            self._tree.add_child(name, child)
            self.take_group(child, its_body)

    def _take_hosts(self, group: str, hosts: Tree) -> None:
        for pattern, variables in _read_entries(hosts):
            known = _read_variables(variables, pattern, self._warnings)
            try:
                self._tree.add_hosts(pattern, group, known)
            except PatternError as error:
                self._warnings.add(f"{group}: {error}")


def _read_entries(part: Tree) -> Iterable[tuple[str, Tree]]:
    """Return names with what stands below them; a list and a single name are names alone."""
    match part:
        case None:
            return ()
        case str():
            return ((part, None),)
        case list():
            return [(name, None) for name in part if isinstance(name, str)]
        case dict():
            return part.items()
        case _:
            assert_never(part)


def _read_variables(part: Tree, owner: str, warnings: Warnings) -> Mapping[str, str]:
    if part is None:
        return {}
    if not isinstance(part, dict):
        warnings.add(f"{owner}: not a table of variables")
        return {}
    return keep_known(_read_texts(part, owner, warnings))


def _read_texts(
    part: Mapping[str, Tree], owner: str, warnings: Warnings
) -> Iterator[tuple[str, str]]:
    for name, value in part.items():
        if name not in KNOWN or value is None:
            continue
        if isinstance(value, str):
            yield name, value
        else:
            warnings.add(f"{owner}: {name} is not a single value")
