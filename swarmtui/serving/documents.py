"""Nodes, services and tasks of a recording as the Engine API has them.

What a recording does not hold is left out where clients can do without, and is empty or zero where
they cannot. The order of keys is the engine's: clients that split a long list look for
`},{"ID":"…","Version":{`.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, assert_never
from zlib import crc32

import msgspec

from swarmtui.serving.calendar import Calendar
from swarmtui.swarm.entities import Node, Service, Task
from swarmtui.swarm.words import ServiceMode, TaskState

Json = dict[str, Any]
"""An object of the Engine API, before it is encoded."""

_encode = msgspec.json.Encoder().encode
_pack = msgspec.msgpack.Encoder().encode


class Counts(NamedTuple):
    """How many of a service's tasks there are."""

    running: int
    completed: int
    wanted_running: int
    wanted_completed: int


def count(tasks: Iterable[Task]) -> Counts:
    """Count as SwarmKit does: a task runs, also on a node that is lost."""
    running = completed = wanted_running = wanted_completed = 0
    for task in tasks:
        running += task.state is TaskState.RUNNING
        completed += task.state is TaskState.COMPLETE
        wanted_running += task.desired is TaskState.RUNNING
        wanted_completed += task.desired is TaskState.COMPLETE
    return Counts(running, completed, wanted_running, wanted_completed)


class Documents:
    """Encodes what is recorded, with the times of one client's calendar."""

    def __init__(self, calendar: Calendar) -> None:
        self._time = calendar.on_wall
        # A hundred thousand tasks run a few images.
        self._task_specs: dict[str, msgspec.Raw] = {}

    def node(self, node: Node) -> bytes:
        """Return a node."""
        document: Json = {
            "ID": node.id,
            "Version": {"Index": node.version},
            "CreatedAt": self._time(node.created_at),
            "UpdatedAt": self._time(node.updated_at),
            "Spec": {"Labels": node.labels, "Role": node.role, "Availability": node.availability},
            "Description": _description(node),
            "Status": _status(node),
        }
        if node.manager is not None:
            document["ManagerStatus"] = _manager_status(node)
        return _encode(document)

    def service(self, service: Service, *, counts: Counts | None = None) -> bytes:
        """Return a service, with the counts of its tasks where a client asks for them."""
        document: Json = {
            "ID": service.id,
            "Version": {"Index": service.version},
            "CreatedAt": self._time(service.created_at),
            "UpdatedAt": self._time(service.updated_at),
            "Spec": _service_spec(service),
            "Endpoint": {"Spec": {}},
        }
        if service.update_state:
            status = {"State": service.update_state, "Message": service.update_message}
            document["UpdateStatus"] = status
        if counts is not None:
            document["ServiceStatus"] = {
                "RunningTasks": counts.running,
                "DesiredTasks": _desired(service, counts),
                "CompletedTasks": counts.completed,
            }
        return _encode(document)

    def task(self, task: Task) -> bytes:
        """Return a task.

        A recording has one time of it: when it came to its state. That stands for the times of
        its making and changing too, so that clients put the tasks of a slot in order.
        """
        since = self._time(task.since)
        document: Json = {
            "ID": task.id,
            "Version": {"Index": _index(task)},
            "CreatedAt": since,
            "UpdatedAt": since,
            "Labels": {},
            "Spec": self._task_spec(task.image),
            "ServiceID": task.service_id,
        }
        if task.slot:
            document["Slot"] = task.slot
        if task.node_id:
            document["NodeID"] = task.node_id
        status = document["Status"] = {"Timestamp": since, "State": task.state}
        if task.error:
            status["Err"] = task.error
        status["PortStatus"] = {}
        document["DesiredState"] = task.desired
        return _encode(document)

    def _task_spec(self, image: str) -> msgspec.Raw:
        if image not in self._task_specs:
            self._task_specs[image] = msgspec.Raw(_encode(_task_spec(image)))
        return self._task_specs[image]


def nano_cpus(node: Node) -> int:
    """Return what a node has of processors, in billionths; 0 for what cannot be true."""
    return round(node.cpus * 1e9) if 0 <= node.cpus < 1e9 else 0


def _index(task: Task) -> int:
    """Return what stands for the version of a task, which is not recorded: it moves as that does.

    Made of what is recorded, so that a client that looks at versions alone sees each change.
    """
    return crc32(_pack(task))


def _description(node: Node) -> Json:
    engine: Json = {"EngineVersion": node.engine_version}
    if node.engine_labels:
        engine["Labels"] = node.engine_labels
    return {
        "Hostname": node.hostname,
        "Platform": {"Architecture": node.arch, "OS": node.os},
        "Resources": {
            "NanoCPUs": nano_cpus(node),
            "MemoryBytes": node.memory_bytes,
        },
        "Engine": engine,
        "TLSInfo": {},
    }


def _status(node: Node) -> Json:
    status: Json = {"State": node.state_word or node.state}
    if node.message:
        status["Message"] = node.message
    status["Addr"] = node.addr
    return status


def _manager_status(node: Node) -> Json:
    """Return a manager's part in raft; the engine leaves `Leader` out when it is false."""
    if node.manager is None:
        return {}
    leads: Json = {"Leader": True} if node.manager.leader else {}
    return leads | {"Reachability": node.manager.reachability, "Addr": node.manager.addr}


def _service_spec(service: Service) -> Json:
    template = _task_spec(service.image) | {
        "Placement": {"Constraints": service.constraints} if service.constraints else {},
        "Runtime": "container",
    }
    return {
        "Name": service.name,
        "Labels": service.labels,
        "TaskTemplate": template,
        "Mode": _mode(service),
    }


def _task_spec(image: str) -> Json:
    return {"ContainerSpec": {"Image": image}, "Resources": {}, "ForceUpdate": 0}


def _mode(service: Service) -> Mapping[str, Mapping[str, int]]:
    wanted = service.replicas or 0
    match service.mode:
        case ServiceMode.REPLICATED | ServiceMode.UNKNOWN:
            return {"Replicated": {"Replicas": wanted}}
        case ServiceMode.GLOBAL:
            return {"Global": {}}
        case ServiceMode.REPLICATED_JOB:
            # One number is recorded of a job. Clients look at both without asking.
            return {"ReplicatedJob": {"MaxConcurrent": wanted, "TotalCompletions": wanted}}
        case ServiceMode.GLOBAL_JOB:
            return {"GlobalJob": {}}
        case _:
            assert_never(service.mode)


def _desired(service: Service, counts: Counts) -> int:
    """Return how many tasks are wanted: of a service that is everywhere, those that are there."""
    match service.mode:
        case ServiceMode.GLOBAL:
            return counts.wanted_running
        case ServiceMode.GLOBAL_JOB:
            return counts.wanted_completed
        case _:
            return service.replicas or 0
