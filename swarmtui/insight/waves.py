"""Group nodes that were lost, came back, joined or left at about the same time."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

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


class WaveMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A wave, as it is remembered."""

    way: Way
    region: str
    began_at: datetime
    last_at: datetime
    regions: tuple[str, ...]
    nodes: tuple[str, ...]
    remark: str


class Wave:
    """Nodes that went the same way within one window."""

    def __init__(self, way: Way, region: str, at: datetime) -> None:
        self.way = way
        self.region = region
        self.began_at = at
        self.last_at = at
        self.regions: dict[str, None] = {}
        self.nodes: dict[str, None] = {}
        """Their ids, in the order they went."""
        self.remark = ""
        """What is to be said of the node if it stays alone."""

    def takes(self, at: datetime) -> bool:
        """Tell whether what happens at `at` still belongs to it."""
        if self.way in {Way.JOINED, Way.LEFT}:
            return at - self.last_at <= WINDOW and at - self.began_at <= _LONGEST_JOINING
        return at - self.began_at <= WINDOW

    def add(self, node: Node, region: str, at: datetime, remark: str) -> None:
        """Add a node."""
        self.last_at = at
        self.regions[region] = None
        self.nodes[node.id] = None
        self.remark = remark

    def remember(self) -> WaveMemory:
        """Return all of it."""
        return WaveMemory(
            way=self.way,
            region=self.region,
            began_at=self.began_at,
            last_at=self.last_at,
            regions=tuple(self.regions),
            nodes=tuple(self.nodes),
            remark=self.remark,
        )

    def recall(self, memory: WaveMemory) -> None:
        """Go on as what was remembered; of the same way, region and beginning."""
        self.last_at, self.remark = memory.last_at, memory.remark
        self.regions, self.nodes = dict.fromkeys(memory.regions), dict.fromkeys(memory.nodes)

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
            return self.remark
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


class LossMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A loss, as it is remembered."""

    region: str
    began_at: datetime
    last_at: datetime
    total: int
    most_at_once: int
    nodes: frozenset[str] = frozenset()
    recent: tuple[datetime, ...] = ()


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

    def remember(self) -> LossMemory:
        """Return all of it."""
        return LossMemory(
            region=self.region,
            began_at=self.began_at,
            last_at=self.last_at,
            total=self.total,
            most_at_once=self.most_at_once,
            nodes=frozenset(self.nodes),
            recent=tuple(self._recent),
        )

    def recall(self, memory: LossMemory) -> None:
        """Go on as what was remembered; of the same region and beginning."""
        self.last_at, self.total = memory.last_at, memory.total
        self.most_at_once = memory.most_at_once
        self.nodes, self._recent = set(memory.nodes), deque(memory.recent)


class WavesMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the next waves and losses are compared with."""

    open: tuple[WaveMemory, ...] = ()
    losses: tuple[LossMemory, ...] = ()
    """The newest of each region last."""
    expected: frozenset[str] = frozenset()
    """Nodes that are lost since the first look."""


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
        self._open = {key: wave for key, wave in self._open.items() if wave.takes(at)}
        grown = {}
        for turn in turns:
            if (way := self._find_way(turn)) is not None:
                region = self._region_of(turn.node.id)
                wave = self._add(way, turn, region, at)
                grown[id(wave)] = wave
                self._keep_score(way, turn.node.id, region, at)
        for wave in grown.values():
            self._timeline.put((wave.way, wave.region, wave.began_at), wave.tell())

    def remember(self) -> WavesMemory:
        """Return what is open, and what is lost."""
        losses = {id(loss): loss for loss in (*self.losses(), *self._losses.values())}
        in_order = sorted(losses.values(), key=self._find_age)
        return WavesMemory(
            open=tuple(wave.remember() for wave in self._open.values()),
            losses=tuple(loss.remember() for loss in in_order),
            expected=frozenset(id_ for id_, loss in self._lost.items() if loss is None),
        )

    def recall(self, memory: WavesMemory) -> None:
        """Begin with what was remembered."""
        for was in memory.open:
            wave = self._open[was.way, was.region] = Wave(was.way, was.region, was.began_at)
            wave.recall(was)
        self._lost = dict.fromkeys(memory.expected)
        for told in memory.losses:
            loss = self._losses[told.region] = Loss(told.region, told.began_at)
            loss.recall(told)
            self._lost |= dict.fromkeys(loss.nodes, loss)

    def give_up(self, nodes: Iterable[str], at: datetime) -> None:
        """Count nodes as lost that did not come back after an election: told there already."""
        for node_id in nodes:
            self._lose(node_id, self._region_of(node_id), at)

    def losses(self) -> Sequence[Loss]:
        """Return the losses of which nodes are still lost, each within a window of each other."""
        losses = {id(loss): loss for loss in self._lost.values() if loss is not None}
        return list(losses.values())

    def _find_age(self, loss: Loss) -> tuple[str, bool, datetime]:
        return loss.region, loss is self._losses[loss.region], loss.began_at

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
        if wave is None:
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
