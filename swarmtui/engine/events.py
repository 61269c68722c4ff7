"""Follow the events of a swarm: a hint that something moved, and never more than that."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from swarmtui.engine.decode import decode_body, to_event
from swarmtui.engine.errors import EngineError
from swarmtui.engine.lenient import UNREADABLE
from swarmtui.engine.payload import EventJson
from swarmtui.engine.session import Session
from swarmtui.swarm.observation import EventSeen, FailureKind

_LONGEST = 1 << 20
"""Bytes of a line: what is longer is not an event."""

FILTERS = {"scope": ("swarm",), "type": ("node", "service")}
"""Networks, secrets and configs are not shown; unknown filters are ignored by engines."""


def iterate_events(session: Session, *, now: Callable[[], datetime]) -> Iterator[EventSeen]:
    """Yield events as they come, until `session.close()` or the engine ends the stream.

    It always ends with an `EngineError`. Read without pause: a reader that does not keep up slows
    the whole engine down to about ten events a second. The session is taken up by this.
    """
    with session.get("/events", filters=FILTERS, read_timeout_s=None) as answer:
        for line in split_lines(answer.trickle()):
            event = _decode(line)
            if event is not None:
                yield to_event(event, now())
    raise EngineError(FailureKind.REFUSED, f"{session.address.url} ended the stream of events")


def split_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of a body, however it was cut; the last one need not end."""
    pending = b""
    for chunk in chunks:
        *lines, pending = (pending + chunk).split(b"\n")
        yield from (line for line in lines if line.strip())
        if len(pending) > _LONGEST:
            pending = b""
    if pending.strip():
        yield pending


def _decode(line: bytes) -> EventJson | None:
    try:
        return decode_body(line, EventJson)
    except UNREADABLE:
        return None
