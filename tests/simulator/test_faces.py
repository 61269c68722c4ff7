"""Engines that are no managers, or managers without a quorum."""

from pathlib import Path

import pytest

from tests.simulator.engines import simulating

TINY = ("--nodes", "10", "--tasks", "20", "--at", "peak", "--hold")


@pytest.mark.parametrize(
    ("face", "status", "words", "state", "in_control"),
    [
        ("worker", 503, "Worker nodes can't be used to view or modify", "active", False),
        ("inactive", 503, 'Use "docker swarm init" or "docker swarm join"', "inactive", False),
        ("locked", 503, "Swarm is encrypted and needs to be unlocked", "locked", False),
        ("no-quorum", 500, "The swarm does not have a leader.", "active", True),
    ],
)
def test_an_engine_that_cannot_tell_says_so_in_the_engines_words(
    tmp_path: Path, face: str, status: int, words: str, state: str, in_control: bool
) -> None:
    with simulating(tmp_path, *TINY, "--as", face) as engine:
        for path in ("/nodes", "/services", "/tasks", "/nodes/mg0", "/swarm"):
            answer = engine.get(f"/v1.41{path}")
            assert answer.status == status
            assert words in answer.message

        swarm = engine.get("/v1.41/info").json["Swarm"]
        assert (swarm["LocalNodeState"], swarm["ControlAvailable"]) == (state, in_control)
        assert engine.get("/_ping").status == 200


def test_without_a_quorum_info_is_a_200_with_the_error_in_it(tmp_path: Path) -> None:
    with simulating(tmp_path, *TINY, "--as", "no-quorum") as engine:
        swarm = engine.get("/v1.41/info").json["Swarm"]

    assert swarm["Error"].startswith("rpc error: code = Unknown desc = The swarm does not have")
    assert swarm["Cluster"]["ID"] == ""
    assert "Nodes" not in swarm


def test_a_worker_knows_its_managers_but_not_the_cluster(tmp_path: Path) -> None:
    with simulating(tmp_path, *TINY, "--as", "worker") as engine:
        swarm = engine.get("/v1.41/info").json["Swarm"]

    assert len(swarm["RemoteManagers"]) == 3
    assert swarm["NodeID"] not in {peer["NodeID"] for peer in swarm["RemoteManagers"]}
    assert "Cluster" not in swarm
