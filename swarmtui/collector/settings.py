"""What a collector is told at its start, as one line of JSON."""

import msgspec

from swarmtui.engine.address import Address
from swarmtui.swarm.machine import Machine


class SshDefaults(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How nodes that are in no inventory are logged in to, and whose ~/.ssh counts."""

    user: str = ""
    """Empty: what ~/.ssh/config says, or the user who runs the program."""
    port: int | None = None
    key: str = ""
    """Path of a private key; empty for those of ~/.ssh/config."""
    home: str = ""
    """The folder whose `.ssh` has config and known hosts; empty for the user's own."""
    tries_addresses: bool = True
    """Without, nodes that are in no inventory are not logged in to: their addresses are made up."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Which managers to watch, how much of their time may be taken, and which machines there are.

    With neither managers nor machines there is nothing to see.
    """

    addresses: tuple[Address, ...] = ()
    """The managers, in the order to try them; none for machines alone."""
    duty: float = 0.1
    """Share of the manager's time, from 0 to 1."""
    metrics: Address | None = None
    """An engine that serves its metrics; `None` to do without."""
    machines: tuple[Machine, ...] = ()
    """The inventory."""
    ssh: SshDefaults = SshDefaults()


def encode_settings(settings: Settings) -> bytes:
    """Return the settings as one line, without its end."""
    return msgspec.json.encode(settings)


def decode_settings(line: bytes) -> Settings:
    """Return the settings of a line; raise `msgspec.MsgspecError` when it is none."""
    return msgspec.json.decode(line, type=Settings)
