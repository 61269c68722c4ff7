"""Tail `docker stats` on one machine: connect, read, notice silence, come back."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from threading import Event, Lock
from typing import Protocol

from msgspec.structs import replace

from swarmtui.ssh.backoff import Backoff
from swarmtui.ssh.clocks import SYSTEM_CLOCKS, Clocks
from swarmtui.ssh.commands import Command
from swarmtui.ssh.docker_info import ask_info
from swarmtui.ssh.errors import SshError, SshFailure
from swarmtui.ssh.handshakes import Handshakes
from swarmtui.ssh.ports import Door, Running
from swarmtui.ssh.tail_reading import STALE_S, Reading
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.stats import MachineSeen, StatsSeen, TailSeen, TailState, UnknownKey

_SOON = Backoff(first_s=2.0, longest_s=60.0)
# Only a person can mend these, and servers lock out who is denied too often.
_LATER = Backoff(first_s=60.0, longest_s=600.0)
_FOR_PEOPLE = frozenset({SshFailure.DENIED, SshFailure.NO_DOCKER, SshFailure.NO_PERMISSION})
_HOST_KEYS = frozenset({SshFailure.UNKNOWN_KEY, SshFailure.CHANGED_KEY})
# Whether a refused key is known by now is looked at again and again: it costs one handshake.
_RECHECK = Backoff(first_s=60.0, longest_s=60.0)

TailObservation = StatsSeen | TailSeen | MachineSeen


class _Closable(Protocol):
    def close(self) -> None: ...


class Tail:
    """One machine's `docker stats`, until closed; `run` is for a thread of its own."""

    def __init__(
        self,
        machine: Machine,
        *,
        door: Door,
        turns: Handshakes,
        emit: Callable[[TailObservation], None],
        clocks: Clocks = SYSTEM_CLOCKS,
        introduces: bool = False,
    ) -> None:
        self.machine = machine
        self._door = door
        self._turns = turns
        self._emit = emit
        self._clocks = clocks
        self._introduces = introduces
        """Whether the machine is asked first who it is (`docker info`), once a connection."""
        self._closed = Event()
        self._woken = Event()
        """Set when a wait is to end: asked to try again, or closed."""
        self._lock = Lock()
        self._open: list[_Closable] = []
        self._said: tuple[TailState, str] | None = None
        self._failures = 0
        """In a row, without ten seconds of data between them."""

    def run(self) -> None:
        """Tail until closed. Nothing but `close` ends it."""
        while not self._closed.is_set():
            # Here and not before the wait: what is asked for meanwhile, such as with a key that
            # has just become known, must not get lost with what this attempt knew.
            self._woken.clear()
            try:
                self._connect_and_follow()
            except SshError as error:
                self._close_open()
                if not self._closed.is_set():
                    self._rest_after(error)
            finally:
                self._close_open()

    def retry(self) -> None:
        """Try again now, or as soon as what it is trying now has failed. Returns at once."""
        self._woken.set()

    @property
    def is_refused(self) -> bool:
        """Tell whether it was left alone for its host key."""
        return self._said is not None and self._said[0] is TailState.REFUSED

    def close(self) -> None:
        """End it, whatever it waits for, from any thread.

        What is being opened at the moment is closed as soon as it is open.
        """
        self._closed.set()
        self._woken.set()
        self._close_open()

    def _connect_and_follow(self) -> None:
        with self._turns.turn():
            if self._closed.is_set():
                return
            # A machine that was refused is only looked at again: that is no news.
            if self._said is None or self._said[0] is not TailState.REFUSED:
                self._say(TailState.CONNECTING)
            login = self._door.open(self.machine)
        self._keep(login)
        if self._introduces:
            self._emit(ask_info(login, self.machine, clocks=self._clocks))
        running = login.run(Command.STATS)
        self._keep(running)
        self._read(running)

    def _read(self, running: Running) -> None:
        reading = Reading(
            running, self.machine, clocks=self._clocks, emit=self._emit, say=self._say
        )
        try:
            reading.run()
        finally:
            if reading.lasted_s >= STALE_S:
                self._failures = 0

    def _keep(self, opened: _Closable) -> None:
        """Have it closed in the end; at once, if the end has come meanwhile."""
        with self._lock:
            self._open.append(opened)
        if self._closed.is_set():
            self._close_open()

    def _close_open(self) -> None:
        with self._lock:
            opened, self._open = self._open, []
        for each in reversed(opened):
            with suppress(SshError):
                each.close()

    def _rest_after(self, error: SshError) -> None:
        """Say why there is no data, and wait until it is time to try again."""
        if self._closed.is_set():
            return
        delay_s = self._delay_after(error)
        if error.failure in _HOST_KEYS:
            self._say(TailState.REFUSED, error.text, unknown_key=error.unknown_key)
        else:
            self._say(TailState.RETRYING, error.text, retry_in_s=delay_s)
        self._failures += 1
        self._clocks.wait(self._woken, delay_s)

    def _delay_after(self, error: SshError) -> float:
        if error.failure in _HOST_KEYS:
            backoff = _RECHECK
        else:
            backoff = _LATER if error.failure in _FOR_PEOPLE else _SOON
        return replace(backoff, attempt=self._failures).wait_s(self._clocks.chance())

    def _say(
        self,
        state: TailState,
        text: str = "",
        *,
        retry_in_s: float | None = None,
        unknown_key: UnknownKey | None = None,
    ) -> None:
        if (state, text) == self._said and retry_in_s is None:
            return
        self._said = (state, text)
        now = self._clocks.now()
        retry_at = None if retry_in_s is None else now + timedelta(seconds=retry_in_s)
        self._emit(
            TailSeen(
                taken_at=now,
                machine=self.machine.name,
                state=state,
                text=text,
                retry_at=retry_at,
                unknown_key=unknown_key,
            )
        )
