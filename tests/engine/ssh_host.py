"""An ssh server in a thread, that runs one command and remembers what it was asked to run."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import paramiko

DIAL = "docker system dial-stdio"


@dataclass
class SshHost:
    """A host whose only command connects to a unix socket."""

    port: int
    host_key: paramiko.PKey
    user_key: paramiko.PKey
    commands: list[str] = field(default_factory=list)
    transports: list[paramiko.Transport] = field(default_factory=list)
    destinations: list[tuple[str, int]] = field(default_factory=list)
    """Where it was asked to lead to, as a jump host."""

    @property
    def url(self) -> str:
        """Return the address as given to -H."""
        return f"ssh://me@127.0.0.1:{self.port}"

    def known_hosts_line(self, key: paramiko.PKey | None = None) -> str:
        """Return the line of known_hosts for this host."""
        key = key or self.host_key
        return f"[127.0.0.1]:{self.port} {key.get_name()} {key.get_base64()}\n"

    def drop(self) -> None:
        """Break all connections."""
        for transport in self.transports:
            transport.close()


class _Server(paramiko.ServerInterface):
    def __init__(self, host: SshHost, engine: Path | None, complaint: str) -> None:
        self._host = host
        self._engine = engine
        self._complaint = complaint

    def check_channel_request(self, kind: str, chanid: int) -> int:
        del kind, chanid
        return paramiko.common.OPEN_SUCCEEDED

    def check_channel_direct_tcpip_request(
        self, chanid: int, origin: tuple[str, int], destination: tuple[str, int]
    ) -> int:
        del chanid, origin
        self._host.destinations.append(destination)
        threading.Thread(target=self._lead, args=(destination,), daemon=True).start()
        return paramiko.common.OPEN_SUCCEEDED

    def get_allowed_auths(self, username: str) -> str:
        del username
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        fine = username == "me" and key == self._host.user_key
        return paramiko.common.AUTH_SUCCESSFUL if fine else paramiko.common.AUTH_FAILED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        self._host.commands.append(command.decode())
        threading.Thread(target=self._run, args=(channel,), daemon=True).start()
        return True

    def _lead(self, destination: tuple[str, int]) -> None:
        channel = self._host.transports[-1].accept(timeout=10)
        assert channel is not None
        with contextlib.suppress(OSError), socket.create_connection(destination) as inner:
            _join(channel, inner)
        channel.close()

    def _run(self, channel: paramiko.Channel) -> None:
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
            self._serve(channel)

    def _serve(self, channel: paramiko.Channel) -> None:
        if self._engine is None:
            channel.sendall_stderr(self._complaint.encode())
            channel.send_exit_status(127)
            channel.close()
            return
        with contextlib.suppress(OSError, EOFError), socket.socket(socket.AF_UNIX) as engine:
            engine.connect(str(self._engine))
            _join(channel, engine)
        channel.close()


def _join(channel: paramiko.Channel, sock: socket.socket) -> None:
    """Copy both ways until the channel ends."""
    back = threading.Thread(target=_copy, args=(sock.recv, channel.sendall), daemon=True)
    back.start()
    _copy(channel.recv, sock.sendall)
    sock.shutdown(socket.SHUT_RDWR)
    back.join()


def _copy(read: object, write: object) -> None:
    assert callable(read)
    assert callable(write)
    with contextlib.suppress(OSError, EOFError):
        while data := read(1 << 16):
            write(data)


@contextmanager
def ssh_host(engine: Path | None, *, complaint: str = "") -> Iterator[SshHost]:
    """Serve on loopback; without an engine, the command only complains."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        host = SshHost(
            port=listening.getsockname()[1],
            host_key=paramiko.ECDSAKey.generate(),
            user_key=paramiko.ECDSAKey.generate(),
        )
        listening.listen()

        def accept() -> None:
            with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
                while True:
                    sock, _ = listening.accept()
                    transport = paramiko.Transport(sock)
                    transport.add_server_key(host.host_key)
                    host.transports.append(transport)
                    with contextlib.suppress(EOFError, paramiko.SSHException):
                        transport.start_server(server=_Server(host, engine, complaint))

        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield host
        finally:
            with contextlib.suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            accepting.join()
            host.drop()
            for transport in host.transports:
                transport.join(timeout=5)
