"""Requests during an election."""

import time
from pathlib import Path

from tests.simulator.engines import simulating

TINY = ("--nodes", "40", "--tasks", "200", "--at", "election")


def test_requests_hang_for_12_s_of_the_event_and_are_answered_then(tmp_path: Path) -> None:
    with simulating(tmp_path, *TINY, "--speed", "6") as engine:
        assert engine.get("/_ping").status == 200
        began = time.monotonic()
        nodes = engine.get("/nodes").json
        waited = time.monotonic() - began
        leaders = [n for n in nodes if n.get("ManagerStatus", {}).get("Leader")]

    assert 0.2 < waited < 5
    assert [node["Description"]["Hostname"] for node in leaders] == ["mg0"]
    assert {node["Status"]["State"] for node in nodes} >= {"unknown"}


def test_info_waits_as_well_and_a_ping_does_not(tmp_path: Path) -> None:
    with simulating(tmp_path, *TINY, "--speed", "6") as engine:
        began = time.monotonic()
        engine.get("/_ping")
        pinged = time.monotonic() - began
        info = engine.get("/info").json
        waited = time.monotonic() - began

    assert pinged < waited / 2
    assert info["Swarm"]["Nodes"] == 40


def test_an_election_without_end_is_given_up_after_20_s_of_the_event(tmp_path: Path) -> None:
    with simulating(tmp_path, *TINY, "--hold", "--speed", "40") as engine:
        answer = engine.get("/services")
        info = engine.get("/info").json

    assert answer.status == 500
    assert answer.message.endswith("context deadline exceeded")
    assert info["Swarm"]["Error"].endswith("context deadline exceeded")
