"""Put a recorder beside what is watched: what the options, the config and the inventory ask for."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from swarmtui import __version__
from swarmtui.cli.ending import USAGE, end
from swarmtui.recording.errors import RecordingError
from swarmtui.swarm.text import plain

if TYPE_CHECKING:
    from swarmtui.cli.viewing import View
    from swarmtui.feed.recordings import Recorded, Recordings
    from swarmtui.recording.recorder import Recorder

_now = partial(datetime.now, UTC)


class Wish(NamedTuple):
    """What is to be recorded, and where."""

    file: Path | None = None
    """Where to record from the start; `None` is up to the user's keys."""
    redact: tuple[str, ...] = ()
    with_specs: bool = False
    max_bytes: int | None = None


def take_wish(options: dict[str, Any]) -> Wish:
    """Take what is said of recordings out of a command's options."""
    return Wish(options.pop("record_file"), options.pop("redact"), options.pop("with_specs"))


def open_recorder(path: Path, *, view: "View", wish: Wish) -> "Recorder":
    """Begin a recording of what `view.analyst` sees; raise `RecordingError` if that cannot be."""
    # Who never records does not wait for the import.
    from swarmtui.insight.viewpoint import Viewpoint  # noqa: PLC0415
    from swarmtui.recording.entries import Preface  # noqa: PLC0415
    from swarmtui.recording.recorder import Recorder  # noqa: PLC0415
    from swarmtui.recording.redaction import Redaction  # noqa: PLC0415

    viewpoint = view.analyst.viewpoint or Viewpoint(mine=view.mine)
    preface = Preface(
        began_at=_now(),
        program=__version__,
        asked=tuple(address.url for address in view.addresses),
        mine=viewpoint.mine,
        pledges={**view.rules.claims.pledged, **viewpoint.claims.pledged},
        machines=view.inventory.machines,
    )
    return Recorder(
        path,
        preface=preface,
        analyst=view.analyst,
        redaction=Redaction(wish.redact),
        with_specs=wish.with_specs,
        kept_labels=(*view.rules.region_labels, *view.rules.contributor_labels),
        max_bytes=wish.max_bytes,
        now=_now,
    )


def make_recordings(feed: "Recorded", *, view: "View", wish: Wish) -> "Recordings":
    """Return what records `feed`, and records already if that was wished; else end with a line."""
    # The collector is started before this is needed.
    from swarmtui.feed.recordings import Recordings  # noqa: PLC0415

    recordings = Recordings(
        feed,
        open_recorder=partial(open_recorder, view=view, wish=wish),
        folder=view.config.record.folder or Path(),
        now=_now,
    )
    if wish.file is not None:
        try:
            recordings.open(wish.file)
        except RecordingError as error:
            end(str(error), status=USAGE)
    return recordings


def close_recordings(recordings: "Recordings") -> None:
    """End the recording that is on, and say where it is: the screen that told it is gone."""
    status = recordings.status()
    was_on = status is not None and status.is_on
    recordings.close()
    status = recordings.status()
    if was_on and status is not None:
        told = describe_end(status.path, status.size_bytes, status.error)
        click.echo(f"swarmtui: {told}", err=True)


def describe_end(path: Path, size_bytes: int, error: str) -> str:
    """Return in one line what became of a recording."""
    return error or f"recorded {spell_size(size_bytes)} in {plain(str(path))}"


def spell_size(count: int) -> str:
    """Return a number of bytes as people say it."""
    import humanize  # noqa: PLC0415 - twice as slow to import as this whole module

    return humanize.naturalsize(count, format="%.1f").replace(" Bytes", " bytes")
