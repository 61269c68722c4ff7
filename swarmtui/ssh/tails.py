"""The set of machines whose `docker stats` are tailed at the moment."""

from collections.abc import Callable, Iterable
from threading import RLock, Thread

from swarmtui.ssh.clocks import SYSTEM_CLOCKS, Clocks
from swarmtui.ssh.handshakes import Handshakes
from swarmtui.ssh.ports import Door
from swarmtui.ssh.tail import Tail, TailObservation
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.stats import TailSeen, TailState

MOST_CONNECTING = 32
"""At a time; how many of them shake hands is for the door to say, and the rest are queued."""


class Tails:
    """Starts and stops tails by the machine's name, each in a daemon thread of its own.

    `emit` is called by many threads, one at a time; what it sees of a machine is in order and ends
    with `ENDED` once the machine is no longer wanted.
    """

    def __init__(
        self,
        door: Door,
        emit: Callable[[TailObservation], None],
        *,
        clocks: Clocks = SYSTEM_CLOCKS,
        introduces: bool = False,
    ) -> None:
        """With `introduces`, each machine is asked who it is before its stats are tailed."""
        self._door = door
        self._emit = emit
        self._clocks = clocks
        self._introduces = introduces
        self._turns = Handshakes(at_once=MOST_CONNECTING)
        # Reentrant: who is told of a machine may want another one at once.
        self._lock = RLock()
        self._tails: dict[str, tuple[Tail, Thread]] = {}
        self._ending: list[Thread] = []
        self._is_closed = False

    @property
    def names(self) -> frozenset[str]:
        """Return the names of the machines that are tailed, however well that goes."""
        return frozenset(self._tails)

    def want(self, machines: Iterable[Machine]) -> None:
        """Tail these and no others. Returns at once; a machine that has changed begins anew."""
        wanted = {machine.name: machine for machine in machines}
        with self._lock:
            if self._is_closed:
                return
            gone = [
                name for name, (tail, _) in self._tails.items() if wanted.get(name) != tail.machine
            ]
            self._end(gone)
            for name, machine in wanted.items():
                if name not in self._tails:
                    self._begin(machine)

    def retry(self, names: Iterable[str] | None = None) -> None:
        """Try these now, or all, that wait to be tried again: a key may be trusted by now."""
        # Of a copy, without the lock: whoever is told something just now may be waiting for us.
        tails = self._tails.copy()
        for name in tails if names is None else names:
            if name in tails:
                tails[name][0].retry()

    def retry_refused(self) -> None:
        """Try those now that were left alone for their host key. Returns at once.

        One key may stand for several: that of a jump host does, and one of a HostKeyAlias.
        """
        for tail, _ in self._tails.copy().values():
            if tail.is_refused:
                tail.retry()

    def close(self) -> None:
        """End all tails without a word. Returns at once."""
        self._turns.close()
        with self._lock:
            self._is_closed = True
            self._see_off(list(self._tails))

    def join(self, timeout_s: float) -> bool:
        """Wait for the threads of ended tails; tell whether all have ended."""
        deadline = self._clocks.monotonic() + timeout_s
        for thread in self._ending:
            thread.join(max(0.0, deadline - self._clocks.monotonic()))
        return not any(thread.is_alive() for thread in self._ending)

    def _begin(self, machine: Machine) -> None:
        tail: Tail
        tail = Tail(
            machine,
            door=self._door,
            turns=self._turns,
            emit=lambda seen: self._pass_on(tail, seen),
            clocks=self._clocks,
            introduces=self._introduces,
        )
        thread = Thread(target=tail.run, name=f"tail {machine.name}", daemon=True)
        self._tails[machine.name] = (tail, thread)
        self._tell(machine.name, TailState.QUEUED)
        thread.start()

    def _end(self, names: list[str]) -> None:
        if not names:
            return
        self._see_off(names)
        for name in names:
            self._tell(name, TailState.ENDED)

    def _see_off(self, names: list[str]) -> None:
        """Forget tails and end them in the background: goodbyes to ssh servers take their time."""
        gone = [self._tails.pop(name) for name in names]
        tails = [tail for tail, _ in gone]
        closing = Thread(target=_close_all, args=(tails,), name="end tails", daemon=True)
        closing.start()
        self._ending = [t for t in self._ending if t.is_alive()]
        self._ending += [closing, *(thread for _, thread in gone)]

    def _pass_on(self, tail: Tail, seen: TailObservation) -> None:
        with self._lock:
            current = self._tails.get(tail.machine.name)
            if current is not None and current[0] is tail:
                self._emit(seen)

    def _tell(self, name: str, state: TailState) -> None:
        self._emit(TailSeen(taken_at=self._clocks.now(), machine=name, state=state))


def _close_all(tails: Iterable[Tail]) -> None:
    for tail in tails:
        tail.close()
