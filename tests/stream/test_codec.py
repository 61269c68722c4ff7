"""Records carry observations through a pipe or a file without loss."""

import io
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmtui.stream import names
from swarmtui.stream.codec import Decoder, Encoder
from swarmtui.stream.frames import HEADER, MOST_BYTES, StreamError, frame, read_records
from swarmtui.swarm.observation import (
    Cost,
    CountsSeen,
    EventSeen,
    FailureKind,
    ManagerLost,
    ManagerSeen,
    Observation,
    Pulse,
    Waiting,
    WatcherLost,
)
from swarmtui.swarm.stats import ContainerStats, SwarmState, TailSeen, TailState
from swarmtui.swarm.words import TASK_STATES, NodeState, TaskState
from tests.factories import (
    NOON,
    at,
    machine_seen,
    make_manager,
    make_node,
    make_service,
    make_stats,
    make_task,
    nodes_seen,
    services_seen,
    stats_seen,
    tasks_seen,
)

OBSERVATIONS: list[Observation] = [
    ManagerSeen(
        taken_at=NOON,
        host="unix:///var/run/docker.sock",
        cluster_id="c1",
        node_id="n1",
        api_version="1.41",
        engine_version="20.10.24",
    ),
    nodes_seen([make_node("n1", labels={"région": "fr\x1b[31m"}), make_manager("m1", leader=True)]),
    nodes_seen([], removed=("n1",), asked_at=at(-3)),
    services_seen([make_service(), make_service("s2", replicas=None)], whole=True),
    tasks_seen([make_task(), make_task("t2", node_id="", state="pending", error="no node")]),
    tasks_seen([], removed=("t1",), complete=False),
    EventSeen(taken_at=NOON, type="node", action="update", actor_id="n1"),
    Pulse(taken_at=NOON, waiting=Waiting("/nodes", at(-9)), cost=Cost(4, 5_000, 0.2, 60)),
    CountsSeen(
        taken_at=NOON,
        nodes={NodeState.READY: 3},
        tasks={TaskState.RUNNING: 96_287, TaskState.PENDING: 1},
        cluster_id="c1",
    ),
    ManagerLost(taken_at=NOON, host="tcp://a", kind=FailureKind.REFUSED, text="refused"),
    WatcherLost(taken_at=NOON, text="ended", retry_s=2.0),
    stats_seen("m1", make_stats("a", cpu_percent=250.5, memory_bytes=1 << 40), make_stats()),
    stats_seen("m2"),
    TailSeen(
        taken_at=NOON, machine="m1", state=TailState.RETRYING, text="m1: refused", retry_at=at(9)
    ),
    machine_seen(
        "m1",
        "n1",
        swarm_state=SwarmState.ACTIVE,
        managers=("10.0.0.1:2377",),
        clock_offset_s=-0.5,
    ),
]


@pytest.mark.parametrize("seen", OBSERVATIONS, ids=lambda seen: type(seen).__name__)
def test_an_observation_comes_back_as_it_was(seen: Observation) -> None:
    assert Decoder().decode(Encoder().encode(seen)) == seen


def test_a_name_travels_once() -> None:
    encoder, decoder = Encoder(), Decoder()
    seen = tasks_seen([make_task(f"t{n}", node_id="n" * 25) for n in range(50)])
    first, second = encoder.encode(seen), encoder.encode(seen)
    assert first.count(b"n" * 25) == 1
    assert b"n" * 25 not in second
    assert decoder.decode(first) == decoder.decode(second) == seen


def test_names_repeated_in_many_tasks_are_one_object() -> None:
    seen = tasks_seen([make_task(f"t{n}", error="boom") for n in range(2)])
    decoded = Decoder().decode(Encoder().encode(seen))
    assert decoded.changed[0].error is decoded.changed[1].error  # type: ignore[union-attr]


def test_the_dictionary_starts_anew_before_it_grows_without_end() -> None:
    encoder, decoder = Encoder(), Decoder()
    many = [make_task(f"t{n}", error=f"error {n}") for n in range(names.MOST_NAMES + 1)]
    for seen in (tasks_seen(many), tasks_seen(many[:3]), tasks_seen(many[2:5])):
        assert decoder.decode(encoder.encode(seen)) == seen
    assert encoder._numbers.of("one more") < 20


