"""Take the machines that ~/.ssh/config names."""

from collections.abc import Callable, Sequence

from swarmtui.inventory.inventory import MOST_MACHINES, Inventory, InventoryError
from swarmtui.swarm.machine import Machine

PREFIX = "ssh:"
SOURCE = "ssh config"

HostList = Callable[[str], Sequence[str]]
"""Return the `Host` aliases of ~/.ssh/config that match a pattern such as `web-*`."""


def read_ssh_hosts(pattern: str, list_hosts: HostList) -> Inventory:
    """Return a machine for each alias that matches; raise `InventoryError` when none does.

    Everything else about it, such as its address, is left to ~/.ssh/config.
    """
    if not pattern or pattern.startswith("//"):
        raise InventoryError(f"{PREFIX}{pattern}: name Hosts of ~/.ssh/config, as in ssh:web-*")
    try:
        aliases = list_hosts(pattern)
    except (OSError, ValueError) as error:
        raise InventoryError(f"{PREFIX}{pattern}: ~/.ssh/config: {error}") from None
    if not aliases:
        raise InventoryError(f"{PREFIX}{pattern}: no Host of ~/.ssh/config matches")
    found = [
        Machine(name=alias, addr=alias, source=SOURCE)
        for alias in dict.fromkeys(aliases[:MOST_MACHINES])
    ]
    return Inventory(tuple(found))
