"""Tell an analyst a story, observation by observation, and ask what it makes of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from swarmtui.insight.analyst import Analyst
from swarmtui.insight.picture import Happening, HappeningKind, Picture, Place, Problem
from swarmtui.insight.query import parse_query
from swarmtui.insight.query_fields import Kind
from swarmtui.swarm.entities import ManagerStatus, Node, Service, Task
from swarmtui.swarm.observation import (
    FailureKind,
    ManagerLost,
    ManagerSeen,
    Observation,
    Pulse,
    Waiting,
)
from swarmtui.swarm.words import NodeState, Reachability
from tests.factories import at, make_manager, make_node, nodes_seen, services_seen, tasks_seen


def place_by_labels(node: Node) -> Place:
    """Place a node by its labels alone."""
    return Place(
        region=node.labels.get("region", "unplaced"),
        contributor=node.labels.get("contributor", "unclaimed"),
    )


def make_nodes(count: int, prefix: str = "w", **fields: Any) -> list[Node]:
    """Return ready workers `w0`, `w1`…, whose hostnames are their ids."""
    return [make_node(f"{prefix}{i}", hostname=f"{prefix}{i}", **fields) for i in range(count)]


def make_managers(
    leader: int | None = 0, *, count: int = 3, away: Sequence[int] = ()
) -> list[Node]:
    """Return managers `mg0`, `mg1`…, one of which leads; those `away` are out of reach."""
    return [
        make_manager(
            f"mg{i}",
            hostname=f"mg{i}",
            leader=i == leader,
            reachability="unreachable" if i in away else "reachable",
        )
        for i in range(count)
    ]


def in_region(name: str) -> dict[str, Any]:
    """Return fields that put a node into a region."""
    return {"labels": {"region": name}}


class Story:
    """A swarm as it is told, and the analyst who listens."""

    def __init__(self, pledges: dict[str, int] | None = None) -> None:
        self.analyst = Analyst(place=place_by_labels, pledges=pledges)
        self.nodes: dict[str, Node] = {}
        self.second = 0.0

    def see(self, seen: Observation) -> None:
        """Tell one observation as it is."""
        self.analyst.see(seen)
        self.second = (seen.taken_at - at(0)).total_seconds()

    def show(self, nodes: Iterable[Node], second: float, *, asked: float | None = None) -> None:
        """Tell that `/nodes` answered, with these nodes new or changed."""
        changed = list(nodes)
        self.nodes |= {node.id: node for node in changed}
        asked_at = None if asked is None else at(asked)
        self.see(nodes_seen(changed, second=second, asked_at=asked_at))

    def turn(self, ids: Iterable[str], state: str, second: float, *, message: str = "") -> None:
        """Tell that these nodes changed their state."""
        new = NodeState.parse(state)
        self.show(
            [msgspec.structs.replace(self.nodes[id_], state=new, message=message) for id_ in ids],
            second,
        )

    def lead(
        self,
        id_: str | None,
        second: float,
        *,
        asked: float | None = None,
        away: Sequence[str] = (),
    ) -> None:
        """Tell that `/nodes` answered with this leader, or without one."""
        self.show(
            [
                msgspec.structs.replace(node, manager=_status(node.id == id_, node.id in away))
                for node in self.nodes.values()
                if node.is_manager
            ],
            second,
            asked=asked,
        )

    def remove(self, ids: Sequence[str], second: float) -> None:
        """Tell that nodes are not in the list any more."""
        for id_ in ids:
            self.nodes.pop(id_, None)
        self.see(nodes_seen([], second=second, removed=tuple(ids)))

    def serve(self, services: Iterable[Service], second: float, **fields: Any) -> None:
        """Tell that `/services` answered."""
        self.see(services_seen(services, second=second, **fields))

    def run(self, tasks: Iterable[Task], second: float, **fields: Any) -> None:
        """Tell that `/tasks` of one service answered."""
        tasks = list(tasks)
        service = fields.pop("service", tasks[0].service_id if tasks else "s1")
        self.see(tasks_seen(tasks, service=service, second=second, **fields))

    def lose(
        self,
        host: str,
        kind: FailureKind,
        second: float,
        *,
        asked: float | None = None,
        next_host: str = "",
    ) -> None:
        """Tell that a manager gave no usable answer."""
        self.see(
            ManagerLost(
                taken_at=at(second),
                host=host,
                kind=kind,
                text=f"no answer from {host}",
                next_host=next_host,
                asked_at=None if asked is None else at(asked),
            )
        )

    def connect(self, host: str, node_id: str, second: float) -> None:
        """Tell that a manager was connected to."""
        self.see(
            ManagerSeen(
                taken_at=at(second),
                host=host,
                cluster_id="c1",
                node_id=node_id,
                api_version="1.41",
                engine_version="20.10.24",
            )
        )

    def hang(self, what: str, since: float, second: float) -> None:
        """Tell that a request hangs."""
        self.see(Pulse(taken_at=at(second), waiting=Waiting(what, at(since))))

    def picture(self, second: float | None = None) -> Picture:
        """Ask, by default at the time of what was told last."""
        picture = self.analyst.picture(at(self.second if second is None else second))
        for problem in picture.problems:
            # Whatever a story is about: where Enter leads, the filter has to mean something.
            assert parse_query(problem.query).misfits(Kind(problem.screen)) == ()
        for happening in picture.happenings:
            parse_query(happening.query)
        return picture

    def problem(self, kind: str, second: float | None = None) -> Problem | None:
        """Return the loudest problem of a kind, or `None`."""
        problems = self.picture(second).problems
        return next((problem for problem in problems if problem.kind == kind), None)

    def texts(self, kind: HappeningKind | None = None) -> list[str]:
        """Return what is on the timeline, oldest first."""
        happenings: Sequence[Happening] = self.picture().happenings
        return [h.text for h in happenings if kind is None or h.kind is kind]


def _status(leads: bool, is_away: bool) -> ManagerStatus:
    reachability = Reachability.UNREACHABLE if is_away else Reachability.REACHABLE
    return ManagerStatus(leader=leads, reachability=reachability, addr="10.0.0.1:2377")


def seconds_at(moment: datetime | None) -> float | None:
    """Return the seconds after noon, as the stories count time."""
    return None if moment is None else (moment - at(0)).total_seconds()
