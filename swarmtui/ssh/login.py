"""Log in to machines: one connection each, known host keys only, a limit on everything."""

import logging
import os
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, TypeVar

import paramiko

from swarmtui.ssh.backoff import Backoff
from swarmtui.ssh.channel import ChannelSocket
from swarmtui.ssh.commands import Command
from swarmtui.ssh.config import Target, Targets
from swarmtui.ssh.errors import SshError, SshFailure
from swarmtui.ssh.failures import FOREIGN, translate
from swarmtui.ssh.greeting import (
    Limits,
    Wire,
    await_greeting,
    check_host_key,
    connect,
    connect_through,
    greeted,
    host_key_of,
    log_in,
    part,
)
from swarmtui.ssh.handshakes import Handshakes
from swarmtui.ssh.jumps import Jumps, Loan, Route
from swarmtui.ssh.known_hosts import HostKey, KnownHosts, Verdict, names_of, read_known_hosts
from swarmtui.ssh.running import RunningCommand, start
from swarmtui.swarm.machine import Machine

T = TypeVar("T")

_LOOK_UP_S = 1.0

# Without a handler of its own, paramiko's tracebacks are painted over the screen by logging's last
# resort; where the program keeps a log file, they still go there.
logging.getLogger("paramiko").addHandler(logging.NullHandler())


class Shown(NamedTuple):
    """The host key that a machine showed when it was asked for nothing else."""

    target: Target
    key: HostKey
    verdict: Verdict
    is_on_the_way: bool = False
    """It is the key of a jump host, which has to be known first."""


class SshLogin:
    """A connection to one machine, logged in: `Login`."""

    def __init__(
        self,
        transport: paramiko.Transport,
        wire: Wire,
        target: Target,
        *,
        limit_s: float,
        on_close: Callable[["SshLogin"], None],
    ) -> None:
        self.target = target
        self.transport = transport
        self._wire = wire
        self._limit_s = limit_s
        self._on_close = on_close

    def run(self, command: Command) -> RunningCommand:
        """Start a command that reads nothing; raise `SshError`."""
        channel = start(self.transport, command, self.target, limit_s=self._limit_s)
        with suppress(*FOREIGN):  # has ended already
            channel.shutdown_write()
        return RunningCommand(channel, self.target)

    def dial(self) -> ChannelSocket:
        """Return a connection to the engine over there, or raise `SshError`."""
        channel = start(self.transport, Command.DIAL_STDIO, self.target, limit_s=self._limit_s)
        return ChannelSocket(channel)

    @property
    def is_active(self) -> bool:
        """Tell whether the connection stands, as far as is known."""
        return self.transport.is_active()

    def close(self) -> None:
        """End the connection and everything that runs over it, from any thread."""
        part(self.transport, self._wire)
        self._on_close(self)


