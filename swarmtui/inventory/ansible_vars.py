"""Read the variables that Ansible keeps in folders beside an inventory."""

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from swarmtui.inventory.ansible_tree import AnsibleTree
from swarmtui.inventory.ansible_yaml import read_vars
from swarmtui.inventory.files import read_text
from swarmtui.inventory.inventory import MOST_MACHINES, InventoryError, Warnings
from swarmtui.inventory.yaml_tree import YamlError

FOLDERS = ("group_vars", "host_vars")

_SUFFIXES = (".yml", ".yaml", ".json")


def read_vars_beside(folder: Path, tree: AnsibleTree, warnings: Warnings) -> None:
    """Take `group_vars` and `host_vars` in `folder` into the tree, as far as they can be used."""
    groups, hosts = (folder / name for name in FOLDERS)
    _read_folder(groups, lambda name: _vars_of_group(tree, name), warnings)
    _read_folder(hosts, lambda name: _vars_of_host(tree, name), warnings)


def _vars_of_group(tree: AnsibleTree, name: str) -> dict[str, str] | None:
    return tree.groups[name].file_vars if name in tree.groups else None


def _vars_of_host(tree: AnsibleTree, name: str) -> dict[str, str] | None:
    return tree.hosts[name].file_vars if name in tree.hosts else None


def _read_folder(
    folder: Path, find_vars: Callable[[str], dict[str, str] | None], warnings: Warnings
) -> None:
    for entry in _list(folder, warnings):
        variables = find_vars(_name_of(entry))
        if variables is None:
            continue
        for file in _list(entry, warnings) if entry.is_dir() else (entry,):
            if file.is_file():
                variables |= _read_file(file, warnings)


def _list(folder: Path, warnings: Warnings) -> Iterator[Path]:
    """Return what is in a folder, by name, without what is hidden or left behind by an editor."""
    try:
        paths = sorted(islice(folder.iterdir(), MOST_MACHINES)) if folder.is_dir() else []
    except OSError as error:
        warnings.add(f"{folder.name} cannot be read: {error.strerror}")
        paths = []
    return (path for path in paths if not path.name.startswith(".") and path.name[-1] != "~")


def _name_of(entry: Path) -> str:
    """Return whose variables a file has; the names of hosts have dots of their own."""
    return entry.stem if entry.suffix in _SUFFIXES else entry.name


def _read_file(file: Path, warnings: Warnings) -> dict[str, str]:
    what = f"{file.parent.name}/{file.name}"
    try:
        return dict(read_vars(read_text(file), warnings))
    except (InventoryError, YamlError) as error:
        warnings.add(f"{what}: {str(error).removeprefix(f'{file}: ')}")
    return {}
