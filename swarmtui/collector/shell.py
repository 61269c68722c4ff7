"""The way to machines over ssh, opened and even imported when it is first wanted."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from swarmtui.swarm.machine import Machine
from swarmtui.swarm.stats import MachineSeen, StatsSeen, TailSeen, UnknownKey

if TYPE_CHECKING:
    from swarmtui.ssh.login import Door
    from swarmtui.ssh.tails import Tails


class SshShell:
    """`Shell` of the ports, with one door: it bounds the handshakes of tails and roll calls.

    Most who watch a swarm want neither, and paramiko takes a tenth of a second to import.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._lock = Lock()
        self._opened: Door | None = None

    def open_tails(self, emit: Callable[[StatsSeen | TailSeen | MachineSeen], None]) -> "Tails":
        """Return tails that ask each machine first which node it is."""
        from swarmtui.ssh.tails import Tails  # noqa: PLC0415

        return Tails(self._door(), emit, introduces=True)

    def call_roll(self, machines: Sequence[Machine]) -> Iterator[MachineSeen]:
        """Yield what each machine answers."""
        from swarmtui.ssh.roll_call import call_roll  # noqa: PLC0415

        return call_roll(machines, door=self._door())

    def trust_key(self, machine: Machine, key: UnknownKey) -> str:
        """Return the known_hosts that has the key a machine shows; raise `SshError`."""
        from swarmtui.ssh.trusting import trust_key  # noqa: PLC0415

        return trust_key(machine, key, door=self._door())

    def _door(self) -> "Door":
        from swarmtui.ssh.login import Door  # noqa: PLC0415

        with self._lock:
            if self._opened is None:
                self._opened = Door(home=self._home)
            return self._opened
