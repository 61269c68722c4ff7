"""Compare the clocks of the machines that were asked over ssh."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from swarmtui.insight.clocks import rate_offset, tell_offset
from swarmtui.insight.picture import Problem
from swarmtui.insight.queries import query_nodes
from swarmtui.insight.thresholds import Thresholds
from swarmtui.insight.wording import count_of, names_of, seconds_of, shorten
from swarmtui.swarm.stats import MachineSeen
from swarmtui.swarm.text import plain

_FEWEST = 3
"""Machines that can outvote the clock of this computer."""
_SHOWN = 5


class MachineClocks:
    """How far each machine's clock is off, by what it answered last."""

    def __init__(self, thresholds: Thresholds) -> None:
        self.since: dict[str, datetime] = {}
        """Since when a machine's clock is wrong, by the machine's name."""
        self.ours_since: datetime | None = None
        """Since when most agree that it is the clock here that is wrong."""
        self._thresholds = thresholds
        self._offsets: dict[str, float] = {}
        self._told_at: dict[str, datetime] = {}
        self._in_order: list[tuple[float, str]] = []

    def see(self, seen: MachineSeen) -> None:
        """Take an answer into account; a machine that gives no time has no clock."""
        self._put(seen)
        off_s = self._offsets.get(seen.machine)
        if off_s is None or abs(off_s - self._usual) < self._thresholds.clock_off_s:
            self.since.pop(seen.machine, None)
        else:
            self.since.setdefault(seen.machine, seen.taken_at)
        is_ours = abs(self._usual) >= self._thresholds.clock_off_s
        self.ours_since = (self.ours_since or seen.taken_at) if is_ours else None

    def recall(
        self,
        said: Iterable[MachineSeen],
        *,
        since: Mapping[str, datetime],
        ours_since: datetime | None,
    ) -> None:
        """Begin with what machines said last, and since when which of them are wrong."""
        for seen in said:
            self._put(seen)
        self.since, self.ours_since = dict(since), ours_since

    def find_wrong(self) -> Sequence[str]:
        """Return the names of the machines whose clock is wrong, the worst first."""
        usual, off_s = self._usual, self._thresholds.clock_off_s
        behind = bisect_right(self._in_order, usual - off_s, key=_read)
        ahead = bisect_left(self._in_order, usual + off_s, key=_read)
        wrong = [*self._in_order[:behind], *self._in_order[max(ahead, behind) :]]
        return [name for off, name in sorted(wrong, key=lambda e: (-abs(e[0] - usual), e[1]))]

    def find_problems(self, wrong: Sequence[str], node_of: Mapping[str, str]) -> Iterator[Problem]:
        """Go through what is to be said of the clocks found `wrong`.

        `node_of` are node ids by the machine's name.
        """
        yield from self._find_ours()
        if not wrong:
            return
        offsets = [self._offsets[name] - self._usual for name in wrong]
        said = [
            f"{shorten(plain(name))} {tell_offset(off_s)}"
            for name, off_s in zip(wrong, offsets, strict=True)
        ]
        nodes = [node_of[name] for name in wrong if name in node_of]
        text = f"the clock of {said[0]}"
        if len(wrong) > 1:
            text = f"{count_of(len(wrong), 'clock')} wrong: {names_of(said)}"
        yield Problem(
            severity=rate_offset(offsets[0], self._thresholds),
            kind="clock_skew",
            subject="machines",
            text=text,
            since=min(self._since_of(name) for name in wrong),
            nodes=tuple(nodes),
            query=query_nodes(nodes, otherwise=""),
            size=len(wrong),
            evidence=[f"{line}: asked over ssh" for line in said[:_SHOWN]],
        )

    def _since_of(self, name: str) -> datetime:
        # Where the others were set right, a clock is wrong that was as wrong as most before.
        return self.since.get(name) or self._told_at[name]

    @property
    def _usual(self) -> float:
        """Return by how much clocks are ahead of ours; 0 where most of them do not agree on it."""
        if len(self._in_order) < _FEWEST:
            return 0.0
        usual = self._in_order[len(self._in_order) // 2][0]
        return usual if self._count(usual) * 2 > len(self._in_order) else 0.0

    def _count(self, usual: float) -> int:
        """Return how many clocks are right where `usual` is."""
        off_s = self._thresholds.clock_off_s
        behind = bisect_right(self._in_order, usual - off_s, key=_read)
        return max(0, bisect_left(self._in_order, usual + off_s, key=_read) - behind)

    def _put(self, seen: MachineSeen) -> None:
        before = self._offsets.pop(seen.machine, None)
        if before is not None:
            del self._in_order[bisect_left(self._in_order, (before, seen.machine))]
        if seen.reachable and seen.clock_offset_s is not None:
            self._offsets[seen.machine] = seen.clock_offset_s
            self._told_at[seen.machine] = seen.taken_at
            insort(self._in_order, (seen.clock_offset_s, seen.machine))

    def _find_ours(self) -> Iterator[Problem]:
        usual = self._usual
        if self.ours_since is None:
            return
        asked, agree = len(self._in_order), self._count(usual)
        way = "behind" if usual > 0 else "ahead of"
        yield Problem(
            severity=rate_offset(usual, self._thresholds),
            kind="clock_skew",
            subject="this computer",
            text=f"the clock here is {seconds_of(abs(usual))} {way} most: ages are wrong by that",
            since=self.ours_since,
            size=1,
            evidence=[f"{agree:,} of {count_of(asked, 'machine')} asked over ssh agree"],
        )


def _read(entry: tuple[float, str]) -> float:
    return entry[0]
