"""A machine one can log in to: where it is, how, and what the inventory says of it."""

import msgspec


class Machine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One machine of an inventory, or a node of the swarm by its address.

    Holds what ssh needs to find and enter it, and never a secret: key files are named, not read.
    """

    name: str
    """What identifies it: its name in the inventory; the node id for a node that is in none."""
    addr: str
    """Address, DNS name, or a `Host` of ~/.ssh/config."""
    port: int | None = None
    """`None`: what ~/.ssh/config says, or 22."""
    user: str = ""
    """Empty: what ~/.ssh/config says, or the user who runs the program."""
    key_files: tuple[str, ...] = ()
    """Private keys to try before those of ~/.ssh/config."""
    jump: str = ""
    """Hosts to go through, as `ProxyJump` has them: `user@gate:2222,inner`."""
    node_id: str = ""
    """Node id, where the inventory knows it."""
    region: str = ""
    contributor: str = ""
    groups: tuple[str, ...] = ()
    """Ansible groups, innermost first."""
    source: str = ""
    """`docker-machine`, `ansible`, `toml`, `ssh config` or `node address`."""
