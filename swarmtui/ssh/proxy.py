"""Reach an ssh server through the command that ProxyCommand names."""

import socket
import subprocess


class Proxy(socket.socket):
    """A socket whose other end is a command. Closing it ends the command."""

    _process: subprocess.Popen[bytes] | None = None

    @classmethod
    def run(cls, words: tuple[str, ...]) -> "Proxy":
        """Start the command, without a shell."""
        near, far = socket.socketpair()
        with far:
            proxy = cls(near.family, near.type, near.proto, fileno=near.detach())
            try:
                # What it has to say of itself would paint over the screen.
                proxy._process = subprocess.Popen(
                    list(words), stdin=far.fileno(), stdout=far.fileno(), stderr=subprocess.DEVNULL
                )
            except BaseException:  # whatever it was, it goes on; only the socket must not stay
                proxy.close()
                raise
        return proxy

    def close(self) -> None:
        """Close the socket and end the command; more than once is fine."""
        super().close()
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
