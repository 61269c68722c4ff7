"""The stream of events: a hint, always drained, ended from either side."""

import threading
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swarmtui.engine.address import Address
from swarmtui.engine.errors import EngineError
from swarmtui.engine.events import iterate_events, split_lines
from swarmtui.engine.session import Session
from swarmtui.swarm.observation import EventSeen, FailureKind
from tests.engine.fake_engine import answer, in_chunks, unix_engine
from tests.factories import NOON

PAYLOADS = Path(__file__).parent.parent / "data" / "payloads"
LINES = (PAYLOADS / "events.jsonl").read_bytes()


def noon() -> datetime:
    return NOON


def collect(session: Session) -> tuple[list[EventSeen], EngineError]:
    events: list[EventSeen] = []
    with pytest.raises(EngineError) as caught:
        # A list keeps what it got before the error.
        events.extend(iterate_events(session, now=noon))
    return events, caught.value


def drain(session: Session) -> list[EventSeen]:
    return collect(session)[0]


def test_only_events_of_the_swarm_are_asked_for(tmp_path: Path) -> None:
    with unix_engine(tmp_path, in_chunks([])) as engine:
        session = Session(Address(url=engine.host))
        session.api_version = "1.41"
        assert drain(session) == []
        session.close()
    (request,) = engine.requests
    assert request.path == "/events"
    assert request.filters == {"scope": ["swarm"], "type": ["node", "service"]}


@pytest.mark.parametrize("size", [1 << 16, 100])
def test_events_arrive_however_they_were_cut(tmp_path: Path, size: int) -> None:
    parts = [LINES[at : at + size] for at in range(0, len(LINES), size)]
    with unix_engine(tmp_path, in_chunks(parts)) as engine:
        session = Session(Address(url=engine.host))
        events = drain(session)
        session.close()
    assert len(events) == 725
    assert events[0].detail == "availability active → drain"


def test_lines_that_are_no_events_are_passed_over(tmp_path: Path) -> None:
    body = b'{"Type":"node","Action":"update"}\nnonsense\n[]\n{"Type":7}\n\xff\n{"Type":"service"}'
    with unix_engine(tmp_path, answer(body)) as engine:
        session = Session(Address(url=engine.host))
        events = drain(session)
        session.close()
    assert [event.type for event in events] == ["node", "", "service"]


def test_the_end_of_the_stream_is_an_error(tmp_path: Path) -> None:
    with unix_engine(tmp_path, in_chunks([b"{}\n"])) as engine:
        session = Session(Address(url=engine.host))
        _, error = collect(session)
        session.close()
    assert error.kind is FailureKind.REFUSED
    assert error.text.endswith("ended the stream of events")


def test_a_refusal_is_an_error(tmp_path: Path) -> None:
    with unix_engine(tmp_path, answer({"message": "boom"}, status=500)) as engine:
        session = Session(Address(url=engine.host))
        assert "boom" in collect(session)[1].text
        session.close()


def test_an_event_is_seen_at_once_and_the_stream_can_be_left_from_another_thread(
    tmp_path: Path,
) -> None:
    seen = threading.Event()
    caught: list[EngineError] = []

    def follow(session: Session) -> None:
        try:
            for event in iterate_events(session, now=noon):
                assert event.action == "update"
                seen.set()
        except EngineError as error:
            caught.append(error)

    script = in_chunks([b'{"Type":"node","Action":"update"}\n'], then_hang=True)
    with unix_engine(tmp_path, script) as engine:
        session = Session(Address(url=engine.host))
        thread = threading.Thread(target=follow, args=(session,))
        thread.start()
        assert seen.wait(timeout=5)
        session.close()
        thread.join(timeout=5)
    assert "closed here" in caught[0].text


@settings(deadline=None)
@given(places=st.lists(st.integers(0, 200), max_size=8))
def test_any_cut_gives_the_same_lines(places: list[int]) -> None:
    body = b"one\n\ntwo\nthree" * 10
    borders = sorted({0, len(body), *(place % len(body) for place in places)})
    chunks = [body[start:end] for start, end in pairwise(borders)]
    assert list(split_lines(chunks)) == [line for line in body.split(b"\n") if line]


def test_a_line_without_end_is_dropped() -> None:
    chunks = [b"x" * (1 << 19)] * 5
    assert sum(map(len, split_lines([*chunks, b"\nend\n"]))) < 1 << 21
