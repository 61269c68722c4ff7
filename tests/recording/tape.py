"""Recordings put together block by block, and what was live at each of their times."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from swarmtui.insight.analyst import Analyst
from swarmtui.insight.picture import Picture, Place
from swarmtui.recording.blocks import MAGIC, BlockKind, Packer
from swarmtui.recording.changes import ChangesEncoder, weigh
from swarmtui.recording.entries import Entry, Landmark, LandmarkKind, Placed, Preface
from swarmtui.recording.keyframes import Moment, encode_partial, encode_whole
from swarmtui.recording.playhead import Playhead
from swarmtui.recording.reading import Recording
from swarmtui.swarm.observation import Observation
from tests.factories import (
    NOON,
    at,
    make_node,
    make_service,
    make_task,
    nodes_seen,
    services_seen,
    tasks_seen,
)
from tests.insight.random_stories import MACHINES, make_analyst

PREFACE = Preface(
    began_at=NOON,
    program="test",
    asked=("unix:///var/run/docker.sock",),
    mine="nipa",
    pledges={"NIPA": 3, "nobody": 1},
    machines=MACHINES,
)


class Laid(NamedTuple):
    """Where a block is in the file."""

    kind: BlockKind
    start: int
    end: int


class Tape:
    """The bytes of a recording, as they grow."""

    def __init__(self, preface: Preface = PREFACE) -> None:
        self.data = bytearray(MAGIC)
        self.blocks: list[Laid] = []
        self.packer = Packer()
        self._encoder = ChangesEncoder()
        self._base: Moment | None = None
        self._last: Moment | None = None
        self.lay(BlockKind.PREFACE, msgspec.msgpack.encode(preface), begins=preface.began_at)

    def lay(
        self,
        kind: BlockKind,
        payload: bytes,
        *,
        begins: datetime,
        ends: datetime | None = None,
        weight: int = 0,
        base: int | None = None,
    ) -> None:
        """Append a block."""
        start = len(self.data)
        self.data += self.packer.pack(
            kind, payload, begins=begins, ends=ends, weight=weight, base=base
        )
        self.blocks.append(Laid(kind, start, len(self.data)))

    def keyframe(
        self, analyst: Analyst, when: datetime, *, kind: BlockKind = BlockKind.WHOLE
    ) -> None:
        """Append a keyframe of what an analyst knows."""
        moment = Moment(
            number=self.packer.number,
            snapshot=analyst.snapshot,
            memory=analyst.remember(),
            places=analyst.places,
        )
        self._encoder.begin_segment(moment.snapshot)
        base = self._last if kind is BlockKind.LINKED else self._base
        if kind is BlockKind.WHOLE or base is None:
            self._base = moment
            self.lay(BlockKind.WHOLE, encode_whole(moment), begins=when)
        else:
            number = base.number if kind is BlockKind.LINKED else None
            self.lay(kind, encode_partial(moment, base), begins=when, base=number)
        self._last = moment

    def changes(self, *entries: Entry, begins: datetime, ends: datetime) -> None:
        """Append a block of changes."""
        payload = b"".join(map(self._encoder.encode, entries))
        weight = sum(map(weigh, entries))
        self.lay(BlockKind.CHANGES, payload, begins=begins, ends=ends, weight=weight)

    def landmark(self, second: float, text: str = "new leader mg1") -> None:
        """Append a landmark."""
        mark = Landmark(at=at(second), kind=LandmarkKind.ELECTION, text=text)
        self.lay(BlockKind.LANDMARK, msgspec.msgpack.encode(mark), begins=mark.at)

    def end(self, when: datetime) -> None:
        """Append the end."""
        self.lay(BlockKind.END, b"", begins=when)

    def all_of(self, *kinds: BlockKind) -> Sequence[Laid]:
        """Return where the blocks of some kinds are."""
        return [block for block in self.blocks if block.kind in kinds]

    def spoil(self, block: Laid, *, head: bool = False) -> None:
        """Flip a bit of a block: of its payload, or of its head."""
        self.data[block.start + 9 if head else block.end - 1] ^= 0x10

    def write(self, path: Path) -> Path:
        """Write the file."""
        path.write_bytes(self.data)
        return path


class Told:
    """A story with the times at which its observations come in a recording."""

    def __init__(self, story: Iterable[Observation]) -> None:
        self.story = list(story)
        self.times: list[datetime] = []
        for seen in self.story:
            last = self.times[-1] if self.times else seen.taken_at
            self.times.append(max(last, seen.taken_at))

    @property
    def ends(self) -> datetime:
        """Return the time of the last observation."""
        return self.times[-1]

    def live(self, now: datetime) -> Analyst:
        """Return who has seen everything until then."""
        analyst = make_analyst()
        for seen, when in zip(self.story, self.times, strict=True):
            if when <= now:
                analyst.see(seen)
        return analyst

    def picture(self, now: datetime) -> Picture:
        """Return the picture that was live then."""
        return self.live(now).picture(now)


def tape(
    story: Iterable[Observation],
    *,
    keyframe_every: int = 7,
    whole_every: int = 3,
    cut_every: int = 2,
    ended: bool = True,
) -> Tape:
    """Return the recording of a story; the first keyframe comes behind the first observation."""
    told, analyst, laid = Told(story), make_analyst(), Tape()
    places: Mapping[str, Place] = {}
    waiting: list[Entry] = []
    began = NOON
    for number, (seen, when) in enumerate(zip(told.story, told.times, strict=True)):
        analyst.see(seen)
        moved = {id_: place for id_, place in analyst.places.items() if places.get(id_) != place}
        places = analyst.places
        if number:
            began = began if waiting else when
            if moved:
                waiting.append(Placed(taken_at=seen.taken_at, places=moved))
            waiting.append(seen)
        is_due = number % keyframe_every == 0
        if waiting and (is_due or number % cut_every == 0 or number == len(told.story) - 1):
            laid.changes(*waiting, begins=began, ends=when)
            waiting = []
        if is_due:
            place = number // keyframe_every % whole_every
            laid.keyframe(analyst, when, kind=_kind_at(place))
    if ended:
        laid.end(told.ends)
    return laid


def _kind_at(place: int) -> BlockKind:
    """Return what a keyframe is, by its place behind a whole one: of each kind one of each."""
    if not place:
        return BlockKind.WHOLE
    return BlockKind.PARTIAL if place % 3 == 1 else BlockKind.LINKED


def joining(count: int = 40, *, every: float = 1.0) -> Iterator[Observation]:
    """Yield a node that joins, and a task that starts on it, again and again."""
    yield services_seen([make_service()], whole=True)
    for number in range(1, count):
        second = number * every
        if number % 2:
            yield nodes_seen([make_node(f"n{number}")], second=second)
        else:
            task = make_task(f"t{number}", node_id=f"n{number - 1}", since=at(second))
            yield tasks_seen([task], second=second)


@contextmanager
def played(path: Path) -> Iterator[Playhead]:
    """Play a recording."""
    with Recording.open(path) as recording:
        yield Playhead(recording)
