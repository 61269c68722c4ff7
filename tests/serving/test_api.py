"""What a served recording answers."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from swarmtui.httpd.journal import Happening, Journal
from swarmtui.serving.calendar import tell
from swarmtui.serving.scene import Scene, Still
from swarmtui.swarm.observation import FailureKind, ManagerLost
from swarmtui.swarm.snapshot import Snapshot
from tests.factories import at, make_manager, make_node, make_service, make_task, services_seen
from tests.serving.making import YEARS_LATER, connect, make_snapshot, manager_seen

NODES = [
    make_manager("mg0", leader=True, hostname="mg0", memory_bytes=8 << 30, cpus=4.0, arch="x86_64"),
    make_manager("mg1", hostname="mg1"),
    make_node("w1a", hostname="worker", labels={"disk": "ssd"}, engine_labels={"region": "fra"}),
    make_node("w1b", hostname="worker", engine_labels={"region": "ams"}),
]
SERVICES = [
    make_service("s1", name="web", labels={"stack": "shop"}),
    make_service("s2", name="agent", mode="global", replicas=None),
]
TASKS = [
    make_task("t1", node_id="w1a", since=at(-300)),
    make_task("t2", node_id="w1b", slot=2),
    make_task("t3", node_id="", slot=3, state="pending", error="no suitable node"),
    make_task("t4", node_id="w1b", slot=2, state="failed", desired="shutdown"),
    make_task("g1", service="s2", slot=0, node_id="mg0"),
]
SNAPSHOT = make_snapshot(NODES, SERVICES, TASKS)


def ids(documents: list[dict[str, Any]]) -> list[str]:
    return [document["ID"] for document in documents]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["mg0", "mg1", "w1a", "w1b"]),
        ({"role": ["manager"]}, ["mg0", "mg1"]),
        ({"name": {"work": True}}, ["w1a", "w1b"]),
        ({"id": ["w1a"]}, ["w1a"]),
        ({"label": ["region=fra"]}, ["w1a"]),
        ({"node.label": ["disk"]}, ["w1a"]),
        ({"membership": ["accepted"], "role": ["worker"]}, ["w1a", "w1b"]),
        ({"membership": ["pending"]}, []),
    ],
)
async def test_nodes_are_filtered(filters: object, found: list[str]) -> None:
    assert ids(await connect(SNAPSHOT).get("/v1.41/nodes", filters=filters)) == found


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["s1", "s2"]),
        ({"name": ["w"]}, ["s1"]),
        ({"mode": ["global"]}, ["s2"]),
        ({"label": ["stack=shop"]}, ["s1"]),
        ({"runtime": ["plugin"]}, []),
    ],
)
async def test_services_are_filtered(filters: object, found: list[str]) -> None:
    assert ids(await connect(SNAPSHOT).get("/v1.41/services", filters=filters)) == found


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["t1", "t2", "t3", "t4", "g1"]),
        ({"service": ["web"]}, ["t1", "t2", "t3", "t4"]),
        ({"service": ["s2"]}, ["g1"]),
        ({"node": ["w1b"]}, ["t2", "t4"]),
        ({"node": ["mg0", "w1a"]}, ["t1", "g1"]),
        ({"desired-state": ["shutdown"]}, ["t4"]),
        ({"desired-state": ["running"], "node": ["w1b"]}, ["t2"]),
        ({"name": ["web.2."]}, ["t2", "t4"]),
        ({"id": ["t3"]}, ["t3"]),
        ({"label": ["stack"]}, ["t1", "t2", "t3", "t4"]),
    ],
)
async def test_tasks_are_filtered(filters: object, found: list[str]) -> None:
    assert ids(await connect(SNAPSHOT).get("/v1.41/tasks", filters=filters)) == found


@pytest.mark.parametrize(
    ("path", "filters", "status", "message"),
    [
        ("/nodes", {"colour": ["red"]}, 400, "invalid filter 'colour'"),
        ("/services", {"node": ["x"]}, 400, "invalid filter 'node'"),
        ("/tasks", {"node": ["nix"]}, 404, "node nix not found"),
        ("/tasks", {"node": ["worker"]}, 400, "node worker is ambiguous (2 matches found)"),
        ("/tasks", {"service": ["nix"]}, 404, "service nix not found"),
        ("/tasks", {"desired-state": ["happy"]}, 500, "Invalid desired-state filter: 'happy'"),
        ("/nodes", "{", 400, "invalid filter"),
    ],
)
async def test_a_filter_that_is_none_is_refused(
    path: str, filters: object, status: int, message: str
) -> None:
    answer = await connect(SNAPSHOT).ask(path, filters=filters)

    assert (answer.status, answer.message) == (status, message)


@pytest.mark.parametrize(
    ("path", "id_"),
    [
        ("/nodes/mg0", "mg0"),
        ("/nodes/w1a", "w1a"),
        ("/services/web", "s1"),
        ("/services/s2", "s2"),
        ("/tasks/t4", "t4"),
        ("/tasks/web.2.t4", "t4"),
        ("/tasks/agent.mg0.g1", "g1"),
        ("/tasks/g", "g1"),
    ],
)
async def test_one_is_found_by_id_name_and_beginning_of_an_id(path: str, id_: str) -> None:
    assert (await connect(SNAPSHOT).get(path))["ID"] == id_


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("/nodes/nix", 404, "node nix not found"),
        ("/nodes/worker", 400, "node worker is ambiguous (2 matches found)"),
        ("/tasks/web.9.t4", 404, "task web.9.t4 not found"),
        ("/networks", 404, "a recording holds the nodes, services and tasks"),
        ("/services/web/logs", 404, "a recording holds the nodes, services and tasks"),
        ("/swarm", 403, "a recording holds no join tokens"),
        ("/v1.99/nodes", 400, "client version 1.99 is too new"),
    ],
)
async def test_what_is_not_there_is_said_so(path: str, status: int, message: str) -> None:
    answer = await connect(SNAPSHOT).ask(path)

    assert answer.status == status
    assert message in answer.message


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_nothing_can_be_changed(method: str) -> None:
    answer = await connect(SNAPSHOT).ask("/v1.41/nodes/mg0/update", method=method)

    assert (answer.status, answer.message) == (
        405, "this swarm is a recording: it can be looked at, not changed",
    )  # fmt: skip


async def test_services_tell_their_status_when_asked_by_a_client_new_enough() -> None:
    client = connect(SNAPSHOT)
    counted = await client.get("/v1.41/services", status="true")

    assert [service["ServiceStatus"] for service in counted] == [
        {"RunningTasks": 2, "DesiredTasks": 3, "CompletedTasks": 0},
        {"RunningTasks": 1, "DesiredTasks": 1, "CompletedTasks": 0},
    ]
    for path, query in (("/v1.40/services", {"status": "1"}), ("/v1.41/services", {})):
        assert all("ServiceStatus" not in each for each in await client.get(path, **query))


async def test_the_engine_is_the_one_that_was_asked() -> None:
    client = connect(SNAPSHOT)
    info, version = await client.get("/info"), await client.get("/version")

    assert (info["Name"], info["NCPU"], info["MemTotal"]) == ("mg0", 4, 8 << 30)
    assert info["ServerVersion"] == version["Version"] == "20.10.24"
    assert version["Arch"] == "amd64"
    assert info["Swarm"]["Cluster"]["ID"] == "cluster-1"
    assert info["Swarm"]["NodeID"] == "mg0"
    assert (info["Swarm"]["Nodes"], info["Swarm"]["Managers"]) == (4, 2)
    assert [peer["NodeID"] for peer in info["Swarm"]["RemoteManagers"]] == ["mg0", "mg1"]


async def test_whoever_looks_is_told_that_this_is_the_past() -> None:
    client = connect(SNAPSHOT, moment=at(90))

    assert tell(at(90)) in (await client.get("/version"))["Platform"]["Name"]
    warnings = (await client.get("/info"))["Warnings"]
    assert warnings[0] == f"WARNING: this is a recording, as of {tell(at(90))}"


async def test_what_was_not_known_at_that_moment_is_said() -> None:
    lost = ManagerLost(
        taken_at=at(60), host="tcp://a", kind=FailureKind.NO_LEADER, text="no \x1b[31mleader"
    )
    new = services_seen([make_service("s3", name="new")], second=50)
    client = connect(make_snapshot(NODES, SERVICES, TASKS, new, lost), moment=at(70))
    *_, no_manager, no_tasks = (await client.get("/info"))["Warnings"]

    assert no_manager == (
        f"WARNING: no manager answered at that moment, nodes as of {tell(at(0))}: no ·leader"
    )
    assert no_tasks == "WARNING: the tasks of 1 services had not been read yet at that moment"
    assert len(await client.get("/nodes")) == 4


async def test_a_moment_in_a_damaged_part_says_so() -> None:
    client = connect(Still(Scene(at(0), SNAPSHOT, flaw="the recording is damaged")))

    assert (await client.get("/info"))["Warnings"][-1] == "WARNING: the recording is damaged"


async def test_before_a_manager_has_answered_there_is_no_swarm() -> None:
    client = connect(Snapshot())

    assert (await client.get("/info"))["Swarm"]["LocalNodeState"] == "inactive"
    assert (await client.ask("/nodes")).status == 503
    assert "no manager had answered yet" in (await client.ask("/tasks")).message


async def test_a_manager_that_is_no_node_any_more_is_left_nameless() -> None:
    from swarmtui.swarm.fold import fold

    client = connect(fold(SNAPSHOT, manager_seen("gone")).snapshot)

    assert (await client.get("/info"))["Name"] == ""


async def test_what_ran_for_five_minutes_then_started_five_minutes_ago_whenever_one_asks() -> None:
    for now in (YEARS_LATER, YEARS_LATER + timedelta(hours=1)):
        task = await connect(SNAPSHOT, now=lambda now=now: now).get("/tasks/t1")  # type: ignore[misc]
        since = datetime.fromisoformat(task["Status"]["Timestamp"])
        assert now - since == timedelta(minutes=5)


async def test_times_stay_the_same_for_as_long_as_a_client_is_connected() -> None:
    times = iter([YEARS_LATER, YEARS_LATER + timedelta(minutes=1), YEARS_LATER])
    client = connect(SNAPSHOT, now=lambda: next(times, YEARS_LATER))

    for path in ("/nodes", "/services", "/tasks"):
        assert (await client.ask(path)).body == (await client.ask(path)).body


async def test_times_are_left_as_they_were_on_demand() -> None:
    task = await connect(SNAPSHOT, keeps_times=True).get("/tasks/t1")

    assert task["Status"]["Timestamp"] == "2026-07-22T11:55:00Z"


async def test_events_that_were_told_are_found_by_their_time_on_the_clients_clock() -> None:
    journal = Journal()
    for second in (-20, -10):
        journal.tell(
            Happening(at=at(second).timestamp(), kind="node", action="update", subject=f"{second}")
        )
    since = YEARS_LATER - timedelta(seconds=15)
    client = connect(SNAPSHOT, journal=journal)
    answer = await client.ask(
        "/events", since=str(since.timestamp()), until=str(YEARS_LATER.timestamp())
    )

    assert answer.body.count(b"\n") == 1
    assert answer.json["Actor"]["ID"] == "-10"
    assert answer.json["time"] == int((YEARS_LATER - timedelta(seconds=10)).timestamp())
