"""Group nodes that were lost, came back, joined or left at about the same time."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from swarmtui.insight.outages import Outages
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
    """Nodes of one region that were lost together, as earlier versions remembered it."""

    region: str
    began_at: datetime
    last_at: datetime
    most_at_once: int
    nodes: frozenset[str] = frozenset()


class WavesMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the next waves are compared with."""

    open: tuple[WaveMemory, ...] = ()
    losses: tuple[LossMemory, ...] = ()
    """Only of earlier versions."""
    expected: frozenset[str] = frozenset()
    """Nodes that are lost since the first look."""
    lost: frozenset[str] = frozenset()
    """Nodes that were lost since."""


class Waves:
    """Waves of nodes on the timeline, and which nodes are lost."""

    def __init__(
        self,
        timeline: Timeline,
        region_of: Callable[[str], str],
        *,
        outages: Outages,
        is_dismissed: Callable[[str], bool],
    ) -> None:
        """Take who says where a node is, and whether it may go: then it is in no outage."""
        self._timeline = timeline
        self._region_of = region_of
        self._outages = outages
        self._is_dismissed = is_dismissed
        self._open: dict[tuple[Way, str], Wave] = {}
        self._expected: set[str] = set()
        self._lost: set[str] = set()

    def expect(self, lost: Iterable[str]) -> None:
        """Take the first look into account: these nodes were lost before."""
        self._expected.update(lost)

    def apply(self, turns: Iterable[Turn], at: datetime) -> None:
        """Put what happened to nodes on the timeline."""
        self._open = {key: wave for key, wave in self._open.items() if wave.takes(at)}
        grown = {}
        for turn in turns:
            if (way := self._find_way(turn)) is not None:
                region = self._region_of(turn.node.id)
                wave = self._add(way, turn, region, at)
                grown[id(wave)] = wave
                self._keep_score(way, turn.node.id, at)
        for wave in grown.values():
            self._timeline.put((wave.way, wave.region, wave.began_at), wave.tell())

    def remember(self) -> WavesMemory:
        """Return what is open, and what is lost."""
        return WavesMemory(
            open=tuple(wave.remember() for wave in self._open.values()),
            expected=frozenset(self._expected),
            lost=frozenset(self._lost),
        )

    def recall(self, memory: WavesMemory) -> None:
        """Begin with what was remembered."""
        for was in memory.open:
            wave = self._open[was.way, was.region] = Wave(was.way, was.region, was.began_at)
            wave.recall(was)
        self._expected = set(memory.expected)
        self._lost = set(memory.lost).union(*(loss.nodes for loss in memory.losses))

    def give_up(self, nodes: Iterable[str], at: datetime) -> None:
        """Count nodes as lost that did not come back after an election: told there already."""
        for node_id in sorted(nodes):
            self._lose(node_id, at)

    def _find_way(self, turn: Turn) -> Way | None:
        was_lost = turn.node.id in self._lost or turn.node.id in self._expected
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

    def _keep_score(self, way: Way, node_id: str, at: datetime) -> None:
        match way:
            case Way.DOWN | Way.UNKNOWN:
                self._lose(node_id, at)
            case Way.BACK | Way.LEFT:
                self._lost.discard(node_id)
                self._expected.discard(node_id)
                self._outages.mend(node_id, is_back=way is Way.BACK)
            case Way.JOINED:
                pass

    def _lose(self, node_id: str, at: datetime) -> None:
        if node_id in self._lost:
            return  # unknown first, down after: one loss
        self._expected.discard(node_id)
        self._lost.add(node_id)
        if not self._is_dismissed(node_id):
            self._outages.lose(node_id, at)


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
