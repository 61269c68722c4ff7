"""What `status --format json` prints, and what it ends with."""

import io
import json
from typing import Any

import pytest

from swarmtui.cli.printed.formats import write_json_object
from swarmtui.cli.printed.status_json import status_of
from swarmtui.cli.printed.verdict import ExitStatus, exit_status
from swarmtui.insight.picture import Election, Health, Phase, Picture, Quorum
from swarmtui.swarm.observation import FailureKind, ManagerLost
from swarmtui.swarm.snapshot import Snapshot
from tests.cli.pictures import (
    HOSTILE,
    make_leadership,
    make_picture,
    make_problem,
    make_snapshot,
)
from tests.factories import at, make_manager


def printed(picture: Picture) -> Any:
    stream = io.StringIO()
    write_json_object(status_of(picture), stream)
    return json.loads(stream.getvalue())


def keys_of(value: Any) -> Any:
    """Return the keys in their order, to the depth where they are a promise."""
    match value:
        case dict():
            return [
                (key, keys_of(inner)) if key != "by_state" else key for key, inner in value.items()
            ]
        case [dict() as first, *_]:
            return keys_of(first)
        case _:
            return None


def test_keys_and_their_order_are_the_ones_promised() -> None:
    group = [
        "name", "nodes", "ready", "down", "unknown", "tasks_running", "failures_5m", "health",
    ]  # fmt: skip
    promised = {
        "schema": None,
        "taken_at": None,
        "cluster_id": None,
        "manager": ["host", "api_version", "engine_version", "role"],
        "leader": ["id", "hostname", "addr"],
        "quorum": ["managers", "reachable", "needed", "margin"],
        "nodes": ["total", "ready", "down", "unknown", "disconnected", "drain", "pause"],
        "tasks": ["desired", "running", "running_on_ready", "running_on_lost", "by_state"],
        "services": ["id", "name", "mode", "desired", "running"],
        "regions": group,
        "contributors": group,
        "problems": ["severity", "kind", "subject", "text", "since", "nodes"],
        "ages": ["nodes_s", "services_s", "tasks_s"],
    }
    found = {
        key: inner and [name if isinstance(name, str) else name[0] for name in inner]
        for key, inner in keys_of(printed(make_picture()))
    }
    assert list(found.items()) == list(promised.items())


def test_values_are_the_pictures() -> None:
    status = printed(make_picture())
    assert status["schema"] == 1
    assert status["taken_at"] == "2026-07-22T12:00:10Z"
    assert status["cluster_id"] == "8f3kq2"
    assert status["manager"] == {
        "host": "tcp://10.0.0.2:2376",
        "api_version": "1.41",
        "engine_version": "20.10.24",
        "role": "follower",
    }
    assert status["leader"] == {"id": "m1", "hostname": "mg1", "addr": "10.0.0.1"}
    assert status["quorum"] == {"managers": 3, "reachable": 3, "needed": 2, "margin": 1}
    assert status["nodes"]["total"] == 5
    assert status["tasks"]["running_on_lost"] == 1
    assert list(status["tasks"]["by_state"].items()) == [("pending", 1), ("running", 4)]
    assert [service["name"] for service in status["services"]] == ["api", "web"]
    assert status["regions"][0]["failures_5m"] == 7
    assert status["regions"][0]["health"] == "degraded"
    assert status["problems"][0]["severity"] == "critical"
    assert status["problems"][0]["since"] == "2026-07-22T12:00:02Z"
    assert status["problems"][0]["nodes"] == ["w2"]
    assert status["ages"] == {"nodes_s": 1.0, "services_s": 1.0, "tasks_s": 2.5}


def test_counts_are_whole_numbers_and_ages_are_not() -> None:
    text = io.StringIO()
    write_json_object(status_of(make_picture()), text)
    assert '"total": 5,' in text.getvalue()
    assert '"nodes_s": 1.0,' in text.getvalue()


def test_a_manager_that_leads_says_so() -> None:
    snapshot = make_snapshot(nodes={"m2": make_manager("m2", leader=True)})
    leadership = make_leadership(leader_id="m2", leader="mg2")
    status = printed(make_picture(snapshot=snapshot, leadership=leadership))
    assert status["manager"]["role"] == "leader"


