"""What a recording's file consists of, by the heads of its blocks alone."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from swarmtui.recording.blocks import (
    HEAD_BYTES,
    KEYFRAMES,
    Block,
    BlockKind,
    Bytes,
    Gap,
    find_blocks,
    read_head,
)

_LONGEST_CHAIN = 16


class Hole(msgspec.Struct, frozen=True):
    """A place where the file is not whole."""

    at: int
    """Index of the keyframe or block of changes behind it; their number where none is."""
    length: int
    """Bytes that are no block."""
    is_loss: bool
    """Changes are missing."""


class Index:
    """The blocks of a file in their order; it grows with the file.

    `blocks` are those that are played: keyframes and changes. Their times never go back, whatever
    their heads say.
    """

    def __init__(self, data: Bytes, *, start: int) -> None:
        self.blocks: list[Block] = []
        self.begins: list[datetime] = []
        self.ends: list[datetime] = []
        self.keyframes: list[int] = []
        """Which of the blocks are keyframes."""
        self.holes: list[Hole] = []
        self.preface: Block | None = None
        self.started_at: datetime | None = None
        """Time of the first block, whatever it is."""
        self.landmarks: list[Block] = []
        self.ended_at: datetime | None = None
        """When the recording was ended; `None` while it goes on, or when it was cut off."""
        self.end = start
        """Where in the file the last whole block ends."""
        self._data = data
        self._last: Block | None = None
        self._gap = 0
        self._number = self._changes = 0
        """What the next block should say of itself."""
        self._losses: set[int] = set()
        self._keyframe_times: list[datetime] = []
        self._wholes: list[int] = []
        self._numbers: dict[int, int] = {}
        """Which block a keyframe is, by the number it has in the file."""

    def grow(self) -> bool:
        """Take in what was written since; tell whether a whole block was."""
        was = self.end
        for found in find_blocks(self._data, self.end):
            if isinstance(found, Gap):
                self._gap += found.length
            else:
                self._check(found)
                self._sort(found)
                self.end = found.end
                self._last = found
        return self.end > was

    def is_current(self) -> bool:
        """Tell whether the last block still stands where it was: nobody wrote over the file."""
        last = self._last
        return last is None or read_head(self._data, last.offset - HEAD_BYTES) == last

    def is_loss_before(self, i: int) -> bool:
        """Tell whether changes are missing right before a block."""
        return i in self._losses

    def keyframes_until(self, at: datetime) -> Iterator[int]:
        """Yield which blocks are keyframes of that time or earlier ones, the newest first."""
        count = bisect_right(self._keyframe_times, at)
        yield from reversed(self.keyframes[:count])

    def keyframes_from(self, i: int) -> Iterator[int]:
        """Yield which blocks are keyframes, from a block on."""
        for place in range(bisect_left(self.keyframes, i), len(self.keyframes)):
            yield self.keyframes[place]

    def base_of(self, i: int) -> int | None:
        """Return the keyframe that another one builds on; `None` where none is."""
        block = self.blocks[i]
        if block.base:
            base = self._numbers.get(block.number - block.base, i)
            return base if base < i else None
        is_linked = block.kind is BlockKind.LINKED
        before = self.keyframes if is_linked else self._wholes
        place = bisect_left(before, i)
        return before[place - 1] if place else None

    def chain_of(self, i: int) -> Sequence[int] | None:
        """Return the keyframes that one takes to be read, from a whole one to itself.

        `None` where there are none, or more than anybody writes.
        """
        chain = [i]
        while self.blocks[chain[-1]].kind is not BlockKind.WHOLE:
            base = self.base_of(chain[-1])
            if base is None or len(chain) == _LONGEST_CHAIN:
                return None
            chain.append(base)
        return chain[::-1]

    def _check(self, block: Block) -> None:
        """Take note of what is missing before a block, by what it says of itself."""
        is_loss = block.changes != self._changes
        if is_loss or block.number != self._number or self._gap:
            self.holes.append(Hole(len(self.blocks), self._gap, is_loss))
        if is_loss:
            self._losses.add(len(self.blocks))
        self._gap = 0
        self._number = block.number + 1
        self._changes = block.changes + (block.kind is BlockKind.CHANGES)

    def _sort(self, block: Block) -> None:
        self.started_at = self.started_at or block.begins
        if block.kind is BlockKind.CHANGES or block.kind in KEYFRAMES:
            self._add(block)
        elif block.kind is BlockKind.LANDMARK:
            self.landmarks.append(block)
        elif block.kind is BlockKind.PREFACE:
            self.preface = self.preface or block
        else:
            self.ended_at = block.begins

    def _add(self, block: Block) -> None:
        begins = max(block.begins, self.ends[-1]) if self.ends else block.begins
        if block.kind in KEYFRAMES:
            self.keyframes.append(len(self.blocks))
            self._keyframe_times.append(begins)
            self._numbers[block.number] = len(self.blocks)
        if block.kind is BlockKind.WHOLE:
            self._wholes.append(len(self.blocks))
        self.blocks.append(block)
        self.begins.append(begins)
        self.ends.append(max(begins, block.ends))
