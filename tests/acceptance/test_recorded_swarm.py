"""A real swarm recorded through an election: reported, and served to the docker CLI."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from swarmtui.insight.picture import Phase
from tests.acceptance.watching import Watching, utc_now
from tests.cli.recorded import recording, wait_until_recorded
from tests.lab.lab import Lab

SWARMTUI = (sys.executable, "-m", "swarmtui")


class Evening(NamedTuple):
    """What was recorded, and what really happened."""

    file: Path
    killed: str
    """The leader, until it was killed."""
    killed_at: datetime
    elected: str
    elected_at: datetime
    """When another manager was first seen to lead."""


@pytest.fixture
def evening(swarm: Lab, tmp_path: Path) -> Evening:
    """Record the leader being killed and another one elected."""
    leader = swarm.leader()
    assert leader
    file = tmp_path / "evening.rec"
    followers = [name for name in swarm.managers if name != leader]
    address = swarm.engines[followers[0]].url
    with recording(file, address) as process, Watching(address) as watching:
        wait_until_recorded(file, lambda snapshot: snapshot.has_all_tasks)
        killed_at = utc_now()
        swarm.kill(leader)
        elected = watching.wait_for(
            lambda p: p.leadership.leader in followers, within_s=30, what="a new leader"
        )
        watching.wait_for(
            lambda p: p.leadership.phase is Phase.LED and p.nodes.ready == 4 and p.nodes.down == 1,
            within_s=90,
            what="the rest is ready again and the killed leader is down",
        )
        wait_until_recorded(
            file, lambda snapshot: sum(n.state == "down" for n in snapshot.nodes.values()) == 1
        )
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    name = elected.leadership.leader
    return Evening(file, leader, killed_at, name, elected.leadership.elections[-1].at)


@contextmanager
def serving(file: Path, at: str) -> Iterator[str]:
    """Serve a moment of a recording, and give the address."""
    command = [*SWARMTUI, "serve", str(file), "--at", at]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def nodes_at(lab: Lab, file: Path, at: str) -> dict[str, dict[str, Any]]:
    """Return what `docker node ls` shows of a moment, by hostname."""
    with serving(file, at) as address:
        done = subprocess.run(
            [str(lab.cli), "-H", address, "node", "ls", "--format={{json .}}"],
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )
    return {row["Hostname"]: row for row in map(json.loads, done.stdout.splitlines())}


def test_the_report_names_the_leaders_and_the_docker_cli_sees_each_moment(
    swarm: Lab, evening: Evening
) -> None:
    command = [*SWARMTUI, "report", str(evening.file), "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    report = json.loads(done.stdout)
    (election,) = report["elections"]
    assert (election["old_leader"], election["new_leader"]) == (evening.killed, evening.elected)
    took_s = (evening.elected_at - evening.killed_at).total_seconds()
    # The asking goes on every two seconds: the death is noticed that much later at the most.
    assert took_s - 4 < election["leaderless_s"] < took_s + 4
    assert report["nodes_peak"]["value"] == 5

    before = nodes_at(swarm, evening.file, evening.killed_at.isoformat())
    assert before[evening.killed]["ManagerStatus"] == "Leader"
    assert {row["Status"] for row in before.values()} == {"Ready"}
    after = nodes_at(swarm, evening.file, "100%")
    assert after[evening.elected]["ManagerStatus"] == "Leader"
    assert after[evening.killed]["Status"] == "Down"
    assert {name: row["ID"] for name, row in before.items()} == {
        name: row["ID"] for name, row in after.items()
    }
