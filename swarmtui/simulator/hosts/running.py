"""Run the commands of simulated hosts: what they print, and how they fail."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import aclosing
from random import Random
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import msgspec

from swarmtui.httpd.messages import MAX_HEAD_BYTES
from swarmtui.httpd.server import Server
from swarmtui.simulator.hosts.commands import Command, find_command, not_found
from swarmtui.simulator.hosts.engines import HostEngines, Presence
from swarmtui.simulator.hosts.frames import BEATS_PER_S, HostFrames
from swarmtui.simulator.hosts.info_text import info_text
from swarmtui.simulator.hosts.roster import Host, Kind
from swarmtui.simulator.hosts.troubles import HostTrouble

if TYPE_CHECKING:
    # Imports paramiko, which is not needed before the first client comes.
    from swarmtui.simulator.hosts.channels import CommandChannel

SLOW_S = 4.0
"""What a slow host takes for everything, and leaves between two repaints."""

_GARBLED_BYTES = 900
_PIECE_BYTES = 32 * 1024
_SOCKET = "unix:///var/run/docker.sock"
_DENIED = (
    f"permission denied while trying to connect to the Docker daemon socket at {_SOCKET}: "
    'Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.41/{}": '
    "dial unix /var/run/docker.sock: connect: permission denied"
)
_NOT_DIALLED = "failed to open the raw stream connection: {}"
_DIAL_DENIED = _NOT_DIALLED.format("dial unix /var/run/docker.sock: connect: permission denied")
_NO_BRIDGE = _NOT_DIALLED.format("only the managers of this simulated swarm can be talked to")


class Runner:
    """Runs commands on any number of hosts."""

    def __init__(self, engines: HostEngines, server: Server) -> None:
        self._engines = engines
        self._server = server
        # Those who watch the same host see the same repaints, for as long as one of them does.
        self._frames: WeakValueDictionary[str, HostFrames] = WeakValueDictionary()

    async def run(self, host: Host, channel: CommandChannel, line: str) -> int:
        """Run a command line; return its exit status. `ConnectionError`: the client has gone."""
        command = find_command(line)
        if host.trouble is HostTrouble.SLOW:
            await asyncio.sleep(SLOW_S)
        if command is None or host.trouble is HostTrouble.NO_DOCKER:
            await channel.complain(not_found(line, has_docker=command is None))
            return 127
        match host.trouble:
            case HostTrouble.HANG_DOCKER:
                return await _hang(channel)
            case HostTrouble.GARBLED:
                return await self._garble(host, channel, command)
            case HostTrouble.NO_PERMISSION:
                return await self._deny(host, channel, command)
            case _:
                return await self._obey(host, channel, command)

    async def _obey(self, host: Host, channel: CommandChannel, command: Command) -> int:
        match command:
            case Command.STATS:
                await self._paint(host, channel)
            case Command.INFO:
                await channel.write(_json_line(self._engines.info(host)))
            case Command.INFO_TEXT:
                await channel.write(info_text(self._engines.info(host)).encode())
            case Command.VERSION:
                await channel.write(_json_line(self._engines.version(host)))
            case Command.DIAL_STDIO:
                return await self._dial(host, channel)
        return 0

    async def _paint(self, host: Host, channel: CommandChannel) -> None:
        """Repaint for as long as somebody listens; a host that is gone falls silent."""
        frames = self._frames.get(host.name)
        if frames is None:
            frames = self._frames[host.name] = HostFrames(host, self._engines)
        async with aclosing(_beats(host)) as beats:
            async for beat in beats:
                if not channel.is_open:
                    return
                if self._engines.presence(host) is not Presence.GONE:
                    await channel.write(frames.at(beat))

    async def _dial(self, host: Host, channel: CommandChannel) -> int:
        """Carry bytes between the client and the Engine API, until one of them ends."""
        if host.kind is not Kind.MANAGER:
            await channel.complain(f"{_NO_BRIDGE}\n")
            return 1
        ours, theirs = socket.socketpair()
        served = await asyncio.open_connection(sock=theirs, limit=MAX_HEAD_BYTES)
        serving = asyncio.create_task(self._server.converse(*served))
        reader, writer = await asyncio.open_connection(sock=ours)
        stop = channel.on_input(lambda data: writer.write(data) if data else writer.write_eof())
        try:
            while data := await reader.read(_PIECE_BYTES):
                await channel.write(data)
        finally:
            stop()
            writer.close()
            serving.cancel()
        return 0

    async def _deny(self, host: Host, channel: CommandChannel, command: Command) -> int:
        """Say as docker does that the user may not talk to the engine."""
        match command:
            case Command.DIAL_STDIO:
                error = _DIAL_DENIED
            case Command.STATS:
                error = _DENIED.format("containers/json")
            case Command.VERSION:
                error = _DENIED.format("version")
                await channel.write(_json_line(self._engines.client_only(host)))
            case Command.INFO | Command.INFO_TEXT:
                error = _DENIED.format("info")
                await channel.write(_json_line(self._engines.info_without_engine(host, error)))
                if not self._engines.has_new_cli(host):
                    return 0  # the old CLI says it on stdout, and is content
        await channel.complain(f"{error}\n")
        return 1

    async def _garble(self, host: Host, channel: CommandChannel, command: Command) -> int:
        chance = Random(host.name)
        if command is Command.STATS:
            async with aclosing(_beats(host)) as beats:
                async for _ in beats:
                    await channel.write(b"\x1b[2J\x1b[H" + chance.randbytes(_GARBLED_BYTES))
        await channel.write(b'{"ID":"' + chance.randbytes(_GARBLED_BYTES) + b'"}\n')
        return 0


async def _beats(host: Host) -> AsyncGenerator[int]:
    """Yield the number of each beat when it comes, the first of them in about a second.

    Docker too shows nothing until it has a sample of every container.
    """
    clock = asyncio.get_running_loop().time
    # Hosts keep beats of their own, so that they do not paint all at once.
    offset = Random(host.name).random()
    step = round(SLOW_S * BEATS_PER_S) if host.trouble is HostTrouble.SLOW else 1
    beat = int(clock() * BEATS_PER_S - offset) + BEATS_PER_S
    while True:
        await asyncio.sleep((beat + offset) / BEATS_PER_S - clock())
        yield beat
        beat = max(beat + step, int(clock() * BEATS_PER_S - offset) + 1)


async def _hang(channel: CommandChannel) -> int:
    while channel.is_open:  # noqa: ASYNC110  # paramiko tells nobody when it closes
        await asyncio.sleep(1)
    raise ConnectionError


def _json_line(document: object) -> bytes:
    return msgspec.json.encode(document) + b"\n"
