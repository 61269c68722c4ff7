"""What the dashboard tells the collector: which part of the swarm is on screen now."""

import msgspec


class Interest(msgspec.Struct, frozen=True):
    """The services whose tasks are looked at, so that they are asked for first."""

    services: frozenset[str] = frozenset()


def encode_interest(interest: Interest) -> bytes:
    """Return the interest as one line."""
    return msgspec.json.encode(interest) + b"\n"


def decode_interest(line: bytes) -> Interest:
    """Return the interest of a line; raise `msgspec.MsgspecError` when it is none."""
    return msgspec.json.decode(line, type=Interest)
