"""The JSON of nodes, services and tasks: shaped and sized like a real manager's.

The order of keys is the engine's: clients that split a long list look for
`},{"ID":"…","Version":{`.
"""

import msgspec

from swarmtui.simulator.authority import TLS_INFO
from swarmtui.simulator.clock import Calendar
from swarmtui.simulator.identities import container_id
from swarmtui.simulator.nodes import Node
from swarmtui.simulator.services import Service
from swarmtui.simulator.specs import Json, network, service_spec, task_spec
from swarmtui.simulator.states import Role, TaskState
from swarmtui.simulator.tasks import Phase, Task

_PLUGINS = msgspec.Raw(
    msgspec.json.encode(
        [
            {"Type": kind, "Name": name}
            for kind, names in {
                "Log": "awslogs fluentd gcplogs gelf journald json-file local logentries splunk "
                "syslog",
                "Network": "bridge host ipvlan macvlan null overlay",
                "Volume": "local",
            }.items()
            for name in names.split()
        ]
    )
)
_TLS_INFO = msgspec.Raw(msgspec.json.encode(TLS_INFO))

_MESSAGES = {
    TaskState.NEW: "created",
    TaskState.PENDING: "pending task scheduling",
    TaskState.ASSIGNED: "scheduler assigned task to node",
    TaskState.ACCEPTED: "accepted",
    TaskState.PREPARING: "preparing",
    TaskState.READY: "prepared",
    TaskState.STARTING: "starting",
    TaskState.RUNNING: "started",
}
_WITH_CONTAINER = frozenset(
    {TaskState.STARTING, TaskState.RUNNING, TaskState.SHUTDOWN, TaskState.FAILED}
)
_REPORT_LAG_S = 0.18
"""How long a worker's word takes to be stored."""

_encode = msgspec.json.Encoder().encode


def version_index(second: float) -> int:
    """Return the raft index of a change: it rises with time, a thousand a second."""
    return int((second + 3600) * 1000)


