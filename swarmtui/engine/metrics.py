"""Read a manager's own counts from the metrics its engine serves to Prometheus."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from swarmtui.engine.address import METRICS_PATH, Address
from swarmtui.engine.errors import EngineError
from swarmtui.engine.session import Listener, Session
from swarmtui.swarm.observation import CountsSeen, FailureKind
from swarmtui.swarm.words import NodeState, TaskState

READ_S = 5.0
"""They come from memory: an engine that does not hand them out at once has other troubles."""

_LONGEST = 8 << 20
"""Bytes; a busy engine's are 200 KB."""

# The text format of Prometheus; engines write these without spaces and without further labels.
_COUNT = re.compile(
    rb'^swarm_manager_(nodes|tasks_total)\{state="([a-z]{1,20})"\} ([0-9.e+]{1,24})$', re.MULTILINE
)
# Workers serve the same counts, all of them 0.
_IS_MANAGER = re.compile(rb"^swarm_node_manager 1$", re.MULTILINE)
_SWARM = re.compile(rb'^swarm_node_info\{[^}\n]*swarm_id="([^"\n]{1,64})"', re.MULTILINE)

S = TypeVar("S", NodeState, TaskState)


class Metrics:
    """The metrics of one engine, over a connection of their own."""

    def __init__(self, address: Address, *, listener: Listener | None = None) -> None:
        self._session = Session(address, listener=listener)

    def read(self, at: datetime) -> CountsSeen:
        """Return the counts as of `at`; raise `EngineError`."""
        with self._session.get(METRICS_PATH, versioned=False, read_timeout_s=READ_S) as answer:
            body = b""
            for chunk in answer.chunks():
                body += chunk
                if len(body) > _LONGEST:
                    raise EngineError(FailureKind.BROKEN, f"{self._name} has no end of metrics")
        if not _IS_MANAGER.search(body):
            raise EngineError(
                FailureKind.NOT_MANAGER,
                f"{self._name} does not serve the metrics of a manager; name one with --metrics",
            )
        return parse_metrics(body, at=at)

    def close(self) -> None:
        """Close for good, from any thread."""
        self._session.close()

    @property
    def _name(self) -> str:
        return self._session.address.url


def parse_metrics(body: bytes, *, at: datetime) -> CountsSeen:
    """Return what the metrics say of nodes and tasks; states they do not name are left out."""
    found: dict[bytes, dict[str, int]] = {b"nodes": {}, b"tasks_total": {}}
    for what, state, number in _COUNT.findall(body):
        found[what][state.decode()] = _whole(number)
    swarm = _SWARM.search(body)
    return CountsSeen(
        taken_at=at,
        cluster_id=swarm[1].decode("utf-8", "replace") if swarm else "",
        nodes=_by_state(found[b"nodes"], NodeState),
        tasks=_by_state(found[b"tasks_total"], TaskState),
    )


def _by_state(counts: Mapping[str, int], states: type[S]) -> dict[S, int]:
    return {state: counts[state] for state in states if state in counts}


def _whole(number: bytes) -> int:
    try:
        return int(float(number))
    except (ValueError, OverflowError):
        return 0