@pytest.mark.parametrize("phase", [Phase.ELECTING, Phase.LOST, Phase.UNKNOWN])
def test_there_is_no_leader_while_nobody_leads(phase: Phase) -> None:
    status = printed(make_picture(leadership=make_leadership(phase=phase)))
    assert status["leader"] is None
    assert status["manager"]["role"] == "follower"


def test_a_new_leader_is_the_leader_while_nodes_come_back() -> None:
    election = Election(at=at(5), old_leader="mg2", new_leader="mg1", leaderless_s=12.4)
    leadership = make_leadership(phase=Phase.SETTLING, settling=3, elections=(election,))
    assert printed(make_picture(leadership=leadership))["leader"]["hostname"] == "mg1"


def test_an_old_leader_that_gives_no_address_of_its_own_has_its_raft_address() -> None:
    leader = make_manager("m1", leader=True, addr="127.0.0.1", hostname="mg1")
    snapshot = make_snapshot(nodes={"m1": leader})
    assert printed(make_picture(snapshot=snapshot))["leader"]["addr"] == "10.0.0.1"


def test_a_lost_quorum_has_a_negative_margin() -> None:
    quorum = Quorum(managers=3, reachable=1, needed=2)
    leadership = make_leadership(phase=Phase.LOST, quorum=quorum)
    assert printed(make_picture(leadership=leadership))["quorum"]["margin"] == -1


def test_what_was_not_seen_has_no_age() -> None:
    status = printed(Picture(at=at(0), snapshot=Snapshot()))
    assert status["manager"] is None
    assert status["leader"] is None
    assert status["cluster_id"] == ""
    assert status["ages"] == {"nodes_s": None, "services_s": None, "tasks_s": None}


def test_tasks_have_no_age_until_every_service_was_seen() -> None:
    picture = make_picture(snapshot=make_snapshot(tasks_at={"s1": at(9)}))
    assert printed(picture)["ages"]["tasks_s"] is None


def test_an_age_is_never_negative() -> None:
    picture = make_picture(snapshot=make_snapshot(nodes_at=at(11)), now=at(10))
    assert printed(picture)["ages"]["nodes_s"] == 0.0


def test_strings_from_outside_come_back_as_they_were() -> None:
    picture = make_picture(problems=(make_problem(subject=HOSTILE, text=HOSTILE),))
    stream = io.StringIO()
    write_json_object(status_of(picture), stream)
    assert json.loads(stream.getvalue())["problems"][0]["subject"] == HOSTILE
    assert all(char == "\n" or " " <= char <= "~" for char in stream.getvalue())


@pytest.mark.parametrize(
    ("health", "status"),
    [
        (Health.HEALTHY, ExitStatus.HEALTHY),
        (Health.DEGRADED, ExitStatus.DEGRADED),
        (Health.CRITICAL, ExitStatus.CRITICAL),
        (Health.UNKNOWN, ExitStatus.CANNOT_TELL),
    ],
)
def test_exit_status_is_the_health(health: Health, status: ExitStatus) -> None:
    assert exit_status(make_picture(health=health)) is status


def test_exit_statuses_are_the_ones_promised() -> None:
    assert [int(status) for status in ExitStatus] == [0, 1, 2, 3]


LOST = ManagerLost(taken_at=at(9), host="h", kind=FailureKind.REFUSED, text="no answer from h")


@pytest.mark.parametrize(
    "unseen", [{"lost": LOST}, {"nodes_at": None}, {"tasks_at": {}}, {"services_at": None}]
)
def test_nothing_is_healthy_that_was_not_seen_whole(unseen: dict[str, Any]) -> None:
    picture = make_picture(health=Health.HEALTHY, snapshot=make_snapshot(**unseen))
    assert exit_status(picture) is ExitStatus.CANNOT_TELL


def test_what_is_known_to_be_critical_stays_so_when_the_rest_was_not_seen() -> None:
    picture = make_picture(health=Health.CRITICAL, snapshot=make_snapshot(lost=LOST, nodes_at=None))
    assert exit_status(picture) is ExitStatus.CRITICAL
