"""Which host keys the user said yes to, until it is seen what came of each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from textual.message import Message

from swarmtui.insight.containers import MachineRow
from swarmtui.insight.picture import Picture
from swarmtui.swarm.stats import TrustWish, UnknownKey


class KeyAccepted(Message):
    """The user compared the host key that a machine showed, and said yes to it."""

    def __init__(self, machine: str, key: UnknownKey) -> None:
        super().__init__()
        self.machine = machine
        self.key = key


@dataclass(frozen=True)
class Trusts:
    """The wishes that stand, at most one a machine."""

    wishes: frozenset[TrustWish] = frozenset()

    def ask(self, machine: str, key: UnknownKey, *, now: datetime) -> "Trusts":
        """Return them with one more, unless one for that machine stands already."""
        if self.is_asked(machine):
            return self
        return Trusts(self.wishes | {TrustWish(machine=machine, key=key, asked_at=now)})

    def settle(self, machines: Mapping[str, MachineRow]) -> "Trusts":
        """Return those that are still to be done: of machines there are, and without an outcome.

        What came of a wish is told once; a collector that is started again must not do it anew.
        """
        left = frozenset(wish for wish in self.wishes if _is_open(wish, machines))
        return self if left == self.wishes else Trusts(left)

    def is_asked(self, machine: str) -> bool:
        """Tell whether something is still to be done for a machine."""
        return any(wish.machine == machine for wish in self.wishes)


def _is_open(wish: TrustWish, machines: Mapping[str, MachineRow]) -> bool:
    machine = machines.get(wish.machine)
    return machine is not None and (machine.trust is None or machine.trust.wish != wish)


@runtime_checkable
class Following(Protocol):
    """A screen over the views that tells of a machine, and of what comes of a yes to its key."""

    def follow(self, picture: Picture, trusts: Trusts, *, now: datetime) -> None:
        """Tell of it as the newest picture has it."""


def tell_dialogs(
    screens: Iterable[object], picture: Picture, trusts: Trusts, *, now: datetime
) -> None:
    """Have the screens that tell of a machine do so as the newest picture has it."""
    for screen in screens:
        if isinstance(screen, Following):
            screen.follow(picture, trusts, now=now)
