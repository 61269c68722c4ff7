"""Reach an engine through ssh: one login, and within it `docker system dial-stdio`, no more."""

import contextlib
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import paramiko
from docker.transport.sshconn import SSHConnection

from swarmtui.engine.channel import ChannelSocket
from swarmtui.engine.known_hosts import RejectUnknown, UnknownHostKeyError, host_keys_of

COMMAND = "docker system dial-stdio"
LOGIN_S = 15.0
"""For the greeting and the login each: paramiko's own limits go up to an hour."""

# Without a handler of its own, paramiko's tracebacks are painted over the screen by logging's last
# resort; where the program keeps a log file, they still go there.
logging.getLogger("paramiko").addHandler(logging.NullHandler())


class SshTarget(msgspec.Struct, frozen=True, kw_only=True):
    """Where ssh has to go, after ~/.ssh/config had its say."""

    host: str
    port: int = 22
    user: str | None = None
    key_files: tuple[str, ...] = ()
    known_hosts: tuple[str, ...] = ()
    proxy_command: str = ""


class SshDoor:
    """One ssh login, made when it is first needed and again after it broke."""

    def __init__(self, url: str, *, home: Path) -> None:
        self._url = url
        self._home = home
        self._client: paramiko.SSHClient | None = None
        self._channel: paramiko.Channel | None = None

    def connection(self) -> SSHConnection:
        """Return a connection, not yet open, to the engine behind the door."""
        return _DialStdio(self)

    def open_channel(self, *, timeout_s: float) -> paramiko.Channel:
        """Return a channel that speaks HTTP with the engine over there."""
        transport = self._transport(timeout_s)
        channel = self._channel = transport.open_session(timeout=LOGIN_S)
        channel.settimeout(timeout_s)
        channel.exec_command(COMMAND)
        return channel

    @property
    def is_open(self) -> bool:
        """Tell whether the channel opened last still leads to the engine."""
        channel = self._channel
        if channel is None or channel.closed or channel.eof_received:
            return False
        return channel.get_transport().is_active()

    def last_words(self) -> str:
        """Return what the command wrote to stderr, such as `docker: command not found`."""
        if self._channel is None or not self._channel.recv_stderr_ready():
            return ""
        return self._channel.recv_stderr(1000).decode("utf-8", "replace")

    def close(self) -> None:
        """End the login, from any thread."""
        if self._client is not None:
            self._client.close()

    def _transport(self, timeout_s: float) -> paramiko.Transport:
        transport = self._client.get_transport() if self._client is not None else None
        if transport is None or not transport.is_active():
            self.close()
            self._client, transport = _log_in(find_target(self._url, home=self._home), timeout_s)
        return transport


class _DialStdio(SSHConnection):
    """docker-py's connection, with a time limit for each step and without counting open files."""

    def __init__(self, door: SshDoor) -> None:
        super().__init__()
        self._door = door

    def connect(self) -> None:
        """Open the channel through the door."""
        channel = self._door.open_channel(timeout_s=self.timeout)
        self.sock = ChannelSocket(channel)  # type: ignore[assignment] # enough of a socket

    @property
    def is_connected(self) -> bool:
        """Tell whether the channel is up; asking it for its file number would open two of them."""
        return self.sock is not None and self._door.is_open


class _Proxy(paramiko.ProxyCommand):
    """A proxy command that leaves neither a process nor its pipes behind."""

    def close(self) -> None:
        """End the command."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what was left to write finds nobody
                    pipe.close()


def find_target(url: str, *, home: Path) -> SshTarget:
    """Return where an `ssh://` URL leads; what the URL says goes before ~/.ssh/config."""
    parts = urlsplit(url)
    name = parts.hostname or ""
    config = _read_config(home / ".ssh" / "config", name)
    jump = _text(config, "proxyjump")
    if jump and jump != "none":
        raise paramiko.SSHException(
            f"ProxyJump is not spoken here; write `ProxyCommand ssh -W %h:%p {jump}` instead"
        )
    return SshTarget(
        host=str(config.get("hostname", name)),
        port=parts.port or int(str(config.get("port", 22))),
        user=parts.username or _text(config, "user"),
        key_files=_files(config.get("identityfile", []), home),
        known_hosts=_files(_known_hosts_of(config), home),
        proxy_command=_text(config, "proxycommand") or "",
    )


def _log_in(target: SshTarget, timeout_s: float) -> tuple[paramiko.SSHClient, paramiko.Transport]:
    """Return a client that is logged in, or raise after closing what was begun of it."""
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(RejectUnknown())
    for path in filter(_is_readable, target.known_hosts):
        lines = Path(path).read_text(errors="replace").splitlines()
        host_keys_of(lines, known=client.get_host_keys())
    try:
        _connect(client, target, timeout_s)
        transport = _transport_of(client)
    except BaseException as error:  # whatever it was, it goes on; its thread must not stay
        is_about_keys = _is_about_keys(error, client)
        client.close()  # a failed connect leaves its thread behind otherwise
        if is_about_keys:
            raise paramiko.AuthenticationException(str(error)) from error
        raise
    return client, transport


def _connect(client: paramiko.SSHClient, target: SshTarget, timeout_s: float) -> None:
    # As ssh does, pass over keys that are not there.
    keys = [path for path in target.key_files if _is_readable(path)]
    client.connect(
        target.host,
        port=target.port,
        username=target.user,
        key_filename=keys or None,  # type: ignore[arg-type] # takes a list too
        sock=_open_proxy(target.proxy_command),
        timeout=timeout_s,
        banner_timeout=LOGIN_S,
        auth_timeout=LOGIN_S,
        channel_timeout=LOGIN_S,
    )


def _is_about_keys(error: BaseException, client: paramiko.SSHClient) -> bool:
    """Tell whether logging in failed for the keys: paramiko raises whatever came up last."""
    transport = client.get_transport()
    return (
        isinstance(error, paramiko.SSHException)
        and not isinstance(
            error,
            paramiko.AuthenticationException | paramiko.BadHostKeyException | UnknownHostKeyError,
        )
        and transport is not None
        and transport.initial_kex_done  # the greeting is over
    )


def _transport_of(client: paramiko.SSHClient) -> paramiko.Transport:
    transport = client.get_transport()
    if transport is None:
        raise paramiko.SSHException("the connection ended at once")
    transport.set_keepalive(15)  # keeps the ways through firewalls open
    return transport


def _read_config(path: Path, name: str) -> Mapping[str, object]:
    if not path.is_file():
        return {}
    try:
        config = paramiko.SSHConfig.from_path(str(path))
    except OSError as error:
        raise paramiko.SSHException(f"cannot read {path}: {error.strerror}") from error
    return dict(config.lookup(name))


def _open_proxy(command: str) -> _Proxy | None:
    if not command:
        return None
    try:
        return _Proxy(command)
    except OSError as error:
        raise paramiko.SSHException(f"cannot run {command}: {error.strerror}") from error


def _is_readable(path: str) -> bool:
    return Path(path).is_file() and os.access(path, os.R_OK)


def _known_hosts_of(config: Mapping[str, object]) -> list[str]:
    named = str(config.get("userknownhostsfile", "~/.ssh/known_hosts ~/.ssh/known_hosts2"))
    return [*named.split(), "/etc/ssh/ssh_known_hosts"]


def _files(names: object, home: Path) -> tuple[str, ...]:
    found = names if isinstance(names, list) else [names]
    return tuple(str(home / n[2:]) if n.startswith("~/") else n for n in map(str, found))


def _text(config: Mapping[str, object], key: str) -> str | None:
    value = config.get(key)
    return str(value) if value else None
