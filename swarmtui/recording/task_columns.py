"""Tasks as rows of the keyframes that build on each other: each is made when asked for."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Self

from swarmtui.recording.keyframe_rows import KeyframeRows
from swarmtui.swarm.entities import Task

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
            keyframe = keyframes[row >> _BITS]
            yield keyframe.names[keyframe.nodes[row & _PLACE]]

    def make(self, service_id: str, ids: Sequence[str], rows: Sequence[int]) -> list[Task]:
        """Return the tasks of these rows, which have these ids."""
        wanted: defaultdict[int, list[int]] = defaultdict(list)
        for i, row in enumerate(rows):
            wanted[row >> _BITS].append(i)
        made: dict[int, Task] = {}
        for number, those in wanted.items():
            tasks = self._keyframes[number].make(
                service_id, [ids[i] for i in those], [rows[i] & _PLACE for i in those]
            )
            if len(those) == len(rows):
                return tasks
            made.update(zip(those, tasks, strict=True))
        return [made[i] for i in range(len(rows))]
