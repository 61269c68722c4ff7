"""Say how the connection to a machine does; pure."""

import re
from datetime import datetime
from typing import NamedTuple

from swarmtui.insight.containers import MachineRow
from swarmtui.swarm.stats import TailSeen, TailState
from swarmtui.swarm.text import plain
from swarmtui.tui.lines import Spans
from swarmtui.tui.meaning import Meaning, Span
from swarmtui.tui.words import NOTHING, age, age_since, seconds_between

STALE_S = 10.0
"""Age from which on a sample is old: one comes every second."""


class _Look(NamedTuple):
    glyph: Span
    badness: int


_LOOKS = {
    TailState.LIVE: _Look(Span("●", Meaning.OK), 0),
    TailState.ENDED: _Look(Span("○", Meaning.DIM), 1),
    TailState.QUEUED: _Look(Span("◔", Meaning.ACCENT), 2),
    TailState.CONNECTING: _Look(Span("◔", Meaning.ACCENT), 3),
    TailState.STALE: _Look(Span("◌", Meaning.WARN), 4),
    TailState.RETRYING: _Look(Span("↻", Meaning.WARN), 5),
    TailState.REFUSED: _Look(Span("✗", Meaning.BAD), 6),
}

_PLACE = re.compile(r"(?: \([^)]*\))?:? ")
"""What may stand between the name of a machine and what is the matter: its address."""


def tail_glyph(tail: TailSeen | None) -> Span:
    """Return the sign of a connection; `None` is one that was asked for a moment ago."""
    return _LOOKS[TailState.ENDED if tail is None else tail.state].glyph


def tail_word(tail: TailSeen | None, now: datetime) -> str:
    """Return the state of a connection in words: `live`, `retrying in 5s`."""
    if tail is None:
        return "asked for"
    if tail.state is not TailState.RETRYING or tail.retry_at is None:
        return str(tail.state)
    left_s = (tail.retry_at - now).total_seconds()
    return f"retrying in {age(left_s)}" if left_s >= 1 else "retrying now"


def tail_badness(tail: TailSeen | None) -> int:
    """Return how much a connection needs a look."""
    return _LOOKS[TailState.QUEUED if tail is None else tail.state].badness


def is_stale(taken_at: datetime | None, now: datetime) -> bool:
    """Tell whether a sample is older than it should ever get."""
    return taken_at is not None and seconds_between(taken_at, now) > STALE_S


def sample_age(taken_at: datetime | None, now: datetime) -> Spans:
    """Return the age of a sample, marked when it is old; a dash when there was none."""
    if taken_at is None:
        return (Span(NOTHING, Meaning.DIM),)
    old = is_stale(taken_at, now)
    return (Span(age_since(taken_at, now), Meaning.WARN if old else Meaning.PLAIN),)


def why(machine: MachineRow) -> str:
    """Return why there is nothing from a machine, in its connection's or its own words."""
    if key := machine.unknown_key:
        shown = f"{plain(key.type)} {plain(key.fingerprint)}"
        return f"{plain(key.name)}: its host key is not known: {shown}; i tells how to trust it"
    tail, seen = machine.tail, machine.seen
    text = tail.text if tail is not None else ""
    if not text and seen is not None:
        text = seen.error or seen.join_error
    return plain(text)


def brief(machine: MachineRow) -> str:
    """Return why there is nothing from a machine, without its name, which stands beside it."""
    if key := machine.unknown_key:
        # The beginning has to fit beside everything else in 80 columns.
        return f"unknown key, see i · {plain(key.fingerprint)}"
    text = why(machine)
    for name in (machine.name, machine.hostname):
        if name and text.startswith(name) and (rest := _PLACE.match(text, len(name))):
            return text[rest.end() :]
    return text
