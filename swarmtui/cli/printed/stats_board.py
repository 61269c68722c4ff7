"""What the tails have told so far: of each machine the newest, and how its connection does."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from threading import Condition

from swarmtui.cli.printed.stats_rows import Host, StatsRow, stats_rows
from swarmtui.swarm.stats import MachineSeen, StatsSeen, TailSeen, TailState

TROUBLE = frozenset({TailState.RETRYING, TailState.REFUSED, TailState.STALE})

_SETTLED = 2
"""Samples after which numbers mean something: the first CPU % of any container is near zero."""


class Board:
    """Takes observations from any thread; of each machine only the newest is kept."""

    def __init__(self, hosts: Mapping[str, Host], *, services: Mapping[str, str]) -> None:
        """`hosts` are those of the machines, by name; `services` are names by task id."""
        self._hosts = dict(hosts)
        self._services = services
        self._news = Condition()
        self._newest: dict[str, StatsSeen] = {}
        self._samples: Counter[str] = Counter()
        self._states: dict[str, TailSeen] = {}
        self._fresh: dict[str, StatsSeen] = {}
        """Not yet taken; a reader that is too slow misses samples and never fills the memory."""
        self._complaints: list[TailSeen] = []

    def see(self, seen: StatsSeen | TailSeen | MachineSeen) -> None:
        """Take an observation in."""
        with self._news:
            match seen:
                case StatsSeen():
                    self._newest[seen.machine] = self._fresh[seen.machine] = seen
                    self._samples[seen.machine] += 1
                case TailSeen():
                    self._change_state(seen)
                case MachineSeen():
                    self._name(seen)
            self._news.notify_all()

    def take(self, *, timeout_s: float) -> list[StatsSeen]:
        """Return the samples that came since the last call, waiting for the first of them."""
        with self._news:
            self._news.wait_for(lambda: self._fresh or self._complaints, timeout_s)
            fresh, self._fresh = self._fresh, {}
            return list(fresh.values())

    def take_complaints(self) -> list[TailSeen]:
        """Return what went wrong since the last call, each text once in a row for a machine."""
        with self._news:
            complaints, self._complaints = self._complaints, []
            return complaints

    def wait_settled(self, *, timeout_s: float) -> bool:
        """Wait until every machine has told its numbers or why it cannot; tell whether all have."""
        with self._news:
            return self._news.wait_for(self._is_settled, timeout_s)

    def rows(self, seen: StatsSeen) -> Iterator[StatsRow]:
        """Go through the containers of a sample."""
        host = self._hosts.get(seen.machine, Host(hostname=seen.machine))
        return stats_rows(seen, host, services=self._services)

    def newest_rows(self) -> list[StatsRow]:
        """Return the newest numbers of all containers, the busiest first."""
        with self._news:
            newest = list(self._newest.values())
        rows = [row for seen in newest for row in self.rows(seen)]
        return sorted(rows, key=_busiest)

    def silent(self) -> Sequence[str]:
        """Return the machines of which no numbers were ever seen, by name."""
        with self._news:
            return [name for name in self._hosts if name not in self._newest]

    def states(self) -> Mapping[TailState, int]:
        """Return how many connections are in which state."""
        with self._news:
            return Counter(seen.state for seen in self._states.values())

    def trouble(self) -> list[TailSeen]:
        """Return the connections that give no data and why, the newest trouble first."""
        with self._news:
            found = [seen for seen in self._states.values() if seen.state in TROUBLE]
        return sorted(found, key=_newest_first)

    def _change_state(self, seen: TailSeen) -> None:
        before = self._states.get(seen.machine)
        # Between two attempts it is connecting: the reason why is still the same.
        is_trying = seen.state is TailState.CONNECTING and before is not None
        if is_trying and before is not None and before.state in TROUBLE:
            return
        self._states[seen.machine] = seen
        if seen.state in TROUBLE and (before is None or before.text != seen.text):
            self._complaints.append(seen)

    def _name(self, seen: MachineSeen) -> None:
        host = self._hosts.get(seen.machine)
        if host is not None and seen.node_id:
            self._hosts[seen.machine] = Host(hostname=host.hostname, node_id=seen.node_id)

    def _is_settled(self) -> bool:
        return all(
            self._samples[name] >= _SETTLED
            or (name in self._states and self._states[name].state in TROUBLE)
            for name in self._hosts
        )


def _busiest(row: StatsRow) -> tuple[float, int, str, str]:
    cpu = -1.0 if row.cpu_percent is None else row.cpu_percent
    return -cpu, -(row.memory_bytes or 0), row.hostname, row.container


def _newest_first(seen: TailSeen) -> tuple[datetime, str]:
    return seen.taken_at, seen.machine
