"""A picture of the big event as the drawings show it, a fake feed, and a clock that stands."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from swarmtui.insight.picture import (
    Election,
    ErrorGroup,
    Group,
    Happening,
    HappeningKind,
    Health,
    Leadership,
    ManagerLine,
    NodeCounts,
    NodeLoad,
    Phase,
    Picture,
    Place,
    Problem,
    Quorum,
    Sample,
    Severity,
    Stay,
    TaskCounts,
)
from swarmtui.insight.viewpoint import Viewpoint
from swarmtui.stream.interest import Interest
from swarmtui.swarm.entities import Node, Task
from swarmtui.swarm.observation import Cost, ManagerSeen
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.words import Availability, Reachability, TaskState
from tests.factories import at, make_manager, make_node, make_service, make_task

HOST = "unix:///var/run/docker.sock"


class StandingClock:
    """A clock that moves only when told."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> datetime:
        """Move on."""
        self.now += timedelta(seconds=seconds)
        return self.now


class FakeFeed:
    """Delivers what a test hands it."""

    def __init__(self, *pictures: Picture) -> None:
        self._pictures = pictures
        self.deliver: Callable[[Picture], None] = lambda _: None
        self.wanted: list[Interest] = []
        self.viewpoints: list[Viewpoint] = []
        self.stops = 0

    def start(self, deliver: Callable[[Picture], None]) -> None:
        self.deliver = deliver
        for picture in self._pictures:
            deliver(picture)

    def want(self, interest: Interest) -> None:
        self.wanted.append(interest)

    def look_as(self, viewpoint: Viewpoint) -> None:
        self.viewpoints.append(viewpoint)

    def stop(self) -> None:
        self.stops += 1


def event_nodes() -> dict[str, Node]:
    """Return three managers and 24 workers, four of them down, one draining."""
    managers = [
        make_manager(
            f"m{n}",
            hostname=f"mg{n}",
            addr=f"10.0.0.{n + 1}",
            leader=n == 1,
            availability=Availability.DRAIN,
        )
        for n in range(3)
    ]
    workers = [
        make_node(
            f"w{n:02}",
            hostname=f"nipa-cloud-{n}",
            addr=f"10.4.0.{n}",
            state="down" if n % 6 == 5 else "ready",
            message="heartbeat failure" if n % 6 == 5 else "",
            os="linux",
            arch="x86_64",
            labels={"region": "ap-southeast-1", "disk": "ssd"},
            created_at=at(-7200),
        )
        for n in range(24)
    ]
    return {node.id: node for node in [*managers, *workers]}


def event_tasks() -> dict[str, Task]:
    """Return tasks of one service: two running and a failed one on most workers."""
    made = [make_task(f"t{n:03}", slot=n, node_id=f"w{n % 24:02}", since=at(-n)) for n in range(48)]
    made += [
        make_task(
            f"f{n:03}",
            slot=100 + n,
            node_id=f"w{n:02}",
            state="failed",
            desired="shutdown",
            error="task: non-zero exit (137)",
            since=at(-120),
        )
        for n in range(8)
    ]
    return {task.id: task for task in made}


def event_snapshot() -> Snapshot:
    """Return what the watcher holds of it."""
    nodes = event_nodes()
    return Snapshot(
        taken_at=at(0),
        manager=ManagerSeen(
            taken_at=at(-600),
            host=HOST,
            cluster_id="8f3kq2zzzzzz",
            node_id="m1",
            api_version="1.41",
            engine_version="20.10.24",
        ),
        nodes=nodes,
        services={"s1": make_service("s1", name="web", replicas=100)},
        tasks={"s1": event_tasks()},
        nodes_at=at(-1),
        services_at=at(-1),
        tasks_at={"s1": at(-9)},
        cost=Cost(requests=42, bytes=4_300_000, busy_s=2.4),
    )


def event_history() -> list[Sample]:
    """Return twenty minutes: joining, a launch, an election, a region that goes away."""
    samples = []
    for n in range(120):
        share = min(1.0, 0.15 + n / 70)
        lost = 64 if n > 112 else 0
        samples.append(
            Sample(
                at=at(-1200 + n * 10),
                ready=round(2355 * share) - lost,
                down=8 + lost,
                unknown=21,
                running=round(96_287 * min(1.0, max(0.0, (n - 18) / 60))),
                desired=100_000,
                election=n == 64,
            )
        )
    return samples


def group(name: str, nodes: int, ready: int, **fields: Any) -> Group:
    """Return a region or contributor."""
    health = Health.HEALTHY if ready == nodes else Health.DEGRADED
    defaults: dict[str, Any] = {
        "down": nodes - ready,
        "tasks_running": ready * 40,
        "health": health if ready * 10 > nodes * 7 else Health.CRITICAL,
        "trend": [ready - n % 3 for n in range(8)],
    }
    return Group(name=name, nodes=nodes, ready=ready, **(defaults | fields))


REGIONS = (
    group(
        "ap-southeast-1", 200, 136, failures_5m=291, trend=[200, 200, 200, 190, 170, 150, 140, 136]
    ),
    group("fr-par", 1200, 1178, failures_5m=3),
    group("sgp1", 264, 264),
    group("iad", 102, 102),
    *(group(f"region-{n}", 60 - n, 60 - n) for n in range(11)),
)

