"""`swarmtui replay`: the dashboard on a recording."""

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from swarmtui.cli.ending import USAGE, end, end_with_terminal
from swarmtui.cli.options import looking_back_options
from swarmtui.cli.seeing import check_theme, parse_filter_or_end, read_config_or_end

if TYPE_CHECKING:
    from swarmtui.cli.config import Config
    from swarmtui.feed.replay import Replay
    from swarmtui.recording.entries import Preface
    from swarmtui.recording.reading import Recording
    from swarmtui.tui.app import SwarmApp

PATIENCE_S = 1.0
"""How long what is being read at the end is waited for."""


@click.command(
    epilog="""\
\b
Examples:
  swarmtui replay evening.rec --at 14:05 --speed 10
  swarmtui replay evening.rec --follow
"""
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--at",
    "moment",
    default="",
    metavar="TIME",
    help="Where to begin: 14:05, 14:05:30, 2016-10-27 14:05, as the dashboard shows times or with "
    "a zone (14:05Z); +10m from the begin, -5m from the end, 50%.",
)
@click.option(
    "--speed",
    type=click.FloatRange(0.1, 1000),
    default=1.0,
    show_default=True,
    help="Times as fast as it was.",
)
@click.option(
    "--follow",
    is_flag=True,
    help="One that is still being written: begin at its end, and wait for more there.",
)
@looking_back_options
def replay(
    *,
    file: Path,
    moment: str,
    speed: float,
    follow: bool,
    filter_: str,
    mine: str,
    config: Path | None,
) -> None:
    """Live a recorded swarm again, on the screens of the live one.

    Every age and every "now" is that of the recording. p pauses, [ and ] change the speed, comma
    and dot step, n and N jump to elections, incidents and bookmarks, t takes a time.
    """
    end_with_terminal()
    query = parse_filter_or_end(filter_)
    settings = read_config_or_end(config)
    recording = _open(file)
    at = _find_moment(recording, moment, follow=follow)
    mine = mine or settings.mine
    from swarmtui.feed.replay import Replay  # noqa: PLC0415 - an error is told before
    from swarmtui.recording.playhead import Playhead  # noqa: PLC0415

    # What a node is to who recorded it was told by files that are not in the recording.
    see = partial(
        Playhead,
        mine="" if mine == recording.preface.mine else mine,
        thresholds=settings.problems,
    )
    played = Replay(recording, follow=follow, starts_at=at, open_playhead=see)
    played.set_speed(speed)
    try:
        _make_app(played, recording.preface, filter_=query.text, mine=mine, config=settings).run()
    finally:
        played.stop()
        played.wait_until_closed(timeout_s=PATIENCE_S)


def _open(file: Path) -> "Recording":
    from swarmtui.recording.errors import RecordingError  # noqa: PLC0415 - not for --help
    from swarmtui.recording.reading import Recording  # noqa: PLC0415

    try:
        return Recording.open(file)
    except RecordingError as error:
        end(str(error), status=USAGE)


def _find_moment(recording: "Recording", text: str, *, follow: bool) -> datetime:
    from swarmtui.insight.moments import MomentError, parse_moment  # noqa: PLC0415
    from swarmtui.insight.query_syntax import QueryError, point_at  # noqa: PLC0415

    if not text:
        return recording.ends if follow else recording.begins
    try:
        return parse_moment(text, begins=recording.begins, ends=recording.ends)
    except MomentError as error:
        recording.close()
        pointed = QueryError(error.message, position=error.position, length=error.length)
        end(f"--at: {error.message}\n{point_at(text, pointed)}", status=USAGE)


def _make_app(
    played: "Replay", preface: "Preface", *, filter_: str, mine: str, config: "Config"
) -> "SwarmApp":
    from swarmtui.tui.app import SwarmApp  # noqa: PLC0415
    from swarmtui.tui.options import ScreenOptions  # noqa: PLC0415

    return SwarmApp(
        feed=played,
        clock=played.now,
        replaying=played,
        options=ScreenOptions(
            asked=preface.asked[0] if preface.asked else "",
            filter=filter_,
            mine=mine or preface.mine,
            bell=config.bell,
            keymap=config.keys,
            theme=check_theme(config.theme),
            opens="overview" if preface.asked else "rollcall",
            title="replay",
        ),
    )
