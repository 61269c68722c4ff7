"""The ids of tasks as keyframes have them, read when somebody asks: of most nobody ever does."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple, Self

from swarmtui.recording.columns import Ids, check_ids, cut_ids, pick_id

_FEW = 3
"""One in so many is picked by itself; of more, those between are read as well."""


class _Source(NamedTuple):
    """What one keyframe tells."""

    first: int
    """The number of its first id."""
    length: int
    column: Ids

    def read(self, numbers: Sequence[int]) -> Sequence[str]:
        """Return the ids with these numbers, which are in order and of this keyframe."""
        column, count = self.column, self.length
        start, end = numbers[0] - self.first, numbers[-1] + 1 - self.first
        if len(numbers) * _FEW < end - start:
            return [pick_id(column, count, number - self.first) for number in numbers]
        ids = cut_ids(column, count, start, end)
        if len(numbers) == len(ids):
            return ids
        return [ids[number - numbers[0]] for number in numbers]


class TaskIds:
    """Ids, numbered in the order in which they are added."""

    def __init__(self, sources: Sequence[_Source] = (), count: int = 0) -> None:
        self._sources = list(sources)
        self._count = count

    def __len__(self) -> int:
        return self._count

    def copy(self) -> Self:
        """Return the same ids, to which others can be added."""
        return type(self)(self._sources, self._count)

    def add(self, column: Ids, count: int) -> None:
        """Add so many ids; raise `ValueError` when they are more or fewer, or no ids."""
        check_ids(column, count)
        if count:
            self._sources.append(_Source(self._count, count, column))
            self._count += count

    def read(self, numbers: Sequence[int]) -> list[str]:
        """Return the ids with these numbers, each higher than the one before it."""
        return list(chain.from_iterable(self._parts(numbers)))

    def _parts(self, numbers: Sequence[int]) -> Iterator[Sequence[str]]:
        start = 0
        for source in self._sources:
            end = bisect_left(numbers, source.first + source.length, start)
            if start < end:
                yield source.read(numbers[start:end])
            start = end
