"""Say what an error of paramiko or of the network means, by the first row of `TABLE` that knows it.

The only place where errors of other libraries are translated on the ssh side.
"""

import errno
import socket
from collections.abc import Callable, Iterator
from typing import NamedTuple

import paramiko
from paramiko.ssh_exception import (
    IncompatiblePeer,
    MessageOrderError,
    NoValidConnectionsError,
    PartialAuthentication,
    ProxyCommandFailure,
)

from swarmtui.ssh.config import Target
from swarmtui.ssh.errors import SshError, SshFailure

FOREIGN = (
    OSError,  # sockets and files
    paramiko.SSHException,
    EOFError,  # when the other side goes away in the middle of the greeting
    UnicodeError,  # a host name that cannot be one
    ValueError,  # what paramiko makes of numbers and keys that are none
)
"""Everything that comes up on a bad day while connecting and speaking to a machine."""

NO_GREETING = "Error reading SSH protocol banner"
"""What paramiko says when the first line does not come."""


class Row(NamedTuple):
    """One row of the table: which error, and what it means."""

    name: str
    matches: Callable[[BaseException], bool]
    failure: SshFailure
    text: str
    """With `{label}`, `{place}` and the error's own `{error}`."""


def translate(error: BaseException, target: Target) -> SshError:
    """Return what a foreign error means; one that no row knows is shown by its own text."""
    if isinstance(error, SshError):
        return error
    row, inner = find_row(error)
    return SshError(
        row.failure,
        row.text.format(label=target.label, place=target.place, error=_words(inner)),
    )


def find_row(error: BaseException) -> tuple[Row, BaseException]:
    """Return the row that `translate` goes by, and the error that it knows."""
    nested = list(_nested(error))
    for row in TABLE:
        for inner in nested:
            if row.matches(inner):
                return row, inner
    return _OTHER, error


