"""Opening a manager and asking it what a watcher asks."""

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from swarmtui.engine.address import Address
from swarmtui.engine.decode import EngineVersion, to_task
from swarmtui.engine.errors import EngineError
from swarmtui.engine.swarm_api import Manager, choose_version, join_unless_same, open_manager
from swarmtui.swarm.observation import FailureKind
from tests.engine.fake_engine import (
    FakeEngine,
    Script,
    answer,
    in_chunks,
    in_turn,
    manager_answers,
    unix_engine,
)

PAYLOADS = Path(__file__).parent.parent / "data" / "payloads"


def payload(name: str) -> Any:
    return json.loads((PAYLOADS / f"{name}.json").read_text())


def opened(engine: FakeEngine, **fields: Any) -> Manager:
    return open_manager(Address(url=engine.host, **fields))


def refused(tmp_path: Path, script: Script, **fields: Any) -> EngineError:
    with unix_engine(tmp_path, script) as engine, pytest.raises(EngineError) as caught:
        opened(engine, **fields)
    return caught.value


def info(**swarm: Any) -> Script:
    return answer({"Name": "vm", "ServerVersion": "20.10.24", "Swarm": swarm})


def test_a_manager_says_who_it_is(tmp_path: Path) -> None:
    with unix_engine(tmp_path, manager_answers()) as engine:
        manager = opened(engine)
        manager.close()
    assert manager.host == engine.host
    assert (manager.cluster_id, manager.node_id) == ("cluster1", "node1")
    assert (manager.api_version, manager.engine_version) == ("1.41", "20.10.24")
    assert [request.target for request in engine.requests] == ["/version", "/v1.41/info"]
    assert {request.method for request in engine.requests} == {"GET"}


@pytest.mark.parametrize(
    ("swarm", "kind", "words"),
    [
        ({"LocalNodeState": "inactive"}, FailureKind.NOT_IN_SWARM, "is in no swarm"),
        ({}, FailureKind.NOT_IN_SWARM, "is in no swarm"),
        ({"LocalNodeState": "pending"}, FailureKind.NOT_IN_SWARM, "still joining"),
        ({"LocalNodeState": "locked"}, FailureKind.LOCKED, "docker swarm unlock"),
        ({"LocalNodeState": "error", "Error": "bad cert"}, FailureKind.BROKEN, "bad cert"),
        (
            {"LocalNodeState": "active", "RemoteManagers": [{"Addr": "10.0.0.1:2377"}]},
            FailureKind.NOT_MANAGER,
            "10.0.0.1:2377",
        ),
        (
            {
                "LocalNodeState": "active",
                "ControlAvailable": True,
                "Error": "rpc error: The swarm does not have a leader.",
            },
            FailureKind.NO_LEADER,
            "knows no leader",
        ),
        (
            {"LocalNodeState": "active", "ControlAvailable": True, "Error": "odd"},
            FailureKind.BROKEN,
            "odd",
        ),
        (
            {"LocalNodeState": "active", "ControlAvailable": True},
            FailureKind.NO_LEADER,
            "which swarm",
        ),
    ],
)
def test_whatever_is_no_manager_with_a_leader_says_so(
    tmp_path: Path, swarm: Any, kind: FailureKind, words: str
) -> None:
    error = refused(tmp_path, manager_answers(info=info(**swarm)))
    assert error.kind is kind
    assert words in error.text
    assert "engine.sock" in error.text


@pytest.mark.parametrize(
    ("newest", "oldest", "chosen"),
    [("1.41", "1.12", "1.41"), ("1.99", "1.44", "1.51"), ("1.24", "", "1.24")],
)
def test_the_newest_version_both_sides_speak_is_chosen(
    newest: str, oldest: str, chosen: str
) -> None:
    assert choose_version(EngineVersion("x", newest, oldest), host="m1") == chosen


@pytest.mark.parametrize(
    ("newest", "oldest"), [("1.23", "1.12"), ("2.5", "2.0"), ("", ""), ("x", "")]
)
def test_an_engine_without_a_common_version_is_refused(newest: str, oldest: str) -> None:
    with pytest.raises(EngineError) as caught:
        choose_version(EngineVersion("x", newest, oldest), host="m1")
    assert caught.value.kind is FailureKind.VERSION


def test_a_version_insisted_on_is_not_negotiated(tmp_path: Path) -> None:
    said = "client version 1.99 is too new. Maximum supported API version is 1.41"
    script = manager_answers(info=answer({"message": said}, status=400))
    error = refused(tmp_path, script, api_version="1.99")
    assert error.kind is FailureKind.VERSION
    assert "DOCKER_API_VERSION" in error.text


@pytest.mark.parametrize("body", ["<html>It works!</html>", "[]", "{}", ""])
def test_what_is_no_engine_is_said_to_be_none(tmp_path: Path, body: str) -> None:
    error = refused(tmp_path, manager_answers(version=answer(body)))
    assert "is this a Docker engine?" in error.text


