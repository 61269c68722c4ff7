"""Where simulated hosts are reached: every address of 127.0.0.0/8 at one port.

One socket listens for all of them, bound to the loopback device: what comes
from another machine finds nobody there. The address a client asked for says
which host it wants, so each has a host key of its own, as in life. A socket
for each of 10,000 hosts would be as many file descriptors.
"""

import asyncio
import resource
import socket
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from swarmtui.simulator.hosts.engines import HostEngines, Presence
from swarmtui.simulator.hosts.errors import HostsError
from swarmtui.simulator.hosts.keys import host_key, private_text, public_blob
from swarmtui.simulator.hosts.roster import Host, Roster
from swarmtui.simulator.hosts.running import SLOW_S, Runner
from swarmtui.simulator.hosts.troubles import HostTrouble

if TYPE_CHECKING:
    from paramiko import Channel

    from swarmtui.simulator.hosts.sessions import Connection

DROPS_AFTER_S = 8.0
"""How long after its first command a host that drops keeps a connection."""

_PARTING_S = 5.0
_NO_SSH = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n\x00\xff\xfe garbage \x1b[2J\r\n"


class UnusableLoopbackError(HostsError):
    """A system on which there is no listening on loopback alone, for all its addresses."""


def listen_on_loopback() -> socket.socket:
    """Return a socket that takes connections to any address in 127.0.0.0/8, at a free port.

    Raise `UnusableLoopbackError`, so that nothing else is ever listened on.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # Before it is bound, so that there is no moment at which others could reach it.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
        listener.bind(("0.0.0.0", 0))  # noqa: S104  # of the device lo only
        listener.listen(1024)
    except (OSError, AttributeError) as error:
        listener.close()
        raise UnusableLoopbackError(
            f"simulated hosts need a Linux where all of 127.0.0.0/8 is loopback: {error}"
        ) from error
    listener.settimeout(0)
    return listener


class Street:
    """Lets clients in to the hosts.

    Paramiko speaks with each in a thread, which sleeps unless the client
    says something; whatever a command does is done in the event loop, where
    the simulation lives.
    """

    def __init__(
        self,
        roster: Roster,
        engines: HostEngines,
        runner: Runner,
        *,
        user: str,
        client_key: Ed25519PrivateKey,
        seed: int,
    ) -> None:
        self._roster = roster
        self._engines = engines
        self._runner = runner
        self._user = user
        self._client_key = public_blob(client_key)
        self._seed = seed
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._connections: set[Connection] = set()

    async def welcome(self, listener: socket.socket) -> None:
        """Take connections until cancelled."""
        _take_all_descriptors()
        while True:
            try:
                sock, _ = await self._loop.sock_accept(listener)
            except OSError:  # no descriptors left: some client will go
                await asyncio.sleep(0.1)
                continue
            self._start(self._receive(sock))

    async def close(self) -> None:
        """End all connections and their threads."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        connections = list(self._connections)
        for connection in connections:
            connection.cut()
        for connection in connections:
            connection.join(_PARTING_S)

    def _start(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _receive(self, sock: socket.socket) -> None:
        """Do with a new connection what the host it was meant for does."""
        try:
            host = self._roster.find(sock.getsockname()[0])
            if host is not None and await self._is_greeted(host, sock):
                self._greet(host, sock)
                return
        except OSError:
            pass  # the client has gone
        except asyncio.CancelledError:
            sock.close()
            raise
        sock.close()

    async def _is_greeted(self, host: Host, sock: socket.socket) -> bool:
        """Wait as long as the host does; return whether it speaks ssh then."""
        if host.trouble is HostTrouble.HANG or self._engines.presence(host) is Presence.GONE:
            await self._outlast(sock)
            return False
        if host.trouble is HostTrouble.GARBAGE:
            await self._loop.sock_sendall(sock, _NO_SSH)
            sock.shutdown(socket.SHUT_WR)
            # To close while the client still speaks would take the garbage away from it.
            await self._outlast(sock)
            return False
        if host.trouble is HostTrouble.SLOW:
            await asyncio.sleep(SLOW_S)
        return True

    async def _outlast(self, sock: socket.socket) -> None:
        while await self._loop.sock_recv(sock, 4096):
            pass

    def _greet(self, host: Host, sock: socket.socket) -> None:
        # A quarter of a second, spent when the first client comes rather than at every start.
        from swarmtui.simulator.hosts.sessions import Connection  # noqa: PLC0415

        sock.settimeout(None)  # a thread waits for it from now on
        is_refused = host.trouble is HostTrouble.REFUSED_KEY
        connection = Connection(
            sock,
            host_key=private_text(host_key(self._seed, host.name)),
            user=self._user,
            key_blob=None if is_refused else self._client_key,
            begin=lambda *asked: self._soon(self._begin, host, *asked),
            ended=lambda ended: self._soon(self._connections.discard, ended),
        )
        self._connections.add(connection)
        connection.greet()

    def _soon(self, call: Callable[..., object], *arguments: object) -> None:
        """Call from a thread of paramiko's; after the loop has ended there is nobody to call."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(call, *arguments)

    def _begin(self, host: Host, connection: "Connection", channel: "Channel", line: str) -> None:
        if host.trouble is HostTrouble.DROP:
            self._loop.call_later(DROPS_AFTER_S, connection.cut)
        self._start(self._run(host, connection, channel, line))

    async def _run(
        self, host: Host, connection: "Connection", channel: "Channel", line: str
    ) -> None:
        from swarmtui.simulator.hosts.channels import CommandChannel  # noqa: PLC0415

        fileno = connection.plain_socket.fileno()
        if fileno < 0:
            return  # has gone already
        command_channel = CommandChannel(channel, fileno)
        with suppress(ConnectionError):
            command_channel.end(await self._runner.run(host, command_channel, line))


def _take_all_descriptors() -> None:
    """Allow as many connections as this process may have: a thousand is a usual default."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