def _nested(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those it came from, the outermost first."""
    seen: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in seen:
        seen.append(current)
        yield current
        if isinstance(current, NoValidConnectionsError):
            yield from current.errors.values()
        current = current.__cause__ or current.__context__


def _words(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__


def _is(*types: type[BaseException]) -> Callable[[BaseException], bool]:
    return lambda error: isinstance(error, types)


def _errno(*numbers: int) -> Callable[[BaseException], bool]:
    return lambda error: (
        isinstance(error, OSError)
        and not isinstance(error, socket.gaierror)
        and error.errno in numbers
    )


def _says(type_: type[BaseException], *words: str) -> Callable[[BaseException], bool]:
    return lambda error: isinstance(error, type_) and any(w in str(error) for w in words)


def _is_banner_late(error: BaseException) -> bool:
    return _says(paramiko.SSHException, NO_GREETING)(error) and isinstance(
        error.__context__, TimeoutError
    )


_OTHER = Row("other", lambda _: True, SshFailure.BROKEN, "{label}: ssh failed: {error}")

TABLE: tuple[Row, ...] = (
    # What is certain goes before what is general.
    Row(
        "key needs a passphrase",
        _is(paramiko.PasswordRequiredException),
        SshFailure.DENIED,
        "{label}: the private key has a passphrase; load it with ssh-add first",
    ),
    Row(
        "no login in time",
        _says(paramiko.AuthenticationException, "timeout"),
        SshFailure.TIMED_OUT,
        "{label} took too long to look at the keys; is it overloaded, or its DNS slow?",
    ),
    Row(
        "keys are not taken at all",
        _is(paramiko.BadAuthenticationType, PartialAuthentication),
        SshFailure.DENIED,
        "{label} wants more than a key to log in, such as a password: not spoken here",
    ),
    Row(
        "broken off while logging in",
        _says(paramiko.AuthenticationException, "shut down", "EOF"),
        SshFailure.DENIED,
        "{label} broke off the login; too many keys in the agent (MaxAuthTries, see "
        "IdentitiesOnly), or a user it does not let in?",
    ),
    Row(
        "authentication refused",
        _is(paramiko.AuthenticationException),
        SshFailure.DENIED,
        "{label} took none of the ssh keys; does `ssh` log in there without a password?",
    ),
    Row(
        "forwarding forbidden",
        lambda e: isinstance(e, paramiko.ChannelException) and e.code == 1,
        SshFailure.DENIED,
        "{label}: the jump host forbids the way to it (AllowTcpForwarding in its sshd_config?)",
    ),
    Row(
        "session refused",
        _is(paramiko.ChannelException),
        SshFailure.BUSY,
        "{label} opens no further ssh session; too many at once (MaxSessions in sshd_config)?",
    ),
    Row(
        "host key not proven",
        _says(paramiko.SSHException, "Signature verification", "Unknown host key type"),
        SshFailure.BROKEN,
        "{label} did not prove that its host key is its own: somebody in between?",
    ),
    Row(
        "nothing in common",
        _is(IncompatiblePeer, MessageOrderError),
        SshFailure.BROKEN,
        "{label} speaks no ssh that is spoken here ({error}); is its sshd very old?",
    ),
    Row(
        "proxy command",
        _is(ProxyCommandFailure),
        SshFailure.UNREACHABLE,
        "{label}: {error}; mend the ProxyCommand in ~/.ssh/config",
    ),
    Row(
        "no greeting in time",
        _is_banner_late,
        SshFailure.TIMED_OUT,
        "{label}: {place} takes connections but says nothing; is that an ssh port, and sshd alive?",
    ),
    Row(
        "not ssh",
        _says(
            paramiko.SSHException,
            "Indecipherable protocol version",
            "Invalid SSH banner",
            "Invalid packet",
            "Packet has wrong size",
        ),
        SshFailure.BROKEN,
        "{label}: {place} does not greet as ssh does; is that an ssh port?",
    ),
    Row(
        "no greeting",
        _says(paramiko.SSHException, NO_GREETING),
        SshFailure.BUSY,
        "{label}: {place} hangs up before it greets; too many connections at once (MaxStartups), "
        "or not an ssh port?",
    ),
    Row(
        "no session in time",
        _says(paramiko.SSHException, "Timeout opening channel", "timed out waiting", "in time"),
        SshFailure.TIMED_OUT,
        "{label} stopped answering in the middle of the talk; is the network up?",
    ),
    Row(
        "no such name",
        _is(socket.gaierror, UnicodeError),
        SshFailure.UNREACHABLE,
        "{label}: there is no such host name here ({place}); check the spelling and the DNS",
    ),
    Row(
        "no connection in time",
        _is(TimeoutError),
        SshFailure.TIMED_OUT,
        "{label}: no connection to {place} in time; is it up, and does a firewall let us through?",
    ),
    Row(
        "refused",
        _errno(errno.ECONNREFUSED),
        SshFailure.UNREACHABLE,
        "{label}: nobody listens at {place}; is sshd running there, on this port?",
    ),
    Row(
        "no route",
        _errno(errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.EADDRNOTAVAIL),
        SshFailure.UNREACHABLE,
        "{label}: no way to {place}: {error}; is the network up?",
    ),
    Row(
        "connection broken",
        _is(ConnectionError, EOFError),
        SshFailure.UNREACHABLE,
        "{label} broke the ssh connection; is it still up, and sshd running there?",
    ),
    Row(
        "no memory or files left here",
        _errno(errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS),
        SshFailure.BROKEN,
        "{label}: this machine is short of something: {error}",
    ),
    Row(
        "connection over",
        _says(
            paramiko.SSHException,
            "session not active",
            "No existing session",
            "Negotiation failed",
            "Unable to open channel",
            "Channel closed",
            "Channel is not open",
        ),
        SshFailure.UNREACHABLE,
        "{label} broke the ssh connection; is it still up, and sshd running there?",
    ),
    Row(
        "nobody there",
        _is(NoValidConnectionsError),
        SshFailure.UNREACHABLE,
        "{label}: nobody listens at {place}; is sshd running there, on this port?",
    ),
    Row("ssh", _is(paramiko.SSHException), SshFailure.BROKEN, "{label}: ssh failed: {error}"),
    Row(
        "other errors of the system",
        _is(OSError),
        SshFailure.UNREACHABLE,
        "{label}: {place}: {error}",
    ),
)
