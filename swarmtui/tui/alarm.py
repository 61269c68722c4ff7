"""Decide when a new critical problem is worth a bell, and what a notification says; pure."""

from datetime import datetime, timedelta

from swarmtui.insight.picture import Picture, Problem, Severity
from swarmtui.swarm.text import plain
from swarmtui.tui.words import plural

QUIET = timedelta(seconds=30)
"""Between two alarms: what comes at once, or soon after, is told together."""
FORGOTTEN = timedelta(minutes=10)
"""A problem that was away for so long is a new one; one that comes and goes rings once."""
SETTLING = timedelta(minutes=1)
"""After the first look, for what takes a while to be found out."""
LONGEST = 160
"""Characters that desktops show of a notification, about."""

Identity = tuple[str, str]


class Alarm:
    """Remembers which critical problems were told.

    A swarm that is broken already rings once: what else is critical at the first look, or comes out
    soon after and began before that, is no news. With `rings_at_first` false not even once.
    """

    def __init__(self, *, rings_at_first: bool = True) -> None:
        self._told: dict[Identity, datetime] = {}
        """When each was last there, of those that need no telling any more."""
        self._waiting: dict[Identity, None] = {}
        self._rang_at: datetime | None = None
        self._looked_at: datetime | None = None
        """When the first look was over."""
        self._rings_at_first = rings_at_first

    def see(self, picture: Picture) -> str:
        """Take the newest picture, and return what is to be told now; empty for nothing."""
        critical = {p.identity: p for p in picture.problems if p.severity is Severity.CRITICAL}
        for identity, problem in critical.items():
            if self._is_news(identity, problem, picture.at):
                self._waiting[identity] = None
            self._told[identity] = picture.at
        self._end_first_look(picture)
        self._waiting = {identity: None for identity in self._waiting if identity in critical}
        if not self._waiting or self._is_quiet(picture.at):
            return ""
        self._rang_at = picture.at
        worst, *others = [critical[identity] for identity in critical if identity in self._waiting]
        self._waiting.clear()
        return _say(worst, len(others))

    def _is_news(self, identity: Identity, problem: Problem, at: datetime) -> bool:
        told_at = self._told.get(identity)
        if told_at is not None and at - told_at < FORGOTTEN:
            return False
        looked_at = self._looked_at
        if looked_at is not None and (problem.since > looked_at or at - looked_at > SETTLING):
            return True
        is_first, self._rings_at_first = self._rings_at_first, False
        return is_first

    def _end_first_look(self, picture: Picture) -> None:
        if self._looked_at is None and picture.snapshot.has_all_tasks:
            self._looked_at = picture.at

    def _is_quiet(self, at: datetime) -> bool:
        return self._rang_at is not None and timedelta() <= at - self._rang_at < QUIET


def _say(worst: Problem, others: int) -> str:
    """Return one line without anything that a terminal could take for a command."""
    more = f" · {plural(others, 'more critical problem')}" if others else ""
    room = LONGEST - len(more)
    text = plain(worst.text)
    text = text if len(text) <= room else f"{text[: room - 1]}…"
    return "".join(char for char in f"swarmtui: {text}{more}" if char.isprintable())
