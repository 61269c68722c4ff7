"""The stream of `/events`."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Protocol

import msgspec

from swarmtui.httpd.filters import Filters, has_labels, is_any, starts_with_any
from swarmtui.httpd.journal import Happening, Journal
from swarmtui.httpd.messages import ApiError

_NAMED = (
    "daemon", "container", "plugin", "volume", "network", "node", "service", "secret", "config",
)  # fmt: skip
_BACKLOG = 8192
"""Events kept for a subscriber that does not read; dockerd, too, drops what it cannot deliver."""


class Calendar(Protocol):
    """Says when, on the clock on a client's wall, something happened."""

    def unix_ns(self, second: float) -> int:
        """Return nanoseconds since 1970; `second` is counted as the journal's are."""

    def second(self, unix_s: float) -> float:
        """Return the journal's second of a time since 1970."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which events somebody asks for; times are the journal's seconds."""

    filters: Filters
    since: float | None = None
    until: float | None = None

    def includes(self, happening: Happening) -> bool:
        """Whether it passes the filters; what dockerd does not know as a filter, it ignores."""
        filters = self.filters
        return (
            is_any(happening.kind, filters, "type")
            and is_any(happening.action, filters, "event")
            and is_any("swarm", filters, "scope")
            and is_any(happening.subject, filters, "image")
            and has_labels(happening.attributes, filters, "label")
            and all(_is_named(happening, filters, key) for key in _NAMED)
        )


def parse_asked(filters: Filters, query: Mapping[str, str], calendar: Calendar) -> Asked:
    """Read `since` and `until`, each in seconds since 1970."""
    since = _second(query, "since", calendar)
    until = _second(query, "until", calendar)
    if since is not None and until is not None and until < since:
        raise ApiError(
            400,
            f"`since` time ({query['since']}) cannot be after `until` time ({query['until']})",
        )
    return Asked(filters=filters, since=since, until=until)


def encode(happening: Happening, calendar: Calendar) -> bytes:
    """Return an event as the engine writes it, one to a line."""
    nanoseconds = calendar.unix_ns(happening.at)
    message = {
        "Type": happening.kind,
        "Action": happening.action,
        "Actor": {"ID": happening.subject, "Attributes": happening.attributes},
        "scope": "swarm",
        "time": nanoseconds // 1_000_000_000,
        "timeNano": nanoseconds,
    }
    return msgspec.json.encode(message) + b"\n"


async def stream(
    journal: Journal, calendar: Calendar, asked: Asked, *, ends_in_s: float | None
) -> AsyncGenerator[bytes, None]:
    """Yield what is asked for of the past, then the rest as it happens.

    `ends_in_s` is how long to wait for more: for ever when it is `None`, not
    at all when it is 0.
    """
    pending = deque((encode(kept, calendar) for kept in _past(journal, asked)), maxlen=_BACKLOG)
    arrived = asyncio.Event()

    def listen(happening: Happening) -> None:
        if asked.includes(happening):
            pending.append(encode(happening, calendar))
            arrived.set()

    journal.listen(listen)
    deadline = None if ends_in_s is None else asyncio.get_running_loop().time() + ends_in_s
    try:
        while True:
            batch = b"".join(pending)
            pending.clear()
            if batch:
                yield batch
            if not await _comes(arrived, deadline):
                return
    finally:
        journal.forget(listen)


async def _comes(arrived: asyncio.Event, deadline: float | None) -> bool:
    """Wait for the event and reset it; `False` when the deadline came first."""
    left = None if deadline is None else deadline - asyncio.get_running_loop().time()
    try:
        await asyncio.wait_for(arrived.wait(), left)
    except TimeoutError:
        return False
    arrived.clear()
    return True


def _past(journal: Journal, asked: Asked) -> list[Happening]:
    if asked.since is None and asked.until is None:
        return []
    since = asked.since if asked.since is not None else float("-inf")
    until = asked.until if asked.until is not None else float("inf")
    return [kept for kept in journal.between(since, until) if asked.includes(kept)]


def _second(query: Mapping[str, str], key: str, calendar: Calendar) -> float | None:
    text = query.get(key, "")
    if not text:
        return None
    try:
        return calendar.second(float(text))
    except ValueError as error:
        raise ApiError(400, f"invalid value for '{key}': invalid timestamp \"{text}\"") from error


def _is_named(happening: Happening, filters: Filters, key: str) -> bool:
    name = happening.attributes.get("name", "")
    return starts_with_any(happening.subject, filters, key) or starts_with_any(name, filters, key)
