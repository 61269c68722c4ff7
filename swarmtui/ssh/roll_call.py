"""Ask every machine over ssh whether it is in a swarm, many at a time."""

from collections.abc import Generator, Sequence

from swarmtui.ssh.clocks import SYSTEM_CLOCKS, Clocks
from swarmtui.ssh.docker_info import LIMIT_S, ask_info
from swarmtui.ssh.errors import SshError
from swarmtui.ssh.in_turn import MOST_AT_ONCE, do_in_turn
from swarmtui.ssh.ports import Door
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.stats import MachineSeen


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

    def ask(machine: Machine) -> MachineSeen:
        return ask_machine(machine, door=door, clocks=clocks, limit_s=limit_s)

    return do_in_turn(machines, ask, name="roll call", most_at_once=most_at_once)


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
            taken_at=clocks.now(),
            machine=machine.name,
            reachable=False,
            error=error.text,
            unknown_key=error.unknown_key,
        )
