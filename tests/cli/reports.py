"""Small reports made by hand, for what is written of them."""

from datetime import UTC
from typing import Any

from swarmtui.cli.printed.report_clock import Clock
from swarmtui.insight.picture import (
    Election,
    ErrorGroup,
    Happening,
    HappeningKind,
    NodeCounts,
    Sample,
    Severity,
)
from swarmtui.insight.report import (
    Bars,
    Bill,
    BlackHole,
    Gap,
    GroupLine,
    Incident,
    Note,
    Origin,
    Pace,
    Peak,
    Report,
)
from swarmtui.swarm.words import TaskState
from tests.factories import at

CLOCK = Clock(at(0), at(3600), UTC)


def make_origin(**fields: Any) -> Origin:
    """Return an hour's recording, whole."""
    defaults: dict[str, Any] = {"begins": at(0), "ends": at(3600), "asked": ["tcp://mg0:2376"]}
    return Origin(**(defaults | fields))


def make_incident(**fields: Any) -> Incident:
    """Return a region that was away for four minutes."""
    defaults: dict[str, Any] = {
        "severity": Severity.CRITICAL,
        "kind": "region_down",
        "subject": "eu-west-1",
        "text": "eu-west-1: 140 of 200 nodes down within 30 s",
        "since": at(600),
        "until": at(849),
        "nodes": ("w1", "w2"),
        "size": 140,
    }
    return Incident(**(defaults | fields))


def make_group(name: str = "fr-par", **fields: Any) -> GroupLine:
    """Return a group that gave a quarter of the swarm."""
    defaults: dict[str, Any] = {
        "joined": 500,
        "share": 0.25,
        "ready": 498,
        "tasks": 24_000,
        "failures": 7,
        "left": NodeCounts(total=500, ready=490, down=10, ghosts=2),
    }
    return GroupLine(name=name, **(defaults | fields))


def make_hole(**fields: Any) -> BlackHole:
    """Return a node that swallowed 291 tasks."""
    defaults: dict[str, Any] = {
        "node_id": "01211slza7of8z1xk2w7q9yv5",
        "hostname": "node49",
        "region": "fr-par",
        "contributor": "ann",
        "failures": 291,
        "services": ("web",),
        "since": at(900),
        "until": at(1500),
    }
    return BlackHole(**(defaults | fields))


def make_error(text: str = "task: non-zero exit (137)", **fields: Any) -> ErrorGroup:
    """Return an error that 388 tasks had."""
    defaults: dict[str, Any] = {
        "state": TaskState.FAILED,
        "count": 388,
        "nodes": 61,
        "services": 4,
        "example": text,
    }
    return ErrorGroup(text=text, **(defaults | fields))


def make_happening(**fields: Any) -> Happening:
    """Return 140 nodes that went."""
    defaults: dict[str, Any] = {
        "at": at(600),
        "kind": HappeningKind.NODES,
        "severity": Severity.WARNING,
        "text": "140 nodes went down, eu-west-1",
    }
    return Happening(**(defaults | fields))


def make_course(count: int = 60, *, over_s: float = 3600) -> list[Sample]:
    """Return points of a swarm that grows."""
    return [
        Sample(
            at=at(over_s * n / count),
            ready=30 * n,
            down=n,
            unknown=2 * n,
            running=1500 * n,
            desired=100_000,
        )
        for n in range(count)
    ]


def make_report(**fields: Any) -> Report:
    """Return an hour with one of everything."""
    defaults: dict[str, Any] = {
        "begins": at(0),
        "ends": at(3600),
        "origin": make_origin(),
        "cluster_id": "8f3kq2",
        "leader": "mg1",
        "managers": 3,
        "services": 40,
        "nodes_peak": Peak(2384, at(2400)),
        "ready_peak": Peak(2312, at(2000)),
        "tasks_peak": Peak(96_287, at(3000)),
        "desired_peak": Peak(100_000, at(1200)),
        "nodes": NodeCounts(total=2380, ready=2300, down=70, unknown=10, ghosts=28),
        "running": 90_000,
        "desired": 100_000,
        "joins": Pace(
            total=2381,
            per_minute=39.7,
            best_minute=Peak(412, at(120)),
            bars=Bars(30.0, (5, 0, 9)),
        ),
        "leaves": 4,
        "starts": Pace(
            total=121_000,
            per_minute=2016.7,
            best_minute=Peak(9000, at(1300)),
            bars=Bars(30.0, (0, 0, 4000)),
        ),
        "failed": 388,
        "rejected": 61,
        "elections": [
            Election(at=at(1812.4), old_leader="mg0", new_leader="mg1", leaderless_s=12.4)
        ],
        "leaderless_s": 12.4,
        "incidents": [make_incident()],
        "regions": [make_group()],
        "contributors": [make_group("ann", pledged=600)],
        "black_holes": [make_hole()],
        "errors": [make_error()],
        "bill": Bill(
            requests=4100,
            bytes=1_200_000_000,
            busy_s=122.4,
            measured_s=3600,
            most_share=0.081,
            most_at=at(1320),
        ),
        "happenings": [make_happening()],
        "node_course": make_course(),
        "task_course": make_course(),
    }
    return Report(**(defaults | fields))


def make_missing(**fields: Any) -> Gap:
    """Return half a minute that is damaged."""
    defaults: dict[str, Any] = {"begins": at(700), "ends": at(730), "text": "30 s are damaged"}
    return Gap(**(defaults | fields))


def make_note(text: str = "launch", second: float = 1200) -> Note:
    """Return a bookmark."""
    return Note(at(second), text)


def make_hostile(text: str) -> Report:
    """Return a report in which everything from outside is this text."""
    return make_report(
        cluster_id=text,
        origin=make_origin(
            asked=[text], missing=[make_missing(text=text)], notes=[make_note(text)]
        ),
        elections=[Election(at=at(1812), old_leader=text, new_leader=text, leaderless_s=12)],
        incidents=[make_incident(text=text, subject=text)],
        regions=[make_group(text)],
        contributors=[make_group(text, pledged=3)],
        black_holes=[
            make_hole(
                hostname=text, node_id=text, region=text, contributor=text, services=(text, text)
            )
        ],
        errors=[make_error(text)],
        happenings=[make_happening(text=text)],
    )
