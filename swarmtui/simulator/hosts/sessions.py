"""The ssh of one connection: paramiko reads, decrypts and authenticates in a thread of its own.

What is decided there is only who may log in. A command is handed to the
event loop, once the client has been told that it was accepted.
"""

import io
import logging
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from paramiko import Channel, Ed25519Key, Message, PKey, ServerInterface, Transport
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    MSG_CHANNEL_REQUEST,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_FAILED_CONNECT_FAILED,
    OPEN_SUCCEEDED,
)

Begin = Callable[["Connection", Channel, str], None]

MAX_SESSIONS = 10
"""As sshd has it: the eleventh on one connection is refused."""

# Who knocks and leaves again is nothing to complain of on the terminal.
logging.getLogger("paramiko").addHandler(logging.NullHandler())


class _Session(ServerInterface):
    """Lets the one user in who has the one key, and takes commands."""

    def __init__(self, user: str, key_blob: bytes | None) -> None:
        self._user = user
        self._key_blob = key_blob
        self._asked: dict[int, str] = {}
        self.transport: Connection | None = None

    def get_allowed_auths(self, username: str) -> str:  # noqa: ARG002
        return "publickey"

    def check_auth_publickey(self, username: str, key: PKey) -> int:
        is_known = username == self._user and key.asbytes() == self._key_blob
        return AUTH_SUCCESSFUL if is_known else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:  # noqa: ARG002
        if kind != "session":
            return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
        is_full = self.transport is not None and self.transport.count_channels() >= MAX_SESSIONS
        return OPEN_FAILED_CONNECT_FAILED if is_full else OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel: Channel, command: bytes) -> bool:
        self._asked[channel.get_id()] = command.decode("utf-8", "replace")
        return True

    def take_command(self, channel: Channel) -> str | None:
        """Return the command that was just accepted on a channel, once."""
        return self._asked.pop(channel.get_id(), None)


def _answer_request(channel: Channel, message: Message) -> None:
    """Answer a request on a channel, then begin what it asked for.

    In this order: a client that reads the end of a command before it reads
    that the command was accepted takes it for a failure.
    """
    Channel._handle_request(channel, message)  # type: ignore[attr-defined]  # noqa: SLF001
    transport = channel.transport
    if isinstance(transport, Connection):
        transport.begin(channel)


class Connection(Transport):
    """One client."""

    # A hundred wake-ups each second for ten idle connections are what the default of 0.1 s costs.
    # Nothing waits for it: who ends a connection shuts its socket down.
    _active_check_timeout = 10.0
    _channel_handler_table = {  # noqa: RUF012  # paramiko's way to say it
        **Transport._channel_handler_table,  # type: ignore[attr-defined]  # noqa: SLF001
        MSG_CHANNEL_REQUEST: _answer_request,
    }

    def __init__(
        self,
        sock: socket.socket,
        *,
        host_key: str,
        user: str,
        key_blob: bytes | None,
        begin: Begin,
        ended: Callable[["Connection"], None],
    ) -> None:
        super().__init__(sock)
        self.plain_socket = sock
        self._session = _Session(user, key_blob)
        self._session.transport = self
        self._begin = begin
        self._ended = ended
        self.add_server_key(Ed25519Key.from_private_key(io.StringIO(host_key)))

    def greet(self) -> None:
        """Begin to speak, in a thread."""
        # With an event it does not wait until keys are agreed on.
        self.start_server(event=threading.Event(), server=self._session)

    def begin(self, channel: Channel) -> None:
        """Hand the command that a channel was opened for to whoever runs it."""
        self.accept(0)  # paramiko keeps new channels for somebody who accepts them
        command = self._session.take_command(channel)
        if command is not None:
            self._begin(self, channel, command)

    def count_channels(self) -> int:
        """Return how many channels are open."""
        return len(self._channels)  # type: ignore[attr-defined]

    def cut(self) -> None:
        """End the connection without a word; its thread ends by itself."""
        with suppress(OSError):
            self.plain_socket.shutdown(socket.SHUT_RDWR)

    def run(self) -> None:
        """Speak until the client has gone."""
        try:
            super().run()
        finally:
            self._ended(self)
