"""Find where ssh has to go for a machine: what the inventory says, then what ~/.ssh/config says."""

import getpass
import itertools
import os
import re
import shlex
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from swarmtui.ssh.config_file import ConfigFile, Values, hostname_of, read_config
from swarmtui.ssh.errors import SshError, SshFailure
from swarmtui.swarm.machine import Machine

PORT = 22
_DEFAULT_KEYS = ("~/.ssh/id_rsa", "~/.ssh/id_ecdsa", "~/.ssh/id_ed25519")
_USER_HOSTS = ("~/.ssh/known_hosts", "~/.ssh/known_hosts2")
_SYSTEM_HOSTS = ("/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2")
_MOST_JUMPS = 8
_FRESH_S = 5.0

# Both may end up as a word of a ProxyCommand, where a leading `-` would make it an option.
_HOST = re.compile(r"[\w:][\w.:%-]*")
_USER = re.compile(r"[^\s\x00-\x1f\x7f-][^\x00-\x1f\x7f]*")
_HOP = re.compile(
    r"(?:ssh://)?(?:(?P<user>[^@]+)@)?(?:\[(?P<v6>[^]]+)\]|(?P<name>[^][:@]+))(?::(?P<port>[0-9]{1,6}))?/?"
)


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Where ssh has to go for one machine, and with what."""

    label: str
    """What people call it, for texts."""
    name: str
    """As it was asked for, as `swarmtui trust` takes it: with its port, when one was named."""
    via: str = ""
    """Hosts to go through of which ~/.ssh/config does not know, as ProxyJump has them."""
    host: str
    """Name or address to connect to."""
    port: int = PORT
    user: str
    key_files: tuple[str, ...] = ()
    """Private keys, to be tried in this order; not all of them need exist."""
    identities_only: bool = False
    """Of the keys of the agent, only those that are among the files."""
    known_hosts: tuple[str, ...] = ()
    """The user's files; a key that gets trusted is written into the first."""
    system_known_hosts: tuple[str, ...] = ()
    host_key_alias: str = ""
    """Name to look for in known_hosts instead of the host's; empty when there is none."""
    hash_known_hosts: bool = False
    proxy_command: tuple[str, ...] = ()
    """Words of the command that connects; empty when there is none."""
    jumps: tuple["Target", ...] = ()
    """Machines to go through, the first one first; they have none of their own."""

    @property
    def place(self) -> str:
        """Return host and port, for texts."""
        host = _bracketed(self.host)
        return host if self.port == PORT else f"{host}:{self.port}"

    @property
    def asked_as(self) -> tuple[str, ...]:
        """Return the arguments with which `swarmtui trust` asks just this host for its key."""
        return ("-J", self.via, self.name) if self.via else (self.name,)


