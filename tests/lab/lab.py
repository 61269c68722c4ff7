"""A real swarm of several engines on this machine, to be broken and mended."""

import contextlib
import http.client
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.lab import image
from tests.lab.engine import Engine, EngineOptions
from tests.lab.errors import LabError, LabTimeoutError
from tests.lab.rack import Rack
from tests.lab.waiting import wait_for

Labels = Mapping[str, Mapping[str, str]]
"""Labels by the name of the engine."""

ASK_WITHIN_S = 3
"""Less than the 12 s of an election: the lab looks on instead of hanging with it."""

JOIN_WITHIN_S = 60

STEADY_S = 2
"""The first answer after trouble can still show the picture from before it."""


@dataclass(frozen=True)
class NodeSeen:
    """A node as a manager lists it."""

    id: str
    name: str
    role: str
    state: str
    availability: str
    labels: Mapping[str, str]
    """Node labels."""
    is_leader: bool
    reachability: str
    """Empty for workers."""


class Lab(Rack):
    """Managers mg0, mg1, … and workers w0, w1, … in one swarm.

    `engine_labels` are the engines' own, `node_labels` are set through the swarm.
    """

    def __init__(
        self,
        *,
        managers: int = 3,
        workers: int = 2,
        base: Path | None = None,
        docker: Path | None = None,
        engine_labels: Labels | None = None,
        node_labels: Labels | None = None,
        dispatcher_heartbeat_s: float | None = None,
    ) -> None:
        super().__init__(base=base, docker=docker)
        self.managers = tuple(f"mg{number}" for number in range(managers))
        self.workers = tuple(f"w{number}" for number in range(workers))
        self._engine_labels = engine_labels or {}
        self._node_labels = node_labels or {}
        self._heartbeat_s = dispatcher_heartbeat_s

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all engines of the swarm, managers first."""
        return self.managers + self.workers

    def nodes(self) -> list[NodeSeen]:
        """Return what the first manager that answers lists, or nothing when none does."""
        for name in self.managers:
            nodes = self._nodes_seen_by(name) if self.engines[name].is_fit() else []
            if nodes:
                return nodes
        return []

    def states(self) -> dict[str, str]:
        """Return the state of each node by name; nothing when no manager answers."""
        return {node.name: node.state for node in self.nodes()}

    def leader(self) -> str | None:
        """Return the name of the leader; `None` during an election or without quorum."""
        leaders = [node.name for node in self.nodes() if node.is_leader]
        # A picture that is some seconds old can still show one that the lab has killed.
        return leaders[0] if leaders and self.engines[leaders[0]].is_fit() else None

    def node_id(self, name: str) -> str:
        """Return an engine's node id, as it says itself."""
        node_id = self._swarm_info(name).get("NodeID")
        if not node_id:
            raise LabError(f"{name} is in no swarm, or does not answer")
        return str(node_id)

    def label(self, name: str, **labels: str) -> None:
        """Add node labels, until the next `heal`."""
        added = [f"--label-add={key}={value}" for key, value in labels.items()]
        self._update_node(self.node_id(name), *added)

    def leave(self, name: str) -> None:
        """Make a node leave the swarm in good order; `heal` makes it join again."""
        if name in self.managers:
            self._manage("node", "demote", self.node_id(name))
            wait_for(
                lambda: self._swarm_info(name).get("ControlAvailable") is False,
                within_s=30,
                what=f"{name} is a worker",
            )
        self.docker("swarm", "leave", on=name)

    def create_service(
        self,
        name: str,
        *,
        replicas: int | None = 1,
        command: Sequence[str] = (),
        options: Sequence[str] = (),
        labels: Mapping[str, str] | None = None,
        converge_within_s: float | None = 60,
    ) -> str:
        """Create a service of sleepers and return its id once all its tasks run.

        Without `replicas` it is a global one; without `converge_within_s` nothing is waited for.
        `options` are the docker CLI's. LabTimeoutError when the tasks do not run in time.
        """
        mode = ["--mode=global"] if replicas is None else [f"--replicas={replicas}"]
        tags = [f"--label={key}={value}" for key, value in (labels or {}).items()]
        # There is no registry to resolve the image by, and no bridge to put containers on. Process
        # 1 of a container ignores SIGTERM: each removal would last ten seconds.
        fixed = ["--detach", "--quiet", "--no-resolve-image", "--network=host"]
        fixed += ["--stop-signal=SIGKILL"]
        arguments = [*fixed, f"--name={name}", *mode, *tags, *options, image.NAME, *command]
        service_id = self._manage("service", "create", *arguments).strip()
        if converge_within_s is not None:
            wait_for(
                lambda: self._is_converged(service_id),
                within_s=converge_within_s,
                what=f"all tasks of {name} run",
            )
        return service_id

    def remove_service(self, name: str) -> None:
        """Remove a service and wait until its tasks have gone from the list."""
        service_id = self._manage("service", "inspect", "--format={{.ID}}", name).strip()
        self._manage("service", "rm", name)
        wait_for(
            lambda: not self._has_tasks(service_id), within_s=30, what=f"{name} has no tasks left"
        )

    def locked_engine(self) -> Engine:
        """Return an engine whose own swarm of one is locked, as after a restart with autolock."""
        if "locked" not in self.engines:
            address = self._extra_engine("locked").address
            self.docker("swarm", "init", "--autolock", f"--advertise-addr={address}", on="locked")
            self.kill("locked")
            self.start("locked")
        return self.engines["locked"]

    def complaint(self) -> str | None:
        """Return what the lab still has to mend, or `None` when all is as at the start."""
        unfit = [name for name in self.names if not self.engines[name].is_fit()]
        if unfit:
            return f"{', '.join(unfit)}: not running, frozen or cut off"
        complaints = (self._complaint_of(name) for name in self.managers)
        return next(filter(None, complaints), None) or self._find_stranger()

    def heal(self, *, within_s: float = 120) -> None:
        """Undo what tests have done to engines, network and nodes; services stay.

        Returns when every manager tells that all nodes are ready and who leads. LabTimeoutError
        says what was still missing.
        """
        if self.complaint() is None:
            return
        self._mend_machines()
        wait_for(self.leader, within_s=within_s, what="a leader")
        for name in self.names:
            self._join_again(name)
        self._remove_ghosts()
        self._restore_nodes()
        self._await_health(within_s)

    def _open(self) -> None:
        super()._open()
        options = [EngineOptions(name, self._engine_labels.get(name, {})) for name in self.names]
        self.add_engines(*options)
        self._form_swarm()
        self._restore_nodes()
        self._await_health(JOIN_WITHIN_S)

    def _form_swarm(self) -> None:
        first = self.managers[0]
        options = [f"--advertise-addr={self.engines[first].address}"]
        if self._heartbeat_s:
            options.append(f"--dispatcher-heartbeat={self._heartbeat_s:g}s")
        self.docker("swarm", "init", *options, on=first)
        # Managers one by one: raft takes one change of its members at a time.
        groups = [self.managers[1:], *((name,) for name in self.workers)]
        self._at_once(self._join, groups)

    def _join(self, names: Sequence[str]) -> None:
        first = self.engines[self._fit_manager()]
        for name in names:
            role = self._role(name)
            token = self.docker("swarm", "join-token", "--quiet", role, on=first.name).strip()
            # The port is swarmkit's own.
            arguments = [f"--token={token}", f"{first.address}:2377"]
            address = self.engines[name].address
            self.docker("swarm", "join", f"--advertise-addr={address}", *arguments, on=name)

    def _join_again(self, name: str) -> None:
        """Let an engine that has left the swarm join it."""
        wait_for(
            lambda: self._swarm_info(name).get("LocalNodeState") in {"active", "inactive"},
            within_s=JOIN_WITHIN_S,
            what=f"{name} knows whether it is in a swarm",
        )
        if self._swarm_info(name)["LocalNodeState"] == "inactive":
            self._join([name])

    def _mend_machines(self) -> None:
        for name in self.names:
            engine = self.engines[name]
            if engine.is_frozen:
                engine.thaw()
            if engine.machine.is_cut:
                engine.machine.mend()
        self.start(*self.names)

    def _remove_ghosts(self) -> None:
        """Remove the nodes that engines were before they left."""
        living = {self.node_id(name) for name in self.names}
        for node in self.nodes():
            if node.id not in living:
                self._manage("node", "rm", "--force", node.id)

    def _restore_nodes(self) -> None:
        """Give every node its role, its availability and its labels again."""
        for node in self.nodes():
            changes = self._changes_due(node)
            if changes:
                self._update_node(node.id, *changes)

    def _changes_due(self, node: NodeSeen) -> list[str]:
        wanted = self._node_labels.get(node.name, {})
        added = [f"--label-add={key}={value}" for key, value in wanted.items()]
        removed = [f"--label-rm={key}" for key in node.labels if key not in wanted]
        role = self._role(node.name)
        return [
            *(added if dict(node.labels) != dict(wanted) else []),
            *removed,
            *([] if node.role == role else [f"--role={role}"]),
            *([] if node.availability == "active" else ["--availability=active"]),
        ]

    def _await_health(self, within_s: float) -> None:
        """Wait until there is nothing to complain about, for some seconds on end."""
        well_since = time.monotonic()

        def is_steady() -> bool:
            nonlocal well_since
            if self.complaint():
                well_since = time.monotonic()
            return time.monotonic() - well_since > STEADY_S

        try:
            wait_for(is_steady, within_s=within_s, what="a healthy swarm")
        except LabTimeoutError as late:
            raise LabTimeoutError(f"{late}; {self.complaint()}") from late

    def _complaint_of(self, manager: str) -> str | None:
        nodes = self._nodes_seen_by(manager)
        if sorted(node.name for node in nodes) != sorted(self.names):
            return f"{manager} lists {[node.name for node in nodes]}"
        if sum(node.is_leader for node in nodes) != 1:
            return f"{manager} knows no leader"
        return next((f"{manager} lists {node}" for node in nodes if not self._is_well(node)), None)

    def _find_stranger(self) -> str | None:
        """Return the complaint about an engine that has left; its node reads ready for a while."""
        listed = {node.id for node in self.nodes()}
        strangers = [n for n in self.names if self._swarm_info(n).get("NodeID") not in listed]
        return f"{', '.join(strangers)}: not the node that is listed" if strangers else None

    def _is_well(self, node: NodeSeen) -> bool:
        reachability = "reachable" if node.role == "manager" else ""
        return (
            node.state == "ready"
            and node.reachability == reachability
            and not self._changes_due(node)
        )

    def _role(self, name: str) -> str:
        return "manager" if name in self.managers else "worker"

    def _nodes_seen_by(self, name: str) -> list[NodeSeen]:
        """Return the nodes as one manager lists them; none when it has no answer."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            reply = self.engines[name].get("/nodes", timeout_s=ASK_WITHIN_S)
            return [_read_node(node) for node in reply.body] if reply.status == 200 else []
        return []

    def _swarm_info(self, name: str) -> dict[str, Any]:
        """Return what an engine says of itself and its swarm; nothing when it has no answer."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            reply = self.engines[name].get("/info", timeout_s=ASK_WITHIN_S)
            if reply.status == 200:
                swarm: dict[str, Any] = reply.body["Swarm"]
                return swarm
        return {}

    def _manage(self, *arguments: str) -> str:
        """Run the docker CLI against a manager that works."""
        return self.docker(*arguments, on=self._fit_manager())

    def _fit_manager(self) -> str:
        for name in self.managers:
            if self._nodes_seen_by(name):
                return name
        raise LabError("no manager answers for the swarm")

    def _update_node(self, node_id: str, *changes: str) -> None:
        self._manage("node", "update", *changes, node_id)

    def _is_converged(self, service_id: str) -> bool:
        reply = self.engines[self._fit_manager()].get("/services?status=true")
        status = next(one["ServiceStatus"] for one in reply.body if one["ID"] == service_id)
        desired, running = int(status["DesiredTasks"]), int(status["RunningTasks"])
        return 0 < desired == running

    def _has_tasks(self, service_id: str) -> bool:
        reply = self.engines[self._fit_manager()].get("/tasks")
        return any(task["ServiceID"] == service_id for task in reply.body)


def _read_node(node: dict[str, Any]) -> NodeSeen:
    part = node.get("ManagerStatus", {})
    return NodeSeen(
        id=node["ID"],
        name=node["Description"]["Hostname"],
        role=node["Spec"]["Role"],
        state=node["Status"]["State"],
        availability=node["Spec"]["Availability"],
        labels=node["Spec"]["Labels"],
        is_leader=part.get("Leader", False),
        reachability=part.get("Reachability", ""),
    )
