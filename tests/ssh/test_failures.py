"""What the errors of paramiko and of the network are turned into."""

import errno
import inspect
import socket
from collections.abc import Iterator

import paramiko
import pytest
from paramiko import ssh_exception

from swarmtui.ssh.config import Target
from swarmtui.ssh.errors import LONGEST, SshError, SshFailure
from swarmtui.ssh.failures import FOREIGN, TABLE, find_row, translate

TARGET = Target(label="m1", name="m1", host="10.0.0.7", port=2222, user="root")
KEY = paramiko.ECDSAKey.generate()


def banner(inner: Exception) -> paramiko.SSHException:
    """Return the error that paramiko has when there is no greeting."""
    error = paramiko.SSHException(f"Error reading SSH protocol banner{inner}")
    error.__context__ = inner
    return error


SAMPLES: dict[str, list[BaseException]] = {
    "key needs a passphrase": [paramiko.PasswordRequiredException("encrypted")],
    "no login in time": [paramiko.AuthenticationException("Authentication timeout.")],
    "keys are not taken at all": [
        paramiko.BadAuthenticationType("no", ["password"]),
        ssh_exception.PartialAuthentication(["password"]),
    ],
    "broken off while logging in": [
        paramiko.AuthenticationException(
            "Authentication failed: transport shut down or saw EOF",
        )
    ],
    "authentication refused": [
        paramiko.AuthenticationException("Authentication failed."),
        ssh_exception.UnableToAuthenticate("no"),
    ],
    "forwarding forbidden": [paramiko.ChannelException(1, "Administratively prohibited")],
    "session refused": [paramiko.ChannelException(2, "Connect failed")],
    "host key not proven": [
        paramiko.SSHException("Signature verification (ssh-ed25519) failed."),
        paramiko.SSHException("Unknown host key type"),
    ],
    "nothing in common": [
        ssh_exception.IncompatiblePeer("no acceptable host key"),
        ssh_exception.MessageOrderError("odd"),
    ],
    "proxy command": [ssh_exception.ProxyCommandFailure("nc", "No such file")],
    "no greeting in time": [banner(TimeoutError())],
    "not ssh": [
        paramiko.SSHException('Indecipherable protocol version "HTTP/1.1"'),
        paramiko.SSHException("Invalid packet blocking"),
    ],
    "no greeting": [banner(EOFError()), banner(ConnectionResetError(errno.ECONNRESET, "reset"))],
    "no session in time": [
        paramiko.SSHException("Timeout opening channel."),
        paramiko.SSHException("Key-exchange timed out waiting for key negotiation"),
        paramiko.SSHException("no keys exchanged in time"),
    ],
    "no such name": [socket.gaierror(-2, "Name or service not known"), UnicodeError("too long")],
    "no connection in time": [TimeoutError("timed out"), OSError(errno.ETIMEDOUT, "timed out")],
    "refused": [
        ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"),
        ssh_exception.NoValidConnectionsError({("10.0.0.7", 22): OSError(111, "refused")}),
    ],
    "no route": [OSError(errno.EHOSTUNREACH, "No route to host")],
    "connection broken": [EOFError(), ConnectionResetError(errno.ECONNRESET, "reset")],
    "no memory or files left here": [OSError(errno.EMFILE, "Too many open files")],
    "connection over": [
        paramiko.SSHException("SSH session not active"),
        paramiko.SSHException("No existing session"),
    ],
    "nobody there": [
        ssh_exception.NoValidConnectionsError({("10.0.0.7", 22): OSError(errno.EPROTO, "odd")})
    ],
    "ssh": [
        paramiko.SSHException("something else"),
        ssh_exception.CouldNotCanonicalize("m1"),
        ssh_exception.ConfigParseError("odd"),
        paramiko.BadHostKeyException("m1", KEY, KEY),
    ],
    "other errors of the system": [OSError(errno.EPROTO, "Protocol error")],
}


def samples() -> Iterator[tuple[str, BaseException]]:
    for name, errors in SAMPLES.items():
        for error in errors:
            yield name, error


def test_every_row_of_the_table_has_a_sample() -> None:
    assert set(SAMPLES) == {row.name for row in TABLE}


def test_every_error_of_paramiko_has_a_sample() -> None:
    theirs = {
        error
        for _, error in inspect.getmembers(ssh_exception, inspect.isclass)
        if issubclass(error, Exception) and error.__module__ == ssh_exception.__name__
    }
    assert theirs <= {type(error) for _, error in samples()}


@pytest.mark.parametrize(("name", "error"), samples())
def test_a_foreign_error_finds_its_row_also_as_the_cause_of_another(
    name: str, error: BaseException
) -> None:
    assert isinstance(error, FOREIGN)
    assert find_row(error)[0].name == name
    wrapped = ValueError("odd")
    wrapped.__cause__ = error
    assert find_row(wrapped)[0].name == name


@pytest.mark.parametrize(("name", "error"), samples())
def test_each_text_names_the_machine_on_one_line(name: str, error: BaseException) -> None:
    text = translate(error, TARGET).text
    assert "m1" in text, name
    assert "{" not in text
    assert "\n" not in text
    assert len(text) <= LONGEST


def test_an_error_nobody_foresaw_is_shown_by_its_own_words() -> None:
    error = translate(ValueError("odd"), TARGET)
    assert (error.failure, error.text) == (SshFailure.BROKEN, "m1: ssh failed: odd")


def test_an_error_of_ours_is_not_translated_again() -> None:
    error = SshError(SshFailure.BUSY, "busy")
    assert translate(error, TARGET) is error


def test_texts_are_harmless_and_bounded() -> None:
    error = SshError(SshFailure.BROKEN, "\x1b[2J\nbad\u202e" + "x" * 10_000)
    assert error.text.startswith("· bad·xxx")
    assert len(error.text) == LONGEST


def test_errors_that_go_in_circles_end() -> None:
    first, second = OSError(errno.EPROTO, "first"), OSError(errno.EPROTO, "second")
    first.__context__, second.__context__ = second, first
    assert translate(first, TARGET).text == "m1: 10.0.0.7:2222: first"
