"""What differs between two memories makes of the one the other, and is refused beside a third."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmtui.recording.memory_parts import apply_change, join, pack_change, split
from tests.depth import examples
from tests.insight.random_stories import long_story, make_analyst

values = st.recursive(
    st.integers(0, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=20,
)
memories = st.dictionaries(st.sampled_from("abcd"), values)


@examples(100)
@given(memories, memories)
def test_a_change_makes_of_one_memory_the_other_in_its_order(
    before: dict[str, object], after: dict[str, object]
) -> None:
    known, wanted = (split(msgspec.msgpack.encode(each)) for each in (before, after))
    change = msgspec.Raw(pack_change(known, wanted))
    assert join(apply_change(known, change)) == msgspec.msgpack.encode(after)
    assert join(known) == msgspec.msgpack.encode(before)


def test_a_past_that_only_got_longer_is_told_as_what_is_new() -> None:
    analyst = make_analyst()
    story = list(long_story(400))
    for seen in story[:-1]:
        analyst.see(seen)
    before = msgspec.msgpack.encode(analyst.remember())
    analyst.see(story[-1])
    after = msgspec.msgpack.encode(analyst.remember())
    assert len(pack_change(split(before), split(after))) < len(after) / 4


@pytest.mark.parametrize(
    "change",
    [
        [1, 1, [0, b"", {}], [0, b"", {}], [1, b"\x04", {}], []],
        [1, 1, [0, b"", {}], [0, b"", {0: -1}], [1, b"\x01", {}], []],
        [1, 1, [1, b"\x01", {}], [0, b"", {}], [0, b"", {}], []],
        [1, 1, [0, b"", {}], [0, b"", {}], [0, b"", {0: 1 << 40}], []],
        [2, {}, []],
        [7],
    ],
)
def test_a_change_that_makes_no_sense_is_refused(change: object) -> None:
    known = split(msgspec.msgpack.encode({"a": [1, 2, 3]}))
    packed = msgspec.msgpack.encode([2, {"a": change}, []])
    with pytest.raises((ValueError, LookupError, msgspec.MsgspecError)):
        apply_change(known, msgspec.Raw(packed))
