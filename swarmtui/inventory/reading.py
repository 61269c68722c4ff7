"""Read the inventories a user names, and the one that is found by itself."""

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

from swarmtui.insight.attribution import CONTRIBUTOR_LABELS, REGION_LABELS
from swarmtui.inventory.docker_machine import find_store, is_store, read_store
from swarmtui.inventory.files import find_file, read_text
from swarmtui.inventory.inventory import Inventory, InventoryError, Warnings
from swarmtui.inventory.merging import merge_machines
from swarmtui.inventory.ssh_hosts import PREFIX, HostList, read_ssh_hosts
from swarmtui.inventory.vetting import vet_machines


def read_inventory(
    names: Sequence[str],
    *,
    env: Mapping[str, str],
    home: Path,
    ssh_hosts: HostList,
    finds_store: bool = True,
    region_labels: Sequence[str] = REGION_LABELS,
    contributor_labels: Sequence[str] = CONTRIBUTOR_LABELS,
) -> Inventory:
    """Return the machines of all inventories named, and of docker-machine's store if there is one.

    A name is a file, a folder or `ssh:PATTERN`. Raise `InventoryError` for one that cannot be
    used; the store that nobody named only warns, and is left alone without `finds_store`. The first
    to name a machine is believed, the others fill its gaps. The labels are keys of engine labels,
    as in the attribution.
    """
    source = _Source(home, ssh_hosts, region_labels, contributor_labels)
    found = [_vet(source.read(name), name) for name in names]
    store = find_store(env, home=home) if finds_store else None
    if store is not None:
        found.append(_vet(_read_found(source, store), str(store)))
    warnings = Warnings("inventory")
    machines = merge_machines(chain.from_iterable(part.machines for part in found), warnings)
    lines = chain.from_iterable(part.warnings for part in found)
    return Inventory(machines, (*dict.fromkeys(lines), *warnings.lines()))


class _Source:
    """Reads inventories of any kind."""

    def __init__(
        self,
        home: Path,
        ssh_hosts: HostList,
        region_labels: Sequence[str],
        contributor_labels: Sequence[str],
    ) -> None:
        self._home = home
        self._ssh_hosts = ssh_hosts
        self._region_labels = region_labels
        self._contributor_labels = contributor_labels

    def read(self, name: str) -> Inventory:
        """Return what the inventory of this name says; raise `InventoryError`."""
        if name.startswith(PREFIX):
            return read_ssh_hosts(name.removeprefix(PREFIX), self._ssh_hosts)
        if not name:
            raise InventoryError("an inventory without a name; name a file, a folder or ssh:web-*")
        path = find_file(name, home=self._home, beside=Path())
        found = self._read_folder(path) if _is_folder(path) else self._read_file(path)
        if found.machines or found.warnings:
            return found
        return Inventory(warnings=(f"{path}: names no machines",))

    def read_store(self, store: Path) -> Inventory:
        """Return what docker-machine's store says; raise `InventoryError`."""
        return read_store(
            store,
            region_labels=self._region_labels,
            contributor_labels=self._contributor_labels,
        )

    def _read_folder(self, path: Path) -> Inventory:
        if is_store(path):
            return self.read_store(path)
        if path.name == "machines" and any(path.glob("*/config.json")):
            return self.read_store(path.parent)
        from swarmtui.inventory.ansible import read_ansible_folder  # noqa: PLC0415 - YAML is slow

        return read_ansible_folder(path, home=self._home)

    def _read_file(self, path: Path) -> Inventory:
        from swarmtui.inventory.toml_file import is_toml, read_toml  # noqa: PLC0415 - many have none

        text = read_text(path)
        if is_toml(path, text):
            return read_toml(path, text, home=self._home)
        from swarmtui.inventory.ansible import read_ansible_file  # noqa: PLC0415 - YAML is slow

        return read_ansible_file(path, text, home=self._home)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError as error:
        raise InventoryError(f"{path}: cannot be read: {error.strerror}") from None


def _read_found(source: _Source, store: Path) -> Inventory:
    try:
        return source.read_store(store)
    except InventoryError as error:
        return Inventory(warnings=(str(error),))


def _vet(found: Inventory, name: str) -> Inventory:
    warnings = Warnings(name)
    machines = tuple(vet_machines(found.machines, warnings))
    return Inventory(machines, (*found.warnings, *warnings.lines()))
