"""What the engine says of itself: `/version` and `/info`, as far as a recording knows."""

from collections.abc import Iterator

from swarmtui.httpd.routes import Version, dotted
from swarmtui.serving.calendar import NEVER, Calendar, tell
from swarmtui.serving.documents import Json, nano_cpus
from swarmtui.serving.scene import Scene
from swarmtui.swarm.entities import Node
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.text import plain

NEWEST_API: Version = (1, 51)
OLDEST_API: Version = (1, 24)
"""The versions that documents of so few fields are right in."""

_CLUSTER: Json = {
    "Version": {"Index": 0},
    "CreatedAt": NEVER,
    "UpdatedAt": NEVER,
    "Spec": {
        "Name": "default",
        "Labels": {},
        "Orchestration": {},
        "Raft": {"ElectionTick": 0, "HeartbeatTick": 0},
        "Dispatcher": {},
        "CAConfig": {},
        "TaskDefaults": {},
        "EncryptionConfig": {"AutoLockManagers": False},
    },
    "TLSInfo": {},
    "RootRotationInProgress": False,
    "DefaultAddrPool": [],
    "SubnetSize": 0,
    "DataPathPort": 0,
}
"""A cluster of which only the id is recorded; clients do not ask whether the rest is there."""


_GO_NAMES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm"}
"""Architectures as nodes say them, and as an engine does."""


def version_document(scene: Scene) -> Json:
    """Return `/version`: of the engine that was asked when this was recorded."""
    manager, node = scene.snapshot.manager, find_asked(scene.snapshot)
    version = manager.engine_version if manager else ""
    details = {
        "ApiVersion": dotted(NEWEST_API),
        "Arch": _GO_NAMES.get(node.arch, node.arch) if node else "",
        "BuildTime": "",
        "Experimental": "false",
        "GitCommit": "",
        "GoVersion": "",
        "KernelVersion": "",
        "MinAPIVersion": dotted(OLDEST_API),
        "Os": node.os if node and node.os else "linux",
    }
    return {
        "Platform": {"Name": f"swarmtui serve, a recording at {tell(scene.at)}"},
        "Components": [{"Name": "Engine", "Version": version, "Details": details}],
        "Version": version,
        **details,
        "Experimental": False,
    }


def info_document(scene: Scene, calendar: Calendar) -> Json:
    """Return `/info`: what is not recorded of the engine reads empty or 0, and a warning says so.

    No engine says anything in `Swarm.Error`: clients would not look at the swarm any further.
    """
    manager, node = scene.snapshot.manager, find_asked(scene.snapshot)
    return {
        "ID": manager.node_id if manager else "",
        "Containers": 0,
        "ContainersRunning": 0,
        "ContainersPaused": 0,
        "ContainersStopped": 0,
        "Images": 0,
        "Driver": "",
        "DriverStatus": [],
        "Plugins": {"Volume": [], "Network": [], "Authorization": None, "Log": []},
        "SystemTime": calendar.on_wall(scene.at),
        "LoggingDriver": "",
        "KernelVersion": "",
        "OperatingSystem": f"a recording at {tell(scene.at)}, served by swarmtui",
        "OSType": node.os if node and node.os else "linux",
        "Architecture": node.arch if node else "",
        "IndexServerAddress": "",
        "RegistryConfig": None,
        "NCPU": nano_cpus(node) // 1_000_000_000 if node else 0,
        "MemTotal": node.memory_bytes if node else 0,
        "DockerRootDir": "",
        "Name": node.hostname if node else "",
        "Labels": _labels(node),
        "ExperimentalBuild": False,
        "ServerVersion": manager.engine_version if manager else "",
        "Swarm": _swarm(scene.snapshot, node),
        "Warnings": list(_warn(scene)),
    }


def find_asked(snapshot: Snapshot) -> Node | None:
    """Return the node whose engine was asked; `None` when it is not among those known."""
    return snapshot.nodes.get(snapshot.manager.node_id) if snapshot.manager else None


def _labels(node: Node | None) -> list[str]:
    return [f"{key}={value}" for key, value in node.engine_labels.items()] if node else []


def _swarm(snapshot: Snapshot, node: Node | None) -> Json:
    """Return the section `Swarm`: of a manager, or of an engine in no swarm before one is known."""
    manager = snapshot.manager
    section: Json = {
        "NodeID": manager.node_id if manager else "",
        "NodeAddr": node.addr if node else "",
        "LocalNodeState": "active" if manager else "inactive",
        "ControlAvailable": manager is not None,
        "Error": "",
        "RemoteManagers": [
            {"NodeID": peer.id, "Addr": peer.manager.addr}
            for peer in snapshot.nodes.values()
            if peer.manager is not None
        ],
    }
    if manager is None:
        return section
    return section | {
        "Nodes": len(snapshot.nodes),
        "Managers": sum(peer.is_manager for peer in snapshot.nodes.values()),
        "Cluster": {"ID": manager.cluster_id, **_CLUSTER},
    }


def _warn(scene: Scene) -> Iterator[str]:
    """Yield what somebody who looks at this must know; the docker CLI prints it."""
    snapshot = scene.snapshot
    yield f"WARNING: this is a recording, as of {tell(scene.at)}"
    yield "WARNING: what it does not hold reads empty or 0 here"
    if scene.flaw:
        yield f"WARNING: {plain(scene.flaw)}"
    if snapshot.lost is not None:
        since = f", nodes as of {tell(snapshot.nodes_at)}" if snapshot.nodes_at else ""
        yield f"WARNING: no manager answered at that moment{since}: {plain(snapshot.lost.text)}"
    unseen = sum(id_ not in snapshot.tasks_at for id_ in snapshot.services)
    if unseen:
        yield f"WARNING: the tasks of {unseen} services had not been read yet at that moment"
