"""Run one of the commands over a login, and take in what it says."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import paramiko

from swarmtui.ssh.commands import Command
from swarmtui.ssh.config import Target
from swarmtui.ssh.errors import SshError, SshFailure, shorten
from swarmtui.ssh.failures import FOREIGN, translate

CHUNK = 1 << 16
_COMPLAINT = 2000
"""Bytes of stderr that are kept: its end."""


class _Bell(threading.Event):
    """Rung by both pipes of a channel when there is something in them, or never will be again."""

    def clear(self) -> None:
        """Do nothing: one pipe that was emptied says nothing of the other."""

    def rest(self) -> None:
        """Be silent until something happens."""
        super().clear()


class RunningCommand:
    """A command that runs on a machine: `Running`."""

    def __init__(self, channel: paramiko.Channel, target: Target) -> None:
        self._channel = channel
        self._target = target
        self._bell = _Bell()
        self._stderr = b""
        # Waiting on one of the two would let the other fill up, and the command stand still.
        channel.in_buffer.set_event(self._bell)
        channel.in_stderr_buffer.set_event(self._bell)

    def read(self, timeout_s: float) -> bytes:
        """Return what came on stdout next, `b""` at its end; raise `TimeoutError` or `SshError`."""
        end = time.monotonic() + timeout_s
        while True:
            self._bell.rest()
            self._drain()
            if self._channel.recv_ready():
                return self._channel.recv(CHUNK)
            if self._channel.closed or self._channel.eof_received:
                return self._last()
            left = end - time.monotonic()
            if left <= 0 or not self._bell.wait(left):
                raise TimeoutError(f"{self._target.label} said nothing for {timeout_s:g} s")

    @property
    def complaint(self) -> str:
        """Return the end of what came on stderr, harmless, on one line."""
        self._drain()
        return shorten(self._stderr.decode("utf-8", "replace"))

    def wait(self, timeout_s: float) -> int:
        """Return the exit status once the command has ended; raise `TimeoutError` or `SshError`.

        -1 when it was killed by a signal.
        """
        end = time.monotonic() + timeout_s
        while not self._channel.status_event.wait(0):
            self._bell.rest()
            self._drain()
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"{self._target.label}: still running after {timeout_s:g} s")
            if self._channel.eof_received:
                self._channel.status_event.wait(left)
            else:
                # The bell does not ring for the status, which may come before the end of stdout.
                self._bell.wait(min(left, 0.2))
        self._drain()
        if self._channel.exit_status == -1:
            self._check_connection()
        return self._channel.exit_status

    def close(self) -> None:
        """End the command, from any thread."""
        end_channel(self._channel)

    def _last(self) -> bytes:
        """Return what is left of stdout once nothing more comes, or raise if it broke off."""
        if self._channel.recv_ready():
            return self._channel.recv(CHUNK)
        if not self._channel.eof_received:
            self._check_connection()
        return b""

    def _check_connection(self) -> None:
        transport = self._channel.get_transport()
        if not _still_stands(transport):
            raise translate(transport.get_exception() or EOFError(), self._target)

    def _drain(self) -> None:
        while self._channel.recv_stderr_ready():
            self._stderr = (self._stderr + self._channel.recv_stderr(CHUNK))[-_COMPLAINT:]


def end_channel(channel: paramiko.Channel) -> None:
    """Close a channel; where the connection has broken, there is nobody left to tell."""
    with suppress(*FOREIGN):
        channel.close()


def start(
    transport: paramiko.Transport, command: Command, target: Target, *, limit_s: float
) -> paramiko.Channel:
    """Return a channel in which a command runs; raise `SshError`.

    The only place where a command is sent.
    """
    try:
        channel = _open_session(transport, limit_s)
        with _limited(channel, limit_s) as is_late:
            _execute(channel, command)
    except FOREIGN as error:
        raise translate(error, target) from error
    if is_late.is_set():
        raise SshError(
            SshFailure.TIMED_OUT, f"{target.label} does not start a command within {limit_s:g} s"
        )
    if channel.closed and not _has_said_something(channel):
        raise _refused(transport, target)
    return channel


def _open_session(transport: paramiko.Transport, limit_s: float) -> paramiko.Channel:
    try:
        return transport.open_session(timeout=limit_s)
    except paramiko.ChannelException:
        # Where sshd allows one at a time, the one before may be over and still count. By the time
        # sshd has refused this one it does not any more.
        return transport.open_session(timeout=limit_s)


def _execute(channel: paramiko.Channel, command: Command) -> None:
    try:
        channel.exec_command(command.value)
    except paramiko.SSHException:
        # Also when the command was over before anybody said that it had begun.
        if not channel.closed:
            channel.close()
            raise


@contextmanager
def _limited(channel: paramiko.Channel, limit_s: float) -> Iterator[threading.Event]:
    """Close a channel unless the block ends in time: paramiko waits for the answer for ever."""
    is_late = threading.Event()

    def give_up() -> None:
        is_late.set()
        end_channel(channel)

    timer = threading.Timer(limit_s, give_up)
    timer.daemon = True
    timer.start()
    try:
        yield is_late
    finally:
        timer.cancel()
        timer.join()


def _has_said_something(channel: paramiko.Channel) -> bool:
    return channel.recv_ready() or channel.recv_stderr_ready() or channel.exit_status != -1


def _refused(transport: paramiko.Transport, target: Target) -> SshError:
    if not _still_stands(transport):
        return translate(transport.get_exception() or EOFError(), target)
    return SshError(
        SshFailure.DENIED,
        f"{target.label} runs no command for {target.user}; is that login for something else?",
    )


def _still_stands(transport: paramiko.Transport) -> bool:
    # Its channels are closed a moment before it is marked as broken.
    transport.join(timeout=0.2)
    return transport.is_active()
