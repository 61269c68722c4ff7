"""The stream of `docker stats`, as CLIs of several ages print it, cut anywhere."""

import json
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swarmtui.ssh.stats_lines import (
    MOST_BYTES,
    Frame,
    FrameParser,
    FrameReader,
    parse_line,
    parse_size,
)
from swarmtui.swarm.stats import ContainerStats

DATA = Path(__file__).parents[1] / "data" / "stats"
STREAMS = {name: (DATA / f"cli-{name}.stream").read_bytes() for name in ("20.10", "28.2")}
NOON = datetime(2026, 7, 22, 12, tzinfo=UTC)

BURNING = "c8da76f5abe907b05c3c797ee97a64918d6c17a92f81525ee0d6cd23530f496d"
IDLE = "061f614c1e57ed47066ed4d8b15ad57b88d3e1318cffcfee103654063660fa91"


def line(**changes: str) -> bytes:
    values = {
        "BlockIO": "8.19kB / 0B",
        "CPUPerc": "99.37%",
        "Container": "c8da76f5abe9",
        "ID": BURNING,
        "MemPerc": "0.51%",
        "MemUsage": "332KiB / 64MiB",
        "Name": "burn.2.bbcdefghijklmnopqrstuvwxy",
        "NetIO": "1.2MB / 656B",
        "PIDs": "3",
    }
    return json.dumps(values | changes, separators=(",", ":")).encode()


def painted_by_20(*lines: bytes) -> bytes:
    return b"\x1b[2J\x1b[H" + b"".join(each + b"\n" for each in lines)


def painted_by_28(*lines: bytes) -> bytes:
    """Each frame twice, the second time with what is left of each line erased."""
    clean = b"".join(each + b"\n" for each in lines)
    erased = b"".join(each + b" \x1b[K\n" for each in (*lines, b""))
    return b"\x1b[H" + clean + b"\x1b[H" + erased[: erased.rindex(b"\n")] + b"\n\x1b[J"


def painted_by_29(*lines: bytes) -> bytes:
    """Each frame once, as 29.8 writes it; an empty line is erased behind the last."""
    return b"\x1b[H" + b"".join(each + b"\x1b[K\n" for each in (*lines, b"")) + b"\x1b[J"


def newest(stream: bytes) -> tuple[ContainerStats, ...] | None:
    reader = FrameReader()
    reader.feed(stream, at=NOON)
    frame = reader.take()
    return FrameParser().parse(frame.body) if frame else None


def in_pieces(stream: bytes, size: int) -> list[Frame]:
    """Return every frame of a stream that comes so many bytes at a time."""
    reader = FrameReader()
    frames = []
    for at in range(0, len(stream), size):
        reader.feed(stream[at : at + size], at=NOON + timedelta(milliseconds=at))
        if frame := reader.take():
            frames.append(frame)
    return frames


@pytest.mark.parametrize("cli", STREAMS)
def test_a_real_stream_gives_the_containers_that_ran(cli: str) -> None:
    frames = [FrameParser().parse(frame.body) for frame in in_pieces(STREAMS[cli], 512)]
    assert len(frames) > 10
    if cli == "28.2":  # killed, it paints once more that it knows nothing
        while frames[-1][0].cpu_percent is None:
            assert frames.pop()[1].memory_bytes is None
    assert all({each.container_id for each in frame} >= {BURNING, IDLE} for frame in frames)
    burning = [each for frame in frames for each in frame if each.container_id == BURNING]
    assert all(each.container == "burn.2.bbcdefghijklmnopqrstuvwxy" for each in burning)
    assert all(each.memory_limit_bytes == 64 * 1024**2 for each in burning)
    assert [
        each.cpu_percent for each in burning[6:] if not 90 < (each.cpu_percent or 0) < 110
    ] == []


