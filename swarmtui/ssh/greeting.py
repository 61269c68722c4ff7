"""Shake hands with an ssh server: connect, make sure who it is, and log in."""

import contextlib
import socket
from collections.abc import Iterator

import msgspec
import paramiko

from swarmtui.ssh.config import Target
from swarmtui.ssh.errors import SshError, SshFailure
from swarmtui.ssh.failures import FOREIGN, NO_GREETING
from swarmtui.ssh.keys import Keys, gather_keys
from swarmtui.ssh.known_hosts import (
    KEY_TYPES,
    HostKey,
    KnownHosts,
    Verdict,
    explain_verdict,
    names_of,
)
from swarmtui.ssh.proxy import Proxy
from swarmtui.ssh.tunnel import Tunnel

_FORBIDDEN = 1
"""Administratively prohibited (RFC 4254, 5.1)."""

# paramiko's word for a key of type ssh-rsa that signs with something better than SHA-1.
_SIGNATURES = {"ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256")}


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How long each step may take, and how many machines are greeted at a time.

    paramiko's own limits go up to an hour, and for some steps to for ever.
    """

    connect_s: float = 10.0
    """For each address of a host."""
    greeting_s: float = 15.0
    """For the first line, and again for the exchange of keys."""
    login_s: float = 20.0
    """For the answer to each key."""
    channel_s: float = 15.0
    """For a session, and again for its command to start."""
    keepalive_s: int = 15
    vanished_s: float = 30.0
    """A machine that acknowledges nothing for so long, not even a keepalive, is gone."""
    calls: int = 64
    """Machines that are waited for at a time until they greet."""
    handshakes: int = 8
    handshakes_per_jump: int = 8
    attempts: int = 4
    """At a server that is busy (MaxStartups)."""


Wire = socket.socket | Tunnel
"""What an ssh connection runs over."""


def connect(target: Target, limits: Limits) -> socket.socket:
    """Return a connection to a machine that is reached without a jump host."""
    if target.proxy_command:
        return _run_proxy(target)
    sock = socket.create_connection((target.host, target.port), timeout=limits.connect_s)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        # The keepalives of ssh want no answer: that nobody takes them is all there is to notice.
        vanished_ms = int(limits.vanished_s * 1000)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, vanished_ms)
    return sock


def await_greeting(wire: Wire, *, limit_s: float) -> None:
    """Wait until a server has begun to greet, and leave what it said to be read."""
    if not isinstance(wire, socket.socket):
        return
    wire.settimeout(limit_s)
    try:
        wire.recv(1, socket.MSG_PEEK)
    except TimeoutError as error:
        raise paramiko.SSHException(NO_GREETING) from error
    finally:
        wire.settimeout(None)


def connect_through(
    jump: paramiko.Transport, target: Target, limits: Limits, *, jump_label: str
) -> Tunnel:
    """Return a connection to a machine through another one."""
    place = (target.host, target.port)
    try:
        return Tunnel(
            jump.open_channel("direct-tcpip", place, ("127.0.0.1", 0), timeout=limits.channel_s)
        )
    except paramiko.ChannelException as error:
        if error.code == _FORBIDDEN:
            raise
        raise SshError(
            SshFailure.UNREACHABLE,
            f"{target.label}: {target.place} is not reached from {jump_label} ({error.text}); "
            "is sshd running there, on this port?",
        ) from error


@contextlib.contextmanager
def greeted(
    wire: Wire, target: Target, limits: Limits, *, known: KnownHosts
) -> Iterator[paramiko.Transport]:
    """Exchange keys with a server; close everything again when the block fails.

    Whether it is the server that it should be is not yet known.
    """
    transport: paramiko.Transport | None = None
    try:
        transport = paramiko.Transport(wire)  # type: ignore[arg-type] # no more is asked of it
        _set_limits(transport, limits)
        _prefer_known(transport, known.types_of(names_of(target)))
        _exchange_keys(transport, target, limits)
        yield transport
    except BaseException:  # whatever it was, it goes on; its threads and sockets must not stay
        part(transport, wire)
        raise


def part(transport: paramiko.Transport | None, wire: Wire) -> None:
    """End a connection, from any thread, and see its thread off."""
    if isinstance(wire, socket.socket):
        with contextlib.suppress(OSError):  # is not connected any more
            wire.shutdown(socket.SHUT_RDWR)
    if transport is not None:
        transport.close()
        # Otherwise a timer of its own lives on for as long as a handshake may take.
        transport.packetizer.complete_handshake()
    wire.close()
    if transport is not None and transport.ident is not None:
        transport.join(timeout=5)


def host_key_of(transport: paramiko.Transport) -> HostKey:
    """Return the key that the server has shown, and proved to have."""
    key = transport.get_remote_server_key()
    return HostKey(key.get_name(), key.asbytes())


def check_host_key(key: HostKey, target: Target, known: KnownHosts) -> None:
    """Raise `SshError` unless the key is known to be the machine's."""
    verdict = known.judge(names_of(target), key)
    if verdict is not Verdict.KNOWN:
        raise explain_verdict(verdict, key, target)


