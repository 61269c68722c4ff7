"""Take the swarm's own nodes for machines, by the addresses the managers see them at."""

from collections.abc import Iterable

from swarmtui.insight.machines import nodes_by_address
from swarmtui.swarm.entities import Node
from swarmtui.swarm.machine import Machine

SOURCE = "node address"


def machines_of_nodes(
    nodes: Iterable[Node], *, user: str = "", port: int | None = None, key: str = ""
) -> tuple[Machine, ...]:
    """Return a machine for each node that an address leads to, named by the node's id.

    Ghosts have none, nor have nodes that share an address: see `nodes_by_address`.
    """
    return tuple(
        Machine(
            name=node.id,
            addr=addr,
            port=port,
            user=user,
            key_files=(key,) if key else (),
            node_id=node.id,
            source=SOURCE,
        )
        for addr, node in nodes_by_address(nodes).items()
    )
