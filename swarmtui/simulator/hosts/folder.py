"""The folder that leads clients to the simulated hosts.

`config` and `known_hosts` for ssh, `id_ed25519` to log in with,
`inventory.toml` for swarmtui. It also serves as a home: its `.ssh` is itself.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from swarmtui.simulator.hosts.errors import HostsError
from swarmtui.simulator.hosts.keys import host_key, private_text, public_line
from swarmtui.simulator.hosts.roster import Host, Kind, Roster
from swarmtui.simulator.hosts.troubles import HostTrouble
from swarmtui.simulator.world import World

USER = "swarm"
_MARK = "# Written by `swarmtui simulate`; overwritten when it starts again."
_CONFIG = """\
{mark}
Host *
  Port {port}
  User {user}
  IdentityFile "{folder}/id_ed25519"
  IdentitiesOnly yes
  UserKnownHostsFile "{folder}/known_hosts"
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  UpdateHostKeys no
"""


class UnusableFolderError(HostsError):
    """A folder that cannot, or must not, be written to."""


class Folder:
    """The files, written anew at each start."""

    def __init__(self, path: Path, roster: Roster, *, seed: int) -> None:
        """Make the folder unless it is there; one that holds anything of somebody else is left."""
        self._path = path.absolute()
        self._roster = roster
        self._seed = seed
        self._port = 0
        try:
            _claim(self._path)
        except OSError as error:
            raise _unusable(path, error) from error

    def write(self, world: World, *, port: int, client_key: Ed25519PrivateKey) -> None:
        """Write everything: the hosts listen on `port`, and let `client_key` in."""
        self._port = port
        files = {
            "config": "\n".join(self._config()),
            "known_hosts": "\n".join(self._known_hosts()),
            "id_ed25519": private_text(client_key).rstrip(),
            "id_ed25519.pub": f"{public_line(client_key)} {USER}@simulated",
        }
        try:
            for name, text in files.items():
                _write(self._path / name, f"{text}\n")
        except OSError as error:
            raise _unusable(self._path, error) from error
        self.write_inventory(world)

    def write_inventory(self, world: World) -> None:
        """Write who is which node: each event has node ids of its own."""
        try:
            _write(self._path / "inventory.toml", "\n".join(self._inventory(world)) + "\n")
        except OSError as error:
            raise _unusable(self._path, error) from error

    def _config(self) -> Iterator[str]:
        yield _CONFIG.format(mark=_MARK, port=self._port, user=USER, folder=self._path)
        for host in self._roster.hosts:
            patterns = dict.fromkeys((host.name, host.machine.address or host.name))
            yield f"Host {' '.join(patterns)}\n  HostName {host.address}"

    def _known_hosts(self) -> Iterator[str]:
        for host in self._roster.hosts:
            if host.trouble is HostTrouble.UNKNOWN_KEY:
                continue
            was_changed = host.trouble is HostTrouble.CHANGED_KEY
            key = host_key(self._seed, f"{host.name}, as it was" if was_changed else host.name)
            yield f"[{host.address}]:{self._port} {public_line(key)}"

    def _inventory(self, world: World) -> Iterator[str]:
        yield _MARK
        yield f"user = {_quoted(USER)}"
        yield f"port = {self._port}"
        yield f"key = {_quoted(str(self._path / 'id_ed25519'))}"
        for host in self._roster.hosts:
            yield from _entry(host, world)


def _entry(host: Host, world: World) -> Iterator[str]:
    yield f"\n[machines.{_quoted(host.name)}]"
    yield f"addr = {_quoted(host.address)}"
    told = {
        "node_id": host.node_id(world) if host.kind is not Kind.UNJOINED else "",
        "region": host.machine.region,
        "contributor": host.machine.contributor,
    }
    yield from (f"{word} = {_quoted(text)}" for word, text in told.items() if text)


def _quoted(text: str) -> str:
    """Return a basic string of TOML: one of JSON is one, too."""
    return msgspec.json.encode(text).decode()


def _claim(path: Path) -> None:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    config = path / "config"
    is_ours = config.is_file() and config.read_text("utf-8", "replace").startswith(_MARK)
    if not is_ours and any(path.iterdir()):
        raise UnusableFolderError(f"{path} holds other files; name an empty or a new folder")
    # Claimed at once: if the rest fails, the next start finds its own.
    _write(config, f"{_MARK}\n")
    home = path / ".ssh"
    if not home.is_symlink():
        home.symlink_to(".")


def _write(path: Path, text: str) -> None:
    """Replace a file as a whole; nobody else may read it, as ssh wants it of keys."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    beside.replace(path)


def _unusable(path: Path, error: OSError) -> UnusableFolderError:
    return UnusableFolderError(f"cannot write to {path}: {error.strerror or error}")
