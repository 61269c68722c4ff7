"""Take one look at a swarm for a command that prints, with progress where somebody waits."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from swarmtui.cli.ending import CANNOT_TELL, end
from swarmtui.collector.look import look, open_first
from swarmtui.engine.address import Address
from swarmtui.engine.decode import to_task
from swarmtui.engine.errors import EngineError
from swarmtui.engine.swarm_api import open_manager
from swarmtui.insight.analyst import Analyst
from swarmtui.insight.picture import Picture
from swarmtui.swarm.observation import (
    FailureKind,
    ManagerLost,
    Observation,
    ServicesSeen,
    TasksSeen,
)

PATIENCE_S = 1.0
"""A look that takes longer says how far it is."""


def take_look(
    addresses: Sequence[Address], *, analyst: Analyst, bears_no_leader: bool = False
) -> Picture:
    """Return the picture after one full look; end with one line when no manager answers.

    With `bears_no_leader`, managers that answer that nobody leads make a picture as well: that of
    a swarm in trouble.
    """
    now = partial(datetime.now, UTC)
    try:
        manager = open_first(addresses, open_manager=open_manager)
        with _progress() as show:
            for seen in look(manager, convert=to_task, now=now):
                analyst.see(seen)
                show.see(seen)
        manager.close()
    except EngineError as error:
        if error.kind is not FailureKind.NO_LEADER or not bears_no_leader:
            end(error.text, status=CANNOT_TELL)
        analyst.see(
            ManagerLost(taken_at=now(), host=addresses[0].url, kind=error.kind, text=error.text)
        )
    return analyst.picture(now())


class _Shown:
    """Progress by services, on stderr; appears only when the look takes long."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("services", total=None)
        self._began = monotonic()
        self._is_shown = False

    def see(self, seen: Observation) -> None:
        """Take note of one more answer."""
        match seen:
            case ServicesSeen():
                self._progress.update(self._task, total=len(seen.changed))
            case TasksSeen(complete=True):
                self._progress.advance(self._task)
            case _:
                pass
        if not self._is_shown and monotonic() - self._began > PATIENCE_S:
            self._progress.start()
            self._is_shown = True


@contextmanager
def _progress() -> Iterator[_Shown]:
    console = Console(file=sys.stderr)
    progress = Progress(
        TextColumn("asking for the tasks of"),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    try:
        yield _Shown(progress)
    finally:
        progress.stop()
