"""Say in one line what went wrong with an engine, and what to do next.

Errors of other libraries are translated here and nowhere else, by the first row of `TABLE` that
knows one of the errors nested in what was raised.
"""

import errno
import http.client
import socket
import ssl
from collections.abc import Callable, Iterator
from typing import NamedTuple

import msgspec

from swarmtui.engine.tls import TlsFilesError
from swarmtui.ssh.errors import SshError, SshFailure, shorten
from swarmtui.swarm.observation import FailureKind

FOREIGN = (
    OSError,  # sockets, ssl and files
    http.client.HTTPException,
    SshError,  # into which swarmtui.ssh has put all that paramiko raises
    msgspec.DecodeError,
    UnicodeError,  # a host name that cannot be one
    EOFError,
)
"""Everything that the libraries below raise on a bad day."""


class EngineError(Exception):
    """An engine gave no usable answer."""

    def __init__(self, kind: FailureKind, text: str) -> None:
        self.kind = kind
        self.text = shorten(text)
        super().__init__(self.text)


class ConnectTimedOutError(TimeoutError):
    """No connection was made within the time limit."""


class Asked(NamedTuple):
    """What was going on when an error came up, for the text about it."""

    host: str
    """The address asked, as given."""
    what: str = "to connect"
    """`to connect` or the path asked."""
    timeout_s: float = 0.0
    remark: str = ""
    """What else may be the reason when the connection just breaks."""

    @property
    def path(self) -> str:
        """Return the socket's path, or the host without its scheme."""
        return self.host.partition("://")[2]


class Row(NamedTuple):
    """One row of the table: which error, and what it means."""

    name: str
    matches: Callable[[BaseException], bool]
    kind: FailureKind
    text: str
    """With `{host}`, `{path}`, `{what}`, `{timeout}`, `{remark}` and the error's own `{error}`."""


def translate(error: BaseException, asked: Asked) -> EngineError:
    """Return what a foreign error means; one that no row knows is shown by its own text."""
    if isinstance(error, EngineError):
        return error
    nested = list(_nested(error))
    for row in TABLE:
        for inner in nested:
            if row.matches(inner):
                return EngineError(row.kind, _fill(row.text, inner, asked))
    return EngineError(FailureKind.BROKEN, _fill("{host}: {error}", nested[-1], asked))


def find_row(error: BaseException) -> Row | None:
    """Return the row that `translate` goes by, or `None`."""
    nested = list(_nested(error))
    return next((row for row in TABLE if any(row.matches(inner) for inner in nested)), None)


def _fill(text: str, error: BaseException, asked: Asked) -> str:
    return text.format(
        host=asked.host,
        path=asked.path,
        what=asked.what,
        timeout=f"{asked.timeout_s:g} s",
        remark=asked.remark,
        error=_words(error),
    )


def _words(error: BaseException) -> str:
    """Return an error's own words, without the class names that libraries put around them."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__


def _nested(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all those within it: causes, reasons, arguments. Outermost first."""
    seen: set[int] = set()
    left = [error]
    while left:
        current = left.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        inner = [getattr(current, "reason", None), current.__cause__, current.__context__]
        left += [e for e in (*inner, *current.args) if isinstance(e, BaseException)]


def _is(*types: type[BaseException]) -> Callable[[BaseException], bool]:
    return lambda error: isinstance(error, types)


def _errno(*numbers: int) -> Callable[[BaseException], bool]:
    return lambda error: (
        isinstance(error, OSError)
        and not isinstance(error, ssl.SSLError | socket.gaierror)
        and error.errno in numbers
    )


def _tls(*reasons: str) -> Callable[[BaseException], bool]:
    """Match an error of OpenSSL by its reason, such as `WRONG_VERSION_NUMBER`."""
    return lambda error: (
        isinstance(error, ssl.SSLError)
        and any(r in (getattr(error, "reason", None) or "") for r in reasons)
    )


def _says(kind: type[BaseException], words: str) -> Callable[[BaseException], bool]:
    return lambda error: isinstance(error, kind) and words in str(error)


def _is_not_http(error: BaseException) -> bool:
    """Match an answer that is none: a greeting of another protocol, endless or no headers."""
    if isinstance(error, http.client.RemoteDisconnected | http.client.IncompleteRead):
        return False
    return isinstance(error, http.client.HTTPException)


def _failed_over_ssh(failure: SshFailure) -> Callable[[BaseException], bool]:
    return lambda error: isinstance(error, SshError) and error.failure is failure


_SSH_KINDS = {
    SshFailure.UNKNOWN_KEY: FailureKind.DENIED,
    SshFailure.CHANGED_KEY: FailureKind.DENIED,
    SshFailure.DENIED: FailureKind.DENIED,
    SshFailure.UNREACHABLE: FailureKind.REFUSED,
    SshFailure.TIMED_OUT: FailureKind.TIMED_OUT,
    SshFailure.BUSY: FailureKind.REFUSED,
    SshFailure.NO_DOCKER: FailureKind.REFUSED,
    SshFailure.NO_PERMISSION: FailureKind.DENIED,
    SshFailure.BROKEN: FailureKind.REFUSED,
}

