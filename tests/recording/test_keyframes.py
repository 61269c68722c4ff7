"""Keyframes hold all that was known, in its order, and are refused when they are damaged."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from random import Random
from typing import NoReturn

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from swarmtui.insight.picture import Place
from swarmtui.recording import task_lists
from swarmtui.recording.blocks import BlockKind, Packer
from swarmtui.recording.columns import Ids, Ints
from swarmtui.recording.errors import RecordingError
from swarmtui.recording.keyframe_rows import KeyframeRows
from swarmtui.recording.keyframes import (
    Moment,
    Restoring,
    decode_whole,
    encode_partial,
    encode_whole,
)
from swarmtui.swarm.entities import Task
from swarmtui.swarm.fold import fold
from swarmtui.swarm.observation import Observation
from swarmtui.swarm.snapshot import Snapshot
from swarmtui.swarm.words import TASK_STATES
from tests.depth import every, examples
from tests.factories import (
    NOON,
    at,
    make_node,
    make_service,
    make_stats,
    make_task,
    nodes_seen,
    services_seen,
    stats_seen,
    tasks_seen,
)
from tests.insight.random_stories import long_story, make_analyst, reorder, stories


def make_moment(*story: Observation, number: int = 1) -> Moment:
    """Return what is known after these observations."""
    analyst = make_analyst()
    for seen in story:
        analyst.see(seen)
    return Moment(
        number=number,
        snapshot=analyst.snapshot,
        memory=analyst.remember(),
        places=analyst.places,
    )


def make_many(count: int) -> Moment:
    """Return a moment with as many tasks, ids as engines make them."""
    return make_moment(
        nodes_seen([make_node(f"n{n}") for n in range(9)], whole=True),
        services_seen([make_service()], whole=True),
        tasks_seen([make_named(n) for n in range(count)], whole=True),
    )


def make_named(number: int) -> Task:
    id_ = f"{Random(number).randrange(36**25):025}"[:25]
    node = f"n{number % 9}"
    return make_task(id_, slot=number, node_id=node, since=at(number / 7), image="local/busybox:1")


def decoded(moment: Moment) -> Moment:
    """Return a moment as others build on it."""
    return decode_whole(encode_whole(moment))


def decode_partial(payload: bytes, base: Moment) -> Moment:
    """Return the moment of a keyframe that builds on a decoded one."""
    return Restoring(base).finish(payload)


def assert_same(found: Moment, wanted: Moment) -> None:
    """Assert that two moments are equal and in the same order."""
    assert (found.snapshot, found.memory, found.places) == (
        wanted.snapshot,
        wanted.memory,
        wanted.places,
    )
    one, other = found.snapshot, wanted.snapshot
    assert list(one.nodes) == list(other.nodes)
    assert list(one.services) == list(other.services)
    assert list(one.machines) == list(other.machines)
    assert [(s, list(tasks)) for s, tasks in one.tasks.items()] == [
        (s, list(tasks)) for s, tasks in other.tasks.items()
    ]


@examples(20)
@given(stories())
def test_a_whole_keyframe_holds_all_that_was_known(story: list[Observation]) -> None:
    moment = make_moment(*story)
    assert_same(decode_whole(encode_whole(moment)), moment)


@examples(20)
@given(stories(), st.floats(0, 1), st.randoms(use_true_random=False), st.booleans())
def test_a_partial_keyframe_holds_with_its_base_all_that_was_known(
    story: list[Observation], cut: float, chance: Random, is_shuffled: bool
) -> None:
    base = make_moment(*story[: int(cut * len(story))])
    moment = make_moment(*story, number=2)
    if is_shuffled:
        moment = replace(moment, snapshot=reorder(moment.snapshot, chance))
    assert_same(decode_partial(encode_partial(moment, base), decoded(base)), moment)


def test_a_partial_keyframe_holds_what_seldom_happens_too() -> None:
    analyst, base = make_analyst(), make_moment()
    known = decoded(base)
    for number, seen in enumerate(long_story(400)):
        analyst.see(seen)
        if number % every(3):
            continue
        moment = Moment(
            number=number,
            snapshot=analyst.snapshot,
            memory=analyst.remember(),
            places=analyst.places,
        )
        if number % 10 == 0:
            base, known = moment, decoded(moment)
        found = decode_partial(encode_partial(moment, base), known)
        assert_same(replace(found, number=number), moment)


def test_a_partial_keyframe_shares_with_its_base_what_is_the_same() -> None:
    story = (
        services_seen([make_service("s1"), make_service("s2")], whole=True),
        tasks_seen([make_task("t1")], service="s1"),
        tasks_seen([make_task("t2", service="s2"), *_tasks_of("s2")], service="s2"),
    )
    base = make_moment(*story)
    moment = make_moment(*story, tasks_seen([make_task("t2", service="s2", slot=9)], service="s2"))
    known = decoded(base)
    found = decode_partial(encode_partial(moment, base), known)
    assert found.snapshot.tasks["s1"] is known.snapshot.tasks["s1"]
    assert found.snapshot.tasks["s2"] == moment.snapshot.tasks["s2"]
    assert known.snapshot.tasks["s2"] == base.snapshot.tasks["s2"]


def _tasks_of(service: str) -> list[Task]:
    return [make_task(f"t{n}", service=service) for n in range(3, 9)]


@pytest.mark.parametrize("count", [1, 3, 29, 31, 100])
def test_tasks_that_went_are_gone_and_the_others_in_their_order(count: int) -> None:
    base = make_many(300)
    ids = list(base.snapshot.tasks["s1"])
    gone = Random(count).sample(ids, count)
    tasks = {id_: t for id_, t in base.snapshot.tasks["s1"].items() if id_ not in gone}
    after = replace(base, snapshot=replace(base.snapshot, tasks={"s1": tasks}))
    payload = encode_partial(after, base)
    assert len(payload) < 3_000
    found = decode_partial(payload, decoded(base)).snapshot.tasks["s1"]
    assert list(found.items()) == list(tasks.items())


def test_a_partial_keyframe_is_refused_beside_another_base() -> None:
    base, moment = make_moment(number=1), make_moment(number=2)
    payload = encode_partial(moment, base)
    with pytest.raises(RecordingError, match="builds on one that is missing"):
        decode_partial(payload, replace(base, number=3))


def test_a_partial_keyframe_is_refused_beside_lists_that_are_of_no_keyframe() -> None:
    base = make_many(3)
    payload = encode_partial(replace(base, number=2), base)
    known = decoded(base)
    lists = known.snapshot.tasks
    later = {"s1": fold(known.snapshot, tasks_seen([make_named(9)])).snapshot.tasks["s1"]}
    for tasks in (base.snapshot.tasks, later):
        with pytest.raises(RecordingError):
            decode_partial(payload, replace(known, snapshot=replace(known.snapshot, tasks=tasks)))
    assert decode_partial(payload, known).snapshot.tasks["s1"] is lists["s1"]


def test_lists_on_their_way_are_kept_as_short_as_others() -> None:
    first = make_many(400)
    story = tasks_seen(first.snapshot.tasks["s1"].values(), whole=True, complete=False, second=9)
    moment = make_moment(
        services_seen([make_service()], whole=True),
        tasks_seen([], whole=True),
        story,
    )
    assert len(moment.memory.relists["s1"]) == 400
    payload = encode_whole(moment)
    assert_same(decode_whole(payload), moment)
    assert len(payload) < 400 * 60


def test_a_task_takes_some_twenty_five_bytes_and_one_that_changed_a_few() -> None:
    base = make_many(5_000)
    tasks = base.snapshot.tasks["s1"]
    changed = {
        id_: replace(task, since=at(9_999)) if task.slot % 10 == 0 else task
        for id_, task in tasks.items()
    }
    moment = replace(base, snapshot=replace(base.snapshot, tasks={"s1": changed}))
    whole = Packer().pack(BlockKind.WHOLE, encode_whole(base), begins=NOON)
    partial = Packer().pack(BlockKind.PARTIAL, encode_partial(moment, base), begins=NOON)
    assert len(whole) < 5_000 * 26
    assert len(partial) < 500 * 6


def test_samples_of_machines_are_kept() -> None:
    moment = make_moment(
        stats_seen("m1", make_stats("a", cpu_percent=250.5), make_stats()),
        stats_seen("m2", make_stats("a", memory_bytes=1 << 40)),
    )
    assert_same(decode_whole(encode_whole(moment)), moment)


def test_a_whole_keyframe_of_nothing_is_nothing() -> None:
    found = decode_whole(encode_whole(make_moment()))
    assert found.snapshot == Snapshot()
    assert found.places == {}


def test_a_keyframe_with_any_byte_damaged_is_refused_or_read() -> None:
    base = make_many(10)
    moment = replace(make_many(20), places={"n1": Place(region="bkk"), "gone": Place()})
    whole, partial, known = encode_whole(moment), encode_partial(moment, base), decoded(base)
    for place in range(0, len(whole), every(3)):
        refused_or_read(decode_whole, damage(whole, place))
    for place in range(0, len(partial), every(3)):
        refused_or_read(lambda payload: decode_partial(payload, known), damage(partial, place))


def damage(payload: bytes, place: int) -> Iterator[bytes]:
    yield payload[:place]
    for bit in (0x01, 0x40, 0x80):
        yield payload[:place] + bytes((payload[place] ^ bit,)) + payload[place + 1 :]


def refused_or_read(decode: Callable[[bytes], Moment], payloads: Iterable[bytes]) -> None:
    for payload in payloads:
        with suppress(RecordingError):
            for tasks in decode(payload).snapshot.tasks.values():
                assert len(tasks.values()) == len(tasks)


def tamper(payload: bytes, change: object) -> bytes:
    """Return a payload with something else in its task lists."""
    raw = msgspec.msgpack.decode(payload)
    raw["tasks"] |= change
    return msgspec.msgpack.encode(raw)


BILLION = 10**9
ENDLESS = 10**18
"""What has so many places, nobody has memory for."""


@pytest.mark.parametrize(
    "change",
    [
        {"services": ["s1", "s1"]},
        {"services": []},
        {"hows": b""},
        {"hows": b"\x00"},
        {"hows": b"\x01"},
        {"new": [0, b"", {0: BILLION}]},
        {"new": [0, b"", {0: -1}]},
        {"gone": [0, b"", {0: BILLION}]},
        {"changed": [0, b"", {0: BILLION}]},
        {"changed": [0, b"", {0: ENDLESS}], "new": [0, b"", {0: 3 - ENDLESS}]},
        {"gone": [1, b"\x03", {}]},
        {"rows": {}},
        {"rows": None},
    ],
)
def test_task_lists_that_make_no_sense_are_refused(change: dict[str, object]) -> None:
    payload = tamper(encode_whole(make_many(3)), change)
    with pytest.raises(RecordingError):
        decode_whole(payload)


@pytest.mark.parametrize(
    "change",
    [
        {"ids": [25, b"x" * 50, []]},
        {"slots": [1, b"a", {}]},
        {"nodes": [2, b"\xff" * 6, {}]},
        {"states": bytes((len(TASK_STATES),)) * 3},
        {"states": b"\x01" * 4},
        {"desired": b"\x01"},
        {"since": [-5, [0, b"", {}], [0, b"", {}]]},
        {"errors": [4, b"\xff" * 12, {}]},
        {"images": [0, b"", {5: 1}]},
        {"nodes": [1, b"\x00" * 3, {0: 1}]},
    ],
)
def test_rows_that_make_no_sense_are_refused(change: dict[str, object]) -> None:
    payload = encode_whole(make_many(3))
    rows = msgspec.msgpack.decode(payload)["tasks"]["rows"]
    with pytest.raises(RecordingError):
        decode_whole(tamper(payload, {"rows": rows | change}))


def test_tasks_that_share_an_id_are_told_apart() -> None:
    payload = encode_whole(make_many(3))
    rows = msgspec.msgpack.decode(payload)["tasks"]["rows"]
    (tasks,) = decode_whole(
        tamper(payload, {"rows": rows | {"ids": [2, b"aaabbb", []]}})
    ).snapshot.tasks.values()
    assert list(tasks) == ["ab#0", "ab#1", "ab#2"]
    assert len(tasks.values()) == len(tasks) == 3


class Uncut(bytes):
    """Bytes of which nobody may take a part."""

    def __getitem__(self, part: object) -> NoReturn:
        raise AssertionError("taken apart")


@pytest.mark.parametrize("name", ["slots", "nodes", "errors", "images"])
def test_numbers_of_any_length_are_refused_before_they_are_taken_apart(name: str) -> None:
    tasks = [make_task(f"t{n}", slot=n) for n in range(3)]
    rows = task_lists.pack_rows(tasks, ids=[], number=lambda _: 0)
    endless = {name: Ints(ENDLESS, Uncut(bytes(3)))}
    with pytest.raises((ValueError, LookupError)):
        KeyframeRows(replace(rows, **endless), 3, [""])


def test_more_tasks_than_a_swarm_can_have_are_refused_before_they_are_made() -> None:
    payload = encode_whole(make_many(3))
    rows = msgspec.msgpack.decode(payload)["tasks"]["rows"]
    count = task_lists.MOST_TASKS + 1
    many = {"states": b"\x08" * count, "desired": b"\x08" * count}
    changes = {"rows": rows | many, "new": [4, count.to_bytes(4, "little"), {}]}
    with pytest.raises(RecordingError, match="more than there can be"):
        decode_whole(tamper(payload, changes))


def test_a_keyframe_nested_without_end_is_refused() -> None:
    payload = encode_whole(make_moment())
    deep = b"\x91" * 100_000 + b"\xc0"
    raw = msgspec.msgpack.decode(payload, type=dict[str, msgspec.Raw])
    with pytest.raises(RecordingError):
        decode_whole(msgspec.msgpack.encode(raw | {"later": msgspec.Raw(deep)}))


def test_a_field_of_a_later_version_is_passed_over() -> None:
    moment = make_many(3)
    raw = msgspec.msgpack.decode(encode_whole(moment), type=dict[str, msgspec.Raw])
    later = msgspec.msgpack.encode(raw | {"later": {"a": 1}})
    assert_same(decode_whole(later), moment)


@pytest.mark.parametrize("ids", [Ids(0, b"", ["a"]), Ids(0, b"xx", ["a", "b"])])
def test_ids_that_are_not_as_many_as_the_tasks_are_refused(ids: Ids) -> None:
    rows = msgspec.msgpack.decode(encode_whole(make_many(3)))["tasks"]["rows"]
    short = msgspec.to_builtins(ids, builtin_types=(bytes,))
    with pytest.raises(RecordingError):
        decode_whole(tamper(encode_whole(make_many(3)), {"rows": rows | {"ids": short}}))
