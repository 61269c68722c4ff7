"""The object `status --format json` prints: its keys, their order and types are a promise.

Described for users in docs/status-json.md.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from swarmtui.cli.printed.ages import seconds_between
from swarmtui.cli.printed.node_rows import address_of
from swarmtui.cli.printed.service_rows import iterate_services
from swarmtui.insight.picture import Group, Health, Phase, Picture, Problem, Severity
from swarmtui.swarm.words import TASK_STATES


class ManagerStatus(msgspec.Struct, frozen=True):
    """The manager asked."""

    host: str
    api_version: str
    engine_version: str
    role: Literal["leader", "follower"]


class LeaderStatus(msgspec.Struct, frozen=True):
    """The node that leads."""

    id: str
    hostname: str
    addr: str


class QuorumStatus(msgspec.Struct, frozen=True):
    """Managers there are, answer and are needed; a negative margin is a lost quorum."""

    managers: int
    reachable: int
    needed: int
    margin: int


class NodesStatus(msgspec.Struct, frozen=True):
    """Nodes by state, then by availability."""

    total: int
    ready: int
    down: int
    unknown: int
    disconnected: int
    drain: int
    pause: int


class TasksStatus(msgspec.Struct, frozen=True):
    """Tasks wanted and had."""

    desired: int
    running: int
    running_on_ready: int
    running_on_lost: int
    """Tasks that read running on nodes that are not ready."""
    by_state: dict[str, int]
    """In the order of a task's life; states nobody is in are left out."""


class ServiceStatus(msgspec.Struct, frozen=True):
    """A service, in the order of names."""

    id: str
    name: str
    mode: str
    desired: int
    running: int


class GroupStatus(msgspec.Struct, frozen=True):
    """A region or a contributor, worst first."""

    name: str
    nodes: int
    ready: int
    down: int
    unknown: int
    tasks_running: int
    failures_5m: int
    health: Health


class ProblemStatus(msgspec.Struct, frozen=True):
    """A problem, loudest first."""

    severity: Severity
    kind: str
    subject: str
    text: str
    since: datetime
    nodes: Sequence[str]
    """Ids of the nodes concerned."""


class AgesStatus(msgspec.Struct, frozen=True):
    """Seconds since each part was seen whole; `None` for a part that was not."""

    nodes_s: float | None
    services_s: float | None
    tasks_s: float | None


class Status(msgspec.Struct, frozen=True):
    """One look at a swarm."""

    schema: Literal[1]
    taken_at: datetime
    cluster_id: str
    manager: ManagerStatus | None
    """`None` only when no manager answered."""
    leader: LeaderStatus | None
    """`None` during an election and without a quorum."""
    quorum: QuorumStatus
    nodes: NodesStatus
    tasks: TasksStatus
    services: Sequence[ServiceStatus]
    regions: Sequence[GroupStatus]
    contributors: Sequence[GroupStatus]
    problems: Sequence[ProblemStatus]
    ages: AgesStatus


def status_of(picture: Picture) -> Status:
    """Return what `status --format json` says of a picture."""
    manager = picture.snapshot.manager
    return Status(
        schema=1,
        taken_at=picture.at,
        cluster_id=manager.cluster_id if manager else "",
        manager=_manager(picture),
        leader=_leader(picture),
        quorum=_quorum(picture),
        nodes=_nodes(picture),
        tasks=_tasks(picture),
        services=_services(picture),
        regions=[_group(region) for region in picture.regions],
        contributors=[_group(contributor) for contributor in picture.contributors],
        problems=[_problem(problem) for problem in picture.problems],
        ages=_ages(picture),
    )


def leads_now(picture: Picture) -> bool:
    """Tell whether the leader known is one right now, and not the last one of an election."""
    leadership = picture.leadership
    return leadership.phase in {Phase.LED, Phase.SETTLING} and leadership.leader_id != ""


def is_asking_leader(picture: Picture) -> bool:
    """Tell whether the manager asked is the leader."""
    manager = picture.snapshot.manager
    return (
        manager is not None
        and leads_now(picture)
        and manager.node_id == picture.leadership.leader_id
    )


def _manager(picture: Picture) -> ManagerStatus | None:
    manager = picture.snapshot.manager
    if manager is None:
        return None
    return ManagerStatus(
        host=manager.host,
        api_version=manager.api_version,
        engine_version=manager.engine_version,
        role="leader" if is_asking_leader(picture) else "follower",
    )


def _leader(picture: Picture) -> LeaderStatus | None:
    if not leads_now(picture):
        return None
    leadership = picture.leadership
    node = picture.snapshot.nodes.get(leadership.leader_id)
    return LeaderStatus(
        id=leadership.leader_id,
        hostname=node.hostname if node else leadership.leader,
        addr=address_of(node) if node else "",
    )


def _quorum(picture: Picture) -> QuorumStatus:
    quorum = picture.leadership.quorum
    return QuorumStatus(
        managers=quorum.managers,
        reachable=quorum.reachable,
        needed=quorum.needed,
        margin=quorum.margin,
    )


def _nodes(picture: Picture) -> NodesStatus:
    nodes = picture.nodes
    return NodesStatus(
        total=nodes.total,
        ready=nodes.ready,
        down=nodes.down,
        unknown=nodes.unknown,
        disconnected=nodes.disconnected,
        drain=nodes.drain,
        pause=nodes.pause,
    )


def _tasks(picture: Picture) -> TasksStatus:
    tasks = picture.tasks
    return TasksStatus(
        desired=tasks.desired,
        running=tasks.running,
        running_on_ready=tasks.running_on_ready,
        running_on_lost=tasks.running_on_lost,
        by_state={s.value: count for s in TASK_STATES if (count := tasks.by_state.get(s, 0))},
    )


def _services(picture: Picture) -> list[ServiceStatus]:
    return [
        ServiceStatus(
            id=row.id, name=row.name, mode=row.mode, desired=row.desired, running=row.running
        )
        for row in iterate_services(picture)
    ]


def _group(group: Group) -> GroupStatus:
    return GroupStatus(
        name=group.name,
        nodes=group.nodes,
        ready=group.ready,
        down=group.down,
        unknown=group.unknown,
        tasks_running=group.tasks_running,
        failures_5m=group.failures_5m,
        health=group.health,
    )


def _problem(problem: Problem) -> ProblemStatus:
    return ProblemStatus(
        severity=problem.severity,
        kind=problem.kind,
        subject=problem.subject,
        text=problem.text,
        since=problem.since,
        nodes=problem.nodes,
    )


def _ages(picture: Picture) -> AgesStatus:
    snapshot = picture.snapshot
    return AgesStatus(
        nodes_s=seconds_between(snapshot.nodes_at, picture.at),
        services_s=seconds_between(snapshot.services_at, picture.at),
        tasks_s=seconds_between(snapshot.oldest_tasks_at, picture.at),
    )