LEADERSHIP = Leadership(
    phase=Phase.LED,
    since=at(-540),
    leader_id="m1",
    leader="mg1",
    leading_since=at(-720),
    tenure_is_exact=True,
    elections=(
        Election(at=at(-3000), old_leader="mg2", new_leader="mg0", leaderless_s=1.6),
        Election(at=at(-560), old_leader="mg0", new_leader="mg1", leaderless_s=12.4),
    ),
    leaderless_s=14.0,
    managers=tuple(
        ManagerLine(
            node_id=f"m{n}",
            hostname=f"mg{n}",
            addr=f"10.0.0.{n + 1}",
            leader=n == 1,
            reachability=Reachability.REACHABLE,
        )
        for n in (1, 0, 2)
    ),
    quorum=Quorum(managers=3, reachable=3, needed=2),
)

PROBLEMS = (
    Problem(
        severity=Severity.CRITICAL,
        kind="region_down",
        subject="ap-southeast-1",
        text="ap-southeast-1: 64 of 200 nodes down within 30 s",
        since=at(-48),
        query="region:ap-southeast-1 -state:ready",
    ),
    Problem(
        severity=Severity.WARNING,
        kind="black_hole",
        subject="web",
        text="3 black holes swallow tasks of web: bro2-docker(96), base, node49",
        since=at(-182),
        query="failures>20",
    ),
    Problem(
        severity=Severity.WARNING,
        kind="unplaceable",
        subject="api",
        text="1,044 tasks of api cannot be placed: insufficient resources on 2,101 nodes",
        since=at(-41),
        query="service:api state:pending",
        screen="tasks",
    ),
)

HAPPENINGS = (
    Happening(
        at=at(-590),
        kind=HappeningKind.MANAGER,
        severity=Severity.WARNING,
        text="manager mg0 does not answer; asking mg1",
    ),
    Happening(
        at=at(-560),
        kind=HappeningKind.ELECTION,
        severity=Severity.WARNING,
        text="leader mg0 → mg1, 12.4 s without a leader",
    ),
    Happening(
        at=at(-300),
        kind=HappeningKind.SERVICE,
        severity=Severity.INFO,
        text="service web: 100,000 replicas wanted, 60,000 before",
    ),
    Happening(
        at=at(-48),
        kind=HappeningKind.NODES,
        severity=Severity.CRITICAL,
        text="64 nodes went down, ap-southeast-1",
    ),
)


def event_picture(**fields: Any) -> Picture:
    """Return the picture; fields replace what a test is about."""
    snapshot = event_snapshot()
    picture = Picture(
        at=at(0),
        snapshot=snapshot,
        health=Health.CRITICAL,
        nodes=NodeCounts(total=2384, ready=2291, down=72, unknown=21, drain=3, ghosts=28),
        tasks=TaskCounts(
            desired=100_000,
            running=96_287,
            running_on_ready=95_102,
            running_on_lost=1_185,
            by_state={
                TaskState.NEW: 812,
                TaskState.PENDING: 1_901,
                TaskState.PREPARING: 118,
                TaskState.STARTING: 23,
                TaskState.RUNNING: 96_287,
                TaskState.FAILED: 388,
            },
            oldest={
                TaskState.NEW: at(-3),
                TaskState.PENDING: at(-41),
                TaskState.PREPARING: at(-7),
                TaskState.STARTING: at(-1),
            },
            rate_per_s=412.0,
            left_s=9.0,
            failed_5m=388,
            rejected_5m=61,
        ),
        loads={node: NodeLoad(tasks=41, running=40) for node in snapshot.nodes},
        places={
            node: Place(
                region="ap-southeast-1",
                region_from="node label",
                contributor="NIPA Technology",
                contributor_from="claims file",
            )
            for node in snapshot.nodes
        },
        states_since={node: at(-48) for node in snapshot.nodes},
        regions=REGIONS,
        contributors=(
            group("NIPA Technology", 200, 136, pledged=200),
            group("Online Labs", 1200, 1178, pledged=2000),
            group("unclaimed", 184, 184),
            *(group(f"contributor {n}", 40 - n, 40 - n, pledged=57) for n in range(20)),
        ),
        leadership=LEADERSHIP,
        problems=PROBLEMS,
        happenings=HAPPENINGS,
        errors=(
            ErrorGroup(
                text="no suitable node: insufficient resources",
                state=TaskState.PENDING,
                count=1044,
                nodes=0,
                services=1,
                example="no suitable node (insufficient resources on 2101 nodes)",
            ),
        ),
        history=event_history(),
        trails={
            "w05": (
                Stay("ready", at(-7200)),
                Stay("unknown", at(-301)),
                Stay("ready", at(-288)),
                Stay("down", at(-48)),
            )
        },
        failures={"w05": {"s1": 12}},
    )
    return msgspec.structs.replace(picture, **fields)


def with_snapshot(picture: Picture, **fields: Any) -> Picture:
    """Return the picture with parts of its snapshot replaced."""
    return msgspec.structs.replace(
        picture, snapshot=msgspec.structs.replace(picture.snapshot, **fields)
    )


def seen_at(second: float, **fields: Any) -> Picture:
    """Return the event as it was `second` after noon, its nodes and tasks just seen."""
    seen = {"nodes_at": at(second - 1), "tasks_at": {"s1": at(second - 2)}}
    return with_snapshot(event_picture(at=at(second), **fields), **seen)
