"""What the dashboard needs of whatever feeds it: a collector's pipe, a recording, a test's list."""

from collections.abc import Callable
from typing import Protocol

from swarmtui.insight.picture import Picture
from swarmtui.stream.interest import Interest


class Feed(Protocol):
    """A source of pictures; `feed.pictures.PictureFeed` is one."""

    def start(self, deliver: Callable[[Picture], None]) -> None:
        """Begin to deliver pictures, at most about four a second, from a thread of its own."""

    def want(self, interest: Interest) -> None:
        """Ask what is on screen first. Must return at once."""

    def stop(self) -> None:
        """Stop delivering. Must return at once, whatever the source waits for."""
