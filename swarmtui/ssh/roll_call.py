"""Ask every machine over ssh whether it is in a swarm, many at a time."""

import queue
from collections.abc import Generator, Sequence
from contextlib import suppress
from threading import Event, Thread

from swarmtui.ssh.clocks import SYSTEM_CLOCKS, Clocks
from swarmtui.ssh.docker_info import LIMIT_S, ask_info
from swarmtui.ssh.errors import SshError
from swarmtui.ssh.ports import Door
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.stats import MachineSeen

MOST_AT_ONCE = 64
"""Machines asked at a time. Most of them wait for an answer, or for one of the handshakes, which
the door limits more strictly."""


def call_roll(
    machines: Sequence[Machine],
    *,
    door: Door,
    clocks: Clocks = SYSTEM_CLOCKS,
    limit_s: float = LIMIT_S,
    most_at_once: int = MOST_AT_ONCE,
) -> Generator[MachineSeen, None, None]:
    """Yield what each machine answers, in the order in which they do.

    A machine that is logged in to has `limit_s` to answer; logging in has the limits of the door.
    To stop early, close the iterator: no other machine is asked then.
    """
    waiting: queue.SimpleQueue[Machine] = queue.SimpleQueue()
    for machine in machines:
        waiting.put(machine)
    answers: queue.SimpleQueue[MachineSeen] = queue.SimpleQueue()
    stopped = Event()

    def ask_in_turn() -> None:
        with suppress(queue.Empty):
            while not stopped.is_set():
                machine = waiting.get_nowait()
                answers.put(ask_machine(machine, door=door, clocks=clocks, limit_s=limit_s))

    # Daemons: the program ends without waiting for machines that do not answer.
    for number in range(min(most_at_once, len(machines))):
        Thread(target=ask_in_turn, name=f"roll call {number}", daemon=True).start()
    try:
        for _ in machines:
            yield answers.get()
    finally:
        stopped.set()


def ask_machine(
    machine: Machine, *, door: Door, clocks: Clocks = SYSTEM_CLOCKS, limit_s: float = LIMIT_S
) -> MachineSeen:
    """Return what one machine answers, or why it does not."""
    try:
        login = door.open(machine)
        try:
            return ask_info(login, machine, clocks=clocks, limit_s=limit_s)
        finally:
            login.close()
    except SshError as error:
        return MachineSeen(
            taken_at=clocks.now(), machine=machine.name, reachable=False, error=error.text
        )
