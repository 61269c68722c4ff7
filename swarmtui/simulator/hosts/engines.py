"""What the engine of a simulated host says of itself, and the containers that run on it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from swarmtui.simulator.clock import Calendar, Clock
from swarmtui.simulator.engine_info import (
    engine_document,
    managership,
    membership,
    outside,
    version_document,
)
from swarmtui.simulator.hosts.roster import Host, Kind
from swarmtui.simulator.nodes import Node
from swarmtui.simulator.specs import Json
from swarmtui.simulator.states import Availability, NodeState, Reachability, Role, TaskState
from swarmtui.simulator.tasks import Task
from swarmtui.simulator.world import World

_APIS = {"18": "1.39", "19": "1.40", "20": "1.41", "23": "1.42", "24": "1.43"}
_TOO_EARLY = (
    "error while validating Root CA Certificate: x509: certificate has expired or is not yet valid"
)
_NO_ROUTE = (
    'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while '
    'dialing dial tcp {}: i/o timeout"'
)
_REASONS = ("pending", "error", "inactive")
"""Why machines never joined, in turn: no way to the manager, a wrong clock, nobody told them to."""
_CLOCK_BEHIND_S = -5400.0
"""Before the swarm's certificate was made."""


class Presence(Enum):
    """What a host is to the swarm."""

    OUTSIDE = auto()
    JOINING = auto()
    MEMBER = auto()
    GONE = auto()
    """Nothing is heard of it, not even over ssh."""


@dataclass(frozen=True, slots=True)
class Container:
    """A container that runs."""

    task: Task
    lived_s: float


class HostEngines:
    """The engines of all hosts at this moment."""

    def __init__(self, world: Callable[[], World], clock: Clock, calendar: Calendar) -> None:
        self._world = world
        self._clock = clock
        self._calendar = calendar

    def presence(self, host: Host) -> Presence:
        """Return what a host is to the swarm now."""
        world = self._world()
        node = host.node(world)
        if node is not None:
            return _presence_of(node)
        lost_at = world.begins_at + host.machine_now(world).lost_at
        return Presence.GONE if lost_at <= world.agenda.now else Presence.OUTSIDE

    def containers(self, host: Host) -> list[Container]:
        """Return the containers that run, the youngest first, as docker lists them."""
        node = host.node(self._world())
        if node is None:
            return []
        now, speed = self._clock.now(), self._clock.speed
        running = [
            Container(task, (now - phase.since) / speed)
            for task in tuple(node.tasks.values())
            if (phase := task.phase(now)).state is TaskState.RUNNING
        ]
        return sorted(running, key=lambda container: container.lived_s)

    def memory_bytes(self, host: Host) -> int:
        """Return the memory of the machine: the limit of containers that have none."""
        return host.machine_now(self._world()).memory_bytes

    def has_new_cli(self, host: Host) -> bool:
        """Tell whether the docker CLI there is one of 28, rather than of 20.10."""
        return self._version(host).startswith(("23.", "24."))

    def info(self, host: Host) -> Json:
        """Return what `docker info` prints there."""
        clock = self._clock.now() + clock_offset_s(host) * self._clock.speed
        document = engine_document(
            host.machine_now(self._world()),
            self._swarm(host),
            system_time=self._calendar.stamp(clock),
            version=self._version(host),
            identity=_engine_identity(host.name),
            containers=len(self.containers(host)),
        )
        return document | {"ClientInfo": self._client_info(host)}

    def version(self, host: Host) -> Json:
        """Return what `docker version` prints there."""
        version = self._version(host)
        api = _APIS[version.partition(".")[0]]
        return {
            "Client": self._client(host, api),
            "Server": version_document(version=version, api=api),
        }

    def client_only(self, host: Host) -> Json:
        """Return what `docker version` prints where no engine answers."""
        return {"Client": self._client(host, ""), "Server": None}

    def info_without_engine(self, host: Host, error: str) -> Json:
        """Return what `docker info` prints where no engine answers; only old CLIs say why."""
        client = {"ClientInfo": self._client_info(host)}
        if not self.has_new_cli(host):
            return {"ServerErrors": [error], **client}
        return {"ID": "", "Containers": 0, "ServerVersion": "", "Swarm": outside(""), **client}

    def _version(self, host: Host) -> str:
        return host.machine_now(self._world()).engine_version

    def _swarm(self, host: Host) -> Json:
        world = self._world()
        if host.kind is Kind.UNJOINED:
            return _reason(host, world)
        node = host.node(world)
        presence = self.presence(host)
        if node is None or presence is Presence.OUTSIDE:
            return outside("inactive")
        if presence is Presence.JOINING:
            return outside("pending")
        if node.role is Role.MANAGER:
            return managership(world, self._calendar, node)
        return membership(world, node)

    def _client_info(self, host: Host) -> Json:
        details: Json = {"Debug": False}
        if self.has_new_cli(host):
            details |= {"Version": "28.2.2", "DefaultAPIVersion": "1.50", "Os": "linux"}
        return details | {"Context": "default", "Plugins": [], "Warnings": None}

    def _client(self, host: Host, api: str) -> Json:
        new = self.has_new_cli(host)
        highest = "1.50" if new else "1.41"
        return {
            "Platform": {"Name": ""},
            "Version": "28.2.2" if new else "20.10.24",
            "ApiVersion": min(api or highest, highest),
            "DefaultAPIVersion": highest,
            "Os": "linux",
            "Arch": "amd64",
            "Context": "default",
        }


def clock_offset_s(host: Host) -> float:
    """Return how far the clock of a host is ahead of the swarm's."""
    if host.kind is Kind.UNJOINED:
        return _CLOCK_BEHIND_S if _REASONS[host.place % len(_REASONS)] == "error" else 0.0
    # Clocks that are kept are right to milliseconds; one in sixty is not kept.
    share = _fraction(f"clock/{host.name}")
    drift = 240 * share - 2 if share < 1 / 60 else 0.04 * share - 0.02
    return host.machine.clock_skew_s or drift


def _presence_of(node: Node) -> Presence:
    if node.role is Role.MANAGER:
        lost = node.state is NodeState.DOWN or node.reachability is Reachability.UNREACHABLE
        return Presence.GONE if lost else Presence.MEMBER
    if node.state is NodeState.DOWN:
        # Who was drained first has left; the others were lost.
        has_left = node.availability is Availability.DRAIN
        return Presence.OUTSIDE if has_left else Presence.GONE
    return Presence.MEMBER if node.is_described else Presence.JOINING


def _reason(host: Host, world: World) -> Json:
    """Return the section `Swarm` of a machine that never got in."""
    state = _REASONS[host.place % len(_REASONS)]
    managers = [f"{node.machine.address}:2377" for node in world.state.managers()]
    match state:
        case "pending":
            known = [{"NodeID": "", "Addr": managers[0]}]
            swarm = outside(state, error=_NO_ROUTE.format(managers[0]))
            return swarm | {"RemoteManagers": known}
        case "error":
            return outside(state, error=_TOO_EARLY)
        case _:
            return outside(state)


def _engine_identity(name: str) -> str:
    digest = hashlib.sha256(f"engine/{name}".encode()).hexdigest().upper()
    return ":".join(digest[start : start + 4] for start in range(0, 48, 4))


def _fraction(text: str) -> float:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6]) / (1 << 48)
