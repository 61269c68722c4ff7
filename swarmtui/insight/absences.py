"""Know which nodes are away or have just come back: what fails there then is not blamed on it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from swarmtui.swarm.entities import Node, Task
from swarmtui.swarm.fold import Change
from swarmtui.swarm.words import NodeState

_AWAY = frozenset({NodeState.DOWN, NodeState.DISCONNECTED})
_REPORTS = timedelta(seconds=15)
"""An engine that is back tells what became of its tasks as soon as it has looked after them."""
_KEPT = timedelta(minutes=5)
"""Every list of tasks is read anew within a minute, or where the duty is short some minutes."""


class Absence(msgspec.Struct, frozen=True, array_like=True):
    """One that is over."""

    went_at: datetime
    """When the manager took the node for lost, by its own date."""
    back_at: datetime
    """When it was seen back."""


class AbsencesMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the nodes as they are now do not tell."""

    held: Mapping[str, datetime] = {}
    back: Mapping[str, Absence] = {}


class Absences:
    """Follows nodes that go away and come back, in the order in which that is seen."""

    def __init__(self) -> None:
        self._away: dict[str, datetime] = {}
        """Nodes that are away, and when they went."""
        self._held: dict[str, datetime] = {}
        """Those of whom an election has made it unknown whether they are."""
        self._back: dict[str, Absence] = {}

    def apply(self, changes: Sequence[Change[Node]], at: datetime) -> None:
        """Take in how nodes changed."""
        for before, node in changes:
            if node is not None:
                self._turn(node, at)
            elif before is not None:
                for known in (self._away, self._held, self._back):
                    known.pop(before.id, None)
        if self._back:
            self._back = {i: back for i, back in self._back.items() if at - back.back_at <= _KEPT}

    def has_ended(self, task: Task, *, looked_at: datetime | None) -> bool:
        """Tell whether a task fails because its node is away, or was.

        `task` is as it was before, in the list of its service seen whole at `looked_at`: what was
        there before the node went, and runs in none of the lists since it is back.
        """
        if task.node_id in self._away or task.node_id in self._held:
            return True
        absence = self._back.get(task.node_id)
        if absence is None or task.since > absence.went_at:
            return False
        return looked_at is None or looked_at <= absence.back_at + _REPORTS

    def remember(self) -> AbsencesMemory:
        """Return what the nodes as they are now do not tell."""
        return AbsencesMemory(held=dict(self._held), back=dict(self._back))

    def recall(self, nodes: Mapping[str, Node], memory: AbsencesMemory) -> None:
        """Begin with nodes as they are, and what was remembered."""
        self._away = {node.id: node.updated_at for node in nodes.values() if node.state in _AWAY}
        self._held, self._back = dict(memory.held), dict(memory.back)

    def _turn(self, node: Node, at: datetime) -> None:
        if node.state in _AWAY:
            self._away[node.id] = node.updated_at
            self._held.pop(node.id, None)
            return
        went_at = self._away.pop(node.id, None) or self._held.pop(node.id, None)
        if went_at is None:
            return
        if node.state is NodeState.READY:
            self._back[node.id] = Absence(went_at, at)
        else:
            self._held[node.id] = went_at
