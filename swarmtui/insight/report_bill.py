"""Add up what the watching cost, from what it said of the last minute each second."""

from datetime import datetime, timedelta

from swarmtui.insight.report import Bill
from swarmtui.swarm.observation import Cost

_TELLING_S = 30.0
"""Less than that says little: the first requests of all are the largest."""


class Cashier:
    """What was spent, counted once each although the minutes overlap."""

    def __init__(self, begins: datetime) -> None:
        self._until = begins
        """Everything before is counted."""
        self._last: tuple[datetime, Cost] | None = None
        """The newest minute, of which a part is not counted yet."""
        self._requests = 0.0
        self._bytes = 0.0
        self._busy_s = 0.0
        self._measured_s = 0.0
        self._most_share = 0.0
        self._most_at: datetime | None = None

    def see(self, at: datetime, cost: Cost) -> None:
        """Take in what was said at that time."""
        began = at - timedelta(seconds=cost.over_s)
        if self._last is not None:
            is_another = cost.over_s < self._last[1].over_s
            if is_another or began > self._until:
                self._settle()
        self._until = max(self._until, began)
        self._last = (at, cost)
        if cost.over_s >= _TELLING_S and cost.share > self._most_share:
            self._most_share, self._most_at = cost.share, at

    def publish(self) -> Bill:
        """Return the bill."""
        self._settle()
        return Bill(
            requests=round(self._requests),
            bytes=round(self._bytes),
            busy_s=self._busy_s,
            measured_s=self._measured_s,
            most_share=self._most_share,
            most_at=self._most_at,
        )

    def _settle(self) -> None:
        """Count what of the newest minute is not counted yet, as if it were spent evenly."""
        if self._last is None:
            return
        at, cost = self._last
        self._last = None
        left_s = (at - self._until).total_seconds()
        if left_s <= 0 or cost.over_s <= 0:
            return
        part = min(1.0, left_s / cost.over_s)
        self._requests += cost.requests * part
        self._bytes += cost.bytes * part
        self._busy_s += cost.busy_s * part
        self._measured_s += left_s
        self._until = at