@pytest.mark.parametrize("cli", STREAMS)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 100, 1000, 1 << 20])
def test_it_is_all_the_same_how_a_stream_is_cut(cli: str, size: int) -> None:
    whole = newest(STREAMS[cli])
    assert whole
    frames = in_pieces(STREAMS[cli], size)
    assert FrameParser().parse(frames[-1].body) == whole


def test_a_container_without_a_sample_yet_is_left_out() -> None:
    """28.2 prints `"ID":"","Name":"--"` for one that has just been started."""
    assert b'"ID":""' in STREAMS["28.2"]
    names = {
        each.container
        for frame in in_pieces(STREAMS["28.2"], 64)
        for each in FrameParser().parse(frame.body)
    }
    assert names == {"burn.2.bbcdefghijklmnopqrstuvwxy", "web.1.abcdefghijklmnopqrstuvwxy"}


def test_all_values_of_a_line_are_read() -> None:
    assert parse_line(line()) == (
        ContainerStats(
            container_id=BURNING,
            container="burn.2.bbcdefghijklmnopqrstuvwxy",
            cpu_percent=99.37,
            memory_bytes=332 * 1024,
            memory_limit_bytes=64 * 1024**2,
            net_rx_bytes=1_200_000,
            net_tx_bytes=656,
            block_read_bytes=8190,
            block_write_bytes=0,
            pids=3,
        ),
    )


def test_what_the_engine_does_not_know_is_none() -> None:
    unknown = line(CPUPerc="--", MemUsage="-- / --", NetIO="--", BlockIO="--", PIDs="--")
    assert parse_line(unknown) == (
        ContainerStats(container_id=BURNING, container="burn.2.bbcdefghijklmnopqrstuvwxy"),
    )


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0B", 0),
        ("656B", 656),
        ("8.19kB", 8190),
        ("1e+03kB", 1_000_000),  # what %.3g makes of 999.6
        ("1.02MB", 1_020_000),
        ("3.4GB", 3_400_000_000),
        ("2TB", 2 * 10**12),
        ("332KiB", 332 * 1024),
        ("1.5GiB", 3 * 1024**3 // 2),
        ("23.54GiB", round(23.54 * 1024**3)),
        ("1PiB", 1024**5),
        ("--", None),
        ("", None),
        ("kB", None),
        ("-1B", None),
        ("1.2.3MB", None),
        ("nanB", None),
        ("9e999B", None),
        ("9999999YB", None),
        ("12 parsecs", None),
    ],
)
def test_memory_is_binary_and_traffic_is_decimal(text: str, size: int | None) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("percent", ["nan%", "inf%", "-1%", "1e999%", "", "much"])
def test_a_number_that_is_none_is_unknown(percent: str) -> None:
    (found,) = parse_line(line(CPUPerc=percent, PIDs=percent))
    assert (found.cpu_percent, found.pids) == (None, None)


@pytest.mark.parametrize("paint", [painted_by_20, painted_by_28, painted_by_29])
def test_a_frame_is_given_once_it_is_whole_and_only_once(paint: Any) -> None:
    reader = FrameReader()
    reader.feed(paint(line()), at=NOON)
    reader.feed(paint(line(ID="b" * 64))[:40], at=NOON)
    frame = reader.take()
    assert frame is not None
    assert [each.container_id for each in FrameParser().parse(frame.body)] == [BURNING]
    assert reader.take() is None


@pytest.mark.parametrize("paint", [painted_by_20, painted_by_28, painted_by_29])
def test_of_many_frames_the_newest_counts(paint: Any) -> None:
    frames = [paint(line(CPUPerc=f"{number}%")) for number in range(5)]
    (stats,) = newest(b"".join(frames) + b"\x1b[2J\x1b[H") or ()
    assert stats.cpu_percent == 4


@pytest.mark.parametrize("paint", [painted_by_20, painted_by_28, painted_by_29])
def test_a_machine_without_containers_has_empty_frames(paint: Any) -> None:
    assert newest(paint() + paint()) == ()