# Their texts name the engine, and say what to do next.
_SSH_ROWS = tuple(
    Row(f"ssh: {failure}", _failed_over_ssh(failure), kind, "{error}")
    for failure, kind in _SSH_KINDS.items()
)

TABLE: tuple[Row, ...] = (
    # What is certain goes before what is general; within TLS the library's own classes.
    *_SSH_ROWS,
    Row(
        "certificate for another name",
        lambda e: isinstance(e, ssl.SSLCertVerificationError) and e.verify_code in {62, 64},
        FailureKind.DENIED,
        "{host}: its certificate is for another name or address; use the name it was made for",
    ),
    Row(
        "certificate expired",
        lambda e: isinstance(e, ssl.SSLCertVerificationError) and e.verify_code in {9, 10},
        FailureKind.DENIED,
        "{host}: its certificate is not valid now; renew it, or set the clocks right",
    ),
    Row(
        "certificate not trusted",
        _is(ssl.SSLCertVerificationError),
        FailureKind.DENIED,
        "{host}: its certificate is not signed by the given CA ({error}); "
        "name the right one with --tlscacert",
    ),
    Row(
        "client certificate wanted",
        _tls(
            "CERTIFICATE_REQUIRED",
            "BAD_CERTIFICATE",
            "UNKNOWN_CA",
            "CERTIFICATE_UNKNOWN",
            "HANDSHAKE_FAILURE",
        ),
        FailureKind.DENIED,
        "{host} wants a client certificate that its CA signed; "
        "name one with --tlscert and --tlskey",
    ),
    Row(
        "no TLS there",
        _tls("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL"),
        FailureKind.DENIED,
        "{host} does not speak TLS; leave out --tls, or use its TLS port (2376 as a rule)",
    ),
    Row("TLS files", _is(TlsFilesError), FailureKind.DENIED, "{host}: {error}"),
    Row(
        "TLS broken off",
        _is(ssl.SSLEOFError, ssl.SSLZeroReturnError),
        FailureKind.REFUSED,
        "{host} broke off the TLS connection.{remark}",
    ),
    Row("TLS", _is(ssl.SSLError), FailureKind.DENIED, "{host}: TLS failed: {error}"),
    Row(
        "no such name",
        _is(socket.gaierror, UnicodeError),
        FailureKind.REFUSED,
        "{host}: there is no such host name here; check the spelling and the DNS",
    ),
    Row(
        "no connection in time",
        _is(ConnectTimedOutError),
        FailureKind.TIMED_OUT,
        "no connection to {host} within {timeout}; is it up, and does a firewall let us through?",
    ),
    Row(
        "no answer in time",
        _is(TimeoutError),
        FailureKind.TIMED_OUT,
        "no answer from {host} for {timeout} ({what}); an election, a lost quorum or a hung engine",
    ),
    Row(
        "no socket",
        _errno(errno.ENOENT),
        FailureKind.REFUSED,
        "no socket at {path}; is the engine running? If it is elsewhere, name it with -H",
    ),
    Row(
        "no permission",
        _errno(errno.EACCES, errno.EPERM),
        FailureKind.DENIED,
        "no permission on {path}; use sudo, or join the docker group "
        "(`sudo usermod -aG docker $USER`, then log in anew)",
    ),
    Row(
        "not a socket",
        _errno(errno.ENOTSOCK, errno.ENOTDIR, errno.EISDIR),
        FailureKind.REFUSED,
        "{path} is not a socket; name the engine's with -H",
    ),
    Row(
        "refused",
        _errno(errno.ECONNREFUSED),
        FailureKind.REFUSED,
        "nobody listens at {host}; is the engine running, and does it listen there?",
    ),
    Row(
        "no route",
        _errno(errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.EADDRNOTAVAIL),
        FailureKind.REFUSED,
        "no way to {host}: {error}; is the network up?",
    ),
    Row(
        "not HTTP",
        _is_not_http,
        FailureKind.BROKEN,
        "{host} does not answer in HTTP; is this a Docker engine?",
    ),
    Row(
        "connection broken",
        _is(ConnectionError, EOFError, http.client.IncompleteRead),
        FailureKind.REFUSED,
        "{host} broke the connection ({what}); is the engine still running?{remark}",
    ),
    Row(
        "does not parse",
        _is(msgspec.DecodeError),
        FailureKind.BROKEN,
        "the answer of {host} to {what} does not parse ({error}); is this a Docker engine?",
    ),
    Row(
        "no memory or files left here",
        _errno(errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS),
        FailureKind.BROKEN,
        "{host}: this machine is short of something: {error}",
    ),
    Row("other errors of the system", _is(OSError), FailureKind.REFUSED, "{host}: {error}"),
)
