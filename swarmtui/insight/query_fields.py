"""The fields of the filter language, as data: what each means for every kind of thing."""

from collections.abc import Callable, Hashable, Mapping
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any, NamedTuple

from swarmtui.insight.picture import (
    HappeningKind,
    NodeLoad,
    Picture,
    Place,
    ServiceLoad,
    Severity,
)
from swarmtui.insight.query_values import Sort
from swarmtui.swarm.entities import Node, Service
from swarmtui.swarm.stats import SwarmState
from swarmtui.swarm.words import Availability, NodeState, Reachability, Role, TaskState

UPDATE_STATES = (
    "updating",
    "paused",
    "completed",
    "rollback_started",
    "rollback_paused",
    "rollback_completed",
)
"""What the engine calls the states of a service's update."""

MACHINE_STATES = (*SwarmState, "unreachable")
"""What a machine of the roll call says of itself, or that it says nothing."""

_NO_PLACE = Place()
_NO_LOAD = NodeLoad()
_NO_SERVICE_LOAD = ServiceLoad()


class Kind(StrEnum):
    """What a filter is applied to; the words are those of `Problem.screen`."""

    NODES = "nodes"
    SERVICES = "services"
    TASKS = "tasks"
    CONTAINERS = "containers"
    """Of the machines that are tailed."""
    MACHINES = "machines"
    """Of the inventory, and those that are tailed."""
    CONTRIBUTORS = "contributors"
    HAPPENINGS = "happenings"
    """Lines of the timeline."""


_ENTITIES = (Kind.NODES, Kind.SERVICES, Kind.TASKS)


class Reading(NamedTuple):
    """How a field's value is got from one kind of thing."""

    sort: Sort
    get: Callable[[Any, Picture], Any]
    """From what `key` returned to the value; `None` when it has none, which matches nothing."""
    key: Callable[[Any], Hashable] | None = None
    """What the value depends on, where many things share it: it is then got and tested once."""
    words: tuple[str, ...] = ()
    """The known ones of `Sort.WORD`."""


class Field(NamedTuple):
    """One field."""

    name: str
    help: str
    example: str
    readings: Mapping[Kind, Reading]


def _state_age(node: Node, picture: Picture) -> float | None:
    since = picture.states_since.get(node.id)
    return None if since is None else _age(since, picture)


def _age(since: datetime, picture: Picture) -> float:
    # A worker's clock can be ahead of ours.
    return max(0.0, (picture.at - since).total_seconds())


def _place(node: Node, picture: Picture) -> Place:
    return picture.places.get(node.id, _NO_PLACE)


def _load(node: Node, picture: Picture) -> NodeLoad:
    return picture.loads.get(node.id, _NO_LOAD)


def _service_load(service: Service, picture: Picture) -> ServiceLoad:
    return picture.service_loads.get(service.id, _NO_SERVICE_LOAD)


def _missing(service: Service, picture: Picture) -> int:
    load = _service_load(service, picture)
    return max(0, load.desired - load.running)


def _reachability(node: Node, _: Picture) -> Reachability | None:
    return node.manager.reachability if node.manager else None


def _named(service_id: str, picture: Picture) -> tuple[str, str]:
    service = picture.snapshot.services.get(service_id)
    return (service.name if service else "", service_id)


def _plainly(name: str, sort: Sort, *, words: tuple[str, ...] = ()) -> Reading:
    get = attrgetter(name)
    return Reading(sort, lambda thing, _: get(thing), words=words)


def _shared(name: str, sort: Sort, *, words: tuple[str, ...] = ()) -> Reading:
    """Return the reading of a task's attribute that many tasks have in common."""
    return Reading(sort, lambda value, _: value, key=attrgetter(name), words=words)


def _through_node(reading: Reading) -> Reading:
    def get(node_id: str, picture: Picture) -> object:
        node = picture.snapshot.nodes.get(node_id)
        return None if node is None else reading.get(node, picture)

    return reading._replace(get=get, key=attrgetter("node_id"))


def _through_machine(reading: Reading) -> Reading:
    def get(name: str, picture: Picture) -> object:
        machine = picture.machines.get(name)
        return None if machine is None else reading.get(machine, picture)

    return reading._replace(get=get, key=attrgetter("machine"))


def _busy(machine: Any, _: Picture) -> float | None:  # noqa: ANN401 - as in a reading
    return machine.cpu_percent if machine.taken_at is not None else None


def _machine_state(machine: Any, _: Picture) -> str | None:  # noqa: ANN401 - as in a reading
    if machine.seen is None:
        return None
    return machine.seen.swarm_state if machine.seen.reachable else "unreachable"


