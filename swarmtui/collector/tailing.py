"""Tail `docker stats` on the machines that are wanted, whichever those turn out to be."""

from collections.abc import Callable, Iterable
from datetime import datetime
from queue import SimpleQueue
from typing import NoReturn, assert_never

from swarmtui.collector.ports import Tails
from swarmtui.collector.reach import Reach
from swarmtui.stream.interest import Interest
from swarmtui.swarm.machine import Machine
from swarmtui.swarm.observation import NodesSeen
from swarmtui.swarm.stats import MachineSeen, TailSeen, TailState, TrustWish

NO_WAY = (
    "no way to this node: it is in no inventory, and its address is unknown or not its own; "
    "add it to one with its node_id"
)

News = Interest | NodesSeen | MachineSeen


class Tailing:
    """Keeps the tails up with what is wanted and what is known of nodes and machines.

    `hear` may be called from any thread; everything else happens in the one that calls `run`.
    """

    def __init__(
        self,
        reach: Reach,
        *,
        open_tails: Callable[[], Tails],
        trust: Callable[[TrustWish, Machine | None], None],
        emit: Callable[[TailSeen], None],
        now: Callable[[], datetime],
    ) -> None:
        """Take what opens the tails, called when the first of them is wanted, and who trusts.

        `trust` is told of each wish once, with the machine that it names; it returns at once.
        """
        self._reach = reach
        self._open_tails = open_tails
        self._trust = trust
        self._emit = emit
        self._now = now
        self._news: SimpleQueue[News] = SimpleQueue()
        self._wanted: frozenset[str] = frozenset()
        self._trusts: frozenset[TrustWish] = frozenset()
        """The wishes that stand; those that no longer do are forgotten."""
        self._tails: Tails | None = None
        self._missing: frozenset[str] = frozenset()
        """Nodes that were said to be out of reach."""

    def hear(self, news: News) -> None:
        """Take note of something that may change what is tailed. Returns at once."""
        self._news.put(news)

    def retry_refused(self) -> None:
        """Try those now that were left alone for their host key, from any thread."""
        if self._tails is not None:
            self._tails.retry_refused()

    def run(self) -> NoReturn:
        """Tail until the process ends."""
        while True:
            self.follow()

    def follow(self) -> None:
        """Wait for news, and act on all there are."""
        is_due = self._take_in(self._news.get())
        while not self._news.empty():  # nobody else takes from it
            is_due = self._take_in(self._news.get()) or is_due
        if is_due:
            self._tail()

    def _take_in(self, news: News) -> bool:
        """Take in one piece of news, and tell whether other machines may be meant now."""
        match news:
            case Interest():
                is_other = news.tails != self._wanted
                self._wanted = news.tails
                self._pass_on(news.trusts)
                return is_other
            case NodesSeen():
                return self._reach.see_nodes(news) and bool(self._wanted)
            case MachineSeen():
                return self._reach.hear(news) and bool(self._wanted)
            case _:
                assert_never(news)

    def _pass_on(self, wishes: frozenset[TrustWish]) -> None:
        new, self._trusts = wishes - self._trusts, wishes
        for wish in new:
            machines = self._reach.find([wish.machine]).machines
            self._trust(wish, machines[0] if machines else None)

    def _tail(self) -> None:
        found = self._reach.find(self._wanted)
        if self._tails is None and found.machines:
            self._tails = self._open_tails()
        missing = frozenset(name for name in found.missing if self._reach.knows(name))
        self._say(self._missing - missing, TailState.ENDED)
        self._say(missing - self._missing, TailState.RETRYING, NO_WAY)
        self._missing = missing
        if self._tails is not None:
            self._tails.want(found.machines)

    def _say(self, names: Iterable[str], state: TailState, text: str = "") -> None:
        for name in sorted(names):
            self._emit(TailSeen(taken_at=self._now(), machine=name, state=state, text=text))
