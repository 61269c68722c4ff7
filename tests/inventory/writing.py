"""Write inventories for tests, and read them back."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from swarmtui.inventory.inventory import Inventory, InventoryError
from swarmtui.inventory.reading import read_inventory
from swarmtui.swarm.machine import Machine

HOME = Path("/home/me")


def no_hosts(pattern: str) -> Sequence[str]:
    """Return the aliases of an empty ~/.ssh/config."""
    return ()


def write(path: Path, text: str | bytes) -> str:
    """Write a file with all folders above it; return its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


def read(*names: str, env: Mapping[str, str] | None = None, home: Path = HOME) -> Inventory:
    """Return what inventories say on a machine without a store of docker-machine."""
    return read_inventory(names, env=env or {}, home=home, ssh_hosts=no_hosts)


def machines(inventory: Inventory) -> dict[str, Machine]:
    """Return machines by name."""
    return {machine.name: machine for machine in inventory.machines}


def addresses(inventory: Inventory) -> dict[str, str]:
    """Return addresses by name."""
    return {machine.name: machine.addr for machine in inventory.machines}


def refusal(*names: str) -> str:
    """Return why inventories cannot be used; empty when they can."""
    try:
        read(*names)
    except InventoryError as error:
        return str(error)
    return ""


def write_machine(store: Path, name: str, driver: Mapping[str, Any], **fields: Any) -> Path:
    """Write a machine as docker-machine does, cloud keys and all; return its file."""
    document = {
        "ConfigVersion": 3,
        "Driver": {"MachineName": name, "IPAddress": "10.0.0.1", "SSHUser": "", **driver},
        "DriverName": "generic",
        "HostOptions": {"EngineOptions": {"Labels": []}, "AuthOptions": {"CaCertPath": "/ca.pem"}},
        "Name": name,
        **fields,
    }
    path = store / "machines" / name / "config.json"
    write(path, msgspec.json.encode(document))
    return path
