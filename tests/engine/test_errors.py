"""What the errors of other libraries are turned into."""

import errno
import http.client
import socket
import ssl
from collections.abc import Iterator

import msgspec
import pytest

from swarmtui.engine.errors import (
    FOREIGN,
    TABLE,
    Asked,
    ConnectTimedOutError,
    EngineError,
    find_row,
    translate,
)
from swarmtui.engine.tls import TlsFilesError
from swarmtui.ssh.errors import LONGEST, SshError, SshFailure
from swarmtui.swarm.observation import FailureKind

ASKED = Asked(host="tcp://10.0.0.7:2376", what="GET /nodes", timeout_s=30.0)


def tls_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, f"[SSL: {reason}] {reason.lower()}")
    error.reason = reason
    return error


def certificate_error(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code = code
    return error


SAMPLES: dict[str, list[BaseException]] = {
    **{f"ssh: {f}": [SshError(f, "ssh://me@10.0.0.7: does not work")] for f in SshFailure},
    "certificate for another name": [certificate_error(62), certificate_error(64)],
    "certificate expired": [certificate_error(10), certificate_error(9)],
    "certificate not trusted": [certificate_error(19), certificate_error(20)],
    "client certificate wanted": [
        tls_error("TLSV13_ALERT_CERTIFICATE_REQUIRED"),
        tls_error("SSLV3_ALERT_BAD_CERTIFICATE"),
        tls_error("TLSV1_ALERT_UNKNOWN_CA"),
    ],
    "no TLS there": [tls_error("WRONG_VERSION_NUMBER"), tls_error("RECORD_LAYER_FAILURE")],
    "TLS files": [TlsFilesError(0, "ca.pem is no CA certificate")],
    "TLS broken off": [ssl.SSLEOFError(8, "EOF occurred in violation of protocol")],
    "TLS": [tls_error("SOMETHING_NEW")],
    "no such name": [
        socket.gaierror(-2, "Name or service not known"),
        UnicodeError("label too long"),
    ],
    "no connection in time": [ConnectTimedOutError("timed out")],
    "no answer in time": [
        TimeoutError("timed out"),
        OSError(errno.ETIMEDOUT, "Connection timed out"),
    ],
    "no socket": [FileNotFoundError(errno.ENOENT, "No such file or directory")],
    "no permission": [
        PermissionError(errno.EACCES, "Permission denied"),
        PermissionError(errno.EPERM, "Operation not permitted"),
    ],
    "not a socket": [OSError(errno.ENOTSOCK, "not a socket"), NotADirectoryError(20, "x")],
    "refused": [ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")],
    "no route": [OSError(errno.EHOSTUNREACH, "No route to host")],
    "not HTTP": [
        http.client.BadStatusLine("SSH-2.0"),
        http.client.LineTooLong("header line"),
        http.client.HTTPException("got more than 100 headers"),
    ],
    "connection broken": [
        ConnectionResetError(errno.ECONNRESET, "reset"),
        BrokenPipeError(errno.EPIPE, "pipe"),
        http.client.RemoteDisconnected("Remote end closed connection without response"),
        http.client.IncompleteRead(b"half"),
        EOFError(),
    ],
    "does not parse": [msgspec.DecodeError("trailing characters"), msgspec.ValidationError("int")],
    "no memory or files left here": [OSError(errno.EMFILE, "Too many open files")],
    "other errors of the system": [OSError(errno.EPROTO, "Protocol error")],
}


def samples() -> Iterator[tuple[str, BaseException]]:
    for name, errors in SAMPLES.items():
        for error in errors:
            yield name, error


def test_every_row_of_the_table_has_a_sample() -> None:
    assert set(SAMPLES) == {row.name for row in TABLE}


@pytest.mark.parametrize(("name", "error"), samples())
def test_a_foreign_error_finds_its_row_also_when_libraries_wrapped_it(
    name: str, error: BaseException
) -> None:
    wrapped = OSError(error)
    for raised in (error, wrapped):
        row = find_row(raised)
        assert row is not None
        assert row.name == name
        assert isinstance(raised, FOREIGN)


@pytest.mark.parametrize(("name", "error"), samples())
def test_each_text_names_the_engine_on_one_line(name: str, error: BaseException) -> None:
    text = translate(error, ASKED).text
    assert "10.0.0.7" in text, name
    assert "{" not in text
    assert "\n" not in text
    assert len(text) <= LONGEST


def test_an_error_nobody_foresaw_is_shown_by_its_own_words() -> None:
    error = translate(ValueError("odd"), ASKED)
    assert (error.kind, error.text) == (FailureKind.BROKEN, "tcp://10.0.0.7:2376: odd")


def test_texts_are_harmless_and_bounded() -> None:
    error = EngineError(FailureKind.BROKEN, "\x1b[2J\nbad\u202e" + "x" * 10_000)
    assert error.text.startswith("· bad·xxx")
    assert len(error.text) == LONGEST
    assert str(error) == error.text


def test_an_engine_error_is_not_translated_again() -> None:
    error = EngineError(FailureKind.LOCKED, "locked")
    assert translate(error, ASKED) is error


def test_errors_that_go_in_circles_end() -> None:
    first, second = OSError(errno.EPROTO, "first"), OSError(errno.EPROTO, "second")
    first.__context__, second.__context__ = second, first
    assert translate(first, ASKED).text == "tcp://10.0.0.7:2376: first"


def test_an_error_of_ssh_is_shown_in_its_own_words() -> None:
    error = translate(SshError(SshFailure.TIMED_OUT, "m1 says nothing; is it up?"), ASKED)
    assert (error.kind, error.text) == (FailureKind.TIMED_OUT, "m1 says nothing; is it up?")
