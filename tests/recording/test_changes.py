"""Entries come back from their blocks, and one sees what they change without those before."""

import msgspec
import pytest
from hypothesis import given, settings

from swarmtui.insight.picture import Place
from swarmtui.recording.changes import ChangesDecoder, ChangesEncoder, Glimpse, glimpse, weigh
from swarmtui.recording.entries import Entry, Placed
from swarmtui.recording.errors import RecordingError
from swarmtui.swarm.observation import EventSeen, Observation, Pulse, WatcherLost
from tests.factories import (
    NOON,
    at,
    machine_seen,
    make_node,
    make_stats,
    make_task,
    nodes_seen,
    stats_seen,
    tail_seen,
    tasks_seen,
)
from tests.insight.random_stories import make_analyst, stories

PLACED = Placed(taken_at=NOON, places={"n1": Place(region="bkk", mine=True)})


def frame(kind: bytes, record: bytes) -> bytes:
    return kind + len(record).to_bytes(4, "big") + record


@settings(deadline=None)
@given(stories())
def test_entries_come_back_in_their_order(story: list[Observation]) -> None:
    encoder, decoder = ChangesEncoder(), ChangesDecoder()
    entries: list[Entry] = [PLACED, *story]
    payloads = [encoder.encode(entry) for entry in entries]
    half = len(payloads) // 2
    found = [*decoder.decode(b"".join(payloads[:half]))]
    found += decoder.decode(b"".join(payloads[half:]))
    assert found == entries


@settings(deadline=None)
@given(stories())
def test_a_segment_is_read_without_and_with_the_one_before_it(story: list[Observation]) -> None:
    encoder = ChangesEncoder()
    first = b"".join(encoder.encode(seen) for seen in story)
    encoder.begin_segment()
    second = b"".join(encoder.encode(seen) for seen in reversed(story))
    decoder = ChangesDecoder()
    assert [*decoder.decode(first), *decoder.decode(second)] == [*story, *reversed(story)]
    assert [*ChangesDecoder().decode(second)] == story[::-1]


@settings(deadline=None)
@given(stories(), stories())
def test_a_segment_is_read_with_what_was_known_before_it(
    before: list[Observation], story: list[Observation]
) -> None:
    analyst = make_analyst()
    for seen in before:
        analyst.see(seen)
    encoder, decoder = ChangesEncoder(), ChangesDecoder()
    encoder.begin_segment(analyst.snapshot)
    payload = b"".join(map(encoder.encode, story))
    assert [*decoder.decode(payload, analyst.snapshot)] == story


def test_an_id_and_a_name_that_the_keyframe_has_are_not_told_again() -> None:
    analyst = make_analyst()
    analyst.see(nodes_seen([make_node("nodewithaname")]))
    analyst.see(tasks_seen([make_task("taskwithaname", node_id="nodewithaname")]))
    encoder = ChangesEncoder()
    encoder.begin_segment(analyst.snapshot)
    failed = make_task("taskwithaname", node_id="nodewithaname", state="failed")
    payload = encoder.encode(tasks_seen([failed, make_task("another")]))
    assert b"another" in payload
    assert b"withaname" not in payload


@settings(deadline=None)
@given(stories())
def test_a_glimpse_says_what_the_entries_weigh(story: list[Observation]) -> None:
    encoder = ChangesEncoder()
    payloads = [encoder.encode(seen) for seen in story]
    half = len(payloads) // 2
    for part, seen in ((payloads[:half], story[:half]), (payloads[half:], story[half:])):
        wanted = [Glimpse(each.taken_at, weigh(each)) for each in seen]
        assert [*glimpse(b"".join(part))] == wanted


@pytest.mark.parametrize(
    ("entry", "weight"),
    [
        (nodes_seen([make_node("n1"), make_node("n2")], removed=("n3",)), 3),
        (nodes_seen([]), 0),
        (nodes_seen([], whole=True), 1),
        (tasks_seen([], whole=True), 1),
        (tasks_seen([make_task()]), 1),
        (WatcherLost(taken_at=NOON, text="ended", retry_s=1.0), 1),
        (machine_seen(), 1),
        (tail_seen(), 1),
        (stats_seen("m1", make_stats()), 0),
        (Pulse(taken_at=NOON), 0),
        (EventSeen(taken_at=NOON, type="node", action="update", actor_id="n1"), 0),
        (PLACED, 0),
    ],
)
def test_what_changes_something_weighs_something(entry: Entry, weight: int) -> None:
    assert weigh(entry) == weight


def test_an_entry_whose_names_were_never_told_is_damage() -> None:
    encoder = ChangesEncoder()
    encoder.encode(tasks_seen([make_task()]))
    with pytest.raises(RecordingError):
        list(ChangesDecoder().decode(encoder.encode(tasks_seen([make_task()]))))


NAIVE = msgspec.msgpack.encode({"seen": "pulse", "taken_at": "2026-07-22T12:00:00"})
DEEP = msgspec.msgpack.encode({"seen": "pulse", "taken_at": at(0)})
DEEP = b"\x83" + DEEP[1:] + b"\xa1x" + b"\x91" * 100_000 + b"\xc0"


@pytest.mark.parametrize(
    "payload",
    [
        b"o",
        b"o\x00\x00\x00\x05abcd",
        b"o\xff\xff\xff\xff",
        frame(b"z", b"abc"),
        frame(b"o", b""),
        frame(b"o", b"\xc1"),
        frame(b"p", msgspec.msgpack.encode({"places": 3})),
        frame(b"o", msgspec.msgpack.encode({"seen": "nothing", "taken_at": NOON})),
        frame(b"o", msgspec.msgpack.encode({"seen": "pulse", "taken_at": 1})),
        frame(b"o", NAIVE),
        frame(b"o", DEEP),
    ],
)
def test_a_block_that_makes_no_sense_is_damage(payload: bytes) -> None:
    with pytest.raises(RecordingError):
        list(ChangesDecoder().decode(payload))


@pytest.mark.parametrize(
    "payload", [b"o", b"o\x00\x00\x00\x05abcd", frame(b"o", b"\xc1"), frame(b"o", NAIVE)]
)
def test_a_block_that_makes_no_sense_is_damage_at_a_glimpse(payload: bytes) -> None:
    with pytest.raises(RecordingError):
        list(glimpse(payload))