def _machine_error(machine: Any, _: Picture) -> str:  # noqa: ANN401 - as in a reading
    seen, tail = machine.seen, machine.tail
    texts = (seen.error if seen else "", seen.join_error if seen else "", tail.text if tail else "")
    return " ".join(text for text in texts if text)


def _of_node(
    name: str,
    reading: Reading,
    help_: str,
    example: str,
    *,
    service: Reading | None = None,
    machine: Reading | None = None,
    container: Reading | None = None,
    contributor: Reading | None = None,
) -> Field:
    """Return a field of nodes; of anything on a node it is the node's, if it has none itself."""
    of_its_node = _through_node(reading)
    of_its_machine = _through_machine(machine) if machine else of_its_node
    readings = {
        Kind.NODES: reading,
        Kind.TASKS: of_its_node,
        Kind.CONTAINERS: container or of_its_machine,
        Kind.MACHINES: machine or of_its_node,
    }
    if service is not None:
        readings[Kind.SERVICES] = service
    if contributor is not None:
        readings[Kind.CONTRIBUTORS] = contributor
    return Field(name, help_, example, readings)


_NODE_FIELDS = (
    _of_node(
        "hostname",
        _plainly("hostname", Sort.TEXT),
        "name of the node",
        "hostname:nipa-*",
        machine=_plainly("hostname", Sort.TEXT),
    ),
    _of_node("addr", _plainly("addr", Sort.ADDRESS), "address, or a network", "addr:10.4.0.0/16"),
    _of_node(
        "region",
        Reading(Sort.TEXT, lambda node, picture: _place(node, picture).region),
        "where the node is; unplaced if nobody knows",
        "region:eu-west-1",
        machine=Reading(Sort.TEXT, lambda machine, _: machine.region or _NO_PLACE.region),
    ),
    _of_node(
        "contributor",
        Reading(Sort.TEXT, lambda node, picture: _place(node, picture).contributor),
        "whose it is; unclaimed if nobody's",
        'contributor:"Internet Thailand"',
        machine=Reading(Sort.TEXT, lambda machine, _: machine.contributor or _NO_PLACE.contributor),
        contributor=_plainly("name", Sort.TEXT),
    ),
    _of_node(
        "mine",
        Reading(Sort.FLAG, lambda node, picture: _place(node, picture).mine),
        "whether it is yours",
        "mine:yes",
        machine=_plainly("mine", Sort.FLAG),
        contributor=_plainly("mine", Sort.FLAG),
    ),
    _of_node(
        "role",
        _plainly("role", Sort.WORD, words=tuple(Role)),
        "manager or worker",
        "role:manager",
    ),
    _of_node(
        "availability",
        _plainly("availability", Sort.WORD, words=tuple(Availability)),
        "what the scheduler may do with it",
        "availability:drain",
    ),
    _of_node("leader", _plainly("is_leader", Sort.FLAG), "whether it leads", "leader:yes"),
    _of_node(
        "reachability",
        Reading(Sort.WORD, _reachability, words=tuple(Reachability)),
        "of managers, as the leader sees them",
        "reachability:unreachable",
    ),
    _of_node(
        "engine",
        _plainly("engine_version", Sort.VERSION),
        "version; 20.10 is all of 20.10",
        "engine<20.10",
    ),
    _of_node(
        "label",
        Reading(Sort.LABELS, lambda node, _: (node.labels, node.engine_labels)),
        "node or engine label, by key or by key and value; of services theirs",
        "label:disk=ssd",
        service=Reading(Sort.LABELS, lambda service, _: (service.labels,)),
    ),
    _of_node(
        "tasks",
        Reading(Sort.COUNT, lambda node, picture: _load(node, picture).tasks),
        "tasks the node carries; of a service those that run",
        "tasks>40",
        service=Reading(Sort.COUNT, lambda thing, picture: _service_load(thing, picture).running),
        contributor=_plainly("tasks", Sort.COUNT),
    ),
    _of_node(
        "failures",
        Reading(Sort.COUNT, lambda node, picture: _load(node, picture).failures_5m),
        "tasks that failed there in five minutes",
        "failures>0",
        service=Reading(
            Sort.COUNT, lambda thing, picture: _service_load(thing, picture).failures_5m
        ),
        contributor=_plainly("failures_5m", Sort.COUNT),
    ),
    _of_node("cpus", _plainly("cpus", Sort.COUNT), "cores the node reported", "cpus>=2"),
    _of_node(
        "memory",
        _plainly("memory_bytes", Sort.SIZE),
        "memory the node reported; of a container what it uses; 1G is give or take a tenth",
        "memory>512M",
        container=Reading(Sort.SIZE, lambda row, _: row.stats.memory_bytes),
    ),
)

