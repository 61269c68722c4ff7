"""A machine behind a link that can be cut: a network namespace with one address."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

needs_namespaces = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("ip"),
    reason="needs root and `ip` (apt install iproute2) for a network namespace",
)


class Link:
    """The link to a namespace; this side has the first address, that side the second."""

    def __init__(self, name: str) -> None:
        self.namespace = name
        self._near, self._far = f"{name}a", f"{name}b"
        number = os.getpid() % 250
        # Of the block for benchmarks (RFC 2544), so that it is nobody's.
        self._here, self.address = f"198.19.{number}.1", f"198.19.{number}.2"

    def cut(self) -> None:
        """Drop all that comes from there, and all that goes there, without a word."""
        _ip("-n", self.namespace, "link", "set", self._far, "down")

    def make(self) -> None:
        """Make both ends."""
        _ip("netns", "add", self.namespace)
        _ip("link", "add", self._near, "type", "veth", "peer", self._far, "netns", self.namespace)
        _ip("addr", "add", f"{self._here}/24", "dev", self._near)
        _ip("-n", self.namespace, "addr", "add", f"{self.address}/24", "dev", self._far)
        _ip("link", "set", self._near, "up")
        for device in ("lo", self._far):
            _ip("-n", self.namespace, "link", "set", device, "up")

    def remove(self) -> None:
        """Remove them; the other end of a device goes with its namespace."""
        subprocess.run(["ip", "link", "del", self._near], check=False, capture_output=True)
        subprocess.run(["ip", "netns", "del", self.namespace], check=False, capture_output=True)


@contextmanager
def link() -> Iterator[Link]:
    """Give a link for the block."""
    made = Link(f"swt{os.getpid()}")
    try:
        made.make()
        yield made
    finally:
        made.remove()


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)
