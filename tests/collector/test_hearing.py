"""Events are drained always, passed on as hints, and never trusted for more."""

from collections.abc import Callable, Iterator
from queue import Queue
from threading import Event

import pytest

from swarmtui.collector.hearing import MOST_PER_S, Hearing
from swarmtui.collector.inbox import Hint
from swarmtui.engine.errors import EngineError
from swarmtui.swarm.observation import EventSeen, FailureKind
from tests.factories import at


def event(second: float, *, type_: str = "node", actor: str = "n1") -> EventSeen:
    return EventSeen(taken_at=at(second), type=type_, action="update", actor_id=actor)


class FakeEvents:
    """Streams, one for each time it is begun; after the last it hangs until closed."""

    def __init__(self, *streams: list[EventSeen]) -> None:
        self._streams = iter(streams)
        self.closed = Event()
        self.drained = Event()

    def __iter__(self) -> Iterator[EventSeen]:
        stream = next(self._streams, None)
        if stream is None:
            self.drained.set()
            self.closed.wait(20)
        yield from stream or []
        raise EngineError(FailureKind.REFUSED, "the stream ended")

    def close(self) -> None:
        self.closed.set()


Heard = Callable[[FakeEvents], tuple[list[EventSeen], list[Hint]]]


@pytest.fixture
def hear() -> Heard:
    def run(events: FakeEvents) -> tuple[list[EventSeen], list[Hint]]:
        seen: list[EventSeen] = []
        hints: Queue[Hint] = Queue()
        hearing: Hearing[str] = Hearing(
            open_events=lambda _: events, emit=seen.append, hint=hints.put, retry_s=0.001
        )
        with hearing.listen("a"):
            assert events.drained.wait(20)
        assert events.closed.is_set()
        return seen, [hints.get() for _ in range(hints.qsize())]

    return run


def test_events_are_passed_on_and_a_service_that_moves_is_a_hint(hear: Heard) -> None:
    node, service = event(0), event(1, type_="service", actor="s1")
    assert hear(FakeEvents([node, service])) == ([node, service], [Hint("s1")])


def test_a_stream_that_ends_is_begun_again(hear: Heard) -> None:
    seen, _ = hear(FakeEvents([event(0)], [], [event(1)]))
    assert len(seen) == 2


def test_a_flood_is_drained_but_not_passed_on(hear: Heard) -> None:
    flood = [event(n / 1_000, type_="service") for n in range(1_000)] + [event(1)]
    seen, hints = hear(FakeEvents(flood))
    assert len(seen) == MOST_PER_S + 1
    assert len(hints) == 1_000
