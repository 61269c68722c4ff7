"""The stream of events."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulator.engines import Engine, simulating
from tests.simulator.test_http import read_head


@pytest.fixture(scope="module")
def joining(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("joining")
    options = ("--nodes", "2000", "--tasks", "300", "--at", "20", "--speed", "2")
    with simulating(folder, *options) as engine:
        yield engine


def listen(engine: Engine, query: str, *, wanted: int) -> list[dict[str, Any]]:
    """Return the first events of a stream that goes on."""
    with engine.connect() as plain:
        plain.sendall(f"GET /v1.41/events{query} HTTP/1.1\r\nHost: d\r\n\r\n".encode())
        _, received = read_head(plain)
        while received.count(b"}\n") < wanted:
            received += plain.recv(65536)
    lines = [line for line in received.splitlines() if line.startswith(b"{") and b"}" in line]
    return [json.loads(line) for line in lines[:wanted]]


def test_events_come_as_they_happen(joining: Engine) -> None:
    events = listen(joining, "", wanted=20)

    assert {event["Type"] for event in events} == {"node"}
    assert {event["Action"] for event in events} == {"create", "update"}
    assert {event["scope"] for event in events} == {"swarm"}
    assert all(abs(event["time"] - time.time()) < 10 for event in events)
    assert all(event["timeNano"] // 10**9 == event["time"] for event in events)


def test_the_head_comes_before_the_first_event(peak: Engine) -> None:
    with peak.connect() as plain:
        plain.sendall(b"GET /events HTTP/1.1\r\nHost: d\r\n\r\n")
        head, rest = read_head(plain)

    assert b"Transfer-Encoding: chunked" in head
    assert rest == b""


def test_events_are_filtered(joining: Engine) -> None:
    events = listen(joining, '?filters={"type":["node"],"event":["create"]}', wanted=5)

    assert {event["Action"] for event in events} == {"create"}
    assert {tuple(event["Actor"]["Attributes"].items()) for event in events} == {(("name", ""),)}


def test_the_past_is_told_and_then_the_stream_ends(joining: Engine) -> None:
    now = time.time()
    answer = joining.get("/events", since=str(now - 5), until=str(now - 1))
    events = [json.loads(line) for line in answer.body.splitlines()]

    assert events
    assert all(now - 5 <= event["timeNano"] / 1e9 <= now - 1 for event in events)


def test_a_stream_with_an_end_in_the_future_lasts_until_then(joining: Engine) -> None:
    until = time.time() + 0.6
    answer = joining.get("/events", until=str(until))

    assert time.time() >= until - 0.01
    assert answer.body


@pytest.mark.parametrize("filters", ['{"scope":["local"]}', '{"type":["container"]}'])
def test_what_a_swarm_does_not_tell_is_an_empty_stream(joining: Engine, filters: str) -> None:
    answer = joining.get("/events", filters=filters, since="1", until=str(time.time()))

    assert (answer.status, answer.body) == (200, b"")


def test_a_filter_that_is_not_known_is_ignored(joining: Engine) -> None:
    assert listen(joining, '?filters={"colour":["red"]}', wanted=1)


def test_times_that_are_none_or_in_the_wrong_order_are_refused(joining: Engine) -> None:
    assert joining.get("/events", since="yesterday").status == 400
    answer = joining.get("/events", since="20", until="10")

    assert answer.status == 400
    assert answer.message == "`since` time (20) cannot be after `until` time (10)"
