"""What the engine says of itself: `/version`, `/info` and the small lists."""

from functools import cache

from swarmtui.simulator.authority import TLS_INFO
from swarmtui.simulator.clock import Calendar
from swarmtui.simulator.documents import version_index
from swarmtui.simulator.faces import LOCKED, NO_LEADER, Face
from swarmtui.simulator.fleet import Machine
from swarmtui.simulator.identities import Identities
from swarmtui.simulator.nodes import Node
from swarmtui.simulator.specs import Json
from swarmtui.simulator.states import Role
from swarmtui.simulator.world import World

ENGINE_VERSION = "20.10.24"
MAX_API = (1, 41)
MIN_API = (1, 24)
_KERNEL = "5.10.0-23-cloud-amd64"
_NO_CLUSTER: Json = {
    "ID": "",
    "Version": {},
    "CreatedAt": "0001-01-01T00:00:00Z",
    "UpdatedAt": "0001-01-01T00:00:00Z",
    "Spec": {
        "Labels": None,
        "Orchestration": {},
        "Raft": {"ElectionTick": 0, "HeartbeatTick": 0},
        "Dispatcher": {},
        "CAConfig": {},
        "TaskDefaults": {},
        "EncryptionConfig": {"AutoLockManagers": False},
    },
    "TLSInfo": {},
    "RootRotationInProgress": False,
    "DefaultAddrPool": None,
    "SubnetSize": 0,
    "DataPathPort": 0,
}


def version_document(*, version: str = ENGINE_VERSION, api: str = "1.41") -> Json:
    """Return `/version`."""
    build = "2023-04-04T18:18:06.000000000+00:00"
    details = {
        "ApiVersion": api,
        "Arch": "amd64",
        "BuildTime": build,
        "Experimental": "false",
        "GitCommit": "5d6db84",
        "GoVersion": "go1.19.7",
        "KernelVersion": _KERNEL,
        "MinAPIVersion": "1.24",
        "Os": "linux",
    }
    return {
        "Platform": {"Name": "swarmtui simulator"},
        "Components": [
            {"Name": "Engine", "Version": version, "Details": details},
            {"Name": "containerd", "Version": "1.6.20", "Details": {"GitCommit": "2806fc1057397"}},
            {"Name": "runc", "Version": "1.1.5", "Details": {"GitCommit": "v1.1.5-0-gf19387a"}},
        ],
        "Version": version,
        **details,
        "Experimental": False,
    }


def info_document(world: World, calendar: Calendar, now: float, *, face: Face, error: str) -> Json:
    """Return `/info`; the engine that answers is mg0 or, as a worker, one of the crowd.

    `error` is what kept a manager from knowing about the swarm, if anything did.
    """
    local = _local(world, face)
    swarm = _swarm(world, calendar, local, face=face, error=error)
    return engine_document(local.machine, swarm, system_time=calendar.stamp(now))


def engine_document(
    machine: Machine,
    swarm: Json,
    *,
    system_time: str,
    version: str = ENGINE_VERSION,
    identity: str = "SWRM:TUI2:SIMU:LATE:DENG:INE0:OFTH:EFIR:STMA:NAGE:RMG0:0000",
    containers: int = 0,
) -> Json:
    """Return what the engine of a machine says of itself, with the section `Swarm` as given."""
    return {
        "ID": identity,
        "Containers": containers,
        "ContainersRunning": containers,
        "ContainersPaused": 0,
        "ContainersStopped": 0,
        "Images": 0,
        "Driver": "overlay2",
        "DriverStatus": [["Backing Filesystem", "extfs"], ["Supports d_type", "true"]],
        "Plugins": {
            "Volume": ["local"],
            "Network": ["bridge", "host", "ipvlan", "macvlan", "null", "overlay"],
            "Authorization": None,
            "Log": ["json-file", "local", "syslog"],
        },
        "MemoryLimit": True,
        "SwapLimit": True,
        "KernelMemory": True,
        "CpuCfsPeriod": True,
        "CpuCfsQuota": True,
        "CPUShares": True,
        "CPUSet": True,
        "PidsLimit": True,
        "IPv4Forwarding": True,
        "BridgeNfIptables": True,
        "BridgeNfIp6tables": True,
        "Debug": False,
        "NFd": 60,
        "OomKillDisable": True,
        "NGoroutines": 240,
        "SystemTime": system_time,
        "LoggingDriver": "json-file",
        "CgroupDriver": "systemd",
        "CgroupVersion": "2",
        "NEventsListener": 0,
        "KernelVersion": _KERNEL,
        "OperatingSystem": "Debian GNU/Linux 11 (bullseye), simulated",
        "OSVersion": "11",
        "OSType": "linux",
        "Architecture": "x86_64",
        "IndexServerAddress": "https://index.docker.io/v1/",
        "RegistryConfig": {"InsecureRegistryCIDRs": [], "IndexConfigs": {}, "Mirrors": []},
        "NCPU": machine.cpus,
        "MemTotal": machine.memory_bytes,
        "GenericResources": None,
        "DockerRootDir": "/var/lib/docker",
        "HttpProxy": "",
        "HttpsProxy": "",
        "NoProxy": "",
        "Name": machine.hostname,
        "Labels": [],
        "ExperimentalBuild": False,
        "ServerVersion": version,
        "Runtimes": {"runc": {"path": "runc"}},
        "DefaultRuntime": "runc",
        "Swarm": swarm,
        "LiveRestoreEnabled": False,
        "Isolation": "",
        "InitBinary": "docker-init",
        "ContainerdCommit": {"ID": "2806fc1057397", "Expected": "2806fc1057397"},
        "RuncCommit": {"ID": "v1.1.5-0-gf19387a", "Expected": "v1.1.5-0-gf19387a"},
        "InitCommit": {"ID": "de40ad0", "Expected": "de40ad0"},
        "SecurityOptions": ["name=apparmor", "name=seccomp,profile=default"],
        "Warnings": None,
    }