class Door:
    """Where logins come from: `Door` of the ports. For any number of threads."""

    def __init__(
        self,
        *,
        home: Path,
        limits: Limits | None = None,
        agent: str | None = None,
        backoff: Backoff | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Take the agent's socket from SSH_AUTH_SOCK unless it is given; empty is none."""
        self._targets = Targets(home)
        self._limits = limits = limits or Limits()
        self._attempts = limits.attempts
        self._agent = os.environ.get("SSH_AUTH_SOCK", "") if agent is None else agent
        self._backoff = backoff or Backoff()
        self._chance = chance
        self._handshakes = Handshakes(
            at_once=limits.handshakes, per_jump=limits.handshakes_per_jump
        )
        self._calls = Handshakes(at_once=limits.calls)
        self._jumps = Jumps(lambda route: self._enter(route[-1], route[:-1]))
        self._lock = threading.Lock()
        self._open: set[Wire | SshLogin] = set()
        """Logins, and connections on the way to one."""
        self._closing = threading.Event()

    def open(self, machine: Machine) -> SshLogin:
        """Log in, within the limits on handshakes; raise `SshError`.

        A server that is busy is tried again, a little later each time.
        """
        target = self._targets.find(machine)
        return self._enter(target, target.jumps)

    def ask_key(self, machine: Machine) -> Shown:
        """Return a machine's host key and what is known of it, without logging in there.

        Machines on the way are logged in to, and so must be known: of one that is not, it is the
        key of that one. Raise `SshError`.
        """
        target = self._targets.find(machine)
        return self._ask_key(target, target.jumps)

    @property
    def queued(self) -> int:
        """Return how many wait for their turn to shake hands."""
        return self._handshakes.queued + self._calls.queued

    def close(self) -> None:
        """End all logins, and what is on the way to one, from any thread; nothing opens again."""
        self._closing.set()
        self._handshakes.close()
        self._calls.close()
        with self._lock:
            open_now = list(self._open)
        for thing in open_now:
            thing.close()

    def _ask_key(self, target: Target, route: Route) -> Shown:
        try:
            loan = self._jumps.borrow(route) if route else None
        except SshError as error:
            if error.failure is not SshFailure.UNKNOWN_KEY:
                raise
            return self._ask_key(route[-1], route[:-1])._replace(is_on_the_way=True)
        try:
            return self._patiently(lambda: self._look(target, loan))
        finally:
            _end(loan)

    def _enter(self, target: Target, route: Route) -> SshLogin:
        loan = self._jumps.borrow(route) if route else None
        try:
            return self._patiently(lambda: self._log_in(target, loan))
        except BaseException:  # whatever it was, it goes on; only the way there must not stay open
            _end(loan)
            raise

    def _patiently(self, greet: Callable[[], T]) -> T:
        """Return what `greet` does, and do it again while the server is busy."""
        backoff = self._backoff
        while True:
            try:
                return greet()
            except SshError as error:
                if error.failure is not SshFailure.BUSY or backoff.attempt + 1 >= self._attempts:
                    raise
                if self._closing.wait(backoff.wait_s(self._chance())):
                    raise
                backoff = backoff.next()

    def _log_in(self, target: Target, loan: Loan | None) -> SshLogin:
        known = read_known_hosts(target)
        with self._greeted(target, loan, known) as (transport, wire):
            check_host_key(host_key_of(transport), target, known)
            log_in(transport, target, agent=self._agent)
            transport.set_keepalive(self._limits.keepalive_s)
            # paramiko looks up ten times a second by itself: a tenth of a core for 300 machines.
            wire.settimeout(_LOOK_UP_S)
            login = SshLogin(
                transport,
                wire,
                target,
                limit_s=self._limits.channel_s,
                on_close=lambda closed: self._see_off(closed, loan),
            )
            self._keep(login, target)
        return login

    def _look(self, target: Target, loan: Loan | None) -> Shown:
        known = read_known_hosts(target)
        with self._greeted(target, loan, known) as (transport, wire):
            key = host_key_of(transport)
            part(transport, wire)
        return Shown(target, key, known.judge(names_of(target), key))

    @contextmanager
    def _greeted(
        self, target: Target, loan: Loan | None, known: KnownHosts
    ) -> Iterator[tuple[paramiko.Transport, Wire]]:
        """Shake hands with a machine when it is its turn, and raise nothing but `SshError`."""
        try:
            with (
                self._connected_in_turn(target, loan) as wire,
                greeted(wire, target, self._limits, known=known) as transport,
            ):
                yield transport, wire
        except FOREIGN as error:
            closed = self._closing.is_set()
            raise _closed_here(target) if closed else translate(error, target) from error

    @contextmanager
    def _connected_in_turn(self, target: Target, loan: Loan | None) -> Iterator[Wire]:
        """Connect, and hold one of the few turns at shaking hands from when that can begin.

        A machine that is reached without help is waited for outside of the turns until it greets:
        a dozen that are dead would otherwise hold all of them up.
        """
        if loan is not None or target.proxy_command:
            with (
                self._handshakes.turn(jump=loan.route if loan else None),
                self._connected(target, loan) as wire,
            ):
                yield wire
            return
        with self._calls.turn(), self._connected(target, None) as wire:
            await_greeting(wire, limit_s=self._limits.greeting_s)
            with self._handshakes.turn():
                yield wire

    @contextmanager
    def _connected(self, target: Target, loan: Loan | None) -> Iterator[Wire]:
        wire = connect(target, self._limits) if loan is None else self._go_through(loan, target)
        try:
            self._keep(wire, target)
            yield wire
        except BaseException:  # whatever it was, it goes on; only the socket must not stay
            wire.close()
            raise
        finally:
            self._forget(wire)

    def _go_through(self, loan: Loan, target: Target) -> Wire:
        label = loan.route[-1].label
        return connect_through(loan.transport, target, self._limits, jump_label=label)

    def _keep(self, thing: Wire | SshLogin, target: Target) -> None:
        """Remember what is to be closed with the door, or close it now."""
        with self._lock:
            self._open.add(thing)
        if self._closing.is_set():
            thing.close()
            raise _closed_here(target)

    def _forget(self, thing: Wire | SshLogin) -> None:
        with self._lock:
            self._open.discard(thing)

    def _see_off(self, login: SshLogin, loan: Loan | None) -> None:
        self._forget(login)
        _end(loan)


def _end(loan: Loan | None) -> None:
    if loan is not None:
        loan.end()


def _closed_here(target: Target) -> SshError:
    return SshError(SshFailure.UNREACHABLE, f"the connection to {target.label} was closed here")
