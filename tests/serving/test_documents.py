"""Nodes, services and tasks as the Engine API has them."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmtui.engine.decode import to_node, to_service, to_task
from swarmtui.engine.payload import NodeJson, ServiceJson, TaskJson
from swarmtui.serving.calendar import Calendar
from swarmtui.serving.documents import Counts, Documents, count
from swarmtui.swarm.entities import ManagerStatus, Node, Service, Task
from swarmtui.swarm.words import (
    Availability,
    NodeState,
    Reachability,
    Role,
    ServiceMode,
    TaskState,
)
from tests.factories import at, make_manager, make_node, make_service, make_task

AS_RECORDED = Documents(Calendar(at=at(0), now=at(0)))

TEXT = st.text(max_size=20)
ADDRESS = st.sampled_from(["10.0.0.7", "2001:db8::7"])
TIME = st.floats(-1e8, 1e8).map(at)
COUNT = st.integers(0, 1 << 62)
LABELS = st.dictionaries(TEXT, TEXT, max_size=3)
MANAGERS = st.builds(
    ManagerStatus,
    leader=st.booleans(),
    reachability=st.sampled_from(Reachability),
    addr=st.just("10.0.0.1:2377"),
)
NODES = st.builds(
    Node,
    id=TEXT,
    hostname=TEXT,
    role=st.sampled_from(Role),
    state=st.sampled_from(NodeState),
    state_word=st.just(""),
    message=TEXT,
    availability=st.sampled_from(Availability),
    addr=ADDRESS,
    manager=st.none() | MANAGERS,
    engine_version=TEXT,
    os=TEXT,
    arch=TEXT,
    cpus=st.integers(0, 512).map(float),
    memory_bytes=COUNT,
    labels=LABELS,
    engine_labels=LABELS,
    created_at=TIME,
    updated_at=TIME,
    version=COUNT,
)
TASKS = st.builds(
    Task,
    id=TEXT,
    service_id=TEXT,
    slot=COUNT,
    node_id=TEXT,
    state=st.sampled_from(TaskState),
    desired=st.sampled_from(TaskState),
    since=TIME,
    error=TEXT,
    image=TEXT,
)


def services() -> st.SearchStrategy[Service]:
    replicas = {
        ServiceMode.REPLICATED: st.integers(0, 1 << 40),
        # A job that wants nothing is read as one that did not say, and wants one.
        ServiceMode.REPLICATED_JOB: st.integers(1, 1 << 40),
    }
    modes = [mode for mode in ServiceMode if mode is not ServiceMode.UNKNOWN]
    return st.sampled_from(modes).flatmap(
        lambda mode: st.builds(
            Service,
            id=TEXT,
            name=TEXT,
            mode=st.just(mode),
            replicas=replicas.get(mode, st.none()),
            image=TEXT,
            labels=LABELS,
            constraints=st.lists(TEXT, max_size=3).map(tuple),
            update_state=TEXT,
            update_message=st.just(""),
            created_at=TIME,
            updated_at=TIME,
            version=COUNT,
        )
    )


@given(NODES)
def test_a_client_reads_the_node_that_was_recorded(node: Node) -> None:
    read = to_node(msgspec.json.decode(AS_RECORDED.node(node), type=NodeJson))

    assert read == node


@given(services())
def test_a_client_reads_the_service_that_was_recorded(service: Service) -> None:
    read = to_service(msgspec.json.decode(AS_RECORDED.service(service), type=ServiceJson))

    assert read == service


@given(TASKS)
def test_a_client_reads_the_task_that_was_recorded(task: Task) -> None:
    read = to_task(msgspec.json.decode(AS_RECORDED.task(task), type=TaskJson))

    assert read == task


def read(document: bytes) -> Any:
    return json.loads(document)


def test_a_word_that_is_not_known_here_is_passed_on() -> None:
    node = make_node(state="unknown", state_word="sleeping")

    assert read(AS_RECORDED.node(node))["Status"]["State"] == "sleeping"


def test_only_a_leader_has_the_word_and_only_managers_have_a_status() -> None:
    leader, other, worker = (
        read(AS_RECORDED.node(node))
        for node in (make_manager("a", leader=True), make_manager("b"), make_node("c"))
    )

    assert leader["ManagerStatus"]["Leader"] is True
    assert "Leader" not in other["ManagerStatus"]
    assert "ManagerStatus" not in worker


def test_what_a_task_does_not_have_is_left_out() -> None:
    waiting = read(AS_RECORDED.task(make_task(slot=0, node_id="", state="pending")))

    assert not {"Slot", "NodeID"} & waiting.keys()
    assert "Err" not in waiting["Status"]


@pytest.mark.parametrize(
    "changed",
    [
        {"state": "failed"},
        {"desired": "shutdown"},
        {"error": "boom"},
        {"node_id": "n2"},
        {"since": at(1)},
        {"image": "other"},
    ],
)
def test_the_version_of_a_task_moves_with_everything_that_can_be_seen_of_it(
    changed: dict[str, Any],
) -> None:
    before, after = make_task(), make_task(**changed)
    later = Documents(Calendar(at=at(0), now=at(1000)))

    def index(documents: Documents, task: Task) -> object:
        return read(documents.task(task))["Version"]["Index"]

    assert index(AS_RECORDED, before) != index(AS_RECORDED, after)
    assert index(AS_RECORDED, before) == index(later, before)


def test_impossible_processors_are_none() -> None:
    for cpus in (float("nan"), float("inf"), -1.0):
        document = read(AS_RECORDED.node(make_node(cpus=cpus)))
        assert document["Description"]["Resources"]["NanoCPUs"] == 0


def test_tasks_are_counted_as_swarmkit_counts_them() -> None:
    tasks = [
        make_task("a"),
        make_task("b", node_id="lost"),
        make_task("c", state="failed", desired="shutdown"),
        make_task("d", state="complete", desired="complete"),
    ]

    assert count(tasks) == Counts(running=2, completed=1, wanted_running=2, wanted_completed=1)


@pytest.mark.parametrize(
    ("fields", "desired"),
    [
        ({"replicas": 7}, 7),
        ({"mode": ServiceMode.GLOBAL, "replicas": None}, 3),
        ({"mode": ServiceMode.REPLICATED_JOB, "replicas": 5}, 5),
        ({"mode": ServiceMode.GLOBAL_JOB, "replicas": None}, 4),
    ],
)
def test_a_service_tells_how_many_are_wanted(fields: dict[str, Any], desired: int) -> None:
    counts = Counts(running=2, completed=1, wanted_running=3, wanted_completed=4)
    document = read(AS_RECORDED.service(make_service(**fields), counts=counts))

    assert document["ServiceStatus"] == {
        "RunningTasks": 2,
        "DesiredTasks": desired,
        "CompletedTasks": 1,
    }
