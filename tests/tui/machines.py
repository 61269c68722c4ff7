"""Make machines, their containers and pictures of them for a test."""

from collections.abc import Iterable
from typing import Any

import msgspec

from swarmtui.insight.containers import ContainerRow, MachineRow
from swarmtui.insight.picture import Picture
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.stats import ContainerStats, MachineSeen, SwarmState, TailSeen, TailState
from tests.factories import NOON, at, make_unknown_key
from tests.tui.event import event_picture

KEY = make_unknown_key("nipa-5")
FINGERPRINT = KEY.fingerprint
UNKNOWN_KEY: dict[str, Any] = {
    "text": f"nipa-5: its host key is not in known_hosts: ssh-ed25519 {FINGERPRINT}; compare it, "
    "then accept it with `swarmtui trust nipa-5`",
    "unknown_key": KEY,
}
"""What a tail says of it."""
CHANGED_KEY = (
    f"nipa-6: ITS HOST KEY HAS CHANGED: it shows ssh-ed25519 {FINGERPRINT}, which is not the one "
    "in known_hosts: another machine, or somebody in between! Only if it was set up anew: "
    "`ssh-keygen -R 'nipa-6'`, then `swarmtui trust nipa-6`"
)


def make_tail(machine: str, state: str = "live", *, seconds: float = -5, **fields: Any) -> TailSeen:
    """Return how the tail of a machine does."""
    return TailSeen(taken_at=at(seconds), machine=machine, state=TailState(state), **fields)


def make_seen(machine: str, swarm_state: str | None = "active", **fields: Any) -> MachineSeen:
    """Return the answer of a machine that is in, or that was not reached without a state."""
    defaults: dict[str, Any] = {
        "taken_at": at(-20),
        "reachable": swarm_state is not None,
        "docker_version": "20.10.24" if swarm_state else "",
        "swarm_state": SwarmState(swarm_state) if swarm_state else None,
        "node_id": machine if swarm_state == "active" else "",
        "clock_offset_s": 0.1 if swarm_state else None,
    }
    return MachineSeen(machine=machine, **(defaults | fields))


def make_machine(name: str, **fields: Any) -> MachineRow:
    """Return a machine of the inventory that is the node of the same id; nothing came from it."""
    defaults: dict[str, Any] = {
        "node_id": name,
        "hostname": name,
        "region": "ap-southeast-1",
        "contributor": "NIPA Technology",
        "mine": False,
        "tail": None,
        "seen": None,
        "in_inventory": True,
        "containers": 0,
        "cpu_percent": 0.0,
        "memory_bytes": 0,
        "cpu_trend": (),
        "taken_at": None,
    }
    return MachineRow(name=name, **(defaults | fields))


def make_live(name: str, **fields: Any) -> MachineRow:
    """Return a machine whose tail runs."""
    defaults: dict[str, Any] = {
        "tail": make_tail(name),
        "containers": 2,
        "cpu_percent": 12.5,
        "memory_bytes": 24 << 20,
        "cpu_trend": (3.0, 4.5, 9.0, 12.5),
        "taken_at": at(-1),
    }
    return make_machine(name, **(defaults | fields))


def make_container(
    machine: str, id_: str = "c1", *, task: str = "web.1", **fields: Any
) -> ContainerRow:
    """Return a container of a task."""
    stats: dict[str, Any] = {
        "container_id": id_,
        "container": f"{task}.{id_}",
        "cpu_percent": 2.07,
        "memory_bytes": 13_002_342,
        "memory_limit_bytes": 512 << 20,
        "net_rx_bytes": 1_234,
        "net_tx_bytes": 0,
        "block_read_bytes": 4_321_000,
        "block_write_bytes": 0,
        "pids": 3,
    }
    own = {key: fields.pop(key) for key in list(fields) if key in stats}
    defaults: dict[str, Any] = {
        "key": f"{machine}/{id_}",
        "machine": machine,
        "node_id": machine,
        "hostname": machine,
        "service": task.partition(".")[0],
        "task": task,
        "task_id": f"task-{id_}",
        "stats": ContainerStats(**(stats | own)),
        "taken_at": at(-1),
    }
    return ContainerRow(**(defaults | fields))


def make_picture(
    *machines: MachineRow, containers: Iterable[ContainerRow] = (), **fields: Any
) -> Picture:
    """Return a picture without any manager."""
    defaults: dict[str, Any] = {"at": NOON, "snapshot": Snapshot()}
    return Picture(
        machines={machine.name: machine for machine in machines},
        machine_of={machine.node_id: machine.name for machine in machines if machine.node_id},
        containers=tuple(containers),
        **(defaults | fields),
    )


def roll_call_picture() -> Picture:
    """Return the machines of a contributor: in, unreachable, not in, and not asked yet."""
    machines = [
        *(
            make_live(f"nipa-{n}", seen=make_seen(f"nipa-{n}", is_manager=n == 0), mine=n < 3)
            for n in range(12)
        ),
        make_machine(
            "nipa-20",
            seen=make_seen("nipa-20", None, error=UNKNOWN_KEY["text"], unknown_key=KEY),
        ),
        make_machine(
            "nipa-21",
            seen=make_seen("nipa-21", None, error="nipa-21: no answer on port 22 for 10 s"),
        ),
        make_machine(
            "nipa-22",
            seen=make_seen(
                "nipa-22", "inactive", join_error="rpc error: context deadline exceeded"
            ),
        ),
        make_machine("nipa-23", seen=make_seen("nipa-23", "pending", clock_offset_s=-312.4)),
        make_machine("nipa-24"),
    ]
    return make_picture(*machines)


def tailed_picture() -> Picture:
    """Return the big event with four of its nodes tailed, as their machines do."""
    live = [
        make_live(f"w{n:02}", hostname=f"nipa-cloud-{n}", cpu_percent=40.0 / (n + 1))
        for n in range(3)
    ]
    refused = make_machine(
        "w03", hostname="nipa-cloud-3", tail=make_tail("w03", "refused", **UNKNOWN_KEY)
    )
    retrying = make_live(
        "w04",
        hostname="nipa-cloud-4",
        tail=make_tail("w04", "retrying", text="nipa-cloud-4: connection lost", retry_at=at(5)),
        taken_at=at(-31),
    )
    containers = [
        make_container(
            machine.name,
            f"c{machine.name}{n}",
            task=f"web.{8000 + 24 * n + place}",
            hostname=machine.hostname,
            cpu_percent=40.0 / (place + n + 1),
            memory_bytes=(place + 2 * n + 1) << 22,
            task_id=f"t{24 * n + place:03}",
            taken_at=machine.taken_at,
        )
        for place, machine in enumerate([*live, retrying])
        for n in range(2)
    ]
    machines = (*live, refused, retrying)
    return msgspec.structs.replace(
        event_picture(),
        machines={machine.name: machine for machine in machines},
        machine_of={machine.name: machine.name for machine in machines},
        containers=tuple(containers),
    )
