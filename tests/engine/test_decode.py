"""What the answers mean, from real ones and from odd ones."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swarmtui.engine.decode import (
    UNKNOWN_TIME,
    Objects,
    decode_document,
    to_event,
    to_info,
    to_node,
    to_service,
    to_task,
    to_time,
)
from swarmtui.engine.errors import Asked, EngineError
from swarmtui.engine.payload import EventJson, InfoJson, NodeJson, ServiceJson, TaskJson
from swarmtui.swarm.entities import ManagerStatus, Node, Service, Task
from swarmtui.swarm.observation import FailureKind
from swarmtui.swarm.words import (
    Availability,
    NodeState,
    Reachability,
    Role,
    ServiceMode,
    TaskState,
)
from tests.factories import NOON

PAYLOADS = Path(__file__).parent.parent / "data" / "payloads"
ASKED = Asked(host="m1", what="GET /x")


def payload(name: str) -> Any:
    return json.loads((PAYLOADS / f"{name}.json").read_text())


def read(objects: Any, type_: type[Any]) -> tuple[list[Any], int]:
    body = objects if isinstance(objects, bytes) else json.dumps(objects).encode()
    found = Objects([body], type_, asked=ASKED)
    return [one for some in found for one in some], found.broken


def node_of(fields: Any) -> Node:
    ((json_,), _) = read([fields], NodeJson)
    return to_node(json_)


def service_of(fields: Any) -> Service:
    ((json_,), _) = read([fields], ServiceJson)
    return to_service(json_)


def task_of(fields: Any) -> Task:
    ((json_,), _) = read([fields], TaskJson)
    return to_task(json_)


def test_a_real_manager_is_read() -> None:
    assert node_of(payload("node-manager-chaos")) == Node(
        id="zl6enyab4m5nr18t7dmaeioxl",
        hostname="vm",
        role=Role.MANAGER,
        state=NodeState.READY,
        availability=Availability.ACTIVE,
        addr="127.0.0.22",
        manager=ManagerStatus(
            leader=True, reachability=Reachability.REACHABLE, addr="127.0.0.22:22377"
        ),
        engine_version="20.10.24+dfsg1",
        os="linux",
        arch="x86_64",
        cpus=2.0,
        memory_bytes=25276514304,
        created_at=datetime(2026, 11, 22, 19, 20, 39, 395524, tzinfo=UTC),
        updated_at=datetime(2026, 11, 22, 19, 29, 5, 246735, tzinfo=UTC),
        version=10227,
    )


def test_labels_are_read_from_where_they_were_set() -> None:
    by_node = node_of(payload("node-node-labels"))
    by_engine = node_of(payload("node-engine-labels-chaos"))
    assert by_node.labels["region"] == "sgp1"
    assert by_node.engine_labels == {}
    assert by_engine.labels == {}
    assert by_engine.engine_labels


def test_a_node_that_went_down_says_why() -> None:
    node = node_of(payload("node-down-chaos"))
    assert (node.state, node.message) == (NodeState.DOWN, "heartbeat failure")
    assert node.manager is None


def test_real_services_are_read() -> None:
    replicated = service_of(payload("service-overlay"))
    assert (replicated.name, replicated.mode, replicated.replicas) == (
        "edge_queue",
        ServiceMode.REPLICATED,
        585,
    )
    assert replicated.image == "local/busybox:1"
    assert replicated.constraints == ("node.role==worker",)
    assert replicated.labels["com.docker.stack.namespace"] == "edge"
    everywhere = service_of(payload("service-global"))
    assert (everywhere.mode, everywhere.replicas) == (ServiceMode.GLOBAL, None)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ({"Replicated": {}}, (ServiceMode.REPLICATED, 1)),
        ({"Replicated": {"Replicas": 0}}, (ServiceMode.REPLICATED, 0)),
        (
            {"ReplicatedJob": {"MaxConcurrent": 3, "TotalCompletions": 9}},
            (ServiceMode.REPLICATED_JOB, 3),
        ),
        ({"ReplicatedJob": {"TotalCompletions": 9}}, (ServiceMode.REPLICATED_JOB, 9)),
        ({"GlobalJob": {}}, (ServiceMode.GLOBAL_JOB, None)),
        ({"Quantum": {}}, (ServiceMode.UNKNOWN, None)),
        (None, (ServiceMode.UNKNOWN, None)),
    ],
)
def test_each_mode_wants_its_own_count(mode: Any, expected: tuple[ServiceMode, int | None]) -> None:
    service = service_of({"ID": "s", "Spec": {"Mode": mode}})
    assert (service.mode, service.replicas) == expected


def test_real_tasks_are_read() -> None:
    assert task_of(payload("task-running-overlay")) == Task(
        id="0hm7u6fyf9da2ryrwwbtvoyb3",
        service_id="xx17h575x5bzs80vtymey4rpj",
        slot=347,
        node_id="fjzujp6d1gxpvw0jc8ta4w6lf",
        state=TaskState.RUNNING,
        desired=TaskState.RUNNING,
        since=datetime(2026, 11, 22, 19, 51, 19, 17229, tzinfo=UTC),
        image="local/busybox:1",
    )
    rejected = task_of(payload("task-rejected-chaos"))
    assert rejected.state is TaskState.REJECTED
    assert rejected.error.endswith("no space left on device")
    assert task_of(payload("task-global")).slot == 0
    assert task_of(payload("task-new-overlay")).state is TaskState.NEW


def test_info_tells_the_swarm_without_its_secrets() -> None:
    body = {"Name": "vm", "ServerVersion": "20.10.24", "Swarm": payload("info-swarm")}
    info = to_info(decode_document(json.dumps(body).encode(), InfoJson, asked=ASKED))
    assert info.cluster_id == "17s072zimrfaf00om69reqwzb"
    assert info.node_id == "zl6enyab4m5nr18t7dmaeioxl"
    assert info.control_available
    assert info.managers == ("127.0.0.22:22377",)


def test_real_events_are_read() -> None:
    lines = (PAYLOADS / "events.jsonl").read_bytes().splitlines()
    events = [to_event(msgspec.json.decode(line, type=EventJson), NOON) for line in lines]
    assert len(events) == 725
    assert events[0].detail == "availability active → drain"
    assert (events[0].type, events[0].action) == ("node", "update")
    assert events[0].name == "ap-southeast-1-chaivai-0957"
    assert events[0].taken_at == NOON
    assert {event.detail for event in events if event.action == "create"} == {""}


def test_words_nobody_knows_yet_are_kept_where_they_are_shown() -> None:
    node = node_of(
        {
            "ID": "n",
            "Status": {"State": "sleeping"},
            "Spec": {"Role": "observer", "Availability": "maybe"},
            "ManagerStatus": {"Reachability": "vaguely"},
        }
    )
    assert (node.state, node.state_word) == (NodeState.UNKNOWN, "sleeping")
    assert (node.role, node.availability) == (Role.UNKNOWN, Availability.UNKNOWN)
    assert node.manager is not None
    assert node.manager.reachability is Reachability.UNKNOWN
    assert node_of({"ID": "n", "Status": {"State": "unknown"}}).state_word == ""
    assert task_of({"ID": "t", "Status": {"State": "dreaming"}}).state is TaskState.UNKNOWN


NOTHING_BUT_ID = [{"ID": "x"}, {"ID": "x", "Spec": None, "Status": None, "Version": None}]


@pytest.mark.parametrize("fields", NOTHING_BUT_ID)
def test_an_id_is_enough(fields: Any) -> None:
    assert node_of(fields).id == service_of(fields).id == task_of(fields).id == "x"
    assert node_of(fields).created_at == task_of(fields).since == UNKNOWN_TIME


def test_a_wrong_type_costs_that_field_and_no_other() -> None:
    task = payload("task-running-overlay")
    task["Slot"] = "seven"
    task["Status"]["Timestamp"] = 12
    task["Spec"] = []
    found = task_of(task)
    assert (found.slot, found.since, found.image) == (0, UNKNOWN_TIME, "")
    assert (found.state, found.node_id) == (TaskState.RUNNING, "fjzujp6d1gxpvw0jc8ta4w6lf")
    node = payload("node-node-labels")
    node["Spec"]["Labels"]["odd"] = 7
    node["Description"]["Resources"] = "plenty"
    assert node_of(node).labels["region"] == "sgp1"
    assert node_of(node).hostname == "sgp1-navu-0612"


def test_one_bad_object_does_not_lose_the_others() -> None:
    good = payload("task-global")
    objects = [good, {"no": "id"}, 7, None, "x", {"ID": 7}, good | {"ID": "last"}]
    tasks, broken = read(objects, TaskJson)
    assert [task.id for task in tasks] == [good["ID"], "last"]
    assert broken == 5


def test_bytes_that_are_no_text_cost_a_question_mark() -> None:
    tasks, broken = read(
        b'[{"ID":"a","NodeID":"\xff\xfe"},{"ID":"b","NodeID":"\\ud800"}]', TaskJson
    )
    assert broken == 0
    assert [to_task(task).id for task in tasks] == ["a", "b"]
    for task in tasks:
        task.node_id.encode()


def test_names_are_kept_as_they_are_whatever_they_hold() -> None:
    name = "\x1b[2J[bold]\u202e"
    node = node_of({"ID": "n", "Description": {"Hostname": name}})
    assert node.hostname == name


@pytest.mark.parametrize("number", [-1, 1 << 63, 10**400, 1e300, 0.5, "9", True])
def test_numbers_beyond_reason_are_not_known(number: Any) -> None:
    node = node_of({"ID": "n", "Description": {"Resources": {"MemoryBytes": number}}})
    assert node.memory_bytes in {0, 9}
    assert task_of({"ID": "t", "Slot": number}).slot in {0, 9}


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-11-22T19:20:39.395504598Z", datetime(2026, 11, 22, 19, 20, 39, 395504, tzinfo=UTC)),
        ("2026-11-22T19:20:39Z", datetime(2026, 11, 22, 19, 20, 39, tzinfo=UTC)),
        ("2026-11-22T21:20:39+02:00", datetime(2026, 11, 22, 19, 20, 39, tzinfo=UTC)),
        ("2026-11-22T19:20:39", datetime(2026, 11, 22, 19, 20, 39, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", UNKNOWN_TIME),
        ("9999-12-31T23:59:59-12:00", UNKNOWN_TIME),
        ("", UNKNOWN_TIME),
        ("yesterday", UNKNOWN_TIME),
    ],
)
def test_times_are_utc_or_unknown(text: str, time: datetime) -> None:
    assert to_time(text) == time
    assert to_time(text).tzinfo is UTC
    since = task_of({"ID": "t", "Status": {"Timestamp": text}}).since
    assert abs(since - time) <= timedelta(microseconds=1)  # one decoder cuts, the other rounds
    assert since.tzinfo is UTC


@pytest.mark.parametrize(
    ("status", "manager", "addr"),
    [
        ("10.0.0.7", None, "10.0.0.7"),
        ("0.0.0.0", "10.0.0.7:2377", "10.0.0.7"),  # noqa: S104 - read, not listened on
        ("", "[fd00::7]:2377", "fd00::7"),
        ("0.0.0.0", "0.0.0.0:2377", ""),  # noqa: S104
        ("", None, ""),
    ],
)
def test_an_address_that_means_any_is_replaced_by_a_real_one(
    status: str, manager: str | None, addr: str
) -> None:
    fields: dict[str, Any] = {"ID": "n", "Status": {"Addr": status}}
    if manager:
        fields["ManagerStatus"] = {"Addr": manager}
    assert node_of(fields).addr == addr


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'[{"ID":"x"}', b"<html>", b'"text"', b"[" * 100_000, b"[1,]", b"7"]
)
def test_what_is_no_array_of_objects_is_an_error(body: bytes) -> None:
    with pytest.raises(EngineError) as caught:
        read(body, TaskJson)
    assert caught.value.kind is FailureKind.BROKEN
    assert "GET /x" in caught.value.text


@pytest.mark.parametrize("body", [b"[]", b"[]\n", b"null", b" [ ] "])
def test_nothing_at_all_is_fine(body: bytes) -> None:
    assert read(body, TaskJson) == ([], 0)


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"7", b"{", b"<html>", b"[" * 100_000])
def test_a_document_that_is_no_object_is_an_error(body: bytes) -> None:
    with pytest.raises(EngineError) as caught:
        decode_document(body, InfoJson, asked=ASKED)
    assert caught.value.kind is FailureKind.BROKEN


def test_a_border_that_is_none_does_not_lose_anything() -> None:
    """Objects within an object can look like a border: then the rest is decoded as a whole."""
    task = payload("task-running-overlay")
    trap = task | {"ID": "trap", "Odd": [{"A": 1}, {"ID": "y", "Version": {"Index": 1}}]}
    body = json.dumps([task, trap, task], separators=(",", ":")).encode()

    def chunks() -> Iterator[bytes]:
        # Filled up with blanks, so that each chunk is large enough to be cut.
        place = body.index(b'},{"ID":"y"') + 60
        yield body[:place]
        yield b" " * 300_000 if body[place : place + 1] in b",{}" else b""
        yield body[place:]

    found = Objects(chunks(), TaskJson, asked=ASKED)
    assert [one.id for some in found for one in some] == [task["ID"], "trap", task["ID"]]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


def mutants(sample: Any) -> st.SearchStrategy[Any]:
    """Return a strategy of the sample with one field, at any depth, replaced by anything."""
    places = [(), *_places(sample)]
    return st.builds(_replaced, st.just(sample), st.sampled_from(places), JSON)


def _places(value: Any) -> Iterator[tuple[Any, ...]]:
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in keys:
        yield (key,)
        for rest in _places(value[key]):
            yield (key, *rest)


def _replaced(value: Any, place: tuple[Any, ...], new: Any) -> Any:
    if not place:
        return new
    copied = dict(value) if isinstance(value, dict) else list(value)
    copied[place[0]] = _replaced(value[place[0]], place[1:], new)
    return copied


@settings(deadline=None)
@given(mutants(payload("task-failed-overlay")))
def test_no_task_stops_the_program(fields: Any) -> None:
    tasks, broken = read([fields], TaskJson)
    assert len(tasks) + broken == 1
    for task in tasks:
        msgspec.msgpack.encode(to_task(task))


@settings(deadline=None)
@given(mutants(payload("node-manager-chaos")))
def test_no_node_stops_the_program(fields: Any) -> None:
    nodes, broken = read([fields], NodeJson)
    assert len(nodes) + broken == 1
    for node in nodes:
        msgspec.msgpack.encode(to_node(node))


@settings(deadline=None)
@given(mutants(payload("service-overlay")))
def test_no_service_stops_the_program(fields: Any) -> None:
    services, broken = read([fields], ServiceJson)
    assert len(services) + broken == 1
    for service in services:
        msgspec.msgpack.encode(to_service(service))