def log_in(transport: paramiko.Transport, target: Target, *, agent: str) -> None:
    """Offer keys until one is taken, or raise."""
    with gather_keys(target, agent=agent) as keys:
        for key in keys.usable:
            if _is_taken(transport, target, key):
                return
    raise _denied(target, keys)


def _is_taken(transport: paramiko.Transport, target: Target, key: paramiko.PKey) -> bool:
    try:
        more = transport.auth_publickey(target.user, key)
    except paramiko.BadAuthenticationType:
        raise
    except paramiko.SSHException as error:
        if not transport.is_active() or "timeout" in str(error):
            raise
        return False
    if more:
        raise paramiko.ssh_exception.PartialAuthentication(more)
    return True


def _denied(target: Target, keys: Keys) -> SshError:
    locked = f"{keys.locked[0]} has a passphrase; load it with ssh-add first" if keys.locked else ""
    if not keys.usable:
        nothing = "no ssh key to offer; load one with ssh-add, or name it in ~/.ssh/config"
        return SshError(SshFailure.DENIED, f"{target.label}: {locked or nothing}")
    count = len(keys.usable)
    return SshError(
        SshFailure.DENIED,
        f"{target.label} took none of the ssh keys ({count} offered for {target.user}); "
        + (locked or "does `ssh` log in there without a password?"),
    )


def _run_proxy(target: Target) -> Proxy:
    try:
        return Proxy.run(target.proxy_command)
    except OSError as error:
        raise paramiko.ssh_exception.ProxyCommandFailure(
            target.proxy_command[0], error.strerror or str(error)
        ) from error


def _exchange_keys(transport: paramiko.Transport, target: Target, limits: Limits) -> None:
    try:
        transport.start_client(timeout=2 * limits.greeting_s)
    except FOREIGN as error:
        if transport.remote_version:
            raise
        if target.proxy_command:
            raise _useless_proxy(target) from error
        if isinstance(error, paramiko.SSHException):
            raise
        # Whether reading or writing notices first that the other side hung up is chance.
        raise paramiko.SSHException(NO_GREETING) from error
    if not transport.initial_kex_done:
        # paramiko just returns then
        raise paramiko.SSHException("no keys exchanged in time")


def _useless_proxy(target: Target) -> SshError:
    return SshError(
        SshFailure.UNREACHABLE,
        f"{target.label}: its ProxyCommand ({target.proxy_command[0]}) leads to no ssh server; "
        "run it by hand to see why, or mend it in ~/.ssh/config",
    )


def _set_limits(transport: paramiko.Transport, limits: Limits) -> None:
    transport.banner_timeout = limits.greeting_s
    # Ends in the same error as a connection that broke: ours is to come first.
    transport.handshake_timeout = 3 * limits.greeting_s
    transport.auth_timeout = limits.login_s
    transport.channel_timeout = limits.channel_s


def _prefer_known(transport: paramiko.Transport, types: tuple[str, ...]) -> None:
    """Ask for a key of a type that is known: a server has several."""
    options = transport.get_security_options()
    order = [*types, *(type_ for type_ in KEY_TYPES if type_ not in types)]
    options.key_types = [name for type_ in order for name in _SIGNATURES.get(type_, (type_,))]
