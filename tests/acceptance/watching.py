"""Watch a lab exactly as the dashboard does, without the screen: every picture is kept."""

import os
import signal
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from swarmtui.cli.watch import COLLECTOR
from swarmtui.collector.settings import Settings, encode_settings
from swarmtui.engine.address import Options, resolve_addresses
from swarmtui.feed.pictures import PictureFeed
from swarmtui.feed.process import CollectorProcess
from swarmtui.insight.analyst import Analyst
from swarmtui.insight.attribution import Attribution, Rules
from swarmtui.insight.picture import Phase, Picture
from swarmtui.swarm.entities import Node
from tests.lab.waiting import wait_for


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def make_source(*hosts: str) -> CollectorProcess:
    """Return a collector that asks these managers."""
    addresses = resolve_addresses(Options(hosts=hosts), env=os.environ, home=Path.home())
    settings = encode_settings(Settings(addresses=addresses))
    return CollectorProcess(COLLECTOR, settings=settings, now=utc_now)


def make_feed(source: CollectorProcess, *, still_pace_s: float = 2.5) -> PictureFeed:
    """Return the feed that the dashboard would have."""
    analyst = Analyst(place=Attribution(Rules()).place)
    return PictureFeed(source, make_analyst=lambda: analyst, now=utc_now, still_pace_s=still_pace_s)


class Watching:
    """A watch under way, and all that it has shown so far."""

    def __init__(self, *hosts: str, still_pace_s: float = 2.5) -> None:
        self._source = make_source(*hosts)
        self._feed = make_feed(self._source, still_pace_s=still_pace_s)
        self._lock = Lock()
        self._pictures: list[Picture] = []

    def __enter__(self) -> Self:
        self._feed.start(self._keep)
        self.wait_for(lambda picture: picture.snapshot.has_all_tasks, within_s=20, what="a look")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._feed.stop()

    @property
    def pictures(self) -> Sequence[Picture]:
        """Return everything shown so far."""
        with self._lock:
            return list(self._pictures)

    @property
    def now(self) -> Picture:
        """Return what is shown now."""
        return self.pictures[-1]

    def wait_for(self, is_so: Callable[[Picture], bool], *, within_s: float, what: str) -> Picture:
        """Return the first picture from now on for which it is so."""
        seen = max(0, len(self.pictures) - 1)

        def find() -> Picture | None:
            return next(filter(is_so, self.pictures[seen:]), None)

        found = wait_for(find, within_s=within_s, what=what)
        assert found is not None
        return found

    def node(self, name: str) -> Node:
        """Return a node as it is shown now."""
        return node_named(self.now, name)

    def kill_collector(self) -> None:
        """Kill the process that does the asking."""
        pid = self._source.pid
        assert pid
        os.kill(pid, signal.SIGKILL)

    def _keep(self, picture: Picture) -> None:
        with self._lock:
            self._pictures.append(picture)


def node_named(picture: Picture, name: str) -> Node:
    """Return the node with this hostname."""
    return next(node for node in picture.snapshot.nodes.values() if node.hostname == name)


def phases(pictures: Sequence[Picture]) -> list[Phase]:
    """Return the phases of leadership shown, one after the other, without repeats."""
    shown: list[Phase] = []
    for picture in pictures:
        if not shown or shown[-1] is not picture.leadership.phase:
            shown.append(picture.leadership.phase)
    return shown
