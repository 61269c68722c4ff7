"""Tasks as rows of the keyframes that build on each other: each is made when asked for."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from operator import le
from typing import NamedTuple, Self, TypeVar

from swarmtui.recording.columns import pick
from swarmtui.recording.keyframe_rows import KeyframeRows
from swarmtui.swarm.deferred import States
from swarmtui.swarm.entities import Task
from swarmtui.swarm.words import TASK_STATES

T = TypeVar("T")

_BITS = 20
_PLACE = (1 << _BITS) - 1
"""A row's number is that of its keyframe, and in so many bits its place there: a million."""
_MOST_KEYFRAMES = 1 << 12


class Part(NamedTuple):
    """Some rows of one keyframe."""

    keyframe: KeyframeRows
    first: int
    """The number of the keyframe's first row."""
    places: Sequence[int]


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

    def sort(self, rows: Iterable[int]) -> Mapping[States, Sequence[Part]]:
        """Return rows by their states, keyframe by keyframe."""
        parts: defaultdict[int, list[int]] = defaultdict(list)
        for row in rows:
            parts[row >> _BITS].append(row & _PLACE)
        found: defaultdict[tuple[int, int], list[Part]] = defaultdict(list)
        for number, places in parts.items():
            keyframe = self._keyframes[number]
            for states, alike in keyframe.sort(places).items():
                found[states].append(Part(keyframe, number << _BITS, alike))
        return {(TASK_STATES[s], TASK_STATES[d]): alike for (s, d), alike in found.items()}

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
