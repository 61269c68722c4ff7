"""What the dashboard tells the collector: which part of the swarm is wanted now."""

import msgspec

from swarmtui.swarm.stats import TrustWish


class Interest(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is looked at, so that it is asked for first, or at all."""

    services: frozenset[str] = frozenset()
    """Services whose tasks are looked at, by id."""
    tails: frozenset[str] = frozenset()
    """Node ids and names of machines whose `docker stats` are tailed."""
    roll_call: bool = False
    """The roll call of the inventory is on screen."""
    trusts: frozenset[TrustWish] = frozenset()
    """Host keys that are to be written into known_hosts. Each stands until its outcome was seen,
    and is done once however often it is told."""


def encode_interest(interest: Interest) -> bytes:
    """Return the interest as one line."""
    return msgspec.json.encode(interest) + b"\n"


def decode_interest(line: bytes) -> Interest:
    """Return the interest of a line; raise `msgspec.MsgspecError` when it is none."""
    return msgspec.json.decode(line, type=Interest)
