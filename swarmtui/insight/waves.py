"""Group nodes that were lost, came back, joined or left at about the same time."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from swarmtui.insight.picture import Happening, HappeningKind, Severity
from swarmtui.insight.queries import query_nodes
from swarmtui.insight.roster import NOWHERE, Turn
from swarmtui.insight.timeline import Timeline
from swarmtui.insight.wording import count_of, name_of, seconds_of
from swarmtui.swarm.entities import Node
from swarmtui.swarm.text import plain
from swarmtui.swarm.words import NodeState

WINDOW = timedelta(seconds=30)
"""A provider's region goes within one detection time of the leader, some 13 s, and a poll."""
_LONGEST_JOINING = timedelta(minutes=5)
"""Machines join for hours, a few at a time: one line each five minutes of it."""

_DOWN = frozenset({NodeState.DOWN, NodeState.DISCONNECTED})


class Way(StrEnum):
    """What the nodes of a wave have in common."""

    DOWN = "down"
    UNKNOWN = "unknown"
    BACK = "back"
    JOINED = "joined"
    LEFT = "left"


class Wave:
    """Nodes that went the same way within one window."""

    def __init__(self, way: Way, region: str, at: datetime) -> None:
        self.way = way
        self.region = region
        self.began_at = at
        self.last_at = at
        self.regions: Counter[str] = Counter()
        self.nodes: dict[str, str] = {}
        """What is to be said of each if it stays alone, by node id."""

    def takes(self, at: datetime) -> bool:
        """Tell whether what happens at `at` still belongs to it."""
        if self.way in {Way.JOINED, Way.LEFT}:
            return at - self.last_at <= WINDOW and at - self.began_at <= _LONGEST_JOINING
        return at - self.began_at <= WINDOW

    def add(self, node: Node, region: str, at: datetime, remark: str) -> None:
        """Add a node."""
        self.last_at = at
        self.regions[region] += 1
        self.nodes[node.id] = remark

    def tell(self) -> Happening:
        """Return the wave as a line of the timeline."""
        return Happening(
            at=self.began_at,
            kind=HappeningKind.NODES,
            severity=Severity.WARNING if self.way in {Way.DOWN, Way.UNKNOWN} else Severity.INFO,
            text=self._text(),
            query=query_nodes(list(self.nodes), otherwise=""),
        )

    def _text(self) -> str:
        if len(self.nodes) == 1:
            return next(iter(self.nodes.values()))
        nodes = count_of(len(self.nodes), "node")
        text = f"{nodes} {_DID[self.way]}"
        region = next(iter(self.regions)) if len(self.regions) == 1 else NOWHERE.region
        return text if region == NOWHERE.region else f"{text}, {plain(region)}"


_DID = {
    Way.DOWN: "went down",
    Way.UNKNOWN: "turned unknown",
    Way.BACK: "came back",
    Way.JOINED: "joined",
    Way.LEFT: "were removed",
}


class Loss:
    """Nodes of one region that were lost in a row, with no longer pause than the window."""

    def __init__(self, region: str, at: datetime) -> None:
        self.region = region
        self.began_at = at
        self.last_at = at
        self.total = 0
        self.most_at_once = 0
        """Most nodes lost within one window."""
        self.nodes: set[str] = set()
        """Those still lost."""
        self._recent: deque[datetime] = deque()

    def add(self, node_id: str, at: datetime) -> None:
        """Add a node."""
        self.nodes.add(node_id)
        self.total += 1
        self.last_at = at
        self._recent.append(at)
        while at - self._recent[0] > WINDOW:
            self._recent.popleft()
        self.most_at_once = max(self.most_at_once, len(self._recent))


class Waves:
    """Waves of nodes on the timeline, and the losses that are not made good yet."""

    def __init__(self, timeline: Timeline, region_of: Callable[[str], str]) -> None:
        self._timeline = timeline
        self._region_of = region_of
        self._open: dict[tuple[Way, str], Wave] = {}
        self._lost: dict[str, Loss | None] = {}
        """Nodes that are lost; `None` for those that were so at the first look."""
        self._losses: dict[str, Loss] = {}
        """The newest loss of each region."""

    def expect(self, lost: Iterable[str]) -> None:
        """Take the first look into account: these nodes were lost before."""
        self._lost |= dict.fromkeys(lost)

    def apply(self, turns: Iterable[Turn], at: datetime) -> None:
        """Put what happened to nodes on the timeline."""
        grown = {}
        for turn in turns:
            if (way := self._find_way(turn)) is not None:
                region = self._region_of(turn.node.id)
                wave = self._add(way, turn, region, at)
                grown[id(wave)] = wave
                self._keep_score(way, turn.node.id, region, at)
        for wave in grown.values():
            self._timeline.put((wave.way, wave.region, wave.began_at), wave.tell())

    def give_up(self, nodes: Iterable[str], at: datetime) -> None:
        """Count nodes as lost that did not come back after an election: told there already."""
        for node_id in nodes:
            self._lose(node_id, self._region_of(node_id), at)

    def losses(self) -> Sequence[Loss]:
        """Return the losses of which nodes are still lost, each within a window of each other."""
        losses = {id(loss): loss for loss in self._lost.values() if loss is not None}
        return list(losses.values())

    def _find_way(self, turn: Turn) -> Way | None:
        was_lost = turn.node.id in self._lost
        match turn.new:
            case None:
                return Way.LEFT
            case _ if turn.old is None:
                return Way.JOINED
            case NodeState.DOWN | NodeState.DISCONNECTED:
                return None if turn.old in _DOWN else Way.DOWN
            case NodeState.UNKNOWN:
                return None if was_lost else Way.UNKNOWN
            case NodeState.READY:
                return Way.BACK if was_lost else None

    def _add(self, way: Way, turn: Turn, region: str, at: datetime) -> Wave:
        group = "" if way in {Way.JOINED, Way.LEFT} else region
        wave = self._open.get((way, group))
        if wave is None or not wave.takes(at):
            wave = self._open[way, group] = Wave(way, group, at)
        wave.add(turn.node, region, at, _remark(way, turn, at))
        return wave

    def _keep_score(self, way: Way, node_id: str, region: str, at: datetime) -> None:
        match way:
            case Way.DOWN | Way.UNKNOWN:
                self._lose(node_id, region, at)
            case Way.BACK | Way.LEFT:
                loss = self._lost.pop(node_id, None)
                if loss is not None:
                    loss.nodes.discard(node_id)
            case Way.JOINED:
                pass

    def _lose(self, node_id: str, region: str, at: datetime) -> None:
        if self._lost.get(node_id) is not None:
            return  # unknown first, down after: one loss
        loss = self._losses.get(region)
        if loss is None or at - loss.last_at > WINDOW:
            loss = self._losses[region] = Loss(region, at)
        loss.add(node_id, at)
        self._lost[node_id] = loss


def _remark(way: Way, turn: Turn, at: datetime) -> str:
    name = f"node {name_of(turn.node)}"
    match way:
        case Way.DOWN:
            why = plain(turn.node.message)
            return f"{name} went down: {why}" if why else f"{name} went down"
        case Way.BACK if turn.old_since is not None:
            return f"{name} came back after {seconds_of((at - turn.old_since).total_seconds())}"
        case Way.LEFT:
            return f"{name} was removed"
        case Way.UNKNOWN | Way.BACK | Way.JOINED:
            return f"{name} {_DID[way]}"
