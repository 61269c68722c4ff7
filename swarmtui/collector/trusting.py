"""Do what the user said yes to: write host keys into known_hosts, each wish once."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from queue import SimpleQueue
from typing import NamedTuple, NoReturn

from swarmtui.ssh.errors import SshError
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.stats import MachineSeen, TrustOutcome, TrustWish, UnknownKey
from swarmtui.swarm.text import plain

LOGGING_IN = "its host key is known now; logging in"


class _Asked(NamedTuple):
    wish: TrustWish
    machine: Machine | None


class Trusting:
    """Writes keys in the thread that calls `run`; `ask` is for any other.

    What came of a wish is told at once, as a `MachineSeen`. Where a key was written, whoever was
    refused is tried again, and the machine is asked what the roll call asks.
    """

    def __init__(
        self,
        *,
        trust_key: Callable[[Machine, UnknownKey], str],
        call: Callable[[Sequence[Machine]], Iterable[MachineSeen]],
        retry: Callable[[], None],
        emit: Callable[[MachineSeen], None],
        now: Callable[[], datetime],
    ) -> None:
        self._trust_key = trust_key
        self._call = call
        self._retry = retry
        self._emit = emit
        self._now = now
        self._asked: SimpleQueue[_Asked] = SimpleQueue()

    def ask(self, wish: TrustWish, machine: Machine | None) -> None:
        """Take a wish, with the machine that it names; `None` is one that is not known here."""
        self._asked.put(_Asked(wish, machine))

    def run(self) -> NoReturn:
        """Do wishes until the process ends."""
        while True:
            self.do_next()

    def do_next(self) -> None:
        """Wait for a wish, do it, and tell what came of it."""
        wish, machine = self._asked.get()
        if machine is None:
            self._tell(TrustOutcome(wish=wish, text=f"no way to {plain(wish.machine)} any more"))
            return
        try:
            file = self._trust_key(machine, wish.key)
        except SshError as error:
            self._tell(TrustOutcome(wish=wish, text=error.text), unknown_key=error.unknown_key)
            return
        self._tell(TrustOutcome(wish=wish, file=file))
        self._retry()
        for seen in self._call([machine]):
            self._emit(seen)

    def _tell(self, outcome: TrustOutcome, *, unknown_key: UnknownKey | None = None) -> None:
        self._emit(
            MachineSeen(
                taken_at=self._now(),
                machine=outcome.wish.machine,
                reachable=False,
                error=outcome.text or LOGGING_IN,
                unknown_key=unknown_key,
                trust=outcome,
            )
        )