class Targets:
    """Finds targets one after the other, for any number of threads.

    Reads the configuration anew when it is a few seconds old: hundreds of machines at once are
    looked up in one reading, and a change counts the next time somebody connects.
    """

    def __init__(self, home: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._home = home
        self._clock = clock
        self._lock = threading.Lock()
        self._config: ConfigFile | None = None
        self._read_at = 0.0

    def find(self, machine: Machine) -> Target:
        """Return where ssh has to go, or raise `SshError`: as `find_target`."""
        return find_target(machine, home=self._home, config=self._current())

    def _current(self) -> ConfigFile:
        with self._lock:
            if self._config is None or self._clock() - self._read_at > _FRESH_S:
                self._config = read_config(self._home)
                self._read_at = self._clock()
            return self._config


def find_target(
    machine: Machine, *, home: Path, config: ConfigFile | None = None, local_user: str = ""
) -> Target:
    """Return where ssh has to go; what `machine` says goes before ~/.ssh/config.

    Raise `SshError` when that cannot be meant, or a configuration cannot be read.
    """
    finder = _Finder(config or read_config(home), home, local_user or _local_user())
    return finder.find(machine, route=())


def list_hosts(pattern: str, *, home: Path, config: ConfigFile | None = None) -> tuple[str, ...]:
    """Return the hosts that ~/.ssh/config names in full and that match, in its order.

    Raise `SshError` when it cannot be read.
    """
    names = (config or read_config(home)).names
    return tuple(name for name in names if fnmatchcase(name.lower(), pattern.lower()))


def parse_hop(text: str) -> Machine:
    """Return the machine that `[USER@]HOST[:PORT]` names, as in ProxyJump, or raise `SshError`."""
    found = _HOP.fullmatch(text.strip())
    if found is None:
        raise SshError(SshFailure.BROKEN, f"{text} is not a host for ssh; write USER@HOST:PORT")
    return Machine(
        name=text.strip(),
        addr=found["v6"] or found["name"],
        user=found["user"] or "",
        port=int(found["port"]) if found["port"] else None,
    )


class _Finder:
    """Looks up machines, and those on the way to them."""

    def __init__(self, config: ConfigFile, home: Path, local_user: str) -> None:
        self._config = config
        self._home = home
        self._local_user = local_user

    def find(self, machine: Machine, *, route: tuple[str, ...]) -> Target:
        """Return a machine's target; `route` names those that are reached through it."""
        name = machine.addr
        label = _label(machine)
        values = self._config.lookup(name, first=_said(machine), local_user=self._local_user)
        host = hostname_of(values, name)
        user = _first(values, "user") or self._local_user
        port = _port(_first(values, "port"), label)
        if not _HOST.fullmatch(host) or not _USER.fullmatch(user):
            raise SshError(SshFailure.BROKEN, f"{label}: {user}@{host} is not a place for ssh")
        tokens = self._tokens(name, host=host, port=port, user=user)
        return Target(
            label=label,
            name=_bracketed(name) + ("" if machine.port is None else f":{machine.port}"),
            via=machine.jump,
            host=host,
            port=port,
            user=user,
            key_files=_files(values.get("identityfile", _DEFAULT_KEYS), tokens),
            identities_only=_is_yes(values, "identitiesonly"),
            known_hosts=_files(values.get("userknownhostsfile", _USER_HOSTS), tokens),
            system_known_hosts=_files(values.get("globalknownhostsfile", _SYSTEM_HOSTS), tokens),
            host_key_alias=_first(values, "hostkeyalias"),
            hash_known_hosts=_is_yes(values, "hashknownhosts"),
            proxy_command=_command(_first(values, "proxycommand"), label, tokens),
            jumps=self._jumps(_first(values, "proxyjump"), (*route, name.lower())),
        )

    def _jumps(self, text: str, route: tuple[str, ...]) -> tuple[Target, ...]:
        """Return all machines to go through: for the first one named, also those on its way."""
        if not text or text.lower() == "none" or len(route) > _MOST_JUMPS:
            return ()
        hops = [parse_hop(hop) for hop in text.split(",")]
        if hops[0].addr.lower() in route:
            return ()  # `Host *` with a ProxyJump means the jump host too: that is reached directly
        first = self.find(hops[0], route=route)
        others = [self.find(hop, route=route) for hop in hops[1:]]
        ways = itertools.accumulate(
            (hop.name for hop in hops[:-1]), lambda way, hop: f"{way},{hop}"
        )
        # On the way through the ones before, nothing else leads to these.
        bare = [
            msgspec.structs.replace(t, via=way, jumps=(), proxy_command=())
            for t, way in zip(others, ways, strict=True)
        ]
        return (*first.jumps, msgspec.structs.replace(first, jumps=()), *bare)

    def _tokens(self, name: str, *, host: str, port: int, user: str) -> Mapping[str, str]:
        here = socket.gethostname()
        return {
            "%": "%",
            "h": host,
            "n": name,
            "p": str(port),
            "r": user,
            "u": self._local_user,
            "d": str(self._home),
            "i": str(os.getuid()),
            "l": here,
            "L": here.partition(".")[0],
        }


def _bracketed(host: str) -> str:
    """Return a host as it is written where a port may follow."""
    return f"[{host}]" if ":" in host else host


def _said(machine: Machine) -> Values:
    """Return what the inventory says, as settings."""
    said = {
        "user": (machine.user,),
        "port": (str(machine.port or ""),),
        "identityfile": machine.key_files,
        "proxyjump": (machine.jump,),
    }
    return {keyword: words for keyword, words in said.items() if any(words)}


def _label(machine: Machine) -> str:
    if machine.addr in machine.name:
        return machine.name
    return f"{machine.name} ({machine.addr})"


def _first(values: Values, keyword: str) -> str:
    return values.get(keyword, ("",))[0]


def _is_yes(values: Values, keyword: str) -> bool:
    return _first(values, keyword).lower() in {"yes", "true"}


def _port(text: str, label: str) -> int:
    if not text:
        return PORT
    if not (re.fullmatch("[0-9]{1,6}", text) and 0 < int(text) < 1 << 16):
        raise SshError(SshFailure.BROKEN, f"{label}: {text} is no port; mend it in ~/.ssh/config")
    return int(text)


def _files(names: Sequence[str], tokens: Mapping[str, str]) -> tuple[str, ...]:
    if any(name.lower() == "none" for name in names):
        return ()
    return tuple(_expand(name, tokens) for name in names)


def _command(text: str, label: str, tokens: Mapping[str, str]) -> tuple[str, ...]:
    """Return the words of a ProxyCommand.

    Split before it is filled in, and run without a shell: a name can be no more than one word.
    """
    if not text or text.lower() == "none":
        return ()
    try:
        words = shlex.split(text.removeprefix("exec "))
    except ValueError as error:
        raise SshError(SshFailure.BROKEN, f"{label}: ProxyCommand {text}: {error}") from error
    return tuple(_expand(word, tokens) for word in words)


def _expand(text: str, tokens: Mapping[str, str]) -> str:
    """Return a text with `~` and `%h` and the like filled in; what is not known stays."""
    if text.startswith("~/"):
        text = f"{tokens['d'].replace('%', '%%')}{text[1:]}"
    return re.sub("%(.)", lambda found: tokens.get(found[1], found[0]), text)


def _local_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())  # a container without an entry for its user