class Documents:
    """Encodes objects, and keeps what it encoded with them until they change."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        # A hundred thousand tasks share a few specs and networks, here by their service's id.
        self._task_specs: dict[str, msgspec.Raw] = {}
        self._networks: dict[str, msgspec.Raw] = {}

    def node(self, node: Node) -> bytes:
        """Return a node."""
        if node.body is None:
            node.body = _encode(self._node(node))
        return node.body

    def task(self, task: Task, now: float) -> bytes:
        """Return a task as it is at `now`."""
        phase = task.phase(now)
        if task.body is None:
            task.body = _encode(self._task(task, phase, now))
        return task.body

    def service(self, service: Service, *, status_at: float | None = None) -> bytes:
        """Return a service, with the count of its tasks when `status_at` is a time."""
        document = self._meta(service.id, service.created_at, service.updated_at)
        document["Spec"] = service_spec(service.plan, service.replicas, service.network_id)
        if service.previous_replicas is not None:
            before = service_spec(service.plan, service.previous_replicas, service.network_id)
            document["PreviousSpec"] = before
        document["Endpoint"] = self._endpoint(service)
        if status_at is not None:
            document["ServiceStatus"] = {
                "RunningTasks": service.running(status_at),
                "DesiredTasks": service.desired(status_at),
                "CompletedTasks": 0,
            }
        return _encode(document)

    def _meta(self, identity: str, created_at: float, updated_at: float) -> Json:
        return {
            "ID": identity,
            "Version": {"Index": version_index(updated_at)},
            "CreatedAt": self._calendar.stamp(created_at),
            "UpdatedAt": self._calendar.stamp(updated_at),
        }

    def _node(self, node: Node) -> Json:
        document = self._meta(node.id, node.created_at, node.updated_at)
        document["Spec"] = {
            "Labels": node.machine.node_labels if node.is_described else {},
            "Role": node.role,
            "Availability": node.availability,
        }
        document["Description"] = _description(node)
        status = document["Status"] = {"State": node.state}
        if node.message:
            status["Message"] = node.message
        status["Addr"] = node.machine.address
        if node.role is Role.MANAGER:
            document["ManagerStatus"] = _manager_status(node)
        return document

    def _task(self, task: Task, phase: Phase, now: float) -> Json:
        document = self._meta(task.id, task.born, task.changed_at(now))
        document["Labels"] = {}
        document["Spec"] = self._task_spec(task.service)
        document["ServiceID"] = task.service.id
        if task.slot:
            document["Slot"] = task.slot
        # The task of a global service is made for a node; others get theirs when assigned.
        if task.node is not None and (not task.slot or now >= task.assigned_at):
            document["NodeID"] = task.node.id
        document["Status"] = self._status(task, phase)
        document["DesiredState"] = task.desired_state(now)
        if task.service.plan.has_network and phase.state is not TaskState.NEW:
            document["NetworksAttachments"] = [self._attachment(task)]
        return document

    def _status(self, task: Task, phase: Phase) -> Json:
        ended = phase.state not in _MESSAGES
        status: Json = {
            "Timestamp": self._calendar.stamp(_reported_at(task, phase)),
            "State": phase.state,
            "Message": task.ending.message if ended else _MESSAGES[phase.state],
        }
        complaint = task.complaint
        if ended and task.ending.err:
            status["Err"] = task.ending.err
        elif phase.state is TaskState.PENDING and complaint and complaint.at <= phase.since:
            status["Err"] = complaint.text
        if phase.state in _WITH_CONTAINER and task.node is not None:
            status["ContainerStatus"] = _container_status(task, running=not ended)
        status["PortStatus"] = {}
        return status

    def _endpoint(self, service: Service) -> Json:
        if not service.plan.has_network:
            return {"Spec": {}}
        address = f"10.{service.subnet}.0.{2 + len(service.name) % 200}/15"
        virtual = [{"NetworkID": service.network_id, "Addr": address}]
        return {"Spec": {"Mode": "vip"}, "VirtualIPs": virtual}

    def _task_spec(self, service: Service) -> msgspec.Raw:
        if service.id not in self._task_specs:
            self._task_specs[service.id] = msgspec.Raw(_encode(task_spec(service.plan)))
        return self._task_specs[service.id]

    def _network(self, service: Service) -> msgspec.Raw:
        if service.id not in self._networks:
            stamp = self._calendar.stamp(service.created_at)
            carried = network(service.plan.stack, service.network_id, service.subnet, stamp)
            self._networks[service.id] = msgspec.Raw(_encode(carried))
        return self._networks[service.id]

    def _attachment(self, task: Task) -> Json:
        service = task.service
        place = int(container_id(task.id)[:4], 16)
        address = f"10.{service.subnet}.{place // 250 % 250}.{place % 250 + 3}/15"
        return {"Network": self._network(service), "Addresses": [address]}


def _description(node: Node) -> Json:
    """Return what a node says of itself: nothing before it has registered."""
    machine = node.machine
    if not node.is_described:
        return {"Platform": {}, "Resources": {}, "Engine": {}, "TLSInfo": {}}
    engine: Json = {"EngineVersion": machine.engine_version}
    if machine.engine_labels:
        engine["Labels"] = machine.engine_labels
    engine["Plugins"] = _PLUGINS
    return {
        "Hostname": machine.hostname,
        "Platform": {"Architecture": "x86_64", "OS": "linux"},
        "Resources": {
            "NanoCPUs": machine.cpus * 1_000_000_000,
            "MemoryBytes": machine.memory_bytes,
        },
        "Engine": engine,
        "TLSInfo": _TLS_INFO,
    }


def _manager_status(node: Node) -> Json:
    """Return a manager's part in raft; the engine leaves `Leader` out when it is false."""
    leads = {"Leader": True} if node.is_leader else {}
    return leads | {"Reachability": node.reachability, "Addr": f"{node.machine.address}:2377"}


def _reported_at(task: Task, phase: Phase) -> float:
    """Return when the status was made: by the leader's clock until a worker has the task."""
    if task.node is None or phase.since <= task.assigned_at:
        return phase.since
    return max(phase.since - _REPORT_LAG_S, task.assigned_at) + task.node.machine.clock_skew_s


def _container_status(task: Task, *, running: bool) -> Json:
    identity = container_id(task.id)
    return {
        "ContainerID": identity,
        "PID": 300 + int(identity[:4], 16) if running else 0,
        "ExitCode": 0 if running else task.ending.exit_code,
    }
