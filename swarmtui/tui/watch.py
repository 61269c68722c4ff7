"""Remember from picture to picture what one alone cannot tell: rhythm, when trouble began."""

from datetime import datetime

from swarmtui.insight.picture import Picture
from swarmtui.insight.share import Share, Shares
from swarmtui.swarm.observation import ManagerLost, WatcherLost
from swarmtui.tui.header import HeaderFacts
from swarmtui.tui.rhythm import Rhythm


class Watch:
    """How the watching goes."""

    def __init__(self, *, started_at: datetime, asked: str, title: str) -> None:
        self.started_at = started_at
        self.picture: Picture | None = None
        self._asked = asked
        self._title = title
        self._nodes = Rhythm()
        self._tasks = Rhythm()
        self._failing_since: datetime | None = None
        self._has_leapt = False
        self._shares = Shares()
        self._share: Share | None = None

    def forget(self) -> None:
        """Take the next picture for the first one: time leapt."""
        self._has_leapt = True
        self._nodes.forget()
        self._tasks.forget()
        self._failing_since = None

    def see(self, picture: Picture, *, now: datetime, mine: str = "") -> None:
        """Take the newest picture; `mine` is the contributor that I am, as far as I said."""
        has_leapt, self._has_leapt = self._has_leapt, False
        self.picture = picture
        self._share = self._shares.find(picture, named=mine)
        self._nodes.see(picture.snapshot.nodes_at, now=now)
        self._tasks.see(picture.snapshot.oldest_tasks_at, now=now)
        lost = picture.snapshot.lost
        if lost is None:
            self._failing_since = None
        elif self._failing_since is None:
            # The first of these failures may lie before the leap: not before the last answer.
            answered_at = picture.snapshot.nodes_at if has_leapt else None
            self._failing_since = answered_at or _began(lost)

    def is_old(self, now: datetime) -> bool:
        """Tell whether the nodes, and with them everything that is drawn, are old."""
        return self._nodes.is_old(now)

    def facts(self, now: datetime) -> HeaderFacts:
        """Return what the header tells."""
        return HeaderFacts(
            now=now,
            started_at=self.started_at,
            asked=self._asked,
            title=self._title,
            picture=self.picture,
            failing_since=self._failing_since,
            nodes_are_old=self._nodes.is_old(now),
            tasks_are_old=self._tasks.is_old(now),
            share=self._share,
        )


def _began(lost: ManagerLost | WatcherLost) -> datetime:
    asked_at = lost.asked_at if isinstance(lost, ManagerLost) else None
    return asked_at or lost.taken_at
