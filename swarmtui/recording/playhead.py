"""Play a recording: go to any of its times, and see the swarm as it was seen then."""

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

from swarmtui.insight.analyst import Analyst
from swarmtui.insight.attribution import Attribution, Rules
from swarmtui.insight.eyes import Eyes
from swarmtui.insight.picture import Picture, Place
from swarmtui.insight.thresholds import USUAL, Thresholds
from swarmtui.insight.viewpoint import Viewpoint
from swarmtui.recording.blocks import KEYFRAMES
from swarmtui.recording.changes import ChangesDecoder
from swarmtui.recording.entries import Entry, Placed
from swarmtui.recording.errors import RecordingError
from swarmtui.recording.garbage import collector_paused, made_to_last
from swarmtui.recording.reading import Recording
from swarmtui.recording.stepping import find_next_change, find_previous_change
from swarmtui.swarm.entities import Node
from swarmtui.swarm.snapshot import Snapshot

_NOWHERE = Place()

# What things take, in microseconds: they decide which way is the shorter one.
_ENTRY_US = 6
_BLOCK_US = 500
_TASK_US = 0.4
_KEYFRAME_US = 10_000


_SENSELESS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What comes of numbers and times out of all bounds."""


class _Due(NamedTuple):
    """An entry and when its time comes."""

    at: datetime
    entry: Entry


class Playhead:
    """A place in a recording, and everything that was known there.

    The picture at a time is that after all entries up to and with that time, whichever way one
    came there. Where the recording is damaged, nothing changes until the next keyframe that can
    be read.
    """

    def __init__(
        self, recording: Recording, *, mine: str = "", thresholds: Thresholds = USUAL
    ) -> None:
        """Stand at the beginning of a recording, seen with the eyes of the contributor `mine`.

        Without one, with those of who recorded it. What is a problem, `thresholds` say, from the
        keyframe on that is played from.
        """
        self._thresholds = thresholds
        self._eyes = Eyes(Viewpoint(mine=mine)) if mine else None
        self.recording = recording
        self._at = recording.begins
        self._begin()

    @property
    def at(self) -> datetime:
        """Return the time it stands at."""
        return self._at

    @property
    def snapshot(self) -> Snapshot:
        """Return what was known of the swarm."""
        return self._analyst.snapshot

    @property
    def analyst(self) -> Analyst:
        """Return who makes sense of it: to be asked, never told; another one after each seek."""
        return self._analyst

    def picture(self) -> Picture:
        """Return everything that was known and meant; raise `RecordingError` when it is senseless.

        That takes a file that was made to mislead: damage is found before.
        """
        with _sense_checked():
            return self._analyst.picture(self._at)

    def seek(self, at: datetime) -> None:
        """Go to a time, forward or back; to the nearest there is, when it is before or after all.

        Takes a keyframe and the changes behind it, or the changes alone when they are few.
        """
        self._keep_up()
        at = min(max(at, self.recording.begins), self.recording.ends)
        if self._at <= at and self._is_near(at):
            self.advance(at)
            return
        with made_to_last():
            self._restore(at)
            self.advance(at)

    def advance(self, until: datetime, *, most: int | None = None) -> bool:
        """Go forward to a time, entry by entry; tell whether it got there.

        It stops early after `most` entries, and those of the same time, so that the caller can do
        something else; it then stands at the time of the last one. It also gets there when the
        recording ends before.
        """
        self._keep_up()
        until = min(until, self.recording.ends)
        seen = 0
        while (due := self._find_due(until)) is not None:
            if most is not None and seen >= most and due.at > self._at:
                return False
            self._due.popleft()
            self._at = max(self._at, due.at)
            self._see(due.entry)
            seen += 1
        self._at = max(self._at, until)
        return True

    def look_as(self, viewpoint: Viewpoint) -> None:
        """See everything from this viewpoint, now and from now on; takes as long as going back."""
        self._eyes = Eyes(viewpoint)
        self._begin()

    def next_change(self) -> datetime | None:
        """Return when something changes next; `None` when nothing does any more."""
        return find_next_change(self._file, self._at)

    def previous_change(self) -> datetime | None:
        """Return when something changed last, before the time it stands at; `None` at first."""
        return find_previous_change(self._file, self._at)

    def _keep_up(self) -> None:
        """Begin anew where the file did: nothing of what was read before is in it."""
        if self._file is not self.recording.file:
            self._begin()

    def _begin(self) -> None:
        at = max(self._at, self.recording.begins)
        self._file = self.recording.file
        preface = self.recording.preface
        mine = self._eyes.viewpoint.mine if self._eyes is not None else preface.mine
        self._attribution = Attribution(Rules(mine=mine))
        self._restore(at)
        self.advance(at)

    def _restore(self, at: datetime) -> None:
        """Go to the newest keyframe of a time or before it that can be read."""
        self._know_nothing()
        self._at = self.recording.begins
        for i in self._file.index.keyframes_until(at):
            if self._recall(i):
                self._next = i + 1
                self._at = self._file.index.begins[i]
                return

    def _know_nothing(self) -> None:
        self._places: dict[str, Place] = {}
        self._analyst = self._make_analyst()
        self._decoder = ChangesDecoder()
        self._due: deque[_Due] = deque()
        self._next = 0
        """The block that is read next."""
        self._is_known = False
        """No changes are missing since the keyframe that it began with."""

    def _make_analyst(self) -> Analyst:
        preface = self.recording.preface
        return Analyst(
            place=self._place,
            pledges={**preface.pledges, **self._pledges},
            machines=preface.machines,
            place_machine=self._attribution.place_machine,
            is_mine=self._attribution.is_mine,
            thresholds=self._thresholds,
        )

    @property
    def _pledges(self) -> Mapping[str, int]:
        return self._eyes.viewpoint.claims.pledged if self._eyes is not None else {}

    def _place(self, node: Node) -> Place:
        place = self._places.get(node.id, _NOWHERE)
        return place if self._eyes is None else self._eyes.see(node, place)

    def _recall(self, i: int) -> bool:
        """Know what a keyframe says; when it cannot be read, change nothing and return false."""
        known = self._places, self._analyst
        try:
            with collector_paused(), _sense_checked():
                moment = self._file.read_keyframe(i)
                self._places = dict(moment.places)
                self._analyst = self._make_analyst()
                self._analyst.recall(moment.snapshot, moment.memory)
        except RecordingError:
            self._places, self._analyst = known
            self._file.spoil(i)
            return False
        self._decoder = ChangesDecoder()
        self._is_known = True
        return True

    def _find_due(self, until: datetime) -> _Due | None:
        """Return the entry that comes next, if its time comes until then."""
        index = self._file.index
        while not self._due:
            if self._next >= len(index.blocks) or index.begins[self._next] > until:
                return None
            self._next += 1
            self._enter(self._next - 1)
        return self._due[0] if self._due[0].at <= until else None

    def _enter(self, i: int) -> None:
        """Take in a block; one of changes only as far as to have its entries at hand."""
        index = self._file.index
        self._is_known = self._is_known and not index.is_loss_before(i)
        if index.blocks[i].kind in KEYFRAMES:
            # Else the changes have led to the same: it is not even read.
            if not self._is_known:
                self._recall(i)
        elif self._is_known:
            self._due = self._read_changes(i)

    def _read_changes(self, i: int) -> deque[_Due]:
        at, ends = self._file.index.begins[i], self._file.index.ends[i]
        due: deque[_Due] = deque()
        try:
            for entry in self._decoder.decode(self._file.read(i), self.snapshot):
                at = min(max(at, entry.taken_at), ends)
                due.append(_Due(at, entry))
        except RecordingError:
            self._lose(i)
            return deque()
        return due

    def _see(self, entry: Entry) -> None:
        try:
            if isinstance(entry, Placed):
                self._places.update(entry.places)
                self._analyst.place_anew(entry.places)
            else:
                self._analyst.see(entry)
        except _SENSELESS:
            self._lose(self._next - 1)

    def _lose(self, i: int) -> None:
        """Go on without a block of changes: what is known stands still until a keyframe."""
        self._file.spoil(i)
        self._is_known = False
        self._due.clear()

    def _is_near(self, at: datetime) -> bool:
        """Tell whether playing on to a time, later than this, is shorter than a keyframe."""
        index = self._file.index
        keyframe = next(index.keyframes_until(at), -1)
        between = index.blocks[self._next : keyframe]
        if keyframe < self._next:
            return True
        playing = sum(_BLOCK_US + _ENTRY_US * block.weight for block in between)
        tasks = sum(map(len, self.snapshot.tasks.values()))
        return playing < _KEYFRAME_US + _TASK_US * tasks


@contextmanager
def _sense_checked() -> Iterator[None]:
    """Turn into damage what no swarm could have made happen: numbers and times out of all bounds.

    What stands in a file with valid checksums can still have been made by somebody else.
    """
    try:
        yield
    except _SENSELESS as error:
        raise RecordingError(f"the recording makes no sense: {error!r}") from error
