"""Find objects as the engine does: one by id, name or prefix, many by filters."""

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
from swarmtui.simulator.nodes import Node
from swarmtui.simulator.services import Service
from swarmtui.simulator.states import Role, TaskState
from swarmtui.simulator.swarmstate import SwarmState
from swarmtui.simulator.tasks import Task


def find_node(state: SwarmState, wanted: str) -> Node:
    """Return the node with this id, name or unambiguous beginning of an id."""
    return find_one("node", wanted, state.nodes, name_of=lambda node: node.hostname)


def find_service(state: SwarmState, wanted: str) -> Service:
    """Return the service with this id, name or unambiguous beginning of an id."""
    return find_one("service", wanted, state.services, name_of=lambda service: service.name)


def find_task(state: SwarmState, wanted: str) -> Task:
    """Return the task with this id, name or unambiguous beginning of an id."""
    full_id = wanted.rpartition(".")[2]
    for service in state.all_services():
        task = service.tasks.get(full_id)
        if task is not None and wanted in {task.id, task_name(task)}:
            return task
    tasks = {task.id: task for service in state.all_services() for task in service.tasks.values()}
    return only("task", wanted, [task for key, task in tasks.items() if key.startswith(wanted)])


def task_name(task: Task) -> str:
    """Return the name as SwarmKit derives it: service, slot or node, and id."""
    slot = task.slot or (task.node.id if task.node else "")
    return f"{task.service.name}.{slot}.{task.id}"


def select_nodes(state: SwarmState, filters: Filters) -> list[Node]:
    """Return the nodes that pass the filters."""
    check_keys(filters, NODE_KEYS)
    if not filters:
        return state.nodes_in_order()
    roles = words(filters, "role", Role)
    return [
        node
        for node in state.nodes_in_order()
        if starts_with_any(node.hostname, filters, "name")
        and starts_with_any(node.id, filters, "id")
        and has_labels(node.machine.engine_labels, filters, "label")
        and has_labels(node.machine.node_labels, filters, "node.label")
        and is_any("accepted", filters, "membership")
        and (not roles or node.role in roles)
    ]


def select_services(state: SwarmState, filters: Filters) -> list[Service]:
    """Return the services that pass the filters."""
    check_keys(filters, SERVICE_KEYS)
    return [
        service
        for service in state.services_in_order()
        if starts_with_any(service.name, filters, "name")
        and starts_with_any(service.id, filters, "id")
        and has_labels(_labels(service), filters, "label")
        and is_any("global" if service.plan.is_global else "replicated", filters, "mode")
        and is_any("container", filters, "runtime")
    ]


def select_tasks(state: SwarmState, filters: Filters, now: float) -> list[Task]:
    """Return the tasks that pass the filters."""
    check_keys(filters, TASK_KEYS)
    services = _services_of_tasks(state, filters)
    nodes = {find_node(state, wanted).id for wanted in filters.get("node", ())}
    states = words(filters, "desired-state", TaskState)
    tasks = [task for service in services for task in service.in_order()]
    if len(services) > 1:
        tasks.sort(key=lambda task: task.id)
    if nodes:
        tasks = [task for task in tasks if _node_id(task, now) in nodes]
    if states:
        tasks = [task for task in tasks if task.desired_state(now) in states]
    if "name" in filters or "id" in filters:
        tasks = [task for task in tasks if _is_called(task, filters)]
    return tasks


def _services_of_tasks(state: SwarmState, filters: Filters) -> list[Service]:
    """Return the services whose tasks can pass; those removed still have some for a while."""
    wanted = {find_service(state, name).id for name in filters.get("service", ())}
    return [
        service
        for service in state.all_services()
        if (not wanted or service.id in wanted)
        and has_labels(_labels(service), filters, "label")
        and is_any("container", filters, "runtime")
    ]


def _labels(service: Service) -> dict[str, str]:
    return {
        "com.docker.stack.image": service.plan.image,
        "com.docker.stack.namespace": service.plan.stack,
    }


def _node_id(task: Task, now: float) -> str:
    is_known = task.node is not None and (not task.slot or now >= task.assigned_at)
    return task.node.id if task.node is not None and is_known else ""


def _is_called(task: Task, filters: Filters) -> bool:
    return starts_with_any(task_name(task), filters, "name") and starts_with_any(
        task.id, filters, "id"
    )