_FIELDS_OF_EACH = (
    Field(
        "id",
        "how it begins: of the node, the service or the task shown",
        "id:01211slza7of",
        {
            **{kind: _plainly("id", Sort.IDENTITY) for kind in _ENTITIES},
            Kind.CONTAINERS: _plainly("stats.container_id", Sort.IDENTITY),
            Kind.MACHINES: _plainly("node_id", Sort.IDENTITY),
        },
    ),
    Field(
        "state",
        "of a node or a task; of a service that of its update",
        "state:ready",
        {
            Kind.NODES: _plainly("state", Sort.WORD, words=tuple(NodeState)),
            Kind.SERVICES: _plainly("update_state", Sort.WORD, words=UPDATE_STATES),
            Kind.TASKS: _shared("state", Sort.WORD, words=tuple(TaskState)),
            Kind.MACHINES: Reading(Sort.WORD, _machine_state, words=MACHINE_STATES),
        },
    ),
    Field(
        "age",
        "how long a node or a task is in its state; since a service was created, a thing happened",
        "age<5m",
        {
            Kind.NODES: Reading(Sort.AGE, _state_age),
            Kind.SERVICES: Reading(Sort.AGE, lambda thing, at: _age(thing.created_at, at)),
            Kind.TASKS: Reading(Sort.AGE, lambda task, picture: _age(task.since, picture)),
            Kind.HAPPENINGS: Reading(Sort.AGE, lambda line, picture: _age(line.at, picture)),
        },
    ),
)

_WORK_FIELDS = (
    Field(
        "service",
        "name of the service, or how its id begins",
        "service:web",
        {
            Kind.SERVICES: Reading(Sort.NAMED, lambda service, _: (service.name, service.id)),
            Kind.TASKS: Reading(Sort.NAMED, _named, key=attrgetter("service_id")),
            Kind.CONTAINERS: Reading(Sort.NAMED, lambda row, _: (row.service, "")),
        },
    ),
    Field(
        "desired",
        "state the swarm wants the task in; of a service how many tasks it wants",
        "desired:running",
        {
            Kind.SERVICES: Reading(
                Sort.COUNT, lambda service, picture: _service_load(service, picture).desired
            ),
            Kind.TASKS: _shared("desired", Sort.WORD, words=tuple(TaskState)),
        },
    ),
    Field(
        "missing",
        "tasks a service wants and does not run; of a contributor nodes pledged and not joined",
        "missing>0",
        {
            Kind.SERVICES: Reading(Sort.COUNT, _missing),
            Kind.CONTRIBUTORS: _plainly("missing", Sort.COUNT),
        },
    ),
    Field(
        "error",
        "has this in it; of a service what its update says",
        'error:"no suitable node"',
        {
            Kind.SERVICES: _plainly("update_message", Sort.PHRASE),
            Kind.TASKS: _shared("error", Sort.PHRASE),
            Kind.MACHINES: Reading(Sort.PHRASE, _machine_error),
        },
    ),
    Field(
        "image",
        "has this in it",
        "image:nginx",
        {
            Kind.SERVICES: _plainly("image", Sort.PHRASE),
            Kind.TASKS: _shared("image", Sort.PHRASE),
        },
    ),
    Field(
        "slot",
        "replica number of a task; 0 in global services",
        "slot:7",
        {Kind.TASKS: _plainly("slot", Sort.COUNT)},
    ),
    Field(
        "cpu",
        "CPU % that is used, 100 is one core",
        "cpu>50",
        {
            Kind.CONTAINERS: Reading(Sort.COUNT, lambda row, _: row.stats.cpu_percent),
            Kind.MACHINES: Reading(Sort.COUNT, _busy),
        },
    ),
)

_TIMELINE_FIELDS = (
    Field(
        "kind",
        "what sort of thing happened",
        "kind:election",
        {Kind.HAPPENINGS: _plainly("kind", Sort.WORD, words=tuple(HappeningKind))},
    ),
    Field(
        "severity",
        "how loud it is",
        "severity:critical",
        {Kind.HAPPENINGS: _plainly("severity", Sort.WORD, words=tuple(Severity))},
    ),
)

FIELDS: Mapping[str, Field] = {
    field.name: field
    for field in (*_FIELDS_OF_EACH, *_NODE_FIELDS, *_WORK_FIELDS, *_TIMELINE_FIELDS)
}
"""Every field by name, in the order the help shows them."""
