"""Tasks as rows of the keyframes that build on each other: each is made when asked for."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from operator import le
from typing import Self, TypeVar

from swarmtui.recording.columns import pick
from swarmtui.recording.keyframe_rows import KeyframeRows
from swarmtui.swarm.deferred import Blame, States
from swarmtui.swarm.entities import Task
from swarmtui.swarm.words import TASK_STATES

T = TypeVar("T")

_BITS = 20
_PLACE = (1 << _BITS) - 1
"""A row's number is that of its keyframe, and in so many bits its place there: a million."""
_MOST_KEYFRAMES = 1 << 12


class TaskColumns:
    """The rows of keyframes that build on each other; a row never changes."""

    def __init__(self, keyframes: Iterable[KeyframeRows] = ()) -> None:
        self._keyframes = list(keyframes)

    def __len__(self) -> int:
        return len(self._keyframes)

    def copy(self) -> Self:
        """Return columns with the same rows, to which others can be added."""
        return type(self)(self._keyframes)

    def add(self, rows: KeyframeRows) -> int:
        """Add the rows of another keyframe; return the number of its first one."""
        if len(self._keyframes) >= _MOST_KEYFRAMES:
            raise ValueError("too many keyframes that build on each other")
        self._keyframes.append(rows)
        return len(self._keyframes) - 1 << _BITS

    def find_nodes(self, rows: Iterable[int]) -> Iterable[str]:
        """Return the node of each of these rows, found as one comes to it."""
        keyframes = self._keyframes
        for row in rows:
            yield keyframes[row >> _BITS].node(row & _PLACE)

    def sort(self, rows: Sequence[int]) -> Mapping[States, Mapping[Blame, Sequence[int]]]:
        """Return where among these rows those alike are, by their states, then by error and node.

        In the order of the first of each.
        """
        found: defaultdict[tuple[int, int], defaultdict[Blame, list[int]]]
        found = defaultdict(lambda: defaultdict(list))
        blames = self._collect(rows, KeyframeRows.blame)
        for place, (state, desired, error, node) in enumerate(blames):
            found[state, desired][error, node].append(place)
        return {(TASK_STATES[s], TASK_STATES[d]): alike for (s, d), alike in found.items()}

    def find_oldest(self, rows: Sequence[int]) -> tuple[datetime, Sequence[int]]:
        """Return the earliest time of these rows, and where among them those of it are."""
        least: datetime | None = None
        places: list[int] = []
        for keyframe, those in self._part(rows):
            since, few = keyframe.find_oldest([rows[i] & _PLACE for i in those])
            if least is None or since < least:
                least, places = since, []
            if since == least:
                places += pick(those, few)
        if least is None:
            raise ValueError("no rows have no oldest one")
        return least, sorted(places)

    def make_times(self, rows: Sequence[int]) -> Sequence[datetime]:
        """Return since when the tasks of these rows are as they are."""
        return self._collect(rows, KeyframeRows.make_times)

    def make(self, service_id: str, ids: Sequence[str], rows: Sequence[int]) -> list[Task]:
        """Return the tasks of these rows, which have these ids."""
        made: list[Task] = []
        order: list[int] = []
        for keyframe, those in self._part(rows):
            places = [rows[i] & _PLACE for i in those]
            made += keyframe.make(service_id, pick(ids, those), places)
            order += those
        return _put_in_order(made, order)

    def _collect(
        self, rows: Sequence[int], read: Callable[[KeyframeRows, Sequence[int]], Iterable[T]]
    ) -> list[T]:
        """Return what is read of each of these rows, keyframe by keyframe, in their order."""
        found: list[T] = []
        order: list[int] = []
        for keyframe, those in self._part(rows):
            found += read(keyframe, [rows[i] & _PLACE for i in those])
            order += those
        return _put_in_order(found, order)

    def _part(self, rows: Sequence[int]) -> Iterator[tuple[KeyframeRows, Sequence[int]]]:
        """Yield the keyframes of rows, and where those of each stand among them."""
        parts: defaultdict[int, list[int]] = defaultdict(list)
        for i, row in enumerate(rows):
            parts[row >> _BITS].append(i)
        for number, those in parts.items():
            yield self._keyframes[number], those


def _put_in_order(things: list[T], order: Sequence[int]) -> list[T]:
    """Return things of which is known where each belongs."""
    if all(map(le, order, islice(order, 1, None))):
        return things
    sorted_ = things[:]
    for place, thing in zip(order, things, strict=True):
        sorted_[place] = thing
    return sorted_