def ingress_network(calendar: Calendar, seed: int) -> Json:
    """Return the network that every swarm has."""
    return {
        "Name": "ingress",
        "Id": _identity("ingress", seed),
        "Created": calendar.stamp(-3000.0),
        "Scope": "swarm",
        "Driver": "overlay",
        "EnableIPv6": False,
        "IPAM": {
            "Driver": "default",
            "Options": None,
            "Config": [{"Subnet": "10.255.0.0/16", "Gateway": "10.255.0.1"}],
        },
        "Internal": False,
        "Attachable": False,
        "Ingress": True,
        "ConfigFrom": {"Network": ""},
        "ConfigOnly": False,
        "Containers": {},
        "Options": {"com.docker.network.driver.overlay.vxlanid_list": "4096"},
        "Labels": {},
    }


@cache
def _identity(of_what: str, seed: int) -> str:
    return Identities(f"{of_what}/{seed}").new()


def _local(world: World, face: Face) -> Node:
    """Return the node whose engine answers."""
    workers = (node for node in world.state.nodes.values() if node.role is Role.WORKER)
    managers = world.state.managers()
    return next(workers, managers[0]) if face is Face.WORKER else managers[0]


def _swarm(world: World, calendar: Calendar, local: Node, *, face: Face, error: str) -> Json:
    """Return the section `Swarm`: without a leader it is still a manager's, with an error."""
    if face is Face.INACTIVE:
        return outside("inactive")
    if face is Face.LOCKED:
        return outside("locked", error=LOCKED)
    if face is Face.NO_QUORUM:
        error = NO_LEADER
    if face is Face.WORKER:
        return membership(world, local) | {"ControlAvailable": False, "Error": error}
    return managership(world, calendar, local, error=error)


def managership(world: World, calendar: Calendar, local: Node, *, error: str = "") -> Json:
    """Return the section `Swarm` of a manager."""
    swarm = membership(world, local) | {"ControlAvailable": True, "Error": error}
    if error:
        return swarm | {"Cluster": _NO_CLUSTER}
    return swarm | {
        "Nodes": len(world.state.nodes),
        "Managers": len(world.state.managers()),
        "Cluster": _cluster(calendar, world.settings.seed),
    }


def membership(world: World, local: Node) -> Json:
    """Return the section `Swarm` of a worker."""
    return {
        "NodeID": local.id,
        "NodeAddr": local.machine.address,
        "LocalNodeState": "active",
        "ControlAvailable": False,
        "Error": "",
        "RemoteManagers": [
            {"NodeID": manager.id, "Addr": f"{manager.machine.address}:2377"}
            for manager in world.state.managers()
        ],
    }


def outside(state: str, *, error: str = "") -> Json:
    """Return the section `Swarm` of an engine that is in none."""
    return {
        "NodeID": "",
        "NodeAddr": "",
        "LocalNodeState": state,
        "ControlAvailable": False,
        "Error": error,
        "RemoteManagers": None,
    }


def _cluster(calendar: Calendar, seed: int) -> Json:
    """Return the cluster: `/swarm` without the join tokens."""
    created_at = calendar.stamp(-3000.0)
    return {
        "ID": _identity("cluster", seed),
        "Version": {"Index": version_index(-3000.0)},
        "CreatedAt": created_at,
        "UpdatedAt": created_at,
        "Spec": {
            "Name": "default",
            "Labels": {},
            "Orchestration": {"TaskHistoryRetentionLimit": 5},
            "Raft": {
                "SnapshotInterval": 10000,
                "KeepOldSnapshots": 0,
                "LogEntriesForSlowFollowers": 500,
                "ElectionTick": 10,
                "HeartbeatTick": 1,
            },
            "Dispatcher": {"HeartbeatPeriod": 5_000_000_000},
            "CAConfig": {"NodeCertExpiry": 7_776_000_000_000_000},
            "TaskDefaults": {},
            "EncryptionConfig": {"AutoLockManagers": False},
        },
        "TLSInfo": TLS_INFO,
        "RootRotationInProgress": False,
        "DefaultAddrPool": ["10.0.0.0/8"],
        "SubnetSize": 24,
        "DataPathPort": 4789,
    }
