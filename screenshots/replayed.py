"""Record the event while its pictures are taken, and take one of the recording being replayed."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from textual.pilot import Pilot

from swarmtui import __version__
from swarmtui.feed.replay import Replay
from swarmtui.insight.analyst import Analyst
from swarmtui.insight.attribution import Rules
from swarmtui.recording.discretion import Discretion
from swarmtui.recording.entries import Preface
from swarmtui.recording.intake import Intake
from swarmtui.recording.reading import Recording
from swarmtui.recording.redaction import Redaction
from swarmtui.recording.scribe import Item, Scribe
from swarmtui.recording.specs import Labels
from swarmtui.swarm.observation import Observation
from swarmtui.tui.app import SwarmApp
from swarmtui.tui.lines import text_of
from swarmtui.tui.options import ScreenOptions
from swarmtui.tui.panes.pane import Pane

HOST = "unix:///var/run/docker.sock"


class Tape:
    """Writes what an analyst sees as a recorder does, but when it is told to: always the same."""

    def __init__(self, path: Path, analyst: Analyst, *, began_at: datetime) -> None:
        rules = Rules()
        keys = (*rules.region_labels, *rules.contributor_labels)
        self._analyst = analyst
        self._intake = Intake(analyst)
        self._items: list[Item] = []
        self._scribe = Scribe(
            path,
            preface=Preface(began_at=began_at, program=__version__, asked=(HOST,)),
            discretion=Discretion(Redaction(), labels=Labels(with_specs=False, kept=keys)),
        )

    def see(self, seen: Observation) -> None:
        """Let the analyst see it, and take it down."""
        self._analyst.see(seen)
        self._items += self._intake.take(seen, wants_keyframe=False, can_keyframe=True)

    def write(self) -> None:
        """Write what was taken down."""
        self._scribe.write(self._items)
        self._items = []

    def end(self, at: datetime) -> None:
        """End the recording."""
        self.write()
        self._scribe.end(at)
        self._scribe.close()


async def shoot_replay(
    path: Path, *, at: datetime, size: tuple[int, int], save: Callable[[SwarmApp], None]
) -> None:
    """Take a picture of a recording that stands at a time."""
    replay = Replay(Recording.open(path), clock=lambda: 0.0, starts_at=at)
    app = SwarmApp(
        feed=replay,
        clock=replay.now,
        replaying=replay,
        options=ScreenOptions(asked=HOST, title="replay"),
        settle_memory=lambda: None,
    )
    try:
        async with app.run_test(size=size) as pilot:
            await _wait_for_picture(app, pilot)
            await pilot.press("p")
            await pilot.pause(0.5)
            app.tick()
            await pilot.pause()
            save(app)
    finally:
        replay.stop()
        replay.wait_until_closed(timeout_s=10)


async def _wait_for_picture(app: SwarmApp, pilot: Pilot[None]) -> None:
    for _ in range(400):
        await pilot.pause(0.05)
        if "fr-par" in text_of(app.query_one("#regions", Pane).lines):
            return
    raise TimeoutError("no picture of the recording")
