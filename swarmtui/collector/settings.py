"""What a collector is told at its start, as one line of JSON."""

import msgspec

from swarmtui.engine.address import Address


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Which managers to watch, and how much of their time may be taken."""

    addresses: tuple[Address, ...]
    """The managers, in the order to try them; at least one."""
    duty: float = 0.1
    """Share of the manager's time, from 0 to 1."""
    metrics: Address | None = None
    """An engine that serves its metrics; `None` to do without."""


def encode_settings(settings: Settings) -> bytes:
    """Return the settings as one line, without its end."""
    return msgspec.json.encode(settings)


def decode_settings(line: bytes) -> Settings:
    """Return the settings of a line; raise `msgspec.MsgspecError` when it is none."""
    return msgspec.json.decode(line, type=Settings)