def test_tasks_and_stats_share_the_dictionary_when_it_starts_anew() -> None:
    encoder, decoder = Encoder(), Decoder()
    many = [make_task(f"t{n}", error=f"error {n}") for n in range(names.MOST_NAMES + 1)]
    stats = stats_seen("m1", make_stats("a"), make_stats("b"))
    for seen in (stats, tasks_seen(many), stats, tasks_seen(many[:2]), stats):
        assert decoder.decode(encoder.encode(seen)) == seen


def test_names_of_containers_travel_once() -> None:
    encoder = Encoder()
    rows = [make_stats(f"{'service' * 9}.{n}", cpu_percent=12.5, pids=9) for n in range(20)]
    encoder.encode(stats_seen("m1", *rows))
    assert len(encoder.encode(stats_seen("m1", *rows, second=1))) < 20 * 40


@given(
    st.lists(
        st.builds(
            ContainerStats,
            container_id=st.text(),
            container=st.text(),
            cpu_percent=st.none() | st.floats(allow_nan=False),
            memory_bytes=st.none() | st.integers(0, 2**63),
            pids=st.none() | st.integers(0, 2**31),
        )
    )
)
def test_any_stats_survive(rows: list[ContainerStats]) -> None:
    seen = stats_seen("m1", *rows)
    assert Decoder().decode(Encoder().encode(seen)) == seen


def test_columns_of_different_length_are_damage() -> None:
    record = msgspec.msgpack.decode(Encoder().encode(stats_seen("m1", make_stats())))
    record["pids"] = []
    with pytest.raises(StreamError, match="does not decode"):
        Decoder().decode(msgspec.msgpack.encode(record))


tasks = st.builds(
    make_task,
    st.text(),
    slot=st.integers(0, 2**40),
    node_id=st.text(),
    error=st.text(),
    image=st.text(),
    state=st.sampled_from(TASK_STATES),
    desired=st.sampled_from(TASK_STATES),
    since=st.timedeltas(timedelta(days=-9_000), timedelta(days=9_000)).map(lambda d: NOON + d),
)


@given(st.lists(st.lists(tasks, max_size=4), max_size=4))
def test_any_tasks_survive_one_after_the_other(batches: list[list[object]]) -> None:
    encoder, decoder = Encoder(), Decoder()
    for batch in batches:
        seen = tasks_seen(batch)  # type: ignore[arg-type]
        assert decoder.decode(encoder.encode(seen)) == seen


@given(st.binary())
def test_damage_is_an_error_of_the_stream_and_nothing_else(record: bytes) -> None:
    try:
        Decoder().decode(record)
    except StreamError:
        return


def test_a_name_that_was_never_sent_is_damage() -> None:
    encoder = Encoder()
    encoder.encode(tasks_seen([make_task()]))
    with pytest.raises(StreamError, match="does not decode"):
        Decoder().decode(encoder.encode(tasks_seen([make_task()])))


def test_records_are_read_until_the_end_and_a_torn_one_is_left_out() -> None:
    whole = HEADER + frame(b"one") + frame(b"") + frame(b"three")
    assert list(read_records(io.BytesIO(whole))) == [b"one", b"", b"three"]
    assert list(read_records(io.BytesIO(whole[:-1]))) == [b"one", b""]
    assert list(read_records(io.BytesIO(whole[:-7]))) == [b"one", b""]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "ended before it began"),
        (b"GIF89a nothing like it", "not a stream of swarmtui"),
        (HEADER.replace(b"1", b"7"), "version 7; this program reads version 1"),
        (HEADER + (MOST_BYTES + 1).to_bytes(4, "big"), "damaged"),
    ],
)
def test_what_is_not_a_stream_is_told_apart(data: bytes, text: str) -> None:
    with pytest.raises(StreamError, match=text):
        list(read_records(io.BytesIO(data)))


def test_a_task_takes_less_than_a_third_of_its_plain_encoding() -> None:
    nodes = [f"{n:025d}" for n in range(100)]
    seen = tasks_seen(
        [make_task(f"{n:025d}", node_id=nodes[n % 100], image="repo/image:1") for n in range(2_000)]
    )
    assert len(Encoder().encode(seen)) * 3 < len(msgspec.msgpack.encode(seen))
