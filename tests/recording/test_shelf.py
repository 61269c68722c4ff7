"""Keyframes that were used are at hand, as many as memory allows."""

import pytest
from msgspec.structs import replace

from swarmtui.recording.blocks import Block, BlockKind, Gap, find_blocks, unpack_payload
from swarmtui.recording.errors import RecordingError
from swarmtui.recording.keyframes import (
    Moment,
    Restoring,
    decode_whole,
    encode_partial,
    encode_whole,
)
from swarmtui.recording.shelf import Shelf
from tests.factories import NOON, make_task, tasks_seen
from tests.insight.random_stories import make_analyst
from tests.recording.tape import Tape


class Stored:
    """Keyframes in a file, and which of them were read."""

    def __init__(self) -> None:
        self._tape = Tape()
        self.read: list[int] = []
        self.blocks: list[Block] = []

    def add(self, moment: Moment, base: Moment | None = None) -> None:
        if base is None:
            self._tape.lay(BlockKind.WHOLE, encode_whole(moment), begins=NOON)
        else:
            self._tape.lay(BlockKind.PARTIAL, encode_partial(moment, base), begins=NOON)
        found = list(find_blocks(bytes(self._tape.data), self._tape.blocks[0].start))
        self.blocks = [each for each in found if not isinstance(each, Gap)][1:]

    def spoil(self, number: int) -> None:
        self._tape.spoil(self._tape.blocks[1 + number])

    def take(self, block: Block) -> bytes:
        self.read.append(self.blocks.index(block))
        payload = unpack_payload(bytes(self._tape.data), block)
        if payload is None:
            raise RecordingError("damaged")
        return payload


def make_moment(number: int, tasks: int = 10) -> Moment:
    analyst = make_analyst()
    analyst.see(tasks_seen([make_task(f"t{n}", slot=number) for n in range(tasks)]))
    return Moment(
        number=number,
        snapshot=analyst.snapshot,
        memory=analyst.remember(),
        places=analyst.places,
    )


@pytest.fixture
def stored() -> Stored:
    stored = Stored()
    for number in range(4):
        stored.add(make_moment(number))
    return stored


def test_keyframes_used_last_are_kept_while_their_tasks_have_room(stored: Stored) -> None:
    shelf = Shelf(stored.take, most_tasks=25)
    for number in (0, 1, 0, 2, 0, 1, 2):
        moment = shelf.whole(stored.blocks[number])
        assert moment.number == number
    assert stored.read == [0, 1, 2, 1, 2]


def test_one_keyframe_is_kept_however_large_it_is(stored: Stored) -> None:
    shelf = Shelf(stored.take, most_tasks=1)
    for number in (0, 0, 1, 1):
        shelf.whole(stored.blocks[number])
    assert stored.read == [0, 1]


def test_the_partial_keyframe_used_last_is_kept(stored: Stored) -> None:
    base, first, second = make_moment(0), make_moment(5, tasks=12), make_moment(6, tasks=13)
    known = decode_whole(encode_whole(base))
    stored.add(first, base)
    stored.add(second, base)
    shelf = Shelf(stored.take)
    for number, moment in ((4, first), (5, second)):
        block = stored.blocks[number]
        assert shelf.find_partial(block) is None
        assert shelf.partial(block, Restoring(known)).snapshot == moment.snapshot
        found = shelf.find_partial(block)
        assert found is not None
        assert replace(found, parts=None) == moment
    assert shelf.find_partial(stored.blocks[4]) is None
    assert stored.read == [4, 5]


def test_a_link_is_read_as_far_as_the_next_one_builds_on_it(stored: Stored) -> None:
    base, first, second = make_moment(0), make_moment(5, tasks=12), make_moment(6, tasks=13)
    known = decode_whole(encode_whole(base))
    stored.add(first, base)
    stored.add(second, first)
    shelf = Shelf(stored.take)
    restoring = Restoring(known)
    shelf.link(stored.blocks[4], restoring)
    assert shelf.find_partial(stored.blocks[4]) is None
    assert shelf.partial(stored.blocks[5], restoring).snapshot == second.snapshot


def test_what_is_damaged_is_not_kept(stored: Stored) -> None:
    stored.spoil(2)
    shelf = Shelf(stored.take)
    for _ in range(2):
        with pytest.raises(RecordingError):
            shelf.whole(stored.blocks[2])
    assert stored.read == [2, 2]