def test_nodes_services_and_tasks_are_read(tmp_path: Path) -> None:
    names = ("node-manager-chaos", "node-node-labels", "node-down-chaos")
    task = payload("task-running-overlay")
    script = manager_answers(
        nodes=answer([payload(name) for name in names] + [{"broken": 1}]),
        services=answer([payload("service-overlay")]),
        tasks=in_chunks([json.dumps([task, task | {"ID": "b"}]).encode()]),
    )
    with unix_engine(tmp_path, script) as engine:
        manager = opened(engine)
        nodes = manager.read_nodes()
        (service,) = manager.read_services()
        pieces = list(manager.iterate_service_tasks(service.id))
        tasks = [task for piece in pieces for task in piece.objects]
        manager.close()
    assert [node.hostname for node in nodes] == [
        payload(name)["Description"]["Hostname"] for name in names
    ]
    assert manager.broken == {"/nodes": 1, "/services": 0, "/tasks": 0}
    assert [(task.id, task.index) for task in tasks] == [
        ("0hm7u6fyf9da2ryrwwbtvoyb3", 54227),
        ("b", 54227),
    ]
    assert to_task(tasks[0]).service_id == service.id
    assert engine.requests[-1].filters == {"service": [service.id]}
    assert engine.connections == 1


def test_an_error_while_reading_leaves_the_manager_usable(tmp_path: Path) -> None:
    late = answer({"message": "context deadline exceeded"}, status=500)
    with unix_engine(tmp_path, manager_answers(nodes=in_turn(late, answer([])))) as engine:
        manager = opened(engine)
        with pytest.raises(EngineError) as caught:
            manager.read_nodes()
        assert caught.value.kind is FailureKind.NO_LEADER
        assert manager.read_nodes() == ()
        manager.close()


def test_tasks_left_half_read_do_not_spoil_the_next_question(tmp_path: Path) -> None:
    task = json.dumps(payload("task-running-overlay"), separators=(",", ":"))
    body = f"[{','.join([task] * 1000)}]".encode()
    script = manager_answers(tasks=answer(body), nodes=answer([]))
    with unix_engine(tmp_path, script) as engine:
        manager = opened(engine)
        tasks = manager.iterate_service_tasks("s1")
        assert len(next(tasks).objects) < 1000
        tasks.close()
        assert manager.read_nodes() == ()
        manager.close()
    assert engine.connections == 2


def test_pieces_of_a_task_list_that_are_known_are_not_decoded(tmp_path: Path) -> None:
    tasks = [payload("task-running-overlay") | {"ID": f"t{n}"} for n in range(1000)]
    later = [*tasks[:-1], tasks[-1] | {"Version": {"Index": 99_999}}]
    script = manager_answers(
        tasks=in_turn(
            *(
                in_chunks([json.dumps(each, separators=(",", ":")).encode()])
                for each in (tasks, later)
            )
        )
    )
    with unix_engine(tmp_path, script) as engine:
        manager = opened(engine)
        first = list(manager.iterate_service_tasks("s1"))
        known = {piece.digest for piece in first if piece.digest is not None}
        again = list(manager.iterate_service_tasks("s1", known=known))
        manager.close()
    assert len(first) > 2
    assert [piece.digest for piece in again[:-1]] == [piece.digest for piece in first[:-1]]
    assert [len(piece.objects) for piece in again[:-1]] == [0] * (len(first) - 1)
    assert again[-1].objects[-1].index == 99_999


def test_what_had_to_be_made_sense_of_slowly_is_decoded_again(tmp_path: Path) -> None:
    broken = [payload("task-running-overlay"), {"ID": 7}]
    with unix_engine(tmp_path, manager_answers(tasks=answer(broken))) as engine:
        manager = opened(engine)
        pieces = list(manager.iterate_service_tasks("s1"))
        manager.close()
    assert [(piece.digest, len(piece.objects)) for piece in pieces] == [(None, 1)]
    assert manager.broken["/tasks"] == 1


def test_a_manager_that_cannot_be_opened_keeps_no_connection(tmp_path: Path) -> None:
    with unix_engine(tmp_path, manager_answers(info=info())) as engine:
        with pytest.raises(EngineError):
            opened(engine)
        assert engine.is_left_alone(within_s=5)


@pytest.mark.parametrize("cuts", [(4,), (1, 2), (), (3, 3, 4)])
def test_a_body_that_is_the_same_is_the_one_before_however_it_comes(cuts: Sequence[int]) -> None:
    before = b"the body"
    edges = [0, *cuts, len(before)]
    chunks = [before[start:end] for start, end in pairwise(edges)]
    assert join_unless_same(chunks, before) is before


@pytest.mark.parametrize(
    "chunks", [[b"the ", b"bones"], [b"the "], [b"the body", b" and more"], [b"a body"], [], [b""]]
)
def test_a_body_that_differs_is_what_came(chunks: Sequence[bytes]) -> None:
    assert join_unless_same(iter(chunks), b"the body") == b"".join(chunks)


def test_a_node_list_that_is_the_same_again_is_not_decoded_again(tmp_path: Path) -> None:
    nodes = [payload("node-manager-chaos"), payload("node-node-labels")]
    others = [{**node, "ManagerStatus": None} for node in nodes]
    script = manager_answers(nodes=in_turn(*map(answer, (nodes, nodes, others))))
    with unix_engine(tmp_path, script) as engine:
        manager = opened(engine)
        first, again, changed = (manager.read_nodes() for _ in range(3))
        manager.close()
    assert again is first
    assert len(changed) == len(first) == len(nodes)
    assert changed != first
