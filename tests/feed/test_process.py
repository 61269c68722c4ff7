"""The dashboard's side of the pipe, with real processes at the other end."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import pytest

from swarmtui.feed.process import CollectorProcess
from swarmtui.stream.interest import Interest
from swarmtui.swarm.observation import EventSeen, Observation, Pulse, WatcherLost
from tests.factories import NOON

PREAMBLE = """
import sys, os, time
from datetime import datetime, UTC
from swarmtui.stream.codec import Encoder
from swarmtui.stream.frames import HEADER, frame
from swarmtui.stream.interest import decode_interest
from swarmtui.swarm.observation import *
out, encoder = sys.stdout.buffer, Encoder()
def tell(seen):
    out.write(frame(encoder.encode(seen))); out.flush()
def say(text):
    tell(EventSeen(taken_at=datetime(2026, 7, 22, 12, tzinfo=UTC), type="test", action=text,
                   actor_id=str(os.getpid())))
"""
BEGIN = "out.write(HEADER)\n"


class Watched:
    """A collector process under test, run in a thread, with what it has seen so far."""

    def __init__(self, script: str, *, settings: bytes = b"{}", first_look_s: float = 60.0) -> None:
        self.seen: Queue[Observation] = Queue()
        self.source = CollectorProcess(
            [sys.executable, "-c", PREAMBLE + script],
            settings=settings,
            now=lambda: NOON,
            first_retry_s=0.01,
            first_look_s=first_look_s,
        )
        self.thread = Thread(target=self.source.run, args=(self.seen.put,))
        self.thread.start()

    def next(self) -> Observation:
        return self.seen.get(timeout=20)

    def close(self) -> float:
        began = time.monotonic()
        self.source.close()
        self.thread.join(timeout=20)
        assert not self.thread.is_alive()
        return time.monotonic() - began


@pytest.fixture
def watch() -> Iterator[Callable[..., Watched]]:
    watched: list[Watched] = []

    def start(script: str, **options: Any) -> Watched:
        watched.append(Watched(script, **options))
        return watched[-1]

    yield start
    for each in watched:
        each.close()


def test_observations_come_through_in_order(watch: Callable[..., Watched]) -> None:
    watched = watch(BEGIN + "[say(str(n)) for n in range(300)]; time.sleep(60)")
    actions = [seen.action for seen in (watched.next() for _ in range(300))]  # type: ignore[union-attr]
    assert actions == [str(n) for n in range(300)]


def test_the_collector_gets_its_settings_first_and_then_what_is_on_screen(
    watch: Callable[..., Watched],
) -> None:
    watched = watch(
        BEGIN + "say(sys.stdin.readline().strip())\n"
        "while True: say(','.join(sorted(decode_interest(sys.stdin.readline()).services)))",
        settings=b'{"duty":0.1}',
    )
    assert watched.next().action == '{"duty":0.1}'  # type: ignore[union-attr]
    assert watched.next().action == ""  # type: ignore[union-attr]
    watched.source.want(Interest(frozenset({"s1", "s2"})))
    watched.source.want(Interest(frozenset({"s1", "s2"})))
    watched.source.want(Interest(frozenset({"s3"})))
    assert watched.next().action == "s1,s2"  # type: ignore[union-attr]
    assert watched.next().action == "s3"  # type: ignore[union-attr]


def test_settings_and_interests_larger_than_a_pipe_arrive_whole_and_in_order(
    watch: Callable[..., Watched],
) -> None:
    watched = watch(
        BEGIN + "say(str(len(sys.stdin.readline())))\n"
        "while True: say(str(len(decode_interest(sys.stdin.readline()).tails)))",
        settings=b'"%s"' % (b"m" * 1_000_000),
    )
    told = [watched.next().action for _ in range(2)]  # type: ignore[union-attr]
    assert told == ["1000003", "0"]
    watched.source.want(Interest(tails=frozenset(f"{n:025d}" for n in range(10_000))))
    watched.source.want(Interest(tails=frozenset({"n1"})))
    told = [watched.next().action for _ in range(2)]  # type: ignore[union-attr]
    assert told == ["10000", "1"]


def test_a_collector_that_dies_is_said_and_started_again(watch: Callable[..., Watched]) -> None:
    watched = watch(BEGIN + "say('hello'); sys.exit('the socket is on fire')")
    first = watched.next()
    lost = watched.next()
    second = watched.next()
    assert isinstance(lost, WatcherLost)
    assert lost.text == "the collector ended (exit status 1): the socket is on fire"
    assert isinstance(first, EventSeen)
    assert isinstance(second, EventSeen)
    assert first.actor_id != second.actor_id


def test_each_start_is_waited_for_longer(watch: Callable[..., Watched]) -> None:
    watched = watch("sys.exit(3)")
    waits = [lost.retry_s for lost in (watched.next() for _ in range(4))]  # type: ignore[union-attr]
    assert waits == [0.01, 0.02, 0.04, 0.08]


def test_a_killed_collector_names_the_signal(watch: Callable[..., Watched]) -> None:
    watched = watch("os.kill(os.getpid(), 9)")
    assert watched.next() == WatcherLost(
        taken_at=NOON, text="the collector ended (signal 9)", retry_s=0.01
    )


def test_what_a_dying_collector_says_cannot_paint_the_screen(
    watch: Callable[..., Watched],
) -> None:
    lost = watch(r"sys.exit('\x1b[31mred\x07')").next()
    assert isinstance(lost, WatcherLost)
    assert lost.text.endswith(": ·red·")


@pytest.mark.parametrize(
    ("script", "text"),
    [
        ("out.write(b'Traceback (most recent call last)'); out.flush()", "not a stream"),
        (BEGIN + "out.write(frame(b'nonsense')); out.flush(); time.sleep(60)", "does not decode"),
    ],
)
def test_a_damaged_stream_ends_the_collector(
    watch: Callable[..., Watched], script: str, text: str
) -> None:
    lost = watch(script).next()
    assert isinstance(lost, WatcherLost)
    assert text in lost.text


def test_a_program_that_is_not_there_is_said(tmp_path: Path) -> None:
    source = CollectorProcess([str(tmp_path / "gone")], settings=b"", now=lambda: NOON)
    seen: list[Observation] = []

    def note(observation: Observation) -> None:
        seen.append(observation)
        source.close()

    source.run(note)
    assert [lost.text for lost in seen if isinstance(lost, WatcherLost)] == [
        "the collector cannot be started: No such file or directory"
    ]


def test_keys_go_before_the_work_of_the_collector_after_its_first_look(
    watch: Callable[..., Watched],
) -> None:
    script = "say('up'); say('seen'); sys.stdin.readline(); sys.stdin.readline()\n"
    script += "for _ in range(100): say(str(os.getpriority(os.PRIO_PROCESS, 0))); time.sleep(0.05)"
    watched = watch(BEGIN + script, first_look_s=0.2)
    said = [getattr(watched.next(), "action", "") for _ in range(60)]
    usual = os.getpriority(os.PRIO_PROCESS, 0)
    assert said[2] == str(usual)
    assert said[-1] == str(min(19, usual + 5))


def test_closing_does_not_wait_for_a_collector_that_hangs(watch: Callable[..., Watched]) -> None:
    watched = watch(BEGIN + "tell(Pulse(taken_at=datetime(2026,7,22,tzinfo=UTC))); time.sleep(60)")
    assert isinstance(watched.next(), Pulse)
    assert watched.close() < 0.5


def test_a_collector_that_does_not_read_is_not_waited_for(watch: Callable[..., Watched]) -> None:
    watched = watch(BEGIN + "say('up'); time.sleep(60)")
    watched.next()
    many = frozenset(f"{n:025d}" for n in range(5_000))
    for n in range(5):
        watched.source.want(Interest(many | {str(n)}))
    assert watched.close() < 0.5
