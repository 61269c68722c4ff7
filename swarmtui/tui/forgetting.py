"""Forget what is remembered from picture to picture: after a leap in time it means nothing."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class Forgetful(Protocol):
    """A widget that compares pictures with each other, or remembers when it did something."""

    def forget(self) -> None:
        """Take the next picture for the first one."""
