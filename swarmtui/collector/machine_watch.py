"""Watch machines over ssh as far as somebody wants to: tails, roll calls, keys to trust."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import NoReturn

from swarmtui.collector.ports import Shell
from swarmtui.collector.reach import Reach
from swarmtui.collector.roll_calls import RollCalls
from swarmtui.collector.settings import SshDefaults
from swarmtui.collector.tailing import Tailing
from swarmtui.collector.trusting import Trusting
from swarmtui.stream.interest import Interest
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.observation import NodesSeen, Observation
from swarmtui.swarm.stats import MachineSeen


class MachineWatch:
    """Puts tails, roll calls and trusting together. `want` and `see` are for any thread."""

    def __init__(
        self,
        machines: Sequence[Machine],
        *,
        ssh: SshDefaults,
        shell: Shell,
        emit: Callable[[Observation], None],
        now: Callable[[], datetime],
        rest: Callable[[float], object],
    ) -> None:
        self._machines = machines
        self._emit = emit
        self.trusting = Trusting(
            trust_key=shell.trust_key,
            call=shell.call_roll,
            retry=self._retry_refused,
            emit=self._pass_on,
            now=now,
        )
        self.tailing = Tailing(
            Reach(machines, ssh=ssh),
            open_tails=partial(shell.open_tails, self._pass_on),
            trust=self.trusting.ask,
            emit=emit,
            now=now,
        )
        self.roll_calls = RollCalls(machines, call=shell.call_roll, emit=self._pass_on, rest=rest)

    @property
    def targets(self) -> Sequence[Callable[[], NoReturn]]:
        """Return what is to be run, each in a thread of its own."""
        always = (self.tailing.run, self.trusting.run)
        return (*always, self.roll_calls.run) if self._machines else always

    def want(self, interest: Interest) -> None:
        """Take what is wanted now. Returns at once."""
        self.tailing.hear(interest)
        self.roll_calls.want(interest.roll_call)

    def see(self, seen: Observation) -> None:
        """Take in what the managers tell, which has left already. Returns at once."""
        if isinstance(seen, NodesSeen):
            self.tailing.hear(seen)

    def _retry_refused(self) -> None:
        self.tailing.retry_refused()

    def _pass_on(self, seen: Observation) -> None:
        self._emit(seen)
        if isinstance(seen, MachineSeen):
            self.tailing.hear(seen)
