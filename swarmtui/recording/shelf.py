"""Keyframes decoded; those that were used last are kept, as one goes back and forth."""

from collections import OrderedDict
from collections.abc import Callable

from msgspec.structs import replace

from swarmtui.recording.blocks import Block
from swarmtui.recording.keyframes import Moment, Restoring, decode_whole

MOST_TASKS = 600_000
"""How many tasks the whole keyframes kept have together: 190 bytes each with all that is known
besides, and 290 more once made."""


class Shelf:
    """The keyframes of one file."""

    def __init__(self, read: Callable[[Block], bytes], *, most_tasks: int = MOST_TASKS) -> None:
        """Take what returns a block's payload, or raises `RecordingError`."""
        self._read = read
        self._most_tasks = most_tasks
        self._wholes: OrderedDict[int, Moment] = OrderedDict()
        """By where their blocks stand; the one used last comes last."""
        self._partial: tuple[int, Moment] | None = None
        """The one used last."""

    def whole(self, block: Block) -> Moment:
        """Return the moment of a whole keyframe; raise `RecordingError` when it is damaged."""
        moment = self._wholes.pop(block.offset, None) or decode_whole(self._read(block))
        self._wholes[block.offset] = moment
        while len(self._wholes) > 1 and sum(map(_count, self._wholes.values())) > self._most_tasks:
            self._wholes.popitem(last=False)
        return moment

    def find_partial(self, block: Block) -> Moment | None:
        """Return the moment of a partial or linked keyframe where it is at hand."""
        if self._partial is None or self._partial[0] != block.offset:
            return None
        return self._partial[1]

    def link(self, block: Block, restoring: Restoring) -> None:
        """Read as much of a partial or linked keyframe as the next one builds on."""
        restoring.link(self._read(block), number=block.number)

    def partial(self, block: Block, restoring: Restoring) -> Moment:
        """Return the moment of a partial or linked keyframe; its number is that of its block.

        `restoring` has read all that it builds on. Raises `RecordingError` when it is damaged, or
        does not build on that.
        """
        moment = replace(restoring.finish(self._read(block)), number=block.number)
        self._partial = block.offset, moment
        return moment


def _count(moment: Moment) -> int:
    return sum(map(len, moment.snapshot.tasks.values()))
