"""Read static Ansible inventories: a file in either format, or a folder of them."""

import re
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from swarmtui.inventory.ansible_ini import read_ini
from swarmtui.inventory.ansible_machines import make_machines
from swarmtui.inventory.ansible_tree import AnsibleTree
from swarmtui.inventory.ansible_vars import FOLDERS, read_vars_beside
from swarmtui.inventory.ansible_yaml import read_yaml
from swarmtui.inventory.budget import SpentError
from swarmtui.inventory.files import find_file, read_text
from swarmtui.inventory.inventory import Inventory, InventoryError, Warnings
from swarmtui.inventory.yaml_tree import YamlError

_YAML_SUFFIXES = {".yml", ".yaml", ".json"}
_YAML_BEGINS = re.compile(r"---(?:\s|$)|\{|%YAML|[\w.\"'-]+:\s*(?:#.*)?$")
_SKIPPED = re.compile(r"\..*|.*(?:~|\.(?:pyc|pyo|swp|bak|rpm|md|txt|rst|orig|cfg|retry))")
"""What Ansible skips in a folder: `INVENTORY_IGNORE_EXTS`."""
_MOST_FILES = 1000
_DEEPEST = 4
_TOO_MUCH = "names hosts and groups far more often than any inventory; is it one?"


def read_ansible_file(path: Path, text: str, *, home: Path) -> Inventory:
    """Return the machines in the text of an inventory file; raise `InventoryError`.

    Variables are also those in `group_vars` and `host_vars` beside it. Keys with a relative path
    are beside it too.
    """
    tree, warnings = AnsibleTree(), Warnings(path)
    try:
        _take_text(path, text, tree, warnings)
        return _finish(tree, warnings, folder=path.parent.absolute(), home=home)
    except YamlError as error:
        raise InventoryError(f"{path}: {error}") from None
    except SpentError:
        raise InventoryError(f"{path}: {_TOO_MUCH}") from None


def read_ansible_folder(folder: Path, *, home: Path) -> Inventory:
    """Return the machines in all inventories of a folder, which are one; raise `InventoryError`.

    A file that cannot be used is a warning.
    """
    tree, warnings, lines = AnsibleTree(), Warnings(folder), list[str]()
    try:
        for file in islice(_list_files(folder, warnings), _MOST_FILES):
            lines += _take_file(file, tree)
        found = _finish(tree, warnings, folder=folder.absolute(), home=home)
    except SpentError:
        raise InventoryError(f"{folder}: {_TOO_MUCH}") from None
    return Inventory(found.machines, (*lines, *found.warnings))


def _list_files(folder: Path, warnings: Warnings, depth: int = 1) -> Iterator[Path]:
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        warnings.add(f"{folder}: cannot be read: {error.strerror}")
        return
    for path in paths:
        if path.name in FOLDERS or _SKIPPED.fullmatch(path.name):
            continue
        if path.is_dir() and depth < _DEEPEST:
            yield from _list_files(path, warnings, depth + 1)
        elif path.is_file():
            yield path


def _take_file(file: Path, tree: AnsibleTree) -> tuple[str, ...]:
    """Take a file of a folder into the tree; return the warnings."""
    warnings = Warnings(file)
    try:
        _take_text(file, read_text(file), tree, warnings)
    except InventoryError as error:
        return (str(error),)
    except YamlError as error:
        warnings.add(str(error))
    return warnings.lines()


def _take_text(path: Path, text: str, tree: AnsibleTree, warnings: Warnings) -> None:
    if path.suffix == ".toml":
        raise InventoryError(f"{path}: not Ansible's; name it by itself with --inventory")
    if _is_yaml(path, text):
        read_yaml(text, tree, warnings)
    else:
        read_ini(text, tree, warnings)


def _is_yaml(path: Path, text: str) -> bool:
    if path.suffix in _YAML_SUFFIXES or path.suffix == ".ini":
        return path.suffix != ".ini"
    lines = (line.strip() for line in text.split("\n"))
    first = next((line for line in lines if line and line[0] not in "#;"), "")
    return _YAML_BEGINS.match(first) is not None


def _finish(tree: AnsibleTree, warnings: Warnings, *, folder: Path, home: Path) -> Inventory:
    read_vars_beside(folder, tree, warnings)
    machines = make_machines(tree, warnings, find_key=partial(find_file, home=home, beside=folder))
    return Inventory(tuple(machines), warnings.lines())