def test_a_frame_that_is_erased_line_by_line_and_not_doubled_is_read_too() -> None:
    once = painted_by_29(line(), line(ID="b" * 64))
    assert [each.container_id for each in newest(once) or ()] == [BURNING, "b" * 64]


def test_a_frame_is_as_old_as_its_beginning() -> None:
    reader = FrameReader()
    stream = painted_by_20(line())
    reader.feed(stream[:20], at=NOON)
    reader.feed(stream[20:], at=NOON + timedelta(seconds=1))
    reader.feed(painted_by_20(line()), at=NOON + timedelta(seconds=2))
    frame = reader.take()
    assert frame is not None
    assert frame.began_at == NOON
    reader.feed(b"\x1b[2J\x1b[H", at=NOON + timedelta(seconds=3))
    frame = reader.take()
    assert frame is not None
    assert frame.began_at == NOON + timedelta(seconds=2)


def test_what_a_shell_prints_before_is_passed_over() -> None:
    greeting = b"Welcome to Ubuntu {22.04}\n\x1b[31mhi\x1b[0m\n{}\n"
    assert newest(greeting + painted_by_28(line())) == parse_line(line())


def test_lines_glued_together_are_taken_apart() -> None:
    glued = line() + line(ID="b" * 64) + line(ID="c" * 64)
    assert [each.container_id for each in parse_line(glued)] == [BURNING, "b" * 64, "c" * 64]


def test_the_same_container_counts_once_a_frame() -> None:
    frame = line(CPUPerc="1%") + b"\n" + line(CPUPerc="2%") + b"\n"
    assert [each.cpu_percent for each in FrameParser().parse(frame)] == [2]


def test_names_are_made_harmless() -> None:
    (found,) = parse_line(line(Name="\x1b[31mred\x07\u202e"))
    assert found.container == "·red··"


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"{",
        b"{}",
        b"[]",
        b"null",
        b'{"ID":1,"Name":"x"}',
        b'{"ID":"a","Name":"\xff"}',
        b'{"ID":"a","Name":"b","CPUPerc":[1]}',
        b"{" * 4000,
        b'{"a":' * 800,
        b"}{" * 1000,
        line(Name="x" * 10_000),
    ],
)
def test_what_is_no_line_of_docker_is_left_out(garbage: bytes) -> None:
    assert parse_line(garbage) == ()
    assert newest(painted_by_28(garbage, line())) == parse_line(line())


@given(st.lists(st.binary(max_size=60) | st.sampled_from([b"\x1b[H", b"\x1b[J", b"{", b"\n"])))
@settings(max_examples=200, deadline=None)
def test_nothing_that_comes_breaks_it(pieces: list[bytes]) -> None:
    reader = FrameReader()
    for piece in pieces:
        reader.feed(piece, at=NOON)
    reader.feed(painted_by_28(line()), at=NOON)
    frame = reader.take()
    assert frame is not None
    assert FrameParser().parse(frame.body) == parse_line(line())


@pytest.mark.parametrize("start", [b"", b"\x1b[H", b"\x1b[H{", b"\x1b[H\n"])
def test_memory_is_bounded_when_a_line_never_ends(start: bytes) -> None:
    reader = FrameReader()
    reader.feed(start, at=NOON)
    tracemalloc.start()
    for _ in range(200):
        reader.feed(b"x" * 32_768, at=NOON)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * MOST_BYTES
    reader.feed(painted_by_20(line()) + b"\x1b[2J\x1b[H", at=NOON)
    frame = reader.take()
    assert frame is not None
    assert FrameParser().parse(frame.body) == parse_line(line())


def test_a_line_that_did_not_change_is_not_read_again() -> None:
    """The very same object comes back, whichever of the two forms of 28 is seen."""
    parser = FrameParser()
    first = parser.parse(line() + b"\n" + line(ID="b" * 64) + b"\n")
    second = parser.parse(line() + b"\x1b[K\n" + line(ID="b" * 64, CPUPerc="1%") + b"\x1b[K\n")
    assert second[0] is first[0]
    assert second[1].cpu_percent == 1
