"""What a client asks for, in a snapshot: one thing by id, name or prefix, many by filters."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from swarmtui.httpd.filters import (
    NODE_KEYS,
    SERVICE_KEYS,
    TASK_KEYS,
    Filters,
    check_keys,
    has_labels,
    is_any,
    starts_with_any,
    words,
)
from swarmtui.httpd.finding import find_one, only
from swarmtui.swarm.entities import Node, Service, Task
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.words import Role, TaskState

_NO_LABELS: Mapping[str, str] = {}


def find_node(snapshot: Snapshot, wanted: str) -> Node:
    """Return the node with this id, name or unambiguous beginning of an id."""
    return find_one("node", wanted, snapshot.nodes, name_of=lambda node: node.hostname)


def find_service(snapshot: Snapshot, wanted: str) -> Service:
    """Return the service with this id, name or unambiguous beginning of an id."""
    return find_one("service", wanted, snapshot.services, name_of=lambda service: service.name)


def find_task(snapshot: Snapshot, wanted: str) -> Task:
    """Return the task with this id, name or unambiguous beginning of an id."""
    task = snapshot.find_task(wanted.rpartition(".")[2])
    if task is not None and wanted in {task.id, _full_name(task, snapshot)}:
        return task
    return only("task", wanted, [t for t in snapshot.iterate_tasks() if t.id.startswith(wanted)])


def select_nodes(snapshot: Snapshot, filters: Filters) -> list[Node]:
    """Return the nodes that pass the filters, by id."""
    check_keys(filters, NODE_KEYS)
    roles = words(filters, "role", Role)
    return [
        node
        for _, node in sorted(snapshot.nodes.items())
        if starts_with_any(node.hostname, filters, "name")
        and starts_with_any(node.id, filters, "id")
        and has_labels(node.engine_labels, filters, "label")
        and has_labels(node.labels, filters, "node.label")
        and is_any("accepted", filters, "membership")
        and (not roles or node.role in roles)
    ]


def select_services(snapshot: Snapshot, filters: Filters) -> list[Service]:
    """Return the services that pass the filters, by id."""
    check_keys(filters, SERVICE_KEYS)
    return [
        service
        for _, service in sorted(snapshot.services.items())
        if starts_with_any(service.name, filters, "name")
        and starts_with_any(service.id, filters, "id")
        and has_labels(service.labels, filters, "label")
        and is_any(service.mode, filters, "mode")
        and is_any("container", filters, "runtime")
    ]


def select_tasks(snapshot: Snapshot, filters: Filters) -> Iterator[Task]:
    """Return the tasks that pass the filters, service by service, each service's by id.

    Raise `ApiError` at once; look for the tasks only while they are taken.
    """
    check_keys(filters, TASK_KEYS)
    nodes = {find_node(snapshot, wanted).id for wanted in filters.get("node", ())}
    states = words(filters, "desired-state", TaskState)
    is_named = "name" in filters or "id" in filters
    tasks: Iterable[Task] = chain.from_iterable(
        (task for _, task in sorted(snapshot.tasks[service].items()))
        for service in _services_of_tasks(snapshot, filters)
    )
    return (
        task
        for task in tasks
        if (not nodes or task.node_id in nodes)
        and (not states or task.desired in states)
        and (not is_named or _is_called(task, snapshot, filters))
    )


def _services_of_tasks(snapshot: Snapshot, filters: Filters) -> list[str]:
    """Return the ids of the services whose tasks can pass; some may be removed by now."""
    wanted = {find_service(snapshot, name).id for name in filters.get("service", ())}
    return [
        id_
        for id_ in sorted(snapshot.tasks)
        if (not wanted or id_ in wanted)
        and has_labels(_labels(snapshot.services.get(id_)), filters, "label")
        and is_any("container", filters, "runtime")
    ]


def _labels(service: Service | None) -> Mapping[str, str]:
    return service.labels if service is not None else _NO_LABELS


def _is_called(task: Task, snapshot: Snapshot, filters: Filters) -> bool:
    return starts_with_any(_full_name(task, snapshot), filters, "name") and starts_with_any(
        task.id, filters, "id"
    )


def _full_name(task: Task, snapshot: Snapshot) -> str:
    """Return the name as SwarmKit derives it: service, slot or node, and id."""
    service = snapshot.services.get(task.service_id)
    name = service.name if service else task.service_id
    return f"{name}.{task.slot or task.node_id}.{task.id}"
